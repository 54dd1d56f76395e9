package linalg

import "math"

// Dependent looks at the rank of an n x n row-major matrix by Gaussian elimination with
// complete pivoting, pivots below n eps of the largest entry counting as zero. It
// returns, for each row that depends on the others, the combination of rows that is
// zero: Rows[k] is the row, Combinations[k] its n coefficients. The matrix is kept.
//
// Source: Golub, Van Loan, Matrix Computations, section 3.4.8.
func Dependent(m []float64, n int) (rows []int, combinations [][]float64) {
	a := make([]float64, n*n)
	copy(a, m)
	w := make([]float64, n*n) // row i of a is the combination w[i] of rows of m
	perm := make([]int, n)
	largest := 0.0
	for i := range n {
		w[i*n+i] = 1
		perm[i] = i
	}
	for _, v := range a {
		largest = max(largest, math.Abs(v))
	}
	least := float64(n) * 0x1p-52 * largest
	for k := range n {
		p, q, most := k, k, -1.0
		for i := k; i < n; i++ {
			for j := k; j < n; j++ {
				if v := math.Abs(a[i*n+j]); v > most {
					p, q, most = i, j, v
				}
			}
		}
		if most <= least {
			for i := k; i < n; i++ {
				rows = append(rows, perm[i])
				combinations = append(combinations, w[i*n:(i+1)*n])
			}
			return rows, combinations
		}
		perm[k], perm[p] = perm[p], perm[k]
		for j := range n {
			a[k*n+j], a[p*n+j] = a[p*n+j], a[k*n+j]
			w[k*n+j], w[p*n+j] = w[p*n+j], w[k*n+j]
		}
		for i := range n {
			a[i*n+k], a[i*n+q] = a[i*n+q], a[i*n+k]
		}
		for i := k + 1; i < n; i++ {
			if l := a[i*n+k] / a[k*n+k]; l != 0 {
				addScaled(a[i*n+k:(i+1)*n], -l, a[k*n+k:(k+1)*n])
				addScaled(w[i*n:(i+1)*n], -l, w[k*n:(k+1)*n])
			}
		}
	}
	return nil, nil
}
