package nn_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/expr"
	"github.com/odefit/odefit/dynsys/nn"
	"github.com/odefit/odefit/fit/minimize"
	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/sensitivity"
)

// The code and the numbers of docs/neural.md are those of this file.

// orbit returns a solution at n+1 times from 0 to t1, one row each.
func orbit(f integrate.Func[[]float64], y0 []float64, t1 float64, n int) (times []float64, rows [][]float64) {
	sol, err := integrate.Solve(context.Background(), integrate.Problem[[]float64]{F: f, Y0: y0, T1: t1},
		integrate.Tsit5{}, &integrate.Settings{RelTol: 1e-10, AbsTol: 1e-12})
	if err != nil {
		panic(err)
	}
	for i := range n + 1 {
		times = append(times, t1*float64(i)/float64(n))
		rows = append(rows, make([]float64, len(y0)))
		sol.At(rows[i], times[i])
	}
	return times, rows
}

// follow is orbit for a model with given parameters.
func follow(model dynsys.Model, p, y0 []float64, t1 float64, n int) [][]float64 {
	system, err := model.System()
	if err != nil {
		panic(err)
	}
	_, rows := orbit(func(dy []float64, t float64, y []float64) error { return system.RHS(dy, t, y, p) }, y0, t1, n)
	return rows
}

// pieces cuts an orbit, one row a time, into pieces of length steps. It returns the
// states in which they begin, one after the other, and for each step where they should be.
func pieces(rows [][]float64, length int) (y0 []float64, data [][]float64) {
	data = make([][]float64, length)
	for i := 0; i+length < len(rows); i += length {
		y0 = append(y0, rows[i]...)
		for k := range length {
			data[k] = append(data[k], rows[i+k+1]...)
		}
	}
	return y0, data
}

// train improves the parameters p of a model on all pieces of a given length at once.
// model returns it for n trajectories.
func train(model func(n int) dynsys.Model, p, times []float64, rows [][]float64, length, iterations int) minimize.Result {
	y0, data := pieces(rows, length)
	system, err := model(len(y0) / len(rows[0])).System()
	if err != nil {
		panic(err)
	}
	loss := sensitivity.SumOfSquares(times[1:length+1], data, nil)
	set := &sensitivity.Settings{Settings: integrate.Settings{RelTol: 1e-6, AbsTol: 1e-8}}
	mean := 1 / float64(length*len(y0))
	return minimize.LBFGS{MaxIterations: iterations, ObjectiveNoise: 1e-8}.Minimize(context.Background(), minimize.Objective{
		Dim: len(p),
		Gradient: func(ctx context.Context, grad, p []float64) (float64, error) {
			problem := sensitivity.Problem[[]float64]{System: system, P: p, Y0: y0, T1: times[length]}
			res, err := sensitivity.Gradient(ctx, problem, loss, sensitivity.Discrete{}, set)
			if err != nil {
				return 0, err
			}
			for i, g := range res.P {
				grad[i] = mean * g
			}
			return mean * res.Value, nil
		},
	}, minimize.Bounds{}, p)
}

func meanSquare(a, b [][]float64) (sum float64) {
	n := 0
	for k := range a {
		for i := range a[k] {
			sum += (a[k][i] - b[k][i]) * (a[k][i] - b[k][i])
			n++
		}
	}
	return sum / float64(n)
}

// A network alone learns the spiral y' = A^T y^3 from 200 points.
func Example_spiral() {
	truth := func(dy []float64, _ float64, y []float64) error {
		u, v := y[0]*y[0]*y[0], y[1]*y[1]*y[1]
		dy[0], dy[1] = -0.1*u-2*v, 2*u-0.1*v
		return nil
	}
	times, rows := orbit(truth, []float64{2, 0}, 5, 200)

	net := nn.MLP{Inputs: 2, Power: 3, Hidden: []nn.Layer{{Units: 50, Activation: nn.Tanh}}, Outputs: 2}
	w := make([]float64, net.NumParams())
	net.Init(w, nn.Init{Seed: 1})

	model := func(n int) dynsys.Model { return nn.ODE{Net: net, Trajectories: n} }
	for _, length := range []int{5, 20, 200} {
		w = train(model, w, times, rows, length, 60).X
	}
	mse := meanSquare(follow(nn.ODE{Net: net}, w, []float64{2, 0}, 5, 200), rows)
	fmt.Println(len(w), "weights; mean squared error of the whole orbit below 1e-3:", mse < 1e-3)
	// Output: 252 weights; mean squared error of the whole orbit below 1e-3: true
}

// A network inside a known model learns how hares and lynxes meet.
func Example_universal() {
	truth := func(dy []float64, _ float64, y []float64) error {
		dy[0], dy[1] = 1.5*y[0]-y[0]*y[1], -3*y[1]+y[0]*y[1]
		return nil
	}
	times, rows := orbit(truth, []float64{1, 1}, 10.5, 210)
	const seen = 140 // points up to t = 7: two periods of the three

	known, err := dynsys.Trace(2, 0, func(b *expr.Builder, _ expr.Node, y, _ []expr.Node) []expr.Node {
		return []expr.Node{b.Mul(b.Const(1.5), y[0]), b.Mul(b.Const(-3), y[1])}
	})
	if err != nil {
		panic(err)
	}
	net := nn.MLP{
		Inputs: 2, Hidden: []nn.Layer{{Units: 16, Activation: nn.Tanh}}, Outputs: 2,
		Center: []float64{3, 1.5}, Scale: []float64{3, 1.5}, OutputScale: []float64{5, 5},
	}
	w := make([]float64, net.NumParams())
	net.Init(w, nn.Init{Seed: 1, Output: nn.SmallStart})

	term := nn.Term{Net: net}
	model := func(n int) dynsys.Model { return nn.Hybrid{Known: known, Term: term, Trajectories: n} }
	for _, length := range []int{5, 20, seen} {
		w = train(model, w, times, rows[:seen+1], length, 200).X
	}

	got := follow(model(1), w, []float64{1, 1}, 10.5, 210)
	worst, largest := 0.0, 0.0
	for k := seen; k < len(rows); k++ {
		for i, y := range rows[k] {
			worst, largest = max(worst, math.Abs(got[k][i]-y)), max(largest, y)
		}
	}
	fmt.Printf("%d weights; in the period that was not seen, errors below 1 %%: %v\n", len(w), worst < 0.01*largest)

	ws, meet := net.NewWorkspace(), make([]float64, 2)
	worst, largest = 0, 0
	for _, y := range rows {
		net.Forward(meet, y, w, ws)
		xy := y[0] * y[1]
		worst, largest = max(worst, math.Abs(meet[0]+xy), math.Abs(meet[1]-xy)), max(largest, xy)
	}
	fmt.Printf("how they meet, -y0 y1 and y0 y1, is found within 2 %%: %v\n", worst < 0.02*largest)
	// Output:
	// 82 weights; in the period that was not seen, errors below 1 %: true
	// how they meet, -y0 y1 and y0 y1, is found within 2 %: true
}

// Time as an input, and states without a meaning that begin at 0.
func ExampleODE_augmented() {
	model := nn.ODE{
		Net: nn.MLP{
			Inputs: 4, Hidden: []nn.Layer{{Units: 8, Activation: nn.Tanh}, {Units: 8, Activation: nn.Tanh}}, Outputs: 3,
			Residual: true,
		},
		Time: true,
		Y0:   []float64{1, -1}, // of three states: the third begins at 0
	}
	system, err := model.System()
	if err != nil {
		panic(err)
	}
	w := make([]float64, system.NumParams)
	model.Net.Init(w, nn.Init{Seed: 1})
	problem, err := system.Problem(w, 0, 1)
	if err != nil {
		panic(err)
	}
	fmt.Println(problem.Y0, system.Autonomous)
	// Output: [1 -1 0] false
}

// Derivatives of a network are functions of the same shape and workspace.
func ExampleMLP_derivatives() {
	net := nn.MLP{Inputs: 2, Hidden: []nn.Layer{{Units: 50, Activation: nn.Tanh}, {Units: 50, Activation: nn.Tanh}}, Outputs: 2}
	w := make([]float64, net.NumParams())
	net.Init(w, nn.Init{Seed: 1})
	ws := net.NewBatch(3) // three points at a time, one row each
	x := []float64{0.1, 0.2, 0.5, -1, 2, 1}
	vx, c := []float64{1, 0, 1, 0, 1, 0}, []float64{1, 0, 1, 0, 1, 0}

	out, gx, gw := make([]float64, 6), make([]float64, 6), make([]float64, len(w))
	net.Forward(out, x, w, ws)
	net.Push(out, w, vx, nil, ws) // N_x vx at the points that Forward left in ws
	net.Pull(gx, gw, w, c, ws)    // N_x^T c, and N_w^T c summed over the points
	for r := range 3 {
		fmt.Printf("dN_0/dx_0 = %.4f pushed, %.4f pulled\n", out[2*r], gx[2*r])
	}
	net.SecondOrder(gx, gw, x, w, vx, nil, c, ws)
	fmt.Printf("second derivatives: %.4f %.4f %.4f\n", gx[0], gx[2], gx[4])
	// Output:
	// dN_0/dx_0 = -0.3984 pushed, -0.3984 pulled
	// dN_0/dx_0 = -0.3598 pushed, -0.3598 pulled
	// dN_0/dx_0 = -0.0345 pushed, -0.0345 pulled
	// second derivatives: 0.0537 -0.0042 0.0905
}

// Every block of Go in docs/neural.md stands in the examples, and what it shows as
// their output is what they print.
func TestTutorial(t *testing.T) {
	page, err := os.ReadFile("../../docs/neural.md")
	if err != nil {
		t.Fatal(err)
	}
	var source strings.Builder
	for _, name := range []string{"tutorial_test.go", "example_test.go", "../../fit/example_test.go"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(text)
	}
	flat := func(s string) string { return strings.Join(strings.Fields(strings.ReplaceAll(s, "// ", "")), " ") }
	all, blocks := flat(source.String()), 0
	for i, block := range strings.Split(string(page), "```") {
		kind, body, _ := strings.Cut(block, "\n")
		if i%2 == 0 || kind != "go" && kind != "output" {
			continue
		}
		blocks++
		if !strings.Contains(all, flat(body)) {
			t.Errorf("docs/neural.md shows what no example does:\n%s", body)
		}
	}
	if blocks < 8 {
		t.Errorf("only %d blocks of code and output were found", blocks)
	}
}
