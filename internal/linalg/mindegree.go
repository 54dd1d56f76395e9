package linalg

import (
	"math"
	"slices"
)

// Order is an order of elimination: column Columns[k] is the k-th. Fill and Work are
// the entries of L and the multiplications of an elimination on the diagonal in this
// order, for the pattern made symmetric.
type Order struct {
	Columns []int
	Fill    int
	Work    float64
}

// MinimumDegree returns an order that keeps the factors of a matrix with this pattern
// sparse when pivots stay on the diagonal: in each step the variable with the fewest
// neighbours in the graph of A + A^T is eliminated. The graph is kept as cliques
// (elements) and what is left of the original edges, and the degrees are upper bounds.
// Variables with very many neighbours come last. It takes about as long as it takes to
// find the pattern of the factors.
//
// Source: Amestoy, Davis, Duff, An approximate minimum degree ordering algorithm,
// SIAM J. Matrix Anal. Appl. 17 (1996), sections 2 to 4.
func MinimumDegree(p *Pattern) Order {
	g := newQuotient(p)
	for k := g.dense; k < p.N; k++ {
		g.eliminate(g.next())
	}
	for i, d := range g.late { // the dense ones, as a full block
		if d {
			g.order.Columns = append(g.order.Columns, i)
			rest := p.N - len(g.order.Columns)
			g.order.Fill += rest
			g.order.Work += float64(rest) * float64(rest+1)
		}
	}
	return g.order
}

// quotient is a graph in elimination. Element e is the clique that the elimination of
// variable e left.
type quotient struct {
	n, dense  int
	order     Order
	vars      [][]int // neighbours by original edges
	elements  [][]int // elements that a variable belongs to
	members   [][]int // variables of an element
	size      []int   // live members of an element; -1: absorbed or never made
	degree    []int
	gone      []bool
	late      []bool
	mark      []int // mark[i] == stamp: i is in the clique at hand
	outside   []int // |members \ clique at hand| of an element, where seen[e] == stamp
	seen      []int
	stamp     int
	head      []int // by degree: lists of variables, linked both ways
	nextIn    []int
	previous  []int
	leastOpen int
}

func newQuotient(p *Pattern) *quotient {
	n := p.N
	g := &quotient{
		n: n, vars: symmetricNeighbours(p), elements: make([][]int, n), members: make([][]int, n),
		size: make([]int, n), degree: make([]int, n), gone: make([]bool, n), late: make([]bool, n),
		mark: make([]int, n), outside: make([]int, n), seen: make([]int, n),
		head: make([]int, n+1), nextIn: make([]int, n), previous: make([]int, n),
	}
	g.order.Columns = make([]int, 0, n)
	limit := max(16, int(10*math.Sqrt(float64(n))))
	for i := range n {
		g.size[i] = -1
		if len(g.vars[i]) > limit {
			g.late[i], g.gone[i] = true, true
			g.dense++
		}
	}
	for i := range g.head {
		g.head[i] = -1
	}
	for i := n - 1; i >= 0; i-- {
		if g.late[i] {
			continue
		}
		g.vars[i] = slices.DeleteFunc(g.vars[i], func(j int) bool { return g.late[j] })
		g.degree[i] = len(g.vars[i])
		g.link(i)
	}
	return g
}

// symmetricNeighbours lists the neighbours of each variable in the graph of A + A^T.
func symmetricNeighbours(p *Pattern) [][]int {
	count := make([]int, p.N)
	for j := range p.N {
		for _, i := range p.Row[p.Start[j]:p.Start[j+1]] {
			if i != j {
				count[i]++
				count[j]++
			}
		}
	}
	lists := make([][]int, p.N)
	for i, c := range count {
		lists[i] = make([]int, 0, c)
	}
	for j := range p.N {
		for _, i := range p.Row[p.Start[j]:p.Start[j+1]] {
			if i != j {
				lists[i] = append(lists[i], j)
				lists[j] = append(lists[j], i)
			}
		}
	}
	for i, l := range lists {
		slices.Sort(l)
		lists[i] = slices.Compact(l)
	}
	return lists
}

func (g *quotient) link(i int) {
	d := g.degree[i]
	g.nextIn[i], g.previous[i] = g.head[d], -1
	if h := g.head[d]; h >= 0 {
		g.previous[h] = i
	}
	g.head[d] = i
	g.leastOpen = min(g.leastOpen, d)
}

func (g *quotient) unlink(i int) {
	if p := g.previous[i]; p >= 0 {
		g.nextIn[p] = g.nextIn[i]
	} else {
		g.head[g.degree[i]] = g.nextIn[i]
	}
	if q := g.nextIn[i]; q >= 0 {
		g.previous[q] = g.previous[i]
	}
}

// next takes a variable of least degree.
func (g *quotient) next() int {
	for g.head[g.leastOpen] < 0 {
		g.leastOpen++
	}
	i := g.head[g.leastOpen]
	g.unlink(i)
	return i
}

// eliminate turns variable p into the element of its neighbours.
func (g *quotient) eliminate(p int) {
	g.order.Columns = append(g.order.Columns, p)
	g.gone[p] = true
	g.stamp++
	g.mark[p] = g.stamp
	var clique []int
	add := func(list []int) {
		for _, i := range list {
			if !g.gone[i] && g.mark[i] != g.stamp {
				g.mark[i] = g.stamp
				clique = append(clique, i)
			}
		}
	}
	add(g.vars[p])
	for _, e := range g.elements[p] {
		if g.size[e] >= 0 {
			add(g.members[e])
			g.members[e], g.size[e] = nil, -1 // absorbed
		}
	}
	g.vars[p], g.elements[p] = nil, nil
	g.members[p], g.size[p] = clique, len(clique)
	rest := len(clique) + g.dense
	g.order.Fill += rest
	g.order.Work += float64(rest) * float64(rest+1)

	for _, i := range clique {
		g.count(i)
	}
	for _, i := range clique {
		g.update(i, p, len(clique)-1)
	}
}

// count drops dead elements of i and counts the members of the others outside the
// clique at hand: each of their members inside takes one away.
func (g *quotient) count(i int) {
	live := g.elements[i][:0]
	for _, e := range g.elements[i] {
		if g.size[e] < 0 {
			continue
		}
		live = append(live, e)
		if g.seen[e] != g.stamp {
			g.seen[e], g.outside[e] = g.stamp, g.size[e]
		}
		g.outside[e]--
	}
	g.elements[i] = live
}

// update gives i its new degree after the elimination of p.
func (g *quotient) update(i, p, others int) {
	kept := g.vars[i][:0]
	for _, j := range g.vars[i] {
		if !g.gone[j] && g.mark[j] != g.stamp { // edges inside the clique are its own now
			kept = append(kept, j)
		}
	}
	g.vars[i] = kept
	bound := len(kept) + others
	live := g.elements[i][:0]
	for _, e := range g.elements[i] {
		if g.outside[e] == 0 { // inside the clique: adds nothing
			continue
		}
		live = append(live, e)
		bound += g.outside[e]
	}
	g.elements[i] = append(live, p)
	g.unlink(i)
	left := g.n - len(g.order.Columns) - g.dense - 1
	g.degree[i] = max(0, min(left, g.degree[i]+others, bound))
	g.link(i)
}
