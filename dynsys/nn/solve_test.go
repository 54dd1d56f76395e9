package nn_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/nn"
	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/internal/problems"
	"github.com/odefit/odefit/sensitivity"
)

// The solvers and gradients of the toolkit on systems of this package.

// forcedNet is a small network that reads two states and the time.
func forcedNet(t *testing.T) (*dynsys.System[[]float64], []float64) {
	t.Helper()
	model := nn.ODE{
		Net: nn.MLP{Inputs: 3, Hidden: []nn.Layer{{Units: 7, Activation: nn.Swish}, {Units: 7, Activation: nn.Sin}}, Outputs: 2,
			Residual: true, Scale: []float64{1, 1, 2}},
		Time: true,
	}
	w := make([]float64, model.Net.NumParams())
	model.Net.Init(w, nn.Init{Seed: 4})
	system, err := model.System()
	if err != nil {
		t.Fatal(err)
	}
	return system, w
}

// A Rosenbrock method takes Jacobian and time derivative from the network; were one of
// them wrong, its order would be lost.
func TestRosenbrockSolvesTimeDependentNetwork(t *testing.T) {
	system, w := forcedNet(t)
	problem, err := system.Problem(w, 0, 2)
	if err != nil {
		t.Fatal(err)
	}
	problem.Y0 = []float64{1, -0.5}
	solve := func(m integrate.Method, set integrate.Settings) []float64 {
		sol, err := integrate.Solve(context.Background(), problem, m, &set)
		if err != nil {
			t.Fatal(err)
		}
		return sol.Y[len(sol.Y)-1]
	}
	want := solve(integrate.Tsit5{}, integrate.Settings{RelTol: 1e-12, AbsTol: 1e-14})
	distance := func(h float64) float64 {
		got := solve(integrate.Rodas5P{}, integrate.Settings{FixedStep: h})
		return math.Hypot(got[0]-want[0], got[1]-want[1])
	}
	// Order 5: halving the step divides the error by 32, at least by 20 at these steps.
	if coarse, fine := distance(0.2), distance(0.1); !(fine < coarse/20) {
		t.Errorf("errors %v with steps of 0.2 and %v with 0.1", coarse, fine)
	}
}

// Products with the Hessian of a loss are differences of its gradient, on one grid.
func TestHessianProductsOfNetwork(t *testing.T) {
	system, w := forcedNet(t)
	loss := sensitivity.SumOfSquares([]float64{0.5, 1.2, 2}, [][]float64{{1, 0}, {0, 1}, {-1, 2}}, nil)
	set := &sensitivity.Settings{Settings: integrate.Settings{FixedStep: 0.05}}
	problem := func(w []float64) sensitivity.Problem[[]float64] {
		return sensitivity.Problem[[]float64]{System: system, P: w, Y0: []float64{1, -0.5}, T1: 2}
	}
	v := make([]float64, len(w))
	rng := rand.New(rand.NewPCG(6, 7))
	for i := range v {
		v[i] = rng.NormFloat64()
	}
	ctx := context.Background()
	got, err := sensitivity.Products(ctx, problem(w), loss, []sensitivity.Direction[[]float64]{{P: v}}, sensitivity.Curve{}, set)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Gradient.Warnings) > 0 {
		t.Errorf("warnings: %v", got.Gradient.Warnings)
	}
	const h = 1e-5
	at := func(s float64) []float64 {
		moved := make([]float64, len(w))
		for i := range w {
			moved[i] = w[i] + s*v[i]
		}
		res, err := sensitivity.Gradient(ctx, problem(moved), loss, sensitivity.Discrete{}, set)
		if err != nil {
			t.Fatal(err)
		}
		return res.P
	}
	hi, lo := at(h), at(-h)
	largest := 0.0
	for _, x := range got.P[0] {
		largest = max(largest, math.Abs(x))
	}
	for i, x := range got.P[0] {
		// h^2 times fourth derivatives of the loss, and 1e-16/h of its size.
		if want := (hi[i] - lo[i]) / (2 * h); !(math.Abs(x-want) <= 1e-7*largest) {
			t.Errorf("(Hv)[%d] = %v, differences %v", i, x, want)
		}
	}
}

// The gradient for a batch of trajectories is the sum of those of each, with the same steps.
func TestTrajectoriesAddUp(t *testing.T) {
	known := problems.LotkaVolterra()
	net := nn.MLP{Inputs: 2, Hidden: []nn.Layer{{Units: 20, Activation: nn.Tanh}}, Outputs: 2}
	model := nn.Hybrid{Known: fixed{known.System}, Term: nn.Term{Net: net}}
	p := append([]float64{}, known.P...)
	w := make([]float64, net.NumParams())
	net.Init(w, nn.Init{Seed: 9, Output: 0.1})
	p = append(p, w...)
	y0 := []float64{1, 1, 2, 0.5, 3, 1.4, 0.7, 2}
	times := []float64{0.4, 1}
	data := [][]float64{{1, 2, 3, 4, 5, 6, 7, 8}, {8, 7, 6, 5, 4, 3, 2, 1}}
	set := &sensitivity.Settings{Settings: integrate.Settings{FixedStep: 0.1}}
	gradient := func(n, from int) *sensitivity.Result[[]float64] {
		m := model
		m.Trajectories = n
		system, err := m.System()
		if err != nil {
			t.Fatal(err)
		}
		part := func(v []float64) []float64 { return v[2*from : 2*(from+n)] }
		loss := sensitivity.SumOfSquares(times, [][]float64{part(data[0]), part(data[1])}, nil)
		res, err := sensitivity.Gradient(context.Background(),
			sensitivity.Problem[[]float64]{System: system, P: p, Y0: part(y0), T1: 1}, loss, sensitivity.Discrete{}, set)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	all := gradient(4, 0)
	value, sum := 0.0, make([]float64, len(p))
	for from := range 4 {
		one := gradient(1, from)
		value += one.Value
		for i, g := range one.P {
			sum[i] += g
		}
		for i, g := range one.Y0 {
			if want := all.Y0[2*from+i]; !(math.Abs(g-want) <= 1e-13*(1+math.Abs(want))) {
				t.Errorf("trajectory %d: dL/dy0[%d] = %v alone, %v in the batch", from, i, g, want)
			}
		}
	}
	if !(math.Abs(value-all.Value) <= 1e-13*value) {
		t.Errorf("loss %v, sum of the parts %v", all.Value, value)
	}
	for i := range sum {
		if !(math.Abs(sum[i]-all.P[i]) <= 1e-12*(1+math.Abs(sum[i]))) {
			t.Errorf("dL/dp[%d] = %v, sum of the parts %v", i, all.P[i], sum[i])
		}
	}
}

// fixed is a model of one system, for one goroutine.
type fixed struct{ system *dynsys.System[[]float64] }

func (f fixed) System() (*dynsys.System[[]float64], error) { return f.system, nil }
func (fixed) Close() error                                 { return nil }
