package model

import "fmt"

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
