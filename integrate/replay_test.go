package integrate_test

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"testing"

	"github.com/odefit/odefit/integrate"
)

// record takes n fixed steps and keeps what keep says.
func fixedRecord(t *testing.T, n int, keep integrate.Keep) *integrate.Record[[]float64] {
	t.Helper()
	rec, err := integrate.NewRecord(background, modulated(1), integrate.BS3{}, &integrate.Settings{FixedStep: 1 / float64(n)}, keep)
	if err != nil {
		t.Fatal(err)
	}
	if rec.Len() != n {
		t.Fatalf("%d steps, want %d", rec.Len(), n)
	}
	return rec
}

// backward loads every step from the last to the first, holds it against the full
// record, and returns the steps that were computed again.
func backward(t *testing.T, rec, full *integrate.Record[[]float64]) int {
	t.Helper()
	replay, err := rec.Replay()
	if err != nil {
		t.Fatal(err)
	}
	for n := rec.Len() - 1; n >= 0; n-- {
		y, k, err := replay.Load(n)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(y, full.Y[n]) || !slices.EqualFunc(k, full.K[n], slices.Equal[[]float64]) {
			t.Fatalf("step %d differs", n)
		}
	}
	return replay.Stats.Steps
}

// With s places, the initial state included, C(s+r, s) steps are gone through backward
// with no step advanced over more than r times; every step is computed once more when
// it is held. The numbers of Griewank and Walther for the total of advanced steps are
// r N - C(s+r, r-1), met exactly at these N.
func TestBinomialBound(t *testing.T) {
	for _, c := range []struct{ s, r, n int }{{2, 1, 3}, {3, 2, 10}, {2, 5, 21}, {5, 3, 56}, {10, 2, 66}, {10, 3, 286}} {
		rec := fixedRecord(t, c.n, integrate.Keep{Every: 1 << 30, Leaf: 1, Spare: c.s - 1})
		full := fixedRecord(t, c.n, integrate.Keep{Stages: true})
		choose := 1 // C(s+r, r-1)
		for i := 1; i <= c.r-1; i++ {
			choose = choose * (c.s + c.r - i + 1) / i
		}
		if got, want := backward(t, rec, full), c.r*c.n-choose+c.n; got != want {
			t.Errorf("%d places, %d steps: %d were computed again, the optimum is %d", c.s, c.n, got, want)
		}
	}
}

// A bounded number of kept states is enough for any number of steps, and as long as
// they lie one leaf apart, every step is computed again once.
func TestBoundedStates(t *testing.T) {
	for _, c := range []struct{ n, leaf, most, spare, sweeps int }{
		{100, 5, 20, 4, 1}, {100, 5, 19, 4, 2}, {1000, 5, 20, 4, 4}, {1000, 5, 20, 0, 10},
	} {
		rec := fixedRecord(t, c.n, integrate.Keep{Every: c.leaf, Most: c.most, Spare: c.spare})
		full := fixedRecord(t, c.n, integrate.Keep{Stages: true})
		if len(rec.Y) > c.most {
			t.Errorf("%d states are kept, at most %d were asked for", len(rec.Y), c.most)
		}
		if got := backward(t, rec, full); got > c.sweeps*c.n {
			t.Errorf("%+v: %d steps were computed again", c, got)
		}
	}
}

func TestStatesInAFile(t *testing.T) {
	dir := t.TempDir()
	rec := fixedRecord(t, 100, integrate.Keep{Every: 8, Most: 10, Dir: dir})
	if rec.Y != nil {
		t.Error("states are in memory too")
	}
	if got := backward(t, rec, fixedRecord(t, 100, integrate.Keep{Stages: true})); got > 200 {
		t.Errorf("%d steps were computed again", got)
	}
	if err := rec.Close(); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
	_, err := integrate.NewRecord(background, modulated(1), integrate.BS3{}, nil, integrate.Keep{Dir: dir + "/none"})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
}

// Differences have increments that depend on the absolute tolerance: a replay takes
// those of the run.
func TestReplayOfDifferences(t *testing.T) {
	p := integrate.Problem[[]float64]{T1: 3, Y0: []float64{1, 0, 0}, F: func(d []float64, _ float64, y []float64) error {
		a, b, c := 0.04*y[0], 1e4*y[1]*y[2], 3e7*y[1]*y[1]
		d[0], d[1], d[2] = b-a, a-b-c, c
		return nil
	}}
	set := &integrate.Settings{RelTol: 1e-5, AbsTol: 1e-3}
	full, err := integrate.NewRecord(background, p, integrate.Rodas5P{}, set, integrate.Keep{Stages: true})
	if err != nil {
		t.Fatal(err)
	}
	thin, err := integrate.NewRecord(background, p, integrate.Rodas5P{}, set, integrate.Keep{Every: 1000})
	if err != nil {
		t.Fatal(err)
	}
	backward(t, thin, full)
}
