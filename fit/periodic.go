package fit

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/cmplx"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/sensitivity"
)

// errNoPeriod: the doses do not lead to a periodic solution.
var errNoPeriod = errors.New("the states do not become periodic")

// periodic finds the periodic solution of a system that is given a dose again and again,
// and its derivatives. Time stands still at that of the dose, and nothing else happens.
//
// With Phi the solution over one interval, from just before an arrival to just before the
// next, the state y there solves
//
//	y = Phi(y, q),   (I - Phi_y) dy = Phi_q dq,
//
// by Newton's method after a few intervals, with Phi_y from tangents. The state at the
// time of the dose is found from it: the dose itself arrives a lag later. An infusion
// without end is a steady state of the equations.
type periodic struct {
	dose *steadyDose
	sys  *dynsys.System[[]float64] // time standing still, with the rate of the dose as a last parameter
	set  sensitivity.Settings
	n    int
	used []int // quantities in which anything has a derivative

	tracer sensitivity.Tracer[[]float64]
	steady sensitivity.Steady
	y      []float64 // of the last search: just before an arrival
	at     dosing
}

// dosing is how a dose arrives at some q.
type dosing struct {
	lag, amount, rate, duration float64
}

func newPeriodic(sys *dynsys.System[[]float64], d *steadyDose, set sensitivity.Settings) *periodic {
	// Errors of one interval become as many times larger as intervals are remembered.
	set.Settings.RelTol, set.Settings.AbsTol = set.Tolerance().Rel/100, set.Tolerance().Abs/100
	s := &periodic{dose: d, sys: dosed(sys, d.State, d.Time), set: set, n: sys.Dim}
	for k := range sys.NumParams {
		if sys.Idle == nil || !sys.Idle[k] || slices.Contains(d.delivery.on, k) {
			s.used = append(s.used, k)
		}
	}
	return s
}

// find returns the state at the time of the dose, just before anything that comes then.
func (s *periodic) find(begin, q []float64) ([]float64, error) {
	var v [4]float64
	_ = s.dose.delivery.link(nil).values(v[:], nil, q) // expressions do not fail
	s.at = dosing{v[0], v[1], v[2], v[3]}
	if s.dose.Interval == 0 {
		y, _, err := s.rest(begin, q, nil)
		return y, err
	}
	switch d := s.at; {
	case !(d.lag >= 0 && d.lag < s.dose.Interval):
		return nil, fmt.Errorf("%w: a lag of %.6g is not between 0 and the interval %v", errNoPeriod, d.lag, s.dose.Interval)
	case !(d.amount >= 0) || math.IsInf(d.amount, 0) || d.duration > s.dose.longest:
		return nil, fmt.Errorf("%w: the dose that arrives is %.6g, over a time of %.6g", errNoPeriod, d.amount, d.duration)
	}
	if err := s.newton(begin, q); err != nil {
		return nil, err
	}
	if s.at.lag == 0 {
		return slices.Clone(s.y), nil
	}
	y, _, err := s.course(s.y, q, s.dose.Interval-s.at.lag, nil, nil)
	return y, err
}

const (
	plainIntervals = 3    // before Newton's method, and after a step of it that fails
	mostRounds     = 200  // of intervals and Newton steps
	lastCorrection = 1e-7 // relative; Newton's method squares it
)

// newton sets y.
func (s *periodic) newton(begin, q []float64) error {
	s.y = begin
	units := s.units()
	plain := plainIntervals
	for range mostRounds {
		if plain > 0 {
			next, _, err := s.course(s.y, q, s.dose.Interval, nil, nil)
			if err != nil {
				return err
			}
			s.y, plain = next, plain-1
			continue
		}
		next, tangents, err := s.course(s.y, q, s.dose.Interval, units, s.eye())
		if err != nil {
			return err
		}
		step, stable, err := s.correction(next, tangents)
		if err != nil {
			return err
		}
		size, ok := 0.0, true
		for i, d := range step {
			size = max(size, math.Abs(d)/(math.Abs(s.y[i]+d)+s.set.Tolerance().Abs/lastCorrection))
			ok = ok && finite(d)
		}
		if !ok || !stable && size > lastCorrection {
			s.y, plain = next, plainIntervals
			continue
		}
		for i, d := range step {
			s.y[i] += d
		}
		if size <= lastCorrection {
			if !stable {
				return fmt.Errorf("%w: the periodic solution is not stable", errNoPeriod)
			}
			return nil
		}
	}
	return errNoPeriod
}

// correction returns (I - Phi_y)^-1 (Phi(y) - y), and whether disturbances of y die out.
func (s *periodic) correction(next []float64, tangents [][]float64) (step []float64, stable bool, err error) {
	var eig mat.Eigen
	m := mat.NewDense(s.n, s.n, nil)
	for j, column := range tangents {
		m.SetCol(j, column)
	}
	if !eig.Factorize(m, mat.EigenNone) {
		return nil, false, fmt.Errorf("%w: their derivatives over an interval have no eigenvalues", errNoPeriod)
	}
	stable = true
	for _, v := range eig.Values(nil) {
		if cmplx.Abs(v-1) < 1e-9 {
			return nil, false, fmt.Errorf("%w: a state keeps all that it is given, or a total is conserved; write the doses before as addl", errNoPeriod)
		}
		stable = stable && cmplx.Abs(v) < 1
	}
	step = make([]float64, s.n)
	for i := range step {
		step[i] = next[i] - s.y[i]
	}
	return step, stable, s.divide(step, m)
}

// divide sets b = (I - m)^-1 b.
func (s *periodic) divide(b []float64, m *mat.Dense) error {
	a := mat.NewDense(s.n, s.n, nil)
	a.Scale(-1, m)
	for i := range s.n {
		a.Set(i, i, 1+a.At(i, i))
	}
	var lu mat.LU
	lu.Factorize(a)
	return solveLU(&lu, mat.NewVecDense(s.n, b))
}

// slopes returns the derivatives of what find returned last in every quantity; nil where
// they are zero.
func (s *periodic) slopes(q []float64) ([][]float64, error) {
	out := make([][]float64, s.sys.NumParams-1)
	changes := make([]change, len(s.used))
	for i, k := range s.used {
		changes[i].p = make([]float64, s.sys.NumParams)
		changes[i].p[k] = 1
	}
	s.deliver(changes, q)
	if s.dose.Interval == 0 {
		_, tangents, err := s.rest(s.y, q, changes)
		for i, k := range s.used {
			if err == nil {
				out[k] = tangents[i]
			}
		}
		return out, err
	}
	zero := make([][]float64, len(changes))
	for i := range zero {
		zero[i] = make([]float64, s.n)
	}
	_, tangents, err := s.course(s.y, q, s.dose.Interval, append(s.units(), changes...), append(s.eye(), zero...))
	if err != nil {
		return nil, err
	}
	m := mat.NewDense(s.n, s.n, nil)
	for j, column := range tangents[:s.n] {
		m.SetCol(j, column)
	}
	tangents = tangents[s.n:]
	for _, t := range tangents {
		if err := s.divide(t, m); err != nil {
			return nil, err
		}
	}
	if s.at.lag > 0 || slices.ContainsFunc(changes, func(c change) bool { return c.lag != 0 }) {
		for i := range changes {
			changes[i].until = -changes[i].lag
		}
		// Without a lag, a longer one begins an interval before: from y through all of it.
		if _, tangents, err = s.course(s.y, q, s.dose.Interval-s.at.lag, changes, tangents); err != nil {
			return nil, err
		}
	}
	for i, k := range s.used {
		out[k] = tangents[i]
	}
	return out, nil
}

// change is a change of the parameters, and with them of how a dose arrives and until
// when a course goes.
type change struct {
	p                           []float64
	lag, amount, rate, duration float64
	until                       float64
}

// deliver sets what changes along p of how the dose arrives.
func (s *periodic) deliver(changes []change, q []float64) {
	on := s.dose.delivery.on
	d := make([][]float64, len(on))
	for i := range d {
		d[i] = make([]float64, 4)
	}
	_ = s.dose.delivery.link(nil).tangents(d, d, q, on)
	for i := range changes {
		c := &changes[i]
		for j, k := range on {
			c.lag += d[j][0] * c.p[k]
			c.amount += d[j][1] * c.p[k]
			c.rate += d[j][2] * c.p[k]
			c.duration += d[j][3] * c.p[k]
		}
	}
}

// units are the changes of nothing, one for each state.
func (s *periodic) units() []change {
	none := make([]float64, s.sys.NumParams)
	list := make([]change, s.n)
	for i := range list {
		list[i].p = none
	}
	return list
}

// eye returns the unit vectors.
func (s *periodic) eye() [][]float64 {
	e := make([][]float64, s.n)
	for i := range e {
		e[i] = make([]float64, s.n)
		e[i][i] = 1
	}
	return e
}

// course follows the states from just before an arrival for a time until, at most one
// interval, and their tangents along changes.
func (s *periodic) course(y, q []float64, until float64, changes []change, tangents [][]float64) ([]float64, [][]float64, error) {
	y, tangents = slices.Clone(y), slices.Clone(tangents)
	for i, t := range tangents {
		tangents[i] = slices.Clone(t)
	}
	d := s.at
	if d.duration == 0 {
		y[s.dose.State] += d.amount
		for i, c := range changes {
			tangents[i][s.dose.State] += c.amount
		}
		err := s.span(y, q, 0, until, changes, tangents, func(c *change) (rate, length float64) { return 0, c.until })
		return y, tangents, err
	}
	// At a phase below rest one infusion more is running than the whole intervals that an
	// infusion lasts.
	whole := math.Floor(d.duration / s.dose.Interval)
	rest := d.duration - whole*s.dose.Interval
	if until <= rest {
		err := s.span(y, q, (whole+1)*d.rate, until, changes, tangents, func(c *change) (rate, length float64) { return (whole + 1) * c.rate, c.until })
		return y, tangents, err
	}
	err := s.span(y, q, (whole+1)*d.rate, rest, changes, tangents, func(c *change) (rate, length float64) { return (whole + 1) * c.rate, c.duration })
	if err == nil {
		err = s.span(y, q, whole*d.rate, until-rest, changes, tangents, func(c *change) (rate, length float64) { return whole * c.rate, c.until - c.duration })
	}
	return y, tangents, err
}

// span moves y and the tangents on by a length of time with one rate of the dose.
func (s *periodic) span(y, q []float64, rate, length float64, changes []change, tangents [][]float64, how func(*change) (rate, length float64)) error {
	p := append(slices.Clone(q[:s.sys.NumParams-1]), rate)
	if length > 0 {
		s.tracer.Problem = sensitivity.Problem[[]float64]{System: s.sys, P: p, T1: length, Y0: slices.Clone(y)}
		s.tracer.Times, s.tracer.Settings = []float64{length}, &s.set
		s.tracer.Directions = []sensitivity.Direction[[]float64]{}
		for i := range changes {
			c := &changes[i]
			r, _ := how(c)
			s.tracer.Directions = append(s.tracer.Directions, sensitivity.Direction[[]float64]{P: append(slices.Clone(c.p[:len(p)-1]), r), Y0: tangents[i]})
		}
		trace := s.tracer.Trace
		if len(changes) == 0 {
			trace = s.tracer.Simulate
		}
		path, err := trace(context.Background())
		if err != nil {
			return err
		}
		copy(y, path.Y[0])
		for i := range changes {
			copy(tangents[i], path.Tangents[0][i])
		}
	}
	if len(changes) == 0 {
		return nil
	}
	f := make([]float64, s.n)
	if err := s.sys.RHS(f, length, y, p); err != nil {
		return err
	}
	for i := range changes {
		_, l := how(&changes[i])
		for j, v := range f {
			tangents[i][j] += l * v
		}
	}
	return nil
}

// rest returns the steady state of an infusion without end, and its tangents.
func (s *periodic) rest(begin, q []float64, changes []change) ([]float64, [][]float64, error) {
	s.y = begin
	s.steady = sensitivity.Steady{
		Problem:  sensitivity.Problem[[]float64]{System: s.sys, P: append(slices.Clone(q[:s.sys.NumParams-1]), s.at.rate), Y0: begin},
		Settings: &s.set,
	}
	for i := range changes {
		c := &changes[i]
		c.p[s.sys.NumParams-1] = c.rate
		s.steady.Directions = append(s.steady.Directions, sensitivity.Direction[[]float64]{P: c.p})
	}
	y, t, err := s.steady.Find(context.Background(), len(changes) > 0)
	return slices.Clone(y), t, err
}

// dosed returns the system whose time stands still at t, and which has a last parameter:
// a rate at which a state is filled.
func dosed(sys *dynsys.System[[]float64], state int, t float64) *dynsys.System[[]float64] {
	n := sys.NumParams
	cut := func(v []float64) []float64 {
		if v == nil {
			return nil
		}
		return v[:n]
	}
	var cuts [][]float64
	all := func(vs [][]float64) [][]float64 {
		cuts = cuts[:0]
		for _, v := range vs {
			cuts = append(cuts, cut(v))
		}
		return cuts
	}
	add := func(out, vp []float64) {
		if vp != nil {
			out[state] += vp[n]
		}
	}
	out := &dynsys.System[[]float64]{
		Dim: sys.Dim, NumParams: n + 1, Pattern: sys.Pattern, Autonomous: true, Approximate: sys.Approximate,
		RHS: func(dy []float64, _ float64, y, p []float64) error {
			err := sys.RHS(dy, t, y, p[:n])
			dy[state] += p[n]
			return err
		},
		JVP: func(out []float64, _ float64, y, p, vy, vp []float64) error {
			err := sys.JVP(out, t, y, p[:n], vy, cut(vp))
			add(out, vp)
			return err
		},
		TimeDerivative: func(ft []float64, _ float64, _, _ []float64) error { clear(ft); return nil },
	}
	if sys.JVPs != nil {
		out.JVPs = func(dy []float64, out [][]float64, _ float64, y, p []float64, vy, vp [][]float64) error {
			err := sys.JVPs(dy, out, t, y, p[:n], vy, all(vp))
			dy[state] += p[n]
			for i := range out {
				add(out[i], vp[i])
			}
			return err
		}
	}
	if sys.Jacobian != nil {
		out.Jacobian = func(jac []float64, _ float64, y, p []float64) error { return sys.Jacobian(jac, t, y, p[:n]) }
	}
	if sys.SecondDirectionals != nil {
		out.SecondDirectionals = func(out [][]float64, _ float64, y, p []float64, vy, vp [][]float64, _ float64, uy, up []float64) error {
			return sys.SecondDirectionals(out, t, y, p[:n], vy, all(vp), 0, uy, cut(up))
		}
	}
	return out
}
