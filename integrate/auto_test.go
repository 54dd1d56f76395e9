package integrate_test

import (
	"math"
	"testing"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/internal/problems"
)

// pulled is y' = -lambda(t) (y - cos t) - sin t, y = cos t.
func pulled(t1 float64, lambda func(t float64) float64) integrate.Problem[[]float64] {
	return integrate.Problem[[]float64]{T1: t1, Y0: []float64{1}, F: func(d []float64, t float64, y []float64) error {
		d[0] = -lambda(t)*(y[0]-math.Cos(t)) - math.Sin(t)
		return nil
	}}
}

// Where lambda moves between 1e-2 and 1e6, Auto goes over and back, with no more work
// than the implicit method alone takes, and 15 % for looking around.
func TestAutoSwitchesBothWays(t *testing.T) {
	for _, tol := range []float64{1e-5, 1e-8} {
		p := pulled(30, func(t float64) float64 { return math.Pow(10, 2+4*math.Sin(t)) })
		set := &integrate.Settings{RelTol: tol, AbsTol: tol, Times: []float64{10, 20, 30}}
		auto, err := integrate.Solve(background, p, integrate.Auto{}, set)
		if err != nil {
			t.Fatal(err)
		}
		firm, err := integrate.Solve(background, p, integrate.Rodas5P{}, set)
		if err != nil {
			t.Fatal(err)
		}
		for i, x := range auto.T {
			if d := math.Abs(auto.Y[i][0] - math.Cos(x)); d > 100*tol {
				t.Errorf("%.0e: error %.2g at %v", tol, d, x)
			}
		}
		// Five periods: at most one change each way in each, and the first.
		if s := auto.Stats.Switches; s < 2 || s > 11 {
			t.Errorf("%.0e: %d switches", tol, s)
		}
		if r := float64(auto.Stats.RHS) / float64(firm.Stats.RHS); r > 1.15 {
			t.Errorf("%.0e: %d evaluations, Rodas5P takes %d", tol, auto.Stats.RHS, firm.Stats.RHS)
		}
	}
}

// For any constant lambda, also where the two methods are about as good, Auto makes up
// its mind: it never goes to and fro.
func TestAutoDoesNotFlipFlop(t *testing.T) {
	for _, tol := range []float64{1e-4, 1e-6, 1e-8} {
		for lambda := 1.; lambda < 1e5; lambda *= 1.8 {
			p := pulled(60, func(float64) float64 { return lambda })
			sol, err := integrate.Solve(background, p, integrate.Auto{}, &integrate.Settings{RelTol: tol, AbsTol: tol, Times: []float64{60}})
			if err != nil {
				t.Fatal(err)
			}
			if s := sol.Stats.Switches; s > 1 {
				t.Errorf("lambda = %.3g at %.0e: %d switches in %d steps", lambda, tol, s, sol.Stats.Steps)
			}
			if sol.Stats.Steps > 12000 {
				t.Errorf("lambda = %.3g at %.0e: %d steps", lambda, tol, sol.Stats.Steps)
			}
		}
	}
}

// Oscillations are not stiff, however many steps a period has. Auto is Tsit5 on them, or
// Vern7 at tight tolerances, step for step.
func TestAutoOnOscillations(t *testing.T) {
	for _, q := range []*problems.Problem{problems.HarmonicOscillator(), problems.LotkaVolterra(), problems.Arenstorf(), problems.Pleiades()} {
		for _, tol := range []float64{1e-3, 1e-6, 1e-10} {
			p, err := q.System.Problem(q.P, q.T0, q.T1)
			if err != nil {
				t.Fatal(err)
			}
			p.Y0 = q.Y0
			set := &integrate.Settings{RelTol: tol, AbsTol: tol, Times: []float64{q.T1}}
			var m integrate.Method = integrate.Tsit5{}
			if tol <= 1e-9 {
				m = integrate.Vern7{}
			}
			a, err := integrate.Solve(background, p, integrate.Auto{}, set)
			if err != nil {
				t.Fatal(err)
			}
			b, err := integrate.Solve(background, p, m, set)
			if err != nil {
				t.Fatal(err)
			}
			if a.Stats != b.Stats || a.Y[0][0] != b.Y[0][0] {
				t.Errorf("%s at %.0e: %+v, %v alone %+v", q.Name, tol, a.Stats, m, b.Stats)
			}
		}
	}
}

// A second pass over a run that ended stiff takes the same steps, and an event in the
// stiff part does not send Auto back to the explicit method.
func TestAutoRestarts(t *testing.T) {
	p := pulled(20, func(float64) float64 { return 1e4 })
	p.Events = []integrate.Event[[]float64]{{At: 10, Apply: func(y []float64, _ float64) error { y[0] += 1; return nil }}}
	run := integrate.Start(background, p, integrate.Auto{}, nil)
	var stats [2]integrate.Stats
	for i := range stats {
		for range run.Steps() {
		}
		stats[i] = run.Stats()
		if _, y := run.State(); run.Err() != nil || math.Abs(y[0]-math.Cos(20)) > 1e-6 {
			t.Fatalf("%v, %v", run.Err(), y)
		}
	}
	if stats[0] != stats[1] {
		t.Errorf("%+v, then %+v", stats[0], stats[1])
	}
	if s := stats[0]; s.Switches != 1 || s.Restarts != 1 || s.Steps > 2000 {
		t.Errorf("%+v", s)
	}
}

// A large stiff problem goes to BDF: one Jacobian serves many steps.
func TestAutoTakesBDFForLargeProblems(t *testing.T) {
	const n = 40
	p := integrate.Problem[[]float64]{T1: 0.5, Y0: make([]float64, n), F: func(d []float64, _ float64, y []float64) error {
		const k = (n + 1) * (n + 1)
		for i, v := range y { // heat conduction, 1 at the right end
			left, right := 0., 1.
			if i > 0 {
				left = y[i-1]
			}
			if i < n-1 {
				right = y[i+1]
			}
			d[i] = k * (left - 2*v + right)
		}
		return nil
	}}
	sol, err := integrate.Solve(background, p, integrate.Auto{}, &integrate.Settings{Times: []float64{0.5}})
	if err != nil {
		t.Fatal(err)
	}
	// The steady state is i/(n+1); what is left of the slowest mode is 2/pi e^(-pi^2/2).
	mode := 0.
	for i, v := range sol.Y[0] {
		x := float64(i+1) / (n + 1)
		mode += (x - v) * math.Sin(math.Pi*x) * 2 / (n + 1)
	}
	rate := 4 * (n + 1) * (n + 1) * math.Pow(math.Sin(math.Pi/2/(n+1)), 2)
	start := 0.
	for i := range n {
		x := float64(i+1) / (n + 1)
		start += x * math.Sin(math.Pi*x) * 2 / (n + 1)
	}
	// Ten times the tolerance of 1e-6, y being 1 at most.
	if want := start * math.Exp(-rate/2); math.Abs(mode-want) > 1e-5 {
		t.Errorf("slowest mode %v, want %v", mode, want)
	}
	if s := sol.Stats; s.Switches != 1 || s.Jacobians > s.Steps/4 {
		t.Errorf("%+v", s)
	}
}
