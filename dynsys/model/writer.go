package model

import (
	"strconv"
	"strings"
)

// String writes the model in its canonical form: a statement a line, with single
// spaces and no more brackets than needed. Reading it again gives the same
// declarations. Comments are not kept.
func (m *Model) String() string {
	w := &writer{}
	for _, s := range m.Statements {
		s.format(w)
	}
	return w.String()
}

// writer writes statements in their canonical form.
type writer struct {
	strings.Builder
	inLine bool
}

// word writes words, each behind a space unless it begins the line.
func (w *writer) word(words ...string) {
	for _, text := range words {
		if w.inLine {
			w.WriteByte(' ')
		}
		w.WriteString(text)
		w.inLine = true
	}
}

// glue writes text right behind what stands there.
func (w *writer) glue(text string) { w.WriteString(text) }

// end ends the line.
func (w *writer) end() {
	w.WriteByte('\n')
	w.inLine = false
}

// line writes words as a line of their own.
func (w *writer) line(words ...string) {
	w.word(words...)
	w.end()
}

// expr writes an expression behind a space.
func (w *writer) expr(e Expr) {
	w.WriteByte(' ')
	writeExpr(&w.Builder, e, bindOr)
}

// call writes NAME(ARG, ...) behind a space.
func (w *writer) call(name string, args []Expr) {
	w.word(name)
	writeArgs(&w.Builder, args)
}

func writeArgs(b *strings.Builder, args []Expr) {
	b.WriteByte('(')
	for i, a := range args {
		if i > 0 {
			b.WriteString(", ")
		}
		writeExpr(b, a, bindOr)
	}
	b.WriteByte(')')
}

// writeExpr writes e so that it may stand where operators that bind as tightly as
// bind are read.
func writeExpr(b *strings.Builder, e Expr, bind int) {
	own := bindOperand
	switch e := e.(type) {
	case *Unary:
		own = bindMinus
		if e.Op == Not {
			own = bindNot
		}
	case *Binary:
		own = e.Op.bind()
	}
	if own < bind {
		b.WriteByte('(')
		defer b.WriteByte(')')
	}
	switch e := e.(type) {
	case *Number:
		b.WriteString(number(e.Value))
	case *Name:
		b.WriteString(e.Name)
	case *RowColumn:
		b.WriteString("row." + e.Column)
	case *Call:
		b.WriteString(e.Func)
		writeArgs(b, e.Args)
	case *Unary:
		if e.Op == Not {
			b.WriteString("not ")
			writeExpr(b, e.X, bindNot)
			return
		}
		b.WriteByte('-')
		writeExpr(b, e.X, bindMinus)
	case *Binary:
		left, right, space := own, own+1, " "
		switch {
		case e.Op == Power: // right associative; 2^-x needs no brackets
			left, right, space = bindOperand, bindMinus, ""
		case own == bindCompare:
			left = own + 1
		case own == bindProduct:
			space = ""
		}
		writeExpr(b, e.X, left)
		b.WriteString(space + e.Op.String() + space)
		writeExpr(b, e.Y, right)
	}
}

func text(e Expr) string {
	var b strings.Builder
	writeExpr(&b, e, bindOr)
	return b.String()
}

// String writes the expression in its canonical form, with no more brackets than
// needed.
func (e *Number) String() string    { return text(e) }
func (e *Name) String() string      { return text(e) }
func (e *RowColumn) String() string { return text(e) }
func (e *Unary) String() string     { return text(e) }
func (e *Binary) String() string    { return text(e) }
func (e *Call) String() string      { return text(e) }

// number writes a number with as few digits as give the same number again.
func number(v float64) string {
	s := strconv.FormatFloat(v, 'g', -1, 64)
	mantissa, exponent, ok := strings.Cut(s, "e")
	if !ok {
		return strings.ToLower(strings.TrimPrefix(s, "+")) // inf rather than +Inf
	}
	sign := ""
	if exponent[0] == '-' {
		sign = "-"
	}
	return mantissa + "e" + sign + strings.TrimLeft(exponent[1:], "0")
}

// label writes the name of a data column or an experiment: as it stands where it
// reads as one word, else in quotation marks.
func label(name string) string {
	plain := isWord(name)
	if first, rest, ok := strings.Cut(name, "."); ok && isWord(first) {
		plain = true
		for part := range strings.SplitSeq(rest, ".") {
			plain = plain && part != "" && wordLength(part) == len(part)
		}
	}
	if plain {
		return name
	}
	return `"` + name + `"`
}
