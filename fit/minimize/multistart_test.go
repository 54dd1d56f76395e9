package minimize

import (
	"context"
	"math"
	"reflect"
	"slices"
	"testing"
)

func TestStartsAreALatinHypercube(t *testing.T) {
	lo, hi, guess := []float64{-1, 0}, []float64{3, 1e-3}, []float64{7, 8}
	starts := Starts(5, 11, lo, hi, guess)
	if !slices.Equal(starts[0], guess) {
		t.Errorf("the first start is %v", starts[0])
	}
	for j := range lo {
		var seen [10]bool
		for _, x := range starts[1:] {
			seen[int(10*(x[j]-lo[j])/(hi[j]-lo[j]))] = true
		}
		if seen != [10]bool{true, true, true, true, true, true, true, true, true, true} {
			t.Errorf("dimension %d: parts of the box without a start: %v", j, seen)
		}
	}
	if !reflect.DeepEqual(starts, Starts(5, 11, lo, hi, guess)) || reflect.DeepEqual(starts, Starts(6, 11, lo, hi, guess)) {
		t.Error("the seed does not decide")
	}
	if one := Starts(1, 1, lo, hi, guess); len(one) != 1 {
		t.Errorf("%d starts", len(one))
	}
}

func TestRunIsTheSameForAnyNumberOfWorkers(t *testing.T) {
	starts := Starts(1, 23, []float64{-2}, []float64{2}, []float64{0.5})
	search := func(_ context.Context, i int, x []float64) Result {
		return Result{X: x, F: math.Cos(9 * x[0]), Iterations: i}
	}
	want := Run(t.Context(), starts, 1, search)
	for _, workers := range []int{2, 8, 100} {
		if got := Run(t.Context(), starts, workers, search); !reflect.DeepEqual(got, want) {
			t.Errorf("%d workers give another result", workers)
		}
	}
	best := Best(want, 0)
	for i := range want {
		if want[i].F < want[best].F {
			t.Errorf("start %d is better than the best", i)
		}
	}
	if Best([]Result{{F: math.NaN()}, {F: math.Inf(1)}}, 1) != -1 {
		t.Error("a best among none")
	}
	if i := Best([]Result{{F: 5}, {F: math.NaN()}, {F: 1 + 1e-9}, {F: 1}}, 1e-6); i != 2 {
		t.Errorf("of equal minima number %d was taken", i)
	}
}

func TestRunKeepsWhatWasDoneWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	starts := Starts(1, 8, []float64{0}, []float64{1}, []float64{0})
	results := Run(ctx, starts, 1, func(_ context.Context, i int, x []float64) Result {
		if i == 2 {
			cancel()
		}
		return Result{X: x, F: 1, Status: ConvergedDecrease}
	})
	for i, r := range results {
		if done := i <= 2; done != r.Status.Converged() || !done && (r.Status != Cancelled || !math.IsInf(r.F, 1)) {
			t.Errorf("start %d: %v, %v", i, r.Status, r.F)
		}
	}
}

func TestRunPassesPanicsOn(t *testing.T) {
	defer func() {
		if p := recover(); p != "boom" {
			t.Errorf("recovered %v", p)
		}
	}()
	Run(t.Context(), Starts(1, 4, []float64{0}, []float64{1}, []float64{0}), 2, func(context.Context, int, []float64) Result { panic("boom") })
	t.Error("no panic")
}

func TestRedrawStaysInTheBox(t *testing.T) {
	lo, hi := []float64{-1, 5}, []float64{3, 6}
	seen := map[float64]bool{}
	for i := range 4 {
		for attempt := range 5 {
			x := Redraw(1, i, attempt, lo, hi)
			for j := range x {
				if !(x[j] >= lo[j] && x[j] <= hi[j]) {
					t.Errorf("start %d, attempt %d: %v", i, attempt, x)
				}
			}
			if !slices.Equal(x, Redraw(1, i, attempt, lo, hi)) {
				t.Error("the same arguments give other points")
			}
			seen[x[0]] = true
		}
	}
	if len(seen) != 20 {
		t.Errorf("%d different points of 20", len(seen))
	}
}
