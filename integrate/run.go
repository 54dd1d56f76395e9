package integrate

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/odefit/odefit/integrate/space"
)

// Stats counts the work of an integration.
type Stats struct {
	Steps          int // accepted
	Rejected       int
	RHS            int // evaluations of the right-hand side
	Jacobians      int
	Factorizations int
	Newton         int // iterations of implicit stages
	Restarts       int // after breaks and events
	Switches       int // of Auto from one method to another
	// Blind counts accepted steps whose error estimate was below a millionth of the
	// tolerance. Where most steps are blind, the estimate says nothing and the step
	// size only grew: a constant solution, for one, whose derivatives may still
	// move.
	Blind int
	// BlindSpan is the length of the interval that those steps cover.
	BlindSpan float64
}

// Run is an integration under way.
type Run[S any] struct {
	ctx     context.Context
	p       *Problem[S]
	set     Settings
	tol     space.Tolerance
	sp      space.Space[S]
	stepper Stepper[S]
	pErr    int // order of the error estimate
	control Controller
	stats   Stats
	err     error

	stops []stop
	dir   float64 // +1 or -1
	t     float64
	y     S // accepted state
	trial S
	e     S // error of the trial
	h     float64
	prev  [2]float64
	fails int   // rejections in a row
	cause error // of the last rejection, when not the error estimate

	algebra   *Constraints[S] // nil where M is regular
	watch     *watch[S]       // nil without events that depend on the state
	acting    []int           // events that act at the end of the step
	done      []int           // scratch: those that have acted
	acted     []Acted         // all so far
	scripted  int             // entries of Settings.Acted that have had their turn
	note      func(Met[S])    // told every event, if not nil
	stopped   bool            // by an event
	lastEvent float64         // time of the last event that was located
	crowded   int             // events so far without time moving on
	one       [1]S            // scratch of a sum
	coef      [1]float64
}

// Start prepares an integration, to be driven by [Run.Steps]. A mistake in the
// problem or the settings is reported by [Run.Err] after the empty iteration.
func Start[S any](ctx context.Context, p Problem[S], m Method, set *Settings) *Run[S] {
	r := &Run[S]{ctx: ctx, p: &p}
	if set != nil {
		r.set = *set
	}
	r.err = r.prepare(m)
	return r
}

// Steps yields the accepted steps in order. Leaving the loop early ends the run
// without error.
func (r *Run[S]) Steps() iter.Seq[*Step[S]] {
	return func(yield func(*Step[S]) bool) {
		if r.err != nil {
			return
		}
		if r.err = r.begin(); r.err != nil {
			return
		}
		step := &Step[S]{stepper: r.stepper, sp: r.sp}
		for r.t != r.p.T1 && !r.stopped {
			t1, err := r.advance()
			if err != nil {
				r.err = err
				return
			}
			step.Index = r.stats.Steps - 1
			step.T0, step.T1, step.Y0, step.Y1 = r.t, t1, r.y, r.trial
			if !yield(step) {
				return
			}
			r.stepper.Accept()
			r.t = t1
			r.y, r.trial = r.trial, r.y
			if r.err = r.cross(); r.err != nil {
				return
			}
			if r.set.Progress != nil {
				r.set.Progress(r.t, r.stats)
			}
		}
	}
}

// Err returns why the run ended early: nil, a *[StepError], or a mistake in the
// problem or the settings.
func (r *Run[S]) Err() error { return r.err }

// Stats returns the work done so far.
func (r *Run[S]) Stats() Stats { return r.stats }

// Acted returns the events that have acted so far, in order; never nil. It can be given
// to Settings.Acted.
func (r *Run[S]) Acted() []Acted { return append([]Acted{}, r.acted...) }

// Acting returns the last event that has acted, or the one whose Apply is being called.
func (r *Run[S]) Acting() Acted { return r.acted[len(r.acted)-1] }

// State returns the time reached and the state there, events at that time
// included. The state is valid until the next step is asked for.
func (r *Run[S]) State() (t float64, y S) { return r.t, r.y }

// prepare checks the problem and makes the stepper.
func (r *Run[S]) prepare(m Method) error {
	p := r.p
	if p.F == nil {
		return errors.New("integrate: Problem.F is nil")
	}
	if !finite(p.T0) || !finite(p.T1) {
		return fmt.Errorf("integrate: T0 = %v and T1 = %v must be finite; the state at infinite time is FindSteadyState's", p.T0, p.T1)
	}
	if err := withSpace(p); err != nil {
		return err
	}
	if n := len(r.set.Acted); n > 0 && len(r.set.Grid) > 0 {
		last := r.set.Acted[n-1]
		if end := r.set.Grid[len(r.set.Grid)-1]; last.T == end && r.stopsAt(last.Step) {
			p.T1 = end
		}
	}
	if err := r.set.check(p.T0, p.T1); err != nil {
		return err
	}
	r.tol = r.set.Tolerance()
	p.tol = &r.tol
	var err error
	if r.stepper, err = NewStepper(p, m, &r.stats); err != nil {
		return err
	}
	setTolerance(r.stepper, r.tol)
	if r.set.Exact || r.set.Grid != nil {
		repeatably(r.stepper)
	}
	_, r.pErr = r.stepper.Order()
	if r.set.adaptive() && r.pErr == 0 {
		return fmt.Errorf("integrate: %v estimates no error and needs Settings.FixedStep or Settings.Grid", m)
	}
	r.sp, r.control = p.Space, r.set.controller()
	r.dir = 1
	if p.T1 < p.T0 {
		r.dir = -1
	}
	if r.watch = newWatch(p); r.watch != nil && r.set.Grid != nil && r.set.Acted == nil {
		return errors.New("integrate: on Settings.Grid, events that depend on the state act where Settings.Acted says; it is nil")
	}
	if r.algebra, err = NewConstraints(p, &r.stats); err != nil {
		return err
	}
	_, err = makeStops(p)
	return err
}

// settle makes the state consistent with the algebraic equations of M y' = f.
func (r *Run[S]) settle() error {
	var by Settler[S]
	if own, ok := r.p.Newton.(Settler[S]); ok {
		by = own
	} else if by = r.algebra; r.algebra == nil {
		return nil
	}
	if err := by.Settle(min(r.t, lastBefore(r.p.Breaks, r.t, r.dir)), r.y); err != nil {
		return r.fail(fmt.Errorf("M y' = f: %w", err))
	}
	return nil
}

// stopsAt says whether Settings.Acted has an event that ends the run after so many
// steps.
func (r *Run[S]) stopsAt(step int) bool {
	for _, a := range r.set.Acted {
		if a.Step == step && a.Event < len(r.p.Events) && r.p.Events[a.Event].Stop {
			return true
		}
	}
	return false
}

// withSpace fills in the space of []float64.
func withSpace[S any](p *Problem[S]) error {
	if p.Space != nil {
		return nil
	}
	if sp, ok := any(space.Floats{}).(space.Space[S]); ok {
		p.Space = sp
		return nil
	}
	return fmt.Errorf("integrate: Problem.Space is nil, and a state of type %T is not []float64; give its space", p.Y0)
}

// begin places the run at T0.
func (r *Run[S]) begin() (err error) {
	defer r.rescue(&err)
	if r.stops, err = makeStops(r.p); err != nil {
		return err
	}
	r.t, r.h, r.prev, r.fails, r.cause = r.p.T0, 0, [2]float64{}, 0, nil
	r.stats = Stats{}
	r.acted, r.acting, r.scripted, r.stopped = r.acted[:0], r.acting[:0], 0, false
	r.lastEvent, r.crowded = math.NaN(), 0
	r.y, r.trial, r.e = r.sp.New(r.p.Y0), r.sp.New(r.p.Y0), r.sp.New(r.p.Y0)
	r.sp.Copy(r.y, r.p.Y0)
	if b, ok := r.stepper.(beginner); ok {
		b.begin()
	}
	r.stepper.Reset()
	r.stepper.Bound(math.Inf(1))
	if !finite(r.sp.Norm(r.y, r.y, r.y, space.Tolerance{Abs: 1})) {
		return r.fail(fmt.Errorf("the initial state: %w", ErrNonFinite))
	}
	if err := r.settle(); err != nil {
		return err
	}
	if r.watch != nil && r.set.Acted == nil {
		clear(r.watch.side)
		if err := r.observe(r.t, r.y); err != nil {
			return r.fail(err)
		}
	}
	r.arriving()
	if err := r.act(); err != nil {
		return err
	}
	r.bound()
	return nil
}

// advance makes the next accepted step and returns its end.
func (r *Run[S]) advance() (t1 float64, err error) {
	defer r.rescue(&err)
	for {
		if err := r.ctx.Err(); err != nil {
			return 0, r.fail(fmt.Errorf("%w: %w", ErrCancelled, err))
		}
		if r.stats.Steps+r.stats.Rejected >= r.set.maxSteps() {
			return 0, r.fail(fmt.Errorf("%w: %d", ErrTooManySteps, r.set.maxSteps()))
		}
		t1, err = r.propose()
		if err != nil {
			return 0, err
		}
		var accepted bool
		if t1, accepted, err = r.attempt(t1); err != nil {
			return 0, err
		}
		if accepted {
			r.stats.Steps++
			return t1, nil
		}
		r.stats.Rejected++
		r.fails++
	}
}

// propose returns the end of the next step to try.
func (r *Run[S]) propose() (float64, error) {
	end := r.stops[0].t
	switch {
	case r.set.Grid != nil:
		t1 := r.set.Grid[r.stats.Steps+1]
		if (t1-end)*r.dir > 0 {
			return 0, fmt.Errorf("integrate: Settings.Grid steps over the break at %v", end)
		}
		return t1, nil
	case r.set.FixedStep > 0:
		r.h = r.set.FixedStep
	case r.h == 0:
		if err := r.firstStep(end); err != nil {
			return 0, err
		}
	}
	h := r.h
	if r.set.MaxStep > 0 {
		h = min(h, r.set.MaxStep)
	}
	left := math.Abs(end - r.t)
	if h*(1+1e-10) >= left {
		return end, nil
	}
	if r.set.adaptive() && 2*h > left {
		h = left / 2 // two even steps rather than a long and a tiny one
	}
	t1 := r.t + r.dir*h
	if math.Abs(t1-r.t) <= 4*ulp(r.t) {
		return 0, r.tooSmall()
	}
	return t1, nil
}

// attempt tries the step to t1 and sets the size of the next one. It returns the end
// of the step, which is before t1 where an event acts.
func (r *Run[S]) attempt(t1 float64) (end float64, accepted bool, err error) {
	h := math.Abs(t1 - r.t)
	_, r.pErr = r.stepper.Order() // may change with the method in use
	if err := r.stepper.Attempt(r.trial, r.e, r.t, t1, r.y); err != nil {
		return t1, false, r.shrinkOrFail(h, err)
	}
	if !r.set.adaptive() {
		if !finite(r.sp.Norm(r.trial, r.y, r.trial, space.Tolerance{Abs: 1})) {
			return t1, false, r.fail(ErrNonFinite)
		}
		if t1, err = r.meet(t1); err != nil {
			return t1, false, r.shrinkOrFail(h, err)
		}
		return t1, true, nil
	}
	size := r.sp.Norm(r.e, r.y, r.trial, r.tol)
	if !finite(size) {
		return t1, false, r.shrink(h, ErrNonFinite)
	}
	r.cause = nil
	accepted = size <= 1
	if accepted {
		if t1, err = r.meet(t1); err != nil {
			return t1, false, r.shrinkOrFail(h, err)
		}
	}
	factor := r.factor(size, accepted)
	if accepted {
		r.accept(h, size, factor)
		return t1, true, nil
	}
	r.h = h * factor
	return t1, false, nil
}

// factor returns the ratio of the next step size to that of the last attempt.
func (r *Run[S]) factor(size float64, accepted bool) float64 {
	if c := chooser(r.stepper); c != nil {
		return c.Choose(size, accepted)
	}
	factor := r.control.Factor(size, r.prev, r.pErr+1, accepted)
	if s, ok := r.stepper.(settler); ok && accepted {
		factor = s.settle(factor)
	}
	return factor
}

// accept sets the size of the step that follows one of size h that passed.
func (r *Run[S]) accept(h, size, factor float64) {
	if r.fails > 0 {
		factor = min(factor, 1) // the step just failed: do not grow at once
	}
	r.fails = 0
	r.prev = [2]float64{max(size, 1e-4), r.prev[0]}
	if size < 1e-6 {
		r.stats.Blind++
		r.stats.BlindSpan += h
	}
	next := h * factor
	if factor >= 1 && r.h > h {
		next = max(next, min(r.h, 10*h)) // h was cut to meet a stop, not for accuracy
	}
	r.h = next
}

// shrinkOrFail cuts the step where a smaller one may cure the error.
func (r *Run[S]) shrinkOrFail(h float64, err error) error {
	var final *StepError
	switch {
	case errors.As(err, &final):
		return err
	case errors.Is(err, ErrRecoverable) || errors.Is(err, ErrNewton) || errors.Is(err, ErrEventNotFinite) || errors.Is(err, ErrNonFinite):
		return r.shrink(h, err)
	}
	return r.fail(err)
}

// shrink cuts the step after an evaluation that failed.
func (r *Run[S]) shrink(h float64, cause error) error {
	r.cause = cause
	if !r.set.adaptive() {
		return r.fail(cause)
	}
	r.h = h / 4
	r.stepper.Reject()
	return nil
}

// arriving adds to the events that act at the state reached those of its time, and
// says whether a stop lies there.
func (r *Run[S]) arriving() (stop bool) {
	for len(r.stops) > 0 && r.stops[0].t == r.t {
		if n := r.stops[0].event; n >= 0 && r.set.Acted == nil {
			r.acting = append(r.acting, n)
		}
		stop = true
		r.stops = r.stops[1:]
	}
	for ; r.scripted < len(r.set.Acted) && r.set.Acted[r.scripted].Step == r.stats.Steps; r.scripted++ {
		r.acting = append(r.acting, r.set.Acted[r.scripted].Event)
	}
	return stop
}

// cross acts at the end of a step that meets a stop or an event: events change the
// state, and the method restarts.
func (r *Run[S]) cross() (err error) {
	defer r.rescue(&err)
	located := len(r.acting) > 0
	if stop := r.arriving(); !stop && len(r.acting) == 0 {
		return nil
	}
	if err := r.act(); err != nil {
		return err
	}
	if r.stopped || r.t == r.p.T1 {
		return nil
	}
	if located {
		if err := r.crowd(); err != nil {
			return err
		}
	}
	if slices.Contains(r.p.Breaks, r.t) { // algebraic equations may have jumped
		if err := r.settle(); err != nil {
			return err
		}
	}
	r.stepper.Reset()
	r.stats.Restarts++
	r.h, r.prev = 0, [2]float64{}
	r.bound()
	return nil
}
