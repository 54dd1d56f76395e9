package fit_test

import (
	"context"
	"fmt"
	"math"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/expr"
	"github.com/odefit/odefit/dynsys/nn"
	"github.com/odefit/odefit/fit"
	"github.com/odefit/odefit/fit/minimize"
)

// A decaying amount, measured six times with a known error: from Go alone.
func Example() {
	decay, err := dynsys.TraceInitial(1, 2,
		func(b *expr.Builder, _ expr.Node, y, p []expr.Node) []expr.Node {
			return []expr.Node{b.Neg(b.Mul(p[0], y[0]))}
		},
		func(_ *expr.Builder, p []expr.Node) []expr.Node { return []expr.Node{p[1]} })
	if err != nil {
		panic(err)
	}
	amount, err := fit.State(1, 3, 0, 2) // state 0 is measured, with scale q[2]
	if err != nil {
		panic(err)
	}
	p := &fit.Problem{
		Parameters: []fit.Parameter{
			{Name: "k", Guess: 1, Lower: 0.01, Upper: 10, Scale: minimize.Log},
			{Name: "y0", Guess: 1, Lower: 0.1, Upper: 100, Scale: minimize.Log},
			{Name: "sd", Guess: 0.1, Fixed: true},
		},
		Observables: []fit.Observable{{Name: "amount", Predict: amount}},
		Experiments: []fit.Experiment{{Model: decay}},
	}
	for i, v := range []float64{3.05, 2.29, 1.83, 1.42, 1.09, 0.88} {
		p.Experiments[0].Observations = append(p.Experiments[0].Observations,
			fit.Observation{Time: 0.5 * float64(i), Value: v})
	}
	res, err := fit.Run(context.Background(), p, &fit.Options{Starts: 1})
	if err != nil {
		panic(err)
	}
	fmt.Println(res.Status)
	for _, e := range res.Parameters[:2] {
		fmt.Printf("%-2s = %.3f +- %.3f\n", e.Name, e.Value, e.StdErr)
	}
	// Output:
	// converged
	// k  = 0.505 +- 0.031
	// y0 = 3.019 +- 0.086
}

// A neural differential equation learns the spiral dz/dt = (-0.1 z0 + 2 z1, -2 z0 - 0.1 z1)
// from 30 points, by L-BFGS on gradients of the discrete adjoint.
func Example_neural() {
	net := nn.MLP{Inputs: 2, Hidden: []nn.Layer{{Units: 12, Activation: nn.Tanh}}, Outputs: 2}
	weights := make([]float64, net.NumParams())
	net.Init(weights, nn.Init{Seed: 1})
	p := &fit.Problem{
		Experiments: []fit.Experiment{{Model: nn.ODE{Net: net}, Y0: []float64{2, 0}}},
		RelTol:      1e-6, AbsTol: 1e-8,
	}
	for i, w := range weights {
		p.Parameters = append(p.Parameters, fit.Parameter{Name: fmt.Sprintf("w%d", i), Guess: w})
	}
	for i := range 2 {
		z, err := fit.Predict(2, len(weights), 0, func(in fit.Inputs) []expr.Node {
			return []expr.Node{in.Y[i], in.Builder.Const(0.1)}
		})
		if err != nil {
			panic(err)
		}
		p.Observables = append(p.Observables, fit.Observable{Name: fmt.Sprintf("z%d", i), Predict: z})
	}
	for k := range 30 {
		t := 0.1 * float64(k+1)
		r := 2 * math.Exp(-0.1*t)
		for i, v := range []float64{r * math.Cos(2*t), -r * math.Sin(2*t)} {
			p.Experiments[0].Observations = append(p.Experiments[0].Observations,
				fit.Observation{Observable: i, Time: t, Value: v})
		}
	}
	res, err := fit.Run(context.Background(), p, &fit.Options{Method: fit.LBFGS, MaxIterations: 300})
	if err != nil {
		panic(err)
	}
	fmt.Println("mean squared error below 1e-4:", res.SSR/60 < 1e-4)
	// Output: mean squared error below 1e-4: true
}
