package fit_test

import (
	"math"
	"strings"
	"testing"

	"github.com/odefit/odefit/fit"
	"github.com/odefit/odefit/sensitivity"
)

// A reversible reaction that keeps its total: at rest A = T k2/(k1 + k2), and a
// relaxation with the rate k1 + k2 to it.
const reversible = `
param k1 = 0.3 in [0.01, 10] log
param k2 = 0.6 in [0.01, 10] log
param a0 = 2 in [0.1, 10]
param s = 0.5 in [0.01, 10] log
const b0 = 1
const go = 1
init A = a0
init B = b0
A' = -go*k1*A + k2*B
B' = go*k1*A - k2*B
observe A ~ normal(A, s)
observe B ~ lognormal(B, s)
`

// Steady states as initial and as final states, against the closed form; gradients
// through them by every method against each other.
func TestSteadyStates(t *testing.T) {
	conditions := "experiment,go,B,preequilibration\nbasal,1,,\nfast,3,,basal\nown,2,,own\nset,3,0.5,basal\n"
	data := "time,experiment,A,B\n0,fast,1.1,2\n1,fast,0.9,1.9\ninf,fast,0.8,\n0,own,1,2\ninf,own,1,\n0,set,1,\n2,set,1,0.7\n"
	p, err := text(t, reversible, data, conditions)
	p = must(t, p, err)
	const k1, k2, s, total = 0.3, 0.6, 0.5, 3.0
	rest := func(g, total float64) float64 { return total * k2 / (g*k1 + k2) }
	at := func(g, a0, total, t float64) float64 {
		return rest(g, total) + (a0-rest(g, total))*math.Exp(-(g*k1+k2)*t)
	}
	basal := rest(1, total)
	want := 0.0
	normal := func(y, m float64) { want += math.Log(s*math.Sqrt(2*math.Pi)) + (y-m)*(y-m)/(2*s*s) }
	lognormal := func(y, m float64) { normal(math.Log(y), math.Log(m)); want += math.Log(y) }
	normal(1.1, basal)
	lognormal(2, total-basal)
	normal(0.9, at(3, basal, total, 1))
	lognormal(1.9, total-at(3, basal, total, 1))
	normal(0.8, rest(3, total))
	normal(1, rest(2, total))
	lognormal(2, total-rest(2, total))
	normal(1, rest(2, total))
	normal(1, basal)
	normal(1, at(3, basal, basal+0.5, 2))
	lognormal(0.7, basal+0.5-at(3, basal, basal+0.5, 2))
	res := run(t, p, &fit.Options{EvaluateOnly: true})
	near(t, "objective", res.Objective, want, 1e-8)

	checks, err := p.GradCheck(t.Context(), p.Guess(), 100, sensitivity.Forward{}, sensitivity.Discrete{}, sensitivity.Continuous{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checks {
		if c.Err != nil || c.Difference > 1e-6 {
			t.Errorf("%s: %v differs by %.1e (%v)", c.Method, c.Gradient, c.Difference, c.Err)
		}
	}
	theta := p.Guess()
	for k := range theta { // and against differences of the closed form's own objective
		h := 1e-5 * theta[k]
		value := func(d float64) float64 {
			p.Parameters[k].Guess = theta[k] + d
			defer func() { p.Parameters[k].Guess = theta[k] }()
			return run(t, p, &fit.Options{EvaluateOnly: true}).Objective
		}
		near(t, "gradient in "+p.Parameters[k].Name, checks[0].Gradient[k], (value(h)-value(-h))/(2*h), 1e-4)
	}
}

func TestSteadyStateMistakes(t *testing.T) {
	_, err := text(t, reversible+"experiment a: go = 2, preequilibration = basal\n", "time,A,B,experiment\n1,1,1,a\n")
	if want := `model.ode:14:42: there is no experiment "basal" to start from`; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	_, err = text(t, reversible, "time,A,B,experiment,preequilibration\n1,1,1,a,b\n")
	if want := `data.csv:2:9: column preequilibration: there is no experiment "b" to start from`; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	p, err := text(t, "param k = 1 in [0.1, 10]\ninit x = 1\nx' = k\nobserve x ~ normal(x, 1)\n", "time,x\n0,1\ninf,2\n")
	p = must(t, p, err)
	if _, err := fit.Run(t.Context(), p, &fit.Options{EvaluateOnly: true}); err == nil || !strings.Contains(err.Error(), "no steady state is reached") {
		t.Errorf("error %v", err)
	}
	p, err = text(t, "param k = 1 in [0.1, 10]\ninit x = 1\nx' = k*sin(t) - x\nobserve x ~ normal(x, 1)\n", "time,x\n0,1\ninf,2\n")
	p = must(t, p, err)
	if _, err := fit.Run(t.Context(), p, &fit.Options{EvaluateOnly: true}); err == nil || !strings.Contains(err.Error(), "depends on time") {
		t.Errorf("error %v", err)
	}
	p, err = text(t, "param k = 1 in [0.1, 10]\ninit x = 1\nx' = k - x\nevent when x > 5: x = 0\nobserve x ~ normal(x, 1)\n", "time,x\n0,1\ninf,2\n")
	p = must(t, p, err)
	if _, err := fit.Run(t.Context(), p, &fit.Options{EvaluateOnly: true}); err == nil || !strings.Contains(err.Error(), "depends on the state") {
		t.Errorf("error %v", err)
	}
}
