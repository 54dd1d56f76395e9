package nn_test

import (
	"flag"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/expr"
	"github.com/odefit/odefit/dynsys/nn"
)

var study = flag.Bool("study", false, "run the long fits of docs/neural.md")

// spiralTruth is y' = (-0.1 u - 2 v, 2 u - 0.1 v) with (u, v) = y^3.
func spiralTruth(dy []float64, _ float64, y []float64) error {
	u, v := y[0]*y[0]*y[0], y[1]*y[1]*y[1]
	dy[0], dy[1] = -0.1*u-2*v, 2*u-0.1*v
	return nil
}

// The spiral of the neural-ODE paper, 1000 points to t = 25, from any seed: pieces of
// growing length, then the whole orbit.
func TestStudySpiral(t *testing.T) {
	if !*study {
		t.Skip("a long fit; run with -study")
	}
	times, rows := orbit(spiralTruth, []float64{2, 0}, 25, 1000)
	for seed := range uint64(5) {
		start := time.Now()
		w := make([]float64, spiralNet.NumParams())
		spiralNet.Init(w, nn.Init{Seed: seed})
		gradients := 0
		for _, length := range []int{5, 20, 100, 1000} {
			res := train(func(n int) dynsys.Model { return nn.ODE{Net: spiralNet, Trajectories: n} }, w, times, rows, length, 200)
			w, gradients = res.X, gradients+res.Gradients
		}
		mse := meanSquare(follow(nn.ODE{Net: spiralNet}, w, []float64{2, 0}, 25, 1000), rows)
		t.Logf("seed %d: mean squared error %.1e, %d gradients, %.1f s", seed, mse, gradients, time.Since(start).Seconds())
		if !(mse < 1e-3) {
			t.Errorf("seed %d: mean squared error %v", seed, mse)
		}
	}
}

// Two periods of hare and lynx, exact and with noise, for a network in the place of
// their interaction; the third period is foretold.
func TestStudyLotkaVolterra(t *testing.T) {
	if !*study {
		t.Skip("a long fit; run with -study")
	}
	truth := func(dy []float64, _ float64, y []float64) error {
		dy[0], dy[1] = 1.5*y[0]-y[0]*y[1], -3*y[1]+y[0]*y[1]
		return nil
	}
	known, err := dynsys.Trace(2, 0, func(b *expr.Builder, _ expr.Node, y, _ []expr.Node) []expr.Node {
		return []expr.Node{b.Mul(b.Const(1.5), y[0]), b.Mul(b.Const(-3), y[1])}
	})
	if err != nil {
		t.Fatal(err)
	}
	times, rows := orbit(truth, []float64{1, 1}, 10.5, 210)
	const seen = 140
	net := nn.MLP{
		Inputs: 2, Hidden: []nn.Layer{{Units: 16, Activation: nn.Tanh}}, Outputs: 2,
		Center: []float64{3, 1.5}, Scale: []float64{3, 1.5}, OutputScale: []float64{5, 5},
	}
	model := func(n int) dynsys.Model {
		return nn.Hybrid{Known: known, Term: nn.Term{Net: net}, Trajectories: n}
	}
	for _, noise := range []float64{0, 0.02} {
		for seed := range uint64(5) {
			start := time.Now()
			rng := rand.New(rand.NewPCG(seed, 1))
			data := make([][]float64, seen+1)
			for k := range data {
				for _, y := range rows[k] {
					data[k] = append(data[k], y+noise*rng.NormFloat64())
				}
			}
			copy(data[0], rows[0]) // the start is known
			w := make([]float64, net.NumParams())
			net.Init(w, nn.Init{Seed: seed, Output: nn.SmallStart})
			gradients := 0
			for _, length := range []int{5, 20, seen} {
				res := train(model, w, times, data, length, 200)
				w, gradients = res.X, gradients+res.Gradients
			}
			got := follow(model(1), w, []float64{1, 1}, 10.5, 210)
			var seenErr, unseenErr, largest float64
			for k := range rows {
				for i, y := range rows[k] {
					largest = max(largest, y)
					if k <= seen {
						seenErr = max(seenErr, math.Abs(got[k][i]-y))
					} else {
						unseenErr = max(unseenErr, math.Abs(got[k][i]-y))
					}
				}
			}
			t.Logf("noise %v, seed %d: errors of %.2f %% seen, %.2f %% foretold, %d gradients, %.1f s",
				noise, seed, 100*seenErr/largest, 100*unseenErr/largest, gradients, time.Since(start).Seconds())
			if !(unseenErr < 0.05*largest) {
				t.Errorf("noise %v, seed %d: the period foretold is wrong by %v of %v", noise, seed, unseenErr, largest)
			}
		}
	}
}
