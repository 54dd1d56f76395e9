package linalg

// SparseLU is the factorisation P A Q = L U of a sparse matrix, column by column:
// column k of L and U is the solution of a triangular system with the columns before
// it, and costs no more than its multiplications. The order Q of the columns is given;
// P pivots on the diagonal wherever it is within a factor diagonalPreference of the
// largest entry.
//
// Factor again with a matrix of the same pattern reuses the order of the pivots and
// the pattern of the factors and allocates nothing. It looks at the growth of each
// column, and starts afresh with new pivots where the old ones no longer serve.
//
// Source: Gilbert, Peierls, Sparse partial pivoting in time proportional to arithmetic
// operations, SIAM J. Sci. Stat. Comput. 9 (1988); Davis, Direct Methods for Sparse
// Linear Systems, chapter 6.
type SparseLU[T Number] struct {
	pattern *Pattern
	order   []int // column order[k] of A is column k of the factors
	row     []int // row row[k] of A is row k of the factors
	place   []int // the inverse of row; -1 for rows without a pivot yet
	known   bool  // the pattern of the factors is that of pattern

	// Columns of L below the diagonal and of U above it. The rows of L are rows of A;
	// those of U are rows of the factors, in an order in which they can be eliminated.
	lStart, lRow, uStart, uRow []int
	lVal, uVal                 []T
	inv                        []T // reciprocals of the diagonal of U

	x       []T
	reached []int // by row of A: the last column whose pattern it was in, plus one
	found   []int
	path    []step
}

// step is where a depth-first search stands: at column col of L, before entry next.
type step struct{ col, next int }

const (
	// diagonalPreference keeps a pivot on the diagonal when no entry of the column is
	// ten times larger.
	diagonalPreference = 0.1
	// oldPivot is how small against its column a pivot of an earlier factorisation may
	// have become.
	oldPivot = 1e-3
)

// Reset prepares for matrices of pattern p with the columns eliminated in this order,
// which it keeps.
func (f *SparseLU[T]) Reset(p *Pattern, order []int) {
	n := p.N
	f.pattern, f.order, f.known = p, order, false
	f.row, f.place = make([]int, n), make([]int, n)
	f.lStart, f.uStart = make([]int, n+1), make([]int, n+1)
	f.inv, f.x = make([]T, n), make([]T, n)
	f.reached, f.found, f.path = make([]int, n), make([]int, 0, n), make([]step, 0, n)
}

// Factor factors the matrix with these values of the pattern's entries.
func (f *SparseLU[T]) Factor(values []T) error {
	if len(values) != f.pattern.Len() {
		panic("linalg: Factor needs a value for each entry of the pattern")
	}
	if !Finite(values) {
		return ErrSingular
	}
	if f.known && f.again(values) {
		return nil
	}
	f.known = false
	clear(f.x)
	if err := f.afresh(values); err != nil {
		return err
	}
	f.known = true
	return nil
}

// Entries returns the number of entries of L and U.
func (f *SparseLU[T]) Entries() int { return len(f.lRow) + len(f.uRow) + f.pattern.N }

// again factors with the pivots and patterns of the last factorisation, and says
// whether they served.
func (f *SparseLU[T]) again(values []T) bool {
	p, x := f.pattern, f.x
	for k, j := range f.order {
		for at := p.Start[j]; at < p.Start[j+1]; at++ {
			x[p.Row[at]] = values[at]
		}
		for at := f.uStart[k]; at < f.uStart[k+1]; at++ {
			c := f.uRow[at]
			r := f.row[c]
			u := x[r]
			x[r] = 0
			f.uVal[at] = u
			if u != 0 {
				f.eliminate(c, u)
			}
		}
		r := f.row[k]
		d := x[r]
		x[r] = 0
		size := magnitude(d)
		least := size / oldPivot
		inv := 1 / d
		f.inv[k] = inv
		ok := usable(size)
		for at := f.lStart[k]; at < f.lStart[k+1]; at++ {
			v := x[f.lRow[at]]
			x[f.lRow[at]] = 0
			ok = ok && magnitude(v) <= least
			f.lVal[at] = v * inv
		}
		if !ok {
			return false
		}
	}
	return true
}

// eliminate takes u times column c of L from x.
func (f *SparseLU[T]) eliminate(c int, u T) {
	lo, hi := f.lStart[c], f.lStart[c+1]
	rows := f.lRow[lo:hi]
	x := f.x
	for i, l := range f.lVal[lo:hi] {
		x[rows[i]] -= l * u
	}
}

// afresh finds pivots and patterns.
func (f *SparseLU[T]) afresh(values []T) error {
	for i := range f.place {
		f.place[i], f.reached[i] = -1, 0
	}
	f.lRow, f.lVal, f.uRow, f.uVal = f.lRow[:0], f.lVal[:0], f.uRow[:0], f.uVal[:0]
	p, x := f.pattern, f.x
	for k, j := range f.order {
		f.found = f.found[:0]
		for at := p.Start[j]; at < p.Start[j+1]; at++ {
			f.reach(p.Row[at], k+1)
			x[p.Row[at]] = values[at]
		}
		// Rows are found after all that they act on: backward is an order of elimination.
		for i := len(f.found) - 1; i >= 0; i-- {
			r := f.found[i]
			c := f.place[r]
			if c < 0 {
				continue
			}
			u := x[r]
			x[r] = 0
			f.uRow, f.uVal = append(f.uRow, c), append(f.uVal, u)
			f.eliminate(c, u)
		}
		f.uStart[k+1] = len(f.uRow)
		if !f.pivot(k, j) {
			return ErrSingular
		}
	}
	return nil
}

// pivot chooses the pivot of column k, which is column j of A, and stores the column
// of L.
func (f *SparseLU[T]) pivot(k, j int) bool {
	best, most := -1, 0.0
	for _, r := range f.found {
		if f.place[r] >= 0 {
			continue
		}
		if v := magnitude(f.x[r]); best < 0 || v > most || v != v { // NaN: products overflowed
			best, most = r, v
		}
	}
	if best < 0 || !usable(most) {
		return false
	}
	if f.reached[j] == k+1 && f.place[j] < 0 && magnitude(f.x[j]) >= diagonalPreference*most {
		best = j
	}
	inv := 1 / f.x[best]
	f.inv[k], f.row[k], f.place[best] = inv, best, k
	for _, r := range f.found {
		if f.place[r] < 0 {
			f.lRow, f.lVal = append(f.lRow, r), append(f.lVal, f.x[r]*inv)
		}
		f.x[r] = 0
	}
	f.lStart[k+1] = len(f.lRow)
	return true
}

// reach appends row r to found, after all rows that its column of L acts on, if they
// are not there yet.
func (f *SparseLU[T]) reach(r, stamp int) {
	if f.reached[r] == stamp {
		return
	}
	f.reached[r] = stamp
	c := f.place[r]
	if c < 0 {
		f.found = append(f.found, r)
		return
	}
	path := append(f.path[:0], step{c, f.lStart[c]})
	for len(path) > 0 {
		top := &path[len(path)-1]
		if top.next == f.lStart[top.col+1] {
			f.found = append(f.found, f.row[top.col])
			path = path[:len(path)-1]
			continue
		}
		r := f.lRow[top.next]
		top.next++
		if f.reached[r] == stamp {
			continue
		}
		f.reached[r] = stamp
		if c := f.place[r]; c < 0 {
			f.found = append(f.found, r)
		} else {
			path = append(path, step{c, f.lStart[c]})
		}
	}
}

// Solve overwrites b with the solution of A x = b.
func (f *SparseLU[T]) Solve(b []T) {
	n, x := f.pattern.N, f.x
	if len(b) != n {
		panic("linalg: Solve needs n entries")
	}
	copy(x, b)
	for k := range n { // x by rows of A
		if v := x[f.row[k]]; v != 0 {
			f.eliminate(k, v)
		}
	}
	for k := n - 1; k >= 0; k-- {
		v := x[f.row[k]] * f.inv[k]
		b[f.order[k]] = v
		if v == 0 {
			continue
		}
		for at := f.uStart[k]; at < f.uStart[k+1]; at++ {
			x[f.row[f.uRow[at]]] -= f.uVal[at] * v
		}
	}
	clear(x)
}

// SolveTransposed overwrites b with the solution of A^T x = b.
func (f *SparseLU[T]) SolveTransposed(b []T) {
	n, x := f.pattern.N, f.x
	if len(b) != n {
		panic("linalg: SolveTransposed needs n entries")
	}
	for k := range n { // U^T
		sum := b[f.order[k]]
		for at := f.uStart[k]; at < f.uStart[k+1]; at++ {
			sum -= f.uVal[at] * x[f.row[f.uRow[at]]]
		}
		x[f.row[k]] = sum * f.inv[k]
	}
	for k := n - 1; k >= 0; k-- { // L^T
		sum := x[f.row[k]]
		for at := f.lStart[k]; at < f.lStart[k+1]; at++ {
			sum -= f.lVal[at] * x[f.lRow[at]]
		}
		x[f.row[k]] = sum
	}
	copy(b, x)
	clear(x)
}
