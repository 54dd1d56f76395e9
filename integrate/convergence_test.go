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

// Going forward and back along the same grid of small steps returns to the start to
// the accuracy of the method.
func TestBackward(t *testing.T) {
	for _, m := range []integrate.Method{integrate.BS3{}, integrate.Dopri5{}, integrate.Tsit5{}} {
		p := modulated(0)
		p.T0, p.T1, p.Y0 = 3, 0, []float64{math.Exp(math.Sin(3)), 0.1}
		sol, err := integrate.Solve(context.Background(), p, m, &integrate.Settings{RelTol: 1e-9, AbsTol: 1e-9})
		if err != nil {
			t.Fatal(err)
		}
		if d := apart(sol.Y[len(sol.Y)-1], 0); d > 1e-6 {
			t.Errorf("%v: backward, the start is missed by %.2g", m, d)
		}
		y := make([]float64, 2)
		if err := sol.At(y, 1.234); err != nil || apart(y, 1.234) > 1e-6 {
			t.Errorf("%v: backward, dense output: %v, %.2g", m, err, apart(y, 1.234))
		}
	}
}

// The error falls in proportion to the tolerance: a decade of one is 0.6 to 1.4 decades
// of the other.
func TestToleranceProportionality(t *testing.T) {
	for _, m := range []integrate.Method{integrate.BS3{}, integrate.Dopri5{}, integrate.Tsit5{}} {
		var last float64
		for _, tol := range []float64{1e-4, 1e-6, 1e-8} {
			sol, err := integrate.Solve(context.Background(), modulated(6), m, &integrate.Settings{RelTol: tol, AbsTol: tol})
			if err != nil {
				t.Fatal(err)
			}
			d := apart(sol.Y[len(sol.Y)-1], 6)
			if d > 30*tol {
				t.Errorf("%v: error %.2g at tolerance %.0e", m, d, tol)
			}
			if last > 0 && last/d < 10 {
				t.Errorf("%v: the error fell from %.2g to %.2g with the tolerance a hundred times tighter", m, last, d)
			}
			last = d
		}
	}
}

func TestNoAllocationPerStep(t *testing.T) {
	count := func(n int, set integrate.Settings, m integrate.Method) float64 {
		return testing.AllocsPerRun(3, func() {
			p := modulated(float64(n))
			run := integrate.Start(context.Background(), p, m, &set)
			y := make([]float64, 2)
			for step := range run.Steps() {
				if err := step.At(y, (step.T0+step.T1)/2); err != nil {
					t.Fatal(err)
				}
			}
			if run.Err() != nil {
				t.Fatal(run.Err())
			}
		})
	}
	for _, m := range integrate.Methods() {
		set := integrate.Settings{RelTol: 1e-6}
		if rk, ok := m.(integrate.RungeKutta); ok && rk.Tableau().E == nil {
			set.FixedStep = 0.01
		}
		if short, long := count(5, set, m), count(50, set, m); long > short {
			t.Errorf("%v: %v allocations over 5 time units, %v over 50", m, short, long)
		}
	}
}
