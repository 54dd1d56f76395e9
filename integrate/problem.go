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

	// Jacobian sets the row-major n x n matrix jac to f_y in flat coordinates.
	// Implicit methods use it; without it they take differences.
	Jacobian func(jac []float64, t float64, y S) error

	// Newton, when not nil, solves the linear systems of implicit methods in
	// place of a dense factorisation of Jacobian. It lets a state with structure
	// (a state and its tangents) share one small factorisation.
	Newton Newton[S]

	// Breaks are times at which f jumps. The integration stops at each and
	// restarts; to the left of a break, f is never called with a time at or
	// beyond it. They need not be sorted or lie inside the interval.
	Breaks []float64

	// Events change the state at fixed times.
	Events []Event[S]
}

// Event is a change of the state at a time. An observation at that time sees the
// state after it. Events of one time act in the order of the slice. A time
// outside [T0, T1] is ignored; an event at T0 or at T1 acts.
type Event[S any] struct {
	At    float64
	Apply func(y S, t float64) error // changes y in place
}

// Newton solves the linear systems (I - g f_y(t, y)) x = r of implicit methods.
type Newton[S any] interface {
	// Setup prepares the matrix at (t, y) with g.
	Setup(t float64, y S, g float64) error
	// Solve overwrites r with the solution x.
	Solve(r S) error
}
