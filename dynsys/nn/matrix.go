package nn

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// Matrices are row-major. A batch is a matrix with one row for each of its points. W
// is units x inputs, x is rows x inputs and z is rows x units.
//
// Below plainSize entries of W a plain loop is as fast as BLAS, or faster, since it has
// no arguments to check: measured, the two meet between 16 and 36 entries, and at 50 x 50
// the assembly of gonum is 3 to 5 times faster.
const plainSize = 32

// panelRows and panelUnits bound the products that are handed to Dgemm at once, so
// that it works in its caller's goroutine and does not allocate (it divides larger
// ones, of four blocks of 64 x 64 or more, among goroutines).
const (
	panelRows  = 192
	panelUnits = 64
)

// mulAdd sets z = z + x W^T: each row z = z + W x.
func mulAdd(z, w, x []float64, rows int) {
	units, n := len(z)/rows, len(x)/rows
	switch {
	case units*n < plainSize:
		for ; len(z) > 0; z, x = z[units:], x[n:] {
			for i := range units {
				row := w[i*n : i*n+n]
				s := 0.0
				for j, xj := range x[:n] {
					s += row[j] * xj
				}
				z[i] += s
			}
		}
	case rows == 1:
		blas64.Gemv(blas.NoTrans, 1, matrix(w, units, n), column(x), 1, column(z))
	default:
		for r := 0; r < rows; r += panelRows {
			k := min(panelRows, rows-r)
			for u := 0; u < units; u += panelUnits {
				c := min(panelUnits, units-u)
				blas64.Gemm(blas.NoTrans, blas.Trans, 1, matrix(x[r*n:], k, n), matrix(w[u*n:], c, n),
					1, part(z[r*units+u:], k, c, units))
			}
		}
	}
}

// mulTransAdd sets x = x + z W: each row x = x + W^T z.
func mulTransAdd(x, w, z []float64, rows int) {
	units, n := len(z)/rows, len(x)/rows
	switch {
	case units*n < plainSize:
		for ; len(z) > 0; z, x = z[units:], x[n:] {
			for i, zi := range z[:units] {
				row := w[i*n : i*n+n]
				for j, wij := range row {
					x[j] += wij * zi
				}
			}
		}
	case rows == 1:
		blas64.Gemv(blas.Trans, 1, matrix(w, units, n), column(z), 1, column(x))
	default:
		for r := 0; r < rows; r += panelRows {
			k := min(panelRows, rows-r)
			for u := 0; u < n; u += panelUnits {
				c := min(panelUnits, n-u)
				blas64.Gemm(blas.NoTrans, blas.NoTrans, 1, matrix(z[r*units:], k, units), part(w[u:], units, c, n),
					1, part(x[r*n+u:], k, c, n))
			}
		}
	}
}

// addOuter sets W = W + z^T x, the sum of the products z x^T of all rows.
func addOuter(w, z, x []float64, rows int) {
	units, n := len(z)/rows, len(x)/rows
	switch {
	case units*n < plainSize:
		for ; len(z) > 0; z, x = z[units:], x[n:] {
			for i, zi := range z[:units] {
				row := w[i*n : i*n+n]
				for j, xj := range x[:n] {
					row[j] += zi * xj
				}
			}
		}
	case rows == 1:
		blas64.Ger(1, column(z), column(x), matrix(w, units, n))
	default:
		for i := 0; i < units; i += panelRows {
			k := min(panelRows, units-i)
			for j := 0; j < n; j += panelUnits {
				c := min(panelUnits, n-j)
				blas64.Gemm(blas.Trans, blas.NoTrans, 1, part(z[i:], rows, k, units), part(x[j:], rows, c, n),
					1, part(w[i*n+j:], k, c, n))
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

func matrix(w []float64, m, n int) blas64.General { return part(w, m, n, n) }

// part is an m x n matrix inside one whose rows are stride apart.
func part(w []float64, m, n, stride int) blas64.General {
	return blas64.General{Rows: m, Cols: n, Stride: stride, Data: w}
}

func column(x []float64) blas64.Vector {
	return blas64.Vector{N: len(x), Inc: 1, Data: x}
}
