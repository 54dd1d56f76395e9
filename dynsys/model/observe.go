package model

import "fmt"

// Observe is the statement "observe COLUMN ~ DIST(EXPR[, SCALE])": a data column,
// what the model predicts for it, and its noise.
type Observe struct {
	At         Pos
	Column     string
	ColumnAt   Pos
	Dist       Distribution
	Prediction Expr
	Scale      Expr // SCALE or SIZE; nil where it is left out or the distribution has none
	DF         Expr // of Student; else nil
}

// ScaleLeftOut says that the distribution has a scale which is not written: one
// unknown scale of the column, the parameter sd[COLUMN].
func (s *Observe) ScaleLeftOut() bool { return s.Scale == nil && s.Dist != Poisson }

func parseObserve(p *parser, at Pos) Statement {
	s := &Observe{At: at}
	s.Column, s.ColumnAt = p.label("the name of a data column", false)
	p.expect("~", "write observe "+label(s.Column)+" ~ normal(EXPRESSION, SCALE)")
	dist, args := p.distribution(noiseForms)
	s.Dist, s.Prediction = dist, args[0]
	if len(args) > 1 {
		s.Scale = args[1]
	}
	if len(args) > 2 {
		s.DF = args[2]
	}
	return s
}

// Pos returns where the statement begins.
func (s *Observe) Pos() Pos { return s.At }

// args returns the arguments that are written.
func (s *Observe) args() []Expr {
	args := []Expr{s.Prediction}
	if s.Scale != nil {
		args = append(args, s.Scale)
	}
	if s.DF != nil {
		args = append(args, s.DF)
	}
	return args
}

func (s *Observe) format(w *writer) {
	w.word("observe", label(s.Column), "~")
	w.call(s.Dist.String(), s.args())
	w.end()
}

func (s *Observe) declare(c *checker) {
	if first, ok := c.observeAt[s.Column]; ok {
		c.add(s.ColumnAt, fmt.Sprintf("the column %s is observed a second time; the first one stands in line %d", quote(s.Column), first.Line), "remove one of them")
		return
	}
	c.observeAt[s.Column] = s.ColumnAt
	c.model.Observes = append(c.model.Observes, s)
}

func (s *Observe) check(c *checker) {
	for _, e := range s.args() {
		c.expr(e, scope{what: "the observe line of " + quote(s.Column), lets: true, varying: true, rows: true})
	}
	scale := "the scale"
	if s.Dist == NegativeBinomial {
		scale = "the size"
	}
	c.positive(s.Scale, scale+" of "+quote(s.Column))
	c.positive(s.DF, "the number of degrees of freedom of "+quote(s.Column))
}
