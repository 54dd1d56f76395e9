package model

import (
	"fmt"
	"math"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/expr"
	"github.com/odefit/odefit/integrate"
)

// RequireEvent is the name of the events that [Compiled.Happenings] makes of require
// lines.
const RequireEvent = "require"

// Happenings returns the events of a model that starts at time start, in the order of
// the text, and after them its require lines, over the inputs of the dynamics. slack is
// by how much a require line may be broken: the noise of the solver.
func (c *Compiled) Happenings(start, slack float64) []dynsys.GraphEvent {
	g, b := c.graph, c.Graph
	var list []dynsys.GraphEvent
	for _, s := range c.Model.Events {
		e := dynsys.GraphEvent{Stop: s.Stop, Name: fmt.Sprintf("the event of line %d", s.At.Line)}
		if len(s.Changes) > 0 {
			e.Resets = map[int]expr.Node{}
		}
		for _, a := range s.Changes {
			i, _ := c.Model.State(a.State)
			x, v := b.Input(c.Layout.State(i)), g.lower(a.Expr)
			if a.Op != Equal {
				v = lowerBinary(b, a.Op, x, v)
			}
			e.Resets[i] = v
		}
		switch {
		case s.Every != nil:
			e.Timed, e.Repeated = true, true
			e.Every, e.At, e.To = g.lower(s.Every), b.Const(start), b.Const(math.Inf(1))
			if s.From != nil {
				e.At = g.lower(s.From)
			}
			if s.To != nil {
				e.To = g.lower(s.To)
			}
			list = append(list, e)
		case s.When != nil:
			e.When, e.Direction = g.crossing(s.When, s.Direction)
			list = append(list, e)
		default:
			for _, t := range s.Times {
				e.Timed, e.At = true, g.lower(t)
				list = append(list, e)
			}
		}
	}
	for i, margin := range c.Margins() {
		s := c.Model.Requires[i]
		list = append(list, dynsys.GraphEvent{
			Name: RequireEvent, When: b.Add(margin, b.Const(slack)), Direction: integrate.Falling,
			Fail: &Violation{File: c.Model.File, Require: s},
		})
	}
	return list
}

// Margins returns for every require line a function of t, y and q that is negative
// where the condition does not hold.
func (c *Compiled) Margins() []expr.Node {
	var list []expr.Node
	for _, s := range c.Model.Requires {
		list = append(list, c.graph.margin(s.Cond))
	}
	return list
}

// crossing returns the function whose change of sign is the condition becoming true.
func (g *graph) crossing(cond Expr, d integrate.Direction) (expr.Node, integrate.Direction) {
	if b, ok := cond.(*Binary); ok && b.Op == Equal {
		return g.b.Sub(g.lower(b.X), g.lower(b.Y)), d
	}
	return g.margin(cond), integrate.Rising
}

// margin returns a function that is positive where a condition holds and negative where
// it does not.
func (g *graph) margin(cond Expr) expr.Node {
	b := g.b
	switch e := cond.(type) {
	case *Unary:
		return b.Neg(g.margin(e.X))
	case *Binary:
		switch e.Op {
		case And:
			return b.Min(g.margin(e.X), g.margin(e.Y))
		case Or:
			return b.Max(g.margin(e.X), g.margin(e.Y))
		case Less, LessEqual:
			return b.Sub(g.lower(e.Y), g.lower(e.X))
		case Greater, GreaterEqual:
			return b.Sub(g.lower(e.X), g.lower(e.Y))
		}
	}
	panic("model: a condition was not checked")
}
