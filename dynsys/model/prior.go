package model

import "fmt"

// Prior is the statement "prior NAME ~ DIST(...)": what is known of a parameter
// before the data.
type Prior struct {
	At     Pos
	Name   string
	NameAt Pos
	Dist   Distribution
	Args   []Expr // as priorForms has them: two
}

func parsePrior(p *parser, at Pos) Statement {
	s := &Prior{At: at}
	s.Name, s.NameAt = p.name("the name of a parameter")
	p.expect("~", "write prior "+s.Name+" ~ normal(m, s)")
	s.Dist, s.Args = p.distribution(priorForms)
	return s
}

// Pos returns where the statement begins.
func (s *Prior) Pos() Pos { return s.At }

func (s *Prior) format(w *writer) {
	w.word("prior", s.Name, "~")
	w.call(s.Dist.String(), s.Args)
	w.end()
}

func (s *Prior) declare(c *checker) { c.model.Priors = append(c.model.Priors, s) }

func (s *Prior) check(c *checker) {
	for _, e := range s.Args {
		c.expr(e, scope{what: "the prior of " + quote(s.Name), lets: true})
	}
	switch symbol := c.model.names[s.Name]; {
	case c.isBroken(s.Name):
	case symbol == nil:
		c.add(s.NameAt, "unknown parameter "+quote(s.Name)+"; expected a name that param declares", didYouMean(s.Name, c.model.paramNames()))
	case symbol.kind != kindParam:
		c.add(s.NameAt, fmt.Sprintf("%s is a %s; expected a parameter", quote(s.Name), symbol.kind), "only a parameter has a prior")
	}
	if first, ok := c.priorAt[s.Name]; ok {
		c.add(s.NameAt, fmt.Sprintf("%s has a second prior; the first one stands in line %d", quote(s.Name), first.Line), "remove one of them")
	} else {
		c.priorAt[s.Name] = s.NameAt
	}
	s.checkArgs(c)
}

func (s *Prior) checkArgs(c *checker) {
	if s.Dist == Uniform {
		lo, hi := Constant{Expr: s.Args[0]}, Constant{Expr: s.Args[1]}
		if isConstant(lo.Expr) && isConstant(hi.Expr) && c.finite(&lo, "the lower end") && c.finite(&hi, "the upper end") && lo.Value >= hi.Value {
			c.add(lo.Expr.Pos(), fmt.Sprintf("the interval from %s to %s is empty; expected uniform(lo, hi) with lo < hi", number(lo.Value), number(hi.Value)), "")
		}
		return
	}
	if s.Dist == Gamma || s.Dist == Beta {
		c.positive(s.Args[0], "the first argument of "+s.Dist.String())
	}
	c.positive(s.Args[1], "the second argument of "+s.Dist.String())
}
