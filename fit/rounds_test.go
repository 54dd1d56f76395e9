package fit

import (
	"math"
	"os"
	"reflect"
	"testing"

	"github.com/odefit/odefit/dynsys/model"
	"github.com/odefit/odefit/fit/dataset"
	"github.com/odefit/odefit/fit/minimize"
)

// Of searches under way, those far behind are given up: for their rank, or because the
// best is out of their reach. The guess is not.
func TestGiveUp(t *testing.T) {
	f := &fitter{searches: make([]*minimize.Search, 8)}
	for _, r := range []minimize.Result{
		{F: 900, PredictedDecrease: 1}, // the guess
		{F: 100, Status: minimize.ConvergedDecrease},
		{F: 120, PredictedDecrease: 3},   // 30 may be had, 20 are needed
		{F: 120, PredictedDecrease: 1.9}, // 19 may be had
		{F: 140, PredictedDecrease: 1e9}, // behind in rank
		{F: math.Inf(1), Status: minimize.InfeasibleStart},
		{F: 130, Status: minimize.ConvergedDecrease},
		{F: 131, Status: minimize.ConvergedDecrease},
	} {
		f.found = append(f.found, r)
	}
	if got := f.giveUp([]int{0, 2, 3, 4}, 1); !reflect.DeepEqual(got, []int{0, 2}) {
		t.Errorf("%v go on, want 0 and 2", got)
	}
	for _, i := range []int{3, 4} {
		if f.found[i].Status != minimize.GivenUp {
			t.Errorf("start %d: %v", i, f.found[i].Status)
		}
	}
	if f.found[2].Status == minimize.GivenUp || f.progress.StartsDone != 2 {
		t.Errorf("%v, %d starts done", f.found[2].Status, f.progress.StartsDone)
	}
}

// The hare and the lynx with bounds so wide that some of the starts are hopeless or
// cannot be evaluated: some are given up, none is lost, the best is the published one,
// and all is the same for any number of workers.
func TestRoundsAreTheSameForAnyNumberOfWorkers(t *testing.T) {
	ode, err := os.ReadFile("../testdata/lynxhare/model.ode")
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Parse("model.ode", ode)
	if err != nil {
		t.Fatal(err)
	}
	csv, err := os.Open("../testdata/lynxhare/data.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer csv.Close()
	data, err := dataset.Read(csv, "data.csv", Roles(m))
	if err != nil {
		t.Fatal(err)
	}
	p, err := FromModel(m, Tables{Data: data})
	if err != nil {
		t.Fatal(err)
	}
	for k := range p.Parameters {
		p.Parameters[k].Lower, p.Parameters[k].Upper = p.Parameters[k].Guess/30, p.Parameters[k].Guess*30
	}
	var want *Result
	for _, workers := range []int{1, 3} {
		got, err := Run(t.Context(), p, &Options{Starts: 12, Seed: 1, Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = got
			continue
		}
		if !reflect.DeepEqual(got.Starts, want.Starts) && !sameStarts(got.Starts, want.Starts) {
			t.Errorf("starts %v, and %v with one worker", got.Starts, want.Starts)
		}
		if got.Objective != want.Objective || got.Counts != want.Counts || got.Failures.Count != want.Failures.Count {
			t.Errorf("%v %v %v, and %v %v %v with one worker", got.Objective, got.Counts, got.Failures.Count,
				want.Objective, want.Counts, want.Failures.Count)
		}
	}
	if math.Abs(want.Objective-122.925951) > 1e-5 {
		t.Errorf("-ln L = %.9g, want 122.925951", want.Objective)
	}
	given := 0
	for i, s := range want.Starts {
		switch s.Status {
		case minimize.GivenUp.String():
			given++
			if s.Iterations != 200 && s.Iterations != 400 {
				t.Errorf("start %d was given up after %d iterations", i, s.Iterations)
			}
		case minimize.InfeasibleStart.String(), minimize.NotRun.String():
			t.Errorf("start %d: %s", i, s.Status)
		}
	}
	t.Logf("%d of %d given up, %d failures", given, len(want.Starts), want.Failures.Count)
}

// sameStarts compares with NaN equal to itself.
func sameStarts(a, b []Start) bool {
	for i := range a {
		x, y := a[i], b[i]
		if math.IsNaN(x.Objective) && math.IsNaN(y.Objective) {
			x.Objective, y.Objective = 0, 0
		}
		if x != y {
			return false
		}
	}
	return len(a) == len(b)
}
