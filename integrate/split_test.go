package integrate_test

import (
	"math"
	"strings"
	"testing"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

type phase = space.Pair[[]float64, []float64]

var mechanical = []integrate.Method{
	integrate.Verlet{}, integrate.Yoshida4{}, integrate.Yoshida6{}, integrate.Yoshida8{}, integrate.Dprkn6{},
}

var compositions = mechanical[:4]

// driven is q” = -(1 + cos(t)/2) q^3 + sin t, which depends on time, from q = 1 at rest.
func driven(t1 float64) integrate.Problem[phase] {
	return integrate.Separable[[]float64, []float64]{
		F: func(dp []float64, t float64, q []float64) error {
			dp[0] = -(1+0.5*math.Cos(t))*q[0]*q[0]*q[0] + math.Sin(t)
			return nil
		},
	}.Problem([]float64{1}, []float64{0}, 0, t1)
}

// kepler starts at the pericentre of an orbit of eccentricity e and period 2 pi.
func kepler(e, t1 float64) integrate.Problem[phase] {
	return integrate.Separable[[]float64, []float64]{
		F: func(dp []float64, _ float64, q []float64) error {
			r2 := q[0]*q[0] + q[1]*q[1]
			c := -1 / (r2 * math.Sqrt(r2))
			dp[0], dp[1] = c*q[0], c*q[1]
			return nil
		},
	}.Problem([]float64{1 - e, 0}, []float64{0, math.Sqrt((1 + e) / (1 - e))}, 0, t1)
}

func keplerEnergy(y phase) float64 {
	return (y.Second[0]*y.Second[0]+y.Second[1]*y.Second[1])/2 - 1/math.Hypot(y.First[0], y.First[1])
}

// Halving the step divides the error by 2^p at the end and inside steps. The truth is
// another method at a tolerance of 1e-13. The high orders are met to 0.4 with the few
// steps that keep them above rounding.
func TestMechanicalOrder(t *testing.T) {
	const end = 4.
	truth, err := integrate.Solve(background, driven(end), integrate.Vern9{}, &integrate.Settings{RelTol: 1e-13, AbsTol: 1e-13})
	if err != nil {
		t.Fatal(err)
	}
	y, want := phase{First: []float64{0}, Second: []float64{0}}, phase{First: []float64{0}, Second: []float64{0}}
	apart := func(sol *integrate.Solution[phase], x float64) float64 {
		if err := sol.At(y, x); err != nil {
			t.Fatal(err)
		}
		if err := truth.At(want, x); err != nil {
			t.Fatal(err)
		}
		return math.Hypot(y.First[0]-want.First[0], y.Second[0]-want.Second[0])
	}
	for _, m := range mechanical {
		var order int
		counts := []int{40, 80, 160}
		switch s := m.(type) {
		case integrate.Symplectic:
			order = s.Composition().Order
		case integrate.Nystrom:
			order = s.Nystrom().Order
		}
		if order > 6 {
			counts = []int{15, 30, 60}
		}
		var ends, inside []float64
		for _, n := range counts {
			sol, err := integrate.Solve(background, driven(end), m, &integrate.Settings{FixedStep: end / float64(n)})
			if err != nil {
				t.Fatalf("%v: %v", m, err)
			}
			ends = append(ends, apart(sol, end))
			worst := 0.
			for i := range 300 {
				worst = max(worst, apart(sol, end*(float64(i)+0.5)/300))
			}
			inside = append(inside, worst)
		}
		for i := 1; i < len(counts); i++ {
			a, b := math.Log2(ends[i-1]/ends[i]), math.Log2(inside[i-1]/inside[i])
			if ends[i] > 1e-12 && a < float64(order)-0.4 || inside[i] > 1e-12 && b < float64(order)-0.4 {
				t.Errorf("%v: the error falls with powers %.2f at the end, %.2f inside, want %d (%.2g, %.2g)", m, a, b, order, ends, inside)
			}
		}
		if ends[1] < 1e-12 {
			t.Errorf("%v: nothing was tested, errors %.2g", m, ends)
		}
	}
}

// A step there and a step back is no step, to rounding.
func TestTimeReversal(t *testing.T) {
	const n, end = 400, 20.
	var grid, back []float64
	for i := range n + 1 {
		grid, back = append(grid, end*float64(i)/n), append(back, end*float64(n-i)/n)
	}
	reversal := func(m integrate.Method) float64 {
		p := kepler(0.3, end)
		there, err := integrate.Solve(background, p, m, &integrate.Settings{Grid: grid})
		if err != nil {
			t.Fatal(err)
		}
		start := p.Y0
		p.T0, p.T1, p.Y0 = end, 0, there.Y[n]
		again, err := integrate.Solve(background, p, m, &integrate.Settings{Grid: back})
		if err != nil {
			t.Fatal(err)
		}
		y := again.Y[n]
		return math.Hypot(y.First[0]-start.First[0], y.First[1]-start.First[1]) +
			math.Hypot(y.Second[0]-start.Second[0], y.Second[1]-start.Second[1])
	}
	for _, m := range compositions {
		// 800 steps of up to 30 roundings each, which the orbit spreads linearly in time.
		if d := reversal(m); d > 1e-11 {
			t.Errorf("%v: the start is missed by %.2g", m, d)
		}
	}
	if d := reversal(integrate.RK4{}); d < 1e-9 {
		t.Errorf("RK4 comes back to %.2g: the test sees nothing", d)
	}
}

// The energy wavers by the same amount in the last periods as in the first. A method
// that is not symplectic drifts.
func TestEnergyDoesNotDrift(t *testing.T) {
	waver := func(m integrate.Method, perPeriod int) (first, last float64) {
		const periods = 200
		p := kepler(0.3, 2*math.Pi*periods)
		h0 := keplerEnergy(p.Y0)
		run := integrate.Start(background, p, m, &integrate.Settings{FixedStep: 2 * math.Pi / float64(perPeriod)})
		for step := range run.Steps() {
			d := math.Abs(keplerEnergy(step.Y1) - h0)
			if step.T1 < 2*math.Pi*10 {
				first = max(first, d)
			} else if step.T1 > 2*math.Pi*(periods-10) {
				last = max(last, d)
			}
		}
		if run.Err() != nil {
			t.Fatal(run.Err())
		}
		return first, last
	}
	for i, m := range compositions {
		// The longer a composition, the longer its steps may be.
		first, last := waver(m, []int{100, 50, 40, 25}[i])
		if last > 1.1*first || first == 0 {
			t.Errorf("%v: the energy is off by %.3g in the first ten periods, by %.3g in the last", m, first, last)
		}
	}
	if first, last := waver(integrate.RK4{}, 100); last < 5*first {
		t.Errorf("RK4 keeps the energy, %.3g and %.3g: the test sees nothing", first, last)
	}
}

// The Jacobian J of a step keeps the symplectic form, J^T W J = W. It is taken by
// central differences with d = 1e-4, good to d^2 = 1e-8.
func TestSymplecticity(t *testing.T) {
	henon := integrate.Separable[[]float64, []float64]{
		F: func(dp []float64, _ float64, q []float64) error {
			dp[0], dp[1] = -q[0]-2*q[0]*q[1], -q[1]-q[0]*q[0]+q[1]*q[1]
			return nil
		},
	}
	defect := func(m integrate.Method) float64 {
		flow := func(x [4]float64) [4]float64 {
			p := henon.Problem([]float64{x[0], x[1]}, []float64{x[2], x[3]}, 0, 1.2)
			sol, err := integrate.Solve(background, p, m, &integrate.Settings{FixedStep: 0.6})
			if err != nil {
				t.Fatal(err)
			}
			y := sol.Y[len(sol.Y)-1]
			return [4]float64{y.First[0], y.First[1], y.Second[0], y.Second[1]}
		}
		const d = 1e-4
		var jac [4][4]float64
		for j := range 4 {
			lo, hi := [4]float64{0.3, -0.2, 0.1, 0.4}, [4]float64{0.3, -0.2, 0.1, 0.4}
			lo[j], hi[j] = lo[j]-d, hi[j]+d
			a, b := flow(lo), flow(hi)
			for i := range 4 {
				jac[i][j] = (b[i] - a[i]) / (2 * d)
			}
		}
		worst := 0.
		for a := range 4 {
			for b := range 4 {
				sum := 0.
				for i := range 2 {
					sum += jac[i][a]*jac[i+2][b] - jac[i+2][a]*jac[i][b]
				}
				want := 0.
				if b == a+2 {
					want = 1
				} else if a == b+2 {
					want = -1
				}
				worst = max(worst, math.Abs(sum-want))
			}
		}
		return worst
	}
	for _, m := range compositions {
		if d := defect(m); d > 1e-7 {
			t.Errorf("%v: J^T W J misses W by %.2g", m, d)
		}
	}
	if d := defect(integrate.RK4{}); d < 1e-4 {
		t.Errorf("RK4 misses by %.2g only: the test sees nothing", d)
	}
}

// A state of any type may hold positions and momenta.
func TestSplitOfOneState(t *testing.T) {
	p := integrate.Problem[*orbit]{
		F: func(dy *orbit, _ float64, y *orbit) error { *dy = orbit{y.V, -math.Sin(y.Q)}; return nil },
		Split: &integrate.Split[*orbit]{
			Drift: func(dy *orbit, _ float64, y *orbit) error { *dy = orbit{Q: y.V}; return nil },
			Kick:  func(dy *orbit, _ float64, y *orbit) error { *dy = orbit{V: -math.Sin(y.Q)}; return nil },
		},
		T1: 4, Y0: &orbit{1, 0.5}, Space: space.Struct[orbit](),
	}
	want, err := integrate.Solve(background, p, integrate.Vern9{}, &integrate.Settings{RelTol: 1e-13, AbsTol: 1e-13})
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range mechanical {
		sol, err := integrate.Solve(background, p, m, &integrate.Settings{FixedStep: 0.05})
		if err != nil {
			t.Fatal(err)
		}
		got, truth := sol.Y[len(sol.Y)-1], want.Y[len(want.Y)-1]
		if d := math.Abs(got.Q - truth.Q); d > []float64{1e-3, 1e-5, 1e-7, 1e-10, 1e-9}[i] {
			t.Errorf("%v: q is off by %.2g", m, d)
		}
	}
}

// The pair controls its error, and needs fewer evaluations for it than a pair for first
// order: at a tolerance a hundred times looser its error is no larger.
func TestNystromPair(t *testing.T) {
	period := 2 * math.Pi
	solve := func(m integrate.Method, tol float64) (half, end float64, calls int) {
		p := kepler(0.5, 3*period)
		sol, err := integrate.Solve(background, p, m, &integrate.Settings{RelTol: tol, AbsTol: tol, Times: []float64{period / 2, 3 * period}})
		if err != nil {
			t.Fatal(err)
		}
		return math.Hypot(sol.Y[0].First[0]+1.5, sol.Y[0].First[1]), math.Hypot(sol.Y[1].First[0]-0.5, sol.Y[1].First[1]), sol.Stats.RHS
	}
	for _, tol := range []float64{1e-6, 1e-8} {
		half, end, calls := solve(integrate.Dprkn6{}, tol)
		// Three orbits magnify an error of the period some hundred times.
		if half > 100*tol || end > 300*tol {
			t.Errorf("tolerance %.0e: half an orbit is off by %.2g, three by %.2g", tol, half, end)
		}
		if _, other, more := solve(integrate.Dopri5{}, tol/100); end > other || calls > more {
			t.Errorf("tolerance %.0e: %d evaluations for an error of %.2g, Dopri5 takes %d for %.2g", tol, calls, end, more, other)
		}
	}
}

// What cannot be solved by these methods is refused.
func TestMechanicalRefusals(t *testing.T) {
	relativistic := integrate.Separable[[]float64, []float64]{
		V: func(dq []float64, _ float64, p []float64) error { dq[0] = p[0] / math.Sqrt(1+p[0]*p[0]); return nil },
		F: func(dp []float64, _ float64, q []float64) error { dp[0] = -q[0]; return nil },
	}.Problem([]float64{1}, []float64{0}, 0, 1)
	for _, c := range []struct {
		p    integrate.Problem[phase]
		m    integrate.Method
		want string
	}{
		{relativistic, integrate.Dprkn6{}, "linear"},
		{integrate.Problem[phase]{F: relativistic.F, Y0: relativistic.Y0, Space: relativistic.Space, T1: 1}, integrate.Verlet{}, "Split"},
		{integrate.Problem[phase]{F: relativistic.F, Y0: relativistic.Y0, Space: relativistic.Space, T1: 1}, integrate.Dprkn6{}, "Split"},
		{relativistic, integrate.Verlet{}, "FixedStep"},
	} {
		if _, err := integrate.Solve(background, c.p, c.m, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want a word on %s", c.m, err, c.want)
		}
	}
	if _, err := integrate.Solve(background, relativistic, integrate.Yoshida4{}, &integrate.Settings{FixedStep: 0.1}); err != nil {
		t.Errorf("any separable system has a composition: %v", err)
	}
}

// An event inside the run changes the momenta: a bounce at fixed times. Kept kicks are
// dropped there.
func TestMechanicalRestart(t *testing.T) {
	for _, m := range mechanical {
		var y [2]phase
		for i, method := range []integrate.Method{m, integrate.Vern9{}} {
			p := driven(2)
			p.Events = []integrate.Event[phase]{{At: 1, Apply: func(y phase, _ float64) error {
				y.First[0], y.Second[0] = 0.7, -y.Second[0]
				return nil
			}}}
			set := &integrate.Settings{FixedStep: 1. / 128}
			if i == 1 {
				set = &integrate.Settings{RelTol: 1e-12, AbsTol: 1e-12}
			}
			sol, err := integrate.Solve(background, p, method, set)
			if err != nil {
				t.Fatal(err)
			}
			y[i] = sol.Y[len(sol.Y)-1]
		}
		tol := 1e-8
		if m == (integrate.Verlet{}) {
			tol = 1e-4 // h^2 = 6e-5
		}
		if d := math.Abs(y[0].First[0] - y[1].First[0]); d > tol {
			t.Errorf("%v: off by %.2g after an event", m, d)
		}
	}
}
