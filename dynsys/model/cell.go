package model

import (
	"fmt"
	"strings"
)

// ParseCell reads an expression that stands outside a model: in a cell of a
// conditions table or of a row column. It may be a number, a name, or an expression
// of parameters and constants; [Model.CheckCell] finds out whether the names are
// right. The positions in the error, an [ErrorList], count from the beginning of
// the cell.
func ParseCell(text string) (Expr, error) {
	r := &reporter{src: newSource("", []byte(text))}
	if len(text) > maxCell {
		r.add(Pos{1, 1}, "this cell is too long; expected a number, a name or a short expression", "")
		return nil, r.err()
	}
	if pos, msg, hint, ok := r.src.defect(); !ok {
		r.add(pos, msg, hint)
		return nil, r.err()
	}
	p := newParser(r)
	if p.peek().kind == kindEnd {
		r.add(Pos{1, 1}, "this cell is empty; expected a number, a name or an expression", "")
		return nil, r.err()
	}
	var e Expr
	p.guard(func() {
		e = p.expression("a number, a name or an expression")
		p.expectEnd()
		if t := p.peek(); t.kind != kindEnd {
			p.fail(t.pos(), "unexpected "+t.describe()+"; expected one expression", "")
		}
	}, func() {})
	if err := r.err(); err != nil {
		return nil, err
	}
	return e, nil
}

// CheckCell reports names in e that are neither parameters nor constants, and
// whatever else cannot stand in a cell. The error is an [ErrorList]; text is the
// text that e was read from, for its messages.
func (m *Model) CheckCell(e Expr, text string) error {
	r := &reporter{src: newSource("", []byte(text))}
	c := newChecker(r, m, nil)
	c.cell = true
	c.expr(e, scope{what: "a cell"})
	return r.err()
}

// Target is what a condition or an experiment sets.
type Target struct {
	Kind  TargetKind
	Index int // into Quantities, or into States
}

// TargetKind tells what a Target is.
type TargetKind uint8

// The kinds of targets.
const (
	SetsQuantity TargetKind = iota // a parameter or a constant
	SetsInitial                    // the initial value of a state
)

// Target finds what a column of a conditions table sets: a parameter, a constant,
// or the initial value of a state, written init.STATE, STATE(0) or STATE. The
// error, an *[Error] without a place, says what is wrong and what to do.
func (m *Model) Target(name string) (Target, error) {
	state, initial := strings.CutPrefix(name, "init.")
	if s, ok := strings.CutSuffix(name, "(0)"); ok && !initial {
		state, initial = s, true
	}
	t, problem, hint := m.target(strings.TrimSpace(state), initial)
	if problem != "" {
		return t, &Error{Msg: problem, Hint: hint}
	}
	return t, nil
}

// target finds what NAME = EXPR sets, or says what is wrong and what to do.
func (m *Model) target(name string, initial bool) (t Target, problem, hint string) {
	switch s := m.names[name]; {
	case s == nil && initial:
		return t, fmt.Sprintf("unknown state %s; expected a name that has an equation", quote(name)), didYouMean(name, m.stateNames())
	case s == nil:
		names := append(append(m.paramNames(), m.constNames()...), m.stateNames()...)
		return t, fmt.Sprintf("unknown name %s; expected a parameter, a constant or a state of the model", quote(name)), didYouMean(name, names)
	case s.kind == kindState:
		return Target{SetsInitial, s.index}, "", ""
	case initial:
		return t, fmt.Sprintf("%s is a %s, not a state; it has no initial value", quote(name), s.kind), "write " + name + " to set it"
	case s.kind == kindParam:
		return Target{SetsQuantity, s.index}, "", ""
	case s.kind == kindNet:
		return t, fmt.Sprintf("%s is a network; expected a parameter, a constant or a state", quote(name)), ""
	case m.sizes[name]:
		return t, fmt.Sprintf("%s says how often statements are repeated, which is the same in all experiments", quote(name)), ""
	case s.kind == kindConst:
		return Target{SetsQuantity, len(m.Params) + s.index}, "", ""
	case s.kind == kindInput:
		return t, fmt.Sprintf("%s is an input, which the data give; expected a parameter, a constant or a state", quote(name)), ""
	}
	return t, fmt.Sprintf("%s is a let, which follows from other names; expected a parameter, a constant or a state", quote(name)), "set what it depends on"
}

func (m *Model) stateNames() []string {
	names := make([]string, len(m.States))
	for i, s := range m.States {
		names[i] = s.Name
	}
	return names
}

func (m *Model) constNames() []string {
	names := make([]string, len(m.Consts))
	for i, k := range m.Consts {
		names[i] = k.Name
	}
	return names
}
