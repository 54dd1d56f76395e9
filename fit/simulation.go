package fit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/sensitivity"
)

// simulation is one experiment made ready for one goroutine: it is integrated at
// the times of its observations, with tangents along the parameters that matter.
type simulation struct {
	x      *Experiment
	sys    *dynsys.System[[]float64] // nil without states
	link   link
	from   *rest     // the steady state at which it begins; nil for none
	active []int     // estimated parameters on which q or y0 depend
	moving []int     // those of them along which the solution can change
	places []int     // active[places[i]] is moving[i]
	times  []float64 // of the observations, increasing, finite
	before []bool    // looked at before what happens then
	at     []int     // at[k] is the place of observation k in y

	events  *dynsys.EventList // nil: none
	steady  []dynsys.Event[[]float64]
	forever bool // some observations are at infinite time; their place in y is the last
	lenient bool // looks after the end of the run are no mistake
	final   sensitivity.Steady

	q, y0  []float64
	dq     [][]float64 // dq[j] = dq/dtheta[active[j]]
	dy0    [][]float64
	tracer sensitivity.Tracer[[]float64]
	set    sensitivity.Settings

	y [][]float64   // y[i] is the state at times[i]
	s [][][]float64 // s[i][j] its derivative in theta[moving[j]]

	steps int // accepted steps of the last run
}

// newSimulation prepares an experiment of p. Steady states that several experiments
// begin at are kept in shared, which may be nil.
func newSimulation(p *Problem, x *Experiment, estimated []bool, set sensitivity.Settings, shared map[int]*rest) (*simulation, error) {
	sim := &simulation{x: x, set: set}
	var err error
	if x.Model != nil {
		if sim.sys, err = x.Model.System(); err != nil {
			return nil, err
		}
	}
	var link linker = newDirect(x, len(estimated))
	if x.link != nil {
		link = x.link
	}
	sim.link = link.link(sim.sys)
	for _, k := range link.depends() {
		if estimated[k] {
			sim.active = append(sim.active, k)
		}
	}
	if x.Preequilibration > 0 {
		if sim.from, err = newRest(p, x.Preequilibration-1, estimated, set, shared); err != nil {
			return nil, err
		}
		sim.active = append(sim.active, sim.from.sim.active...)
		slices.Sort(sim.active)
		sim.active = slices.Compact(sim.active)
	}
	sim.findMoving(link)
	sim.place()
	states := 0
	if sim.sys != nil {
		states = sim.sys.Dim
	}
	sim.q, sim.y0 = make([]float64, link.size()), make([]float64, states)
	for range sim.active {
		sim.dq = append(sim.dq, make([]float64, len(sim.q)))
		sim.dy0 = append(sim.dy0, make([]float64, states))
	}
	if sim.sys != nil {
		sim.prepareTracer()
		if err := sim.prepareSteady(); err != nil {
			return nil, err
		}
	} else {
		sim.y = make([][]float64, len(sim.times)+1)
		sim.s = make([][][]float64, len(sim.times)+1)
		for i := range sim.s {
			sim.s[i] = make([][]float64, len(sim.moving))
		}
	}
	return sim, nil
}

// findMoving finds the parameters along which the solution can change. The others, noise
// scales most of all, matter to predictions only: their tangents are zero, and are not
// carried.
func (sim *simulation) findMoving(l linker) {
	if sim.sys == nil {
		return
	}
	moves := func(i int) bool {
		return i < sim.sys.NumParams && (sim.sys.Idle == nil || !sim.sys.Idle[i]) ||
			sim.x.events != nil && sim.x.events.Uses(i)
	}
	for j, k := range sim.active {
		if l.drives(k, moves) || sim.from != nil && slices.Contains(sim.from.sim.moving, k) {
			sim.moving = append(sim.moving, k)
			sim.places = append(sim.places, j)
		}
	}
}

// place sorts the times of the observations: those of one time before its events, then
// those after. With a state at infinite time, the end of the finite part stands before
// it.
func (sim *simulation) place() {
	type look struct {
		t     float64
		after bool
	}
	order := func(a, b look) int {
		if c := cmp.Compare(a.t, b.t); c != 0 || a.after == b.after {
			return c
		}
		if b.after {
			return -1
		}
		return 1
	}
	var looks []look
	for _, o := range sim.x.Observations {
		if math.IsInf(o.Time, 1) {
			sim.forever = true
		} else {
			looks = append(looks, look{o.Time, !o.BeforeEvents})
		}
	}
	slices.SortFunc(looks, order)
	looks = slices.Compact(looks)
	for _, l := range looks {
		sim.times = append(sim.times, l.t)
		sim.before = append(sim.before, !l.after)
	}
	for _, o := range sim.x.Observations {
		i, ok := slices.BinarySearchFunc(looks, look{o.Time, !o.BeforeEvents}, order)
		if !ok && sim.sys != nil {
			i++
		}
		sim.at = append(sim.at, i)
	}
}

// prepareTracer hands the experiment to the sensitivity tracer. The initial state
// is this package's, so the system's own is taken out.
func (sim *simulation) prepareTracer() {
	sys := *sim.sys
	sys.Initial = dynsys.Initial[[]float64]{}
	directions := make([]sensitivity.Direction[[]float64], len(sim.moving))
	for i, j := range sim.places {
		directions[i] = sensitivity.Direction[[]float64]{P: sim.dq[j][:sys.NumParams], Y0: sim.dy0[j]}
	}
	end := sim.x.T0
	if n := len(sim.times); n > 0 {
		end = sim.times[n-1]
	}
	times, before := sim.times, sim.before
	if sim.forever {
		times, before = append(slices.Clone(times), end), append(slices.Clone(before), false)
	}
	if sim.x.events != nil {
		sim.events = sim.x.events.List()
	}
	if f := sim.x.inputs; f != nil {
		sys = *dynsys.Force(&sys, f.first, f.list)
	}
	sim.tracer = sensitivity.Tracer[[]float64]{
		Problem: sensitivity.Problem[[]float64]{
			System: &sys, P: sim.q[:sys.NumParams], T0: sim.x.T0, T1: end, Y0: sim.y0,
		},
		Times: times, Before: before, Directions: directions, Settings: &sim.set,
	}
}

// start sets parameters and initial state at theta, with their tangents where asked.
func (sim *simulation) start(ctx context.Context, theta []float64, tangents bool) error {
	if err := sim.link.values(sim.q, sim.y0, theta); err != nil {
		return sim.failure(err)
	}
	if tangents {
		if err := sim.link.tangents(sim.dq, sim.dy0, theta, sim.active); err != nil {
			return sim.failure(err)
		}
		for i, k := range sim.moving {
			sim.tracer.Directions[i].Scale = abs(theta[k])
		}
	}
	if err := sim.checkStart(); err != nil {
		return err
	}
	for k := range sim.x.Observations {
		if err := sim.force(sim.x.Observations[k].Time); err != nil {
			return err
		}
	}
	if sim.from != nil {
		if err := sim.preequilibrate(ctx, theta, tangents); err != nil {
			return err
		}
	}
	if err := sim.consistent(tangents); err != nil {
		return sim.failure(err)
	}
	if tangents && sim.sys != nil {
		if err := sim.checkBreaks(); err != nil {
			return sim.failure(err)
		}
	}
	return nil
}

// run integrates the experiment at theta, with tangents where asked.
func (sim *simulation) run(ctx context.Context, theta []float64, tangents bool) error {
	if err := sim.start(ctx, theta, tangents); err != nil || sim.sys == nil {
		return err
	}
	end, err := sim.horizon()
	if err != nil {
		return sim.failure(err)
	}
	sim.tracer.Problem.T1 = end
	if err := sim.setEvents(end); err != nil {
		return err
	}
	if sim.forever {
		sim.tracer.Times[len(sim.tracer.Times)-1] = end
	}
	trace := sim.tracer.Simulate
	if tangents {
		trace = sim.tracer.Trace
	}
	path, err := trace(ctx)
	if err != nil {
		return sim.failure(err)
	}
	sim.y, sim.s, sim.steps = path.Y, path.Tangents, path.Stats.Steps
	if err := sim.checkStopped(); err != nil {
		return err
	}
	if sim.forever {
		return sim.settle(ctx, tangents)
	}
	return nil
}

// setEvents hands the events until end to the system.
func (sim *simulation) setEvents(end float64) error {
	if r := sim.x.requires; r != nil {
		if err := r.check(sim.x.T0, sim.y0, sim.q); err != nil {
			return sim.failure(err)
		}
	}
	if sim.events == nil && sim.steady == nil {
		return nil
	}
	var events []dynsys.Event[[]float64]
	if sim.events != nil {
		var err error
		if events, err = sim.events.Until(sim.q, end); err != nil {
			return sim.failure(err)
		}
	}
	if f := sim.x.inputs; f != nil {
		events = dynsys.ForceEvents(events, sim.sys.NumParams, f.first, f.list)
	}
	sim.tracer.Problem.System.Events = append(slices.Clip(sim.steady), events...)
	return nil
}

// stopped returns the time at which an event ended the run, and whether one did.
func (sim *simulation) stopped() (float64, bool) {
	if sim.events == nil {
		return 0, false
	}
	return sim.events.Stopped()
}

// checkStopped returns an error where something was observed after an event had ended
// the run: there is no state that it could be compared with.
func (sim *simulation) checkStopped() error {
	end, ok := sim.stopped()
	if !ok || sim.lenient {
		return nil
	}
	for k := range sim.x.Observations {
		if o := &sim.x.Observations[k]; o.Time > end {
			return sim.failure(fmt.Errorf("an event stops the run at t = %.6g, before the observation at %v", end, o.Time))
		}
	}
	return nil
}

// checkStart says which initial value or parameter is not finite.
func (sim *simulation) checkStart() error {
	for i, v := range sim.y0 {
		if !finite(v) {
			return &SimulationError{Experiment: sim.x.Name, T: sim.x.T0, State: sim.stateName(i),
				Err: fmt.Errorf("the initial value is %v: %w", v, integrate.ErrNonFinite)}
		}
	}
	for _, v := range sim.q {
		if !finite(v) {
			return &SimulationError{Experiment: sim.x.Name, T: sim.x.T0,
				Err: fmt.Errorf("a quantity that the experiment sets is %v: %w", v, integrate.ErrNonFinite)}
		}
	}
	return nil
}

// errNoJacobian: what the solvers of stiff problems need is not there.
var errNoJacobian = errors.New("a solver for stiff problems cannot do without it; explicit ones (tsit5) can")

// failure tells why an integration ended, in the model's words.
func (sim *simulation) failure(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	e := &SimulationError{Experiment: sim.x.Name, T: sim.x.T0, Err: err}
	var s *sensitivity.Error
	if errors.As(err, &s) {
		e.T, e.State, e.Err = s.T, sim.stateName(s.Component), s.Reason
	}
	if errors.Is(err, integrate.ErrInconsistent) {
		e.Err = fmt.Errorf("the equations of the algebraic states have no solution near the values before: %w", integrate.ErrInconsistent)
	}
	var j *integrate.JacobianError
	if errors.As(err, &j) {
		e.State = sim.stateName(j.Row)
		e.Err = fmt.Errorf("the derivative of d%s/dt in %s is %v there, and %w", e.State, sim.stateName(j.Column), j.Value, errNoJacobian)
	}
	return e
}

// stateName returns the name of a component of the state, "" where unknown. The
// components after the first block are tangents of the same states.
func (sim *simulation) stateName(i int) string {
	if i < 0 || sim.sys == nil {
		return ""
	}
	i %= sim.sys.Dim
	if i < len(sim.x.States) {
		return sim.x.States[i]
	}
	return fmt.Sprintf("%d", i)
}
