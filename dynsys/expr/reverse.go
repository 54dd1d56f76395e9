package expr

import (
	"fmt"
	"slices"
)

// VJP returns the derivatives of the weighted sum of outs in every slot,
//
//	sum_i weights[i] * d outs[i] / d slots[j],
//
// as new nodes, by the chain rule from the outputs down. The number of nodes is
// proportional to the size of outs, whatever the number of slots.
func (b *Builder) VJP(outs, weights []Node, slots []int) []Node {
	if len(outs) != len(weights) {
		panic(fmt.Sprintf("expr: VJP of %d outputs with %d weights", len(outs), len(weights)))
	}
	wanted := make(map[int]bool, len(slots))
	for _, s := range slots {
		wanted[s] = true
	}
	nodes := b.reach(outs)
	r := reverse{b: b, active: b.active(nodes, func(slot int) bool { return wanted[slot] })}
	r.cotangents = make([]cotangent, b.Len())
	for i, n := range outs {
		r.add(n, weights[i], always)
	}
	r.sweep(nodes)
	out := make([]Node, len(slots))
	for j, s := range slots {
		if n := b.Input(s); int(n) < len(r.cotangents) {
			out[j] = r.cotangents[n].weight
		}
	}
	return out
}

// A cotangent is the derivative of the weighted sum in one node. Where its guard
// is false, the node is used only in branches that are not taken, and the weight
// is 0.
//
// The guard must be carried along: a weight that is 0 by value, times a partial
// derivative that is infinite or NaN in a branch that is not taken, is NaN. So
// each product is chosen again by the guard.
type cotangent struct {
	weight Node
	guard  Node
}

// always is the guard of a node that is used outside all branches.
const always Node = -1

// reverse is one sweep from outputs down to inputs.
type reverse struct {
	b          *Builder
	active     []bool
	cotangents []cotangent // of every node; a weight of 0 is none
}

// sweep propagates through nodes, which are in ascending order, from the last.
func (r *reverse) sweep(nodes []Node) {
	for _, n := range slices.Backward(nodes) {
		r.propagate(n)
	}
}

// forget clears the cotangents of nodes, for another sweep.
func (r *reverse) forget(nodes []Node) {
	for _, n := range nodes {
		r.cotangents[n] = cotangent{}
	}
}

// add adds a weight, already 0 where guard is false, to the cotangent of n.
func (r *reverse) add(n, weight, guard Node) {
	if !r.active[n] || weight == Zero {
		return
	}
	if old := r.cotangents[n]; old.weight != Zero {
		weight = r.b.Add(old.weight, weight)
		switch {
		case old.guard == always || guard == always:
			guard = always
		default:
			guard = r.b.Or(old.guard, guard)
		}
	}
	r.cotangents[n] = cotangent{weight, guard}
}

// propagate adds to the operands of n what the cotangent of n makes of them.
func (r *reverse) propagate(n Node) {
	ct := r.cotangents[n]
	if ct.weight == Zero {
		return
	}
	b := r.b
	if c, x, y, ok := b.choice(n); ok {
		for _, branch := range [2]struct{ operand, taken Node }{{x, c}, {y, b.Not(c)}} {
			guard := branch.taken
			if ct.guard != always {
				guard = b.And(ct.guard, guard)
			}
			r.add(branch.operand, b.mask(guard, b.unmask(guard, ct.weight)), guard)
		}
		return
	}
	t := b.terms[n]
	x, arity := t.operands()
	for i, m := range x[:arity] {
		if !r.active[m] {
			continue
		}
		switch {
		case ct.guard == always, t.op == opAdd, t.op == opSub, t.op == opNeg:
			r.add(m, b.scale(n, i, ct.weight), ct.guard)
		default:
			r.add(m, b.mask(ct.guard, b.scale(n, i, b.unmask(ct.guard, ct.weight))), ct.guard)
		}
	}
}

// mask returns w where guard is true and 0 where it is false.
func (b *Builder) mask(guard, w Node) Node { return b.If(guard, w, Zero) }

// unmask undoes a mask by the same guard, which is about to be set again.
func (b *Builder) unmask(guard, w Node) Node {
	t, g := b.terms[w], b.terms[guard]
	switch {
	case t.op != opIf:
	case t.a == guard && t.c == Zero:
		return t.b
	case g.op == opNot && t.a == g.a && t.b == Zero:
		return t.c
	}
	return w
}
