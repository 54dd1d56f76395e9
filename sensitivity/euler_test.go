package sensitivity

import (
	"context"
	"math"
	"testing"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/internal/problems"
)

// eulerGradient returns the gradient of the mean square distance from data through
// n explicit Euler steps on the linear example, with its adjoint.
func eulerGradient(t testing.TB, times []float64, data [][]float64, weight float64, n int) *Result[[]float64] {
	t.Helper()
	weights := make([][]float64, len(data))
	for k := range weights {
		weights[k] = []float64{weight, weight}
	}
	grid := make([]float64, n+1)
	for i := range grid {
		grid[i] = float64(i) / float64(n)
	}
	set := &Settings{Settings: integrate.Settings{Grid: grid}, Solver: integrate.Euler{}}
	r, err := Gradient(context.Background(), problemOf(problems.Linear()), SumOfSquares(times, data, weights), Discrete{KeepAdjoint: true}, set)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The gradient through explicit Euler is known in exact arithmetic, with the
// adjoint on both sides of every jump.
func TestEulerIsExact(t *testing.T) {
	// Rounding: a few units of the last place per step, relative to the largest
	// number of the sum.
	check := func(what string, n int, got, want []float64) {
		t.Helper()
		if d := apart(got, want); d > 1e-14*math.Sqrt(float64(n)) {
			t.Errorf("%s, N = %d: %v, want %v (%.1e)", what, n, got, want, d)
		}
	}
	compare := func(what string, c problems.EulerCase, r *Result[[]float64]) {
		t.Helper()
		check(what+" loss", c.N, []float64{r.Value}, []float64{c.Euler.Loss})
		check(what+" dz0", c.N, r.Y0, c.Euler.DZ0)
		check(what+" dA", c.N, r.P, c.Euler.DA)
		if len(r.Adjoint) != c.N+1 {
			t.Fatalf("%s: %d knots of the adjoint for %d steps", what, len(r.Adjoint), c.N)
		}
		for i := range c.Euler.Before {
			check(what+" before", c.N, r.Adjoint[i].Before, c.Euler.Before[i])
			check(what+" after", c.N, r.Adjoint[i].After, c.Euler.After[i])
		}
	}
	terminal, err := problems.EulerTerminal()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range terminal {
		compare("terminal", c, eulerGradient(t, []float64{1}, c.Data, 1, c.N))
	}
	observed, err := problems.EulerObserved()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range observed {
		times := make([]float64, c.N)
		for i := range times {
			times[i] = float64(i+1) / float64(c.N)
		}
		compare("observed", c, eulerGradient(t, times, c.Data, 1/float64(c.N), c.N))
	}
	if len(terminal) < 5 || len(observed) < 5 {
		t.Errorf("only %d and %d cases", len(terminal), len(observed))
	}
}
