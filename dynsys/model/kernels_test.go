package model

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/nn"
)

// Networks as kernels are what they are written out, in every function of a system.
func TestKernelsAreTheNetworksWrittenOut(t *testing.T) {
	for _, text := range []string{
		"net F(x, y) -> 2: tanh 14, swish 12\nx' = F.1\ny' = F.2",
		`param a = 0.7
net F(x, a*y, t) -> 2: gelu 9, softplus 8
param b = 1.3
net G(y^2 + b) -> 1: sigmoid 40
const c = 0.4
let fast = a*F.1*x
x(0) = a*b
x' = fast - G*sin(F.2) + step(b)
y' = c*b*F.2^2 + G.1*x*y - t*a
z' = -z + pulse(a, 2)*y`,
		"param k = 2\nnet F(x*k, z) -> 1: sin 40, tanh 5\nalgebraic z\nx' = F - x\n0 = z + F*x - k",
	} {
		c := compiled(t, text)
		fast, err := c.Equations()
		if err != nil {
			t.Fatal(err)
		}
		slow, err := c.Scalar()
		if err != nil {
			t.Fatal(err)
		}
		if inner, ok := fast.(*massive); ok {
			fast = inner.Model
		}
		if _, ok := fast.(nn.Inside); !ok {
			t.Errorf("no kernels: %T", fast)
		}
		sameSystem(t, c, system(t, fast), system(t, slow))
	}
	for _, text := range []string{ // small, nested, many states
		"net F(x) -> 1: tanh 5\nx' = F",
		"net F(x) -> 1: tanh 90\nnet G(F) -> 1: tanh 90\nx' = G",
		"net F(x[1]) -> 1: tanh 90\nfor i in 1..60: x[i]' = F - x[i]",
	} {
		m, err := compiled(t, text).Equations()
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := m.(*dynsys.GraphModel); !ok {
			t.Errorf("%s: %T", text, m)
		}
	}
}

func system(t *testing.T, m dynsys.Model) *dynsys.System[[]float64] {
	t.Helper()
	s, err := m.System()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sameSystem(t *testing.T, c *Compiled, fast, slow *dynsys.System[[]float64]) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	vector := func(n int) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = rng.NormFloat64()
		}
		return v
	}
	n, np := slow.Dim, slow.NumParams
	if fast.Dim != n || fast.NumParams != np || fast.Autonomous != slow.Autonomous || fast.Breaks.Count != slow.Breaks.Count {
		t.Fatalf("%d states, %d parameters, autonomous %v, %d breaks; want %d, %d, %v, %d", fast.Dim, fast.NumParams, fast.Autonomous, fast.Breaks.Count,
			n, np, slow.Autonomous, slow.Breaks.Count)
	}
	for range 5 {
		p := vector(np)
		for i, q := range c.Quantities {
			if q.Param == nil || q.Param.Net == nil {
				p[i] = math.Abs(p[i]) + 0.1
			}
		}
		y, vy, uy, w, at, ut := vector(n), vector(n), vector(n), vector(n), 3*rng.Float64(), rng.NormFloat64()
		vp, up := vector(np), vector(np)
		// call runs a function on both; out and gp are what it sets and adds to.
		call := func(what string, f func(s *dynsys.System[[]float64], out, gp []float64) error) {
			t.Helper()
			var out, gp [2][]float64
			for i, s := range []*dynsys.System[[]float64]{fast, slow} {
				out[i], gp[i] = make([]float64, n*n+1), make([]float64, np)
				if err := f(s, out[i], gp[i]); err != nil {
					t.Fatalf("%s: %v", what, err)
				}
			}
			same := func(got, want []float64) {
				size := 1.0
				for _, v := range want {
					size = max(size, math.Abs(v))
				}
				for i := range want {
					// Some thousand roundings, in another order.
					if !(math.Abs(got[i]-want[i]) <= 1e-12*size) {
						t.Errorf("%s: component %d is %v, want %v", what, i, got[i], want[i])
						return
					}
				}
			}
			same(out[0], out[1])
			same(gp[0], gp[1])
		}
		type sys = *dynsys.System[[]float64]
		call("f", func(s sys, out, _ []float64) error { return s.RHS(out[:n], at, y, p) })
		call("JVP", func(s sys, out, _ []float64) error { return s.JVP(out[:n], at, y, p, vy, vp) })
		call("JVP in y", func(s sys, out, _ []float64) error { return s.JVP(out[:n], at, y, p, vy, nil) })
		call("JVPs", func(s sys, out, _ []float64) error {
			return s.JVPs(make([]float64, n), [][]float64{out[:n]}, at, y, p, [][]float64{vy}, [][]float64{vp})
		})
		call("VJP", func(s sys, out, gp []float64) error { return s.VJP(out[:n], gp, at, y, p, w) })
		call("f_t", func(s sys, out, _ []float64) error { return s.TimeDerivative(out[:n], at, y, p) })
		call("VJP of f_t", func(s sys, out, gp []float64) error { return s.TimeVJP(out[:n], gp, at, y, p, w) })
		call("second order", func(s sys, out, gp []float64) (err error) {
			out[n], err = s.SecondOrder(out[:n], gp, at, y, p, vy, vp, w)
			return err
		})
		call("second order in y", func(s sys, out, gp []float64) (err error) {
			out[n], err = s.SecondOrder(out[:n], gp, at, y, p, vy, nil, w)
			return err
		})
		call("second directional", func(s sys, out, _ []float64) error {
			return s.SecondDirectional(out[:n], at, y, p, vy, vp, ut, uy, up)
		})
		call("second directional in y", func(s sys, out, _ []float64) error {
			return s.SecondDirectional(out[:n], at, y, p, vy, nil, 0, uy, nil)
		})
		call("Jacobian", func(s sys, out, _ []float64) error {
			if s.Pattern == nil {
				return s.Jacobian(out[:n*n], at, y, p)
			}
			for j := range n {
				unit := make([]float64, n)
				unit[j] = 1
				column := make([]float64, n)
				if err := s.JVP(column, at, y, p, unit, nil); err != nil {
					return err
				}
				for i, v := range column {
					out[i*n+j] = v
				}
			}
			return nil
		})
		call("initial", func(s sys, out, gp []float64) error {
			if err := s.Initial.JVP(out[:n], p, vp); err != nil {
				return err
			}
			if err := s.Initial.Value(out[n:2*n], p); err != nil {
				return err
			}
			return s.Initial.VJP(gp, p, w)
		})
		if k := slow.Breaks.Count; k > 0 {
			call("breaks", func(s sys, out, gp []float64) error {
				if err := s.Breaks.Times(out[:k], p); err != nil {
					return err
				}
				if err := s.Breaks.JVP(out[k:2*k], p, vp); err != nil {
					return err
				}
				return s.Breaks.VJP(gp, p, []float64{1, 2, 3, 4}[:k])
			})
		}
	}
}
