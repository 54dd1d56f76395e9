package model

import "fmt"

// Algebraic is the statement "algebraic NAME": a state without a derivative, which
// follows from an equation 0 = EXPR.
type Algebraic struct {
	At     Pos
	Name   string
	NameAt Pos
}

// Zero is the statement "0 = EXPR". The equations belong to the algebraic states in the
// order of the text; together they must determine them (index 1).
type Zero struct {
	At   Pos
	Expr Expr
}

func parseAlgebraic(p *parser, at Pos) Statement {
	s := &Algebraic{At: at}
	s.Name, s.NameAt = p.name("the name of an algebraic state")
	p.declare(s.Name)
	return s
}

func parseZero(p *parser) Statement {
	at := p.take().pos()
	p.take() // =
	return &Zero{At: at, Expr: p.expression("an expression that is to be 0")}
}

// Pos returns where the statement begins.
func (s *Algebraic) Pos() Pos { return s.At }

// Pos returns where the statement begins.
func (s *Zero) Pos() Pos { return s.At }

func (s *Algebraic) format(w *writer) { w.line("algebraic", s.Name) }

func (s *Zero) format(w *writer) {
	w.word("0", "=")
	w.expr(s.Expr)
	w.end()
}

func (s *Algebraic) declare(c *checker) {
	if c.define(s.Name, s.NameAt, kindState, len(c.model.States)) {
		c.model.States = append(c.model.States, &State{Name: s.Name, Algebraic: s})
	}
}

func (s *Zero) declare(c *checker) { c.model.Zeros = append(c.model.Zeros, s) }

func (s *Algebraic) check(*checker) {}

func (s *Zero) check(c *checker) {
	c.expr(s.Expr, scope{what: "an algebraic equation", lets: true, varying: true})
}

// pairZeros gives every algebraic state its equation.
func (c *checker) pairZeros() {
	m, k := c.model, 0
	for _, s := range m.States {
		if s.Algebraic == nil {
			continue
		}
		if k < len(m.Zeros) {
			s.Equation = &Equation{At: m.Zeros[k].At, Name: s.Name, NameAt: s.Algebraic.NameAt, Expr: m.Zeros[k].Expr}
		} else {
			c.add(s.Algebraic.At, fmt.Sprintf("the algebraic state %s has no equation; expected as many equations 0 = ... as algebraic states", quote(s.Name)), "write 0 = EXPRESSION")
			s.Equation = &Equation{At: s.Algebraic.At, Name: s.Name, NameAt: s.Algebraic.NameAt, Expr: &Number{At: s.Algebraic.At}}
		}
		k++
	}
	for _, z := range m.Zeros[min(k, len(m.Zeros)):] {
		if len(c.broken) == 0 {
			c.add(z.At, "an equation 0 = ... without an algebraic state; expected as many of them", "write algebraic NAME for the state that it determines")
		}
	}
}

// Differential returns 1 for every state with a derivative and 0 for every algebraic one:
// the diagonal of the mass matrix. Nil where all have derivatives.
func (m *Model) Differential() []float64 {
	if len(m.Zeros) == 0 {
		return nil
	}
	d := make([]float64, len(m.States))
	for i, s := range m.States {
		if s.Algebraic == nil {
			d[i] = 1
		}
	}
	return d
}
