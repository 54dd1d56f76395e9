package integrate_test

import (
	"math"
	"slices"
	"testing"

	"github.com/odefit/odefit/integrate"
)

// y' = 1 up to t = 1/3, 5 up to 2/3, then -2: the solution is made of straight lines,
// which every method meets to rounding if and only if no step looks across a break.
func broken() integrate.Problem[[]float64] {
	const a, b = 1. / 3, 2. / 3
	return integrate.Problem[[]float64]{
		F: func(dy []float64, t float64, _ []float64) error {
			switch {
			case t < a:
				dy[0] = 1
			case t < b:
				dy[0] = 5
			default:
				dy[0] = -2
			}
			return nil
		},
		T1: 1, Y0: []float64{0}, Breaks: []float64{b, a, a, 7, -1},
	}
}

func brokenAt(t float64) float64 {
	switch {
	case t < 1./3:
		return t
	case t < 2./3:
		return 1./3 + 5*(t-1./3)
	}
	return 2 - 2*(t-2./3)
}

func TestBreaksAreNotSteppedOver(t *testing.T) {
	for _, m := range integrate.Methods() {
		set := &integrate.Settings{}
		if rk, ok := m.(integrate.RungeKutta); ok && rk.Tableau().E == nil {
			set.FixedStep = 0.07
		}
		for _, back := range []bool{false, true} {
			p := broken()
			if back {
				p.T0, p.T1, p.Y0 = 1, 0, []float64{brokenAt(1)}
			}
			sol, err := integrate.Solve(background, p, m, set)
			if err != nil {
				t.Fatalf("%v: %v", m, err)
			}
			y := make([]float64, 1)
			for i := range 101 {
				x := float64(i) / 100
				if err := sol.At(y, x); err != nil || math.Abs(y[0]-brokenAt(x)) > 1e-13 {
					t.Errorf("%v, backward %v: y(%v) = %v, want %v (%v)", m, back, x, y[0], brokenAt(x), err)
					break
				}
			}
			if sol.Stats.Restarts != 2 {
				t.Errorf("%v: %d restarts", m, sol.Stats.Restarts)
			}
		}
	}
}

// Doses at 0, 1, 1 and 2 into y' = -y: an observation at the time of a dose sees the
// state after it.
func TestEvents(t *testing.T) {
	dose := func(amount float64) func([]float64, float64) error {
		return func(y []float64, _ float64) error { y[0] += amount; return nil }
	}
	p := integrate.Problem[[]float64]{
		F:  func(dy []float64, _ float64, y []float64) error { dy[0] = -y[0]; return nil },
		T1: 2, Y0: []float64{1},
		Events: []integrate.Event[[]float64]{
			{At: 1, Apply: dose(1)}, {At: 0, Apply: dose(2)}, {At: 2, Apply: dose(10)}, {At: 9, Apply: dose(100)},
			{At: 1, Apply: func(y []float64, _ float64) error { y[0] *= 2; return nil }}, // after the dose of 1
		},
	}
	want := map[float64]float64{
		0:   3,
		0.5: 3 * math.Exp(-0.5),
		1:   2 * (3*math.Exp(-1) + 1),
		1.5: 2 * (3*math.Exp(-1) + 1) * math.Exp(-0.5),
		2:   2*(3*math.Exp(-1)+1)*math.Exp(-1) + 10,
	}
	times := []float64{0, 0.5, 1, 1.5, 2}
	dense, err := integrate.Solve(background, p, integrate.Tsit5{}, &integrate.Settings{RelTol: 1e-10, AbsTol: 1e-12})
	if err != nil {
		t.Fatal(err)
	}
	sampled, err := integrate.Solve(background, p, integrate.Tsit5{}, &integrate.Settings{RelTol: 1e-10, AbsTol: 1e-12, Times: times})
	if err != nil {
		t.Fatal(err)
	}
	y := make([]float64, 1)
	for i, x := range times {
		if err := dense.At(y, x); err != nil || math.Abs(y[0]-want[x]) > 1e-8 {
			t.Errorf("dense: y(%v) = %v, want %v (%v)", x, y[0], want[x], err)
		}
		if math.Abs(sampled.Y[i][0]-want[x]) > 1e-8 {
			t.Errorf("sampled: y(%v) = %v, want %v", x, sampled.Y[i][0], want[x])
		}
	}
}

// A replay of kept states is bitwise the first pass, breaks and events included.
func TestReplayIsBitwiseEqual(t *testing.T) {
	for _, m := range []integrate.Method{integrate.BS3{}, integrate.Dopri5{}, integrate.Tsit5{}, integrate.RK4{}} {
		p := modulated(5)
		p.Breaks = []float64{1, 2.5}
		p.Events = []integrate.Event[[]float64]{{At: 3, Apply: func(y []float64, _ float64) error { y[0] += 0.25; return nil }}}
		set := &integrate.Settings{RelTol: 1e-5}
		if m == (integrate.RK4{}) {
			set.FixedStep = 0.1
		}
		full, err := integrate.NewRecord(background, p, m, set, integrate.Keep{Stages: true})
		if err != nil {
			t.Fatal(err)
		}
		thin, err := integrate.NewRecord(background, p, m, set, integrate.Keep{Every: 4})
		if err != nil {
			t.Fatal(err)
		}
		replay, err := thin.Replay()
		if err != nil {
			t.Fatal(err)
		}
		for n := thin.Len() - 1; n >= 0; n-- {
			y, k, err := replay.Load(n)
			if err != nil {
				t.Fatal(err)
			}
			if thin.T[n] != full.T[n] || !slices.Equal(y, full.Y[n]) {
				t.Fatalf("%v: step %d begins elsewhere", m, n)
			}
			for j := range k {
				if !slices.Equal(k[j], full.K[n][j]) {
					t.Fatalf("%v: stage %d of step %d differs", m, j, n)
				}
			}
		}
		if replay.Stats.Steps != thin.Len() {
			t.Errorf("%v: %d steps were computed again, of %d", m, replay.Stats.Steps, thin.Len())
		}
		if thin.End[0] != full.End[0] {
			t.Errorf("%v: the ends differ", m)
		}
	}
}

// A frozen grid repeats an adaptive run bit for bit.
func TestGridRepeatsARun(t *testing.T) {
	free, err := integrate.Solve(background, modulated(5), integrate.Tsit5{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	frozen, err := integrate.Solve(background, modulated(5), integrate.Tsit5{}, &integrate.Settings{Grid: free.T})
	if err != nil {
		t.Fatal(err)
	}
	for i := range free.Y {
		if free.Y[i][0] != frozen.Y[i][0] {
			t.Fatalf("state %d differs", i)
		}
	}
	p := broken()
	if _, err := integrate.Solve(background, p, integrate.Tsit5{}, &integrate.Settings{Grid: []float64{0, 0.5, 1}}); err == nil {
		t.Error("a grid across a break was taken")
	}
}
