package minimize

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// truncation makes a reduced model exactly flat in the directions in which it is
// flat to the accuracy of J. What is left of curvature and slope there is error of
// J, but their quotient, the Gauss-Newton step, would be large.
//
// A direction counts as flat where the singular value of R, columns scaled to unit
// length, is at most tol times the largest.
type truncation struct {
	n          int
	tol        float64
	a, u, vt   []float64 // a = u diag(sigma) vt
	sigma      []float64
	stack, tau []float64
	work       []float64
	integers   []int
}

func newTruncation(n int, tol float64) *truncation {
	t := &truncation{
		n: n, tol: tol,
		a: make([]float64, n*n), u: make([]float64, n*n), vt: make([]float64, n*n),
		sigma: make([]float64, n),
		stack: make([]float64, n*(n+1)), tau: make([]float64, n),
		integers: make([]int, n),
	}
	if n > 0 {
		var size [1]float64
		lapack64.Gesvd(lapack.SVDAll, lapack.SVDAll, t.matrix(t.a), t.matrix(t.u), t.matrix(t.vt), t.sigma, size[:], -1)
		t.work = make([]float64, max(int(size[0]), 3*n, qrWork(n, n+1)))
	}
	return t
}

func (t *truncation) matrix(data []float64) blas64.General {
	return blas64.General{Rows: t.n, Cols: t.n, Stride: max(1, t.n), Data: data}
}

// apply truncates q. It costs n^2 operations where R is safely of full rank, and a
// singular value decomposition where it may not be.
func (t *truncation) apply(q *gaussNewton) {
	if t.n == 0 || t.safe(q) {
		return
	}
	n := t.n
	t.scaled(q)
	if !lapack64.Gesvd(lapack.SVDAll, lapack.SVDAll, t.matrix(t.a), t.matrix(t.u), t.matrix(t.vt), t.sigma, t.work, len(t.work)) {
		return
	}
	rank := n
	for rank > 0 && t.sigma[rank-1] <= t.tol*t.sigma[0] {
		rank--
	}
	if rank == n {
		return
	}
	// The rows sigma_k v_k^T N of the directions kept, with U^T c beside them; the
	// other rows are zero, and stay so in the factorisation.
	stride := n + 1
	clear(t.stack)
	for k := range rank {
		row := t.stack[k*stride : (k+1)*stride]
		for j, norm := range q.norm {
			row[j] = t.sigma[k] * t.vt[k*n+j] * norm
		}
		for i, c := range q.c {
			row[n] += t.u[i*n+k] * c
		}
	}
	q.triangularise(t.stack, n, t.tau, t.work)
}

// safe reports whether R is far from having a flat direction, by an estimate of
// its condition in the 1-norm, which differs from that in the 2-norm by up to n.
func (t *truncation) safe(q *gaussNewton) bool {
	t.scaled(q)
	for j := range t.n {
		if t.a[j*t.n+j] == 0 {
			return false
		}
	}
	a := blas64.Triangular{N: t.n, Stride: t.n, Data: t.a, Uplo: blas.Upper, Diag: blas.NonUnit}
	return lapack64.Trcon(lapack.MaxColumnSum, a, t.work, t.integers) > 10*float64(t.n)*t.tol
}

// scaled sets a to R with columns of unit length.
func (t *truncation) scaled(q *gaussNewton) {
	for i := range t.n {
		for j, norm := range q.norm {
			t.a[i*t.n+j] = 0
			if norm > 0 {
				t.a[i*t.n+j] = q.r[i*t.n+j] / norm
			}
		}
	}
}
