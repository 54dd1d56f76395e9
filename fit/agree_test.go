package fit_test

import (
	"errors"
	"math"
	"testing"

	"github.com/odefit/odefit/fit"
	"github.com/odefit/odefit/sensitivity"
)

// agree checks predictions at the guesses against a closed form, and the gradients of
// all methods against each other and against differences of the objective.
func agree(t *testing.T, p *fit.Problem, tol float64, truth func(observable string, time float64) float64) {
	t.Helper()
	res := run(t, p, &fit.Options{EvaluateOnly: true})
	for _, pt := range res.Points {
		if want := truth(pt.Observable, pt.Time); !(math.Abs(pt.Mean-want) <= tol*(1+math.Abs(want))) {
			t.Errorf("%s at %v is %.12g, want %.12g", pt.Observable, pt.Time, pt.Mean, want)
		}
	}
	checks, err := p.GradCheck(t.Context(), p.Guess(), 100, sensitivity.Forward{}, sensitivity.Discrete{}, sensitivity.Continuous{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checks {
		if errors.Is(c.Err, sensitivity.ErrMassContinuous) {
			continue // said, not hidden
		}
		if c.Err != nil || c.Difference > 1e-5 {
			t.Errorf("%s: %v differs by %.1e (%v)", c.Method, c.Gradient, c.Difference, c.Err)
		}
	}
	theta := p.Guess()
	for k := range theta {
		h := 1e-5 * theta[k]
		value := func(d float64) float64 {
			p.Parameters[k].Guess = theta[k] + d
			defer func() { p.Parameters[k].Guess = theta[k] }()
			return run(t, p, &fit.Options{EvaluateOnly: true}).Objective
		}
		// Differences carry the error of the solver over h, 1e-9/1e-5.
		if d := (value(h) - value(-h)) / (2 * h); math.Abs(d-checks[0].Gradient[k]) > 1e-3*(1+math.Abs(d)) {
			t.Errorf("gradient in %s: %.8g, differences say %.8g", p.Parameters[k].Name, checks[0].Gradient[k], d)
		}
	}
}
