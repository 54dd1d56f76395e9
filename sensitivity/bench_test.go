package sensitivity

import (
	"context"
	"testing"

	"github.com/odefit/odefit/dynsys/nn"
	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/internal/problems"
)

// The cost of a gradient in units of a plain solution is the number to watch:
// compare the lines of one problem with its "solve".
func BenchmarkGradient(b *testing.B) {
	net := nn.MLP{Inputs: 2, Hidden: []nn.Layer{{Units: 50, Activation: nn.Tanh}}, Outputs: 2}
	sys, err := nn.ODE{Net: net}.System()
	if err != nil {
		b.Fatal(err)
	}
	w := make([]float64, net.NumParams())
	net.Init(w, nn.Init{Seed: 1})
	mlp := Problem[[]float64]{System: sys, P: w, T1: 1.5, Y0: []float64{2, 0}}
	for _, c := range []struct {
		name    string
		p       Problem[[]float64]
		methods []Method
	}{
		{"LotkaVolterra", problemOf(problems.LotkaVolterra()), []Method{Forward{}, Forward{SkipY0: true}, Discrete{}, Discrete{Checkpoints: Checkpoints{Every: 10}}, Discrete{Probes: 1}, Continuous{}, Continuous{Variant: Backsolve}}},
		{"MLP", mlp, []Method{Discrete{}, Discrete{Checkpoints: Checkpoints{Every: 10}}, Discrete{Probes: 1}, Continuous{}, Continuous{Variant: Backsolve}}},
	} {
		times := make([]float64, 30)
		for k := range times {
			times[k] = c.p.T1 * float64(k+1) / 30
		}
		loss := SumOfStates(times)
		b.Run(c.name+"/solve", func(b *testing.B) {
			b.ReportAllocs()
			m, err := newModel(c.p)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := integrate.Solve(context.Background(), m.integral(), integrate.Tsit5{}, &integrate.Settings{Times: times}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(c.name+"/simulate", func(b *testing.B) {
			b.ReportAllocs()
			tr := Tracer[[]float64]{Problem: c.p, Times: times}
			for b.Loop() {
				if _, err := tr.Simulate(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
		})
		for _, method := range c.methods {
			b.Run(c.name+"/"+name(method), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := Gradient(context.Background(), c.p, loss, method, nil); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
	b.Run("LotkaVolterra/trace", func(b *testing.B) {
		b.ReportAllocs()
		tr := Tracer[[]float64]{Problem: problemOf(problems.LotkaVolterra()), Times: []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}
		for b.Loop() {
			if _, err := tr.Trace(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
	})
}
