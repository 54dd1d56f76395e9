package model

import (
	"fmt"
	"strings"
)

// Experiment is the statement "experiment NAME: ASSIGN, ...": what one experiment
// sets.
type Experiment struct {
	At      Pos
	Name    string
	NameAt  Pos
	Assigns []Assign

	// Rest names the experiment whose steady state is the initial state of this one, as
	// in preequilibration = NAME; "" where none is given.
	Rest   string
	RestAt Pos
}

// Assign is NAME = EXPR or STATE(0) = EXPR, also written init.STATE = EXPR.
type Assign struct {
	At      Pos
	Name    string
	Initial bool // STATE(0): an initial value and nothing else
	Expr    Expr
}

func parseExperiment(p *parser, at Pos) Statement {
	s := &Experiment{At: at}
	s.Name, s.NameAt = p.label("the name of an experiment", true)
	p.expect(":", "write experiment "+label(s.Name)+": NAME = EXPRESSION, ...")
	for {
		if p.peek().isName(restWord) && p.at(p.next+1).is("=") {
			p.rest(s)
		} else {
			s.Assigns = append(s.Assigns, p.assign())
		}
		if !p.got(",") {
			return s
		}
	}
}

const restWord = "preequilibration"

// rest reads preequilibration = NAME.
func (p *parser) rest(s *Experiment) {
	at := p.take().pos()
	p.take()
	if s.Rest != "" {
		p.fail(at, "a second "+restWord+"; expected one", "an experiment has one start")
	}
	s.Rest, s.RestAt = p.label("the name of an experiment", true)
}

func (p *parser) assign() Assign {
	const target = "the name of a constant, a parameter or a state"
	t := p.peek()
	a := Assign{At: t.pos()}
	if t.bol && p.beginsStatement(p.next) && !p.at(p.next+1).is("(") { // the line before ends in a comma
		p.unexpected(target, "")
	}
	if state, ok := strings.CutPrefix(t.text, "init."); ok && t.kind == kindDotted && !p.atEnd() {
		p.take()
		a.Name, a.Initial = state, true
	} else {
		a.Name, _ = p.name(target)
	}
	if b := p.peek(); !a.Initial && p.got("(") {
		if p.peek().kind != kindNumber || p.peek().value != 0 || !p.at(p.next+1).is(")") {
			p.fail(b.pos(), "unexpected \"(\"; expected \"=\", or (0) for an initial value", "write "+a.Name+"(0) = EXPRESSION")
		}
		p.take()
		p.take()
		a.Initial = true
	}
	if !p.got("=") {
		p.unexpected("\"=\"", "an experiment sets values: write "+a.Name+" = EXPRESSION")
	}
	a.Expr = p.expression("an expression")
	return a
}

// Pos returns where the statement begins.
func (s *Experiment) Pos() Pos { return s.At }

func (s *Experiment) format(w *writer) {
	w.word("experiment", label(s.Name))
	w.glue(":")
	for i, a := range s.Assigns {
		if i > 0 {
			w.glue(",")
		}
		name := a.Name
		if a.Initial {
			name += "(0)"
		}
		w.word(name, "=")
		w.expr(a.Expr)
	}
	if s.Rest != "" {
		if len(s.Assigns) > 0 {
			w.glue(",")
		}
		w.word(restWord, "=", label(s.Rest))
	}
	w.end()
}

func (s *Experiment) declare(c *checker) {
	if first, ok := c.experimentAt[s.Name]; ok {
		c.add(s.NameAt, fmt.Sprintf("the experiment %s is described a second time; the first one stands in line %d", quote(s.Name), first.Line),
			"put all assignments of an experiment into one statement")
		return
	}
	c.experimentAt[s.Name] = s.NameAt
	c.model.Experiments = append(c.model.Experiments, s)
}

func (s *Experiment) check(c *checker) {
	set := map[Target]Pos{}
	for _, a := range s.Assigns {
		c.expr(a.Expr, scope{what: "the value of " + quote(a.Name) + " in an experiment"})
		target, problem, hint := c.model.target(a.Name, a.Initial)
		if problem != "" {
			if !c.isBroken(a.Name) {
				c.add(a.At, problem, hint)
			}
			continue
		}
		if first, ok := set[target]; ok {
			c.add(a.At, fmt.Sprintf("%s is set a second time; the first one stands in line %d", quote(a.Name), first.Line), "remove one of them")
		}
		set[target] = a.At
	}
}
