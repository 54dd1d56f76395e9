package model

import "fmt"

// Report is the statement "report NAME = EXPR": a derived quantity of parameters.
type Report struct {
	At     Pos
	Name   string
	NameAt Pos
	Expr   Expr
}

func parseReport(p *parser, at Pos) Statement {
	s := &Report{At: at}
	s.Name, s.NameAt = p.name("the name of a derived quantity")
	p.expect("=", "write report "+s.Name+" = EXPRESSION")
	s.Expr = p.expression("an expression")
	return s
}

// Pos returns where the statement begins.
func (s *Report) Pos() Pos { return s.At }

func (s *Report) format(w *writer) {
	w.word("report", s.Name, "=")
	w.expr(s.Expr)
	w.end()
}

// declare enters the report. Its name stands in results only, so that it may be
// that of a let, but no expression can use it.
func (s *Report) declare(c *checker) {
	if first, ok := c.reportAt[s.Name]; ok {
		c.add(s.NameAt, fmt.Sprintf("%s is reported a second time; the first one stands in line %d", quote(s.Name), first.Line), "choose another name")
		return
	}
	c.reportAt[s.Name] = s.NameAt
	c.model.Reports = append(c.model.Reports, s)
}

func (s *Report) check(c *checker) {
	c.expr(s.Expr, scope{what: "the report " + quote(s.Name), lets: true})
}
