package nn_test

import (
	"context"
	"fmt"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/nn"
	"github.com/odefit/odefit/integrate"
)

// A network is a shape and a vector of weights. Its gradient in all of them takes one
// backward pass.
func ExampleMLP() {
	net := nn.MLP{Inputs: 2, Hidden: []nn.Layer{{Units: 3, Activation: nn.Tanh}}, Outputs: 1}
	w := make([]float64, net.NumParams())
	net.Init(w, nn.Init{Seed: 1})

	ws := net.NewWorkspace()
	x, out := []float64{0.5, -1}, make([]float64, 1)
	net.Forward(out, x, w, ws)

	gx, gw := make([]float64, net.Inputs), make([]float64, len(w))
	net.Pull(gx, gw, w, []float64{1}, ws) // at the point that Forward left in ws
	fmt.Printf("%d weights, N = %.4f, dN/dx = %.4f, dN/d(output bias) = %v\n", len(w), out[0], gx, gw[len(w)-1])
	// Output:
	// 13 weights, N = 0.8709, dN/dx = [1.8209 0.1250], dN/d(output bias) = 1
}

// A neural differential equation, followed from (2, 0) to t = 1.
func ExampleODE() {
	model := nn.ODE{Net: nn.MLP{Inputs: 2, Hidden: []nn.Layer{{Units: 50, Activation: nn.Tanh}}, Outputs: 2}}
	w := make([]float64, model.Net.NumParams())
	model.Net.Init(w, nn.Init{Seed: 1})

	system, err := model.System()
	if err != nil {
		fmt.Println(err)
		return
	}
	solution, err := integrate.Solve(context.Background(), integrate.Problem[[]float64]{
		F:  func(dy []float64, t float64, y []float64) error { return system.RHS(dy, t, y, w) },
		Y0: []float64{2, 0},
		T1: 1,
	}, integrate.Tsit5{}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d weights, y(1) = %.4f\n", system.NumParams, solution.Y[len(solution.Y)-1])
	// Output:
	// 252 weights, y(1) = [1.3972 0.0842]
}

// decay is y' = -k y, with k its parameter.
type decay struct{}

func (decay) System() (*dynsys.System[[]float64], error) {
	return &dynsys.System[[]float64]{
		Dim:       1,
		NumParams: 1,
		RHS: func(dy []float64, _ float64, y, p []float64) error {
			dy[0] = -p[0] * y[0]
			return nil
		},
	}, nil
}

func (decay) Close() error { return nil }

// A known decay with an unknown forcing that depends on time. The network starts
// small, so that the first solution is close to that of the known part, exp(-0.5).
func ExampleHybrid() {
	net := nn.MLP{Inputs: 1, Hidden: []nn.Layer{{Units: 8, Activation: nn.Tanh}}, Outputs: 1}
	model := nn.Hybrid{Known: decay{}, Term: nn.Term{Net: net, Time: true, From: []int{}}}
	system, err := model.System()
	if err != nil {
		fmt.Println(err)
		return
	}
	p := make([]float64, system.NumParams)
	p[0] = 0.5
	net.Init(p[1:], nn.Init{Seed: 1, Output: nn.SmallStart})

	solution, err := integrate.Solve(context.Background(), integrate.Problem[[]float64]{
		F:  func(dy []float64, t float64, y []float64) error { return system.RHS(dy, t, y, p) },
		Y0: []float64{1},
		T1: 1,
	}, integrate.Tsit5{}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d parameters, y(1) = %.2f\n", len(p), solution.Y[len(solution.Y)-1][0])
	// Output:
	// 26 parameters, y(1) = 0.61
}
