package expr

import (
	"fmt"
	"strconv"
	"strings"
)

// maxText and maxDepth bound what [Builder.Text] writes; "..." stands for the rest.
const (
	maxText  = 400
	maxDepth = 40
)

// Text returns n as a formula for messages. name gives the names of the input
// slots; where it is nil they are called in[0], in[1] ... Long formulas are cut.
func (b *Builder) Text(n Node, name func(slot int) string) string {
	if name == nil {
		name = func(slot int) string { return fmt.Sprintf("in[%d]", slot) }
	}
	w := formula{b: b, name: name}
	w.write(n, bindsNothing, 0)
	return w.String()
}

// How tightly operators bind, in ascending order.
const (
	bindsNothing = iota
	bindsOr
	bindsAnd
	bindsNot
	bindsCompare
	bindsSum
	bindsProduct
	bindsSign
	bindsPower
	bindsAll
)

// formula is a text under way.
type formula struct {
	strings.Builder
	b    *Builder
	name func(slot int) string
}

// write writes n, in parentheses where its operator binds less tightly than least.
func (w *formula) write(n Node, least, depth int) {
	if depth > maxDepth || w.Len() > maxText {
		if !strings.HasSuffix(w.String(), "...") {
			w.WriteString("...")
		}
		return
	}
	t := w.b.at(n)
	binds := t.binds(w.b)
	if binds < least {
		w.WriteString("(")
		defer w.WriteString(")")
	}
	depth++
	switch t.op {
	case opConst:
		v, _ := w.b.Value(n)
		w.WriteString(strconv.FormatFloat(v, 'g', -1, 64))
	case opInput:
		w.WriteString(w.name(int(t.k)))
	case opNeg:
		w.WriteString("-")
		w.write(t.a, bindsSign, depth)
	case opNot:
		w.WriteString("not ")
		w.write(t.a, bindsNot, depth)
	case opPowInt:
		w.write(t.a, bindsAll, depth)
		fmt.Fprintf(w, "^%d", t.k)
	case opPow:
		w.write(t.a, bindsAll, depth)
		w.WriteString("^")
		w.write(t.b, bindsPower, depth)
	case opMul, opDiv:
		w.write(t.a, binds, depth)
		w.WriteString(ops[t.op].name)
		w.write(t.b, binds+1, depth)
	case opAdd, opSub, opLt, opLe, opEq, opNe, opAnd, opOr:
		w.write(t.a, binds, depth)
		w.WriteString(" " + ops[t.op].name + " ")
		w.write(t.b, binds+1, depth)
	default:
		w.call(t, depth)
	}
}

// call writes a function and its arguments.
func (w *formula) call(t term, depth int) {
	name := ops[t.op].name
	if t.op == opPolygamma && t.k < 2 {
		name = [...]string{"digamma", "trigamma"}[t.k]
	}
	w.WriteString(name + "(")
	if t.op == opPolygamma && t.k >= 2 || t.op == opPowLog {
		fmt.Fprintf(w, "%d, ", t.k)
	}
	x, arity := t.operands()
	for i, m := range x[:arity] {
		if i > 0 {
			w.WriteString(", ")
		}
		w.write(m, bindsNothing, depth)
	}
	w.WriteString(")")
}

// binds returns how tightly the operator of t binds.
func (t *term) binds(b *Builder) int {
	switch t.op {
	case opOr:
		return bindsOr
	case opAnd:
		return bindsAnd
	case opNot:
		return bindsNot
	case opLt, opLe, opEq, opNe:
		return bindsCompare
	case opAdd, opSub:
		return bindsSum
	case opMul, opDiv:
		return bindsProduct
	case opNeg:
		return bindsSign
	case opPow, opPowInt:
		return bindsPower
	case opConst:
		if v, _ := b.Value(b.intern(*t)); v < 0 {
			return bindsSign
		}
	}
	return bindsAll
}
