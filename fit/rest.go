package fit

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/model"
	"github.com/odefit/odefit/sensitivity"
)

// rest is the steady state of one experiment, found once at every point of the search
// for all experiments that begin there.
type rest struct {
	sim    *simulation
	steady sensitivity.Steady

	theta    []float64 // where it was last looked for
	tangents bool      // and whether with tangents
	y        []float64
	s        [][]float64 // s[j] = dy/dtheta[sim.moving[j]]
	err      error
}

// newRest prepares the steady state of experiment i of p, or returns the one in shared.
func newRest(p *Problem, i int, estimated []bool, set sensitivity.Settings, shared map[int]*rest) (*rest, error) {
	if r := shared[i]; r != nil {
		return r, nil
	}
	x := p.Experiments[i]
	x.Observations, x.Preequilibration = nil, 0
	sim, err := newSimulation(p, &x, estimated, set, nil)
	if err != nil {
		return nil, err
	}
	r := &rest{sim: sim}
	if sim.sys == nil {
		return nil, fmt.Errorf("fit: experiment %q has no states that could come to rest", x.Name)
	}
	r.steady = sensitivity.Steady{Problem: sim.tracer.Problem, Directions: sim.tracer.Directions, Settings: &sim.set}
	if shared != nil {
		shared[i] = r
	}
	return r, nil
}

// at finds the steady state at theta, with tangents where asked. What it fails with is
// told of the experiment itself.
func (r *rest) at(ctx context.Context, theta []float64, tangents bool) error {
	if slices.Equal(r.theta, theta) && (r.tangents || !tangents) {
		return r.err
	}
	r.theta = append(r.theta[:0], theta...)
	r.tangents = tangents
	if r.err = r.sim.start(ctx, theta, tangents); r.err == nil {
		if r.y, r.s, r.err = r.steady.Find(ctx, tangents); r.err != nil {
			r.err = r.sim.failure(fmt.Errorf("looking for its steady state: %w", r.err))
		}
	}
	if ctx.Err() != nil {
		r.theta = nil // not a property of theta
	}
	return r.err
}

// preequilibrate replaces the initial state by the steady state, except where the
// experiment sets its own.
func (sim *simulation) preequilibrate(ctx context.Context, theta []float64, tangents bool) error {
	if err := sim.from.at(ctx, theta, tangents); err != nil {
		return err
	}
	for i, v := range sim.from.y {
		if !sim.x.sets(i) {
			sim.y0[i] = v
		}
	}
	if !tangents {
		return nil
	}
	for j, k := range sim.active {
		at, ok := slices.BinarySearch(sim.from.sim.moving, k)
		for i := range sim.y0 {
			switch {
			case sim.x.sets(i):
			case ok:
				sim.dy0[j][i] = sim.from.s[at][i]
			default:
				sim.dy0[j][i] = 0
			}
		}
	}
	return nil
}

// sets says that the experiment sets the initial value of state i itself.
func (x *Experiment) sets(i int) bool { return x.Resets != nil && x.Resets[i] }

// settle finds the state at infinite time, from the end of the trajectory on, where no
// break or event lies ahead.
func (sim *simulation) settle(ctx context.Context, tangents bool) error {
	last := len(sim.tracer.Times) - 1
	p := sim.tracer.Problem
	p.T0, p.Y0 = p.T1, slices.Clone(sim.y[last])
	sim.final.Problem, sim.final.Settings = p, &sim.set
	sim.final.Directions = sim.final.Directions[:0]
	if tangents {
		for j, d := range sim.tracer.Directions {
			sim.final.Directions = append(sim.final.Directions, sensitivity.Direction[[]float64]{P: d.P, Y0: slices.Clone(sim.s[last][j]), Scale: d.Scale})
		}
	}
	y, s, err := sim.final.Find(ctx, tangents)
	if err == nil {
		err = timeless(p.System, p.T0, y, p.P)
	}
	if r := sim.x.requires; r != nil && err == nil {
		err = r.check(p.T0, y, sim.q)
	}
	if err != nil {
		return sim.failure(fmt.Errorf("looking for the state at infinite time: %w", err))
	}
	sim.y = append(slices.Clip(sim.y), y)
	if tangents {
		sim.s = append(slices.Clip(sim.s), s)
	}
	return nil
}

// timeless returns an error where the right-hand side at y still changes with time
// after t.
func timeless(sys *dynsys.System[[]float64], t float64, y, p []float64) error {
	f, later := make([]float64, len(y)), make([]float64, len(y))
	if err := sys.RHS(f, t, y, p); err != nil {
		return err
	}
	for _, d := range []float64{1.2345, 67.89, 1e4, 1e7} {
		if err := sys.RHS(later, t+d, y, p); err != nil {
			return err
		}
		for i := range f {
			if !(math.Abs(later[i]-f[i]) <= 1e-9*(1e-6+math.Abs(y[i]))) {
				return fmt.Errorf("%w: an equation depends on time for ever", sensitivity.ErrNoSteadyState)
			}
		}
	}
	return nil
}

// horizon returns the end of the trajectory: the last time that is looked at and, where
// the state at infinite time is, every break before.
func (sim *simulation) horizon() (float64, error) {
	end := sim.x.T0
	if n := len(sim.times); n > 0 {
		end = sim.times[n-1]
	}
	if b := &sim.tracer.Problem.System.Breaks; sim.forever && b.Count > 0 {
		taus := make([]float64, b.Count)
		if err := b.Times(taus, sim.q[:sim.sys.NumParams]); err != nil {
			return end, err
		}
		for _, tau := range taus {
			if finite(tau) {
				end = max(end, tau)
			}
		}
	}
	for _, d := range sim.x.steady {
		if sim.forever {
			end = max(end, d.Time)
		}
	}
	if !sim.forever || sim.events == nil {
		return end, nil
	}
	events, err := sim.events.Until(sim.q, math.Inf(1))
	if err != nil {
		return end, fmt.Errorf("%w: %w", sensitivity.ErrNoSteadyState, err)
	}
	for _, e := range events {
		if e.At.Value == nil {
			if e.Name != model.RequireEvent {
				return end, fmt.Errorf("%w: %s depends on the state, and may happen on the way to infinite time", sensitivity.ErrNoSteadyState, e.Name)
			}
			continue
		}
		tau, err := e.At.Value(sim.q)
		if err != nil {
			return end, err
		}
		if finite(tau) {
			end = max(end, tau)
		}
	}
	return end, nil
}
