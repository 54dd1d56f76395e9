package model

import (
	"fmt"

	"github.com/odefit/odefit/integrate"
)

// Event is one of the statements
//
//	event at T [, T...]: ASSIGN[, ASSIGN...]
//	event every DT [from T0] [to T1]: ASSIGN[, ASSIGN...]
//	event when COND: ASSIGN[, ASSIGN...]
//
// in which stop may stand in the place of an assignment.
type Event struct {
	At Pos

	Times []Expr // of event at

	Every    Expr // of event every; nil for the others
	From, To Expr // nil where left out: from the start on, without end

	When      Expr // of event when; nil for the others
	Direction integrate.Direction

	Changes []Change
	Stop    bool
}

// Change is X = EXPR, X += EXPR, X -= EXPR or X *= EXPR in an event.
type Change struct {
	At    Pos
	State string
	Op    Operator // Equal for =, else Plus, Minus or Times
	Expr  Expr
}

func parseEvent(p *parser, at Pos) Statement {
	s := &Event{At: at}
	const forms = "event at TIME: ..., event every DT: ... or event when CONDITION: ..."
	switch {
	case p.gotWord("at"):
		for {
			s.Times = append(s.Times, p.expression("the time of the event"))
			if !p.got(",") {
				break
			}
		}
	case p.gotWord("every"):
		s.Every = p.expression("the time between two events")
		if p.gotWord("from") {
			s.From = p.expression("the time of the first event")
		}
		if p.gotWord("to") {
			s.To = p.expression("the end of the events")
		}
	case p.gotWord("when"):
		s.When = p.expression("a condition")
		switch {
		case p.gotWord("rising"):
			s.Direction = integrate.Rising
		case p.gotWord("falling"):
			s.Direction = integrate.Falling
		}
	default:
		p.unexpected("at, every or when", "write "+forms)
	}
	if !p.got(":") {
		p.unexpected(`an operator or ":"`, "what happens stands behind a colon, as in event at 5: x = 0")
	}
	for {
		if p.gotWord("stop") {
			s.Stop = true
		} else {
			s.Changes = append(s.Changes, p.change())
		}
		if !p.got(",") {
			return s
		}
	}
}

func (p *parser) change() Change {
	const target = "the name of a state, or stop"
	t := p.peek()
	if t.bol && p.beginsStatement(p.next) { // the line before ends in a comma
		p.unexpected(target, "")
	}
	c := Change{At: t.pos()}
	c.State, _ = p.name(target)
	switch {
	case p.got("="):
		c.Op = Equal
	case p.got("+="):
		c.Op = Plus
	case p.got("-="):
		c.Op = Minus
	case p.got("*="):
		c.Op = Times
	default:
		p.unexpected(`"=", "+=", "-=" or "*="`, "write "+c.State+" = EXPRESSION")
	}
	c.Expr = p.expression("an expression")
	return c
}

// Pos returns where the statement begins.
func (s *Event) Pos() Pos { return s.At }

func (s *Event) format(w *writer) {
	w.word("event")
	switch {
	case s.Every != nil:
		w.word("every")
		w.expr(s.Every)
		if s.From != nil {
			w.word("from")
			w.expr(s.From)
		}
		if s.To != nil {
			w.word("to")
			w.expr(s.To)
		}
	case s.When != nil:
		w.word("when")
		w.expr(s.When)
		switch s.Direction {
		case integrate.Rising:
			w.word("rising")
		case integrate.Falling:
			w.word("falling")
		}
	default:
		w.word("at")
		for i, t := range s.Times {
			if i > 0 {
				w.glue(",")
			}
			w.expr(t)
		}
	}
	w.glue(":")
	for i, c := range s.Changes {
		if i > 0 {
			w.glue(",")
		}
		sign := "="
		if c.Op != Equal {
			sign = c.Op.String() + "="
		}
		w.word(c.State, sign)
		w.expr(c.Expr)
	}
	if s.Stop {
		if len(s.Changes) > 0 {
			w.glue(",")
		}
		w.word("stop")
	}
	w.end()
}

func (s *Event) declare(c *checker) { c.model.Events = append(c.model.Events, s) }

func (s *Event) check(c *checker) {
	timed := scope{what: "the time of an event", lets: true}
	for _, t := range append([]Expr{s.Every, s.From, s.To}, s.Times...) {
		if t != nil {
			c.expr(t, timed)
		}
	}
	if s.Every != nil {
		c.positive(s.Every, "the time between two events")
	}
	varying := scope{what: "an event", lets: true, varying: true}
	if s.When != nil {
		c.expr(s.When, varying)
		c.condition(s.When, s.Direction, "an event")
	}
	set := map[string]Pos{}
	for _, a := range s.Changes {
		c.expr(a.Expr, varying)
		if symbol := c.model.names[a.State]; symbol != nil && symbol.kind != kindState {
			c.add(a.At, fmt.Sprintf("%s is a %s; an event changes states only", quote(a.State), symbol.kind),
				"make it a state that changes by events alone: init "+a.State+" = ... and "+a.State+"' = 0")
			continue
		}
		state := c.state(a.State, a.At)
		if state != nil && state.Algebraic != nil {
			c.add(a.At, fmt.Sprintf("%s follows from an algebraic equation; an event changes states with a derivative only", quote(a.State)), "")
		}
		if first, ok := set[a.State]; ok {
			c.add(a.At, fmt.Sprintf("%s is set a second time; the first one stands in line %d", quote(a.State), first.Line), "all assignments of an event are made at once: write one")
		}
		set[a.State] = a.At
	}
}

// condition reports what cannot be the condition of an event or of require: one that
// is not made of comparisons, or of == without a direction inside and, or, not.
func (c *checker) condition(e Expr, d integrate.Direction, what string) {
	if b, ok := e.(*Binary); ok && b.Op == Equal {
		return // a crossing in the direction, or in both
	}
	if d != 0 {
		c.add(e.Pos(), "rising and falling stand behind a comparison with == only", "a condition with < or > happens when it becomes true")
		return
	}
	c.comparison(e, what)
}

func (c *checker) comparison(e Expr, what string) {
	switch e := e.(type) {
	case *Unary:
		if e.Op == Not {
			c.comparison(e.X, what)
			return
		}
	case *Binary:
		switch e.Op {
		case And, Or:
			c.comparison(e.X, what)
			c.comparison(e.Y, what)
			return
		case Less, LessEqual, Greater, GreaterEqual:
			return
		case Equal, NotEqual:
			c.add(e.OpAt, fmt.Sprintf("the condition of %s compares with %s; expected < or >", what, e.Op), "write event when A == B rising, or falling, by itself")
			return
		}
	}
	c.add(e.Pos(), "the condition of "+what+" is no comparison; expected one such as x < 1", "")
}
