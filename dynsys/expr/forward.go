package expr

import "fmt"

// JVP returns the derivatives of outs in one direction,
//
//	sum_j d outs[i] / d slots[j] * seeds[j],
//
// as new nodes, by the chain rule from the inputs up. A seed that is the constant
// 0 costs nothing. The number of nodes is proportional to the size of outs.
func (b *Builder) JVP(outs []Node, slots []int, seeds []Node) []Node {
	if len(slots) != len(seeds) {
		panic(fmt.Sprintf("expr: JVP of %d slots with %d seeds", len(slots), len(seeds)))
	}
	seed := make(map[int]Node, len(slots))
	for j, s := range slots {
		if seeds[j] != Zero {
			seed[s] = seeds[j]
		}
	}
	nodes := b.reach(outs)
	active := b.active(nodes, func(slot int) bool { _, ok := seed[slot]; return ok })
	tangent := make([]Node, len(active)) // 0 where there is none
	for _, n := range nodes {
		if !active[n] {
			continue
		}
		if slot, ok := b.Slot(n); ok {
			tangent[n] = seed[slot]
			continue
		}
		if c, x, y, ok := b.choice(n); ok {
			tangent[n] = b.If(c, tangent[x], tangent[y])
			continue
		}
		t := b.terms[n]
		x, arity := t.operands()
		sum := Zero
		for i, m := range x[:arity] {
			if tangent[m] != Zero {
				sum = b.Add(sum, b.scale(n, i, tangent[m]))
			}
		}
		tangent[n] = sum
	}
	out := make([]Node, len(outs))
	for i, n := range outs {
		out[i] = tangent[n]
	}
	return out
}
