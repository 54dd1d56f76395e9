package nn

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/odefit/odefit/internal/vector"
)

// Matrices are row-major. A batch is a matrix with one row for each of its points. W
// is units x inputs, x is rows x inputs and z is rows x units. work is scratch of
// vector.WorkFor the widest of all.
//
// What is used was measured. For single rows and W below plainSize entries a plain loop
// is as fast as BLAS, or faster, since it has no arguments to check: the two meet between
// 64 and 100 entries, and at 50 x 50 the assembly of gonum is 3 to 4 times faster. From
// batchRows rows on, the product of this module is 2 to 3 times faster than gonum's for
// single rows; that for matrices (Dgemm) is slower than either for these sizes.
const (
	plainSize = 80
	batchRows = 12
)

// mulAdd sets z = z + x W^T: each row z = z + W x.
func mulAdd(z, w, x []float64, rows int, work []float64) {
	units, n := len(z)/rows, len(x)/rows
	if rows >= batchRows {
		vector.AddProduct(z, rows, units, vector.Matrix{Data: x, Row: n, Col: 1}, vector.Matrix{Data: w, Row: 1, Col: n}, n, work)
		return
	}
	for ; len(z) > 0; z, x = z[units:], x[n:] {
		if len(w) >= plainSize {
			blas64.Gemv(blas.NoTrans, 1, matrix(w, units, n), column(x[:n]), 1, column(z[:units]))
			continue
		}
		for i := range units {
			row := w[i*n : i*n+n]
			s := 0.0
			for j, xj := range x[:n] {
				s += row[j] * xj
			}
			z[i] += s
		}
	}
}

// mulTransAdd sets x = x + z W: each row x = x + W^T z.
func mulTransAdd(x, w, z []float64, rows int, work []float64) {
	units, n := len(z)/rows, len(x)/rows
	if rows >= batchRows {
		vector.AddProduct(x, rows, n, vector.Matrix{Data: z, Row: units, Col: 1}, vector.Matrix{Data: w, Row: n, Col: 1}, units, work)
		return
	}
	for ; len(z) > 0; z, x = z[units:], x[n:] {
		if len(w) >= plainSize {
			blas64.Gemv(blas.Trans, 1, matrix(w, units, n), column(z[:units]), 1, column(x[:n]))
			continue
		}
		for i, zi := range z[:units] {
			for j, wij := range w[i*n : i*n+n] {
				x[j] += wij * zi
			}
		}
	}
}

// addOuter sets W = W + z^T x, the sum of the products z x^T of all rows.
func addOuter(w, z, x []float64, rows int, work []float64) {
	units, n := len(z)/rows, len(x)/rows
	if rows >= batchRows {
		vector.AddProduct(w, units, n, vector.Matrix{Data: z, Row: 1, Col: units}, vector.Matrix{Data: x, Row: n, Col: 1}, rows, work)
		return
	}
	for ; len(z) > 0; z, x = z[units:], x[n:] {
		if len(w) >= plainSize {
			blas64.Ger(1, column(z[:units]), column(x[:n]), matrix(w, units, n))
			continue
		}
		for i, zi := range z[:units] {
			row := w[i*n : i*n+n]
			for j, xj := range x[:n] {
				row[j] += zi * xj
			}
		}
	}
}

// repeat fills every row of z with b.
func repeat(z, b []float64) {
	for ; len(z) > 0; z = z[len(b):] {
		copy(z, b)
	}
}

// addRows adds every row of z to b.
func addRows(b, z []float64) {
	for ; len(z) > 0; z = z[len(b):] {
		add(b, z[:len(b)])
	}
}

// add sets a = a + b, for the length of a.
func add(a, b []float64) {
	b = b[:len(a)]
	for i, v := range b {
		a[i] += v
	}
}

func matrix(w []float64, m, n int) blas64.General {
	return blas64.General{Rows: m, Cols: n, Stride: n, Data: w}
}

func column(x []float64) blas64.Vector {
	return blas64.Vector{N: len(x), Inc: 1, Data: x}
}
