package minimize

import (
	"context"
	"fmt"
	"math"
)

// Status says why a search ended.
type Status int

const (
	NotRun Status = iota // no search was made

	// ConvergedDecrease: the model at X promises no decrease that matters (FTol, AbsTol).
	ConvergedDecrease
	// ConvergedStep: the undamped step to the model's minimum is too short to matter (XTol).
	ConvergedStep
	// ConvergedGradient: the gradient of the parameters that can move is zero or below GTol.
	ConvergedGradient
	// ConvergedNoise: no lower value could be found, and what the model still
	// promises is below the noise that the caller stated (ObjectiveNoise), or
	// below rounding.
	ConvergedNoise

	// Stalled: no lower value could be found although the model promises one.
	// The gradient is wrong, the objective is noisier than stated, or the way
	// down is blocked by points where it cannot be evaluated.
	Stalled
	// MaxIterations: the limit was reached first.
	MaxIterations
	// InfeasibleStart: the objective could not be evaluated at the first point.
	InfeasibleStart
	// Cancelled: the context ended the search.
	Cancelled
	// GivenUp: the caller did not continue the search, as others were far ahead.
	GivenUp
)

// Converged reports whether the search ended at what it takes for a minimum.
func (s Status) Converged() bool {
	return s >= ConvergedDecrease && s <= ConvergedNoise
}

func (s Status) String() string {
	switch s {
	case NotRun:
		return "not run"
	case ConvergedDecrease:
		return "converged: no further decrease in sight"
	case ConvergedStep:
		return "converged: the step is negligible"
	case ConvergedGradient:
		return "converged: the gradient vanishes"
	case ConvergedNoise:
		return "converged to the noise of the objective"
	case Stalled:
		return "stalled: no decrease possible at the precision of the objective"
	case MaxIterations:
		return "iteration limit reached"
	case InfeasibleStart:
		return "the objective cannot be evaluated at the start"
	case Cancelled:
		return "cancelled"
	case GivenUp:
		return "given up: other starts were far ahead"
	}
	return fmt.Sprintf("Status(%d)", int(s))
}

// Method is what the methods of this package have in common: an options struct
// whose zero value is right, and a search for problems of type P. Minimize panics
// where lengths differ or the bounds fail their Check; all that numbers can cause is
// told by the Result.
type Method[P any] interface {
	Minimize(ctx context.Context, p P, b Bounds, x0 []float64) Result
}

// Result is the outcome of one search. All slices belong to the caller.
type Result struct {
	X        []float64 // the best point, inside the bounds
	F        float64   // the objective there; +Inf where none could be evaluated
	Gradient []float64 // of the objective at X
	AtBound  []Side    // for each parameter: exactly on a bound?
	Status   Status

	// PredictedDecrease is what the method's model still promised at X, in units
	// of F: how far from the minimum the search believes it ended.
	PredictedDecrease float64

	Iterations  int   // points from which a step was computed
	Evaluations int   // of the value alone
	Gradients   int   // of the gradient or the Jacobian
	Failures    int   // evaluations of either kind that failed: rejected steps
	LastFailure error // the cause of the last of them
}

// Progress is what a search shows of itself before each step.
type Progress struct {
	Iteration         int
	X                 []float64 // valid during the call, not to be changed
	F                 float64
	PredictedDecrease float64
	Evaluations       int
	Gradients         int
	Failures          int
}

// NotFiniteError is the cause of a failure where the user's function returned no
// error but a NaN or an infinity.
type NotFiniteError struct {
	What  string // "objective", "residual", "Jacobian" or "gradient"
	Index int    // which element; -1 for the objective
	Value float64
}

func (e *NotFiniteError) Error() string {
	if e.Index < 0 {
		return fmt.Sprintf("minimize: %s is %g", e.What, e.Value)
	}
	return fmt.Sprintf("minimize: %s element %d is %g", e.What, e.Index, e.Value)
}

// ledger counts evaluations and tells failures from cancellation.
type ledger struct {
	evaluations, gradients, failures int
	last                             error
	failed                           bool // the last evaluation did
	cancelled                        bool
}

// judge books one finished evaluation and reports whether it is usable. A failure
// after the end of the context is cancellation.
func (l *ledger) judge(ctx context.Context, f float64, err error) bool {
	if err == nil && f-f != 0 {
		err = &NotFiniteError{What: "objective", Index: -1, Value: f}
	}
	l.cancelled = ctx.Err() != nil
	l.failed = err != nil || l.cancelled
	if err != nil && !l.cancelled {
		l.failures++
		l.last = err
	}
	return !l.failed
}

// finite returns a *NotFiniteError for the first element of v that is not finite.
func finite(what string, v []float64) error {
	for i, a := range v {
		if a-a != 0 { // NaN for NaN and the infinities
			return &NotFiniteError{What: what, Index: i, Value: a}
		}
	}
	return nil
}

// rounding is the level, in units of the objective, below which differences of
// values of size f say nothing.
func rounding(f float64) float64 {
	const epsilon = 0x1p-52
	return 8 * epsilon * math.Abs(f)
}
