package integrate

import (
	"context"
	"errors"
	"fmt"
	"sort"

	"github.com/odefit/odefit/integrate/space"
)

// Solution is a solved initial value problem.
type Solution[S any] struct {
	// T are the times of Y: Settings.Times, or the ends of all accepted steps
	// beginning with T0.
	T []float64
	// Y are the states at T; at the time of an event, the state after it.
	Y []S
	// Events are the events met, in order.
	Events []Met[S]
	Stats  Stats

	sp     space.Space[S]
	pieces []Interpolant[S] // pieces[i] holds between T[i] and T[i+1]; nil with Times
}

// Solve integrates p with method m. With nil settings the tolerances are 1e-6
// (relative) and 1e-9 (absolute), and the solution is known everywhere through
// [Solution.At]; with Settings.Times it is known at these times only, in constant
// memory otherwise.
//
// Where an event stops the run, the solution ends there, and T holds no time beyond.
//
// When the integration ends early, the error is a [*StepError] and the solution
// holds what was reached; a mistake in the problem or the settings gives a nil
// solution.
func Solve[S any](ctx context.Context, p Problem[S], m Method, set *Settings) (*Solution[S], error) {
	run := Start(ctx, p, m, set)
	if run.err != nil {
		return nil, run.err
	}
	sol := &Solution[S]{sp: run.sp}
	if len(run.p.Events) > 0 {
		run.note = func(m Met[S]) {
			m.Before, m.After = clone(run.sp, m.Before), clone(run.sp, m.After)
			sol.Events = append(sol.Events, m)
		}
	}
	if run.set.Times != nil {
		sol.sample(run)
	} else {
		sol.gather(run)
	}
	sol.Stats = run.Stats()
	return sol, run.Err()
}

// sample keeps the solution at the given times.
func (sol *Solution[S]) sample(run *Run[S]) {
	times := run.set.Times
	sol.Y = make([]S, 0, len(times))
	save := func(set func(dst S) error) error {
		y := sol.sp.New(run.p.Y0)
		if err := set(y); err != nil {
			return err
		}
		sol.T = append(sol.T, times[len(sol.Y)])
		sol.Y = append(sol.Y, y)
		return nil
	}
	for step := range run.Steps() {
		for len(sol.Y) < len(times) {
			t := times[len(sol.Y)]
			if t != step.T0 && (t-step.T0)*(t-step.T1) >= 0 {
				break // at T1 or beyond: an event at T1 acts first
			}
			if run.err = save(func(y S) error { return step.At(y, t) }); run.err != nil {
				return
			}
		}
	}
	if run.err != nil {
		return
	}
	end, y := run.State()
	for len(sol.Y) < len(times) && times[len(sol.Y)] == end {
		_ = save(func(dst S) error { sol.sp.Copy(dst, y); return nil })
	}
}

// gather keeps every accepted step with its interpolant.
func (sol *Solution[S]) gather(run *Run[S]) {
	save := func(t float64, y S) {
		c := sol.sp.New(y)
		sol.sp.Copy(c, y)
		sol.T, sol.Y = append(sol.T, t), append(sol.Y, c)
	}
	for step := range run.Steps() {
		save(step.T0, step.Y0)
		piece, err := step.Keep()
		if err != nil {
			run.err = err
			return
		}
		sol.pieces = append(sol.pieces, piece)
	}
	if t, y := run.State(); run.err == nil || len(sol.T) > 0 {
		if len(sol.T) == 0 || t != sol.T[len(sol.T)-1] {
			save(t, y)
		}
	}
}

// At sets dst to the solution at t by the method's interpolant; at the ends of
// steps it is exactly the accepted state. A time outside the solved interval is
// an error: nothing is extrapolated.
func (sol *Solution[S]) At(dst S, t float64) error {
	n := len(sol.T)
	if n == 0 || n > 1 && sol.pieces == nil {
		return errors.New("integrate: Solution.At needs a solution without Settings.Times")
	}
	sign := 1.0
	if sol.T[n-1] < sol.T[0] {
		sign = -1
	}
	// i is the last knot not beyond t.
	i := sort.Search(n, func(i int) bool { return sign*sol.T[i] > sign*t }) - 1
	switch {
	case i >= 0 && t == sol.T[i]:
		sol.sp.Copy(dst, sol.Y[i])
	case i < 0 || i >= n-1 || t != t:
		return fmt.Errorf("integrate: Solution.At(%v) outside [%v, %v]: %w", t, sol.T[0], sol.T[n-1], ErrOutside)
	default:
		sol.pieces[i].At(dst, t)
	}
	return nil
}
