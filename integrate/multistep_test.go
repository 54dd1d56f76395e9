package integrate_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/internal/problems"
)

// graded returns a grid of n steps on [0, 3] that grow like n^-3 at the start, where the
// order is low, and are smooth after.
func graded(n int) []float64 {
	grid := make([]float64, n+1)
	for i := range grid {
		grid[i] = 3 * math.Pow(float64(i)/float64(n), 3)
	}
	return grid
}

// farthest returns the largest error at the ends of steps.
func farthest(sol *integrate.Solution[[]float64]) float64 {
	worst := 0.
	for i, x := range sol.T {
		worst = max(worst, apart(sol.Y[i], x))
	}
	return worst
}

// On grids that grow with the order, the error of each order q falls with the power q
// (q+1 for Adams, which goes on with the corrector), at the ends of steps and inside.
// With 160 to 640 steps the slope is met to 0.3.
func TestOrderOfMultistepMethods(t *testing.T) {
	check := func(m integrate.Method, order, n int) {
		var end, inside []float64
		for _, n := range []int{n, 2 * n} {
			sol, err := integrate.Solve(background, modulated(3), m, &integrate.Settings{Grid: graded(n), RelTol: 1e-14, AbsTol: 1e-14})
			if err != nil {
				t.Fatalf("%#v: %v", m, err)
			}
			end = append(end, farthest(sol))
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
		for what, e := range map[string][]float64{"at steps": end, "inside": inside} {
			if slope := math.Log2(e[0] / e[1]); slope < float64(order)-0.3 {
				t.Errorf("%#v: the error %s falls with the power %.2f of the step, want %d (errors %.2g)", m, what, slope, order, e)
			}
		}
	}
	for q := 1; q <= 5; q++ {
		check(integrate.BDF{MaxOrder: q}, q, 320)
	}
	for q := 1; q <= 8; q++ {
		check(integrate.Adams{MaxOrder: q}, q+1, 160)
	}
}

// An observation inside steps changes nothing, the interpolant meets both ends of its
// step, and a kept one says the same as the live one.
func TestMultistepInterpolants(t *testing.T) {
	for _, m := range []integrate.Method{integrate.BDF{}, integrate.Adams{}} {
		plain, err := integrate.Solve(background, modulated(6), m, &integrate.Settings{Times: []float64{6}})
		if err != nil {
			t.Fatal(err)
		}
		run := integrate.Start(background, modulated(6), m, nil)
		live, kept := make([]float64, 2), make([]float64, 2)
		steps := 0
		for step := range run.Steps() {
			steps++
			k, err := step.Keep()
			if err != nil {
				t.Fatal(err)
			}
			for i := range 11 {
				x := step.T0 + float64(i)/10*(step.T1-step.T0)
				step.Stepper().Interpolate(live, x)
				k.At(kept, x)
				want := 1e-13
				if d := math.Hypot(live[0]-kept[0], live[1]-kept[1]); d > want {
					t.Fatalf("%v: live and kept differ by %.2g", m, d)
				}
				if i == 0 && math.Hypot(live[0]-step.Y0[0], live[1]-step.Y0[1]) > want || i == 10 && math.Hypot(live[0]-step.Y1[0], live[1]-step.Y1[1]) > want {
					t.Fatalf("%v: the interpolant misses an end of its step", m)
				}
			}
		}
		_, y := run.State()
		if run.Err() != nil || steps != plain.Stats.Steps || y[0] != plain.Y[0][0] {
			t.Errorf("%v: observed, %d steps; else %d", m, steps, plain.Stats.Steps)
		}
	}
}

// The error falls with the tolerance: a factor of 100 is at least one of 15. Up to four
// hundred steps add up, each with an error below the tolerance.
func TestMultistepTolerance(t *testing.T) {
	for _, m := range []integrate.Method{integrate.BDF{}, integrate.Adams{}} {
		for _, t1 := range []float64{6, -6} {
			last := 0.
			for _, tol := range []float64{1e-4, 1e-6, 1e-8, 1e-10} {
				sol, err := integrate.Solve(background, modulated(t1), m, &integrate.Settings{RelTol: tol, AbsTol: tol})
				if err != nil {
					t.Fatal(err)
				}
				d := farthest(sol)
				if d > 500*tol {
					t.Errorf("%v to %v: error %.2g at tolerance %.0e", m, t1, d, tol)
				}
				if last > 0 && last/d < 15 {
					t.Errorf("%v to %v: the error fell from %.2g to %.2g with the tolerance a hundred times tighter", m, t1, last, d)
				}
				last = d
			}
		}
	}
}

// Whichever evaluation gives NaN or asks for a smaller step, the answer is right or a
// typed error, after a few rejections.
func TestMultistepFaultAtEveryCall(t *testing.T) {
	for _, m := range []integrate.Method{integrate.BDF{}, integrate.Adams{}} {
		for k := range 250 {
			for _, recoverable := range []bool{false, true} {
				calls := 0
				p := modulated(1)
				f := p.F
				p.F = func(dy []float64, t float64, y []float64) error {
					calls++
					if calls != k+1 {
						return f(dy, t, y)
					}
					dy[0], dy[1] = math.NaN(), 0
					if recoverable {
						return fmt.Errorf("out of the table: %w", integrate.ErrRecoverable)
					}
					return nil
				}
				sol, err := integrate.Solve(background, p, m, nil)
				switch {
				case err == nil:
					if d := apart(sol.Y[len(sol.Y)-1], 1); !(d < 1e-4) {
						t.Errorf("%v, fault at call %d: the result is off by %v", m, k+1, d)
					}
				case !errors.Is(err, integrate.ErrNonFinite) && !errors.Is(err, integrate.ErrRecoverable):
					t.Errorf("%v, fault at call %d: %v", m, k+1, err)
				}
				if sol != nil && sol.Stats.Rejected > 20 {
					t.Errorf("%v, fault at call %d: %d rejections", m, k+1, sol.Stats.Rejected)
				}
			}
		}
	}
}

// A blow-up ends near its time with a typed error.
func TestMultistepBlowUp(t *testing.T) {
	for _, m := range []integrate.Method{integrate.BDF{}, integrate.Adams{}} {
		p := integrate.Problem[[]float64]{T1: 2, Y0: []float64{1}, F: func(dy []float64, _ float64, y []float64) error {
			dy[0] = y[0] * y[0]
			return nil
		}}
		_, err := integrate.Solve(background, p, m, nil)
		var step *integrate.StepError
		if !errors.As(err, &step) || math.Abs(step.T-1) > 1e-3 {
			t.Errorf("%v: %v", m, err)
		}
	}
}

// The work on the stiff problems at tolerance 1e-6, in bands of 15 %. CVODE takes 1062,
// 399, 274, 2298 and 1449 steps with 1449, 611, 364, 3589 and 2174 evaluations, for
// errors of the same size.
func TestBDFStatistics(t *testing.T) {
	for _, c := range []struct {
		q          *problems.Problem
		abs        float64
		steps, rhs int
	}{
		{problems.Rober(), 1e-6, 742, 1381}, {problems.Hires(), 1e-2, 262, 565}, {problems.Pollu(), 1e-4, 176, 320},
		{problems.Oregonator(), 1, 1368, 2968}, {problems.VanDerPolStiff(), 1, 1090, 2080},
	} {
		p, err := c.q.System.Problem(c.q.P, c.q.T0, c.q.T1)
		if err != nil {
			t.Fatal(err)
		}
		p.Y0 = c.q.Y0
		sol, err := integrate.Solve(background, p, integrate.BDF{}, &integrate.Settings{RelTol: 1e-6, AbsTol: 1e-6 * c.abs, Times: []float64{c.q.T1}})
		if err != nil {
			t.Fatal(err)
		}
		s := sol.Stats
		if r := float64(s.Steps) / float64(c.steps); r > 1.15 || r < 0.85 {
			t.Errorf("%s: %d steps, %d are usual", c.q.Name, s.Steps, c.steps)
		}
		if r := float64(s.RHS) / float64(c.rhs); r > 1.15 || r < 0.85 {
			t.Errorf("%s: %d evaluations, %d are usual", c.q.Name, s.RHS, c.rhs)
		}
		if s.Jacobians > s.Steps/15+5 || s.Factorizations > s.Steps/3+5 {
			t.Errorf("%s: %d Jacobians and %d factorisations in %d steps", c.q.Name, s.Jacobians, s.Factorizations, s.Steps)
		}
	}
}

// The work of Adams at tolerance 1e-8, in bands of 15 %. CVODE takes 677, 1155 and 1489
// evaluations with its Adams method and functional iteration, for errors no smaller.
func TestAdamsStatistics(t *testing.T) {
	for _, c := range []struct {
		q          *problems.Problem
		steps, rhs int
	}{{problems.LotkaVolterra(), 259, 529}, {problems.Arenstorf(), 476, 959}, {problems.Pleiades(), 623, 1261}} {
		p, err := c.q.System.Problem(c.q.P, c.q.T0, c.q.T1)
		if err != nil {
			t.Fatal(err)
		}
		p.Y0 = c.q.Y0
		sol, err := integrate.Solve(background, p, integrate.Adams{}, &integrate.Settings{RelTol: 1e-8, AbsTol: 1e-8, Times: []float64{c.q.T1}})
		if err != nil {
			t.Fatal(err)
		}
		s := sol.Stats
		if r := float64(s.Steps) / float64(c.steps); r > 1.15 || r < 0.85 {
			t.Errorf("%s: %d steps, %d are usual", c.q.Name, s.Steps, c.steps)
		}
		if s.RHS > 2*(s.Steps+s.Rejected)+5 {
			t.Errorf("%s: %d evaluations in %d attempts", c.q.Name, s.RHS, s.Steps+s.Rejected)
		}
		if r := float64(s.RHS) / float64(c.rhs); r > 1.15 || r < 0.85 {
			t.Errorf("%s: %d evaluations, %d are usual", c.q.Name, s.RHS, c.rhs)
		}
	}
}
