package noise

import (
	"math"
	"strings"
	"testing"
)

// priors are priors of which 0.5 is in the support.
func priors(t *testing.T) []Prior {
	t.Helper()
	var out []Prior
	for _, c := range []struct {
		name string
		a, b float64
	}{
		{"normal", 0.3, 0.2}, {"normal", -5, 3}, {"lognormal", 0.4, 0.7}, {"lognormal", 3, 2}, {"laplace", 0.1, 0.5},
		{"uniform", -1, 2}, {"gamma", 2.5, 3}, {"gamma", 0.4, 1.5}, {"gamma", 1, 2}, {"beta", 2, 5}, {"beta", 0.6, 0.7}, {"beta", 1, 1},
		{"beta", 1, 3},
	} {
		p, err := NewPrior(c.name, c.a, c.b)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

func TestPriorsIntegrateToOne(t *testing.T) {
	for _, p := range priors(t) {
		var s PriorScore
		f := func(x float64) float64 {
			if err := p.Score(&s, x); err != nil {
				return 0
			}
			return math.Exp(-s.NLL)
		}
		lo, hi := p.Support()
		var total float64
		switch {
		case math.IsInf(lo, -1):
			middle := 0.0
			switch q := p.(type) {
			case normalPrior:
				middle = q.mean
			case laplacePrior:
				middle = q.mean
			}
			total = line(f, middle, 1)
		case math.IsInf(hi, 1):
			total = halfLine(f)
		default: // x = lo + (hi-lo) v/(1+v)
			total = halfLine(func(v float64) float64 {
				x := lo + (hi-lo)*(v/(1+v))
				if v > 1e15 { // 1 - x is rounded off: the density of beta is then not known
					return 0
				}
				return f(x) * (hi - lo) / (1 + v) / (1 + v)
			})
		}
		// 1e-10: for beta(0.6, 0.7) the part with v > 1e15 has the mass (1e-15)^0.7/0.7 B,
		// and 1 - x loses digits before that
		tol := 1e-11
		if q, ok := p.(betaPrior); ok && q.b < 1 {
			tol = 1e-9
		}
		if !(math.Abs(total-1) < tol) {
			t.Errorf("%+v integrates to %.15g", p, total)
		}
	}
}

func TestPriorDerivatives(t *testing.T) {
	for _, p := range priors(t) {
		for _, x := range []float64{0.03, 0.2, 0.5, 0.97} {
			var s PriorScore
			if err := p.Score(&s, x); err != nil {
				t.Fatal(err)
			}
			nll := func(x float64) float64 {
				var s PriorScore
				if err := p.Score(&s, x); err != nil {
					t.Error(err)
				}
				return s.NLL
			}
			// steps of 2 % of the way to the nearest end: an error of about 0.02^6
			if d := derivative(nll, x, 0.02*min(x, 1-x)); !(math.Abs(d-s.D) < 1e-8*math.Max(1, math.Abs(d))) {
				t.Errorf("%+v at %v: derivative %.12g, differences give %.12g", p, x, s.D, d)
			}
			if !(math.Abs(s.W*s.R-s.D) <= 1e-14*math.Abs(s.D)) {
				t.Errorf("%+v at %v: W R is %v, D %v", p, x, s.W*s.R, s.D)
			}
		}
	}
}

// TestPriorCurvature: at the most likely value W^2 is the second derivative, by
// differences of D.
func TestPriorCurvature(t *testing.T) {
	for _, c := range []struct {
		name       string
		a, b, mode float64
	}{
		{"normal", 0.3, 0.2, 0.3}, {"lognormal", 0.4, 0.7, 0.4 * math.Exp(-0.49)},
		{"gamma", 2.5, 3, 0.5}, {"beta", 2, 5, 0.2},
	} {
		p, err := NewPrior(c.name, c.a, c.b)
		if err != nil {
			t.Fatal(err)
		}
		var s PriorScore
		slope := derivative(func(x float64) float64 {
			var s PriorScore
			if err := p.Score(&s, x); err != nil {
				t.Fatal(err)
			}
			return s.D
		}, c.mode, 0.01*c.mode)
		if err := p.Score(&s, c.mode); err != nil {
			t.Fatal(err)
		}
		if !(math.Abs(s.D) < 1e-14/c.mode && math.Abs(s.W*s.W/slope-1) < 1e-9) {
			t.Errorf("%+v: at the mode D is %g, W^2 %.12g and the curvature %.12g", p, s.D, s.W*s.W, slope)
		}
	}
	// beta(1, 1) is uniform: no row
	p, err := NewPrior("beta", 1, 1)
	var s PriorScore
	if err != nil || p.Score(&s, 0.3) != nil || s != (PriorScore{}) {
		t.Errorf("beta(1, 1): %+v", s)
	}
}

func TestPriorErrors(t *testing.T) {
	for _, c := range []struct {
		name string
		args []float64
		want string
	}{
		{"cauchy", []float64{0, 1}, "there is no distribution cauchy here; there are normal, lognormal, laplace, uniform, gamma, beta"},
		{"normal", []float64{1}, "normal has 2 arguments (mean, standard deviation), not 1"},
		{"normal", []float64{1, 0}, "normal: the standard deviation is 0, and must be positive and finite"},
		{"normal", []float64{math.Inf(1), 1}, "normal: the mean is +Inf, and must be finite"},
		{"lognormal", []float64{-1, 1}, "lognormal: the median is -1, and must be positive and finite"},
		{"laplace", []float64{0, -1}, "laplace: the scale is -1"},
		{"uniform", []float64{2, 2}, "uniform: the upper bound is 2, and must be finite and above the lower one"},
		{"uniform", []float64{0, math.Inf(1)}, "uniform: the upper bound is +Inf"},
		{"gamma", []float64{0, 1}, "gamma: the shape is 0"},
		{"beta", []float64{1, math.NaN()}, "beta: the second shape is NaN"},
	} {
		if _, err := NewPrior(c.name, c.args...); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
	outside := map[string][]float64{"normal": {math.NaN()}, "lognormal": {0, -1}, "laplace": {math.Inf(1)}, "uniform": {0.9, 2.1, math.NaN()}, "gamma": {0, -1}, "beta": {0, 1, 1.5, math.NaN()}}
	for name, xs := range outside {
		p, err := NewPrior(name, 1, 2)
		if err != nil {
			t.Fatal(err)
		}
		if p.Name() != name {
			t.Errorf("%s is named %s", name, p.Name())
		}
		for _, x := range xs {
			var s PriorScore
			if err, ok := p.Score(&s, x).(*SupportError); !ok || err.Distribution != name {
				t.Errorf("%s at %v: error %v", name, x, err)
			}
		}
	}
}
