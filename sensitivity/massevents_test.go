package sensitivity

import (
	"context"
	"math"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/integrate"
)

// refilled is y' = z - p0 y with z = p1 y (1 + t/5) c(t), c being 1 before the time p2
// and 2 behind, refilled by p4 when it falls to p3 and at the time p2/2: as equations of
// y and z with a mass matrix, in which z is an algebraic component, or, where mass is
// nil, of y alone. mix adds three times the first row to the second.
func refilled(mass *integrate.Matrix, mix bool) Problem[[]float64] {
	c := func(t, tau complex128) complex128 {
		if real(t) >= real(tau) {
			return 2
		}
		return 1
	}
	n := 2
	if mass == nil {
		n = 1
	}
	sys := analytic(func(t complex128, y, p []complex128) []complex128 {
		z := p[1] * y[0] * (1 + t/5) * c(t, p[2])
		if n == 1 {
			return []complex128{z - p[0]*y[0]}
		}
		f := []complex128{y[1] - p[0]*y[0], y[1] - z}
		for i, m := range []int{0, 3} { // rows are scaled as those of M are
			if v := mass.Values[m/3*2]; i == 0 {
				f[0] *= complex(v, 0)
			}
		}
		if mix {
			f[1] += 3 * f[0]
		}
		return f
	}).system(n, 5)
	sys.Mass = mass
	sys.Breaks = dynsys.Breaks{
		Count: 1,
		Times: func(tau, p []float64) error { tau[0] = p[2]; return nil },
		JVP:   func(out, _, v []float64) error { out[0] = v[2]; return nil },
		VJP:   func(gp, _, w []float64) error { gp[2] += w[0]; return nil },
	}
	refill := analytic(func(_ complex128, y, p []complex128) []complex128 {
		out := []complex128{y[0] + p[4]}
		if n == 2 {
			out = append(out, 7*y[1]) // anything: it follows from y
		}
		return out
	}).reset()
	sys.Events = []dynsys.Event[[]float64]{
		{Name: "low", When: analytic(func(_ complex128, y, p []complex128) []complex128 { return []complex128{y[0] - p[3]} }).when(), Reset: refill},
		{Name: "timed", At: at(func(p []complex128) complex128 { return p[2] / 2 }), Reset: refill},
	}
	p := []float64{1.5, 0.4, 1, 1.2, 0.7}
	y0 := []float64{3, 3 * 0.4}
	return Problem[[]float64]{System: sys, P: p, T1: 3, Y0: y0[:n]}
}

// watched is the loss sum_k y^2 + 3 z at times; of y alone, where z is put in.
func watched(times []float64, n int) *Loss[[]float64] {
	factor := func(k int, p []float64) float64 { // z = p1 y factor
		f := 1 + times[k]/5
		if times[k] >= p[2] {
			f *= 2
		}
		return f
	}
	return &Loss[[]float64]{
		Times: times,
		L: func(k int, y, p []float64) (float64, error) {
			if n == 2 {
				return y[0]*y[0] + 3*y[1], nil
			}
			return y[0]*y[0] + 3*p[1]*y[0]*factor(k, p), nil
		},
		Ly: func(out []float64, k int, y, p []float64) error {
			if n == 2 {
				out[0], out[1] = 2*y[0], 3
			} else {
				out[0] = 2*y[0] + 3*p[1]*factor(k, p)
			}
			return nil
		},
		Lp: func(gp []float64, k int, y, p []float64) error {
			if n == 1 {
				gp[1] += 3 * y[0] * factor(k, p)
			}
			return nil
		},
	}
}

// Derivatives of algebraic equations, across events that refill a state, at which
// algebraic components follow, and a break that moves, at which they jump, are those of
// the equations with the algebraic component put in: in parameters, initial values and
// all times, by tangents and by transposes of every method for such problems.
func TestAlgebraicEquationsAcrossEvents(t *testing.T) {
	times := []float64{0, 0.3, 0.8, 1.7, 3}
	plain := refilled(nil, false)
	truth := mustGradient(t, plain, watched(times, 1), Forward{}, tolerances(1e-11, 1e-12))
	path, err := Trajectory(context.Background(), plain, times, nil, tolerances(1e-11, 1e-12))
	if err != nil {
		t.Fatal(err)
	}
	for k, at := range times { // z depends on time itself
		c := 1.0
		if at >= 1 {
			c = 2
		}
		truth.Times[k] += 3 * 0.4 * path.Y[k][0] / 5 * c
	}
	for name, c := range map[string]struct {
		mass *integrate.Matrix
		mix  bool
	}{
		"semi-explicit": {&integrate.Matrix{Values: []float64{1, 0, 0, 0}}, false},
		"scaled":        {&integrate.Matrix{Values: []float64{5, 0, 0, 0}}, false},
		"combined":      {&integrate.Matrix{Values: []float64{1, 0, 3, 0}}, true},
	} {
		prob := refilled(c.mass, c.mix)
		for _, solver := range []integrate.Method{integrate.Rodas5P{}, integrate.RadauIIA5{}, integrate.Kvaerno5{}, integrate.BDF{}} {
			for _, method := range []Method{Forward{}, Discrete{}, Discrete{Checkpoints: Checkpoints{Every: 6}}} {
				if _, ok := method.(Discrete); ok && solver == (integrate.BDF{}) {
					continue // refused
				}
				set := tolerances(1e-9, 1e-11)
				set.Solver = solver
				r, err := Gradient(context.Background(), prob, watched(times, 2), method, set)
				if err != nil {
					t.Errorf("%s, %v, %s: %v", name, solver, name, err)
					continue
				}
				// BDF adds up some thousand local errors; f_t is a difference, of nine digits.
				if d := apart(r.P, truth.P); d > 1e-6 {
					t.Errorf("%s, %v, %v: dL/dp = %v, want %v", name, solver, method, r.P, truth.P)
				}
				if math.Abs(r.Y0[0]/truth.Y0[0]-1) > 1e-6 || math.Abs(r.Y0[1]) > 1e-6*math.Abs(truth.Y0[0]) {
					t.Errorf("%s, %v, %v: dL/dy0 = %v, want %v and 0", name, solver, method, r.Y0, truth.Y0)
				}
				if d := apart(r.Times, truth.Times); d > 1e-6 || math.Abs(r.T0/truth.T0-1) > 1e-6 {
					t.Errorf("%s, %v, %v: dL/dt = %v and %v, want %v and %v", name, solver, method, r.T0, r.Times, truth.T0, truth.Times)
				}
			}
		}
	}
}

// On one grid, tangents of algebraic equations and the transposes of the steps are
// duals, across events too.
func TestDualityOfAlgebraicEquations(t *testing.T) {
	prob := refilled(&integrate.Matrix{Values: []float64{1, 0, 3, 0}}, true)
	loss := watched([]float64{0, 0.3, 0.8, 1.7, 3}, 2)
	for _, solver := range []integrate.Method{integrate.Rodas5P{}, integrate.RadauIIA5{}, integrate.Kvaerno5{}} {
		set := tolerances(1e-5, 1e-6)
		set.Solver = solver
		gap, err := Duality(context.Background(), prob, loss, Discrete{}, set)
		// Differences stand for second derivatives in Rodas5P.
		if limit := 1e-9; err != nil || !(gap < limit) {
			t.Errorf("%v: gap %.1e, %v", solver, gap, err)
		}
	}
}

// With a regular mass matrix, derivatives in times are those of y', not of f.
func TestTimesWithRegularMass(t *testing.T) {
	c := closedForms()[0]
	plain := mustGradient(t, c.prob, c.loss, Forward{}, tolerances(1e-9, 1e-11))
	heavy := *c.prob.System
	heavy.Mass = &integrate.Matrix{Values: []float64{2}}
	heavy.RHS = func(dy []float64, t float64, y, p []float64) error {
		err := c.prob.System.RHS(dy, t, y, p)
		dy[0] *= 2
		return err
	}
	heavy.JVP = func(out []float64, t float64, y, p, vy, vp []float64) error {
		err := c.prob.System.JVP(out, t, y, p, vy, vp)
		out[0] *= 2
		return err
	}
	heavy.VJP = func(gy, gp []float64, t float64, y, p, w []float64) error {
		return c.prob.System.VJP(gy, gp, t, y, p, []float64{2 * w[0]})
	}
	prob := c.prob
	prob.System = &heavy
	for _, method := range []Method{Forward{}, Discrete{}} {
		set := tolerances(1e-9, 1e-11)
		set.Solver = integrate.Rodas5P{}
		r := mustGradient(t, prob, c.loss, method, set)
		if d := max(apart(r.P, plain.P), apart(r.Times, plain.Times), math.Abs(r.T0/plain.T0-1)); d > 1e-6 {
			t.Errorf("%v: %v %v %v, want %v %v %v", method, r.P, r.Times, r.T0, plain.P, plain.Times, plain.T0)
		}
	}
	if _, err := Gradient(context.Background(), prob, c.loss, Continuous{}, nil); err == nil {
		t.Error("the adjoint equation of a problem with a mass matrix was solved")
	}
}
