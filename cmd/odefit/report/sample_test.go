package report

import (
	"errors"
	"math"
	"time"

	"github.com/odefit/odefit/fit"
	"github.com/odefit/odefit/fit/minimize"
)

// sample is a result made by hand, of the counts of hare and lynx of a few years and
// sine curves, in which everything occurs that a result can hold.
func sample() (*fit.Result, []Curve) {
	nan := math.NaN()
	r := &fit.Result{
		Status: "converged", Converged: true,
		Objective: 122.92595112, Refined: 122.92595114, SSR: 2.0187, Chi2: 42, AIC: 261.85190224, BIC: 275.753,
		NObservations: 42, NEstimated: 3,
		Parameters: []fit.Estimate{
			{Name: "alpha", Value: 0.540014, StdErr: 0.0632, CI95: [2]float64{0.4272, 0.6826}, Estimated: true},
			{Name: "beta", Value: 0.0271561, StdErr: 0.0041, CI95: [2]float64{0.0201, 0.0365}, Estimated: true},
			{Name: "gamma", Value: 10, StdErr: nan, CI95: [2]float64{nan, nan}, Estimated: true, AtBound: minimize.Upper},
			{Name: "K", Value: 1e6, StdErr: nan, CI95: [2]float64{nan, nan}},
			{Name: "sd[hare]", Value: 0.21838, StdErr: math.Inf(1), CI95: [2]float64{0, math.Inf(1)}, Estimated: true, Note: "not identified"},
		},
		Reports:     []fit.Estimate{{Name: "period", Value: 9.58, StdErr: 0.2, CI95: [2]float64{9.2, 10}, Estimated: true}},
		Names:       []string{"alpha", "beta"},
		Correlation: [][]float64{{1, 0.9712}, {0.9712, 1}},
		Covariance:  [][]float64{{0.004, 2.5e-4}, {2.5e-4, 1.7e-5}},
		Flat:        []string{"sd[hare]"},
		Starts: []fit.Start{
			{Objective: 122.925951, Status: "converged", Converged: true, Iterations: 12},
			{Objective: 122.9301, Status: "converged", Converged: true, Iterations: 20},
			{Objective: 140.3, Status: "iteration limit reached", Iterations: 500},
			{Objective: nan, Status: "the objective cannot be evaluated at the start"},
		},
		GradientNorm: 1e-7,
		Counts:       fit.Counts{Objectives: 40, Gradients: 30, Simulations: 70, Steps: 9000},
		Failures:     fit.Failures{Count: 3, First: errors.New("the simulation stopped at t = 1903.2 (state hare): the step size fell below the resolution of time")},
		Elapsed:      1500 * time.Millisecond,
		Seed:         1,
		Warnings:     []string{"2 parameters have no bounds"},
	}
	var curves []Curve
	for k, name := range []string{"hare", "lynx"} {
		c := Curve{Observable: name}
		at := func(t float64) float64 { return 30 * math.Exp(math.Sin(0.65*(t-1900)-float64(k))) }
		for i := range 201 {
			t := 1900 + 0.1*float64(i)
			c.Times, c.Values = append(c.Times, t), append(c.Values, at(t))
		}
		curves = append(curves, c)
		for i := range 21 {
			t := 1900 + float64(i)
			z := math.Sin(7.3*float64(i+1)) + 0.4*math.Cos(3.1*float64(i*(k+2)))
			r.Points = append(r.Points, fit.Point{Observable: name, Time: t, Value: at(t) * math.Exp(0.2*z), Mean: at(t),
				Scale: 0.2, Residual: 0.2 * z, Standardized: z, Censored: i == 20 && k == 1})
		}
	}
	return r, curves
}

// facets is the same for n experiments and one observable.
func facets(n int) (*fit.Result, []Curve) {
	r, _ := sample()
	r.Points = nil
	var curves []Curve
	for x := range n {
		name := string(rune('A' + x))
		c := Curve{Experiment: name, Observable: "concentration"}
		at := func(t float64) float64 { return float64(10+x) * (math.Exp(-0.1*t) - math.Exp(-1.2*t)) }
		for i := range 101 {
			t := 0.24 * float64(i)
			c.Times, c.Values = append(c.Times, t), append(c.Values, at(t))
		}
		curves = append(curves, c)
		for i := range 10 {
			t := 0.25 * math.Pow(1.6, float64(i))
			z := math.Sin(7.3*float64(i+x+1)) + 0.4*math.Cos(3.1*float64(i*(x+2)))
			r.Points = append(r.Points, fit.Point{Experiment: name, Observable: "concentration", Time: t, Value: at(t) + 0.3*z, Mean: at(t),
				Scale: 0.3, Residual: 0.3 * z, Standardized: z})
		}
	}
	return r, curves
}
