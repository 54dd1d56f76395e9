package nn

import (
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"strings"
	"testing"
)

// nets are shapes below and above the sizes at which kernels change, with every
// activation, with and without scaling, with no hidden layer at all.
func nets() []MLP {
	all := []MLP{
		{Inputs: 1, Outputs: 1},
		{Inputs: 3, Outputs: 2},
		{Inputs: 12, Outputs: 7},
		{Inputs: 2, Hidden: []Layer{{50, Tanh}, {50, Tanh}}, Outputs: 2},
		{Inputs: 3, Hidden: []Layer{{4, Swish}, {1, Sin}, {9, Softplus}}, Outputs: 5,
			Center: []float64{1, -2, 0.5}, Scale: []float64{2, 0.25, -3}},
		{Inputs: 9, Hidden: []Layer{{7, GELU}, {20, Sigmoid}}, Outputs: 1},
		{Inputs: 4, Hidden: []Layer{{4, Tanh}, {6, Swish}, {6, Sin}}, Outputs: 4, Residual: true, OutputScale: []float64{0.5, 2, -1, 10}},
		{Inputs: 2, Hidden: []Layer{{40, Tanh}, {40, GELU}, {40, Softplus}}, Outputs: 2, Residual: true, Center: []float64{0.5, 1}},
		{Inputs: 2, Hidden: []Layer{{50, Tanh}}, Outputs: 2, Power: 3},
		{Inputs: 3, Hidden: []Layer{{3, Sigmoid}}, Outputs: 2, Power: 2, Scale: []float64{2, 1, -0.5}, Residual: true},
		{Inputs: 3, Outputs: 2, OutputScale: []float64{3, 0.1}, Scale: []float64{1, 2, 3}},
	}
	for _, a := range allActivations {
		all = append(all, MLP{Inputs: 2, Hidden: []Layer{{5, a}, {8, a}}, Outputs: 3})
	}
	return all
}

func name(m MLP) string {
	s := fmt.Sprint(m.Inputs)
	for _, h := range m.Hidden {
		s += fmt.Sprintf("-%d%v", h.Units, h.Activation)
	}
	s += fmt.Sprintf("-%d", m.Outputs)
	if m.Residual {
		s += "+residual"
	}
	if m.Power > 1 {
		s = fmt.Sprintf("power%d:%s", m.Power, s)
	}
	if m.Scale != nil || m.Center != nil || m.OutputScale != nil {
		s += "+scaled"
	}
	return s
}

func gauss(n int, rng *rand.Rand) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = rng.NormFloat64()
	}
	return v
}

func forNets(t *testing.T, test func(t *testing.T, m *MLP, rng *rand.Rand)) {
	for _, m := range nets() {
		t.Run(name(m), func(t *testing.T) {
			if err := m.Validate(); err != nil {
				t.Fatal(err)
			}
			rng := rand.New(rand.NewPCG(3, 4))
			for range 5 {
				test(t, &m, rng)
			}
		})
	}
}

// complexForward is the network from its formula, for complex inputs and weights.
func complexForward(m *MLP, x, w []complex128) []complex128 {
	a := make([]complex128, m.Inputs)
	for i := range a {
		a[i] = x[i]
		if m.Center != nil {
			a[i] -= complex(m.Center[i], 0)
		}
		if m.Scale != nil {
			a[i] /= complex(m.Scale[i], 0)
		}
		for u, n := a[i], 1; n < m.Power; n++ {
			a[i] *= u
		}
	}
	at := 0
	next := func() complex128 { at++; return w[at-1] }
	for l := range len(m.Hidden) + 1 {
		z := make([]complex128, m.units(l))
		for i := range z {
			for j := range a {
				z[i] += next() * a[j]
			}
		}
		for i := range z {
			z[i] += next()
			switch {
			case l < len(m.Hidden):
				z[i] = complexActivation(m.Hidden[l].Activation, z[i])
				if m.Residual && len(z) == len(a) {
					z[i] += a[i]
				}
			case m.OutputScale != nil:
				z[i] *= complex(m.OutputScale[i], 0)
			}
		}
		a = z
	}
	return a
}

func complexActivation(a Activation, z complex128) complex128 {
	switch a {
	case Tanh:
		return cmplx.Tanh(z)
	case ReLU:
		if real(z) > 0 {
			return z
		}
		return 0
	case Softplus:
		return cmplx.Log(1 + cmplx.Exp(z))
	case Sigmoid:
		return 1 / (1 + cmplx.Exp(-z))
	case GELU: // erf by its power series, good to 1e-13 for |z| < 4
		u := z / math.Sqrt2
		term, sum := u, u
		for n := 1; n < 120; n++ {
			term *= -u * u / complex(float64(n), 0)
			sum += term / complex(float64(2*n+1), 0)
		}
		return z / 2 * (1 + 2/complex(math.Sqrt(math.Pi), 0)*sum)
	case Swish:
		return z / (1 + cmplx.Exp(-z))
	case Sin:
		return cmplx.Sin(z)
	}
	panic("no such activation")
}

// largest is the size of a vector: what its rounding errors are relative to, since
// a component may be a difference of larger terms.
func largest(v []float64) float64 {
	s := 1.0
	for _, x := range v {
		s = max(s, math.Abs(x))
	}
	return s
}

func TestJVPAgainstComplexStep(t *testing.T) {
	forNets(t, func(t *testing.T, m *MLP, rng *rand.Rand) {
		const h = 1e-30
		n := m.NumParams()
		x, vx, w, vw := gauss(m.Inputs, rng), gauss(m.Inputs, rng), make([]float64, n), gauss(n, rng)
		m.Init(w, Init{Seed: rng.Uint64()})
		cx, cw := make([]complex128, m.Inputs), make([]complex128, n)
		for i := range x {
			cx[i] = complex(x[i], h*vx[i])
		}
		for i := range w {
			w[i] += 0.1 * rng.NormFloat64() // biases, too
			cw[i] = complex(w[i], h*vw[i])
		}
		want := complexForward(m, cx, cw)
		ws := m.NewWorkspace()
		value, out := make([]float64, m.Outputs), make([]float64, m.Outputs)
		m.Forward(value, x, w, ws)
		m.JVP(out, x, w, vx, vw, ws)
		size, sizeV := largest(value), largest(out)
		for k := range want {
			// Sums of up to 50 terms in two or three layers; a sign error is of size 1.
			if !(math.Abs(value[k]-real(want[k])) <= 1e-13*size) {
				t.Errorf("Forward[%d] = %v, want %v", k, value[k], real(want[k]))
			}
			if !(math.Abs(out[k]-imag(want[k])/h) <= 1e-12*sizeV) {
				t.Errorf("JVP[%d] = %v, complex step %v", k, out[k], imag(want[k])/h)
			}
		}
	})
}

func TestVJPIsTransposeOfJVP(t *testing.T) {
	forNets(t, func(t *testing.T, m *MLP, rng *rand.Rand) {
		n := m.NumParams()
		x, vx, w, vw := gauss(m.Inputs, rng), gauss(m.Inputs, rng), make([]float64, n), gauss(n, rng)
		m.Init(w, Init{Seed: rng.Uint64()})
		c := gauss(m.Outputs, rng)
		ws := m.NewWorkspace()
		out, gx, gw := make([]float64, m.Outputs), make([]float64, m.Inputs), make([]float64, n)
		for i := range gx {
			gx[i] = math.NaN() // to be overwritten
		}
		m.JVP(out, x, w, vx, vw, ws)
		m.VJP(gx, gw, x, w, c, ws)
		var left, right, size float64
		for k := range c {
			left += c[k] * out[k]
		}
		for i := range gx {
			right += gx[i] * vx[i]
			size += math.Abs(gx[i] * vx[i])
		}
		for i := range gw {
			right += gw[i] * vw[i]
			size += math.Abs(gw[i] * vw[i])
		}
		// Both sum the same products in another order.
		if !(math.Abs(left-right) <= 1e-13*size) {
			t.Errorf("c.Jv = %v, J'c.v = %v, terms of size %v", left, right, size)
		}
	})
}

func TestVJPAddsToWeights(t *testing.T) {
	forNets(t, func(t *testing.T, m *MLP, rng *rand.Rand) {
		n := m.NumParams()
		x, w, c := gauss(m.Inputs, rng), gauss(n, rng), gauss(m.Outputs, rng)
		ws := m.NewWorkspace()
		gx, gw := make([]float64, m.Inputs), make([]float64, n)
		m.VJP(gx, gw, x, w, c, ws)
		twice := append([]float64{}, gw...)
		without := make([]float64, m.Inputs)
		m.Pull(without, twice, w, c, ws)
		for i := range gw {
			// One product added twice; where it is fused with the sum, one rounding differs.
			if !(math.Abs(twice[i]-2*gw[i]) <= 4e-16*math.Abs(gw[i])) {
				t.Errorf("gw[%d] = %v once, %v twice", i, gw[i], twice[i])
			}
		}
		m.VJP(without, nil, x, w, c, ws)
		for i := range gx {
			if without[i] != gx[i] {
				t.Errorf("gx[%d] = %v without gw, %v with it", i, without[i], gx[i])
			}
		}
	})
}

func TestPushWithoutWeights(t *testing.T) {
	forNets(t, func(t *testing.T, m *MLP, rng *rand.Rand) {
		n := m.NumParams()
		x, vx, w := gauss(m.Inputs, rng), gauss(m.Inputs, rng), gauss(n, rng)
		ws := m.NewWorkspace()
		a, b := make([]float64, m.Outputs), make([]float64, m.Outputs)
		m.JVP(a, x, w, vx, nil, ws)
		m.Push(b, w, vx, make([]float64, n), ws)
		for k := range a {
			if a[k] != b[k] {
				t.Errorf("out[%d] = %v for nil, %v for zeros", k, a[k], b[k])
			}
		}
	})
}

// A network of two inputs, two hidden units and one output, worked out by hand: for
// x = (1, 2), z = (1 - 2 + 1, 3 + 1 - 0) = (0, 4), a = (0, 4), N = 5*0 + 0.5*4 - 7 = -5.
func TestByHand(t *testing.T) {
	m := MLP{Inputs: 2, Hidden: []Layer{{2, ReLU}}, Outputs: 1}
	w := []float64{
		1, -1, // W_0
		3, 0.5,
		1, 0, // b_0
		5, 0.5, // W_1
		-7, // b_1
	}
	if m.NumParams() != len(w) {
		t.Fatalf("%d parameters, want %d", m.NumParams(), len(w))
	}
	weights, biases := m.LayerParams(w, 1)
	if len(weights) != 2 || weights[0] != 5 || len(biases) != 1 || biases[0] != -7 {
		t.Errorf("layer 1 has weights %v and biases %v", weights, biases)
	}
	ws := m.NewWorkspace()
	out := make([]float64, 1)
	m.Forward(out, []float64{1, 2}, w, ws)
	if out[0] != -5 {
		t.Errorf("N = %v, want -5", out[0])
	}
	// At x = (2, 0): z = (3, 6), N = 15 + 3 - 7 = 11. With c = 2 the cotangent of z is
	// (10, 1), so gx = (10 + 3, -10 + 0.5) and gW_0 = ((20, 0), (2, 0)).
	m.Forward(out, []float64{2, 0}, w, ws)
	if out[0] != 11 {
		t.Errorf("N = %v, want 11", out[0])
	}
	gx, gw := make([]float64, 2), make([]float64, len(w))
	m.Pull(gx, gw, w, []float64{2}, ws)
	if gx[0] != 13 || gx[1] != -9.5 {
		t.Errorf("gx = %v, want [13 -9.5]", gx)
	}
	for i, want := range []float64{20, 0, 2, 0, 10, 1, 6, 12, 2} {
		if gw[i] != want {
			t.Errorf("gw[%d] = %v, want %v", i, gw[i], want)
		}
	}
}

func TestOutputMayBeInput(t *testing.T) {
	m := MLP{Inputs: 3, Hidden: []Layer{{6, Tanh}}, Outputs: 3, Scale: []float64{1, 2, 3}}
	rng := rand.New(rand.NewPCG(5, 6))
	w, ws := gauss(m.NumParams(), rng), m.NewWorkspace()
	x, v := gauss(3, rng), gauss(3, rng)
	same := func(what string, got, want []float64) {
		t.Helper()
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s: %v in place, %v apart", what, got, want)
			}
		}
	}
	want, got := make([]float64, 3), append([]float64{}, x...)
	m.Forward(want, x, w, ws)
	m.Forward(got, got, w, ws)
	same("Forward", got, want)

	m.JVP(want, x, w, v, nil, ws)
	copy(got, v)
	m.JVP(got, x, w, got, nil, ws)
	same("JVP over vx", got, want)
	copy(got, x)
	m.JVP(got, got, w, v, nil, ws)
	same("JVP over x", got, want)

	m.VJP(want, nil, x, w, v, ws)
	copy(got, v)
	m.VJP(got, nil, x, w, got, ws)
	same("VJP over c", got, want)
	copy(got, x)
	m.VJP(got, nil, got, w, v, ws)
	same("VJP over x", got, want)
}

func TestNaNIsNotHidden(t *testing.T) {
	forNets(t, func(t *testing.T, m *MLP, rng *rand.Rand) {
		ws, out := m.NewWorkspace(), make([]float64, m.Outputs)
		w := gauss(m.NumParams(), rng)
		x := gauss(m.Inputs, rng)
		x[rng.IntN(len(x))] = math.NaN()
		m.Forward(out, x, w, ws)
		for k := range out {
			if !math.IsNaN(out[k]) {
				t.Errorf("a NaN among the inputs gives %v", out)
			}
		}
	})
}

func TestEvaluationsDoNotAllocate(t *testing.T) {
	for _, m := range nets() {
		rng := rand.New(rand.NewPCG(7, 8))
		n := m.NumParams()
		x, w, c, vw := gauss(m.Inputs, rng), gauss(n, rng), gauss(m.Outputs, rng), gauss(n, rng)
		ws, out, gx, gw := m.NewWorkspace(), make([]float64, m.Outputs), make([]float64, m.Inputs), make([]float64, n)
		if got := testing.AllocsPerRun(10, func() {
			m.Forward(out, x, w, ws)
			m.JVP(out, x, w, x, vw, ws)
			m.VJP(gx, gw, x, w, c, ws)
			m.SecondOrder(gx, gw, x, w, x, vw, c, ws)
			m.SecondDirectional(out, x, w, x, vw, x, vw, ws)
		}); got != 0 {
			t.Errorf("%s: %v allocations", name(m), got)
		}
	}
}

func TestValidate(t *testing.T) {
	ok := MLP{Inputs: 2, Hidden: []Layer{{3, Tanh}}, Outputs: 1}
	for want, change := range map[string]func(m *MLP){
		"0 inputs":        func(m *MLP) { m.Inputs = 0 },
		"-1 outputs":      func(m *MLP) { m.Outputs = -1 },
		"has 0 units":     func(m *MLP) { m.Hidden = []Layer{{0, Tanh}} },
		"no valid":        func(m *MLP) { m.Hidden = []Layer{{3, 99}} },
		"of Center for 2": func(m *MLP) { m.Center = []float64{1} },
		"of Scale for 2":  func(m *MLP) { m.Scale = []float64{1, 2, 3} },
		"input 1 is 0":    func(m *MLP) { m.Scale = []float64{1, 0} },
		"input 0 is NaN":  func(m *MLP) { m.Scale = []float64{math.NaN(), 1} },
		"input 0 is +Inf": func(m *MLP) { m.Center = []float64{math.Inf(1), 1} },
		"power -1":        func(m *MLP) { m.Power = -1 },
		"no hidden layer": func(m *MLP) { m.Residual = true },
		"OutputScale for": func(m *MLP) { m.OutputScale = []float64{1, 2} },
		"output 0 is 0":   func(m *MLP) { m.OutputScale = []float64{0} },
	} {
		m := ok
		change(&m)
		if err := m.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one about %q", err, want)
		}
	}
	if err := ok.Validate(); err != nil {
		t.Error(err)
	}
}

func TestWrongLengthsPanic(t *testing.T) {
	m := MLP{Inputs: 2, Hidden: []Layer{{3, Tanh}}, Outputs: 1}
	ws, w := m.NewWorkspace(), make([]float64, m.NumParams())
	one, two := make([]float64, 1), make([]float64, 2)
	for what, f := range map[string]func(){
		"out": func() { m.Forward(two, two, w, ws) },
		"x":   func() { m.Forward(one, one, w, ws) },
		"w":   func() { m.Forward(one, two, w[1:], ws) },
		"vx":  func() { m.JVP(one, two, w, one, nil, ws) },
		"vw":  func() { m.JVP(one, two, w, two, two, ws) },
		"gx":  func() { m.VJP(one, nil, two, w, one, ws) },
		"gw":  func() { m.VJP(two, two, two, w, one, ws) },
		"c":   func() { m.VJP(two, nil, two, w, two, ws) },
		"ux":  func() { m.SecondDirectional(one, two, w, two, nil, one, nil, ws) },
		"uw":  func() { m.SecondDirectional(one, two, w, two, nil, two, two, ws) },
	} {
		func() {
			defer func() {
				if r := recover(); r == nil || !strings.HasPrefix(fmt.Sprint(r), "nn: "+what+" has length") {
					t.Errorf("a wrong length of %s: %v", what, r)
				}
			}()
			f()
		}()
	}
}
