package model

import (
	"fmt"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/expr"
	"github.com/odefit/odefit/dynsys/nn"
)

// The choice between networks as matrix kernels and as expressions. It rests on the text
// alone, never on a clock.
const (
	// kernelWeights is the number of weights, of all networks together, from which
	// kernels win: docs/compiled.md has the measurement.
	kernelWeights = 200
	// kernelStates bounds the states, as the Jacobian with kernels is dense.
	kernelStates = 50
)

// withKernels returns the equations with networks as kernels, nil where they are better
// written out: small ones, those that read other networks, models of many states.
func (c *Compiled) withKernels(doses []Administration) (dynsys.Model, error) {
	m, weights := c.Model, 0
	for _, s := range m.Nets {
		weights += s.Weights
	}
	if weights < kernelWeights || len(m.States) > kernelStates {
		return nil, nil
	}
	placed, inputs, outputs := placeNets(m.Nets)
	n := len(m.States)
	f := newKernelGraph(m, n+inputs, outputs)
	g := newKernelGraph(m, n+inputs, 0)
	if f == nil || g == nil {
		return nil, nil
	}
	reads := make([]expr.Node, n, n+inputs) // the states' part is 0
	for i := range reads {
		reads[i] = expr.Zero
	}
	for _, s := range m.Nets {
		for _, x := range s.Inputs {
			reads = append(reads, g.lower(x))
		}
	}
	var rates, initial []expr.Node
	for _, s := range m.States {
		rates = append(rates, f.lower(s.Equation.Expr))
		initial = append(initial, f.initial(s))
	}
	f.infuse(rates, doses)
	// Breaks are those of the outer model, which must know those of the inputs.
	for _, s := range m.Nets {
		for _, x := range s.Inputs {
			rates = append(rates, f.lower(x))
		}
	}
	for range inputs {
		initial = append(initial, expr.Zero)
	}
	jumps := f.jumps(rates)
	for i := range inputs {
		jumps.Outs[n+i] = expr.Zero
	}
	within := g.jumps(reads)
	outer, err := dynsys.Graph{Builder: f.b, States: n + inputs, Params: f.layout.Quantities, Rates: jumps.Outs, Initial: initial, Breaks: jumps.Times}.Model()
	if err != nil {
		return nil, err
	}
	inner, err := dynsys.Graph{Builder: g.b, States: n + inputs, Params: g.layout.Quantities, Rates: within.Outs}.Model()
	if err != nil {
		return nil, err
	}
	return nn.Inside{Outer: outer, Inputs: inner, States: n, Params: c.Layout.Quantities, Nets: placed}, nil
}

// placeNets returns the networks as shapes with the places of their weights, and the
// numbers of their inputs and outputs in all.
func placeNets(nets []*Net) (placed []nn.Placed, inputs, outputs int) {
	for _, s := range nets {
		shape := nn.MLP{Inputs: len(s.Inputs), Outputs: s.Outputs}
		for _, l := range s.Layers {
			a, err := nn.ParseActivation(l.Activation)
			if err != nil {
				panic(fmt.Sprintf("model: an activation was not checked: %v", err))
			}
			shape.Hidden = append(shape.Hidden, nn.Layer{Units: l.Units, Activation: a})
		}
		placed = append(placed, nn.Placed{Net: shape, First: s.First})
		inputs, outputs = inputs+len(s.Inputs), outputs+s.Outputs
	}
	return placed, inputs, outputs
}

// newKernelGraph returns a graph over t, so many states, the quantities that are no
// weights and so many outputs of networks, in which these stand for the networks. It is
// nil where an input of a network needs the output of one. Without outputs, networks are
// unknown to it.
func newKernelGraph(m *Model, states, outputs int) *graph {
	b := expr.NewBuilder()
	g := &graph{model: m, lets: make([]expr.Node, len(m.Lets))}
	kept := 0
	for i := range len(m.Params) + len(m.Consts) + len(m.Inputs) + 1 { // and one behind them
		g.rank = append(g.rank, kept)
		if i >= len(m.Params) || m.Params[i].Net == nil {
			kept++
		}
	}
	kept-- // the one behind
	g.layout = Layout{States: states, Quantities: kept + outputs}
	g.lowering = &lowering{b: b, t: b.Input(g.layout.Time()), node: g.name, places: map[expr.Node]Pos{}}
	// The inputs of a network must not depend on networks: outputs are where they would
	// show. They have slots in both graphs; those without outputs never use theirs.
	at := g.layout.Quantity(kept)
	for _, s := range m.Nets {
		for k := range s.Outputs {
			g.lets[m.names[fmt.Sprintf("%s.%d", s.Name, k+1)].index] = b.Input(at)
			at++
		}
	}
	for _, i := range m.letOrder {
		if m.Lets[i].Net == nil {
			g.lets[i] = g.lower(m.Lets[i].Expr)
		}
	}
	for _, s := range m.Nets {
		for _, x := range s.Inputs {
			for _, slot := range b.DependsOn(g.lower(x)) {
				if slot >= g.layout.Quantity(kept) {
					return nil
				}
			}
		}
	}
	return g
}
