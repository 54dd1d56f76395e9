package integrate

import (
	"fmt"

	"github.com/odefit/odefit/integrate/space"
)

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
	// Reject takes note that the last attempt failed for another reason than its
	// error estimate (a NaN, an iteration that did not converge): evaluations kept
	// from it are not to be trusted, accepted history is.
	Reject()
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

// Chooser is a stepper that picks its order and step size together, as multistep
// methods do. The driver asks it in place of the controller.
type Chooser interface {
	// Choose returns the ratio of the next step size to that of the last attempt,
	// whose error norm was err; accepted says whether it passed. It is called before
	// Accept. The estimate may be one of several orders: the stepper knows norms of
	// its own.
	Choose(err float64, accepted bool) float64
}

// wrapper is a stepper that passes on to another one, which may change.
type wrapper[S any] interface{ inner() Stepper[S] }

// beginner is a stepper that carries over from one restart to the next what a new run
// must not know.
type beginner interface{ begin() }

// chooser returns the stepper in use as a Chooser, or nil.
func chooser[S any](s Stepper[S]) Chooser {
	if w, ok := s.(wrapper[S]); ok {
		s = w.inner()
	}
	c, _ := s.(Chooser)
	return c
}

// tolerant is a stepper that needs the tolerances, for its iterations or for choices
// of order.
type tolerant interface{ setTolerance(space.Tolerance) }

// settler is a stepper that profits from keeping its step size. The driver asks it,
// after an accepted step, for a factor near the one proposed.
type settler interface{ settle(factor float64) float64 }

// Completer is a stepper whose interpolant needs evaluations beyond those of the step.
// They are made when the solution inside the last attempted step is first asked for:
// by Complete, which can say what went wrong, or by Interpolate and Keep themselves,
// which cannot, and then give NaN.
type Completer interface{ Complete() error }

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
		if hasMass(p) {
			return nil, fmt.Errorf("integrate: %v is explicit and cannot solve M y' = f; take an implicit method", m)
		}
		return newExplicit(p, tab, stats), nil
	case Symplectic:
		if p.Mass != nil {
			return nil, fmt.Errorf("integrate: %v solves y' = f only, without a mass matrix", m)
		}
		return newSymplectic(p, m.Composition(), stats)
	case Nystrom:
		if p.Mass != nil {
			return nil, fmt.Errorf("integrate: %v solves y' = f only, without a mass matrix", m)
		}
		return newNystrom(p, m.Nystrom(), stats)
	case Rosenbrock:
		return newRosenbrock(p, m.Coefficients(), stats)
	case RadauIIA5:
		return newRadau(p, stats)
	case ImplicitRungeKutta:
		return newImplicit(p, m.ImplicitTableau(), stats)
	case Adams:
		if hasMass(p) {
			return nil, fmt.Errorf("integrate: %v is explicit and cannot solve M y' = f; take an implicit method", m)
		}
		return newAdams(p, m, stats)
	case BDF:
		return newBDF(p, m, stats)
	case Auto:
		return newAuto(p, stats)
	case nil:
		return nil, fmt.Errorf("integrate: no method was given; Tsit5{} is a good first choice")
	}
	return nil, fmt.Errorf("integrate: method %v cannot step a state of type %T", m, p.Y0)
}
