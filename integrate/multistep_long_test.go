package integrate_test

import (
	"flag"
	"math"
	"runtime"
	"testing"

	"github.com/odefit/odefit/integrate"
)

var long = flag.Bool("long", false, "ten million steps instead of a hundred thousand")

// Memory does not grow with the number of steps, the phase error of an oscillator grows
// no faster than with time, and a stiff equation that follows a cosine keeps its error.
func TestManySteps(t *testing.T) {
	n := 100_000
	if *long {
		n = 10_000_000
	}
	for _, m := range []integrate.Method{integrate.BDF{}, integrate.Adams{}} {
		p, drift := pulled(1e9, func(float64) float64 { return 10 }), 0.
		if m == (integrate.Adams{}) {
			drift = 1
			p = integrate.Problem[[]float64]{T1: 1e9, Y0: []float64{1, 0}, F: func(d []float64, _ float64, y []float64) error {
				d[0], d[1] = y[1], -y[0]
				return nil
			}}
		}
		run := integrate.Start(background, p, m, &integrate.Settings{RelTol: 1e-6, AbsTol: 1e-6, MaxSteps: 2 * n})
		var before, after runtime.MemStats
		y := make([]float64, len(p.Y0))
		worst, steps := 0., 0
		for step := range run.Steps() {
			steps++
			if steps == 100 {
				runtime.ReadMemStats(&before)
			}
			if steps%100 == 0 {
				x := (step.T0 + step.T1) / 2
				if err := step.At(y, x); err != nil {
					t.Fatal(err)
				}
				worst = max(worst, math.Abs(y[0]-math.Cos(x))/(1+drift*x))
			}
			if steps == n {
				break
			}
		}
		runtime.ReadMemStats(&after)
		if run.Err() != nil || steps != n {
			t.Fatalf("%v: %v after %d steps", m, run.Err(), steps)
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > 1<<16 {
			t.Errorf("%v: %d bytes allocated in %d steps", m, got, n)
		}
		// Some 15 steps a radian, each within 1e-6; what BDF sums up is damped.
		if worst > 3e-5 {
			t.Errorf("%v: error %.2g", m, worst)
		}
	}
}
