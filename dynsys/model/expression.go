package model

import (
	"strconv"
	"strings"
)

// expression reads an expression of the statement at hand. what says what it is
// for.
func (p *parser) expression(what string) Expr {
	e, _ := p.binary(bindOr, what)
	return e
}

// binary reads operands joined by operators that bind at least as tightly as bind
// (V. R. Pratt, Top down operator precedence, POPL 1973). It also returns the
// height of the tree, which is bounded so that no later walk over it needs an
// unbounded stack.
func (p *parser) binary(bind int, what string) (Expr, int) {
	if p.nesting++; p.nesting > maxNesting {
		p.fail(p.peek().pos(), "this expression is nested too deeply", "give inner parts of it names with let")
	}
	x, height := p.operand(bind, what)
	compared := false
	for !p.atEnd() {
		t := p.peek()
		if t.kind != kindOp {
			break
		}
		op, b := binaryOperator(t.text)
		if op == 0 || b < bind {
			break
		}
		if b == bindCompare && compared { // 0 < x < 1 does not mean what it seems to say
			p.fail(t.pos(), "comparisons cannot be chained; expected one comparison",
				"write them one by one, joined by and, as in 0 < x and x < 1")
		}
		compared = b == bindCompare
		p.take()
		right := b + 1
		if op == Power {
			right = bindMinus // right associative, and 2^-x needs no brackets
		}
		y, h := p.binary(right, "an operand behind "+quote(t.text))
		x = &Binary{At: x.Pos(), OpAt: t.pos(), Op: op, X: x, Y: y}
		height = p.checkHeight(max(height, h)+1, t)
	}
	p.nesting--
	return x, height
}

func (p *parser) checkHeight(h int, t *token) int {
	if h > maxHeight {
		p.fail(t.pos(), "this expression is too long; at most "+strconv.Itoa(maxHeight)+" operators may follow each other",
			"give parts of it names with let")
	}
	return h
}

// operand reads a number, a name, a function, an expression in brackets, or one of
// these behind - or not. bind is how tightly the operator on its left binds.
func (p *parser) operand(bind int, what string) (Expr, int) {
	t := p.peek()
	if p.atEnd() || t.bol && p.beginsStatement(p.next) {
		p.unexpected(what, "")
	}
	switch {
	case t.kind == kindNumber:
		p.take()
		return &Number{At: t.pos(), Value: t.value}, 1
	case t.kind == kindDotted:
		return p.dotted(t), 1
	case t.kind == kindName:
		return p.nameOrCall(t)
	case t.is("("):
		return p.group()
	case t.is("-"):
		p.take()
		x, h := p.binary(bindMinus, `an operand behind "-"`)
		return &Unary{At: t.pos(), Op: Minus, X: x}, p.checkHeight(h+1, t)
	case t.is("+"): // means nothing, and is not kept
		p.take()
		return p.binary(bindMinus, `an operand behind "+"`)
	case t.is("not"):
		if bind > bindNot {
			p.fail(t.pos(), `"not" binds more loosely than the operator before it; expected an operand`, "write (not ...) in brackets")
		}
		p.take()
		x, h := p.binary(bindNot, `an operand behind "not"`)
		return &Unary{At: t.pos(), Op: Not, X: x}, p.checkHeight(h+1, t)
	}
	p.unexpected(what, "")
	return nil, 0
}

// group reads an expression in brackets.
func (p *parser) group() (Expr, int) {
	p.take()
	x, h := p.binary(bindOr, "an expression")
	if !p.peek().is(")") {
		p.unexpected(`an operator or ")"`, "")
	}
	p.take()
	return x, h
}

// dotted reads row.NAME. Other names with a dot are outputs of networks, which
// begin with the name of a net.
func (p *parser) dotted(t *token) Expr {
	p.take()
	if column, ok := strings.CutPrefix(t.text, "row."); ok {
		return &RowColumn{At: t.pos(), Column: column}
	}
	return &Name{At: t.pos(), Name: t.text}
}

// nameOrCall reads a name, or a function where a bracket follows it.
func (p *parser) nameOrCall(t *token) (Expr, int) {
	p.take()
	if b := p.peek(); p.atEnd() || !b.is("(") {
		switch {
		case t.text == "if":
			p.fail(t.pos(), `"if" is a function; expected if(CONDITION, A, B)`, "write if(CONDITION, A, B)")
		case t.text == "row":
			p.fail(t.pos(), `"row" stands for no value by itself; expected row.COLUMN`, "write row. and the name of a data column, with no space")
		case !p.atEnd() && b.is("'"):
			p.fail(b.pos(), "a derivative cannot be used in an expression; expected an operator or the end of the line",
				"give its right-hand side a name with let")
		}
		return &Name{At: t.pos(), Name: t.text}, 1
	}
	p.take()
	call := &Call{At: t.pos(), Func: t.text}
	height := 0
	if !p.peek().is(")") {
		for {
			x, h := p.binary(bindOr, "an argument of "+quote(t.text))
			call.Args = append(call.Args, x)
			height = max(height, h)
			if !p.got(",") {
				break
			}
		}
	}
	if p.peek().is("=") {
		p.fail(p.peek().pos(), `unexpected "="; expected an operator, "," or ")"`, "to compare two values write ==")
	}
	if !p.peek().is(")") {
		p.unexpected(`an operator, "," or ")"`, "")
	}
	p.take()
	return call, p.checkHeight(height+1, t)
}
