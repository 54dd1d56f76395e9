package linalg

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestDependent(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	for _, n := range []int{1, 2, 5, 12} {
		for rank := range n + 1 {
			a := make([]float64, n*n) // a product of n x rank and rank x n
			for range rank {
				u, v := make([]float64, n), make([]float64, n)
				for i := range n {
					u[i], v[i] = rng.NormFloat64(), rng.NormFloat64()
				}
				for i := range n {
					for j := range n {
						a[i*n+j] += u[i] * v[j]
					}
				}
			}
			rows, w := Dependent(a, n)
			if len(rows) != n-rank || len(w) != n-rank {
				t.Fatalf("n = %d, rank %d: %d dependent rows", n, rank, len(rows))
			}
			for k, c := range w {
				if c[rows[k]] != 1 {
					t.Errorf("row %d has coefficient %v in its own combination", rows[k], c[rows[k]])
				}
				for j := range n {
					var sum float64
					for i := range n {
						sum += c[i] * a[i*n+j]
					}
					if math.Abs(sum) > 1e-12*float64(n) { // entries of size n at most
						t.Errorf("n = %d, rank %d: the combination is %g in column %d", n, rank, sum, j)
					}
				}
			}
		}
	}
}
