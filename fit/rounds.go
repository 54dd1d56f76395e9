package fit

import (
	"context"
	"math"
	"slices"

	"github.com/odefit/odefit/fit/minimize"
)

// Searches from many starts are made in rounds, in which every search under way goes on
// to the same number of iterations. Between rounds those without prospects are given
// up: most random starts end in poor minima, and the slowest of them, which creep for
// hundreds of iterations, would take most of the time. What is decided depends on
// results of whole rounds alone, and so neither on the number of workers nor on the
// order in which they finish. The first start, the guess, is never given up.
//
// Half of the searches is kept at most from round to round: Jamieson, Talwalkar,
// "Non-stochastic best arm identification and hyperparameter optimization" (AISTATS 2016).
//
// The first round is long: of the searches that end well, some are far behind after 50
// iterations, and few after 200.
var roundEnds = []int{200, 400}

// fewest searches are not given up for their rank.
const fewest = 5

// hope is how many times the decrease that its model promises a search may need to be
// the best. Models promise too much more often than too little.
const hope = 10

// rounds fills in f.found.
func (f *fitter) rounds(ctx context.Context, starts [][]float64, bounds minimize.Bounds, workers int) {
	f.found = make([]minimize.Result, len(starts))
	f.searches = make([]*minimize.Search, len(starts))
	f.missed = make([]int, len(starts))
	var open []int
	for i := range starts {
		open = append(open, i)
	}
	for round := 0; len(open) > 0; round++ {
		end := math.MaxInt
		if round < len(roundEnds) && len(starts) > 1 {
			end = roundEnds[round]
		}
		points := make([][]float64, len(open))
		for k, i := range open {
			points[k] = starts[i]
		}
		results := minimize.Run(ctx, points, workers, func(ctx context.Context, k int, x []float64) minimize.Result {
			return f.start(ctx, open[k], end, bounds, x)
		})
		for k, r := range results {
			if i := open[k]; r.Status == minimize.Cancelled && f.searches[i] != nil && !finite(r.F) {
				f.found[i].Status = r.Status // not continued: what it had found stays
			} else {
				f.found[i] = r
			}
		}
		if ctx.Err() != nil {
			return
		}
		open = slices.DeleteFunc(open, func(i int) bool { return f.searches[i] == nil || !f.searches[i].Open() })
		open = f.giveUp(open, (len(starts)+1)>>(round+1))
	}
}

// giveUp ends the searches that have no prospects, and returns the others: those of the
// keep best of all starts that may still become the best, and the guess.
func (f *fitter) giveUp(open []int, keep int) []int {
	order := make([]float64, len(f.found))
	for i, r := range f.found {
		order[i] = r.F
	}
	slices.Sort(order)
	level := order[min(max(keep, fewest), len(order))-1]
	return slices.DeleteFunc(open, func(i int) bool {
		r := &f.found[i]
		if i == 0 || r.F <= level && r.F-hope*r.PredictedDecrease <= order[0] {
			return false
		}
		r.Status = minimize.GivenUp
		f.searches[i] = nil
		f.done(*r)
		return true
	})
}

// start searches from x with workspaces of its own, or goes on with that, until so many
// iterations are made in all.
func (f *fitter) start(ctx context.Context, i, end int, bounds minimize.Bounds, x []float64) minimize.Result {
	set := f.p.settings(1)
	if i > 0 {
		set.MaxSteps = min(set.MaxSteps, maxStepsOfRandomStarts)
	}
	e, err := newEvaluator(f.p, set)
	if err != nil {
		return f.done(minimize.Result{X: x, F: math.Inf(1), Status: minimize.InfeasibleStart, Failures: 1, LastFailure: err})
	}
	defer f.count(e)
	s := newSearchSpace(f.p)
	switch {
	case f.opt.EvaluateOnly || len(x) == 0:
		res := minimize.Result{X: x, Evaluations: 1}
		if res.F, err = e.value(ctx, s.from(x)); err != nil {
			res = minimize.Result{X: x, F: math.Inf(1), Status: minimize.InfeasibleStart, Failures: 1, LastFailure: err}
		}
		return f.done(res)
	case f.opt.Method == LBFGS || f.opt.Method == Adam:
		return f.done(f.optimise(ctx, e, s, bounds, x))
	}
	p := residuals(e, s)
	if f.searches[i] == nil {
		f.searches[i] = f.leastSquares().Start(p, bounds, x)
	}
	res := f.searches[i].Continue(ctx, p, end)
	if i > 0 && res.Status == minimize.InfeasibleStart {
		res = f.elsewhere(ctx, i, end, bounds, p, res)
	}
	res.Failures += f.missed[i]
	switch {
	case !f.searches[i].Open():
		return f.done(res)
	case ctx.Err() != nil:
		res.Status = minimize.Cancelled
		return f.done(res)
	}
	return res
}

// elsewhere searches from another random point where start i cannot be evaluated.
func (f *fitter) elsewhere(ctx context.Context, i, end int, bounds minimize.Bounds, p minimize.Residuals, res minimize.Result) minimize.Result {
	lo, hi := f.space.box()
	f.missed[i] = res.Failures
	for attempt := 1; attempt <= redraws && ctx.Err() == nil; attempt++ {
		x := minimize.Redraw(f.opt.Seed, i, attempt, lo, hi)
		bounds.Project(x)
		if v, err := p.Value(ctx, x); err != nil || !finite(v) {
			f.missed[i]++
			continue
		}
		f.searches[i] = f.leastSquares().Start(p, bounds, x)
		res = f.searches[i].Continue(ctx, p, end)
		if res.Status != minimize.InfeasibleStart {
			return res
		}
		f.missed[i] += res.Failures
	}
	res.Failures = 0 // counted already
	return res
}

// redraws is how many points are tried in the place of a start that fails.
const redraws = 30

// count books the work of an evaluator.
func (f *fitter) count(e *evaluator) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counts.add(e.counts)
}

// done tells of a start that has ended.
func (f *fitter) done(res minimize.Result) minimize.Result {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.progress.StartsDone++
	f.progress.Failures += res.Failures
	if res.F < f.progress.Best-plateau {
		f.progress.Reached = 0
	}
	f.progress.Best = min(f.progress.Best, res.F)
	if res.F <= f.progress.Best+plateau {
		f.progress.Reached++
	}
	if f.opt.Progress != nil {
		f.opt.Progress(f.progress)
	}
	return res
}
