package sensitivity

import (
	"context"
	"testing"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/internal/problems"
)

// A transposed step costs one VJP for each stage that matters: the last stage of a
// first-same-as-last method does so only for an observation inside the step, and
// nothing after the last observation does.
func TestCountOfVJPs(t *testing.T) {
	p := problemOf(problems.LotkaVolterra())
	grid := roughGrid(p.T0, p.T1, 0.2)
	n := len(grid) - 1
	inside := (grid[n/2] + grid[n/2+1]) / 2
	for _, c := range []struct {
		solver integrate.Method
		times  []float64
		want   int
	}{
		{integrate.Tsit5{}, []float64{p.T1}, 6 * n},
		{integrate.Tsit5{}, []float64{p.T1, inside}, 6*n + 1},
		{integrate.Tsit5{}, []float64{p.T1, inside, inside}, 6*n + 1},
		{integrate.Tsit5{}, []float64{grid[n/2]}, 6 * (n / 2)},
		{integrate.Tsit5{}, []float64{p.T0}, 0},
		{integrate.Dopri5{}, []float64{p.T1}, 6 * n},
		{integrate.BS3{}, []float64{p.T1}, 3 * n},
		{integrate.RK4{}, []float64{p.T1}, 4 * n},
		{integrate.Euler{}, []float64{p.T1}, n},
	} {
		set := &Settings{Settings: integrate.Settings{Grid: grid}, Solver: c.solver}
		r := mustGradient(t, p, SumOfStates(c.times), Discrete{}, set)
		if r.Stats.VJP != c.want || r.Stats.JVP != 0 || r.Stats.Steps != n {
			t.Errorf("%v, observations at %v: %+v, want %d VJPs in %d steps", c.solver, c.times, r.Stats, c.want, n)
		}
	}
	// Forward and continuous methods count what they call, too.
	calls := 0
	sys := *p.System
	sys.RHS = func(dy []float64, t float64, y, q []float64) error {
		calls++
		return p.System.RHS(dy, t, y, q)
	}
	counted := p
	counted.System = &sys
	for _, method := range methods() {
		calls = 0
		r := mustGradient(t, counted, SumOfStates([]float64{3, 10}), method, nil)
		if r.Stats.RHS != calls {
			t.Errorf("%s counts %d evaluations, made %d", name(method), r.Stats.RHS, calls)
		}
	}
}

// Going backward over a record allocates the same for n and for 2n steps.
func TestSweepDoesNotAllocate(t *testing.T) {
	p, loss := everyPath()
	sweepOver := func(n int) float64 {
		a, err := newAccount(p, loss)
		if err != nil {
			t.Fatal(err)
		}
		set := Settings{Settings: integrate.Settings{FixedStep: (p.T1 - p.T0) / float64(n)}}
		rec, err := record(context.Background(), []*account[[]float64]{a}, Discrete{}, &set)
		if err != nil {
			t.Fatal(err)
		}
		if rec.Len() < n || rec.Len() > n+1 {
			t.Fatalf("%d steps, want %d", rec.Len(), n)
		}
		return testing.AllocsPerRun(5, func() {
			s, err := newSweep(context.Background(), []*account[[]float64]{a}, rec)
			if err == nil {
				err = s.run()
			}
			if err != nil {
				t.Fatal(err)
			}
		})
	}
	if few, many := sweepOver(100), sweepOver(200); few != many {
		t.Errorf("%v allocations over 100 steps, %v over 200", few, many)
	}
}

// Neither does the adjoint equation.
func TestBackwardDoesNotAllocate(t *testing.T) {
	if underRace {
		t.Skip("interpolants borrow from a pool, which forgets on purpose under the race detector")
	}
	p, loss := everyPath()
	solve := func(method Continuous, rel float64) (allocs float64, steps int) {
		a, err := newAccount(p, loss)
		if err != nil {
			t.Fatal(err)
		}
		var y companion[[]float64]
		set := *tolerances(1e-9, 1e-9)
		set.Solver = integrate.Tsit5{}
		if method.Variant == Backsolve {
			y, err = newBacksolve(context.Background(), []*account[[]float64]{a}, method, &set)
		} else {
			y, err = newInterpolating(context.Background(), a.m, method, &set)
		}
		if err != nil {
			t.Fatal(err)
		}
		return testing.AllocsPerRun(5, func() {
			a.m.stats.Backward = 0
			b, err := newBackward(a, y, method)
			if err == nil {
				back := tolerances(rel, rel)
				back.Solver = integrate.Tsit5{}
				err = b.run(context.Background(), back)
			}
			if err != nil {
				t.Fatal(err)
			}
			steps = a.m.stats.Backward
		}), steps
	}
	for _, method := range []Continuous{{}, {Variant: Backsolve}} {
		few, fewSteps := solve(method, 1e-5)
		many, manySteps := solve(method, 1e-9)
		if 2*manySteps < 3*fewSteps {
			t.Fatalf("%v: %d and %d steps are too alike", method, fewSteps, manySteps)
		}
		if few != many {
			t.Errorf("%v: %v allocations in %d steps, %v in %d", method, few, fewSteps, many, manySteps)
		}
	}
}
