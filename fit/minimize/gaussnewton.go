package minimize

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// gaussNewton is the quadratic model of a least-squares objective around a point,
//
//	q(d) = g.d + 1/2 |J d|^2 = 1/2 |J d + r|^2 - 1/2 |r|^2,    g = J^T r,
//
// with the m rows of J and r reduced to n by J = Q R, c = Q^T r. J^T J is never
// formed, so the model is as accurate as J itself.
type gaussNewton struct {
	m, n     int
	g        []float64 // J^T r
	norm     []float64 // Euclidean norms of the columns of J
	r        []float64 // n x n, row-major, upper triangular
	c        []float64 // the first n elements of Q^T r
	residual float64   // |r|

	tau, work, column []float64
}

func newGaussNewton(m, n int) *gaussNewton {
	q := &gaussNewton{
		m: m, n: n,
		g:      make([]float64, n),
		norm:   make([]float64, n),
		r:      make([]float64, n*n),
		c:      make([]float64, n),
		tau:    make([]float64, min(m, n)),
		column: make([]float64, n),
	}
	if m > 0 && n > 0 {
		q.work = make([]float64, qrWork(m, n))
	}
	return q
}

// qrWork returns the work space that the QR factorisation of an m x n matrix, and
// the product of its Q with a vector, ask for.
func qrWork(m, n int) int {
	var size [1]float64
	a := blas64.General{Rows: m, Cols: n, Stride: n, Data: make([]float64, m*n)}
	tau := make([]float64, min(m, n))
	lapack64.Geqrf(a, tau, size[:], -1)
	work := int(size[0])
	c := blas64.General{Rows: m, Cols: 1, Stride: 1, Data: make([]float64, m)}
	lapack64.Ormqr(blas.Left, blas.Trans, a, tau, c, size[:], -1)
	return max(work, int(size[0]), n)
}

// reduce builds the model from the m x n matrix jac and the m residuals res, and
// overwrites both. Cost: 2 m n^2.
func (q *gaussNewton) reduce(jac, res []float64) {
	m, n := q.m, q.n
	clear(q.r)
	clear(q.c)
	clear(q.g)
	clear(q.norm)
	q.residual = blas64.Nrm2(blas64.Vector{N: m, Data: res, Inc: 1})
	if m == 0 || n == 0 {
		return
	}
	for j := range n {
		q.norm[j] = blas64.Nrm2(blas64.Vector{N: m, Data: jac[j:], Inc: n})
	}
	for i, ri := range res {
		row := jac[i*n : (i+1)*n]
		for j, a := range row {
			q.g[j] += a * ri
		}
	}
	a := blas64.General{Rows: m, Cols: n, Stride: n, Data: jac}
	lapack64.Geqrf(a, q.tau, q.work, len(q.work))
	lapack64.Ormqr(blas.Left, blas.Trans, a, q.tau, blas64.General{Rows: m, Cols: 1, Stride: 1, Data: res}, q.work, len(q.work))
	for i := range min(m, n) {
		copy(q.r[i*n+i:(i+1)*n], jac[i*n+i:(i+1)*n])
		q.c[i] = res[i]
	}
}

// triangularise sets R and c by a QR factorisation of the first rows >= n rows of
// the matrix [A | b] of n+1 columns, which it overwrites.
func (q *gaussNewton) triangularise(stack []float64, rows int, tau, work []float64) {
	n, stride := q.n, q.n+1
	a := blas64.General{Rows: rows, Cols: stride, Stride: stride, Data: stack[:rows*stride]}
	lapack64.Geqrf(a, tau, work, len(work))
	for i := range n {
		clear(q.r[i*n : i*n+i])
		copy(q.r[i*n+i:(i+1)*n], stack[i*stride+i:i*stride+n])
		q.c[i] = stack[i*stride+n]
	}
}

// half returns 1/2 |r|^2.
func (q *gaussNewton) half() float64 {
	return q.residual * q.residual / 2
}

// decrease returns -q(d), what the model promises for the step d.
func (q *gaussNewton) decrease(d []float64) float64 {
	slope, curvature := 0.0, 0.0
	for i := range q.n {
		slope += q.g[i] * d[i]
		s := 0.0
		for j := i; j < q.n; j++ {
			s += q.r[i*q.n+j] * d[j]
		}
		curvature += s * s
	}
	return -slope - curvature/2
}

// gradient sets w = g + J^T J d, the gradient of the model at d.
func (q *gaussNewton) gradient(w, d []float64) {
	// R^T (R d + c) needs no g, which keeps it consistent with the reduced problem.
	n := q.n
	for i := range n {
		s := q.c[i]
		for j := i; j < n; j++ {
			s += q.r[i*n+j] * d[j]
		}
		q.column[i] = s
	}
	for j := range n {
		s := 0.0
		for i := range j + 1 {
			s += q.r[i*n+j] * q.column[i]
		}
		w[j] = s
	}
}
