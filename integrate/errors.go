package integrate

import (
	"errors"
	"fmt"
)

// Reasons of a [StepError], to be asked for with errors.Is.
var (
	// ErrRecoverable is for right-hand sides: a smaller step may succeed.
	ErrRecoverable = errors.New("right-hand side cannot be evaluated here")
	// ErrNonFinite: the right-hand side or the new state is NaN or infinite at
	// every step size tried.
	ErrNonFinite = errors.New("the solution is not finite")
	// ErrStepTooSmall: the tolerance asks for a step below the spacing of
	// floating-point numbers at this time. Usual causes are a solution that grows
	// without limit, a right-hand side with an undeclared jump, or a tolerance below
	// rounding error.
	ErrStepTooSmall = errors.New("the step size fell below the resolution of time")
	// ErrTooManySteps: Settings.MaxSteps was reached. A stiff problem with an
	// explicit method is the usual cause.
	ErrTooManySteps = errors.New("too many steps")
	// ErrNewton: the nonlinear equations of an implicit step could not be solved at
	// any step size tried.
	ErrNewton = errors.New("the stage equations could not be solved")
	// ErrCancelled: the context ended. The context's own error is wrapped as well.
	ErrCancelled = errors.New("cancelled")
	// ErrGrazing: the function of an event touches zero, or crosses it so flatly that
	// the error of the solution decides whether and when the event acts.
	ErrGrazing = errors.New("an event is met at grazing incidence")
	// ErrChattering: events follow each other without end, and time does not move on.
	ErrChattering = errors.New("events follow each other without end")
	// ErrEventNotFinite: the function of an event is NaN or infinite.
	ErrEventNotFinite = errors.New("the function of an event is not finite")
	// ErrOutside: a time outside the interval that was solved.
	ErrOutside = errors.New("time outside the solved interval")
)

// StepError tells where and why an integration ended early.
type StepError struct {
	T         float64 // time reached
	H         float64 // size of the step last tried, signed
	Step      int     // accepted steps so far
	Component int     // flat coordinate with the largest error, or -1 where unknown
	Reason    error   // wraps one of the sentinels above, or the error of F
}

func (e *StepError) Error() string {
	s := fmt.Sprintf("integrate: at t = %.6g after %d steps: %v", e.T, e.Step, e.Reason)
	if e.Component >= 0 {
		s += fmt.Sprintf(" (worst component %d)", e.Component)
	}
	return s
}

// Unwrap gives the reason to errors.Is and errors.As.
func (e *StepError) Unwrap() error { return e.Reason }

// JacobianError: an entry of f_y is NaN or infinite, at every step size tried. It counts
// as [ErrRecoverable].
type JacobianError struct {
	Row, Column int // d f[Row] / d y[Column] in flat coordinates
	Value       float64
}

func (e *JacobianError) Error() string {
	return fmt.Sprintf("the Jacobian is not finite: the derivative of component %d of the right-hand side in component %d of the state is %v", e.Row, e.Column, e.Value)
}

// Is implements errors.Is.
func (e *JacobianError) Is(target error) bool { return target == ErrRecoverable }

// PanicError is the reason of a [StepError] where a user's function panicked.
type PanicError struct {
	Value any    // of the panic
	Stack []byte // as debug.Stack gives it
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v\n%s", e.Value, e.Stack) }

// Unwrap gives the value where it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}
