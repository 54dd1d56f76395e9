package model

import "fmt"

// State is a state of the model: what its equation and its init say together.
type State struct {
	Name     string
	Equation *Equation
	Init     *Init // nil where no initial value is written, which means 0

	// Algebraic is not nil where Equation says 0 = EXPR; Init is then a first guess.
	Algebraic *Algebraic
}

// Equation is the statement "NAME' = EXPR", also written dNAME/dt = EXPR or
// d/dt(NAME) = EXPR. It declares the state NAME.
type Equation struct {
	At     Pos
	Name   string
	NameAt Pos
	Expr   Expr
}

// stateForm returns the function that reads the equation or initial value which
// begins at token i in one of the forms
//
//	NAME' =    dNAME/dt =    d/dt(NAME) =    NAME(0) =
//
// or nil. These forms go before statement words: a state may be called dose.
func (p *parser) stateForm(i int) func(*parser) Statement {
	t := p.at(i)
	if t.kind != kindName {
		return nil
	}
	is := func(k int, op string) bool { return p.at(i+k).is(op) && !p.at(i+k).bol }
	switch {
	case is(1, "'") && is(2, "="):
		return parsePrime
	case is(1, "(") && p.at(i+2).kind == kindNumber && p.at(i+2).value == 0 && is(3, ")") && is(4, "="):
		return parseAtZero
	case is(1, "/") && p.at(i+2).isName("dt") && is(3, "=") && len(t.text) > 1 && t.text[0] == 'd' && isWord(t.text[1:]):
		return parseQuotient
	case t.text == "d" && is(1, "/") && p.at(i+2).isName("dt") && is(3, "(") && p.at(i+4).kind == kindName && is(5, ")") && is(6, "="):
		return parseOperator
	}
	return nil
}

// parsePrime reads NAME' = EXPR.
func parsePrime(p *parser) Statement {
	t := p.take()
	p.take()
	return p.equation(t.pos(), t.text, t.pos())
}

// parseQuotient reads dNAME/dt = EXPR.
func parseQuotient(p *parser) Statement {
	t := p.take()
	p.take()
	p.take()
	return p.equation(t.pos(), t.text[1:], Pos{int(t.line), int(t.col) + 1})
}

// parseOperator reads d/dt(NAME) = EXPR.
func parseOperator(p *parser) Statement {
	t := p.take()
	p.take()
	p.take()
	p.take()
	name := p.take()
	p.take()
	return p.equation(t.pos(), name.text, name.pos())
}

func (p *parser) equation(at Pos, name string, nameAt Pos) Statement {
	p.declare(name)
	p.take() // =
	return &Equation{At: at, Name: name, NameAt: nameAt, Expr: p.expression("an expression")}
}

// Pos returns where the statement begins.
func (s *Equation) Pos() Pos { return s.At }

func (s *Equation) format(w *writer) {
	w.word(s.Name+"'", "=")
	w.expr(s.Expr)
	w.end()
}

func (s *Equation) declare(c *checker) {
	if c.define(s.Name, s.NameAt, kindState, len(c.model.States)) {
		c.model.States = append(c.model.States, &State{Name: s.Name, Equation: s})
	}
}

func (s *Equation) check(c *checker) {
	c.expr(s.Expr, scope{what: "the equation of " + quote(s.Name), lets: true, varying: true})
}

// Init is the statement "init STATE = EXPR [at TIME]", also written
// STATE(0) = EXPR [at TIME].
type Init struct {
	At     Pos
	Name   string
	NameAt Pos
	Expr   Expr
	Start  *Constant // the start time of the model; nil where left out
}

func parseInit(p *parser, at Pos) Statement {
	name, nameAt := p.name("the name of a state")
	p.declare(name)
	if b := p.peek(); p.got("(") { // init S(0) = 5
		if p.peek().kind != kindNumber || p.peek().value != 0 || !p.at(p.next+1).is(")") {
			p.fail(b.pos(), "unexpected \"(\"; expected \"=\"", "write init "+name+" = EXPRESSION, and the start time behind it as in at 1900")
		}
		p.take()
		p.take()
	}
	p.expect("=", "write init "+name+" = EXPRESSION")
	return p.initial(at, name, nameAt)
}

// parseAtZero reads STATE(0) = EXPR.
func parseAtZero(p *parser) Statement {
	t := p.take()
	p.declare(t.text)
	p.take()
	p.take()
	p.take()
	p.take()
	return p.initial(t.pos(), t.text, t.pos())
}

func (p *parser) initial(at Pos, name string, nameAt Pos) Statement {
	s := &Init{At: at, Name: name, NameAt: nameAt, Expr: p.expression("an expression")}
	if p.gotWord("at") {
		k := p.constant("the start time, a number")
		s.Start = &k
	}
	return s
}

// Pos returns where the statement begins.
func (s *Init) Pos() Pos { return s.At }

func (s *Init) format(w *writer) {
	w.word("init", s.Name, "=")
	w.expr(s.Expr)
	if s.Start != nil {
		w.word("at")
		w.expr(s.Start.Expr)
	}
	w.end()
}

func (s *Init) declare(*checker) {}

func (s *Init) check(c *checker) {
	c.expr(s.Expr, scope{what: "the initial value of " + quote(s.Name), lets: true})
	if s.Start != nil && c.finite(s.Start, "the start time") {
		c.start(s.Start)
	}
	state := c.state(s.Name, s.NameAt)
	switch {
	case state == nil:
	case state.Init != nil:
		c.add(s.NameAt, fmt.Sprintf("%s has a second initial value; the first one stands in line %d", quote(s.Name), state.Init.At.Line), "remove one of them")
	default:
		state.Init = s
	}
}

// start takes the start time of the model, of which there is only one.
func (c *checker) start(k *Constant) {
	at := k.Expr.Pos()
	switch first := c.model.Start; {
	case first == nil:
		c.model.Start = k
	case first.Value != k.Value:
		c.add(at, fmt.Sprintf("the start time %s differs from the %s of line %d; expected one start time for all states",
			number(k.Value), number(first.Value), first.Expr.Pos().Line), "make them equal, or write it once")
	}
}

// state returns the state of this name, or reports why there is none and returns
// nil.
func (c *checker) state(name string, at Pos) *State {
	s := c.model.names[name]
	switch {
	case s != nil && s.kind == kindState:
		return c.model.States[s.index]
	case c.isBroken(name):
	case s != nil:
		c.add(at, fmt.Sprintf("%s is a %s, not a state; expected a name that has an equation", quote(name), s.kind), "write "+name+"' = ... if it changes in time")
	default:
		var names []string
		for _, s := range c.model.States {
			names = append(names, s.Name)
		}
		c.add(at, fmt.Sprintf("%s is no state: it has no equation", quote(name)),
			"write "+name+"' = ..."+inBrackets(didYouMean(name, names)))
	}
	return nil
}
