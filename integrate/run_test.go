package integrate_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/odefit/odefit/integrate"
)

var background = context.Background()

func TestBlowUpIsToldWithItsTime(t *testing.T) {
	// y' = y^2, y(0) = 1 has the solution 1/(1-t).
	p := integrate.Problem[[]float64]{T1: 2, Y0: []float64{1}, F: func(dy []float64, _ float64, y []float64) error {
		dy[0] = y[0] * y[0]
		return nil
	}}
	sol, err := integrate.Solve(background, p, integrate.Tsit5{}, nil)
	var step *integrate.StepError
	if !errors.As(err, &step) || !(errors.Is(err, integrate.ErrStepTooSmall) || errors.Is(err, integrate.ErrNonFinite)) {
		t.Fatalf("error %v", err)
	}
	if math.Abs(step.T-1) > 1e-3 || step.Component != 0 {
		t.Errorf("told at t = %v, component %d", step.T, step.Component)
	}
	if n := len(sol.T); n < 10 || sol.T[n-1] != step.T {
		t.Errorf("the part that was solved ends at %v", sol.T[len(sol.T)-1])
	}
}

// Whichever evaluation gives NaN, the answer is right or a typed error, and it comes.
func TestNaNAtEveryCall(t *testing.T) {
	for k := range 120 {
		calls := 0
		p := modulated(1)
		f := p.F
		p.F = func(dy []float64, t float64, y []float64) error {
			calls++
			if calls == k+1 {
				dy[0], dy[1] = math.NaN(), 0
				return nil
			}
			return f(dy, t, y)
		}
		sol, err := integrate.Solve(background, p, integrate.Tsit5{}, nil)
		switch {
		case err == nil:
			if d := apart(sol.Y[len(sol.Y)-1], 1); !(d < 1e-5) {
				t.Errorf("NaN at call %d: the result is off by %v", k+1, d)
			}
		case !errors.Is(err, integrate.ErrNonFinite):
			t.Errorf("NaN at call %d: %v", k+1, err)
		}
		if sol != nil && sol.Stats.Rejected > 20 {
			t.Errorf("NaN at call %d: %d rejections", k+1, sol.Stats.Rejected)
		}
	}
}

func TestErrorsOfTheRightHandSide(t *testing.T) {
	fatal := errors.New("out of reagent")
	calls := 0
	p := modulated(1)
	f := p.F
	p.F = func(dy []float64, t float64, y []float64) error {
		if calls++; calls == 9 {
			return fatal
		}
		return f(dy, t, y)
	}
	if _, err := integrate.Solve(background, p, integrate.Tsit5{}, nil); !errors.Is(err, fatal) {
		t.Errorf("error %v", err)
	}
	// A right-hand side that can be evaluated only where y < 2 asks for smaller steps,
	// and gets to y = 2 and no further.
	p = integrate.Problem[[]float64]{T1: 5, Y0: []float64{1}, F: func(dy []float64, _ float64, y []float64) error {
		if y[0] >= 2 {
			return integrate.ErrRecoverable
		}
		dy[0] = 1
		return nil
	}}
	_, err := integrate.Solve(background, p, integrate.Tsit5{}, nil)
	var step *integrate.StepError
	if !errors.As(err, &step) || !errors.Is(err, integrate.ErrRecoverable) || math.Abs(step.T-1) > 1e-8 {
		t.Errorf("error %v", err)
	}
}

func TestLimits(t *testing.T) {
	if _, err := integrate.Solve(background, modulated(100), integrate.BS3{}, &integrate.Settings{RelTol: 1e-10, MaxSteps: 50}); !errors.Is(err, integrate.ErrTooManySteps) {
		t.Errorf("MaxSteps: %v", err)
	}
	ctx, cancel := context.WithCancel(background)
	p := modulated(100)
	f, calls := p.F, 0
	p.F = func(dy []float64, t float64, y []float64) error {
		if calls++; calls == 100 {
			cancel()
		}
		return f(dy, t, y)
	}
	_, err := integrate.Solve(ctx, p, integrate.Tsit5{}, nil)
	if !errors.Is(err, integrate.ErrCancelled) || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if calls > 110 {
		t.Errorf("%d evaluations after the end of the context", calls-100)
	}
	longest := 0.0
	run := integrate.Start(background, modulated(3), integrate.Tsit5{}, &integrate.Settings{MaxStep: 0.05, RelTol: 1e-3})
	for step := range run.Steps() {
		longest = max(longest, step.T1-step.T0)
	}
	if longest > 0.05*(1+1e-12) || run.Err() != nil {
		t.Errorf("MaxStep 0.05: a step of %v, %v", longest, run.Err())
	}
}

func TestMistakesAreTold(t *testing.T) {
	good := modulated(1)
	nan := good
	nan.T1 = math.NaN()
	noF := good
	noF.F = nil
	badY := good
	badY.Y0 = []float64{1, math.Inf(1)}
	for name, c := range map[string]struct {
		p   integrate.Problem[[]float64]
		m   integrate.Method
		set *integrate.Settings
	}{
		"T1 is NaN":             {nan, integrate.Tsit5{}, nil},
		"no F":                  {noF, integrate.Tsit5{}, nil},
		"no method":             {good, nil, nil},
		"infinite y0":           {badY, integrate.Tsit5{}, nil},
		"no step for rk4":       {good, integrate.RK4{}, nil},
		"negative tolerance":    {good, integrate.Tsit5{}, &integrate.Settings{RelTol: -1}},
		"grid from elsewhere":   {good, integrate.Tsit5{}, &integrate.Settings{Grid: []float64{0.5, 1}}},
		"grid out of order":     {good, integrate.Tsit5{}, &integrate.Settings{Grid: []float64{0, 0.7, 0.5, 1}}},
		"time outside":          {good, integrate.Tsit5{}, &integrate.Settings{Times: []float64{2}}},
		"times out of order":    {good, integrate.Tsit5{}, &integrate.Settings{Times: []float64{0.5, 0.2}}},
		"MaxSteps is negative":  {good, integrate.Tsit5{}, &integrate.Settings{MaxSteps: -1}},
		"FixedStep is infinite": {good, integrate.Tsit5{}, &integrate.Settings{FixedStep: math.Inf(1)}},
	} {
		if _, err := integrate.Solve(background, c.p, c.m, c.set); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestEmptyInterval(t *testing.T) {
	p := modulated(0)
	sol, err := integrate.Solve(background, p, integrate.Tsit5{}, nil)
	if err != nil || len(sol.T) != 1 || sol.Y[0][0] != 1 {
		t.Errorf("T0 = T1: %v, %v", sol, err)
	}
	y := make([]float64, 2)
	if err := sol.At(y, 0); err != nil || y[0] != 1 {
		t.Errorf("At: %v", err)
	}
	sol, err = integrate.Solve(background, p, integrate.Tsit5{}, &integrate.Settings{Times: []float64{0, 0}})
	if err != nil || len(sol.Y) != 2 {
		t.Errorf("T0 = T1 with times: %v, %v", sol, err)
	}
}

func TestTimesAgreeWithDenseOutput(t *testing.T) {
	times := []float64{0, 0.1, 0.1, 1.5, 2.999, 3}
	dense, err := integrate.Solve(background, modulated(3), integrate.Tsit5{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	sampled, err := integrate.Solve(background, modulated(3), integrate.Tsit5{}, &integrate.Settings{Times: times})
	if err != nil || len(sampled.Y) != len(times) {
		t.Fatal(err, len(sampled.Y))
	}
	y := make([]float64, 2)
	for i, x := range times {
		if err := dense.At(y, x); err != nil {
			t.Fatal(err)
		}
		if y[0] != sampled.Y[i][0] || y[1] != sampled.Y[i][1] {
			t.Errorf("at %v: %v and %v", x, y, sampled.Y[i])
		}
	}
	for _, x := range []float64{-1e-9, 3.0001, math.NaN()} {
		if err := dense.At(y, x); !errors.Is(err, integrate.ErrOutside) {
			t.Errorf("At(%v): %v", x, err)
		}
	}
	if sampled.At(y, 1) == nil {
		t.Error("a sampled solution was interpolated")
	}
}

// f may not be shown a state that it can spoil: the driver's states survive a function
// that writes garbage into dy before it sets it, and y is never changed.
func TestStatesAreNotShared(t *testing.T) {
	p := modulated(2)
	f := p.F
	y0 := []float64{1, 1}
	p.Y0 = y0
	want, err := integrate.Solve(background, p, integrate.Tsit5{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p.F = func(dy []float64, t float64, y []float64) error {
		before := [2]float64{y[0], y[1]}
		dy[0], dy[1] = math.NaN(), math.NaN()
		if y[0] != before[0] || y[1] != before[1] {
			panic("dy aliases y")
		}
		return f(dy, t, y)
	}
	got, err := integrate.Solve(background, p, integrate.Tsit5{}, nil)
	if err != nil || got.Y[len(got.Y)-1][0] != want.Y[len(want.Y)-1][0] || y0[0] != 1 {
		t.Errorf("another result: %v", err)
	}
}

func TestRunCanBeIteratedAgain(t *testing.T) {
	p := modulated(2)
	p.Breaks = []float64{0, 1}
	run := integrate.Start(background, p, integrate.Tsit5{}, nil)
	var ends [2][]float64
	for i := range ends {
		for step := range run.Steps() {
			ends[i] = append(ends[i], step.T1)
		}
	}
	if len(ends[0]) == 0 || len(ends[0]) != len(ends[1]) {
		t.Errorf("%d steps, then %d", len(ends[0]), len(ends[1]))
	}
	n := 0
	for range run.Steps() {
		if n++; n == 3 {
			break
		}
	}
	if run.Err() != nil {
		t.Errorf("leaving the loop: %v", run.Err())
	}
}

// Statistics in bands of 15 %, so that lost efficiency shows.
func TestStatistics(t *testing.T) {
	for _, c := range []struct {
		m     integrate.Method
		steps int
	}{{integrate.BS3{}, 317}, {integrate.Dopri5{}, 49}, {integrate.Tsit5{}, 44}} {
		p := integrate.Problem[[]float64]{T1: 10, Y0: []float64{0, 1}, F: func(dy []float64, _ float64, y []float64) error {
			dy[0], dy[1] = y[1], -y[0]
			return nil
		}}
		sol, err := integrate.Solve(background, p, c.m, &integrate.Settings{RelTol: 1e-6, AbsTol: 1e-6})
		if err != nil {
			t.Fatal(err)
		}
		if r := float64(sol.Stats.Steps) / float64(c.steps); r > 1.15 || r < 0.85 {
			t.Errorf("%v: %d steps, %d are usual", c.m, sol.Stats.Steps, c.steps)
		}
	}
}
