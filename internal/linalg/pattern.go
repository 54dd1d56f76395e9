package linalg

import (
	"fmt"
	"slices"
)

// Pattern says which entries of an N x N matrix can differ from zero, in compressed
// columns: the rows of column j are Row[Start[j]:Start[j+1]], ascending. It is not
// changed once made.
type Pattern struct {
	N     int
	Start []int // N+1
	Row   []int
}

// Banded returns the pattern of an n x n matrix with lower diagonals below and upper
// diagonals above the main one.
func Banded(n, lower, upper int) *Pattern {
	p := &Pattern{N: n, Start: make([]int, n+1)}
	for j := range n {
		for i := max(0, j-upper); i <= min(n-1, j+lower); i++ {
			p.Row = append(p.Row, i)
		}
		p.Start[j+1] = len(p.Row)
	}
	return p
}

// Entries returns the pattern of an n x n matrix with the entries (rows[k], cols[k]),
// which may repeat.
func Entries(n int, rows, cols []int) *Pattern {
	if len(rows) != len(cols) {
		panic("linalg: Entries needs as many rows as columns")
	}
	columns := make([][]int, n)
	for k, j := range cols {
		if i := rows[k]; i < 0 || i >= n || j < 0 || j >= n {
			panic(fmt.Sprintf("linalg: entry (%d, %d) of a %d x %d matrix", i, j, n, n))
		}
		columns[j] = append(columns[j], rows[k])
	}
	p := &Pattern{N: n, Start: make([]int, n+1)}
	for j, c := range columns {
		slices.Sort(c)
		p.Row = append(p.Row, slices.Compact(c)...)
		p.Start[j+1] = len(p.Row)
	}
	return p
}

// Len returns the number of entries.
func (p *Pattern) Len() int { return len(p.Row) }

// At returns the index of entry (i, j) in the order of the pattern, or -1.
func (p *Pattern) At(i, j int) int {
	k, ok := slices.BinarySearch(p.Row[p.Start[j]:p.Start[j+1]], i)
	if !ok {
		return -1
	}
	return p.Start[j] + k
}

// Matrix is a square matrix: row-major and dense where Pattern is nil, else the
// values of the pattern's entries in its order.
type Matrix struct {
	Pattern *Pattern
	Values  []float64
}

// Dense sets dst to the matrix, row-major, n x n numbers.
func (m *Matrix) Dense(dst []float64) {
	p := m.Pattern
	if p == nil {
		copy(dst, m.Values)
		return
	}
	clear(dst)
	for j := range p.N {
		for k := p.Start[j]; k < p.Start[j+1]; k++ {
			dst[p.Row[k]*p.N+j] = m.Values[k]
		}
	}
}

// MulVec sets dst = A x, where dst is not x.
func (m *Matrix) MulVec(dst, x []float64) {
	n := len(x)
	if m.Pattern == nil {
		for i := range n {
			var sum float64
			for j, a := range m.Values[i*n : (i+1)*n] {
				sum += a * x[j]
			}
			dst[i] = sum
		}
		return
	}
	clear(dst)
	p := m.Pattern
	for j, v := range x {
		for k := p.Start[j]; k < p.Start[j+1]; k++ {
			dst[p.Row[k]] += m.Values[k] * v
		}
	}
}

// MulTransposed sets dst = A^T x, where dst is not x.
func (m *Matrix) MulTransposed(dst, x []float64) {
	n := len(x)
	if m.Pattern == nil {
		clear(dst)
		for i, v := range x {
			for j, a := range m.Values[i*n : (i+1)*n] {
				dst[j] += a * v
			}
		}
		return
	}
	p := m.Pattern
	for j := range n {
		var sum float64
		for k := p.Start[j]; k < p.Start[j+1]; k++ {
			sum += m.Values[k] * x[p.Row[k]]
		}
		dst[j] = sum
	}
}
