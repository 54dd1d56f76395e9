package nn

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// The shapes of small neural differential equations. A VJP is one evaluation, one
// transposed product and one outer product: at most three times an evaluation.
func BenchmarkMLP(b *testing.B) {
	for _, m := range []MLP{
		{Inputs: 2, Hidden: []Layer{{8, Tanh}}, Outputs: 2},
		{Inputs: 2, Hidden: []Layer{{50, Tanh}}, Outputs: 2},
		{Inputs: 2, Hidden: []Layer{{50, Tanh}, {50, Tanh}}, Outputs: 2},
		{Inputs: 2, Hidden: []Layer{{50, ReLU}, {50, ReLU}}, Outputs: 2},
		{Inputs: 10, Hidden: []Layer{{200, Tanh}, {200, Tanh}}, Outputs: 10},
	} {
		rng := rand.New(rand.NewPCG(1, 2))
		n := m.NumParams()
		w, x, c, vw := make([]float64, n), gauss(m.Inputs, rng), gauss(m.Outputs, rng), gauss(n, rng)
		m.Init(w, Init{Seed: 1})
		ws, out, gx, gw := m.NewWorkspace(), make([]float64, m.Outputs), make([]float64, m.Inputs), make([]float64, n)
		for _, k := range []struct {
			name string
			run  func()
		}{
			{"Forward", func() { m.Forward(out, x, w, ws) }},
			{"JVP", func() { m.JVP(out, x, w, x, nil, ws) }},
			{"JVP-weights", func() { m.JVP(out, x, w, x, vw, ws) }},
			{"VJP", func() { m.VJP(gx, nil, x, w, c, ws) }},
			{"VJP-weights", func() { m.VJP(gx, gw, x, w, c, ws) }},
		} {
			b.Run(name(m)+"/"+k.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					k.run()
				}
			})
		}
	}
}

func BenchmarkActivation(b *testing.B) {
	for _, a := range allActivations {
		rng := rand.New(rand.NewPCG(3, 4))
		z, value, slope := gauss(100, rng), make([]float64, 100), make([]float64, 100)
		run := func() { a.apply(value, slope, z) }
		b.Run(a.String(), func(b *testing.B) {
			for b.Loop() {
				run()
			}
		})
	}
}

// What a point costs in a batch: time over the number of points.
func BenchmarkBatch(b *testing.B) {
	for _, rows := range []int{1, 8, 16, 100} {
		for _, m := range []MLP{
			{Inputs: 2, Hidden: []Layer{{50, Tanh}}, Outputs: 2},
			{Inputs: 2, Hidden: []Layer{{50, Tanh}, {50, Tanh}}, Outputs: 2},
		} {
			p := draw(&m, rows, rand.New(rand.NewPCG(5, 6)))
			ws, gx, gw := m.NewBatch(rows), make([]float64, len(p.x)), make([]float64, len(p.w))
			for _, k := range []struct {
				name string
				run  func()
			}{
				{"Forward", func() { m.Forward(gx, p.x, p.w, ws) }},
				{"VJP-weights", func() { m.VJP(gx, gw, p.x, p.w, p.c, ws) }},
			} {
				b.Run(fmt.Sprintf("%s/%d/%s", name(m), rows, k.name), func(b *testing.B) {
					for b.Loop() {
						k.run()
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*rows), "ns/point")
				})
			}
		}
	}
}
