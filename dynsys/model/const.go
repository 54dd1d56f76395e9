package model

// Const is the statement "const NAME = NUMBER": a known number, which an
// experiment may override.
type Const struct {
	At     Pos
	Name   string
	NameAt Pos
	Number Constant
}

func parseConst(p *parser, at Pos) Statement {
	s := &Const{At: at}
	s.Name, s.NameAt = p.name("the name of a constant")
	p.declare(s.Name)
	p.expect("=", "write const "+s.Name+" = NUMBER")
	s.Number = p.constant("a number")
	return s
}

// Pos returns where the statement begins.
func (s *Const) Pos() Pos { return s.At }

func (s *Const) format(w *writer) {
	w.word("const", s.Name, "=")
	w.expr(s.Number.Expr)
	w.end()
}

func (s *Const) declare(c *checker) {
	if c.define(s.Name, s.NameAt, kindConst, len(c.model.Consts)) {
		c.model.Consts = append(c.model.Consts, s)
	}
}

func (s *Const) check(c *checker) { c.finite(&s.Number, "the constant "+quote(s.Name)) }
