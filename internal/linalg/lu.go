package linalg

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/floats"
)

// ErrSingular: a matrix has no factors, because an entry is not
// finite or a pivot is zero (or so small that its reciprocal overflows).
var ErrSingular = errors.New("linalg: the matrix is singular")

// LU is the factorisation P A = L U of an n x n row-major matrix by Gaussian
// elimination with partial pivoting. The zero value is ready for Factor.
//
// Source: Golub, Van Loan, Matrix Computations, algorithm 3.4.1.
type LU struct {
	n     int
	a     []float64 // L below the diagonal, U on and above
	pivot []int
}

// Factor factors the n x n matrix a, which it overwrites and keeps. It costs 2/3 n^3
// operations.
func (f *LU) Factor(a []float64, n int) error {
	if len(a) != n*n {
		panic("linalg: Factor needs n*n entries")
	}
	f.n, f.a = n, a
	if cap(f.pivot) < n {
		f.pivot = make([]int, n)
	}
	f.pivot = f.pivot[:n]
	if !Finite(a) {
		return ErrSingular
	}
	for k := range n {
		p := k
		for i := k + 1; i < n; i++ {
			if math.Abs(a[i*n+k]) > math.Abs(a[p*n+k]) {
				p = i
			}
		}
		f.pivot[k] = p
		d := a[p*n+k]
		if !usable(math.Abs(d)) {
			return ErrSingular
		}
		if p != k {
			for j := range n {
				a[k*n+j], a[p*n+j] = a[p*n+j], a[k*n+j]
			}
		}
		row := a[k*n+k+1 : (k+1)*n]
		for i := k + 1; i < n; i++ {
			l := a[i*n+k] / d
			a[i*n+k] = l
			if l != 0 {
				addScaled(a[i*n+k+1:(i+1)*n], -l, row)
			}
		}
	}
	return nil
}

// Solve overwrites b with the solution of A x = b. It costs 2 n^2 operations.
func (f *LU) Solve(b []float64) {
	n, a := f.n, f.a
	if len(b) != n {
		panic("linalg: Solve needs n entries")
	}
	for k, p := range f.pivot { // rows were exchanged whole, L included
		b[k], b[p] = b[p], b[k]
	}
	for i := 1; i < n; i++ {
		sum := b[i]
		for j, l := range a[i*n : i*n+i] {
			sum -= l * b[j]
		}
		b[i] = sum
	}
	for i := n - 1; i >= 0; i-- {
		sum := b[i]
		for j := i + 1; j < n; j++ {
			sum -= a[i*n+j] * b[j]
		}
		b[i] = sum / a[i*n+i]
	}
}

// SolveTransposed overwrites b with the solution of A^T x = b. It costs 2 n^2
// operations.
func (f *LU) SolveTransposed(b []float64) {
	n, a := f.n, f.a
	if len(b) != n {
		panic("linalg: SolveTransposed needs n entries")
	}
	for i := range n { // U^T
		b[i] /= a[i*n+i]
		addScaled(b[i+1:], -b[i], a[i*n+i+1:(i+1)*n])
	}
	for i := n - 1; i > 0; i-- { // L^T
		addScaled(b[:i], -b[i], a[i*n:i*n+i])
	}
	for k := n - 1; k >= 0; k-- {
		p := f.pivot[k]
		b[k], b[p] = b[p], b[k]
	}
}

// addScaled adds c*x to dst: a plain loop for short rows, gonum's kernel for long ones.
func addScaled(dst []float64, c float64, x []float64) {
	if len(x) > 8 {
		floats.AddScaled(dst, c, x)
		return
	}
	for i, v := range x {
		dst[i] += c * v
	}
}
