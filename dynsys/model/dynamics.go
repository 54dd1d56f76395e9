package model

import (
	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/expr"
	"github.com/odefit/odefit/integrate"
)

// Dynamics returns the equations as a model over the quantities q, which all
// experiments share: its parameters are q. Its initial values are those of the
// text; for an experiment that sets its own, see Initial. It stops and restarts
// where a right-hand side jumps at a time that depends on quantities and numbers
// only.
//
// Doses that are infusions add to the equations; doses at once are events, see Given.
//
// Events and require lines are not part of it: see Happenings. Inputs are parameters of
// it, behind the constants, whose values dynsys.Force makes functions of time.
//
// The model has a graph of its own, so that it may be used while Cell and Graph
// are.
func (c *Compiled) Dynamics(doses ...Administration) (dynsys.Model, error) {
	g := newGraph(c.Model)
	var rates, initial []expr.Node
	for _, s := range c.Model.States {
		rates = append(rates, g.lower(s.Equation.Expr))
		initial = append(initial, g.initial(s))
	}
	g.infuse(rates, doses)
	jumps := g.jumps(rates)
	if d := c.Model.Differential(); d != nil {
		for i := range rates {
			if d[i] == 0 && len(g.jumps([]expr.Node{rates[i]}).Times) > 0 {
				s := c.Model.States[i]
				r := &reporter{src: c.Model.src}
				r.add(s.Equation.At, "this algebraic equation jumps in time, so that "+quote(s.Name)+" would jump, which is not supported by this version", "make the change smooth")
				return nil, r.err()
			}
		}
	}
	m, err := dynsys.Graph{
		Builder: g.b, States: g.layout.States, Params: g.layout.Quantities,
		Rates: jumps.Outs, Initial: initial, Breaks: jumps.Times,
	}.Model()
	if d := c.Model.Differential(); d != nil && err == nil {
		return massive{m, d}, nil
	}
	return m, err
}

// massive is a model with a diagonal mass matrix.
type massive struct {
	dynsys.Model
	diagonal []float64
}

func (m massive) System() (*dynsys.System[[]float64], error) {
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
