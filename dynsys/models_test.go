package dynsys_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/expr"
	"github.com/odefit/odefit/internal/problems"
)

func generic[T ~float64 | ~complex128](dy []T, t float64, y, p []T) {
	dy[0] = p[0]*y[0] - p[1]*y[0]*y[1]
	dy[1] = -p[2]*y[1] + p[3]*y[0]*y[1]
}

func traced(b *expr.Builder, _ expr.Node, y, p []expr.Node) []expr.Node {
	meet := b.Mul(y[0], y[1])
	return []expr.Node{
		b.Sub(b.Mul(p[0], y[0]), b.Mul(p[1], meet)),
		b.Sub(b.Mul(p[3], meet), b.Mul(p[2], y[1])),
	}
}

// Lotka-Volterra four ways agrees with the hand-written system in every function.
func TestEveryWayToMakeASystem(t *testing.T) {
	q := problems.LotkaVolterra()
	graph, err := dynsys.Trace(2, 4, traced)
	if err != nil {
		t.Fatal(err)
	}
	plain := func(dy []float64, x float64, y, p []float64) error { generic(dy, x, y, p); return nil }
	y, p := []float64{1.3, 0.4}, q.P
	vy, vp, w := []float64{0.3, -1.1}, []float64{0.2, 0.5, -0.7, 1}, []float64{0.9, -0.4}
	for name, c := range map[string]struct {
		m   dynsys.Model
		tol float64
	}{
		"traced":       {graph, 1e-15},
		"complex step": {dynsys.FromComplex(2, 4, generic[float64], generic[complex128]), 1e-15},
		"differences":  {dynsys.FromGo(2, 4, plain), 1e-9},
	} {
		s, err := c.m.System()
		if err != nil {
			t.Fatal(err)
		}
		if s.Approximate != (name == "differences") {
			t.Errorf("%s: Approximate is %v", name, s.Approximate)
		}
		same := func(what string, got, want []float64) {
			t.Helper()
			for i := range want {
				if math.Abs(got[i]-want[i]) > c.tol*10 {
					t.Errorf("%s, %s: %v, want %v", name, what, got, want)
					return
				}
			}
		}
		ref := q.System
		a, b := make([]float64, 2), make([]float64, 2)
		_, _ = s.RHS(a, 0, y, p), ref.RHS(b, 0, y, p)
		same("RHS", a, b)
		_, _ = s.JVP(a, 0, y, p, vy, vp), ref.JVP(b, 0, y, p, vy, vp)
		same("JVP", a, b)
		_, _ = s.JVP(a, 0, y, p, vy, nil), ref.JVP(b, 0, y, p, vy, nil)
		same("JVP without parameters", a, b)
		ga, gb := []float64{1, 2, 3, 4}, []float64{1, 2, 3, 4} // added to
		_, _ = s.VJP(a, ga, 0, y, p, w), ref.VJP(b, gb, 0, y, p, w)
		same("VJP", append(a, ga...), append(b, gb...))
		ja, jb := make([]float64, 4), make([]float64, 4)
		_, _ = s.Jacobian(ja, 0, y, p), ref.Jacobian(jb, 0, y, p)
		same("Jacobian", ja, jb)
		if s.JVPs != nil {
			out := [][]float64{make([]float64, 2), make([]float64, 2)}
			if err := s.JVPs(a, out, 0, y, p, [][]float64{vy, w}, [][]float64{vp, nil}); err != nil {
				t.Fatal(err)
			}
			_ = ref.JVP(b, 0, y, p, vy, vp)
			same("JVPs", out[0], b)
			_ = ref.JVP(b, 0, y, p, w, nil)
			same("JVPs", out[1], b)
		}
		if err := dynsys.CheckDerivatives(s, 0, y, p); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTracedInitialAndBreaks(t *testing.T) {
	m, err := dynsys.TraceInitial(1, 2, func(b *expr.Builder, x expr.Node, y, p []expr.Node) []expr.Node {
		return []expr.Node{b.Mul(p[0], b.Step(x, b.Mul(b.Const(2), p[1])))}
	}, func(b *expr.Builder, p []expr.Node) []expr.Node { return []expr.Node{b.Mul(p[0], p[1])} })
	if err != nil {
		t.Fatal(err)
	}
	s, err := m.System()
	if err != nil {
		t.Fatal(err)
	}
	p := []float64{3, 0.7}
	prob, err := s.Problem(p, 0, 5)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(prob.Y0[0]-2.1) > 1e-15 || len(prob.Breaks) != 1 || math.Abs(prob.Breaks[0]-1.4) > 1e-15 {
		t.Errorf("y0 = %v, breaks %v", prob.Y0, prob.Breaks)
	}
	var out [1]float64
	if _ = s.Breaks.JVP(out[:], p, []float64{9, 1}); out[0] != 2 {
		t.Errorf("dtau = %v", out)
	}
	g := []float64{0, 0}
	if _ = s.Initial.VJP(g, p, []float64{1}); g[0] != 0.7 || g[1] != 3 {
		t.Errorf("dy0/dp = %v", g)
	}
	if _, err := dynsys.Trace(2, 0, func(*expr.Builder, expr.Node, []expr.Node, []expr.Node) []expr.Node { return nil }); err == nil {
		t.Error("no rates for two states were taken")
	}
}

func TestCheckDerivativesFindsTheEntry(t *testing.T) {
	q := problems.LotkaVolterra()
	wrong := *q.System
	vjp := wrong.VJP
	wrong.VJP = func(gy, gp []float64, t float64, y, p, w []float64) error {
		err := vjp(gy, gp, t, y, p, w)
		gp[2] += w[1] * y[1] / 2
		return err
	}
	var d *dynsys.DerivativeError
	err := dynsys.CheckDerivatives(&wrong, 0, []float64{1.3, 0.4}, q.P)
	if !errors.As(err, &d) || d.Function != "VJP" || d.Component != 1 || d.Variable != "p[2]" || !strings.Contains(err.Error(), "f[1] in p[2]") {
		t.Errorf("error %v", err)
	}
}

func TestTracedEvaluationsDoNotAllocate(t *testing.T) {
	m, err := dynsys.Trace(2, 4, traced)
	if err != nil {
		t.Fatal(err)
	}
	s, _ := m.System()
	y, p, out, w := []float64{1, 2}, []float64{1, 2, 3, 4}, make([]float64, 2), []float64{1, 1}
	jac, gp := make([]float64, 4), make([]float64, 4)
	dirs, vps, outs := [][]float64{y, w}, [][]float64{p, nil}, [][]float64{make([]float64, 2), make([]float64, 2)}
	if n := testing.AllocsPerRun(10, func() {
		_ = s.RHS(out, 0, y, p)
		_ = s.JVP(out, 0, y, p, w, p)
		_ = s.VJP(out, gp, 0, y, p, w)
		_ = s.Jacobian(jac, 0, y, p)
		_ = s.JVPs(out, outs, 0, y, p, dirs, vps)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
