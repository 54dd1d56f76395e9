package model

// Let is the statement "let NAME = EXPR": a named expression of states,
// parameters, constants, time and other lets.
type Let struct {
	At     Pos
	Name   string
	NameAt Pos
	Expr   Expr
	Net    *Net // whose unit it is; nil for a let of the text
}

func parseLet(p *parser, at Pos) Statement {
	s := &Let{At: at}
	s.Name, s.NameAt = p.name("the name of an expression")
	p.declare(s.Name)
	p.expect("=", "write let "+s.Name+" = EXPRESSION")
	s.Expr = p.expression("an expression")
	return s
}

// Pos returns where the statement begins.
func (s *Let) Pos() Pos { return s.At }

func (s *Let) format(w *writer) {
	w.word("let", s.Name, "=")
	w.expr(s.Expr)
	w.end()
}

func (s *Let) declare(c *checker) {
	if c.define(s.Name, s.NameAt, kindLet, len(c.model.Lets)) {
		c.model.Lets = append(c.model.Lets, s)
	}
}

func (s *Let) check(c *checker) {
	c.expr(s.Expr, scope{what: "the let " + quote(s.Name), lets: true, varying: true})
}
