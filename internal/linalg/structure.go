package linalg

import "slices"

// Full returns the pattern of an n x n matrix without zeros.
func Full(n int) *Pattern { return Banded(n, n-1, n-1) }

// Diagonal returns the pattern of an n x n diagonal matrix.
func Diagonal(n int) *Pattern { return Banded(n, 0, 0) }

// Bandwidth returns the numbers of diagonals below and above the main one that hold
// entries.
func (p *Pattern) Bandwidth() (lower, upper int) {
	for j := range p.N {
		if rows := p.Row[p.Start[j]:p.Start[j+1]]; len(rows) > 0 {
			lower = max(lower, rows[len(rows)-1]-j)
			upper = max(upper, j-rows[0])
		}
	}
	return lower, upper
}

// Transpose returns the pattern of the transposed matrix.
func (p *Pattern) Transpose() *Pattern {
	t := &Pattern{N: p.N, Start: make([]int, p.N+1), Row: make([]int, len(p.Row))}
	for _, i := range p.Row {
		t.Start[i+1]++
	}
	for i := range p.N {
		t.Start[i+1] += t.Start[i]
	}
	next := slices.Clone(t.Start)
	for j := range p.N {
		for _, i := range p.Row[p.Start[j]:p.Start[j+1]] {
			t.Row[next[i]] = j
			next[i]++
		}
	}
	return t
}

// Union returns the pattern of a sum of matrices of patterns p and q.
func (p *Pattern) Union(q *Pattern) *Pattern {
	if p.N != q.N {
		panic("linalg: Union needs patterns of one size")
	}
	u := &Pattern{N: p.N, Start: make([]int, p.N+1), Row: make([]int, 0, max(len(p.Row), len(q.Row)))}
	for j := range p.N {
		a, b := p.Row[p.Start[j]:p.Start[j+1]], q.Row[q.Start[j]:q.Start[j+1]]
		for len(a) > 0 && len(b) > 0 {
			v := min(a[0], b[0])
			u.Row = append(u.Row, v)
			if a[0] == v {
				a = a[1:]
			}
			if b[0] == v {
				b = b[1:]
			}
		}
		u.Row = append(append(u.Row, a...), b...)
		u.Start[j+1] = len(u.Row)
	}
	return u
}

// Equal says whether p and q have the same entries.
func (p *Pattern) Equal(q *Pattern) bool {
	return p == q || p.N == q.N && slices.Equal(p.Start, q.Start) && slices.Equal(p.Row, q.Row)
}

// Places returns, for each entry of p, its index in q, which has all of them.
func (p *Pattern) Places(q *Pattern) []int {
	places := make([]int, len(p.Row))
	for j := range p.N {
		at := q.Start[j]
		for k := p.Start[j]; k < p.Start[j+1]; k++ {
			for q.Row[at] != p.Row[k] {
				at++
			}
			places[k] = at
		}
	}
	return places
}

// Groups parts the columns into few groups such that no two columns of a group have
// an entry in one row: one difference of f along all columns of a group gives all
// their entries. Columns are taken from the fullest to the emptiest, each into the
// first group that it fits.
//
// Source: Curtis, Powell, Reid, On the estimation of sparse Jacobian matrices, J. Inst.
// Maths Applics 13 (1974); Coleman, More, SIAM J. Numer. Anal. 20 (1983), on the order.
func (p *Pattern) Groups() [][]int {
	order := make([]int, p.N)
	for j := range order {
		order[j] = j
	}
	count := func(j int) int { return p.Start[j+1] - p.Start[j] }
	slices.SortStableFunc(order, func(a, b int) int { return count(b) - count(a) })
	byRow := p.Transpose()
	group := make([]int, p.N) // plus one
	var taken []int           // taken[g] == j+1: group g does not fit column j
	var groups [][]int
	for _, j := range order {
		for _, i := range p.Row[p.Start[j]:p.Start[j+1]] {
			for _, other := range byRow.Row[byRow.Start[i]:byRow.Start[i+1]] {
				if g := group[other]; g > 0 {
					taken[g-1] = j + 1
				}
			}
		}
		g := 0
		for g < len(groups) && taken[g] == j+1 {
			g++
		}
		if g == len(groups) {
			groups, taken = append(groups, nil), append(taken, 0)
		}
		groups[g] = append(groups[g], j)
		group[j] = g + 1
	}
	return groups
}
