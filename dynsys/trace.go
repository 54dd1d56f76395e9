package dynsys

import (
	"fmt"

	"github.com/odefit/odefit/dynsys/expr"
)

// Rates writes dy/dt as expressions of time, states and parameters, in a Go function
// that is called once.
type Rates func(b *expr.Builder, t expr.Node, y, p []expr.Node) []expr.Node

// Trace runs rates once on symbols and returns the model of the expressions that it
// builds, with exact derivatives of every kind. Loops and helper functions are welcome,
// Go's if is not: a branch on states is written with Builder.If.
//
// Times at which an expression jumps (Builder.Step, Pulse, If on t against numbers and
// parameters) are found, and become the breaks of the system. The initial state is the
// caller's; see [TraceInitial].
func Trace(states, params int, rates Rates) (*GraphModel, error) {
	return TraceInitial(states, params, rates, nil)
}

// TraceInitial is Trace with the initial state as a function of the parameters.
func TraceInitial(states, params int, rates Rates, initial func(b *expr.Builder, p []expr.Node) []expr.Node) (*GraphModel, error) {
	b := expr.NewBuilder()
	inputs := func(slots []int) []expr.Node {
		nodes := make([]expr.Node, len(slots))
		for i, slot := range slots {
			nodes[i] = b.Input(slot)
		}
		return nodes
	}
	g := Graph{Builder: b, States: states, Params: params}
	y, p := inputs(g.states()), inputs(g.params())
	outs := rates(b, b.Input(0), y, p)
	if len(outs) != states {
		return nil, fmt.Errorf("dynsys: the traced function returned %d rates for %d states", len(outs), states)
	}
	jumps := b.TimeBreaks(outs, 0, func(slot int) bool { return slot >= 1 && slot <= states })
	g.Rates, g.Breaks = jumps.Outs, jumps.Times
	if initial != nil {
		if g.Initial = initial(b, p); len(g.Initial) != states {
			return nil, fmt.Errorf("dynsys: the traced function returned %d initial values for %d states", len(g.Initial), states)
		}
	}
	return g.Model()
}
