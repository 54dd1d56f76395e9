package model

import (
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"
)

// Repeated statements and sums, and names with an index, are written out before anything
// is parsed:
//
//	for i in 1..N: STATEMENT      one statement for every value of i
//	sum(i in 1..N: EXPR)          (EXPR with 1) + (EXPR with 2) + ...
//	x[i+1], u[i, 2*j]             the name x[3], the name u[1,4]
//
// In the statement or expression the index stands for its value. Bounds and indices are
// whole numbers made of numbers, indices, constants that are whole numbers, + - * and
// brackets. A for may stand inside another, on the same line.

// maxIndex bounds what a range or an index may reach.
const maxIndex = 1_000_000

// expander writes out the repetitions of a list of tokens.
type expander struct {
	r      *reporter
	in     []token
	out    []token
	origin []int32            // origin[k] is the token of the text that out[k] is made of
	heads  []int              // tokens of the text at which a for begins
	consts map[string]float64 // constants that are whole numbers
	sizes  map[string]bool    // those that a range or an index uses
	index  map[string]int     // values of the indices at hand
	full   bool
}

// newExpander prepares the expansion of tokens, and finds the constants.
func newExpander(r *reporter, tokens []token) *expander {
	x := &expander{r: r, in: tokens, consts: map[string]float64{}, sizes: map[string]bool{}, index: map[string]int{}}
	for i := 0; i+4 < len(tokens); i++ {
		t := &tokens[i]
		if t.bol && t.isName("const") && tokens[i+2].is("=") && tokens[i+3].kind == kindNumber && tokens[i+4].bol {
			if v := tokens[i+3].value; v == math.Trunc(v) && v <= maxIndex {
				x.consts[tokens[i+1].text] = v
			}
		}
	}
	return x
}

// needed says whether there is anything to write out.
func needed(tokens []token) bool {
	for i := range tokens {
		t := &tokens[i]
		if t.is("..") || t.is("[") && i > 0 && indexed(tokens, i-1) {
			return true
		}
	}
	return false
}

// indexed says that an index stands behind the name at token i.
func indexed(tokens []token, i int) bool {
	if i+1 >= len(tokens) {
		return false
	}
	t, b := &tokens[i], &tokens[i+1]
	return (t.kind == kindName || t.kind == kindDotted) && !t.isName("in") && b.is("[") && !b.bol
}

// expand writes out the tokens from i to end.
func (x *expander) expand(i, end int) {
	for i < end {
		t := &x.in[i]
		switch {
		case len(x.out) > maxTokens:
			x.full = true
			return
		case x.isFor(i):
			i = x.repeat(i, end)
		case t.isName("sum") && x.rangeAt(i+2, end) && x.in[i+1].is("("):
			i = x.sum(i, end)
		case indexed(x.in, i):
			i = x.name(i, end)
		default:
			if v, ok := x.index[t.text]; ok && t.kind == kindName && !(i+1 < end && x.in[i+1].is("(")) {
				x.emit(i, kindNumber, strconv.Itoa(v), float64(v))
			} else {
				x.emit(i, t.kind, t.text, t.value)
			}
			i++
		}
	}
}

// emit appends a token that is made of token i.
func (x *expander) emit(i int, k kind, text string, value float64) {
	t := x.in[i]
	t.kind, t.text, t.value = k, text, value
	x.out = append(x.out, t)
	x.origin = append(x.origin, int32(i))
}

// isFor says that a for begins at token i.
func (x *expander) isFor(i int) bool {
	return x.in[i].isName("for") && x.rangeAt(i+1, len(x.in))
}

// rangeAt says that NAME in ... stands at token i.
func (x *expander) rangeAt(i, end int) bool {
	return i+1 < end && x.in[i].kind == kindName && x.in[i+1].isName("in") && !x.in[i+1].bol
}

// repeat writes out the for at token i and returns the token behind it.
func (x *expander) repeat(i, end int) int {
	x.heads = append(x.heads, i)
	stop := x.statementEnd(i, end)
	lo, hi, at, ok := x.bounds(i+3, stop)
	if !ok {
		return stop
	}
	if at >= stop || x.in[at].bol {
		x.fail(at-1, "this for repeats nothing; expected a statement behind the colon, on the same line", "write for "+x.in[i+1].text+" in 1..N: x["+x.in[i+1].text+"]' = ...")
		return stop
	}
	x.with(i+1, lo, hi, func(int) {
		first := len(x.out)
		x.expand(at, stop)
		if first < len(x.out) {
			x.out[first].bol = true
		}
	})
	return stop
}

// with calls do for every value of the index named by token i.
func (x *expander) with(i, lo, hi int, do func(v int)) {
	name := x.in[i].text
	before, inside := x.index[name]
	if inside {
		x.fail(i, "the index "+quote(name)+" is already in use; expected another name", "")
		return
	}
	for v := lo; v <= hi && !x.full; v++ {
		x.index[name] = v
		do(v)
	}
	delete(x.index, name)
	if inside {
		x.index[name] = before
	}
}

// sum writes out the sum at token i and returns the token behind it.
func (x *expander) sum(i, end int) int {
	stop := x.closing(i+1, end)
	lo, hi, at, ok := x.bounds(i+4, stop)
	if !ok {
		return min(stop+1, end)
	}
	if stop >= end {
		x.fail(i+1, "this \"(\" is never closed", "add a \")\"")
		return end
	}
	x.emit(i+1, kindOp, "(", 0)
	if lo > hi {
		x.emit(i, kindNumber, "0", 0)
	}
	x.with(i+2, lo, hi, func(v int) {
		if v > lo {
			x.emit(i, kindOp, "+", 0)
		}
		x.emit(i+1, kindOp, "(", 0)
		x.expand(at, stop)
		x.emit(stop, kindOp, ")", 0)
	})
	x.emit(stop, kindOp, ")", 0)
	return stop + 1
}

// bounds reads LO..HI: from token i on and returns the token behind the colon.
func (x *expander) bounds(i, end int) (lo, hi, at int, ok bool) {
	e := &indexReader{x: x, i: i, end: end}
	lo = e.sum()
	if !e.got("..") {
		e.bad(`".."`)
	}
	hi = e.sum()
	if !e.got(":") {
		e.bad(`":"`)
	}
	if !e.failed && (lo < -maxIndex || hi > maxIndex) {
		e.failed = true
		x.fail(i, fmt.Sprintf("the range from %d to %d is too long; expected at most %d", lo, hi, maxIndex), "")
	}
	return lo, hi, e.i, !e.failed
}

// name writes out a name with an index at token i and returns the token behind it.
func (x *expander) name(i, end int) int {
	stop := x.closing(i+1, end)
	e := &indexReader{x: x, i: i + 2, end: stop}
	text := x.in[i].text + "["
	for {
		text += strconv.Itoa(e.sum())
		if !e.got(",") {
			break
		}
		text += ","
	}
	if e.i != stop && !e.failed {
		e.bad(`an operator or "]"`)
	}
	if !e.failed {
		x.emit(i, x.in[i].kind, text+"]", 0)
		if utf8.RuneCountInString(text) > maxName {
			x.fail(i, "the name "+quote(text)+" is too long", "")
		}
	}
	return min(stop+1, end)
}

// closing returns the token that closes the bracket at token i, or end.
func (x *expander) closing(i, end int) int {
	open := 0
	for ; i < end; i++ {
		switch t := &x.in[i]; {
		case t.is("(") || t.is("["):
			open++
		case t.is(")") || t.is("]"):
			if open--; open == 0 {
				return i
			}
		}
	}
	return end
}

// statementEnd returns the token behind the statement that begins at token i, by the
// rules of the parser.
func (x *expander) statementEnd(i, end int) int {
	open := 0
	for k := i; k < end; k++ {
		t := &x.in[k]
		if k > i && t.bol && open == 0 {
			last := &x.in[k-1]
			if goesOn := last.kind == kindOp && !last.is(")") && !last.is("]") && !last.is("'"); !goesOn || t.kind == kindEnd {
				return k
			}
		}
		switch {
		case t.kind == kindEnd:
			return k
		case t.is("(") || t.is("["):
			open++
		case (t.is(")") || t.is("]")) && open > 0:
			open--
		}
	}
	return end
}

func (x *expander) fail(i int, msg, hint string) {
	x.r.add(x.in[min(i, len(x.in)-1)].pos(), msg, hint)
}

// indexReader reads whole numbers: sums of products of numbers, indices and constants.
type indexReader struct {
	x      *expander
	i, end int
	depth  int
	failed bool
}

func (e *indexReader) got(op string) bool {
	if e.failed || e.i >= e.end || !e.x.in[e.i].is(op) {
		return false
	}
	e.i++
	return true
}

// bad reports what stands there, once.
func (e *indexReader) bad(expected string) {
	if e.failed {
		return
	}
	e.failed = true
	t := &e.x.in[min(e.i, len(e.x.in)-1)]
	e.x.fail(e.i, "unexpected "+t.describe()+" in a range or an index; expected "+expected, "they are whole numbers made of numbers, indices, constants, + - * and brackets, as in 1..N or x[i-1]")
}

func (e *indexReader) sum() int {
	v := e.product()
	for !e.failed {
		switch {
		case e.got("+"):
			v = bounded(v + e.product())
		case e.got("-"):
			v = bounded(v - e.product())
		default:
			return v
		}
	}
	return v
}

func (e *indexReader) product() int {
	v := e.factor()
	for e.got("*") {
		v = bounded(v * e.factor())
	}
	return v
}

// bounded keeps products from overflowing; a range that long is refused.
func bounded(v int) int { return min(max(v, -10*maxIndex), 10*maxIndex) }

func (e *indexReader) factor() int {
	if e.depth++; e.depth > maxNesting || e.i >= e.end || e.failed {
		e.bad("a whole number")
		return 0
	}
	defer func() { e.depth-- }()
	t := &e.x.in[e.i]
	switch {
	case e.got("-"):
		return -e.factor()
	case e.got("("):
		v := e.sum()
		if !e.got(")") {
			e.bad(`")"`)
		}
		return v
	case t.kind == kindNumber && t.value == math.Trunc(t.value) && t.value <= maxIndex:
		e.i++
		return int(t.value)
	case t.kind == kindName:
		if v, ok := e.x.index[t.text]; ok {
			e.i++
			return v
		}
		if v, ok := e.x.consts[t.text]; ok {
			e.x.sizes[t.text] = true
			e.i++
			return int(v)
		}
	}
	e.bad("a whole number, an index or a constant that is one")
	return 0
}
