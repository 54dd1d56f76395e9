package nn_test

import (
	"context"
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/odefit/odefit/dynsys/nn"
	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/sensitivity"
)

// spiralNet is the network of the spiral of Chen et al., Neural Ordinary Differential
// Equations, NeurIPS 2018: two states, raised to the power 3, and 50 hidden units.
var spiralNet = nn.MLP{Inputs: 2, Power: 3, Hidden: []nn.Layer{{Units: 50, Activation: nn.Tanh}}, Outputs: 2}

// table reads a file of testdata without its header line.
func table(t testing.TB, name string) [][]float64 {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]float64
	for _, r := range records[1:] {
		row := make([]float64, len(r))
		for i, cell := range r {
			if row[i], err = strconv.ParseFloat(cell, 64); err != nil {
				t.Fatal(err)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// spiralProblem is the reference problem of testdata/README.md.
func spiralProblem(t testing.TB) (sensitivity.Problem[[]float64], *sensitivity.Loss[[]float64]) {
	t.Helper()
	system, err := nn.ODE{Net: spiralNet}.System()
	if err != nil {
		t.Fatal(err)
	}
	p := sensitivity.Problem[[]float64]{System: system, P: make([]float64, system.NumParams), Y0: []float64{2, 0}, T1: 5}
	for k := range p.P {
		p.P[k] = 0.1 * math.Sin(1.7*float64(k)+0.3)
	}
	var times []float64
	var data, weights [][]float64
	for i, row := range table(t, "spiral.csv") {
		times = append(times, float64(i+1)/10)
		data = append(data, row[1:])
		weights = append(weights, []float64{0.01, 0.01}) // the mean of 100 squares
	}
	return p, sensitivity.SumOfSquares(times, data, weights)
}

func TestSpiralGradientAgainstReference(t *testing.T) {
	p, loss := spiralProblem(t)
	set := &sensitivity.Settings{Settings: integrate.Settings{RelTol: 1e-10, AbsTol: 1e-12}}
	got, err := sensitivity.Gradient(context.Background(), p, loss, sensitivity.Discrete{}, set)
	if err != nil {
		t.Fatal(err)
	}
	rows := table(t, "spiral_gradient.csv")
	const tol = 1e-8 // a hundred times the tolerance of the steps
	if want := rows[0][1]; !(math.Abs(got.Value-want) <= tol*want) {
		t.Errorf("loss %v, reference %v", got.Value, want)
	}
	largest := 0.0
	for _, row := range rows[1:] {
		largest = max(largest, math.Abs(row[1]))
	}
	for k, row := range rows[1:] {
		if !(math.Abs(got.P[k]-row[1]) <= tol*largest) {
			t.Errorf("dL/dw[%d] = %v, reference %v", k, got.P[k], row[1])
		}
	}
}

// One gradient of a neural differential equation in its 252 weights, as a fit takes it.
func BenchmarkSpiralGradient(b *testing.B) {
	p, loss := spiralProblem(b)
	for _, tol := range []float64{1e-4, 1e-6, 1e-8} {
		set := &sensitivity.Settings{Settings: integrate.Settings{RelTol: tol, AbsTol: tol / 100}}
		b.Run(strconv.FormatFloat(tol, 'e', 0, 64), func(b *testing.B) {
			b.ReportAllocs()
			var evaluations int
			for b.Loop() {
				res, err := sensitivity.Gradient(context.Background(), p, loss, sensitivity.Discrete{}, set)
				if err != nil {
					b.Fatal(err)
				}
				evaluations = res.Stats.RHS + res.Stats.VJP
			}
			b.ReportMetric(float64(evaluations), "evaluations")
		})
	}
}
