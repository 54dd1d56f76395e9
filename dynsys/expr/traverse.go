package expr

import "slices"

// operands returns the operands of t in order; the first len are valid.
func (t *term) operands() ([3]Node, int) {
	return [3]Node{t.a, t.b, t.c}, ops[t.op].arity
}

// reach returns the nodes that roots are made of, roots included, operands before
// what uses them.
func (b *Builder) reach(roots []Node) []Node {
	seen := make([]bool, b.Len())
	var stack []Node
	count := 0
	visit := func(n Node) {
		if !seen[n] {
			seen[n] = true
			count++
			stack = append(stack, n)
		}
	}
	for _, r := range roots {
		b.at(r)
		visit(r)
	}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		x, arity := b.terms[n].operands()
		for _, m := range x[:arity] {
			visit(m)
		}
	}
	nodes := make([]Node, 0, count)
	for n, is := range seen {
		if is {
			nodes = append(nodes, Node(n))
		}
	}
	return nodes
}

// DependsOn returns the input slots that the nodes are made of, in ascending
// order.
func (b *Builder) DependsOn(nodes ...Node) []int {
	var slots []int
	for _, n := range b.reach(nodes) {
		if i, ok := b.Slot(n); ok {
			slots = append(slots, i)
		}
	}
	slices.Sort(slots)
	return slots
}

// Substitute returns the nodes with every input slot that is a key of with
// replaced by its node. All replacements happen at once: inputs inside the
// replacements stay.
func (b *Builder) Substitute(nodes []Node, with map[int]Node) []Node {
	to := make(map[Node]Node, len(with))
	for slot, n := range with {
		b.at(n)
		to[b.Input(slot)] = n
	}
	return b.replace(nodes, to)
}

// replace returns the nodes with every node that is a key of to replaced by its
// value, at once.
func (b *Builder) replace(nodes []Node, to map[Node]Node) []Node {
	done := make(map[Node]Node)
	for _, n := range b.reach(nodes) {
		if m, ok := to[n]; ok {
			done[n] = m
			continue
		}
		t := b.terms[n]
		done[n] = b.rebuild(n, done[t.a], done[t.b], done[t.c])
	}
	out := make([]Node, len(nodes))
	for i, n := range nodes {
		out[i] = done[n]
	}
	return out
}

// rebuild returns the operation of n on other operands, with all rewrites that
// building it anew would make.
func (b *Builder) rebuild(n, x, y, z Node) Node {
	t := b.terms[n]
	if [3]Node{x, y, z} == [3]Node{t.a, t.b, t.c} {
		return n
	}
	switch t.op {
	case opConst, opInput:
		return n
	case opAdd:
		return b.Add(x, y)
	case opSub:
		return b.Sub(x, y)
	case opMul:
		return b.Mul(x, y)
	case opDiv:
		return b.Div(x, y)
	case opNeg:
		return b.Neg(x)
	case opPow:
		return b.Pow(x, y)
	case opPowLog:
		return b.powLog(x, y, int(t.k))
	case opEq:
		return b.Eq(x, y)
	case opNe:
		return b.Ne(x, y)
	case opAnd:
		return b.And(x, y)
	case opOr:
		return b.Or(x, y)
	case opNot:
		return b.Not(x)
	case opIf:
		return b.If(x, y, z)
	}
	operands := [3]Node{x, y, z}
	return b.apply(t.op, t.k, operands[:ops[t.op].arity]...)
}
