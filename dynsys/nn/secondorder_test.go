package nn

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/num/hyperdual"
)

// hyperForward is the network from its formula in hyper-dual numbers, whose mixed part
// is the second derivative along the two directions of their other parts.
func hyperForward(m *MLP, x, w []hyperdual.Number) []hyperdual.Number {
	a := make([]hyperdual.Number, m.Inputs)
	for i := range a {
		a[i] = x[i]
		if m.Center != nil {
			a[i].Real -= m.Center[i]
		}
		if m.Scale != nil {
			a[i] = hyperdual.Scale(1/m.Scale[i], a[i])
		}
		for u, n := a[i], 1; n < m.Power; n++ {
			a[i] = hyperdual.Mul(a[i], u)
		}
	}
	at := 0
	next := func() hyperdual.Number { at++; return w[at-1] }
	for l := range len(m.Hidden) + 1 {
		z := make([]hyperdual.Number, m.units(l))
		for i := range z {
			for j := range a {
				z[i] = hyperdual.Add(z[i], hyperdual.Mul(next(), a[j]))
			}
		}
		for i := range z {
			z[i] = hyperdual.Add(z[i], next())
			switch {
			case l < len(m.Hidden):
				z[i] = hyperActivation(m.Hidden[l].Activation, z[i])
				if m.Residual && len(z) == len(a) {
					z[i] = hyperdual.Add(z[i], a[i])
				}
			case m.OutputScale != nil:
				z[i] = hyperdual.Scale(m.OutputScale[i], z[i])
			}
		}
		a = z
	}
	return a
}

func hyperActivation(a Activation, z hyperdual.Number) hyperdual.Number {
	one := hyperdual.Number{Real: 1}
	sigmoid := func() hyperdual.Number {
		return hyperdual.Inv(hyperdual.Add(one, hyperdual.Exp(hyperdual.Scale(-1, z))))
	}
	switch a {
	case Tanh: // 2 s(2z) - 1
		z = hyperdual.Scale(2, z)
		return hyperdual.Sub(hyperdual.Scale(2, sigmoid()), one)
	case ReLU:
		if z.Real > 0 {
			return z
		}
		return hyperdual.Number{}
	case Softplus:
		return hyperdual.Log(hyperdual.Add(one, hyperdual.Exp(z)))
	case Sigmoid:
		return sigmoid()
	case GELU: // x Phi(x), with Phi' = phi and phi' = -x phi
		x := z.Real
		phi := math.Exp(-x*x/2) / math.Sqrt(2*math.Pi)
		return hyperdual.Mul(z, hyperdual.Number{
			Real: math.Erfc(-x/math.Sqrt2) / 2, E1mag: phi * z.E1mag, E2mag: phi * z.E2mag,
			E1E2mag: phi * (z.E1E2mag - x*z.E1mag*z.E2mag),
		})
	case Swish:
		return hyperdual.Mul(z, sigmoid())
	case Sin:
		return hyperdual.Sin(z)
	}
	panic("no such activation")
}

// point is a network's arguments, and two directions, drawn at random.
type point struct {
	x, w, vx, vw, ux, uw, c []float64
}

func draw(m *MLP, rows int, rng *rand.Rand) point {
	n := m.NumParams()
	p := point{
		x: gauss(rows*m.Inputs, rng), w: make([]float64, n),
		vx: gauss(rows*m.Inputs, rng), vw: gauss(n, rng),
		ux: gauss(rows*m.Inputs, rng), uw: gauss(n, rng),
		c: gauss(rows*m.Outputs, rng),
	}
	m.Init(p.w, Init{Seed: rng.Uint64()})
	for i := range p.w {
		p.w[i] += 0.1 * rng.NormFloat64() // biases, too
	}
	return p
}

func hypers(x, v, u []float64) []hyperdual.Number {
	h := make([]hyperdual.Number, len(x))
	for i := range x {
		h[i] = hyperdual.Number{Real: x[i], E1mag: v[i], E2mag: u[i]}
	}
	return h
}

func dot(a, b []float64) (s float64) {
	for i := range a {
		s += a[i] * b[i]
	}
	return s
}

func TestSecondDirectionalAgainstHyperDual(t *testing.T) {
	forNets(t, func(t *testing.T, m *MLP, rng *rand.Rand) {
		p := draw(m, 1, rng)
		want := hyperForward(m, hypers(p.x, p.vx, p.ux), hypers(p.w, p.vw, p.uw))
		ws, first, got := m.NewWorkspace(), make([]float64, m.Outputs), make([]float64, m.Outputs)
		m.JVP(first, p.x, p.w, p.vx, p.vw, ws)
		m.SecondDirectional(got, p.x, p.w, p.vx, p.vw, p.ux, p.uw, ws)
		size, sizeV := largest(got), largest(first)
		for k := range got {
			// As for first derivatives: sums of up to 50 terms in two or three layers.
			if !(math.Abs(first[k]-want[k].E1mag) <= 1e-13*sizeV) {
				t.Errorf("JVP[%d] = %v, hyper-dual %v", k, first[k], want[k].E1mag)
			}
			if !(math.Abs(got[k]-want[k].E1E2mag) <= 2e-13*size) {
				t.Errorf("SecondDirectional[%d] = %v, hyper-dual %v", k, got[k], want[k].E1E2mag)
			}
		}
	})
}

// Along u, the gradient that SecondOrder computes is what SecondDirectional says.
func TestSecondOrderIsTransposeOfSecondDirectional(t *testing.T) {
	forNets(t, func(t *testing.T, m *MLP, rng *rand.Rand) {
		p := draw(m, 1, rng)
		ws, out := m.NewWorkspace(), make([]float64, m.Outputs)
		gx, gw := make([]float64, m.Inputs), make([]float64, m.NumParams())
		m.SecondDirectional(out, p.x, p.w, p.vx, p.vw, p.ux, p.uw, ws)
		m.SecondOrder(gx, gw, p.x, p.w, p.vx, p.vw, p.c, ws)
		left, right := dot(p.c, out), dot(gx, p.ux)+dot(gw, p.uw)
		size := 1.0
		for i := range gw {
			size += math.Abs(gw[i] * p.uw[i])
		}
		if !(math.Abs(left-right) <= 1e-14*size) {
			t.Errorf("c.N''(v, u) = %v, g.u = %v, terms of size %v", left, right, size)
		}
		// Symmetric: the same with v and u exchanged.
		other := make([]float64, m.Outputs)
		m.SecondDirectional(other, p.x, p.w, p.ux, p.uw, p.vx, p.vw, ws)
		for k := range out {
			if !(math.Abs(out[k]-other[k]) <= 1e-13*largest(out)) {
				t.Errorf("N''(v, u)[%d] = %v, N''(u, v) %v", k, out[k], other[k])
			}
		}
	})
}

// SecondOrder against central differences of VJP along v, which it is by symmetry: h^2
// of truncation and 1e-16/h of rounding leave some 1e-9.
func TestSecondOrderAgainstDifferences(t *testing.T) {
	forNets(t, func(t *testing.T, m *MLP, rng *rand.Rand) {
		const h = 1e-6
		if len(m.Hidden) > 0 && m.Hidden[0].Activation == ReLU {
			return // a kink may lie between the two points; the hyper-dual test has it
		}
		p := draw(m, 1, rng)
		ws, n := m.NewWorkspace(), m.NumParams()
		gx, gw := make([]float64, m.Inputs), make([]float64, n)
		m.SecondOrder(gx, gw, p.x, p.w, p.vx, p.vw, p.c, ws)
		at := func(s float64) ([]float64, []float64) {
			x, w := make([]float64, m.Inputs), make([]float64, n)
			for i := range x {
				x[i] = p.x[i] + s*p.vx[i]
			}
			for i := range w {
				w[i] = p.w[i] + s*p.vw[i]
			}
			gx, gw := make([]float64, m.Inputs), make([]float64, n)
			m.VJP(gx, gw, x, w, p.c, ws)
			return gx, gw
		}
		hx, hw := at(h)
		lx, lw := at(-h)
		sizeX, sizeW := largest(gx), largest(gw)
		for i := range gx {
			if want := (hx[i] - lx[i]) / (2 * h); !(math.Abs(gx[i]-want) <= 1e-8*sizeX) {
				t.Errorf("gx[%d] = %v, differences %v", i, gx[i], want)
			}
		}
		for i := range gw {
			if want := (hw[i] - lw[i]) / (2 * h); !(math.Abs(gw[i]-want) <= 1e-8*sizeW) {
				t.Errorf("gw[%d] = %v, differences %v", i, gw[i], want)
			}
		}
	})
}

// nil directions are zeros, nil gradients are not wanted, and gw is added to.
func TestSecondOrderOptions(t *testing.T) {
	forNets(t, func(t *testing.T, m *MLP, rng *rand.Rand) {
		p := draw(m, 1, rng)
		ws, n := m.NewWorkspace(), m.NumParams()
		zero := make([]float64, n)
		a, b := make([]float64, m.Outputs), make([]float64, m.Outputs)
		m.SecondDirectional(a, p.x, p.w, p.vx, nil, p.ux, nil, ws)
		m.SecondDirectional(b, p.x, p.w, p.vx, zero, p.ux, zero, ws)
		for k := range a {
			if a[k] != b[k] {
				t.Errorf("out[%d] = %v for nil, %v for zeros", k, a[k], b[k])
			}
		}
		gx, hx, gw := make([]float64, m.Inputs), make([]float64, m.Inputs), make([]float64, n)
		m.SecondOrder(gx, gw, p.x, p.w, p.vx, nil, p.c, ws)
		m.SecondOrder(hx, nil, p.x, p.w, p.vx, zero, p.c, ws)
		for i := range gx {
			if gx[i] != hx[i] {
				t.Errorf("gx[%d] = %v, without gw %v", i, gx[i], hx[i])
			}
		}
		twice := append([]float64{}, gw...)
		m.SecondOrder(p.vx, twice, p.x, p.w, p.vx, nil, p.c, ws) // in place
		for i := range gx {
			if gx[i] != p.vx[i] {
				t.Errorf("gx[%d] = %v, in place %v", i, gx[i], p.vx[i])
			}
		}
		size := largest(gw)
		for i := range gw {
			// A weight's gradient is a sum of two products; fused or not, two roundings.
			if !(math.Abs(twice[i]-2*gw[i]) <= 1e-15*size) {
				t.Errorf("gw[%d] = %v once, %v twice", i, gw[i], twice[i])
			}
		}
	})
}
