package integrate

import (
	"fmt"

	"github.com/odefit/odefit/integrate/space"
)

// Step is one accepted step of a [Run]. It and the states in it are valid until
// the next step is asked for.
type Step[S any] struct {
	Index  int // 0 for the first
	T0, T1 float64
	Y0, Y1 S // at T0, behind events there, and at T1, before them; not to be changed

	stepper Stepper[S]
	sp      space.Space[S]
}

// At sets dst to the solution at t, which must lie between T0 and T1. At the end
// points it is exactly Y0 and Y1. An error of the right-hand side can only come from
// methods whose interpolant has stages of its own.
func (s *Step[S]) At(dst S, t float64) error {
	switch {
	case t == s.T0:
		s.sp.Copy(dst, s.Y0)
	case t == s.T1:
		s.sp.Copy(dst, s.Y1)
	case (t-s.T0)*(t-s.T1) < 0:
		if err := s.complete(); err != nil {
			return err
		}
		s.stepper.Interpolate(dst, t)
	default:
		return fmt.Errorf("integrate: Step.At(%v) outside [%v, %v]: %w", t, s.T0, s.T1, ErrOutside)
	}
	return nil
}

// Keep returns a copy of the step's interpolant, which stays valid. For its error see
// [Step.At].
func (s *Step[S]) Keep() (Interpolant[S], error) {
	if err := s.complete(); err != nil {
		return nil, err
	}
	return s.stepper.Keep(), nil
}

// complete makes the evaluations that the interpolant needs.
func (s *Step[S]) complete() error {
	c, ok := s.stepper.(Completer)
	if !ok {
		return nil
	}
	if err := c.Complete(); err != nil {
		return &StepError{T: s.T0, H: s.T1 - s.T0, Step: s.Index, Component: -1, Reason: fmt.Errorf("inside the step: %w", err)}
	}
	return nil
}

// Stepper returns the stepper that made the step.
func (s *Step[S]) Stepper() Stepper[S] { return s.stepper }
