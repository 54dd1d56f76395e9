package integrate

import (
	"fmt"
	"math"
	"runtime/debug"

	"github.com/odefit/odefit/integrate/space"
)

// tooSmall tells the true reason for which the step cannot be cut further.
func (r *Run[S]) tooSmall() error {
	if r.cause != nil {
		return r.fail(fmt.Errorf("%w (the last step tried was %.3g)", r.cause, r.h))
	}
	return r.fail(ErrStepTooSmall)
}

// fail makes the error of the run.
func (r *Run[S]) fail(reason error) error {
	return &StepError{T: r.t, H: r.dir * r.h, Step: r.stats.Steps, Component: r.worst(), Reason: reason}
}

// failAt is fail at a time inside a step, where no component is to blame.
func (r *Run[S]) failAt(t float64, reason error) error {
	return &StepError{T: t, H: r.dir * r.h, Step: r.stats.Steps, Component: -1, Reason: reason}
}

// rescue turns a panic in a user's function into the error of the run. It is to be
// deferred.
func (r *Run[S]) rescue(err *error) {
	if v := recover(); v != nil {
		*err = r.failAt(r.t, &PanicError{Value: v, Stack: debug.Stack()})
	}
}

// worst returns the coordinate with the largest weighted error in the last trial.
func (r *Run[S]) worst() int {
	if b, ok := r.sp.(blamer[S]); ok {
		return b.Blame(r.e, r.y, r.tol)
	}
	c, ok := r.sp.(space.Coordinates[S])
	if !ok {
		return -1
	}
	n := c.Dim(r.y)
	e, y := make([]float64, n), make([]float64, n)
	c.Flatten(e, r.e)
	c.Flatten(y, r.y)
	worst, at := 0.0, -1
	for i := range n {
		abs := r.tol.Abs
		if r.tol.AbsTols != nil {
			abs = r.tol.AbsTols[i]
		}
		w := math.Abs(e[i]) / (abs + r.tol.Rel*math.Abs(y[i]))
		if !finite(w) || !finite(y[i]) {
			return i
		}
		if w > worst {
			worst, at = w, i
		}
	}
	return at
}

// blamer is a space of several blocks that knows best which coordinate to blame.
type blamer[S any] interface {
	Blame(e, y S, tol space.Tolerance) int
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// ulp returns the distance from |t| to the next floating-point number.
func ulp(t float64) float64 {
	t = math.Abs(t)
	return math.Nextafter(t, math.Inf(1)) - t
}
