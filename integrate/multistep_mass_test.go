package integrate_test

import (
	"math"
	"testing"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/internal/problems"
)

// conserved is the problem of Robertson with its third equation replaced by the sum of
// the states: M = diag(1, 1, 0), index 1.
func conserved(t1 float64) integrate.Problem[[]float64] {
	return integrate.Problem[[]float64]{
		T1: t1, Y0: []float64{1, 0, 0}, Mass: &integrate.Matrix{Values: []float64{1, 0, 0, 0, 1, 0, 0, 0, 0}},
		F: func(d []float64, _ float64, y []float64) error {
			a, b, c := 0.04*y[0], 1e4*y[1]*y[2], 3e7*y[1]*y[1]
			d[0], d[1], d[2] = b-a, a-b-c, y[0]+y[1]+y[2]-1
			return nil
		},
	}
}

// As a differential-algebraic problem, Robertson's meets the same reference, and the
// error falls with the tolerance.
func TestBDFAlgebraicEquation(t *testing.T) {
	ref, err := problems.Rober().Reference()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []integrate.Method{integrate.BDF{}, integrate.Auto{}} {
		last := math.Inf(1)
		for _, tol := range []float64{1e-4, 1e-6, 1e-8} {
			var times []float64
			for _, pt := range ref {
				times = append(times, pt.T)
			}
			sol, err := integrate.Solve(background, conserved(times[len(times)-1]), m, &integrate.Settings{RelTol: tol, AbsTol: 1e-6 * tol, Times: times})
			if err != nil {
				t.Fatalf("%v: %v", m, err)
			}
			worst, drift := 0., 0.
			for i, pt := range ref {
				y := sol.Y[i]
				drift = max(drift, math.Abs(y[0]+y[1]+y[2]-1))
				for j, want := range pt.Y {
					worst = max(worst, math.Abs(y[j]-want)/(math.Abs(want)+1e-6))
				}
			}
			// The algebraic equation is linear: Newton solves it to the tolerance of the
			// iteration, and the interpolant combines points that all satisfy it.
			if worst > 1e3*tol || worst > last/5 || drift > tol {
				t.Errorf("%v at %.0e: error %.2g (before %.2g), drift %.2g", m, tol, worst, last, drift)
			}
			if sol.Stats.Steps > 5000 {
				t.Errorf("%v at %.0e: %d steps", m, tol, sol.Stats.Steps)
			}
			last = worst
		}
	}
}

// The slope of the algebraic component is known from the start: the first steps are as
// long as those of the problem without the constraint, to a factor of ten.
func TestBDFAlgebraicStart(t *testing.T) {
	// y' = -y, 0 = z - sin t - y: z' (0) = 0 comes from f_t and from y'.
	p := integrate.Problem[[]float64]{
		T1: 1, Y0: []float64{1, 1}, Mass: &integrate.Matrix{Values: []float64{1, 0, 0, 0}},
		F: func(d []float64, t float64, y []float64) error {
			d[0], d[1] = -y[0], y[1]-math.Sin(3*t)-y[0]
			return nil
		},
	}
	sol, err := integrate.Solve(background, p, integrate.BDF{}, &integrate.Settings{RelTol: 1e-6, AbsTol: 1e-6})
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range sol.T {
		if d := math.Hypot(sol.Y[i][0]-math.Exp(-x), sol.Y[i][1]-math.Sin(3*x)-math.Exp(-x)); d > 1e-4 {
			t.Fatalf("at %v: error %.2g", x, d)
		}
	}
	if sol.Stats.Steps > 120 || sol.Stats.Rejected > 12 {
		t.Errorf("%d steps, %d rejected", sol.Stats.Steps, sol.Stats.Rejected)
	}
}

// A regular mass matrix says the same as its inverse applied to f.
func TestBDFRegularMass(t *testing.T) {
	with := modulated(3)
	f := with.F
	with.Mass = &integrate.Matrix{Values: []float64{2, 1, -1, 3}}
	with.F = func(dy []float64, t float64, y []float64) error {
		if err := f(dy, t, y); err != nil {
			return err
		}
		dy[0], dy[1] = 2*dy[0]+dy[1], -dy[0]+3*dy[1]
		return nil
	}
	for _, m := range []integrate.Method{integrate.BDF{}, integrate.Auto{}} {
		sol, err := integrate.Solve(background, with, m, &integrate.Settings{RelTol: 1e-8, AbsTol: 1e-8})
		if err != nil {
			t.Fatal(err)
		}
		if d := farthest(sol); d > 1e-5 {
			t.Errorf("%v: error %.2g", m, d)
		}
	}
	if _, err := integrate.Solve(background, with, integrate.Adams{}, nil); err == nil {
		t.Error("Adams took a mass matrix")
	}
}
