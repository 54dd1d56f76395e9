package model

import (
	"fmt"
	"math"
)

// Param is the statement
//
//	param NAME = GUESS [in [LO, HI]] [log | log10 | logit | linear] [shared | each]
//
// which declares an estimated parameter.
type Param struct {
	At     Pos
	Name   string
	NameAt Pos
	Guess  Constant
	Bounds *Bounds // as written; nil where left out
	Scale  Scale
	Each   bool // one copy an experiment
	Net    *Net // whose weight it is; nil for a parameter of the text

	// Lower and Upper are the bounds, or where none are written the natural ones:
	// (0, inf) for a logarithmic scale, (0, 1) for the logit scale, else none.
	Lower, Upper float64
}

// Bounds is "in [LO, HI]". Either end may be infinite.
type Bounds struct {
	At     Pos
	Lo, Hi Constant
}

// Scale is the scale on which a parameter is searched for.
type Scale uint8

// The scales. Logit is log((p - LO)/(HI - p)).
const (
	Linear Scale = iota
	Log
	Log10
	Logit
)

var scaleWords = [...]string{Linear: "linear", Log: "log", Log10: "log10", Logit: "logit"}

// String returns the word of the language.
func (s Scale) String() string { return scaleWords[s] }

func parseParam(p *parser, at Pos) Statement {
	s := &Param{At: at}
	s.Name, s.NameAt = p.name("the name of a parameter")
	p.declare(s.Name)
	p.expect("=", "write param "+s.Name+" = GUESS")
	s.Guess = p.constant("the guess, a number")
	var scaled, copied bool
	for !p.atEnd() {
		t := p.peek()
		switch {
		case t.isName("in") && s.Bounds == nil:
			p.take()
			s.Bounds = p.bounds(t.pos())
		case !scaled && p.gotScale(&s.Scale):
			scaled = true
		case !copied && p.gotWord("each"):
			copied, s.Each = true, true
		case !copied && p.gotWord("shared"):
			copied = true
		case t.kind == kindName:
			p.fail(t.pos(), "unexpected "+t.describe()+" after the guess; expected in [LO, HI], a scale (log, log10, logit, linear), shared or each, once each",
				didYouMean(t.text, []string{"in", "log", "log10", "logit", "linear", "shared", "each"}))
		default:
			return s // expectEnd tells what is wrong
		}
	}
	return s
}

func (p *parser) gotScale(s *Scale) bool {
	for i, word := range scaleWords {
		if p.gotWord(word) {
			*s = Scale(i)
			return true
		}
	}
	return false
}

func (p *parser) bounds(at Pos) *Bounds {
	b := &Bounds{At: at}
	p.expect("[", "write in [LO, HI]")
	b.Lo = p.constant("the lower bound, a number or -inf")
	p.expect(",", "write in [LO, HI]")
	b.Hi = p.constant("the upper bound, a number or inf")
	p.expect("]", "write in [LO, HI]")
	return b
}

// Pos returns where the statement begins.
func (s *Param) Pos() Pos { return s.At }

func (s *Param) format(w *writer) {
	w.word("param", s.Name, "=")
	w.expr(s.Guess.Expr)
	if b := s.Bounds; b != nil {
		w.word("in", "["+b.Lo.Expr.String()+", "+b.Hi.Expr.String()+"]")
	}
	if s.Scale != Linear {
		w.word(s.Scale.String())
	}
	if s.Each {
		w.word("each")
	}
	w.end()
}

func (s *Param) declare(c *checker) {
	if c.define(s.Name, s.NameAt, kindParam, len(c.model.Params)) {
		c.model.Params = append(c.model.Params, s)
	}
}

func (s *Param) check(c *checker) {
	s.Lower, s.Upper = math.Inf(-1), math.Inf(1)
	switch s.Scale {
	case Log, Log10:
		s.Lower = 0
	case Logit:
		s.Lower, s.Upper = 0, 1
	}
	ok := c.finite(&s.Guess, "the guess of "+quote(s.Name))
	if b := s.Bounds; b != nil {
		lo := c.constant(&b.Lo, "the lower bound of "+quote(s.Name), true)
		hi := c.constant(&b.Hi, "the upper bound of "+quote(s.Name), true)
		if !lo || !hi || !s.checkBounds(c) {
			return
		}
		s.Lower, s.Upper = b.Lo.Value, b.Hi.Value
	}
	if ok {
		s.checkGuess(c)
	}
}

// checkBounds says whether the bounds make sense by themselves and for the scale.
func (s *Param) checkBounds(c *checker) bool {
	lo, hi := s.Bounds.Lo, s.Bounds.Hi
	switch {
	case lo.Value == hi.Value:
		c.add(lo.Expr.Pos(), fmt.Sprintf("both bounds of %s are %s; expected LO < HI", quote(s.Name), number(lo.Value)),
			"a fixed number is written const "+s.Name+" = "+number(lo.Value))
	case lo.Value > hi.Value:
		c.add(lo.Expr.Pos(), fmt.Sprintf("the bounds of %s are reversed: %s is larger than %s; expected LO < HI", quote(s.Name), number(lo.Value), number(hi.Value)),
			fmt.Sprintf("write in [%s, %s]", number(hi.Value), number(lo.Value)))
	case (s.Scale == Log || s.Scale == Log10) && lo.Value <= 0:
		c.add(lo.Expr.Pos(), fmt.Sprintf("the lower bound of %s is %s, and its scale is %s; expected a bound above 0", quote(s.Name), number(lo.Value), s.Scale),
			"raise the bound, or remove "+s.Scale.String())
	case s.Scale == Logit && (math.IsInf(lo.Value, 0) || math.IsInf(hi.Value, 0)):
		c.add(lo.Expr.Pos(), fmt.Sprintf("a bound of %s is infinite, and its scale is logit; expected two finite bounds", quote(s.Name)),
			"give both bounds, or remove logit")
	default:
		return true
	}
	return false
}

// checkGuess reports a guess outside the bounds, or at an end that the scale
// sends to infinity.
func (s *Param) checkGuess(c *checker) {
	g := s.Guess.Value
	at := s.Guess.Expr.Pos()
	open := s.Scale == Logit || s.Scale != Linear && s.Lower == 0
	switch {
	case g < s.Lower || g > s.Upper:
	case open && g == s.Lower, s.Scale == Logit && g == s.Upper:
	default:
		return
	}
	if s.Bounds == nil || s.Lower <= g && g <= s.Upper {
		c.add(at, fmt.Sprintf("the guess %s of %s has no value on the %s scale; expected a number between %s and %s, both excluded",
			number(g), quote(s.Name), s.Scale, number(s.Lower), number(s.Upper)), "change the guess, or remove "+s.Scale.String())
		return
	}
	c.add(at, fmt.Sprintf("the guess %s of %s lies outside its bounds [%s, %s]; expected a guess between them",
		number(g), quote(s.Name), number(s.Lower), number(s.Upper)), "change the guess or the bounds")
}
