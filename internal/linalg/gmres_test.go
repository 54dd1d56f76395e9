package linalg

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestGMRES(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 3))
	const n = 80
	p := Banded(n, 1, 2)
	values := make([]float64, p.Len())
	for j := range n {
		for k := p.Start[j]; k < p.Start[j+1]; k++ {
			if values[k] = rng.NormFloat64(); p.Row[k] == j {
				values[k] += 6 * float64(1+j) // badly scaled without the preconditioner
			}
		}
	}
	m := Matrix{p, values}
	apply := func(dst, v []float64) error { m.MulVec(dst, v); return nil }
	jacobi := func(v []float64) error {
		for i := range v {
			v[i] /= values[p.At(i, i)]
		}
		return nil
	}
	b := make([]float64, n)
	for i := range b {
		b[i] = rng.NormFloat64()
	}
	norm := func(x []float64) (sum float64) {
		for _, v := range x {
			sum += v * v
		}
		return math.Sqrt(sum)
	}
	for _, s := range []*GMRES{{Tolerance: 1e-12}, {Restart: 7, Tolerance: 1e-12, MaxIterations: 400}, {Restart: 500, MaxIterations: 500, Tolerance: 1e-13}} {
		for _, precondition := range []func([]float64) error{nil, jacobi} {
			x := slices.Clone(b)
			if err := s.Solve(x, apply, precondition); err != nil {
				t.Fatal(err)
			}
			r := make([]float64, n)
			m.MulVec(r, x)
			for i := range r {
				r[i] -= b[i]
			}
			if got := norm(r) / norm(b); !(got <= s.Tolerance) {
				t.Errorf("restart %d: residual %.3g, want %.3g", s.Restart, got, s.Tolerance)
			}
		}
	}
	var failed *NotConvergedError
	x := slices.Clone(b)
	if err := (&GMRES{MaxIterations: 3, Tolerance: 1e-12}).Solve(x, apply, nil); !errors.As(err, &failed) || failed.Iterations != 3 {
		t.Errorf("three iterations: %v", err)
	}
	// A rotation by one place: every Krylov space but the last misses the solution.
	shift := func(dst, v []float64) error {
		for i := range v {
			dst[(i+1)%len(v)] = v[i]
		}
		return nil
	}
	x = make([]float64, 10)
	x[3] = 1
	if err := (&GMRES{Restart: 5}).Solve(x, shift, nil); !errors.As(err, &failed) {
		t.Errorf("stagnation: %v", err)
	}
	x = make([]float64, 10)
	x[3] = 1
	if err := (&GMRES{Restart: 10}).Solve(x, shift, nil); err != nil || math.Abs(x[2]-1) > 1e-15 {
		t.Errorf("x = %v, %v", x, err)
	}
	zero := func(dst, v []float64) error { clear(dst); return nil }
	if err := (&GMRES{}).Solve([]float64{1, 2}, zero, nil); !errors.As(err, &failed) {
		t.Errorf("the zero operator: %v", err)
	}
	nan := func(dst, v []float64) error { dst[0], dst[1] = math.NaN(), 1; return nil }
	if err := (&GMRES{}).Solve([]float64{1, 2}, nan, nil); !errors.As(err, &failed) {
		t.Errorf("NaN from the operator: %v", err)
	}
	if err := (&GMRES{}).Solve([]float64{math.NaN(), 2}, shift, nil); !errors.As(err, &failed) {
		t.Errorf("NaN in the right-hand side: %v", err)
	}
	stop := errors.New("stop")
	if err := (&GMRES{}).Solve([]float64{1, 2}, func(_, _ []float64) error { return stop }, nil); err != stop {
		t.Errorf("an operator that fails: %v", err)
	}
}
