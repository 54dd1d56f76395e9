package linalg

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSolve(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 2, 3, 7, 20, 50} {
		a, x, b := make([]float64, n*n), make([]float64, n), make([]float64, n)
		for i := range a {
			a[i] = rng.NormFloat64()
		}
		for i := range x {
			x[i] = rng.NormFloat64()
		}
		for i := range b {
			for j := range x {
				b[i] += a[i*n+j] * x[j]
			}
		}
		var f LU
		if err := f.Factor(slices.Clone(a), n); err != nil {
			t.Fatal(err)
		}
		f.Solve(b)
		for i := range x { // condition numbers of these are below 1e4
			if math.Abs(b[i]-x[i]) > 1e-11 {
				t.Errorf("n = %d: x[%d] = %v, want %v", n, i, b[i], x[i])
			}
		}
	}
	// A zero on the diagonal needs an exchange of rows.
	var f LU
	b := []float64{3, 4}
	if err := f.Factor([]float64{0, 1, 2, 0}, 2); err != nil {
		t.Fatal(err)
	}
	if f.Solve(b); b[0] != 2 || b[1] != 3 {
		t.Errorf("x = %v", b)
	}
	for _, a := range [][]float64{{1, 2, 2, 4}, {0, 0, 0, 0}, {math.NaN(), 0, 0, 1}} {
		if err := f.Factor(a, 2); !errors.Is(err, ErrSingular) {
			t.Errorf("%v: %v", a, err)
		}
	}
}
