package integrate_test

import (
	"fmt"
	"testing"

	"github.com/odefit/odefit/integrate"
)

// lotkaVolterra is a right-hand side of a few nanoseconds: what is measured is the
// solver.
func lotkaVolterra(t1 float64) integrate.Problem[[]float64] {
	return integrate.Problem[[]float64]{
		F: func(dy []float64, _ float64, y []float64) error {
			dy[0], dy[1] = 1.5*y[0]-y[0]*y[1], y[0]*y[1]-3*y[1]
			return nil
		},
		T1: t1, Y0: []float64{1, 1},
	}
}

// ring is y_i' = y_(i-1) - 2 y_i + y_(i+1) with n cells.
func ring(n int) integrate.Problem[[]float64] {
	y0 := make([]float64, n)
	y0[0] = 1
	return integrate.Problem[[]float64]{
		F: func(dy []float64, _ float64, y []float64) error {
			for i := 1; i < n-1; i++ {
				dy[i] = y[i-1] - 2*y[i] + y[i+1]
			}
			dy[0], dy[n-1] = y[n-1]-2*y[0]+y[1], y[n-2]-2*y[n-1]+y[0]
			return nil
		},
		T1: 100, Y0: y0,
	}
}

func steps(p integrate.Problem[[]float64], m integrate.Method, set *integrate.Settings) int {
	run := integrate.Start(background, p, m, set)
	n := 0
	for range run.Steps() {
		n++
	}
	if run.Err() != nil {
		panic(run.Err())
	}
	return n
}

func BenchmarkStep(b *testing.B) {
	for _, c := range []struct {
		name string
		p    integrate.Problem[[]float64]
	}{{"lotka-volterra", lotkaVolterra(200)}, {"ring-100", ring(100)}, {"ring-10000", ring(10000)}} {
		for _, m := range []integrate.Method{integrate.BS3{}, integrate.Tsit5{}, integrate.Vern7{}, integrate.Dop853{}, integrate.Vern9{}} {
			b.Run(fmt.Sprintf("problem=%s/method=%v", c.name, m), func(b *testing.B) {
				n, set := 0, &integrate.Settings{RelTol: 1e-6, AbsTol: 1e-6}
				for b.Loop() {
					n = steps(c.p, m, set)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/step")
			})
		}
	}
}
