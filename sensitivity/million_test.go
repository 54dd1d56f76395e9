package sensitivity

import (
	"runtime"
	"slices"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/integrate"
)

// A budget of bytes bounds the memory of states and stages, and one more forward sweep
// is all that is computed again while N is at most 3 L^2 (s+1)/4 for leaves of L steps
// of s stages. With -full: 1,000,000 steps of 1,000 states in 64 MiB, where all stages
// would take 40 GB; else 20,000 steps of 20 states in the 120 KiB that stand in the same
// relation.
func TestBudgetOfBytes(t *testing.T) {
	n, steps, budget := 20, 20_000, int64(120<<10)
	if *full {
		n, steps, budget = 1000, 1_000_000, 64<<20
	}
	// y_i' = -p0 y_i + p1 (y_(i-1) - y_i), round a ring
	var peak uint64
	calls := 0
	sys := &dynsys.System[[]float64]{
		Dim: n, NumParams: 2,
		RHS: func(dy []float64, _ float64, y, p []float64) error {
			left := y[n-1]
			for i, v := range y {
				dy[i] = -p[0]*v + p[1]*(left-v)
				left = v
			}
			return nil
		},
		VJP: func(gy, gp []float64, _ float64, y, p, w []float64) error {
			if calls++; *full && calls%100_000 == 0 {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapAlloc)
			}
			left, right := y[n-1], w[0]
			for i := n - 1; i >= 0; i-- {
				gy[i] = -(p[0]+p[1])*w[i] + p[1]*right
				right = w[i]
			}
			for i, v := range y {
				gp[0] -= w[i] * v
				gp[1] += w[i] * (left - v)
				left = v
			}
			return nil
		},
	}
	y0 := make([]float64, n)
	for i := range y0 {
		y0[i] = 1 + float64(i%7)
	}
	prob := Problem[[]float64]{System: sys, P: []float64{1e-2, 0.3}, T1: 100, Y0: y0}
	set := &Settings{Solver: integrate.RK4{}}
	set.FixedStep, set.MaxSteps = 100/float64(steps), 2*steps
	loss := SumOfStates([]float64{100})
	r := mustGradient(t, prob, loss, Discrete{Checkpoints: Checkpoints{Bytes: budget}}, set)
	if got := r.Stats.Replayed; got > r.Stats.Steps {
		t.Errorf("%d steps were computed again, of %d", got, r.Stats.Steps)
	}
	t.Logf("%d steps, %d computed again, heap at most %.1f MiB for a budget of %.1f and %.1f of step sizes",
		r.Stats.Steps, r.Stats.Replayed, float64(peak)/(1<<20), float64(budget)/(1<<20), float64(8*steps)/(1<<20))
	if *full {
		// Beside the budget: the step sizes, whose slice grows by a quarter at a time, and
		// what the collector has not yet taken back.
		if most := uint64(3*budget/2 + 3*8*int64(steps)); peak > most {
			t.Errorf("the heap grew to %d bytes, more than %d", peak, most)
		}
		return
	}
	all := mustGradient(t, prob, loss, Discrete{}, set)
	if !slices.Equal(all.P, r.P) || !slices.Equal(all.Y0, r.Y0) || all.Value != r.Value {
		t.Error("the gradient is not bitwise that of all stages kept")
	}
}
