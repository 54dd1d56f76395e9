package integrate

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"

	"github.com/odefit/odefit/integrate/space"
)

// ErrNoSteadyState: the solution does not come to rest.
var ErrNoSteadyState = errors.New("no steady state is reached")

// SteadyState is where a solution comes to rest: its limit at infinite time.
type SteadyState[S any] struct {
	Y S // f(T0, Y) = 0
	// Isolated: no other state at rest lies beside Y with the same conserved totals. Y is
	// then the zero of f to rounding. Otherwise (an epidemic that has passed) it was
	// followed until it changed no more, and is as good as the tolerances.
	Isolated bool
	// Span is how long the solution was followed.
	Span  float64
	Stats Stats

	flat space.Coordinates[S]
	rest *equilibrium
}

// FindSteadyState returns the state in which the solution of M y' = f(t, y) that begins
// at Y0 comes to rest. Time stands still at T0 all the while, and neither breaks nor
// events act; T1 has no meaning.
//
// The solution is followed by the method, Auto where it is nil, until Newton's method
// takes over: it then starts within a thousandth of the zero. Where f_y is singular
// because of conserved totals, L f = 0 for a constant matrix L, equations of f = 0 give
// way to L M y = L M Y0. A state at rest that is not stable is accepted only where the
// solution stays there.
//
// S needs coordinates. The linear algebra is dense: n^2 numbers and some 10 n^3
// operations for n coordinates. An error wraps [ErrNoSteadyState] or is a [*StepError].
func FindSteadyState[S any](ctx context.Context, p Problem[S], m Method, set *Settings) (*SteadyState[S], error) {
	if p.F == nil {
		return nil, errors.New("integrate: Problem.F is nil")
	}
	if err := withSpace(&p); err != nil {
		return nil, err
	}
	flat, ok := p.Space.(space.Coordinates[S])
	if !ok {
		return nil, fmt.Errorf("integrate: a steady state: %w", ErrNoCoordinates)
	}
	var sets Settings
	if set != nil {
		sets = *set
	}
	sets.Times, sets.Grid, sets.FixedStep = nil, nil, 0
	if sets.MaxSteps == 0 {
		sets.MaxSteps = stepsPerSearch
	}
	if m == nil {
		m = Auto{}
	}
	s := &SteadyState[S]{flat: flat}
	tol := sets.Tolerance()
	p.tol = &tol
	freeze(&p)
	s.rest = newEquilibrium(&p, flat, &s.Stats)
	f := &follower[S]{p: &p, s: s, rest: s.rest, now: make([]float64, s.rest.n), was: make([]float64, s.rest.n)}
	if err := f.follow(ctx, m, &sets); err != nil {
		return nil, err
	}
	return s, nil
}

// freeze makes time stand still.
func freeze[S any](p *Problem[S]) {
	t0, f, jac := p.T0, p.F, p.Jacobian
	p.F = func(dy S, _ float64, y S) error { return f(dy, t0, y) }
	if jac != nil {
		p.Jacobian = func(j []float64, _ float64, y S) error { return jac(j, t0, y) }
	}
	p.T0, p.T1, p.Breaks, p.Events = 0, farAway, nil, nil
	p.Autonomous, p.TimeDerivative = true, nil
}

// Tangent sets ds to the derivative of Y along a change that moves f at Y by df and Y0
// by dy0. It may be called where Isolated is true.
//
//	f_y ds = -df,   L M ds = L M dy0
func (s *SteadyState[S]) Tangent(ds, df, dy0 S) error {
	b, y := make([]float64, s.rest.n), make([]float64, s.rest.n)
	s.flat.Flatten(b, df)
	s.flat.Flatten(y, dy0)
	if err := s.rest.tangent(b, y); err != nil {
		return err
	}
	s.flat.Unflatten(ds, b)
	return nil
}

// Adjoint sets z and gy0 for a function of Y with the derivative w: its change along
// [SteadyState.Tangent] is z . df + gy0 . dy0. It may be called where Isolated is true,
// and costs one transposed solution.
func (s *SteadyState[S]) Adjoint(z, gy0, w S) error {
	b, y := make([]float64, s.rest.n), make([]float64, s.rest.n)
	s.flat.Flatten(b, w)
	if err := s.rest.adjoint(b, y); err != nil {
		return err
	}
	s.flat.Unflatten(z, b)
	s.flat.Unflatten(gy0, y)
	return nil
}

// Conserved yields the conserved totals that Y was found with: rows l with l . f = 0 at
// all states, in flat coordinates, for the parameters at hand. Derivatives in a parameter
// are right where they hold beside it too: l . f_p = 0. The rows are not to be changed.
func (s *SteadyState[S]) Conserved() iter.Seq[[]float64] {
	return func(yield func([]float64) bool) {
		for k := range s.rest.laws.gone {
			if !yield(s.rest.laws.left.RawRowView(k)) {
				return
			}
		}
	}
}

const (
	// stepsPerSearch bounds the steps of one search where Settings.MaxSteps does not.
	stepsPerSearch = 100_000
	// farAway is the end of the search in the time of the model: beyond any rate that
	// differs from zero.
	farAway = 1e30
)

// follower follows a solution until it is at rest.
type follower[S any] struct {
	p        *Problem[S]
	s        *SteadyState[S]
	rest     *equilibrium
	now, was []float64
}

func (f *follower[S]) follow(ctx context.Context, m Method, set *Settings) error {
	s, q := f.s, f.rest
	copy(f.now, q.begin)
	q.measure(f.now)
	if rest, err := q.restsAtOnce(); err != nil || rest {
		f.accept(found, 0)
		return err
	}
	run := Start(ctx, *f.p, m, set)
	const longest = 31
	pause, wait := 0, 0 // steps between attempts, which cost more than a step, and to the next one
	for step := range run.Steps() {
		f.was, f.now = f.now, f.was
		s.flat.Flatten(f.now, step.Y1)
		q.measure(f.now)
		if !q.slow(f.was, f.now) {
			continue
		}
		if wait > 0 {
			wait--
			continue
		}
		v, err := q.solve(f.now, step.T1)
		if err != nil {
			return err
		}
		if v != moving {
			own := s.Stats // of the search
			s.Stats = run.Stats()
			s.Stats.RHS += own.RHS
			s.Stats.Jacobians += own.Jacobians
			s.Stats.Factorizations += own.Factorizations
			f.accept(v, step.T1)
			return nil
		}
		pause = min(2*pause+1, longest)
		wait = pause
	}
	if err := run.Err(); err != nil && !errors.Is(err, ErrTooManySteps) {
		return err
	}
	t, _ := run.State()
	return fmt.Errorf("%w: after a time of %.3g the state still changes", ErrNoSteadyState, t)
}

// accept takes the state of the search as the answer.
func (f *follower[S]) accept(v verdict, span float64) {
	f.s.Y = f.p.Space.New(f.p.Y0)
	f.s.flat.Unflatten(f.s.Y, f.rest.y)
	f.s.Isolated, f.s.Span = v == found, span
}

// measure notes how large the components have been.
func (q *equilibrium) measure(y []float64) {
	for i, v := range y {
		q.size[i] = max(q.size[i], math.Abs(v))
	}
}

// scale is the size that a change of component i is measured by.
func (q *equilibrium) scale(i int, y float64) float64 {
	return math.Abs(y) + 1e-3*q.size[i] + q.abs
}

// slow says that a step changed little.
func (q *equilibrium) slow(y0, y1 []float64) bool {
	for i := range y1 {
		if math.Abs(y1[i]-y0[i]) > 0.01*q.scale(i, y1[i]) {
			return false
		}
	}
	return true
}

// restsAtOnce says that the solution begins at rest, and stays there.
func (q *equilibrium) restsAtOnce() (bool, error) {
	if err := q.rhs(q.f, q.begin); err != nil {
		return false, err
	}
	for _, v := range q.f {
		if v != 0 {
			return false, nil
		}
	}
	v, err := q.solve(q.begin, farAway)
	return v == found, err
}
