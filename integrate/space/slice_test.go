package space_test

import (
	"math"
	"slices"
	"testing"

	"github.com/odefit/odefit/integrate/space"
)

// Sums of any length and number of terms are those of a plain loop, in place and not.
// Terms are below 1, so that 17 of them leave rounding of 17 ulp at most.
func TestAddScaledLengths(t *testing.T) {
	for _, n := range []int{0, 1, 7, 399, 400, 401, 1024, 1025, 3000} {
		for terms := range 17 {
			x, c, k := make([]float64, n), make([]float64, terms), make([][]float64, terms)
			for i := range x {
				x[i] = math.Sin(float64(i))
			}
			want := slices.Clone(x)
			for j := range k {
				c[j], k[j] = math.Cos(float64(j)), make([]float64, n)
				for i := range n {
					k[j][i] = math.Sin(float64(3*i + j))
					want[i] += c[j] * k[j][i]
				}
			}
			dst := make([]float64, n)
			space.Floats{}.AddScaled(dst, x, c, k)
			space.Floats{}.AddScaled(x, x, c, k)
			for i := range n {
				if math.Abs(dst[i]-want[i]) > 17*0x1p-52 {
					t.Fatalf("n = %d, %d terms: element %d is %v, want %v", n, terms, i, dst[i], want[i])
				}
			}
			if !slices.Equal(dst, x) {
				t.Errorf("n = %d, %d terms: other numbers in place", n, terms)
			}
		}
	}
}
