package sensitivity

import (
	"context"
	"errors"
	"math"
	"math/cmplx"
	"strings"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/integrate"
)

// hunted is Lotka and Volterra's model with an animal population that is hunted down to
// a part of itself whenever it passes a level, fed at a time, and with a climate that
// changes at a break: everything depends on parameters, on the state or on time, and no
// closed form is known.
func hunted() Problem[[]float64] {
	sys := analytic(func(t complex128, y, p []complex128) []complex128 {
		climate := complex(1, 0)
		if real(t) >= real(p[6]) {
			climate = 1.2
		}
		return []complex128{climate*p[0]*y[0] - p[1]*y[0]*y[1], p[2]*y[0]*y[1] - p[3]*(1+0.1*cmplx.Sin(t))*y[1]}
	}).system(2, 7)
	tau := at(func(p []complex128) complex128 { return p[6] })
	sys.Breaks = dynsys.Breaks{
		Count: 1,
		Times: func(tau, p []float64) error { tau[0] = p[6]; return nil },
		JVP:   func(out, _, v []float64) error { out[0] = v[6]; return nil },
		VJP:   func(gp, _, w []float64) error { gp[6] += w[0]; return nil },
	}
	sys.Events = []dynsys.Event[[]float64]{
		{
			Name:      "hunt",
			When:      analytic(func(t complex128, y, p []complex128) []complex128 { return []complex128{y[0] - p[4]*(1+0.05*t)} }).when(),
			Direction: integrate.Rising,
			Reset: analytic(func(t complex128, y, p []complex128) []complex128 {
				return []complex128{p[5] * y[0], y[1] + 0.1*y[0]*y[0]/(1+t)}
			}).reset(),
		},
		{Name: "feed", At: tau, Reset: analytic(func(t complex128, y, p []complex128) []complex128 {
			return []complex128{y[0] + p[5]*t, y[1] * (1 + 0.01*y[0])}
		}).reset()},
	}
	return Problem[[]float64]{System: sys, P: []float64{1.5, 1, 1, 3, 2.2, 0.5, 2.3}, T1: 6, Y0: []float64{1, 1}}
}

// Tangents and transposes are duals on the steps taken, with events of every kind and a
// running cost, for methods of every family whose steps can be transposed.
func TestDualityAcrossEvents(t *testing.T) {
	prob := hunted()
	loss := SumOfStates([]float64{0, 1, 2.3, 3.7, 6})
	loss.G = func(t float64, y, p []float64) (float64, error) { return 0.1 * y[0] * y[1] * p[0], nil }
	loss.Gy = func(out []float64, _ float64, y, p []float64) error {
		out[0], out[1] = 0.1*y[1]*p[0], 0.1*y[0]*p[0]
		return nil
	}
	loss.Gp = func(gp []float64, _ float64, y, _ []float64) error { gp[0] += 0.1 * y[0] * y[1]; return nil }
	for _, m := range []integrate.Method{integrate.BS3{}, integrate.Tsit5{}, integrate.Dopri5{}, integrate.Vern7{}, integrate.Rodas5P{}, integrate.TRBDF2{}, integrate.SDIRK4{}, integrate.KenCarp4{}, integrate.Kvaerno5{}, integrate.RadauIIA5{}} {
		loss, gap := loss, 1e-12
		if _, ok := m.(integrate.Rodas5P); ok {
			// Its stages hold f_y: without second derivatives they are differenced, in
			// tangents and adjoints each in its own way, to some 1e-10.
			loss, gap = SumOfStates(loss.Times), 1e-9
		}
		set := tolerances(1e-6, 1e-8)
		set.Solver = m
		for _, method := range []Method{Forward{}, Discrete{}, Discrete{Probes: 1, Checkpoints: Checkpoints{Every: 5}}} {
			r, err := Certify(context.Background(), prob, loss, method, set)
			if err != nil {
				t.Errorf("%v, %s: %v", m, name(method), err)
				continue
			}
			if n := len(r.acted); n < 3 {
				t.Errorf("%v: only %d events acted", m, n)
			}
			gap := gap
			if _, ok := m.(integrate.ImplicitRungeKutta); ok && method == (Forward{}) {
				gap = 1e-7 // iterations leave 1e-2 of the tolerance, amplified by events
			}
			if c := r.Certificate; !(c.Duality <= gap) || !(c.Distance < 1e-3) {
				t.Errorf("%v, %s: %v", m, name(method), c)
			}
		}
	}
}

// Without a closed form: the methods agree with one another, and with differences of the
// loss at tight tolerance, each as far as its step allows.
func TestEventsAgainstDifferences(t *testing.T) {
	prob := hunted()
	loss := SumOfStates([]float64{1, 2, 3.7, 6})
	set := tolerances(1e-12, 1e-13)
	want := make([]float64, len(prob.P))
	for j := range want {
		// Fourth-order differences with a step of 1e-3: an error of some 1e-12 by the
		// step and 1e-9 by the solution's own, amplified by events.
		h := 1e-3 * prob.P[j]
		value := func(d float64) float64 {
			q := prob
			q.P = append([]float64(nil), prob.P...)
			q.P[j] += d
			path, err := Trajectory(context.Background(), q, loss.Times, []Direction[[]float64]{}, set)
			if err != nil {
				t.Fatal(err)
			}
			sum := 0.0
			for _, y := range path.Y {
				sum += y[0] + y[1]
			}
			return sum
		}
		want[j] = (8*(value(h)-value(-h)) - value(2*h) + value(-2*h)) / (12 * h)
	}
	for _, method := range methods() {
		r, err := Gradient(context.Background(), prob, loss, method, set)
		if err != nil {
			t.Errorf("%s: %v", name(method), err)
			continue
		}
		if d := apart(r.P, want); d > 1e-7 {
			t.Errorf("%s: %v, want %v (%.1e)", name(method), r.P, want, d)
		}
	}
}

// The same problem backward in time: y' = k y from T1 to T0 with a dose on the way.
func TestEventsBackwardInTime(t *testing.T) {
	sys := analytic(func(_ complex128, y, p []complex128) []complex128 { return []complex128{p[0] * y[0]} }).system(1, 3)
	sys.Events = []dynsys.Event[[]float64]{
		{At: at(func(p []complex128) complex128 { return p[1] }),
			Reset: analytic(func(_ complex128, y, p []complex128) []complex128 { return []complex128{y[0] + p[2]} }).reset()},
		{When: analytic(func(_ complex128, y, p []complex128) []complex128 { return []complex128{y[0] - p[2]/4} }).when(),
			Direction: integrate.Falling,
			Reset:     analytic(func(_ complex128, y, p []complex128) []complex128 { return []complex128{3 * y[0]} }).reset()},
	}
	// From 3 at t = 4 down to 3 exp(-2 k) + p2 at p1 = 2, then through p2/4 once.
	prob := Problem[[]float64]{System: sys, P: []float64{0.7, 2, 2}, T0: 4, T1: -1, Y0: []float64{3}}
	want := func(p []complex128) complex128 {
		after := 3*cmplx.Exp(-p[0]*(4-p[1])) + p[2]
		fall := cmplx.Log(after/(p[2]/4)) / p[0]
		return 3*cmplx.Exp(-p[0]) + after*cmplx.Exp(-p[0]*(p[1]-1.5)) + 3*p[2]/4*cmplx.Exp(-p[0]*(p[1]-fall+1))
	}
	z := []complex128{0.7, 2, 2}
	dp := make([]float64, 3)
	for j := range dp {
		w := append([]complex128(nil), z...)
		w[j] += complex(0, tiny)
		dp[j] = imag(want(w)) / tiny
	}
	checkGradients(t, prob, SumOfStates([]float64{3, 1.5, -1}), real(want(z)), dp, nil)
}

// A condition that is only touched has no derivative: no gradient is given.
func TestGrazingConditionsAreRefused(t *testing.T) {
	// y = 3 - (t-1)^2, which touches 3; z counts.
	sys := analytic(func(s complex128, _, p []complex128) []complex128 { return []complex128{-2 * (s - 1)} }).system(1, 1)
	sys.Events = []dynsys.Event[[]float64]{{
		Name:  "touch",
		When:  analytic(func(s complex128, y, p []complex128) []complex128 { return []complex128{(y[0] - p[0]) * (s - 1)} }).when(),
		Reset: analytic(func(_ complex128, y, _ []complex128) []complex128 { return []complex128{2 * y[0]} }).reset(),
	}}
	prob := Problem[[]float64]{System: sys, P: []float64{3}, T1: 2, Y0: []float64{2}}
	for _, method := range methods() {
		r, err := Gradient(context.Background(), prob, SumOfStates([]float64{2}), method, nil)
		var where *Error
		if r != nil || !errors.Is(err, integrate.ErrGrazing) || !errors.As(err, &where) || math.Abs(where.T-1) > 1e-2 {
			t.Errorf("%s: %v, %v", name(method), r, err)
		}
	}
}

// Events of one time that move differently are told, and the value is that of the order
// in which they acted: two doses into a linear system commute, so that it is right.
func TestEventsThatMoveDifferently(t *testing.T) {
	add := func(i int) dynsys.Map[[]float64] {
		return analytic(func(_ complex128, y, p []complex128) []complex128 { return []complex128{y[0] + p[i]} }).reset()
	}
	time := func(i int) dynsys.Time { return at(func(p []complex128) complex128 { return p[i] }) }
	p := []float64{0.7, 1, 2, 1, 4} // k, tau, D, tau', D'
	prob := decay(p, 3, dynsys.Event[[]float64]{At: time(1), Reset: add(2)}, dynsys.Event[[]float64]{At: time(3), Reset: add(4)})
	for _, method := range methods() {
		r, err := Gradient(context.Background(), prob, SumOfStates([]float64{3}), method, tolerances(1e-10, 1e-10))
		if err != nil {
			t.Fatal(err)
		}
		e := math.Exp(-p[0] * 2)
		want := []float64{-9*math.Exp(-3*p[0]) - 2*6*e, p[0] * 2 * e, e, p[0] * 4 * e, e}
		if d := apart(r.P, want); d > 1e-8 {
			t.Errorf("%s: %v, want %v", name(method), r.P, want)
		}
		if len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "move differently") {
			t.Errorf("%s: warnings %q", name(method), r.Warnings)
		}
	}
}

// What a system with events lacks is told.
func TestMissingDerivativesOfEvents(t *testing.T) {
	level := analytic(func(_ complex128, y, p []complex128) []complex128 { return []complex128{y[0] - p[1]} }).when()
	reset := analytic(func(_ complex128, y, p []complex128) []complex128 { return []complex128{y[0] + p[2]} }).reset()
	noGradient, noJVP := level, reset
	noGradient.Gradient = nil
	noJVP.JVP, noJVP.VJP = nil, nil
	for what, e := range map[string]dynsys.Event[[]float64]{
		"When.Gradient": {When: noGradient, Reset: reset},
		"Reset":         {When: level, Reset: noJVP},
		"neither":       {Reset: reset},
	} {
		for _, method := range methods() {
			_, err := Gradient(context.Background(), decay([]float64{0.7, 1, 2}, 3, e), SumOfStates([]float64{3}), method, nil)
			if err == nil || what != "neither" && !errors.Is(err, ErrNoDerivative) {
				t.Errorf("%s, %s: %v", what, name(method), err)
			}
		}
	}
}

// Forward goes through events with every method that estimates its error. The error of
// the tangents is that of the solution: some hundred steps of 1e-8 each, amplified by
// the rates at which events move.
func TestForwardAcrossEventsWithEveryMethod(t *testing.T) {
	tested := 0
	for _, m := range integrate.Methods() {
		for _, c := range closedForms() {
			switch c.name {
			case "a dose", "refilled twice", "set off by the jump of a dose", "a state that stays after a stop":
			default:
				continue
			}
			set := tolerances(1e-8, 1e-9)
			set.Solver = m
			r, err := Gradient(context.Background(), c.prob, c.loss, Forward{}, set)
			if err != nil {
				if errors.As(err, new(*Error)) {
					t.Errorf("%v, %s: %v", m, c.name, err)
				}
				continue // it needs a grid, or a state in two parts
			}
			tested++
			if d := apart(r.P, c.gradient()); d > 3e-6 {
				t.Errorf("%v, %s: %v, want %v (%.1e)", m, c.name, r.P, c.gradient(), d)
			}
		}
	}
	if tested < 40 {
		t.Errorf("only %d combinations were tested", tested)
	}
}

// Second derivatives across events are not offered, and say so.
func TestProductsRefuseEvents(t *testing.T) {
	prob := hunted()
	loss := SumOfStates([]float64{6})
	if _, err := Products(context.Background(), prob, loss, ParameterDirections[[]float64](7), Curve{}, nil); err == nil || !strings.Contains(err.Error(), "events") {
		t.Errorf("%v", err)
	}
}
