package model

import "fmt"

// Setting is one of the statements "solver NAME", "rtol X" and "atol X": what a
// model needs where the default will not do.
type Setting struct {
	At     Pos
	Word   string   // solver, rtol or atol
	Solver string   // of solver
	Number Constant // of rtol and atol
}

func parseSetting(p *parser, at Pos) Statement {
	s := &Setting{At: at, Word: p.at(p.next - 1).text}
	switch {
	case s.Word == "solver":
		s.Solver, _ = p.label("the name of a solver", false)
	case p.peek().is("="):
		p.fail(p.peek().pos(), "unexpected \"=\"; expected a number", "write "+s.Word+" 1e-8")
	default:
		s.Number = p.constant("a number")
	}
	return s
}

// Pos returns where the statement begins.
func (s *Setting) Pos() Pos { return s.At }

func (s *Setting) format(w *writer) {
	w.word(s.Word)
	if s.Word == "solver" {
		w.word(label(s.Solver))
	} else {
		w.expr(s.Number.Expr)
	}
	w.end()
}

func (s *Setting) declare(c *checker) {
	if c.once(s.Word, s.At) && s.Word == "solver" {
		c.model.Solver = s.Solver
	}
}

func (s *Setting) check(c *checker) {
	if s.Word == "solver" || !c.finite(&s.Number, s.Word) {
		return
	}
	if s.Number.Value <= 0 || s.Number.Value >= 1 && s.Word == "rtol" {
		c.add(s.Number.Expr.Pos(), fmt.Sprintf("%s is %s; expected a small number above 0", s.Word, number(s.Number.Value)), "write "+s.Word+" 1e-8")
		return
	}
	if s.Word == "rtol" {
		c.model.RelTol = s.Number.Value
	} else {
		c.model.AbsTol = s.Number.Value
	}
}
