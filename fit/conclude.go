package fit

import (
	"context"
	"fmt"
	"math"

	"github.com/odefit/odefit/fit/infer"
	"github.com/odefit/odefit/fit/minimize"
)

// result measures the uncertainty at the best point and gathers what is told.
func (f *fitter) result(ctx context.Context) (*Result, error) {
	best := f.found[f.best]
	res := &Result{
		Seed: f.opt.Seed, Best: f.best, Objective: best.F,
		Theta:     append([]float64(nil), f.space.from(best.X)...),
		Counts:    f.counts,
		Failures:  f.failures,
		Converged: converged(&best), Status: best.Status.String(),
	}
	if f.opt.EvaluateOnly || len(best.X) == 0 {
		res.Converged, res.Status = true, "evaluated"
	} else if res.Converged {
		res.Status = "converged"
	}
	for _, r := range f.found {
		start := Start{Objective: r.F, Status: r.Status.String(), Converged: r.Status.Converged(), Iterations: r.Iterations}
		if !finite(r.F) {
			start.Objective = math.NaN()
		}
		if r.Status == minimize.NotRun {
			start.Status = "evaluated"
		}
		res.Starts = append(res.Starts, start)
	}
	u, err := newUncertainty(ctx, f, best)
	if err != nil {
		res.Warnings = append(res.Warnings, fmt.Sprintf("standard errors are missing: %v", err))
	}
	if err := f.describe(ctx, res); err != nil {
		return nil, err
	}
	u.fill(f, res, best)
	return res, nil
}

// negligible is a decrease of -ln L that no interval feels: a thousandth is about a
// two-thousandth of what bounds one of 95 %.
const negligible = 1e-3

// converged reports whether the search ended at a minimum: by its own judgement, or, where
// no decrease could be confirmed, because the model of the objective promises less than
// what matters. A point whose gradient is wrong, or behind which lies a wall, promises
// more.
func converged(r *minimize.Result) bool {
	return r.Status.Converged() || r.Status == minimize.Stalled && r.PredictedDecrease <= negligible
}

// describe fills in the points, the statistics of the residuals and the objective at
// tighter tolerances.
func (f *fitter) describe(ctx context.Context, res *Result) error {
	e, err := newEvaluator(f.p, f.p.settings(1))
	if err != nil {
		return err
	}
	_, err = e.evaluate(ctx, res.Theta, nil, nil, func(_, _ int, pt Point) {
		res.Points = append(res.Points, pt)
		if !pt.Censored {
			res.SSR += pt.Residual * pt.Residual
			res.Chi2 += pt.Standardized * pt.Standardized
		}
	})
	if err != nil {
		return err
	}
	res.NObservations = len(res.Points)
	res.NEstimated = e.estimated
	for i := range e.free {
		if len(e.free[i].residuals) > 0 {
			res.NEstimated++
		}
	}
	res.AIC = infer.AIC(res.Objective, res.NEstimated)
	res.BIC = infer.BIC(res.Objective, res.NEstimated, res.NObservations)
	res.Refined = math.NaN()
	if tight, err := newEvaluator(f.p, f.p.settings(100)); err == nil {
		if v, err := tight.value(ctx, res.Theta); err == nil {
			res.Refined = v
		} else {
			res.Warnings = append(res.Warnings, fmt.Sprintf("the objective could not be evaluated at tighter tolerances: %v", err))
		}
	}
	if d := math.Abs(res.Refined - res.Objective); d > 1e-3 {
		res.Warnings = append(res.Warnings, fmt.Sprintf(
			"the objective changes by %.2g at tolerances a hundred times tighter: give smaller rtol and atol", d))
	}
	return nil
}
