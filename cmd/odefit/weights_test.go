package main

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
)

// The weights of networks are in a file that the result names, with their number, and
// with which the next command begins where the fit ended.
func TestWeightsAreInAFile(t *testing.T) {
	folder(t, map[string]string{
		"m.ode": "init x = 1\nnet F(x) -> 1: tanh 3\nnet G(x) -> 2: sin 2\nx' = F + G.1 - G.2\nobserve y ~ normal(x, 0.1)\n",
		"d.csv": "time,y\n1,0.8\n2,0.5\n3,0.2\n",
	})
	type result struct {
		Objective   float64
		Parameters  []struct{ Name string }
		Correlation struct{ Names []string }
		Networks    []struct {
			Name    string
			Weights int
			File    *string
		}
	}
	fit := func(args ...string) (r result) {
		t.Helper()
		status, out, msg := call(t, "", append([]string{"fit", "m.ode", "d.csv", "--json", "-q", "--max-iterations"}, args...)...)
		if status > notConverged {
			t.Fatal(msg)
		}
		if err := json.Unmarshal([]byte(out), &r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	first := fit("5", "--weights", "w.csv")
	if n := first.Networks; len(first.Parameters) != 0 || len(first.Correlation.Names) != 0 || len(n) != 2 ||
		n[0].Name != "F" || n[0].Weights != 10 || n[1].Name != "G" || n[1].Weights != 10 || *n[1].File != "w.csv" {
		t.Errorf("%+v", first)
	}
	if again := fit("0", "--parameters", "w.csv"); math.Abs(again.Objective-first.Objective) > 1e-12 || again.Networks[0].File != nil {
		t.Errorf("the objective at the written weights is %v, want %v", again.Objective, first.Objective)
	}
	trained := must(t, "simulate", "m.ode", "--times", "0,3", "--parameters", "w.csv")
	if plain := must(t, "simulate", "m.ode", "--times", "0,3"); trained == plain {
		t.Error("the weights change nothing")
	}
	fit("5", "--out", "o")
	if text, err := os.ReadFile("o/weights.csv"); err != nil || strings.Count(string(text), "\n") != 21 {
		t.Errorf("weights.csv: %v\n%s", err, text)
	}
	if _, _, msg := call(t, "", "fit", "m.ode", "d.csv", "--max-iterations", "1"); !strings.Contains(msg, "weights that were found are written nowhere") {
		t.Error(msg)
	}
}
