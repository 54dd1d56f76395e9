package sensitivity

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/integrate"
)

// ErrNoSteadyState: the solution does not come to rest.
var ErrNoSteadyState = errors.New("no steady state is reached")

// Steady finds the state in which a solution comes to rest, y with f(t, y, p) = 0, and
// its tangents. Time stands still at Problem.T0 all the while, and neither breaks nor
// events act; T1 has no meaning, and Problem.Y0 is where the solution begins.
//
// The solution is followed until Newton's method takes over. Where J = f_y is singular
// because of conserved totals, L f = 0 for a constant matrix L, rows of f = 0 give way
// to L y = L y0. The tangents along v then follow from the implicit function theorem,
//
//	J s = -f_p v,   L s = L s0,
//
// which costs one small factorisation. Where the states at rest are not isolated for
// another reason (an epidemic that has passed), state and tangents are followed until
// they change no more.
//
// A state at rest that is not stable is accepted only where the solution stays there.
type Steady struct {
	Problem    Problem[[]float64]
	Directions []Direction[[]float64]
	Settings   *Settings

	frozen *dynsys.System[[]float64]
	of     *dynsys.System[[]float64] // frozen is of this system
	size   []float64                 // largest value of every component so far
	begin  []float64
	work   *equilibrium
}

// stepsPerSearch bounds the steps of one search where Settings.MaxSteps does not.
const stepsPerSearch = 100_000

// Find returns the steady state and, where asked, its tangents along the directions.
func (s *Steady) Find(ctx context.Context, tangents bool) (y []float64, t [][]float64, err error) {
	s.freeze()
	n := len(s.Problem.Y0)
	s.begin = append(s.begin[:0], s.Problem.Y0...)
	s.size = append(s.size[:0], make([]float64, n)...)
	s.work = newEquilibrium(s)
	span, err := s.follow(ctx)
	switch {
	case err != nil:
		return nil, nil, err
	case span > 0:
		return s.flow(ctx, span, tangents)
	case !tangents:
		return s.work.y, nil, nil
	}
	t, err = s.work.tangents(s.Directions)
	return s.work.y, t, err
}

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

// follow integrates until the state is found. A positive span means that the states at
// rest are not isolated, and how long it takes to come to one.
func (s *Steady) follow(ctx context.Context) (span float64, err error) {
	p, sys := s.Problem.P, s.frozen
	prob := integrate.Problem[[]float64]{
		F:  func(dy []float64, t float64, y []float64) error { return sys.RHS(dy, t, y, p) },
		Y0: s.begin, T1: farAway, Pattern: sys.Pattern, Mass: sys.Mass, Autonomous: true,
	}
	if sys.Jacobian != nil {
		prob.Jacobian = func(jac []float64, t float64, y []float64) error { return sys.Jacobian(jac, t, y, p) }
	}
	prob.TimeDerivative = func(ft []float64, _ float64, _ []float64) error { clear(ft); return nil }
	set := orDefault(s.Settings)
	sets := set.Settings
	sets.Times, sets.Grid, sets.FixedStep = nil, nil, 0
	if sets.MaxSteps == 0 {
		sets.MaxSteps = stepsPerSearch
	}
	s.measure(s.begin)
	rest, err := s.restsAtOnce()
	if err != nil || rest {
		return 0, err
	}
	run := integrate.Start(ctx, prob, s.solver(&set), &sets)
	for step := range run.Steps() {
		s.measure(step.Y1)
		if !s.slow(step.Y0, step.Y1) {
			continue
		}
		switch verdict, err := s.work.solve(step.Y1, step.T1); {
		case err != nil:
			return 0, err
		case verdict == found:
			return 0, nil
		case verdict == atRest:
			return step.T1, nil
		}
	}
	if err := run.Err(); err != nil && !errors.Is(err, integrate.ErrTooManySteps) {
		return 0, inPass(ForwardPass, err)
	}
	t, _ := run.State()
	return 0, fmt.Errorf("%w: after a time of %.3g the state still changes", ErrNoSteadyState, t)
}

// farAway is the end of the search in the time of the model: beyond any rate that
// differs from zero.
const farAway = 1e30

// solver returns the method of the search: a solution that comes to rest is stiff in
// the end, so Auto unless an implicit method is asked for.
func (s *Steady) solver(set *Settings) integrate.Method {
	if _, ok := set.solver().(integrate.RungeKutta); ok {
		return integrate.Auto{}
	}
	return set.solver()
}

// measure notes how large the components have been.
func (s *Steady) measure(y []float64) {
	for i, v := range y {
		s.size[i] = max(s.size[i], math.Abs(v))
	}
}

// scale is the size that a change of component i is measured by.
func (s *Steady) scale(i int, y float64) float64 {
	set := orDefault(s.Settings)
	return math.Abs(y) + 1e-3*s.size[i] + set.Tolerance().Abs
}

// slow says that a step changed little.
func (s *Steady) slow(y0, y1 []float64) bool {
	for i := range y1 {
		if math.Abs(y1[i]-y0[i]) > 0.01*s.scale(i, y1[i]) {
			return false
		}
	}
	return true
}

// restsAtOnce says that the solution begins at rest, and stays there.
func (s *Steady) restsAtOnce() (bool, error) {
	f := make([]float64, len(s.begin))
	if err := s.frozen.RHS(f, 0, s.begin, s.Problem.P); err != nil {
		return false, err
	}
	for _, v := range f {
		if v != 0 {
			return false, nil
		}
	}
	verdict, err := s.work.solve(s.begin, farAway)
	return verdict == found, err
}

// flow follows state and tangents over twice the span.
func (s *Steady) flow(ctx context.Context, span float64, tangents bool) ([]float64, [][]float64, error) {
	set := orDefault(s.Settings)
	set.Solver = s.solver(&set)
	p := s.Problem
	p.System, p.T0, p.T1, p.Y0 = s.frozen, 0, 2*span, s.begin
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
