package model

import (
	"fmt"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/expr"
)

// Dose is the statement "dose STATE [lag EXPR] [fraction EXPR]": how the dose rows of
// the data enter a state.
type Dose struct {
	At       Pos
	State    string
	StateAt  Pos
	Lag      Expr // nil: at once
	Fraction Expr // nil: all of it
}

func parseDose(p *parser, at Pos) Statement {
	s := &Dose{At: at}
	s.State, s.StateAt = p.name("the name of a state")
	for !p.atEnd() {
		t := p.peek()
		switch {
		case s.Lag == nil && p.gotWord("lag"):
			s.Lag = p.expression("the time by which doses are late")
		case s.Fraction == nil && p.gotWord("fraction"):
			s.Fraction = p.expression("the fraction of a dose that arrives")
		case t.kind == kindName:
			p.fail(t.pos(), "unexpected "+t.describe()+"; expected lag EXPR or fraction EXPR, once each", didYouMean(t.text, []string{"lag", "fraction"}))
		default:
			return s // expectEnd tells what is wrong
		}
	}
	return s
}

// Pos returns where the statement begins.
func (s *Dose) Pos() Pos { return s.At }

func (s *Dose) format(w *writer) {
	w.word("dose", s.State)
	if s.Lag != nil {
		w.word("lag")
		w.expr(s.Lag)
	}
	if s.Fraction != nil {
		w.word("fraction")
		w.expr(s.Fraction)
	}
	w.end()
}

func (s *Dose) declare(*checker) {}

func (s *Dose) check(c *checker) {
	for _, e := range []Expr{s.Lag, s.Fraction} {
		if e != nil {
			c.expr(e, scope{what: "the dose line of " + quote(s.State), lets: true})
		}
	}
	if c.state(s.State, s.StateAt) == nil {
		return
	}
	if first := c.model.Dose(s.State); first != nil {
		c.add(s.StateAt, fmt.Sprintf("a second dose line of %s; the first one stands in line %d", quote(s.State), first.At.Line), "remove one of them")
		return
	}
	c.model.Doses = append(c.model.Doses, s)
}

// Dose returns the dose line of a state, or nil.
func (m *Model) Dose(state string) *Dose {
	for _, s := range m.Doses {
		if s.State == state {
			return s
		}
	}
	return nil
}

// Administration is one dose that a state is given: an amount at a time, at once or as
// an infusion with a rate or a duration. The dose line of the state delays it and
// scales it; of an infusion with a rate, the duration is scaled.
type Administration struct {
	State          int
	Time, Amount   float64
	Rate, Duration float64 // both 0: at once
}

// atOnce says that the dose is no infusion.
func (a *Administration) atOnce() bool { return a.Rate == 0 && a.Duration == 0 }

// delivery returns the time at which the dose begins, and the amount that arrives.
func (g *graph) delivery(a Administration) (start, amount expr.Node) {
	b := g.b
	start, amount = b.Const(a.Time), b.Const(a.Amount)
	if s := g.model.Dose(g.model.States[a.State].Name); s != nil {
		if s.Lag != nil {
			start = b.Add(start, g.lower(s.Lag))
		}
		if s.Fraction != nil {
			amount = b.Mul(amount, g.lower(s.Fraction))
		}
	}
	return start, amount
}

// infuse adds infusions to the rates.
func (g *graph) infuse(rates []expr.Node, doses []Administration) {
	b := g.b
	for _, a := range doses {
		if a.atOnce() {
			continue
		}
		start, amount := g.delivery(a)
		rate, duration := b.Const(a.Rate), b.Const(a.Duration)
		if a.Rate > 0 {
			duration = b.Div(amount, rate)
		} else {
			rate = b.Div(amount, duration)
		}
		rates[a.State] = b.Add(rates[a.State], b.Mul(rate, b.Pulse(g.t, start, b.Add(start, duration))))
	}
}

// Given returns the events of doses at once, in their order, over the inputs of the
// dynamics.
func (c *Compiled) Given(doses []Administration) []dynsys.GraphEvent {
	var events []dynsys.GraphEvent
	g, b := c.graph, c.Graph
	for _, a := range doses {
		if !a.atOnce() {
			continue
		}
		start, amount := g.delivery(a)
		events = append(events, dynsys.GraphEvent{
			Name: "dose of " + c.Model.States[a.State].Name, Timed: true, At: start,
			Resets: map[int]expr.Node{a.State: b.Add(b.Input(c.Layout.State(a.State)), amount)},
		})
	}
	return events
}
