package minimize_test

import (
	"context"
	"math"
	"testing"

	"github.com/odefit/odefit/fit/minimize"
)

// An exponent n that the data hardly feel: at the far data x/k is small, so that x^n
// vanishes for every n that is large. The model step x^n/(k^n + x^n) is 0/0 where both
// powers underflow. Steps move n by decades into that region, while the other
// parameters, whose optimum is known, have most of their way to go.
func steepPower() (minimize.Residuals, []float64) {
	const amplitude, base, k = 3.0, 0.5, 0.1
	x := []float64{0.01, 0.02, 0.03, 0.2, 0.3, 0.5, 0.8}
	hill := func(x, k, n float64) float64 {
		a, b := math.Pow(x, n), math.Pow(k, n)
		return a / (a + b)
	}
	p := minimize.Residuals{Dim: 4, Rows: len(x)}
	// q = amplitude, base, ln k, log10 n
	p.Value = func(_ context.Context, q []float64) (float64, error) {
		sum := 0.0
		for _, t := range x {
			want := base
			if t > k {
				want += amplitude
			}
			r := q[0]*hill(t, math.Exp(q[2]), math.Pow(10, q[3])) + q[1] - want
			sum += r * r
		}
		return sum / 2, nil
	}
	p.Linearize = func(ctx context.Context, r, jac, q []float64) (float64, error) {
		k, n := math.Exp(q[2]), math.Pow(10, q[3])
		for i, t := range x {
			want := base
			if t > 0.1 {
				want += amplitude
			}
			h := hill(t, k, n)
			r[i] = q[0]*h + q[1] - want
			slope := q[0] * h * (1 - h) // in n ln(t/k)
			copy(jac[4*i:], []float64{h, 1, -slope * n, slope * n * math.Log(t/k) * math.Ln10})
		}
		return p.Value(ctx, q)
	}
	return p, []float64{1, 0, math.Log(0.05), 0.3}
}

// The minimum is 0 for n to infinity, beyond the wall at n = 300 or so. All that can be
// had before the wall is found, whatever the way n takes.
func TestLeastSquaresGoesAlongWall(t *testing.T) {
	p, start := steepPower()
	got := minimize.LeastSquares{AbsTol: 1e-12}.Minimize(t.Context(), p, minimize.Bounds{}, start)
	if !(got.F < 1e-9) {
		t.Errorf("%g at %v: %v after %d iterations, %d failures", got.F, got.X, got.Status, got.Iterations, got.Failures)
	}
	if math.Abs(got.X[0]-3) > 1e-4 || math.Abs(got.X[1]-0.5) > 1e-4 {
		t.Errorf("amplitude %g, base %g; want 3 and 0.5", got.X[0], got.X[1])
	}
}

// A quadratic bowl whose middle lies at (1, 2, 3, 4) and which cannot be evaluated where
// the first parameter is above 0.25: on the edge the others are at their optimum, and
// the search does not call that converged.
func TestLeastSquaresOptimumOnWall(t *testing.T) {
	// Badly scaled: f hardly feels the first parameter, so steps go far along it.
	weight := []float64{1e-3, 1, 1, 1}
	for _, slopes := range []bool{false, true} { // it is the value that fails, or the Jacobian
		beyond := func(x []float64) bool { return x[0] > 0.25 }
		p := minimize.Residuals{Dim: 4, Rows: 4}
		value := func(x []float64) float64 {
			sum := 0.0
			for j, w := range weight {
				d := w * (x[j] - float64(j+1))
				sum += d * d
			}
			return sum / 2
		}
		p.Value = func(_ context.Context, x []float64) (float64, error) {
			if !slopes && beyond(x) {
				return math.NaN(), nil
			}
			return value(x), nil
		}
		p.Linearize = func(_ context.Context, r, jac, x []float64) (float64, error) {
			clear(jac)
			for j, w := range weight {
				r[j], jac[5*j] = w*(x[j]-float64(j+1)), w
			}
			if beyond(x) {
				jac[0] = math.NaN()
			}
			return value(x), nil
		}
		got := minimize.LeastSquares{}.Minimize(t.Context(), p, minimize.Bounds{}, make([]float64, 4))
		for j, want := range []float64{0.25, 2, 3, 4} {
			if math.Abs(got.X[j]-want) > 1e-6 {
				t.Errorf("x[%d] = %.9g, want %g (Jacobian fails: %t)", j, got.X[j], want, slopes)
			}
		}
		if got.Status.Converged() {
			t.Errorf("%v (Jacobian fails: %t)", got.Status, slopes)
		}
	}
}
