package expr

import "slices"

// Entry is the derivative d outs[Row] / d slots[Col] of a [Builder.Jacobian].
type Entry struct {
	Row, Col int
	Node     Node
}

// Jacobian returns the derivatives of every output in every slot as new nodes:
// those that are not zero by the structure of the graph, row by row, in
// ascending columns.
//
// The graph is cut at the nodes that are used more than once. Between the cuts it
// is made of trees, through which one reverse sweep each gives local partial
// derivatives; these are chained forward from cut to cut as sparse rows. So the
// work is proportional to the size of outs plus the entries of the rows at the
// cuts: a chain of n states costs O(n), and a shared subexpression is
// differentiated once. Where sharing would make that dearer than a reverse sweep
// for every output, as for long chains of shared nodes that all depend on many
// slots, the sweeps are made.
func (b *Builder) Jacobian(outs []Node, slots []int) []Entry {
	j := newJacobian(b, outs, slots)
	if j.chainingIsDear(outs) {
		return entriesOf(outs, j.sweptRow)
	}
	for _, n := range j.nodes {
		if j.cut[n] && j.active[n] {
			j.rows[n] = j.chainedRow(n)
		}
	}
	return entriesOf(outs, func(n Node) row { return j.rows[n] })
}

// entriesOf lists the entries of the rows of outs.
func entriesOf(outs []Node, gradient func(Node) row) []Entry {
	var entries []Entry
	for i, n := range outs {
		for _, e := range gradient(n) {
			entries = append(entries, Entry{Row: i, Col: e.col, Node: e.node})
		}
	}
	return entries
}

// sweptRow returns the gradient of n by a reverse sweep of its own.
func (j *jacobian) sweptRow(n Node) row {
	r := &j.reverse
	r.add(n, j.b.Const(1), always)
	nodes := j.b.reach([]Node{n})
	r.sweep(nodes)
	defer r.forget(nodes)
	var g row
	for _, m := range nodes {
		if slot, ok := j.b.Slot(m); ok && r.cotangents[m].weight != Zero {
			g = append(g, slope{j.column[slot], r.cotangents[m].weight})
		}
	}
	g.sort()
	return g
}

// jacobian is the state of one call of [Builder.Jacobian].
type jacobian struct {
	b       *Builder
	nodes   []Node       // of outs, operands first
	active  []bool       // of every node
	cut     []bool       // used more than once, or an input or output
	column  map[int]int  // of a slot
	rows    map[Node]row // of the cuts
	reverse reverse      // for one sweep at a time
}

// slope is the derivative of a node in a column.
type slope struct {
	col  int
	node Node
}

// row is the gradient of a node, in ascending columns.
type row []slope

func (r row) sort() {
	slices.SortFunc(r, func(x, y slope) int { return x.col - y.col })
}

func newJacobian(b *Builder, outs []Node, slots []int) *jacobian {
	j := &jacobian{b: b, nodes: b.reach(outs), column: make(map[int]int, len(slots)), rows: make(map[Node]row)}
	for i, s := range slots {
		j.column[s] = i
	}
	j.active = b.active(j.nodes, func(slot int) bool { _, ok := j.column[slot]; return ok })
	j.reverse = reverse{b: b, active: j.active, cotangents: make([]cotangent, len(j.active))}
	uses := make([]int, b.Len())
	for _, n := range j.nodes {
		x, arity := b.terms[n].operands()
		for _, m := range x[:arity] {
			uses[m]++
		}
	}
	j.cut = make([]bool, b.Len())
	for _, n := range j.nodes {
		j.cut[n] = uses[n] > 1 || b.terms[n].op == opInput
	}
	for _, n := range outs {
		j.cut[n] = true
	}
	return j
}

// tree returns the nodes of the tree below the cut n, down to and without the
// cuts that it ends in, and those cuts; both with operands first.
func (j *jacobian) tree(n Node) (inner, leaves []Node) {
	inner = []Node{n}
	for i := 0; i < len(inner); i++ {
		x, arity := j.b.terms[inner[i]].operands()
		for _, m := range x[:arity] {
			switch {
			case !j.active[m]:
			case j.cut[m]:
				leaves = append(leaves, m)
			default:
				inner = append(inner, m)
			}
		}
	}
	slices.Sort(inner)
	slices.Sort(leaves)
	return inner, slices.Compact(leaves)
}

// chainedRow returns the gradient of the cut n from those of the cuts below it.
func (j *jacobian) chainedRow(n Node) row {
	b := j.b
	if slot, ok := b.Slot(n); ok {
		return row{{j.column[slot], b.Const(1)}}
	}
	inner, leaves := j.tree(n)
	r := &j.reverse
	r.add(n, b.Const(1), always)
	r.sweep(inner)
	defer r.forget(inner)
	defer r.forget(leaves)
	sums := make(map[int]Node)
	for _, m := range leaves {
		ct := r.cotangents[m]
		if ct.weight == Zero {
			continue
		}
		for _, e := range j.rows[m] {
			term := b.Mul(ct.weight, e.node)
			if ct.guard != always {
				term = b.mask(ct.guard, b.Mul(b.unmask(ct.guard, ct.weight), e.node))
			}
			sums[e.col] = b.Add(sums[e.col], term)
		}
	}
	var g row
	for col, node := range sums {
		if node != Zero {
			g = append(g, slope{col, node})
		}
	}
	g.sort()
	return g
}

// chainingIsDear reports whether the rows at the cuts together have more entries
// than a reverse sweep for every output has nodes.
func (j *jacobian) chainingIsDear(outs []Node) bool {
	budget := len(outs) * len(j.nodes)
	columns := make(map[Node][]int)
	for _, n := range j.nodes {
		if !j.cut[n] || !j.active[n] {
			continue
		}
		if slot, ok := j.b.Slot(n); ok {
			columns[n] = []int{j.column[slot]}
			continue
		}
		_, leaves := j.tree(n)
		var cols []int
		for _, m := range leaves {
			cols = append(cols, columns[m]...)
			budget -= len(columns[m])
		}
		if budget < 0 {
			return true
		}
		slices.Sort(cols)
		columns[n] = slices.Compact(cols)
	}
	return false
}
