package expr

import (
	"errors"
	"fmt"
	"math"
)

// Node names one expression of a [Builder]. Equal expressions of one builder are
// equal nodes. The zero Node is the constant 0 in every builder.
type Node int32

// Zero is the constant 0, the zero value of Node.
const Zero Node = 0

// DefaultMaxNodes bounds a builder whose MaxNodes is 0: about half a gigabyte.
const DefaultMaxNodes = 1 << 22

// ErrTooLarge is wrapped by the error of a builder that reached its limit.
var ErrTooLarge = errors.New("expr: too many expression nodes")

// A Builder holds expressions as a directed acyclic graph in which every distinct
// expression is stored once. Operands are always older than what is built from
// them, so that every algorithm here is a loop over node numbers and no
// expression is too deep.
//
// A Builder belongs to one goroutine at a time; programs compiled from it are
// independent of it. Create one with [NewBuilder].
type Builder struct {
	// MaxNodes limits the number of distinct nodes. 0 means DefaultMaxNodes.
	MaxNodes int

	terms []term
	index nodeTable
	err   error
}

// term is one operation and its operands. Operands beyond the arity are 0.
type term struct {
	op      op
	k       int32 // input slot, integer exponent, order: see the op
	a, b, c Node
	bits    uint64 // of a constant
}

// NewBuilder returns a builder that holds the constant 0 and nothing else.
func NewBuilder() *Builder {
	b := &Builder{index: nodeTable{slots: make([]Node, 64)}}
	b.intern(term{op: opConst, bits: math.Float64bits(0)})
	return b
}

// Len returns the number of distinct nodes built so far.
func (b *Builder) Len() int { return len(b.terms) }

// Err returns the first error met while building: the limit of MaxNodes. From
// then on every new node is the constant NaN, so that nothing that was built
// beyond the limit can pass for a number. [Builder.Compile] returns this error.
func (b *Builder) Err() error { return b.err }

// intern returns the node of t, which it adds where it is new.
func (b *Builder) intern(t term) Node {
	n, at, ok := b.index.find(b.terms, t)
	if ok {
		return n
	}
	limit := b.MaxNodes
	if limit <= 0 {
		limit = DefaultMaxNodes
	}
	if len(b.terms) >= limit {
		return b.overflow(limit)
	}
	n = Node(len(b.terms))
	b.terms = append(b.terms, t)
	b.index.put(b.terms, n, at)
	return n
}

// overflow records the error and returns the constant NaN, the one node that may
// exceed the limit.
func (b *Builder) overflow(limit int) Node {
	if b.err == nil {
		b.err = fmt.Errorf("%w: the limit is %d", ErrTooLarge, limit)
	}
	nan := constTerm(math.NaN())
	n, at, ok := b.index.find(b.terms, nan)
	if !ok {
		n = Node(len(b.terms))
		b.terms = append(b.terms, nan)
		b.index.put(b.terms, n, at)
	}
	return n
}

// at returns the term of n.
func (b *Builder) at(n Node) term {
	if n < 0 || int(n) >= len(b.terms) {
		panic(fmt.Sprintf("expr: node %d is not of this builder, which has %d", n, len(b.terms)))
	}
	return b.terms[n]
}

// constTerm returns the term of a constant; all NaNs are one.
func constTerm(v float64) term {
	if v != v {
		v = math.NaN()
	}
	return term{op: opConst, bits: math.Float64bits(v)}
}

// Const returns the constant v. -0 and 0 are different constants.
func (b *Builder) Const(v float64) Node { return b.intern(constTerm(v)) }

// Input returns the value of input slot i.
func (b *Builder) Input(i int) Node {
	if i < 0 || i > math.MaxInt32 {
		panic(fmt.Sprintf("expr: input slot %d", i))
	}
	return b.intern(term{op: opInput, k: int32(i)})
}

// Value returns the value of n and true where n is a constant.
func (b *Builder) Value(n Node) (float64, bool) {
	t := b.at(n)
	if t.op != opConst {
		return 0, false
	}
	return math.Float64frombits(t.bits), true
}

// Slot returns the slot of n and true where n is an input.
func (b *Builder) Slot(n Node) (int, bool) {
	t := b.at(n)
	if t.op != opInput {
		return 0, false
	}
	return int(t.k), true
}

// is reports whether n is the constant v; -0 is not 0.
func (b *Builder) is(n Node, v float64) bool { return b.at(n) == constTerm(v) }

// apply builds op from its operands: a constant where all operands are constants,
// else the node itself. Rewrites are the business of the callers.
func (b *Builder) apply(o op, k int32, x ...Node) Node {
	t := term{op: o, k: k}
	var v [3]float64
	constant := true
	for i, n := range x {
		w, ok := b.Value(n)
		v[i], constant = w, constant && ok
		switch i {
		case 0:
			t.a = n
		case 1:
			t.b = n
		case 2:
			t.c = n
		}
	}
	if constant {
		return b.Const(o.value(k, v[0], v[1], v[2]))
	}
	return b.intern(t)
}
