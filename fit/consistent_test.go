package fit_test

import (
	"math"
	"strings"
	"testing"

	"github.com/odefit/odefit/fit"
	"github.com/odefit/odefit/sensitivity"
)

// x' = -k z with z^3 + z = x + c: the algebraic state follows from the equation, whose
// solution is known where x is made to be so: with w = z, dx = (3 w^2 + 1) dw and
// dx/dt = -k w, so that 3 (w^2 - w0^2)/2 + log(w/w0) = -k t.
func TestAlgebraic(t *testing.T) {
	p, err := text(t, `
param k = 0.7 in [0.1, 5]
param c = 0.5 in [0.1, 5]
algebraic z
init z = 3
init x = 9.5
x' = -k*z
0 = z^3 + z - x - c
observe z ~ normal(z, 0.1)
observe x ~ normal(x, 0.2)
`, "time,x,z\n0,9.4,2\n1,8,1.9\n5,5,1.3\n9,2,0.6\n")
	p = must(t, p, err)
	const k, c = 0.7, 0.5
	agree(t, p, 1e-6, func(o string, time float64) float64 {
		lo, hi := 1e-9, 2.0
		for range 200 {
			w := (lo + hi) / 2
			if 1.5*(w*w-4)+math.Log(w/2) > -k*time {
				hi = w
			} else {
				lo = w
			}
		}
		if o == "z" {
			return lo
		}
		return lo*lo*lo + lo - c
	})
}

func TestAlgebraicMistakes(t *testing.T) {
	p, err := text(t, "algebraic z\nparam k = 1 in [0.1, 5]\n0 = z^2 + k\nx' = z\nobserve x ~ normal(x, 1)\n", "time,x\n0,1\n1,2\n")
	p = must(t, p, err)
	if _, err := fit.Run(t.Context(), p, &fit.Options{EvaluateOnly: true}); err == nil || !strings.Contains(err.Error(), "algebraic states") {
		t.Errorf("no solution: %v", err)
	}
	if _, err := text(t, "algebraic z\n0 = z - x\nx' = z\nobserve x ~ normal(x, 1)\n", "time,x,amt,ii,ss\n0,,1,2,1\n1,2,,,\n"); err == nil || !strings.Contains(err.Error(), "data.csv:2") {
		t.Errorf("a dose at steady state: %v", err)
	}
}

// Where the state after an event admits no algebraic state, that is told with the time.
func TestAlgebraicStateLostAtAnEvent(t *testing.T) {
	p, err := text(t, "algebraic z\nparam k = 1 in [0.1, 5]\ninit z = 1\ninit x = 1\n0 = z^2 - x\nx' = -k*x\nevent at 1: x = -1\nobserve z ~ normal(z, 1)\n", "time,z\n0,1\n2,1\n")
	p = must(t, p, err)
	_, err = fit.Run(t.Context(), p, &fit.Options{EvaluateOnly: true})
	if err == nil || !strings.Contains(err.Error(), "t = 1") || !strings.Contains(err.Error(), "algebraic states have no solution") {
		t.Error(err)
	}
}

// Events of every kind, doses at once and an equation that jumps at a time that is
// estimated: a model with an algebraic state is the one with the state put in, in value
// and gradient, by least squares and by the discrete adjoint.
func TestAlgebraicEvents(t *testing.T) {
	const head = `
param k = 0.7 in [0.01, 10] log
param v = 1.3 in [0.1, 10] log
param tau = 2.2 in [1, 4]
param amount = 2 in [0.1, 10] log
param level = 0.6 in [0.1, 2] log
init x = 1.5
x' = z - k*x
event at 1: x += amount
event when x < level: x *= 1.5
event at tau/2: x = x + 0.2*z
dose x lag 0.1*k
observe y ~ normal(x + z, 0.1)
`
	const data = "time,amt,y\n0,,1.9\n0.5,,2.1\n0.8,0.5,\n1.05,,4.3\n1.5,,4\n2.1,,3.4\n2.5,,2.7\n3.5,,1.4\n4.5,,1.2\n6,,1\n"
	check := func(ode string) []fit.GradientCheck {
		p, err := text(t, head+ode, data)
		p = must(t, p, err)
		rows, err := p.GradCheck(t.Context(), p.Guess(), 1, sensitivity.Forward{}, sensitivity.Discrete{})
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	got := check("algebraic z\n0 = z - v*x/(2 + x)*if(t < tau, 1, 0.3)\n")
	want := check("let z = v*x/(2 + x)*if(t < tau, 1, 0.3)\n")[0]
	for _, row := range got {
		if row.Err != nil || math.Abs(row.Value-want.Value) > 1e-6*math.Abs(want.Value) {
			t.Errorf("%s: %v, %v, want %v", row.Method, row.Value, row.Err, want.Value)
			continue
		}
		for i, g := range row.Gradient {
			// The error is some thousand times the tolerance of 1e-8: sd 0.1 magnifies.
			if math.Abs(g-want.Gradient[i]) > 1e-5*math.Abs(want.Gradient[0]) {
				t.Errorf("%s: gradient %v, want %v", row.Method, row.Gradient, want.Gradient)
				break
			}
		}
	}
}
