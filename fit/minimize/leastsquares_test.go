package minimize_test

import (
	"context"
	"testing"

	"github.com/odefit/odefit/fit/minimize"
)

func TestStd(t *testing.T) {
	for _, p := range testProblems {
		for _, k := range []float64{1, 10, 100} {
			x := make([]float64, p.n)
			for j := range x {
				x[j] = k * p.start[j]
			}
			got := minimize.LeastSquares{}.Minimize(context.Background(), p.leastSquares(), minimize.Bounds{}, x)
			t.Logf("%-20s %3g sum %.9g want %.7g it %3d f %3d j %3d fail %d pred %.1e %v %.6g", p.name, k, 2*got.F, p.sum, got.Iterations, got.Evaluations, got.Gradients, got.Failures, got.PredictedDecrease/got.F, got.Status, got.X)
		}
	}
	for _, l := range []float64{0.5, 0.9, 0.99, -1, -10, -100} {
		p := testProblem{n: 1, m: 2, start: []float64{1.5}, residuals: func(r, x []complex128) {
			r[0], r[1] = x[0]+1, complex(l, 0)*x[0]*x[0]+x[0]-1
		}}
		got := minimize.LeastSquares{}.Minimize(context.Background(), p.leastSquares(), minimize.Bounds{}, p.start)
		t.Logf("%g sum %.9g want %.7g it %3d f %3d j %3d fail %d pred %.1e %v %.6g", l, 2*got.F, p.sum, got.Iterations, got.Evaluations, got.Gradients, got.Failures, got.PredictedDecrease/got.F, got.Status, got.X)
	}
}
