package nn

import (
	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/integrate"
)

// Term is a network as a part of a right-hand side: it reads some of the states, and
// time if it is told to, and adds its outputs to the derivatives of some states,
//
//	y'[Into[k]] += N(y[From[0]], y[From[1]], ..., t; w)_k
//
// The network's inputs are the states of From and, last, the time if Time is set.
type Term struct {
	Net  MLP
	Time bool

	// From and Into are indices of states. nil means all of them, in order.
	From, Into []int
}

// AddTo returns the system known plus the term, with parameters p = (those of known,
// weights of the network). The derivatives of the result are exact as far as those of
// known are, and those that known lacks are absent. Initial values, breaks, events and
// mass are known's. The result shares known's scratch memory, so it and known belong
// to the same goroutine.
//
// The error says what in the term does not fit.
func (t Term) AddTo(known *dynsys.System[[]float64]) (*dynsys.System[[]float64], error) {
	return t.addTo(known, 1)
}

// addTo adds the term to each of the rows trajectories that known is made of.
func (t Term) addTo(known *dynsys.System[[]float64], rows int) (*dynsys.System[[]float64], error) {
	b, err := t.bind(known.Dim/rows, rows)
	if err != nil {
		return nil, err
	}
	a := &sum{bound: b, known: known, k: known.NumParams, n: known.NumParams + b.net.NumParams()}
	s := &dynsys.System[[]float64]{
		Dim:         known.Dim,
		NumParams:   a.n,
		Space:       known.Space,
		Mass:        known.Mass,
		Autonomous:  known.Autonomous && !t.Time,
		Approximate: known.Approximate,
		Initial:     initialOfFirst(a.k, known.Initial),
		Breaks:      breaksOfFirst(a.k, known.Breaks),
		Events:      eventsOfFirst(a.k, known.Events),
		Pattern:     a.pattern(),
		RHS:         a.rhs,
	}
	if known.JVP != nil {
		s.JVP = a.jvp
	}
	if known.VJP != nil {
		s.VJP = a.vjp
	}
	if known.JVPs != nil || known.JVP != nil {
		s.JVPs = a.jvps
	}
	if known.Jacobian != nil {
		a.place(s)
		a.placeKnown(s)
		s.Jacobian = a.jacobian
	}
	if known.TimeDerivative != nil {
		s.TimeDerivative = a.timeDerivative
	}
	if known.TimeVJP != nil {
		s.TimeVJP = a.timeVJP
	}
	if known.SecondOrder != nil {
		s.SecondOrder = a.secondOrder
	}
	if known.SecondDirectionals != nil || known.SecondDirectional != nil {
		a.u = make([]float64, len(b.x))
		s.SecondDirectional, s.SecondDirectionals = a.secondDirectional, a.secondDirectionals
	}
	return s, nil
}

// sum is a known system plus a term, with parameters (p of known, k of them; weights),
// n in all.
type sum struct {
	*bound
	known *dynsys.System[[]float64]
	k, n  int

	firsts  [][]float64 // grows to the largest number of directions
	u       []float64   // a change of the inputs
	one     [3][]float64
	knownAt []int     // where the entries of known's Jacobian go
	jac     []float64 // known's Jacobian where it has a pattern
}

func (a *sum) rhs(dy []float64, t float64, y, p []float64) error {
	a.net.check("p", p, a.n)
	if err := a.known.RHS(dy, t, y, p[:a.k]); err != nil {
		return err
	}
	a.addValue(dy, t, y, p[a.k:])
	return nil
}

func (a *sum) jvp(out []float64, t float64, y, p, vy, vp []float64) error {
	a.net.check("p", p, a.n)
	if err := a.known.JVP(out, t, y, p[:a.k], vy, first(vp, a.k)); err != nil {
		return err
	}
	a.evaluate(t, y, p[a.k:])
	a.addPush(out, p[a.k:], vy, rest(vp, a.k))
	return nil
}

func (a *sum) vjp(gy, gp []float64, t float64, y, p, w []float64) error {
	a.net.check("p", p, a.n)
	if err := a.known.VJP(gy, first(gp, a.k), t, y, p[:a.k], w); err != nil {
		return err
	}
	a.evaluate(t, y, p[a.k:])
	a.addPull(gy, rest(gp, a.k), p[a.k:], w)
	return nil
}

// jvps evaluates the network once for all directions.
func (a *sum) jvps(dy []float64, out [][]float64, t float64, y, p []float64, vy, vp [][]float64) error {
	a.net.check("p", p, a.n)
	a.firsts = a.firsts[:0]
	for _, v := range vp {
		a.firsts = append(a.firsts, first(v, a.k))
	}
	if err := jvpsOf(a.known, dy, out, t, y, p[:a.k], vy, a.firsts); err != nil {
		return err
	}
	a.addValue(dy, t, y, p[a.k:])
	for i := range out {
		a.addPush(out[i], p[a.k:], vy[i], rest(vp[i], a.k))
	}
	return nil
}

func jvpsOf(s *dynsys.System[[]float64], dy []float64, out [][]float64, t float64, y, p []float64, vy, vp [][]float64) error {
	if s.JVPs != nil {
		return s.JVPs(dy, out, t, y, p, vy, vp)
	}
	if err := s.RHS(dy, t, y, p); err != nil {
		return err
	}
	for i := range out {
		if err := s.JVP(out[i], t, y, p, vy[i], vp[i]); err != nil {
			return err
		}
	}
	return nil
}

func (a *sum) timeDerivative(ft []float64, t float64, y, p []float64) error {
	a.net.check("p", p, a.n)
	if err := a.known.TimeDerivative(ft, t, y, p[:a.k]); err != nil || !a.time {
		return err
	}
	a.evaluate(t, y, p[a.k:])
	a.addTime(ft, p[a.k:])
	return nil
}

func (a *sum) timeVJP(gy, gp []float64, t float64, y, p, w []float64) error {
	a.net.check("p", p, a.n)
	if err := a.known.TimeVJP(gy, first(gp, a.k), t, y, p[:a.k], w); err != nil || !a.time {
		return err
	}
	a.addTimePull(gy, rest(gp, a.k), t, y, p[a.k:], w)
	return nil
}

func (a *sum) secondOrder(gy, gp []float64, t float64, y, p, vy, vp, w []float64) (float64, error) {
	a.net.check("p", p, a.n)
	k := a.k
	gt, err := a.known.SecondOrder(gy, first(gp, k), t, y, p[:k], vy, first(vp, k), w)
	if err != nil {
		return 0, err
	}
	return gt + a.addSecondOrder(gy, rest(gp, k), t, y, p[k:], vy, rest(vp, k), w), nil
}

// secondDirectionals evaluates the network once for all directions.
func (a *sum) secondDirectionals(out [][]float64, t float64, y, p []float64, vy, vp [][]float64, ut float64, uy, up []float64) error {
	a.net.check("p", p, a.n)
	k := a.k
	a.firsts = a.firsts[:0]
	for _, v := range vp {
		a.firsts = append(a.firsts, first(v, k))
	}
	if err := secondDirectionalsOf(a.known, out, t, y, p[:k], vy, a.firsts, ut, uy, first(up, k)); err != nil {
		return err
	}
	a.evaluate(t, y, p[k:])
	a.gather(a.u, ut, uy)
	for i := range out {
		a.addBend(out[i], p[k:], vy[i], rest(vp[i], k), a.u, rest(up, k))
	}
	return nil
}

func (a *sum) secondDirectional(out []float64, t float64, y, p, vy, vp []float64, ut float64, uy, up []float64) error {
	a.one = [3][]float64{out, vy, vp}
	return a.secondDirectionals(a.one[:1], t, y, p, a.one[1:2], a.one[2:], ut, uy, up)
}

func secondDirectionalsOf(s *dynsys.System[[]float64], out [][]float64, t float64, y, p []float64, vy, vp [][]float64, ut float64, uy, up []float64) error {
	if s.SecondDirectionals != nil {
		return s.SecondDirectionals(out, t, y, p, vy, vp, ut, uy, up)
	}
	for i := range out {
		if err := s.SecondDirectional(out[i], t, y, p, vy[i], vp[i], ut, uy, up); err != nil {
			return err
		}
	}
	return nil
}

func (a *sum) jacobian(jac []float64, t float64, y, p []float64) error {
	a.net.check("p", p, a.n)
	if a.jac == nil {
		if err := a.known.Jacobian(jac, t, y, p[:a.k]); err != nil {
			return err
		}
	} else {
		if err := a.known.Jacobian(a.jac, t, y, p[:a.k]); err != nil {
			return err
		}
		clear(jac)
		for i, at := range a.knownAt {
			jac[at] = a.jac[i]
		}
	}
	a.evaluate(t, y, p[a.k:])
	a.addJacobian(jac, p[a.k:])
	return nil
}

// pattern returns the entries of known and of the term together, nil where that is all.
func (a *sum) pattern() *integrate.Pattern {
	known := a.known.Pattern
	if known == nil {
		return nil
	}
	var rows, cols []int
	for j := range known.N {
		for _, i := range known.Row[known.Start[j]:known.Start[j+1]] {
			rows, cols = append(rows, i), append(cols, j)
		}
	}
	for r := range a.rows {
		for _, j := range a.from {
			for _, i := range a.into {
				rows, cols = append(rows, r*a.dim+i), append(cols, r*a.dim+j)
			}
		}
	}
	all := integrate.Entries(known.N, rows, cols)
	if all.Len() == known.N*known.N {
		return nil
	}
	return all
}

// placeKnown says where the entries of known's Jacobian go in that of s.
func (a *sum) placeKnown(s *dynsys.System[[]float64]) {
	known := a.known.Pattern
	if known == nil {
		return
	}
	a.jac = make([]float64, known.Len())
	for j := range known.N {
		for _, i := range known.Row[known.Start[j]:known.Start[j+1]] {
			at := i*s.Dim + j
			if s.Pattern != nil {
				at = s.Pattern.At(i, j)
			}
			a.knownAt = append(a.knownAt, at)
		}
	}
}
