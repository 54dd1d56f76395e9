package model

import (
	"math"
	"testing"
)

// A network in text is the network that its formula says, for every activation.
func TestNet(t *testing.T) {
	for name, f := range map[string]func(x float64) float64{
		"tanh": math.Tanh, "sin": math.Sin,
		"relu":     func(x float64) float64 { return math.Max(x, 0) },
		"softplus": func(x float64) float64 { return math.Log1p(math.Exp(x)) },
		"sigmoid":  func(x float64) float64 { return 1 / (1 + math.Exp(-x)) },
		"gelu":     func(x float64) float64 { return 0.5 * x * (1 + math.Erf(x/math.Sqrt2)) },
		"swish":    func(x float64) float64 { return x / (1 + math.Exp(-x)) },
	} {
		m, err := Parse("m.ode", []byte("net F(x, 2*t) -> 2: "+name+" 3, tanh 2\nx' = F.1\ny' = F.2\n"))
		if err != nil {
			t.Fatal(err)
		}
		if m.Nets[0].Weights != 3*3+2*4+2*3 || len(m.Params) != m.Nets[0].Weights {
			t.Errorf("%d weights, %d parameters", m.Nets[0].Weights, len(m.Params))
		}
		readAgain(t, m)
		c, err := m.Compile()
		if err != nil {
			t.Fatal(err)
		}
		d, err := c.Equations()
		if err != nil {
			t.Fatal(err)
		}
		sys, err := d.System()
		if err != nil {
			t.Fatal(err)
		}
		w := map[string]float64{}
		p := make([]float64, len(m.Params))
		for i, q := range m.Params {
			if p[i] = q.Guess.Value; p[i] == 0 {
				p[i] = 0.1 * float64(i%7-3) // biases
			}
			w[q.Name] = p[i]
		}
		got := make([]float64, 2)
		const x, time = -1.3, 0.8
		if err := sys.RHS(got, time, []float64{x, 0}, p); err != nil {
			t.Fatal(err)
		}
		layer := func(l string, in []float64, units int, act func(float64) float64) []float64 {
			out := make([]float64, units)
			for i := range out {
				one := string(rune('1' + i))
				sum := w["F.b."+l+"."+one]
				for j, v := range in {
					sum += w["F.w."+l+"."+one+"."+string(rune('1'+j))] * v
				}
				out[i] = act(sum)
			}
			return out
		}
		h := layer("1", []float64{x, 2 * time}, 3, f)
		want := layer("3", layer("2", h, 2, math.Tanh), 2, func(x float64) float64 { return x })
		for i := range want {
			if math.Abs(got[i]-want[i]) > 1e-14 {
				t.Errorf("%s: output %d is %v, want %v", name, i, got[i], want[i])
			}
		}
	}
}
