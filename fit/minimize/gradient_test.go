package minimize

import (
	"context"
	"errors"
	"math"
	"testing"
)

// rosenbrock is the sum over pairs of 100 (b - a^2)^2 + (1-a)^2, with minimum 0 at 1.
func rosenbrock(n int) Objective {
	return Objective{Dim: n, Gradient: func(_ context.Context, g, x []float64) (float64, error) {
		sum := 0.0
		for i := 0; i < n; i += 2 {
			a, b := x[i], x[i+1]
			sum += 100*(b-a*a)*(b-a*a) + (1-a)*(1-a)
			g[i], g[i+1] = -400*a*(b-a*a)-2*(1-a), 200*(b-a*a)
		}
		return sum, nil
	}}
}

// quadratic is sum_i w_i (x_i - c_i)^2.
func quadratic(w, c []float64) Objective {
	return Objective{Dim: len(c), Gradient: func(_ context.Context, g, x []float64) (float64, error) {
		sum := 0.0
		for i := range c {
			sum += w[i] * (x[i] - c[i]) * (x[i] - c[i])
			g[i] = 2 * w[i] * (x[i] - c[i])
		}
		return sum, nil
	}}
}

func TestLBFGSRosenbrock(t *testing.T) {
	x0 := []float64{-1.2, 1, 3, -2, 0.1, 7}
	r := LBFGS{GTol: 1e-9, ObjectiveNoise: 1e-20}.Minimize(t.Context(), rosenbrock(6), Bounds{}, x0)
	if !r.Status.Converged() || r.F > 1e-15 {
		t.Errorf("%v, f = %g after %d iterations", r.Status, r.F, r.Iterations)
	}
	for i, x := range r.X {
		if math.Abs(x-1) > 1e-7 {
			t.Errorf("x[%d] = %v", i, x)
		}
	}
}

// Minima inside, on a lower and on an upper bound, on one-sided bounds, and a fixed
// parameter, from a start on the bounds.
func TestLBFGSBounds(t *testing.T) {
	inf := math.Inf(1)
	b := Bounds{Lo: []float64{-1, 0, -5, 2, -inf, 0.5}, Hi: []float64{1, 4, -3, inf, -2, 0.5}}
	obj := quadratic([]float64{1, 3, 2, 1, 5, 1}, []float64{0.3, -2, 0, -1, 6, 9})
	want := []float64{0.3, 0, -3, 2, -2, 0.5}
	sides := []Side{Interior, Lower, Upper, Lower, Upper, Lower}
	for _, x0 := range [][]float64{{0, 2, -4, 5, -9, 0.5}, {-1, 4, -5, 2, -2, 0.5}} {
		r := LBFGS{}.Minimize(t.Context(), obj, b, x0)
		if !r.Status.Converged() {
			t.Errorf("from %v: %v", x0, r.Status)
		}
		for i := range want {
			if math.Abs(r.X[i]-want[i]) > 1e-6 || r.AtBound[i] != sides[i] {
				t.Errorf("from %v: x[%d] = %v (%v), want %v (%v)", x0, i, r.X[i], r.AtBound[i], want[i], sides[i])
			}
		}
	}
}

// Both methods turn back from a region where the objective cannot be evaluated.
func TestGradientMethodsTurnBack(t *testing.T) {
	wall := errors.New("beyond the wall")
	inner := quadratic([]float64{1, 1}, []float64{0.9, 0})
	obj := Objective{Dim: 2, Gradient: func(ctx context.Context, g, x []float64) (float64, error) {
		if x[0] > 1 {
			return 0, wall
		}
		return inner.Gradient(ctx, g, x)
	}}
	for name, r := range map[string]Result{
		"LBFGS": LBFGS{}.Minimize(t.Context(), obj, Bounds{}, []float64{-4, 7}),
		"Adam":  Adam{Rate: 0.5}.Minimize(t.Context(), obj, Bounds{}, []float64{-4, 7}),
	} {
		if math.Hypot(r.X[0]-0.9, r.X[1]) > 1e-3 || r.Failures > 0 && !errors.Is(r.LastFailure, wall) {
			t.Errorf("%s: %v at %v, %d failures", name, r.Status, r.X, r.Failures)
		}
	}
	for name, r := range map[string]Result{
		"LBFGS": LBFGS{}.Minimize(t.Context(), obj, Bounds{}, []float64{4, 7}),
		"Adam":  Adam{}.Minimize(t.Context(), obj, Bounds{}, []float64{4, 7}),
	} {
		if r.Status != InfeasibleStart || !math.IsInf(r.F, 1) {
			t.Errorf("%s from beyond the wall: %v", name, r.Status)
		}
	}
}

func TestAdam(t *testing.T) {
	b := Bounds{Lo: []float64{-2, 0}, Hi: []float64{2, 1}}
	r := Adam{}.Minimize(t.Context(), quadratic([]float64{3, 1}, []float64{0.7, -4}), b, []float64{-2, 1})
	if !r.Status.Converged() || math.Abs(r.X[0]-0.7) > 1e-5 || r.X[1] != 0 || r.AtBound[1] != Lower {
		t.Errorf("%v at %v", r.Status, r.X)
	}
	r = Adam{Clip: 1, MaxIterations: 5000}.Minimize(t.Context(), rosenbrock(2), Bounds{}, []float64{-1.2, 1})
	if math.Hypot(r.X[0]-1, r.X[1]-1) > 1e-2 {
		t.Errorf("Rosenbrock: %v at %v", r.Status, r.X)
	}
	if r := (Adam{MaxIterations: 3}).Minimize(t.Context(), rosenbrock(2), Bounds{}, []float64{-1.2, 1}); r.Status != MaxIterations {
		t.Errorf("three iterations: %v", r.Status)
	}
}

func TestGradientMethodsAreCancelled(t *testing.T) {
	for name, m := range map[string]Method[Objective]{"LBFGS": LBFGS{}, "Adam": Adam{}} {
		ctx, cancel := context.WithCancel(t.Context())
		n := 0
		obj := rosenbrock(2)
		inner := obj.Gradient
		obj.Gradient = func(c context.Context, g, x []float64) (float64, error) {
			if n++; n == 5 {
				cancel()
			}
			return inner(c, g, x)
		}
		if r := m.Minimize(ctx, obj, Bounds{}, []float64{-1.2, 1}); r.Status != Cancelled || math.IsInf(r.F, 1) {
			t.Errorf("%s: %v, %v", name, r.Status, r.F)
		}
	}
}
