package integrate

import "fmt"

// Method names a way to integrate. Methods are plain values, such as Tsit5{}, that
// can stand in tables, flags and files; the entry functions make the stepper for a
// state type.
type Method interface {
	// String returns the name by which the literature and the command know it.
	String() string
}

// RungeKutta is a Method that is defined by its coefficients. All one-step methods
// of the toolkit are; so may be a user's own.
type RungeKutta interface {
	Method
	// Tableau returns the coefficients, which must not be changed.
	Tableau() *Tableau
}

// Own makes a Method of a user's stepper for one state type.
type Own[S any] struct {
	Name string
	New  func(*Problem[S]) (Stepper[S], error)
}

func (o Own[S]) String() string { return o.Name }

// Stepper attempts single steps. It never decides whether a step is good: the
// controller does, and the driver owns end time, breaks, events and limits.
type Stepper[S any] interface {
	// Attempt tries a step from the accepted state y at t to t1. It sets y1 to the
	// new state and, where Order reports an estimate, e to its estimated error. y is
	// not changed; y, y1 and e are distinct.
	Attempt(y1, e S, t, t1 float64, y S) error
	// Accept takes note that the last attempt became the solution. The interpolant
	// of that step is lost.
	Accept()
	// Reset forgets all history: the state or the right-hand side has jumped.
	Reset()
	// Bound sets the time that no evaluation of the right-hand side may pass: the
	// last floating-point number before a break, or +Inf.
	Bound(last float64)
	// Interpolate sets dst to the solution at t inside the last attempted step.
	Interpolate(dst S, t float64)
	// Keep returns a copy of the interpolant of the last attempted step.
	Keep() Interpolant[S]
	// Order returns the order p of the solution and that of the error estimate,
	// which falls like h^(estimate+1); estimate is 0 where there is none.
	Order() (p, estimate int)
}

// Interpolant is the solution inside one step.
type Interpolant[S any] interface {
	// At sets dst to the solution at t.
	At(dst S, t float64)
}

// NewStepper returns the stepper of a method for a problem. Most callers want
// [Solve] or [Start]; adjoint methods and replays drive steppers themselves.
// Evaluations are counted in stats.
func NewStepper[S any](p *Problem[S], m Method, stats *Stats) (Stepper[S], error) {
	switch m := m.(type) {
	case Own[S]:
		return m.New(p)
	case RungeKutta:
		tab := m.Tableau()
		if err := tab.check(); err != nil {
			return nil, err
		}
		return newExplicit(p, tab, stats), nil
	case SDIRK4:
		return newImplicit(p, &sdirk4, stats)
	case Auto:
		return newAuto(p, stats), nil
	case nil:
		return nil, fmt.Errorf("integrate: no method was given; Tsit5{} is a good first choice")
	}
	return nil, fmt.Errorf("integrate: method %v cannot step a state of type %T", m, p.Y0)
}
