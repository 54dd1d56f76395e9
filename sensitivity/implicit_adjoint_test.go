package sensitivity

import (
	"context"
	"math"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/expr"
	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/internal/problems"
)

// On one grid Forward and Discrete differentiate the same implicit steps, running
// cost and initial state included. Rosenbrock steps hold second derivatives of the cost:
// in Forward these are differences, right to some ten digits of their own, which is what
// is left here.
func TestImplicitOnOneGrid(t *testing.T) {
	p, loss := everyPathTwice()
	m, err := dynsys.TraceInitial(2, 4, func(b *expr.Builder, _ expr.Node, y, p []expr.Node) []expr.Node {
		xy := b.Mul(y[0], y[1])
		return []expr.Node{b.Sub(b.Mul(p[0], y[0]), b.Mul(p[1], xy)), b.Sub(b.Mul(p[3], xy), b.Mul(p[2], y[1]))}
	}, func(b *expr.Builder, p []expr.Node) []expr.Node {
		return []expr.Node{b.Mul(p[0], p[0]), b.Add(b.Const(1), b.Mul(b.Mul(p[1], p[3]), b.Const(0.1)))}
	})
	if err != nil {
		t.Fatal(err)
	}
	if p.System, err = m.System(); err != nil {
		t.Fatal(err)
	}
	for _, solver := range implicits() {
		for _, cost := range []bool{false, true} {
			l := *loss
			tol := 1e-12
			if _, ok := solver.(integrate.Rosenbrock); ok && cost {
				tol = 1e-9
			}
			if !cost {
				l.G, l.Gy, l.Gp, l.GSecond = nil, nil, nil, nil
			}
			set := &Settings{Settings: integrate.Settings{Grid: roughGrid(p.T0, p.T1, 0.2)}, Solver: solver}
			a, err := Gradient(context.Background(), p, &l, Forward{}, set)
			if err != nil {
				t.Fatal(err)
			}
			for _, every := range []int{0, 4} {
				b, err := Gradient(context.Background(), p, &l, Discrete{Checkpoints: Checkpoints{Every: every}}, set)
				if err != nil {
					t.Fatal(err)
				}
				worst := max(math.Abs(a.Value-b.Value)/math.Abs(a.Value), apart(b.P, a.P), apart(b.Y0, a.Y0), apart(b.Times, a.Times))
				if !(worst <= tol) {
					t.Errorf("%v, cost %v, every %d: they differ by %.1e", solver, cost, every, worst)
				}
			}
		}
	}
}

// The gradients of stiff problems by the transpose of implicit steps meet their
// references, the error falling with the tolerance. It scatters by ten times the tolerance.
func TestStiffAdjoints(t *testing.T) {
	for _, c := range []struct {
		q   *problems.Problem
		abs float64 // absolute tolerance over the relative one
	}{{problems.Rober(), 1e-6}, {problems.Hires(), 1e-3}} {
		ref, err := c.q.Loss()
		if err != nil {
			t.Fatal(err)
		}
		sizes := make([]float64, len(c.q.P))
		for i, v := range c.q.P {
			sizes[i] = math.Abs(v)
		}
		for solver, tols := range map[integrate.Method][]float64{
			integrate.Rodas5P{}: {1e-5, 1e-7, 1e-9}, integrate.RadauIIA5{}: {1e-5, 1e-7, 1e-9}, integrate.Kvaerno5{}: {1e-5, 1e-7, 1e-9},
			integrate.KenCarp4{}: {1e-5, 1e-7}, integrate.SDIRK4{}: {1e-5, 1e-7}, integrate.TRBDF2{}: {1e-3, 1e-5},
		} {
			last := math.Inf(1)
			for _, rel := range tols {
				set := tolerances(rel, rel*c.abs)
				set.Solver = solver
				r, err := Gradient(context.Background(), problemOf(c.q), SumOfSquares(ref.T, ref.Data, nil), Discrete{Probes: 1}, set)
				if err != nil {
					t.Errorf("%s, %v: %v", c.q.Name, solver, err)
					break
				}
				d := max(scaledApart(r.P, ref.DP, sizes), apart(r.Y0, ref.DY0))
				t.Logf("%s, %v, %.0e: %.1e, %+v", c.q.Name, solver, rel, d, r.Stats)
				if d > 1e4*rel || d > max(last/5, 10*rel) {
					t.Errorf("%s, %v, tolerance %.0e: the gradient is %.1e off, %.1e before", c.q.Name, solver, rel, d, last)
				}
				last = d
			}
		}
	}
}

// The continuous adjoint of stiff problems, solved by an implicit method: the integral
// of dL/dp inside the equation and outside.
func TestStiffContinuousAdjoints(t *testing.T) {
	for _, c := range []struct {
		q   *problems.Problem
		abs float64
	}{{problems.Rober(), 1e-6}, {problems.Hires(), 1e-3}} {
		ref, err := c.q.Loss()
		if err != nil {
			t.Fatal(err)
		}
		sizes := make([]float64, len(c.q.P))
		for i, v := range c.q.P {
			sizes[i] = math.Abs(v)
		}
		for _, solver := range []integrate.Method{integrate.Rodas5P{}, integrate.RadauIIA5{}} {
			for _, variant := range []Variant{Interpolating, Gauss, Quadrature} {
				last := math.Inf(1)
				for _, rel := range []float64{1e-5, 1e-7} {
					set := tolerances(rel, rel*c.abs)
					set.Solver = solver
					r, err := Gradient(context.Background(), problemOf(c.q), SumOfSquares(ref.T, ref.Data, nil), Continuous{Variant: variant}, set)
					if err != nil {
						t.Errorf("%s, %v, %v: %v", c.q.Name, solver, variant, err)
						break
					}
					d := max(scaledApart(r.P, ref.DP, sizes), apart(r.Y0, ref.DY0))
					t.Logf("%s, %v, %v, %.0e: %.1e, %+v", c.q.Name, solver, variant, rel, d, r.Stats)
					if d > 1e4*rel || d > max(last/5, 10*rel) {
						t.Errorf("%s, %v, %v, tolerance %.0e: the gradient is %.1e off, %.1e before", c.q.Name, solver, variant, rel, d, last)
					}
					last = d
				}
			}
		}
	}
}

// Without a named solver, the steps that are recorded are those of the method that the
// problem needs.
func TestRecordedSolver(t *testing.T) {
	for _, c := range []struct {
		q    *problems.Problem
		rel  float64
		want integrate.Method
	}{
		{problems.LotkaVolterra(), 1e-6, integrate.Tsit5{}}, {problems.LotkaVolterra(), 1e-10, integrate.Vern7{}},
		{problems.Hires(), 1e-6, integrate.Rodas5P{}}, {problems.Rober(), 1e-6, integrate.Rodas5P{}},
	} {
		m, err := newModel(problemOf(c.q))
		if err != nil {
			t.Fatal(err)
		}
		got, err := m.recorded(context.Background(), tolerances(c.rel, c.rel*1e-6))
		if err != nil || got != c.want {
			t.Errorf("%s at %.0e: %v (%v), want %v", c.q.Name, c.rel, got, err, c.want)
		}
	}
}
