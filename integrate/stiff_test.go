package integrate_test

import (
	"math"
	"testing"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/internal/problems"
)

// The stiff problems meet their references by the implicit method and by Auto, which
// has to find out, with the error falling with the tolerance.
func TestStiffProblems(t *testing.T) {
	for _, c := range []struct {
		q      *problems.Problem
		factor float64 // by which the problem magnifies the error of a step
		abs    float64 // absolute tolerance over the relative one
	}{
		{problems.Rober(), 1e3, 1e-6}, {problems.Hires(), 1e3, 1e-3}, {problems.Oregonator(), 1e4, 1e-2}, {problems.VanDerPolStiff(), 1e4, 1e-2},
		{problems.Pollu(), 1e3, 1e-4},
	} {
		ref, err := c.q.Reference()
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range []integrate.Method{integrate.Rodas5P{}, integrate.Rosenbrock23{}, integrate.RadauIIA5{}, integrate.Kvaerno5{}, integrate.KenCarp4{}, integrate.TRBDF2{}, integrate.SDIRK4{}, integrate.BDF{}, integrate.Auto{}} {
			for _, tol := range []float64{1e-4, 1e-6, 1e-8} {
				if low := m == (integrate.TRBDF2{}) || m == (integrate.Rosenbrock23{}); low && tol < 1e-6 {
					continue // not for methods of order 2
				}
				p, err := c.q.System.Problem(c.q.P, c.q.T0, c.q.T1)
				if err != nil {
					t.Fatal(err)
				}
				p.Y0 = c.q.Y0
				var times []float64
				for _, pt := range ref {
					times = append(times, min(pt.T, c.q.T1))
				}
				sol, err := integrate.Solve(background, p, m, &integrate.Settings{RelTol: tol, AbsTol: c.abs * tol, Times: times})
				if err != nil {
					t.Errorf("%s, %v, %.0e: %v", c.q.Name, m, tol, err)
					continue
				}
				worst := 0.0
				for i, pt := range ref {
					for j, want := range pt.Y {
						worst = max(worst, math.Abs(sol.Y[i][j]-want)/(math.Abs(want)+c.abs))
					}
				}
				if worst > c.factor*tol {
					t.Errorf("%s, %v: error %.2g at tolerance %.0e", c.q.Name, m, worst, tol)
				}
				if sol.Stats.Steps > 20000 {
					t.Errorf("%s, %v: %d steps", c.q.Name, m, sol.Stats.Steps)
				}
			}
		}
	}
}

// y' = lambda (y - cos t) - sin t with lambda = -1e6 has the solution cos t: where the
// step is a million times the time constant, the error must not be.
func TestProtheroRobinson(t *testing.T) {
	const lambda = -1e6
	p := integrate.Problem[[]float64]{
		F: func(dy []float64, t float64, y []float64) error {
			dy[0] = lambda*(y[0]-math.Cos(t)) - math.Sin(t)
			return nil
		},
		T1: 3, Y0: []float64{1},
	}
	sol, err := integrate.Solve(background, p, integrate.SDIRK4{}, &integrate.Settings{FixedStep: 0.05})
	if err != nil {
		t.Fatal(err)
	}
	// Stage order 1: the local error is O(h^2/lambda), far below h^4.
	if d := math.Abs(sol.Y[len(sol.Y)-1][0] - math.Cos(3)); d > 1e-7 {
		t.Errorf("error %.2g", d)
	}
}

// On a problem that is not stiff Auto is Tsit5, step for step.
func TestAutoStaysExplicit(t *testing.T) {
	a, err := integrate.Solve(background, modulated(20), integrate.Auto{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := integrate.Solve(background, modulated(20), integrate.Tsit5{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.T) != len(b.T) || a.Y[len(a.Y)-1][0] != b.Y[len(b.Y)-1][0] {
		t.Errorf("%d steps, Tsit5 takes %d", len(a.T), len(b.T))
	}
	p := modulated(1)
	if _, err := integrate.NewRecord(background, p, integrate.Auto{}, nil, integrate.Keep{}); err == nil {
		t.Error("the steps of Auto were recorded")
	}
}

// A Newton matrix that cannot be factored, and a Jacobian that is wrong, end in smaller
// steps or a typed error, not in a wrong result.
func TestWrongJacobian(t *testing.T) {
	p := modulated(2)
	p.Jacobian = func(jac []float64, _ float64, _ []float64) error {
		jac[0], jac[1], jac[2], jac[3] = 7, -3, 2, 5
		return nil
	}
	sol, err := integrate.Solve(background, p, integrate.SDIRK4{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := apart(sol.Y[len(sol.Y)-1], 2); d > 1e-4 {
		t.Errorf("error %.2g with a wrong Jacobian", d)
	}
}
