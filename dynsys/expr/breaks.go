package expr

import "math"

// TimeBreaks is what [Builder.TimeBreaks] finds.
type TimeBreaks struct {
	// Times are the times at which a condition on t changes: expressions that
	// depend neither on t nor on states. They are distinct nodes. A time may be
	// infinite, which means never.
	Times []Node

	// Outs are the expressions with every condition found written as t < Times[i]
	// or t >= Times[i]. So an integration that restarts at Times[i] is on the far
	// side of the jump there, whatever way the condition was written and however
	// solving it for t was rounded.
	Outs []Node

	// Others are the operations that jump at places that cannot be told
	// beforehand.
	Others []Jump
}

// Jump is an operation that jumps, and why its place in time is not known.
type Jump struct {
	Node   Node
	Reason JumpReason
}

// JumpReason says why the time of a jump cannot be told beforehand.
type JumpReason int

const (
	// OnStates: the condition depends on states.
	OnStates JumpReason = iota
	// NonlinearInTime: the condition depends on t in a way that is not solved.
	NonlinearInTime
	// AtInstant: an equality that holds at one instant only. It is replaced by
	// its value at all other times, as no solution of a differential equation can
	// notice it.
	AtInstant
)

// TimeBreaks finds where outs jump as functions of the input slot t: the
// comparisons (of [Builder.Step], [Builder.Pulse], [Builder.If], alone or inside
// and, or, not) and [Builder.Sign]. Where the two sides differ by k*t + m with k
// and m free of t and of states, the jump is at -m/k. isState tells the slots of
// states. [Builder.Floor] and [Builder.Ceil] of t or of states are among the
// Others. Kinks (Abs, Min, Max) are continuous and are not listed.
func (b *Builder) TimeBreaks(outs []Node, t int, isState func(slot int) bool) TimeBreaks {
	f := breakFinder{b: b, t: b.Input(t), lines: make(map[Node]line), seen: make(map[Node]bool)}
	nodes := b.reach(outs)
	f.onTime = b.dependents(nodes, func(slot int) bool { return slot == t })
	f.onState = b.dependents(nodes, isState)
	to := make(map[Node]Node)
	for _, n := range nodes {
		if m := f.examine(n); m != n {
			to[n] = m
		}
	}
	f.found.Outs = b.replace(outs, to)
	return f.found
}

// dependents marks the nodes that depend on a slot for which is holds.
func (b *Builder) dependents(nodes []Node, is func(slot int) bool) map[Node]bool {
	on := make(map[Node]bool)
	for _, n := range nodes {
		t := b.terms[n]
		x, arity := t.operands()
		depends := t.op == opInput && is(int(t.k))
		for _, m := range x[:arity] {
			depends = depends || on[m]
		}
		if depends {
			on[n] = true
		}
	}
	return on
}

// line is k*t + m; ok is false where an expression is no line.
type line struct {
	k, m Node
	ok   bool
}

type breakFinder struct {
	b               *Builder
	t               Node
	onTime, onState map[Node]bool
	lines           map[Node]line
	seen            map[Node]bool // break times
	found           TimeBreaks
}

// examine returns what n is replaced by: n itself where it does not jump at a
// known time.
func (f *breakFinder) examine(n Node) Node {
	b := f.b
	t := b.terms[n]
	switch t.op {
	case opLt, opLe, opEq, opNe, opSign, opFloor, opCeil:
	default:
		return n
	}
	switch {
	case t.k == 1: // the two outcomes meet
		return n
	case f.onState[n]:
		return f.other(n, OnStates)
	case !f.onTime[n]:
		return n
	case t.op == opFloor || t.op == opCeil:
		return f.other(n, NonlinearInTime)
	}
	right := line{Zero, Zero, true}
	if t.op != opSign {
		right = f.lineOf(t.b)
	}
	left := f.lineOf(t.a)
	if !left.ok || !right.ok {
		return f.other(n, NonlinearInTime)
	}
	return f.solved(n, b.Sub(left.k, right.k), b.Sub(right.m, left.m))
}

func (f *breakFinder) other(n Node, why JumpReason) Node {
	f.found.Others = append(f.found.Others, Jump{n, why})
	return n
}

// solved returns what replaces n, which compares k*t with m.
func (f *breakFinder) solved(n, k, m Node) Node {
	b := f.b
	switch b.terms[n].op {
	case opEq:
		f.other(n, AtInstant)
		return Zero
	case opNe:
		f.other(n, AtInstant)
		return b.Const(1)
	}
	tau := b.Div(m, k)
	if v, ok := b.Value(k); ok {
		if v == 0 {
			return n
		}
		f.record(tau)
		return f.oriented(n, tau, v > 0)
	}
	never := b.Eq(k, Zero)
	tau = b.If(never, b.Const(math.Inf(1)), tau)
	f.record(tau)
	return b.If(never, n, b.If(b.Lt(Zero, k), f.oriented(n, tau, true), f.oriented(n, tau, false)))
}

func (f *breakFinder) record(tau Node) {
	if !f.seen[tau] {
		f.seen[tau] = true
		f.found.Times = append(f.found.Times, tau)
	}
}

// oriented returns n, a condition on k*t - m, as a condition on t and tau. rising
// is the sign of k.
func (f *breakFinder) oriented(n, tau Node, rising bool) Node {
	b := f.b
	before, after := b.Lt(f.t, tau), b.Ge(f.t, tau)
	if !rising {
		before, after = after, before
	}
	if b.terms[n].op == opSign {
		return b.If(before, b.Const(-1), b.Const(1))
	}
	return before
}

// lineOf returns n as a line in t.
func (f *breakFinder) lineOf(n Node) line {
	for _, m := range f.b.reach([]Node{n}) {
		if _, ok := f.lines[m]; !ok {
			f.lines[m] = f.lineOfTerm(m)
		}
	}
	return f.lines[n]
}

func (f *breakFinder) lineOfTerm(n Node) line {
	b := f.b
	if !f.onTime[n] {
		return line{Zero, n, true}
	}
	t := b.terms[n]
	x, y := f.lines[t.a], f.lines[t.b]
	switch {
	case t.op == opInput:
		return line{b.Const(1), Zero, true}
	case t.op == opNeg && x.ok:
		return line{b.Neg(x.k), b.Neg(x.m), true}
	case t.op == opAdd && x.ok && y.ok:
		return line{b.Add(x.k, y.k), b.Add(x.m, y.m), true}
	case t.op == opSub && x.ok && y.ok:
		return line{b.Sub(x.k, y.k), b.Sub(x.m, y.m), true}
	case t.op == opMul && x.ok && !f.onTime[t.b]:
		return x.times(b, t.b)
	case t.op == opMul && y.ok && !f.onTime[t.a]:
		return y.times(b, t.a)
	case t.op == opDiv && x.ok && !f.onTime[t.b]:
		return line{b.Div(x.k, t.b), x.over(b, t.b), true}
	}
	return line{}
}

// times returns the line times c. A part that is zero by structure stays so.
func (l line) times(b *Builder, c Node) line {
	product := line{b.Mul(l.k, c), Zero, true}
	if l.m != Zero {
		product.m = b.Mul(l.m, c)
	}
	return product
}

// over returns the constant part of the line divided by c.
func (l line) over(b *Builder, c Node) Node {
	if l.m == Zero {
		return Zero
	}
	return b.Div(l.m, c)
}
