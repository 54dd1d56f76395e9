package integrate_test

import (
	"context"
	"math"
	"testing"

	"github.com/odefit/odefit/integrate"
)

// modulated is y' = y cos t with the solution exp(sin t), beside y2' = -2 t y2^2 with
// 1/(1+t^2): nonlinear, time-dependent and smooth.
func modulated(t1 float64) integrate.Problem[[]float64] {
	return integrate.Problem[[]float64]{
		F: func(dy []float64, t float64, y []float64) error {
			dy[0], dy[1] = y[0]*math.Cos(t), -2*t*y[1]*y[1]
			return nil
		},
		T1: t1, Y0: []float64{1, 1},
	}
}

// apart returns the distance of y from the exact solution at t.
func apart(y []float64, t float64) float64 {
	return math.Hypot(y[0]-math.Exp(math.Sin(t)), y[1]-1/(1+t*t))
}

// Halving the step divides the error by 2^p, at the end and inside the steps. With
// 40 to 160 steps the asymptotic slope is met to 0.25. The methods of high order are at
// rounding by then; they are given long steps, with which they fall by 2^(p-1) at least.
func TestConvergenceOrder(t *testing.T) {
	for _, m := range integrate.Methods() {
		rk, ok := m.(integrate.RungeKutta)
		if !ok {
			continue
		}
		tab := rk.Tableau()
		var end, inside []float64
		counts, slack := []int{40, 80, 160}, 0.25
		if tab.Order > 5 {
			counts, slack = []int{6, 12, 24}, 1
		}
		for _, n := range counts {
			sol, err := integrate.Solve(context.Background(), modulated(3), m, &integrate.Settings{FixedStep: 3 / float64(n)})
			if err != nil {
				t.Fatalf("%v: %v", m, err)
			}
			end = append(end, apart(sol.Y[len(sol.Y)-1], 3))
			worst, y := 0.0, make([]float64, 2)
			for i := range 1000 {
				x := 3 * float64(i) / 1000
				if err := sol.At(y, x); err != nil {
					t.Fatal(err)
				}
				worst = max(worst, apart(y, x))
			}
			inside = append(inside, worst)
		}
		check := func(what string, errs []float64, order int) {
			for i := 1; i < len(errs); i++ {
				if slope := math.Log2(errs[i-1] / errs[i]); slope < float64(order)-slack {
					t.Errorf("%v: the error %s falls with the power %.2f of the step, want %d (errors %.2g)", m, what, slope, order, errs)
				}
			}
		}
		check("at the end", end, tab.Order)
		check("inside the steps", inside, min(tab.Order, tab.DenseOrder+1))
	}
}
