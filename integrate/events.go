package integrate

import (
	"math"
	"slices"

	"github.com/odefit/odefit/integrate/space"
)

// Acted tells that an event changed the state or ended the run.
type Acted struct {
	Event int     // index in Problem.Events
	Step  int     // steps accepted before it: it acted at the end of step Step-1
	T     float64 // where
	// Jump: the jump of an event before it at this time carried When across zero.
	Jump bool
}

// Met is an event of a [Solution].
type Met[S any] struct {
	Event         int // index in Problem.Events
	T             float64
	Before, After S // the states around this one event
	// Grazing: When came to zero, within the estimated error of the solution, without
	// a crossing that could be told from a touch. Nothing was done.
	Grazing bool
}

// watch follows the functions When of the events that depend on the state from step to
// step. In every step each function is looked at at the ends and at samples-1 points
// between; where three neighbours suggest a zero between them that they do not show,
// the extremum there is looked at too. A function that crosses zero twice within a
// quarter of a step, and is not near-parabolic around it, can escape: bound the step
// by Settings.MaxStep where that is possible.
type watch[S any] struct {
	which []int // indices in Problem.Events
	// side[i] is the sign that which[i] had when it last was not zero: a crossing is
	// a change of it. It is 0 after a start or an act at a zero of the function: the
	// side to which it leaves is then found in the step that follows, and leaving is
	// not a crossing.
	side []float64
	g    []float64 // at the state reached
	y, e S         // scratch: the solution inside a step; a state off it

	// of the step that was just tried
	grid   [][]sample
	before []float64 // sides at its start
	met    []crossing
}

// samples is the number of pieces into which a step is cut to look for crossings.
const samples = 4

type sample struct{ t, g float64 }

// crossing is a change of sign of function i of a watch between the neighbouring
// times near and far.
type crossing struct {
	i         int
	near, far float64
	side      float64 // before it
}

func newWatch[S any](p *Problem[S]) *watch[S] {
	var which []int
	for i, e := range p.Events {
		if e.When != nil {
			which = append(which, i)
		}
	}
	if which == nil {
		return nil
	}
	return &watch[S]{
		which: which, side: make([]float64, len(which)), g: make([]float64, len(which)),
		grid: make([][]sample, len(which)), before: make([]float64, len(which)),
		y: p.Space.New(p.Y0), e: p.Space.New(p.Y0),
	}
}

// sign is +1, -1 or 0.
func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

// counts says whether a change away from side is one that the event waits for.
func (e *Event[S]) counts(side float64) bool {
	return e.Direction == Either || float64(e.Direction) == -side
}

// passive says whether the event changes nothing.
func (e *Event[S]) passive() bool { return e.Apply == nil && !e.Stop }

// when evaluates function i of the watch at (t, y).
func (r *Run[S]) when(i int, t float64, y S) (float64, error) {
	g, err := r.p.Events[r.watch.which[i]].When(t, y)
	if err == nil && !finite(g) {
		err = ErrEventNotFinite
	}
	return g, err
}

// inside evaluates function i at t inside the step that was just tried, to t1.
func (r *Run[S]) inside(i int, t, t1 float64) (float64, error) {
	switch t {
	case r.t:
		return r.when(i, t, r.y)
	case t1:
		return r.when(i, t, r.trial)
	}
	r.stepper.Interpolate(r.watch.y, t)
	return r.when(i, t, r.watch.y)
}

// observe evaluates all functions at the state reached, and takes note of their sides.
func (r *Run[S]) observe(t float64, y S) error {
	w := r.watch
	for i := range w.which {
		g, err := r.when(i, t, y)
		if err != nil {
			return err
		}
		w.g[i] = g
		if s := sign(g); s != 0 {
			w.side[i] = s
		}
	}
	return nil
}

// act lets the events r.acting act at the state reached, in the order of the slice,
// and after them those whose function a jump of the state carried across zero, each
// at most once.
func (r *Run[S]) act() error {
	w := r.watch
	done := r.done[:0]
	for round := 0; len(r.acting) > 0; round++ {
		if r.set.Acted == nil {
			slices.Sort(r.acting)
		}
		for _, n := range r.acting {
			jump := round > 0
			if r.set.Acted != nil {
				jump = r.set.Acted[len(r.acted)].Jump
			}
			if err := r.apply(n, jump); err != nil {
				return err
			}
			done = append(done, n)
		}
		r.acting = r.acting[:0]
		if w == nil || r.set.Acted != nil {
			continue
		}
		for i, n := range w.which {
			before, residue := w.side[i], math.Abs(w.g[i])
			g, err := r.when(i, r.t, r.y)
			if err != nil {
				return r.fail(err)
			}
			acted := slices.Contains(done, n)
			if acted && math.Abs(g) <= 4*residue {
				w.side[i], w.g[i] = 0, g // still at its zero
				continue
			}
			if w.g[i] = g; g == 0 {
				continue
			}
			w.side[i] = sign(g)
			if e := &r.p.Events[n]; !acted && before == -w.side[i] && e.counts(before) && !e.passive() {
				r.acting = append(r.acting, n)
			}
		}
	}
	r.done = done
	return nil
}

// apply runs event n at the state reached.
func (r *Run[S]) apply(n int, jump bool) error {
	e := &r.p.Events[n]
	r.acted = append(r.acted, Acted{n, r.stats.Steps, r.t, jump})
	if r.note != nil {
		r.sp.Copy(r.trial, r.y)
	}
	if e.Apply != nil {
		if err := e.Apply(r.y, r.t); err != nil {
			return r.fail(err)
		}
		if !finite(r.sp.Norm(r.y, r.y, r.y, space.Tolerance{Abs: 1})) {
			return r.fail(ErrNonFinite)
		}
		if err := r.settle(); err != nil {
			return err
		}
	}
	if r.note != nil {
		r.note(Met[S]{Event: n, T: r.t, Before: r.trial, After: r.y})
	}
	r.stopped = r.stopped || e.Stop
	return nil
}

// crowdLimit is the number of events, each within some hundred floating-point numbers
// of the one before, after which time is taken not to move on.
const crowdLimit = 50

// crowd fails where events follow each other without end.
func (r *Run[S]) crowd() error {
	if math.Abs(r.t-r.lastEvent) <= 100*ulp(r.t) {
		r.crowded++
	} else {
		r.crowded = 0
	}
	if r.lastEvent = r.t; r.crowded >= crowdLimit {
		return r.fail(ErrChattering)
	}
	return nil
}
