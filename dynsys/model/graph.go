package model

import (
	"math"

	"github.com/odefit/odefit/dynsys/expr"
)

// graph is a graph that the expressions of one model are lowered onto.
type graph struct {
	*lowering
	model  *Model
	layout Layout
	lets   []expr.Node
	rank   []int // of every quantity among those of the layout; nil: as they are
}

// quantity returns the input slot of quantity i.
func (g *graph) quantity(i int) int {
	if g.rank != nil {
		i = g.rank[i]
	}
	return g.layout.Quantity(i)
}

// newGraph returns a graph that holds the lets of the model.
func newGraph(m *Model) *graph {
	b := expr.NewBuilder()
	g := &graph{
		model: m, lets: make([]expr.Node, len(m.Lets)),
		layout: Layout{States: len(m.States), Quantities: len(m.Params) + len(m.Consts) + len(m.Inputs), Rows: len(m.RowColumns)},
	}
	g.lowering = &lowering{b: b, t: b.Input(g.layout.Time()), node: g.name, places: map[expr.Node]Pos{}}
	for _, i := range m.letOrder {
		g.lets[i] = g.lower(m.Lets[i].Expr)
	}
	return g
}

// name returns the node of a *Name or a *RowColumn.
func (g *graph) name(e Expr) expr.Node {
	b, l, m := g.b, g.layout, g.model
	if r, ok := e.(*RowColumn); ok {
		return b.Input(l.Row(m.rowIndex[r.Column]))
	}
	name := e.(*Name).Name
	switch s := m.names[name]; {
	case s == nil && name == "pi":
		return b.Const(math.Pi)
	case s == nil && (name == "t" || name == "time"):
		return g.t
	case s == nil:
		panic("model: the name " + quote(name) + " was not checked")
	case s.kind == kindState:
		return b.Input(l.State(s.index))
	case s.kind == kindParam:
		return b.Input(g.quantity(s.index))
	case s.kind == kindConst:
		return b.Input(g.quantity(len(m.Params) + s.index))
	case s.kind == kindInput:
		return b.Input(g.quantity(len(m.Params) + len(m.Consts) + s.index))
	default:
		return g.lets[s.index]
	}
}

// jumps finds where nodes jump as functions of time. Inputs vary as states do.
func (g *graph) jumps(nodes []expr.Node) expr.TimeBreaks {
	inputs := g.layout.Row(0)
	if len(g.model.Inputs) > 0 || g.rank != nil {
		inputs = g.quantity(len(g.model.Params) + len(g.model.Consts))
	}
	return g.b.TimeBreaks(nodes, g.layout.Time(), func(slot int) bool {
		return slot > g.layout.Time() && slot < g.layout.Quantity(0) || slot >= inputs && slot < g.layout.Row(0)
	})
}
