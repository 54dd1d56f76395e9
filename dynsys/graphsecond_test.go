package dynsys_test

import (
	"math"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/expr"
)

// bent has second derivatives of every kind, in time too.
func bent(b *expr.Builder, t expr.Node, y, p []expr.Node) []expr.Node {
	return []expr.Node{
		b.Mul(b.Hill(y[0], p[0], b.Const(2)), b.Cos(b.Mul(p[1], t))),
		b.Sub(b.Exp(b.Mul(p[1], y[1])), b.Mul(y[0], b.Mul(y[1], p[0]))),
	}
}

// Second derivatives are those of the JVP: central differences with a step of 1e-5 are
// good to 1e-9 here, and a sum of changes is the sum of their effects.
func TestSecondDirectionals(t *testing.T) {
	m, err := dynsys.Trace(2, 2, bent)
	if err != nil {
		t.Fatal(err)
	}
	s, err := m.System()
	if err != nil {
		t.Fatal(err)
	}
	if s.Autonomous {
		t.Error("a rate depends on time")
	}
	const now, h = 0.3, 1e-5
	y, p := []float64{0.8, 0.4}, []float64{1.1, 0.6}
	vy := [][]float64{{0.3, -1}, {2, 0.5}}
	vp := [][]float64{{0.7, -0.2}, nil}
	moved := func(x, u []float64, d float64) []float64 {
		z := append([]float64(nil), x...)
		for i, v := range u {
			z[i] += d * v
		}
		return z
	}
	for _, u := range []struct {
		t    float64
		y, p []float64
	}{{0, []float64{1, -0.4}, nil}, {1, []float64{0, 0}, nil}, {-0.5, []float64{0.2, 2}, []float64{0.3, 1}}} {
		got := [][]float64{make([]float64, 2), make([]float64, 2)}
		if err := s.SecondDirectionals(got, now, y, p, vy, vp, u.t, u.y, u.p); err != nil {
			t.Fatal(err)
		}
		for i := range vy {
			hi, lo := make([]float64, 2), make([]float64, 2)
			for d, out := range map[float64][]float64{h: hi, -h: lo} {
				if err := s.JVP(out, now+d*u.t, moved(y, u.y, d), moved(p, u.p, d), vy[i], vp[i]); err != nil {
					t.Fatal(err)
				}
			}
			for k := range hi {
				if want := (hi[k] - lo[k]) / (2 * h); math.Abs(got[i][k]-want) > 1e-9 {
					t.Errorf("direction %d, change %+v: %v, want %v", i, u, got[i][k], want)
				}
			}
		}
	}
	ft, hi, lo := make([]float64, 2), make([]float64, 2), make([]float64, 2)
	for _, err := range []error{s.TimeDerivative(ft, now, y, p), s.RHS(hi, now+h, y, p), s.RHS(lo, now-h, y, p)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for k := range ft {
		if want := (hi[k] - lo[k]) / (2 * h); math.Abs(ft[k]-want) > 1e-9 {
			t.Errorf("f_t: %v, want %v", ft[k], want)
		}
	}
	graph, err := dynsys.Trace(2, 4, traced)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := graph.System(); err != nil || !s.Autonomous {
		t.Errorf("a system without time is not autonomous (%v)", err)
	}
}
