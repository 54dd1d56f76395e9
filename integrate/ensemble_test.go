package integrate_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/odefit/odefit/integrate"
)

// decay is y' = -k y with k = 1 + i/10.
func decay(i int) (integrate.Problem[[]float64], error) {
	k := 1 + float64(i)/10
	return integrate.Problem[[]float64]{
		F: func(dy []float64, _ float64, y []float64) error { dy[0] = -k * y[0]; return nil }, T1: 1, Y0: []float64{1},
	}, nil
}

// Results come in order and are the same bits for any number of workers.
func TestEnsembleIsDeterministic(t *testing.T) {
	var first []float64
	for _, workers := range []int{1, 2, 7, 0} {
		e := integrate.Ensemble[[]float64]{N: 50, Problem: decay, Method: integrate.Tsit5{}, Workers: workers}
		var got []float64
		for i, r := range e.Results(background) {
			if i != len(got) || r.Err != nil {
				t.Fatalf("%d workers: result %d comes as number %d: %v", workers, i, len(got), r.Err)
			}
			y := r.Solution.Y[len(r.Solution.Y)-1][0]
			if d := y - math.Exp(-1-float64(i)/10); math.Abs(d) > 1e-5 {
				t.Errorf("%d workers: result %d is off by %.2g", workers, i, d)
			}
			got = append(got, y)
		}
		if first == nil {
			first = got
		}
		for i := range first {
			if got[i] != first[i] {
				t.Errorf("%d workers: result %d is %v, was %v", workers, i, got[i], first[i])
			}
		}
	}
}

// The failure of one problem is its own.
func TestSolveAllKeepsErrors(t *testing.T) {
	boom := errors.New("boom")
	var problems []integrate.Problem[[]float64]
	for i := range 9 {
		p, _ := decay(i)
		if i%3 == 1 {
			p.F = func([]float64, float64, []float64) error { return fmt.Errorf("%d: %w", i, boom) }
		}
		problems = append(problems, p)
	}
	for i, r := range integrate.SolveAll(background, problems, integrate.Vern7{}, nil) {
		if failed := i%3 == 1; failed != errors.Is(r.Err, boom) || failed != strings.Contains(fmt.Sprint(r.Err), fmt.Sprint(i, ":")) {
			t.Errorf("result %d: %v", i, r.Err)
		}
	}
	e := integrate.Ensemble[[]float64]{N: 3, Method: integrate.Tsit5{}, Problem: func(i int) (integrate.Problem[[]float64], error) {
		p, _ := decay(i)
		if i == 2 {
			return p, boom
		}
		return p, nil
	}}
	for i, r := range e.Results(background) {
		if (i == 2) != errors.Is(r.Err, boom) {
			t.Errorf("result %d: %v", i, r.Err)
		}
	}
	if r := integrate.SolveAll[[]float64](background, nil, integrate.Tsit5{}, nil); len(r) != 0 {
		t.Errorf("no problems have %d results", len(r))
	}
}

// However many problems there are, few are begun ahead of the one yielded; leaving the
// loop ends the work.
func TestEnsembleRunsInBoundedMemory(t *testing.T) {
	var begun atomic.Int64
	const workers = 3
	e := integrate.Ensemble[[]float64]{N: 1 << 40, Method: integrate.BS3{}, Workers: workers, Problem: func(i int) (integrate.Problem[[]float64], error) {
		begun.Add(1)
		return decay(0)
	}}
	before := runtime.NumGoroutine()
	for i := range e.Results(background) {
		if ahead := begun.Load() - int64(i); ahead > 2*workers+1 {
			t.Fatalf("at result %d, %d more are begun", i, ahead)
		}
		if i == 500 {
			break
		}
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines were left behind", after-before)
	}
}

// A cancelled context gives every problem an error that says so, at once.
func TestEnsembleCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(background)
	e := integrate.Ensemble[[]float64]{N: 40, Method: integrate.Euler{}, Settings: &integrate.Settings{FixedStep: 1e-9, MaxSteps: 1 << 40, Times: []float64{1}},
		Problem: decay, Workers: 2}
	time.AfterFunc(20*time.Millisecond, cancel)
	n := 0
	for i, r := range e.Results(ctx) {
		n++
		if !errors.Is(r.Err, integrate.ErrCancelled) || !errors.Is(r.Err, context.Canceled) {
			t.Errorf("result %d: %v", i, r.Err)
		}
	}
	if n != 40 {
		t.Errorf("%d results", n)
	}
}

// A panic in a user's function, in the problem or in what makes it, is the error of that
// problem, with its place.
func TestEnsemblePanics(t *testing.T) {
	e := integrate.Ensemble[[]float64]{N: 10, Method: integrate.Tsit5{}, Problem: func(i int) (integrate.Problem[[]float64], error) {
		p, err := decay(i)
		if i == 4 {
			p.F = func(dy []float64, _ float64, y []float64) error { dy[7] = 0; return nil }
		}
		if i == 6 {
			p.Y0[3] = 1
		}
		return p, err
	}}
	for i, r := range e.Results(background) {
		var panicked *integrate.PanicError
		if errors.As(r.Err, &panicked) != (i == 4 || i == 6) {
			t.Errorf("result %d: %v", i, r.Err)
		} else if panicked != nil && !strings.Contains(r.Err.Error(), "ensemble_test.go") {
			t.Errorf("the error of problem %d does not tell the place: %v", i, r.Err)
		}
	}
}
