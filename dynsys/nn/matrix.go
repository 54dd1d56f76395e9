package nn

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// Matrices are row-major, m x n with m = len of the vector on the left and n = len of
// the one on the right.
//
// Below plainSize entries a plain loop is as fast as BLAS, or faster, since it has no
// arguments to check: measured, the two meet between 16 and 36 entries, and at 50 x 50
// the assembly of gonum is 3 to 5 times faster.
const plainSize = 32

// mulAdd sets z = z + W x.
func mulAdd(z, w, x []float64) {
	n := len(x)
	if len(w) >= plainSize {
		blas64.Gemv(blas.NoTrans, 1, matrix(w, len(z), n), vector(x), 1, vector(z))
		return
	}
	for i := range z {
		row := w[i*n : i*n+n]
		s := 0.0
		for j, xj := range x {
			s += row[j] * xj
		}
		z[i] += s
	}
}

// mulTrans sets x = W^T z.
func mulTrans(x, w, z []float64) {
	n := len(x)
	if len(w) >= plainSize {
		blas64.Gemv(blas.Trans, 1, matrix(w, len(z), n), vector(z), 0, vector(x))
		return
	}
	clear(x)
	for i, zi := range z {
		row := w[i*n : i*n+n]
		for j := range x {
			x[j] += row[j] * zi
		}
	}
}

// addOuter sets W = W + z x^T.
func addOuter(w, z, x []float64) {
	n := len(x)
	if len(w) >= plainSize {
		blas64.Ger(1, vector(z), vector(x), matrix(w, len(z), n))
		return
	}
	for i, zi := range z {
		row := w[i*n : i*n+n]
		for j, xj := range x {
			row[j] += zi * xj
		}
	}
}

func matrix(w []float64, m, n int) blas64.General {
	return blas64.General{Rows: m, Cols: n, Stride: n, Data: w}
}

func vector(x []float64) blas64.Vector {
	return blas64.Vector{N: len(x), Inc: 1, Data: x}
}
