package dynsys

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/odefit/odefit/dynsys/expr"
	"github.com/odefit/odefit/integrate"
)

// GraphEvent is an [Event] written as nodes over the inputs of a [Graph]: t, the
// states, the parameters.
type GraphEvent struct {
	Name string
	// Timed says that the event has the time At, a function of the parameters; else it
	// happens where When crosses zero in Direction.
	Timed    bool
	At, When expr.Node
	// Repeated says that a timed event happens again every Every from At on, up to To.
	Repeated  bool
	Every, To expr.Node
	Direction integrate.Direction
	// Resets gives states their values after the event, functions of t, the states
	// before and the parameters. States that are not in it stay.
	Resets map[int]expr.Node
	Stop   bool
	// Fail, when not nil, ends the run with an error in the place of a reset.
	Fail error
}

// GraphEvents are compiled events, immutable and shared.
type GraphEvents struct {
	states, params int
	events         []compiledEvent
}

type compiledEvent struct {
	GraphEvent
	at    *slopes // of At in the parameters, and of Every and To where it is repeated
	when  *slopes // of When in all inputs
	reset *slopes // of the resets in all inputs
	which []int   // states that are reset
}

// CompileEvents makes events of nodes, with exact derivatives.
func CompileEvents(b *expr.Builder, states, params int, events []GraphEvent) (*GraphEvents, error) {
	g := &GraphEvents{states: states, params: params}
	all, quantities := slots(0, 1+states+params), slots(1+states, params)
	for _, e := range events {
		c := compiledEvent{GraphEvent: e}
		var err error
		if e.Timed {
			times := []expr.Node{e.At}
			if e.Repeated {
				times = append(times, e.Every, e.To)
			}
			c.at, err = newSlopes(b, times, quantities)
		} else {
			c.when, err = newSlopes(b, []expr.Node{e.When}, all)
		}
		if err != nil {
			return nil, err
		}
		var nodes []expr.Node
		for i := range states {
			if n, ok := e.Resets[i]; ok {
				c.which = append(c.which, i)
				nodes = append(nodes, n)
			}
		}
		if len(nodes) != len(e.Resets) {
			panic(fmt.Sprintf("dynsys: event %s resets a state that is not there", e.Name))
		}
		if c.reset, err = newSlopes(b, nodes, all); err != nil {
			return nil, err
		}
		g.events = append(g.events, c)
	}
	return g, nil
}

// Uses reports whether an event depends on parameter i.
func (g *GraphEvents) Uses(i int) bool {
	in := func(s *slopes, first int) bool {
		return s != nil && slices.ContainsFunc(s.at, func(e expr.Entry) bool { return e.Col == first+i })
	}
	return slices.ContainsFunc(g.events, func(c compiledEvent) bool {
		behind := 1 + g.states // t and the states
		return in(c.at, 0) || in(c.when, behind) || in(c.reset, behind)
	})
}

// EventList makes the events of one goroutine.
type EventList struct {
	g     *GraphEvents
	evals []*eventEval
	list  []Event[[]float64]
	stop  float64 // where an event ended the run
	ended bool
}

// Stopped returns the time at which an event ended the run, since the last call of
// Until, and whether one did.
func (l *EventList) Stopped() (t float64, ok bool) { return l.stop, l.ended }

// List returns the events with scratch for one goroutine.
func (g *GraphEvents) List() *EventList {
	l := &EventList{g: g}
	for i := range g.events {
		l.evals = append(l.evals, g.events[i].evaluator(g, l))
	}
	return l
}

// maxRepeats bounds the number of times that one event is repeated.
const maxRepeats = 1_000_000

// Until returns the events at parameters p in a run that ends at t1: the repeated ones
// as often as they happen until then. The list is valid until the next call.
func (l *EventList) Until(p []float64, t1 float64) ([]Event[[]float64], error) {
	l.list, l.ended = l.list[:0], false
	for _, w := range l.evals {
		if !w.c.Repeated {
			l.list = append(l.list, w.event(0))
			continue
		}
		var at [3]float64
		w.at.values(at[:], w.place(0, nil, p))
		first, every, end := at[0], at[1], min(at[2], t1)
		if !(every > 0) {
			return nil, fmt.Errorf("dynsys: %s is repeated every %v; the time between must be above 0", w.c.Name, every)
		}
		if n := (end - first) / every; n > maxRepeats {
			return nil, fmt.Errorf("dynsys: %s is repeated every %v, more than %d times until %v", w.c.Name, every, maxRepeats, end)
		}
		for k := 0.0; first+k*every <= end; k++ {
			l.list = append(l.list, w.event(k))
		}
	}
	return l.list, nil
}

// ErrOftener: parameters make an event happen again and again more often than the list
// of a system's events has room for.
var ErrOftener = errors.New("dynsys: a repeated event happens more often at these parameters than was planned for; make the system at parameters nearer to them")

// About returns the events of a run that ends at t1 for parameters near p: repeated ones
// twice as often as at p and ten times more. At parameters that make one happen more
// often than that, its time is the error [ErrOftener].
func (l *EventList) About(p []float64, t1 float64) ([]Event[[]float64], error) {
	if _, err := l.Until(p, t1); err != nil {
		return nil, err
	}
	var list []Event[[]float64]
	for _, w := range l.evals {
		if !w.c.Repeated {
			list = append(list, w.event(0))
			continue
		}
		n := 0
		for _, e := range l.list {
			if e.Name == w.c.Name {
				n++
			}
		}
		room := float64(2*n + 10)
		for k := range int(room) {
			e := w.event(float64(k))
			at := e.At.Value
			e.At.Value = func(p []float64) (float64, error) {
				t, _ := at(p)
				if t > w.last(p) {
					return math.Inf(1), nil
				}
				return t, nil
			}
			list = append(list, e)
		}
		list = append(list, Event[[]float64]{Name: w.c.Name, At: Time{Value: func(p []float64) (float64, error) {
			if t := w.time(p, room); t <= min(w.last(p), t1) {
				return t, ErrOftener
			}
			return math.Inf(1), nil
		}}})
	}
	return list, nil
}

// last returns the time until which a repeated event happens.
func (w *eventEval) last(p []float64) float64 {
	var at [3]float64
	w.at.values(at[:], w.place(0, nil, p))
	return at[2]
}

// evaluator returns the functions of an event.
func (c *compiledEvent) evaluator(g *GraphEvents, l *EventList) *eventEval {
	w := &eventEval{g: g, c: c, list: l, in: make([]float64, 1+g.states+g.params)}
	if c.Timed {
		w.at = newEventSlopes(c.at)
	} else {
		w.when = newEventSlopes(c.when)
	}
	w.reset = newEventSlopes(c.reset)
	w.out = make([]float64, len(c.which))
	w.dual = make([]float64, 1+g.states+g.params)
	return w
}

// event returns occurrence k of the event.
func (w *eventEval) event(k float64) Event[[]float64] {
	e := Event[[]float64]{Name: w.c.Name, Stop: w.c.Stop, Direction: w.c.Direction}
	if w.c.Timed {
		e.At.Value = func(p []float64) (float64, error) { return w.time(p, k), nil }
		if len(w.c.at.at) > 0 {
			e.At.Gradient = func(gp, p []float64, c float64) error { w.timeGradient(gp, p, k, c); return nil }
		}
	} else {
		e.When = Scalar[[]float64]{Value: w.whenValue, Gradient: w.whenGradient}
	}
	switch {
	case w.c.Fail != nil:
		e.Reset = failing(w.c.Fail)
	case len(w.c.which) > 0, w.c.Stop:
		e.Reset = Map[[]float64]{Value: w.resetValue, JVP: w.resetJVP, VJP: w.resetVJP}
	}
	return e
}

// failing is the reset of an event that ends the run with an error.
func failing(err error) Map[[]float64] {
	return Map[[]float64]{
		Value: func([]float64, float64, []float64, []float64) error { return err },
		JVP: func([]float64, float64, []float64, []float64, float64, []float64, []float64) error {
			return err
		},
		VJP: func([]float64, []float64, float64, []float64, []float64, []float64) (float64, error) {
			return 0, err
		},
	}
}

// eventEval evaluates one event for one goroutine.
type eventEval struct {
	g               *GraphEvents
	c               *compiledEvent
	list            *EventList
	in              []float64 // t, y, p
	at, when, reset *eventSlopes
	out             []float64 // states that are reset
	dual            []float64 // changes of the inputs
}

func (w *eventEval) place(t float64, y, p []float64) []float64 {
	w.in[0] = t
	copy(w.in[1:], y)
	copy(w.in[1+w.g.states:], p[:w.g.params])
	return w.in
}

// time returns that of occurrence k.
func (w *eventEval) time(p []float64, k float64) float64 {
	var at [3]float64
	w.at.values(at[:len(w.weights())], w.place(0, nil, p))
	return at[0] + k*at[1]
}

// weights returns room for a number for each of the times.
func (w *eventEval) weights() []float64 {
	if w.c.Repeated {
		return make([]float64, 3)
	}
	return make([]float64, 1)
}

func (w *eventEval) timeGradient(gp, p []float64, k, c float64) {
	v := w.weights()
	if v[0] = c; w.c.Repeated {
		v[1] = k * c
	}
	w.at.addTransposed(gp, w.place(0, nil, p), v)
}

func (w *eventEval) whenValue(t float64, y, p []float64) (float64, error) {
	var g [1]float64
	w.when.values(g[:], w.place(t, y, p))
	return g[0], nil
}

func (w *eventEval) whenGradient(gy, gp []float64, t float64, y, p []float64) (gt float64, err error) {
	clear(gy)
	w.when.evaluate(w.place(t, y, p))
	for i, at := range w.c.when.at {
		d := w.when.out[i]
		switch k := at.Col; {
		case k == 0:
			gt += d
		case k <= w.g.states:
			gy[k-1] += d
		case gp != nil:
			gp[k-1-w.g.states] += d
		}
	}
	return gt, nil
}

func (w *eventEval) resetValue(dst []float64, t float64, y, p []float64) error {
	copy(dst, y)
	w.reset.values(w.out, w.place(t, y, p))
	for k, i := range w.c.which {
		dst[i] = w.out[k]
	}
	if w.c.Stop {
		w.list.stop, w.list.ended = t, true
	}
	return nil
}

func (w *eventEval) resetJVP(out []float64, t float64, y, p []float64, vt float64, vy, vp []float64) error {
	copy(out, vy)
	clear(w.dual)
	w.dual[0] = vt
	copy(w.dual[1:], vy)
	copy(w.dual[1+w.g.states:], vp[:min(len(vp), w.g.params)])
	w.reset.evaluate(w.place(t, y, p))
	clear(w.out)
	w.reset.multiply(w.out, w.dual)
	for k, i := range w.c.which {
		out[i] = w.out[k]
	}
	return nil
}

func (w *eventEval) resetVJP(gy, gp []float64, t float64, y, p, v []float64) (gt float64, err error) {
	for k, i := range w.c.which {
		w.out[k] = v[i]
	}
	copy(gy, v)
	for _, i := range w.c.which {
		gy[i] = 0
	}
	clear(w.dual)
	w.reset.addTransposed(w.dual, w.place(t, y, p), w.out)
	for i := range gy {
		gy[i] += w.dual[1+i]
	}
	if gp != nil {
		for i, d := range w.dual[1+w.g.states:] {
			gp[i] += d
		}
	}
	return w.dual[0], nil
}

// eventSlopes evaluates slopes at inputs t, y, p for one goroutine.
type eventSlopes struct {
	s               *slopes
	valued, entered []float64 // scratch
	out             []float64 // entries
}

func newEventSlopes(s *slopes) *eventSlopes {
	return &eventSlopes{s: s, valued: s.values.Scratch(), entered: s.entries.Scratch(), out: make([]float64, len(s.at))}
}

func (e *eventSlopes) values(dst, in []float64) { e.s.values.Eval(dst, in, e.valued) }

// evaluate computes the entries.
func (e *eventSlopes) evaluate(in []float64) { e.s.entries.Eval(e.out, in, e.entered) }

// multiply adds the product of the entries with v to dst.
func (e *eventSlopes) multiply(dst, v []float64) {
	for i, at := range e.s.at {
		dst[at.Row] += e.out[i] * v[at.Col]
	}
}

// addTransposed adds that of the transposed with w.
func (e *eventSlopes) addTransposed(dst, in, w []float64) {
	e.evaluate(in)
	for i, at := range e.s.at {
		dst[at.Col] += e.out[i] * w[at.Row]
	}
}
