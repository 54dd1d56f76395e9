package model

import (
	"fmt"
	"slices"
	"strings"
)

// Distribution is a probability distribution of the language: of the noise of an
// observable, or of a prior.
type Distribution uint8

// The distributions, with their arguments as the language writes them: first in an
// observe line, then in a prior. In an observe line the logarithm of data that are
// LogNormal or Log10Normal is normal about the logarithm of EXPR, and SCALE is the
// standard deviation of the natural or of the decimal logarithm.
const (
	Normal           Distribution = iota + 1 // normal(EXPR[, SCALE]); normal(m, s)
	LogNormal                                // lognormal(EXPR[, SCALE]); lognormal(m, s)
	Log10Normal                              // log10normal(EXPR[, SCALE])
	Laplace                                  // laplace(EXPR[, SCALE]); laplace(m, b)
	Student                                  // student(EXPR, SCALE, DF)
	Poisson                                  // poisson(EXPR)
	NegativeBinomial                         // negbinomial(EXPR, SIZE)
	Uniform                                  // uniform(lo, hi)
	Gamma                                    // gamma(shape, rate)
	Beta                                     // beta(a, b)
)

var distributionWords = [...]string{
	Normal: "normal", LogNormal: "lognormal", Log10Normal: "log10normal", Laplace: "laplace", Student: "student",
	Poisson: "poisson", NegativeBinomial: "negbinomial", Uniform: "uniform", Gamma: "gamma", Beta: "beta",
}

// String returns the word of the language.
func (d Distribution) String() string { return distributionWords[d] }

// form is how a distribution is written in one kind of statement.
type form struct {
	dist     Distribution
	args     []string // what its arguments are called
	required int      // how many of them must stand there
}

// noiseForms are the distributions of observe lines.
var noiseForms = []form{
	{Normal, []string{"EXPR", "SCALE"}, 1},
	{LogNormal, []string{"EXPR", "SCALE"}, 1},
	{Log10Normal, []string{"EXPR", "SCALE"}, 1},
	{Laplace, []string{"EXPR", "SCALE"}, 1},
	{Student, []string{"EXPR", "SCALE", "DF"}, 3},
	{Poisson, []string{"EXPR"}, 1},
	{NegativeBinomial, []string{"EXPR", "SIZE"}, 2},
}

// priorForms are the distributions of prior lines.
var priorForms = []form{
	{Normal, []string{"m", "s"}, 2},
	{LogNormal, []string{"m", "s"}, 2},
	{Laplace, []string{"m", "b"}, 2},
	{Uniform, []string{"lo", "hi"}, 2},
	{Gamma, []string{"shape", "rate"}, 2},
	{Beta, []string{"a", "b"}, 2},
}

// String writes the form as a user would.
func (f form) String() string {
	text := f.dist.String() + "(" + strings.Join(f.args[:f.required], ", ")
	for _, a := range f.args[f.required:] {
		text += "[, " + a + "]"
	}
	return text + ")"
}

// distribution reads DIST(ARG, ...) in one of the forms, behind "~".
func (p *parser) distribution(forms []form) (Distribution, []Expr) {
	words := make([]string, len(forms))
	for i, f := range forms {
		words[i] = f.dist.String()
	}
	expected := "a distribution: " + strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
	t := p.peek()
	if p.atEnd() || t.kind != kindName || t.bol && p.beginsStatement(p.next) {
		p.unexpected(expected, "")
	}
	i := slices.Index(words, t.text)
	if i < 0 {
		hint := didYouMean(t.text, words)
		if slices.Contains(distributionWords[1:], t.text) {
			hint = t.text + " cannot stand in this kind of statement"
		}
		p.fail(t.pos(), "unknown distribution "+quote(t.text)+"; expected "+strings.TrimPrefix(expected, "a distribution: "), hint)
	}
	p.take()
	if !p.got("(") {
		p.unexpected(`"("`, "write "+forms[i].String())
	}
	var args []Expr
	for {
		args = append(args, p.expression("an argument of "+t.text))
		if !p.got(",") {
			break
		}
	}
	if !p.peek().is(")") {
		p.unexpected(`an operator, "," or ")"`, "write "+forms[i].String())
	}
	p.take()
	if n := len(args); n < forms[i].required || n > len(forms[i].args) {
		p.fail(t.pos(), fmt.Sprintf("%s has %s here; expected %s", t.text, count(n, "argument"), forms[i]), "")
	}
	return forms[i].dist, args
}

// positive reports an argument that is a number, but no positive one. What depends
// on parameters or data is known only when the model is evaluated.
func (c *checker) positive(e Expr, what string) {
	if e == nil || !isConstant(e) {
		return
	}
	k := Constant{Expr: e}
	if c.finite(&k, what) && k.Value <= 0 {
		c.add(e.Pos(), fmt.Sprintf("%s is %s; expected a number above 0", what, number(k.Value)), "")
	}
}

// isConstant says that e speaks of no name but pi, of no column and not of time.
func isConstant(e Expr) bool {
	constant := true
	walk(e, func(e Expr) {
		switch e := e.(type) {
		case *Name:
			constant = constant && e.Name == "pi"
		case *RowColumn:
			constant = false
		case *Call:
			f, ok := functions[e.Func]
			constant = constant && ok && !f.time && f.takes(len(e.Args))
		}
	})
	return constant
}

// count writes "1 argument", "2 arguments".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
