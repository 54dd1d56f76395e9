package model

import "fmt"

// Require is the statement "require COND": a condition that must hold along the
// solution. Parameters at which it does not are no solution of the fit.
type Require struct {
	At   Pos
	Cond Expr
}

func parseRequire(p *parser, at Pos) Statement {
	return &Require{At: at, Cond: p.expression("a condition such as x >= 0")}
}

// Pos returns where the statement begins.
func (s *Require) Pos() Pos { return s.At }

func (s *Require) format(w *writer) {
	w.word("require")
	w.expr(s.Cond)
	w.end()
}

func (s *Require) declare(c *checker) { c.model.Requires = append(c.model.Requires, s) }

func (s *Require) check(c *checker) {
	c.expr(s.Cond, scope{what: "a condition", lets: true, varying: true})
	c.condition(s.Cond, 0, "require")
	if b, ok := s.Cond.(*Binary); ok && b.Op == Equal {
		c.add(b.OpAt, "require compares with ==; expected < or >", "numbers computed are never quite equal")
	}
}

// Violation is the error of a solution that breaks a require line.
type Violation struct {
	File string
	*Require
}

func (v *Violation) Error() string {
	return fmt.Sprintf("%s:%d: the solution violates require %s", v.File, v.At.Line, v.Cond)
}
