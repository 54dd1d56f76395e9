package sensitivity

import (
	"context"
	"fmt"
	"math"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/integrate"
)

// ErrNoSteadyState: the solution does not come to rest.
var ErrNoSteadyState = integrate.ErrNoSteadyState

// Steady finds the state in which a solution comes to rest, y with f(t, y, p) = 0, and
// its derivatives. Time stands still at Problem.T0 all the while, and neither breaks nor
// events act; T1 has no meaning, and Problem.Y0, not System.Initial, is where the
// solution begins.
//
// The state is that of [integrate.FindSteadyState]. Where it is isolated, its derivatives
// follow from the implicit function theorem, with L the conserved totals, L f = 0, in the
// place of rows of f_y,
//
//	f_y s = -f_p v,   L M s = L M s0:
//
// one small factorisation, and one solution for each tangent, or one transposed solution
// for a whole gradient. Where the states at rest are not isolated (an epidemic that has
// passed), state and derivatives are followed until they change no more.
type Steady struct {
	Problem    Problem[[]float64]
	Directions []Direction[[]float64]
	Settings   *Settings

	frozen *dynsys.System[[]float64]
	of     *dynsys.System[[]float64] // frozen is of this system
}

// Find returns the steady state and, where asked, its tangents along the directions.
func (s *Steady) Find(ctx context.Context, tangents bool) (y []float64, t [][]float64, err error) {
	at, err := s.search(ctx)
	switch {
	case err != nil:
		return nil, nil, err
	case !at.Isolated:
		return s.flow(ctx, at.Span, tangents)
	case !tangents:
		return at.Y, nil, nil
	}
	t, err = s.tangents(at)
	return at.Y, t, err
}

// search finds the state.
func (s *Steady) search(ctx context.Context) (*integrate.SteadyState[[]float64], error) {
	s.freeze()
	p, sys := s.Problem.P, s.frozen
	prob := integrate.Problem[[]float64]{
		F:  func(dy []float64, t float64, y []float64) error { return sys.RHS(dy, t, y, p) },
		Y0: s.Problem.Y0, Pattern: sys.Pattern, Mass: sys.Mass, Jacobian: s.jacobian(),
	}
	set := orDefault(s.Settings)
	at, err := integrate.FindSteadyState(ctx, prob, s.solver(&set), &set.Settings)
	if err != nil {
		return nil, inPass(ForwardPass, err)
	}
	return at, nil
}

// jacobian returns f_y, of tangents where the system does not give it, or nil.
func (s *Steady) jacobian() func(jac []float64, t float64, y []float64) error {
	sys, p := s.frozen, s.Problem.P
	switch {
	case sys.Jacobian != nil:
		return func(jac []float64, t float64, y []float64) error { return sys.Jacobian(jac, t, y, p) }
	case sys.JVP == nil || sys.Pattern != nil:
		return nil
	}
	n := len(s.Problem.Y0)
	unit, out := make([]float64, n), make([]float64, n)
	return func(jac []float64, t float64, y []float64) error {
		for j := range n {
			unit[j] = 1
			err := sys.JVP(out, t, y, p, unit, nil)
			unit[j] = 0
			if err != nil {
				return err
			}
			for i, v := range out {
				jac[i*n+j] = v
			}
		}
		return nil
	}
}

// tangents returns the derivatives of an isolated state along the directions.
func (s *Steady) tangents(at *integrate.SteadyState[[]float64]) ([][]float64, error) {
	sys, p, n := s.frozen, s.Problem.P, len(at.Y)
	zero, df := make([]float64, n), make([]float64, n)
	out := make([][]float64, len(s.Directions))
	for k, d := range s.Directions {
		clear(df)
		if d.P != nil {
			if err := sys.JVP(df, 0, at.Y, p, zero, d.P); err != nil {
				return nil, err
			}
		}
		if err := keeps(at, df); err != nil {
			return nil, err
		}
		dy0 := d.Y0
		if dy0 == nil {
			dy0 = zero
		}
		out[k] = make([]float64, n)
		if err := at.Tangent(out[k], df, dy0); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// keeps returns an error where a change of f by df breaks a total that is conserved.
func keeps(at *integrate.SteadyState[[]float64], df []float64) error {
	for law := range at.Conserved() {
		sum, size := 0.0, 0.0
		for j, l := range law {
			sum += l * df[j]
			size += math.Abs(l * df[j])
		}
		if math.Abs(sum) > brokenLaw*size {
			return errBrokenLaw
		}
	}
	return nil
}

// brokenLaw is how large a sum may be against its terms that vanishes but for rounding.
const brokenLaw = 1e-8

var errBrokenLaw = fmt.Errorf("%w: a total is conserved at these parameters, but not beside them", ErrNoSteadyState)

// freeze makes the system whose time stands still.
func (s *Steady) freeze() {
	if s.of == s.Problem.System {
		return
	}
	sys := s.Problem.System
	s.of = sys
	f := *sys
	f.Initial, f.Breaks, f.Events = dynsys.Initial[[]float64]{}, dynsys.Breaks{}, nil
	f.RHS = func(dy []float64, _ float64, y, p []float64) error { return sys.RHS(dy, s.Problem.T0, y, p) }
	if sys.VJP != nil {
		f.VJP = func(gy, gp []float64, _ float64, y, p, w []float64) error {
			return sys.VJP(gy, gp, s.Problem.T0, y, p, w)
		}
	}
	if sys.JVP != nil {
		f.JVP = func(out []float64, _ float64, y, p, vy, vp []float64) error {
			return sys.JVP(out, s.Problem.T0, y, p, vy, vp)
		}
	}
	if sys.JVPs != nil {
		f.JVPs = func(dy []float64, out [][]float64, _ float64, y, p []float64, vy, vp [][]float64) error {
			return sys.JVPs(dy, out, s.Problem.T0, y, p, vy, vp)
		}
	}
	if sys.Jacobian != nil {
		f.Jacobian = func(jac []float64, _ float64, y, p []float64) error {
			return sys.Jacobian(jac, s.Problem.T0, y, p)
		}
	}
	f.TimeDerivative = func(ft []float64, _ float64, _, _ []float64) error { clear(ft); return nil }
	f.Autonomous, f.TimeVJP, f.SecondOrder, f.SecondDirectional, f.SecondDirectionals = true, nil, nil, nil, nil
	if sys.SecondDirectionals != nil {
		f.SecondDirectionals = func(out [][]float64, _ float64, y, p []float64, vy, vp [][]float64, _ float64, uy, up []float64) error {
			return sys.SecondDirectionals(out, s.Problem.T0, y, p, vy, vp, 0, uy, up)
		}
	}
	s.frozen = &f
}

// solver returns the method of the search: a solution that comes to rest is stiff in
// the end, so Auto unless an implicit method is asked for.
func (s *Steady) solver(set *Settings) integrate.Method {
	if _, ok := set.solver().(integrate.RungeKutta); ok {
		return integrate.Auto{}
	}
	return set.solver()
}

// flow follows state and tangents over twice the span.
func (s *Steady) flow(ctx context.Context, span float64, tangents bool) ([]float64, [][]float64, error) {
	set := orDefault(s.Settings)
	set.Solver = s.solver(&set)
	p := s.Problem
	p.System, p.T0, p.T1 = s.frozen, 0, 2*span
	dirs := s.Directions
	if !tangents {
		dirs = []Direction[[]float64]{}
	}
	path, err := Trajectory(ctx, p, []float64{span, 2 * span}, dirs, &set)
	if err != nil {
		return nil, nil, err
	}
	for k, now := range path.Tangents[1] {
		for i, v := range now {
			// A tangent that still grows differs by about its own size after twice the time.
			if was := path.Tangents[0][k][i]; math.Abs(v-was) > 1e-5*math.Abs(v)+set.Tolerance().Abs {
				return nil, nil, fmt.Errorf("%w: the state comes to rest, its derivatives do not", ErrNoSteadyState)
			}
		}
	}
	return path.Y[1], path.Tangents[1], nil
}
