package nn

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Every kernel on both sides of plainSize against the definition.
func TestKernels(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for _, size := range [][2]int{{1, 1}, {2, 3}, {5, 6}, {4, 8}, {8, 4}, {1, 40}, {40, 1}, {17, 23}, {50, 50}} {
		m, n := size[0], size[1]
		w, x, z := gauss(m*n, rng), gauss(n, rng), gauss(m, rng)
		sum, trans, outer := append([]float64{}, z...), gauss(n, rng), append([]float64{}, w...)
		mulAdd(sum, w, x, 1, nil)
		clear(trans)
		mulTransAdd(trans, w, z, 1, nil)
		addOuter(outer, z, x, 1, nil)
		const tol = 1e-14 // of sums of at most 50 terms of size 1
		for i := range m {
			want := z[i]
			for j := range n {
				want += w[i*n+j] * x[j]
				if got, want := outer[i*n+j], w[i*n+j]+z[i]*x[j]; math.Abs(got-want) > tol {
					t.Errorf("%d x %d: addOuter[%d][%d] = %v, want %v", m, n, i, j, got, want)
				}
			}
			if math.Abs(sum[i]-want) > 10*tol {
				t.Errorf("%d x %d: mulAdd[%d] = %v, want %v", m, n, i, sum[i], want)
			}
		}
		for j := range n {
			want := 0.0
			for i := range m {
				want += w[i*n+j] * z[i]
			}
			if math.Abs(trans[j]-want) > 10*tol {
				t.Errorf("%d x %d: mulTrans[%d] = %v, want %v", m, n, j, trans[j], want)
			}
		}
	}
}
