package integrate

import "github.com/odefit/odefit/integrate/space"

// Func is a right-hand side: it sets dy to f(t, y). It may not keep or change y,
// and dy never aliases y. An error that wraps [ErrRecoverable] asks for a smaller
// step; any other error ends the integration. A result that is not finite counts
// as recoverable.
type Func[S any] func(dy S, t float64, y S) error

// Problem is the initial value problem y' = f(t, y), y(T0) = Y0, on [T0, T1].
// T1 < T0 integrates backward.
type Problem[S any] struct {
	F  Func[S]
	T0 float64
	T1 float64
	Y0 S // not changed

	// Space says how S is a vector space. It may be nil where S is []float64.
	Space space.Space[S]

	// Jacobian sets jac to f_y in flat coordinates: row-major n x n, or the values
	// of Pattern's entries where there is one. Implicit methods use it; without it
	// they take differences.
	Jacobian func(jac []float64, t float64, y S) error

	// Pattern says which entries of f_y can differ from zero. Nil: all of them. See
	// [DetectPattern].
	Pattern *Pattern

	// TimeDerivative sets ft to the partial derivative of f in t. Rosenbrock methods
	// use it; without it they take a difference.
	TimeDerivative func(ft S, t float64, y S) error

	// Autonomous says that f does not depend on t: no time derivative is taken.
	Autonomous bool

	// Mass, when not nil, is the constant matrix M of M y' = f(t, y). It may be
	// singular: a differential-algebraic problem of index 1, whose algebraic components
	// Y0 gives nearly; see [Consistent]. Explicit methods refuse it.
	Mass *Matrix

	// Linear, when not nil, makes the solver of the linear systems of implicit
	// methods, in place of the one chosen by size and pattern.
	Linear func() LinearSolver

	// Krylov, when not nil, solves the linear systems of implicit methods without a
	// matrix, by GMRES.
	Krylov *Krylov[S]

	// Newton, when not nil, solves the linear systems of implicit methods in place of
	// a matrix in flat coordinates. It lets a state with structure (a state and its
	// tangents) share one small factorisation. Mass is then its business too.
	Newton Newton[S]

	// Split parts F for the methods that keep the structure of mechanics, which need it
	// and do not use F. See [Separable].
	Split *Split[S]

	// Breaks are times at which f jumps. The integration stops at each and
	// restarts; to the left of a break, f is never called with a time at or
	// beyond it. They need not be sorted or lie inside the interval.
	Breaks []float64

	// Events are what happens to the solution at fixed times or where it meets a
	// condition.
	Events []Event[S]

	tol *space.Tolerance // of the run
}

// tolerance returns the tolerance of the run, or the default one.
func (p *Problem[S]) tolerance() space.Tolerance {
	if p.tol == nil {
		return (&Settings{}).Tolerance()
	}
	return *p.tol
}

// Event is something that happens to the solution: at the time At or, where When is
// not nil, whenever When crosses zero. An observation at that time sees the state
// after it. Events of one time act in the order of the slice; Apply of each sees what
// the ones before it did. A time outside [T0, T1] is ignored; an event at T0 or at T1
// acts.
//
// A crossing is a change of sign from one time to a later one. A function that is zero
// at T0, or still zero after its own event has acted, has not crossed when it leaves
// zero; one that reaches zero at T1 has. Where the jump of one event carries the
// function of another across zero, that one acts at the same time, after it; no event
// acts twice at one time. Crossings within some eight floating-point numbers of each
// other, or of an event of fixed time, are at one time.
//
// Crossings are located by root finding, to a few floating-point numbers, in the state
// that the step itself arrives at. Each step is searched at four points and where
// these suggest an extremum beyond zero; two crossings closer than that can be missed.
type Event[S any] struct {
	At float64
	// When is a function whose zeros along the solution are the event. It is to be
	// continuous; a jump across zero is found too, less exactly.
	When func(t float64, y S) (float64, error)
	// Direction is the sign that When must change to, in the direction of integration;
	// zero: either.
	Direction Direction
	// Apply changes y in place. Nil: nothing changes, the event is only noted, or
	// ends the run.
	Apply func(y S, t float64) error
	// Stop ends the integration after all that acts at this time.
	Stop bool
}

// Direction says which crossings of zero count.
type Direction int

// The directions of a crossing.
const (
	Either  Direction = 0
	Rising  Direction = 1
	Falling Direction = -1
)
