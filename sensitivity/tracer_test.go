package sensitivity

import (
	"context"
	"testing"

	"github.com/odefit/odefit/internal/problems"
)

// A run allocates a fixed number of objects, whatever the number of its steps.
func TestTracerAllocationsDoNotGrowWithSteps(t *testing.T) {
	tr := Tracer[[]float64]{Problem: problemOf(problems.LotkaVolterra()), Times: []float64{1, 5, 10}}
	measure := func(rel float64) (allocs float64, steps int) {
		tr.Settings = tolerances(rel, rel)
		return testing.AllocsPerRun(5, func() {
			path, err := tr.Trace(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			steps = path.Stats.Steps
		}), steps
	}
	few, fewSteps := measure(1e-4)
	many, manySteps := measure(2e-9)
	if manySteps < 5*fewSteps {
		t.Fatalf("%d and %d steps: too alike to show anything", fewSteps, manySteps)
	}
	if few != many {
		t.Errorf("%v allocations in %d steps, %v in %d", few, fewSteps, many, manySteps)
	}
	t.Logf("%v allocations a run", few)
}

// Running again with other parameters gives what a fresh start gives, and
// Simulate the same problem without tangents.
func TestTracerAgain(t *testing.T) {
	q := problems.LotkaVolterra()
	tr := Tracer[[]float64]{Problem: problemOf(q), Times: []float64{10, 0, 3.3, 3.3}}
	for _, a := range []float64{1.5, 1.4, 1.6} {
		tr.Problem.P = []float64{a, 1, 3, 1}
		path, err := tr.Trace(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		fresh, err := Trajectory(context.Background(), tr.Problem, tr.Times, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		for k := range tr.Times {
			for i := range 2 {
				if path.Y[k][i] != fresh.Y[k][i] {
					t.Errorf("a = %v: state %d at %v differs", a, i, tr.Times[k])
				}
				for j := range 4 {
					if path.Tangents[k][j][i] != fresh.Tangents[k][j][i] {
						t.Errorf("a = %v: tangent %d of state %d at %v differs", a, j, i, tr.Times[k])
					}
				}
			}
		}
		if path.Stats != fresh.Stats {
			t.Errorf("a = %v: %+v, fresh %+v", a, path.Stats, fresh.Stats)
		}
		plain, err := tr.Simulate(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if plain.Stats.JVP != 0 || plain.Stats.RHS == 0 {
			t.Errorf("simulation: %+v", plain.Stats)
		}
	}
}
