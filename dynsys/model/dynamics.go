package model

import (
	"errors"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/expr"
	"github.com/odefit/odefit/integrate"
)

// Run is one run of a model.
type Run struct {
	T0, T1 float64 // from when to when; repeated events happen until T1
	Doses  []Administration
	// Slack is by how much a require line may be broken: the noise of the solver.
	Slack float64
}

// Dynamics returns the whole model for one run: the equations with the doses, the events
// and the require lines. Its parameters are the quantities q, its initial values those of
// the text. Inputs are parameters of it, behind the constants, whose values dynsys.Force
// makes functions of time.
//
// A system of the model serves parameters for which repeated events happen at most twice
// as often as at the values in the text, and some times more; beyond that it fails with
// [dynsys.ErrOftener].
func (c *Compiled) Dynamics(run Run) (dynsys.Model, error) {
	for _, a := range run.Doses {
		if a.Steady != Unsteady {
			return nil, errors.New("model: a run has no steady states of doses; package fit finds them")
		}
	}
	m, err := c.Equations(run.Doses...)
	if err != nil {
		return nil, err
	}
	list := append(c.Given(run.Doses), c.Happenings(run.T0, run.Slack)...)
	if len(list) == 0 {
		return m, nil
	}
	events, err := dynsys.CompileEvents(c.Graph, c.Layout.States, c.Layout.Quantities, list)
	if err != nil {
		return nil, errors.Join(err, m.Close())
	}
	values := make([]float64, c.Layout.Quantities)
	for i, q := range c.Quantities {
		values[i] = q.Value
	}
	return &eventful{m, events, run.T1, values}, nil
}

// eventful is a model with events.
type eventful struct {
	dynsys.Model
	events *dynsys.GraphEvents
	end    float64
	values []float64
}

func (m *eventful) System() (*dynsys.System[[]float64], error) {
	sys, err := m.Model.System()
	if err != nil {
		return nil, err
	}
	sys.Events, err = m.events.List().About(m.values, m.end)
	return sys, err
}

// Equations returns the equations alone as a model over the quantities q, which all
// experiments share: its parameters are q. Its initial values are those of the
// text; for an experiment that sets its own, see Initial. It stops and restarts
// where a right-hand side jumps at a time that depends on quantities and numbers
// only.
//
// Doses that are infusions add to the equations; doses at once are events, see Given.
//
// Events and require lines are not part of it: see Happenings and Dynamics. Inputs are
// parameters of it, behind the constants, whose values dynsys.Force makes functions of
// time.
//
// The model has a graph of its own, so that it may be used while Cell and Graph
// are.
//
// Large networks are evaluated as matrix kernels, see nn.Inside.
func (c *Compiled) Equations(doses ...Administration) (dynsys.Model, error) {
	m, err := c.withKernels(doses)
	if m == nil && err == nil {
		return c.Scalar(doses...)
	}
	return c.massive(m), err
}

// massive gives a model with algebraic equations its mass matrix.
func (c *Compiled) massive(m dynsys.Model) dynsys.Model {
	if d := c.Model.Differential(); d != nil && m != nil {
		return &massive{m, d}
	}
	return m
}

// Scalar is Equations with all networks written out as expressions, in a
// *dynsys.GraphModel where no equation is algebraic.
func (c *Compiled) Scalar(doses ...Administration) (dynsys.Model, error) {
	g := newGraph(c.Model)
	var rates, initial []expr.Node
	for _, s := range c.Model.States {
		rates = append(rates, g.lower(s.Equation.Expr))
		initial = append(initial, g.initial(s))
	}
	g.infuse(rates, doses)
	jumps := g.jumps(rates)
	m, err := dynsys.Graph{
		Builder: g.b, States: g.layout.States, Params: g.layout.Quantities,
		Rates: jumps.Outs, Initial: initial, Breaks: jumps.Times,
	}.Model()
	if err != nil {
		return nil, err
	}
	return c.massive(m), nil
}

// massive is a model with a diagonal mass matrix.
type massive struct {
	dynsys.Model
	diagonal []float64
}

func (m *massive) System() (*dynsys.System[[]float64], error) {
	sys, err := m.Model.System()
	if err != nil {
		return nil, err
	}
	sys.Mass = &integrate.Matrix{Pattern: integrate.Banded(len(m.diagonal), 0, 0), Values: m.diagonal}
	return sys, nil
}

// initial returns the initial value of a state, 0 where none is written.
func (g *graph) initial(s *State) expr.Node {
	if s.Init == nil {
		return expr.Zero
	}
	return g.lower(s.Init.Expr)
}

// Warnings returns what is odd about the jumps of the right-hand sides, in the
// order of the text: those whose times cannot be told beforehand, so that the
// solver is not stopped there.
func (c *Compiled) Warnings() ErrorList {
	r := &reporter{src: c.Model.src}
	seen := map[Pos]bool{}
	for _, j := range c.jumps {
		at, ok := c.graph.places[j.Node]
		if !ok || seen[at] {
			continue
		}
		seen[at] = true
		switch j.Reason {
		case expr.OnStates:
			r.add(at, "this jumps where states reach a value, which is not located; results near it are less accurate, and derivatives do not see it move",
				"write a smooth transition, as with hill or tanh, where that matters")
		case expr.NonlinearInTime:
			r.add(at, "this jumps at times that cannot be computed beforehand; the solver is not stopped there, and may miss a short pulse",
				"write the times with step or pulse")
		case expr.AtInstant:
			r.add(at, "this holds at one instant only, and no solution can notice it; it counts as never",
				"write a comparison with < or >, or pulse(t0, t1)")
		}
	}
	sortErrors(r.list)
	return r.list
}
