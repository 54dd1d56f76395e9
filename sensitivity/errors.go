package sensitivity

import (
	"errors"
	"fmt"

	"github.com/odefit/odefit/integrate"
)

// What a problem or its state space lacks, to be asked for with errors.Is.
var (
	// ErrNoInnerProduct: the space of the state has no inner product
	// (space.InnerProduct), without which a gradient has no meaning.
	ErrNoInnerProduct = errors.New("the state space has no inner product")
	// ErrNoCoordinates: the space has no coordinates (space.Coordinates), so that
	// the initial state has no unit directions.
	ErrNoCoordinates = errors.New("the state space has no coordinates")
	// ErrNoDerivative: the system or the loss lacks a derivative that the method
	// needs.
	ErrNoDerivative = errors.New("a derivative is missing")
	// ErrCoincidentBreaks: breaks that move differently with the parameters lie at
	// one time, where the solution has no derivative that could be told from the
	// two sides alone.
	ErrCoincidentBreaks = errors.New("breaks that move differently coincide")
	// ErrMassContinuous: [Continuous] knows no mass matrices.
	ErrMassContinuous = errors.New("the adjoint equation of M y' = f is not solved")
	// ErrMultistep: the discrete adjoint of a multistep method is a sum with the right value
	// at T0, but not a solution of the adjoint equation along the path: its weights do not
	// belong to a method. Source: Sandu, "Reverse automatic differentiation of linear
	// multistep methods", LNCSE 64 (2008) 1.
	ErrMultistep = errors.New("the discrete adjoint of a multistep method is inconsistent along the path")
	// ErrDrift: the state that was solved backward departed from the one of the
	// forward pass.
	ErrDrift = errors.New("the state solved backward departed from the forward solution")
	// ErrQuadrature: the integral of dL/dp was not resolved by the smallest panels.
	ErrQuadrature = errors.New("the integrand is too rough")
)

// Phase is the part of a computation.
type Phase int

const (
	ForwardPass  Phase = iota // from T0 to T1
	BackwardPass              // from T1 to T0
)

func (p Phase) String() string {
	if p == BackwardPass {
		return "backward pass"
	}
	return "forward pass"
}

// Error tells where and why a computation ended. There is no result beside it: a
// gradient is whole or it is not given.
type Error struct {
	Phase     Phase
	T         float64 // time reached
	Step      int     // accepted steps of that pass so far
	Component int     // flat coordinate to blame, or -1 where unknown
	Reason    error
}

func (e *Error) Error() string {
	s := fmt.Sprintf("sensitivity: %v, at t = %.6g after %d steps: %v", e.Phase, e.T, e.Step, e.Reason)
	if e.Component >= 0 {
		s += fmt.Sprintf(" (worst component %d)", e.Component)
	}
	return s
}

// Unwrap gives the reason to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Reason }

// inPass turns the error of an integration into an *Error. Mistakes in problem or
// settings, which are no *integrate.StepError, are handed on as they are.
func inPass(phase Phase, err error) error {
	var own *Error
	if errors.As(err, &own) {
		return own
	}
	var step *integrate.StepError
	if errors.As(err, &step) {
		return &Error{Phase: phase, T: step.T, Step: step.Step, Component: step.Component, Reason: step.Reason}
	}
	return err
}
