package fit

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"
	"time"

	"github.com/odefit/odefit/fit/minimize"
	"github.com/odefit/odefit/sensitivity"
)

// Options says how to search. A nil *Options and the zero value are right.
type Options struct {
	// Starts is the number of starts. Zero means 20 where every estimated parameter
	// has finite bounds, else 1.
	Starts int
	// Seed draws the starts after the first, which is the guess.
	Seed uint64
	// Workers bounds the starts searched at the same time. Zero means GOMAXPROCS. The
	// result is the same for any number.
	Workers int
	// Method is the optimiser. Auto is LM.
	Method Optimiser
	// Gradient computes the gradients of LBFGS and Adam; nil means sensitivity.Discrete{}.
	// LM needs the derivative of every residual and always uses forward sensitivities.
	Gradient sensitivity.Method
	// MaxIterations bounds the iterations of one start. Zero means the optimiser's own
	// bound.
	MaxIterations int
	// EvaluateOnly evaluates the objective at the guess and searches nothing.
	EvaluateOnly bool
	// Progress, when not nil, is told after every finished start. Calls do not
	// overlap.
	Progress func(Progress)
}

// Optimiser names a search method.
type Optimiser int

// The optimisers.
const (
	Auto  Optimiser = iota
	LM              // bounded Levenberg-Marquardt with Fisher scoring
	LBFGS           // quasi-Newton on gradients
	Adam            // first order, for networks
)

func (o Optimiser) String() string {
	switch o {
	case Auto:
		return "auto"
	case LM:
		return "lm"
	case LBFGS:
		return "lbfgs"
	case Adam:
		return "adam"
	}
	return fmt.Sprintf("Optimiser(%d)", int(o))
}

// Progress is the state of a fit under way.
type Progress struct {
	StartsDone, Starts int
	Best               float64 // lowest objective so far
	Reached            int     // starts within 0.01 of it
	Failures           int     // points that could not be evaluated
}

// ErrNothingEvaluated: the objective could be evaluated at none of the starts. The
// first failure is wrapped as well.
var ErrNothingEvaluated = errors.New("fit: the model could not be evaluated at any start")

// Run fits the problem: it searches the parameters that maximise the likelihood
// (times the priors) of all observations and measures their uncertainty.
//
// When the context ends, the result of what was done is returned together with the
// error of the context. An error without a result means that the problem is wrong
// or, where it wraps ErrNothingEvaluated, that no start could be evaluated.
func Run(ctx context.Context, p *Problem, opt *Options) (*Result, error) {
	began := time.Now()
	if opt == nil {
		opt = &Options{}
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	f := &fitter{p: p, opt: *opt, space: newSearchSpace(p)}
	if err := f.search(ctx); err != nil {
		return nil, err
	}
	// What was found is still reported when the search was interrupted.
	res, err := f.result(context.WithoutCancel(ctx))
	if err != nil {
		return nil, err
	}
	res.Elapsed = time.Since(began)
	return res, ctx.Err()
}

// fitter is one fit under way.
type fitter struct {
	p     *Problem
	opt   Options
	space *searchSpace

	found    []minimize.Result  // of every start
	searches []*minimize.Search // under way; nil where there is none
	missed   []int              // failures before the search began at a point that can be evaluated
	best     int

	failures Failures

	mu       sync.Mutex // guards what follows
	counts   Counts
	progress Progress
}

// search runs all starts.
func (f *fitter) search(ctx context.Context) error {
	bounds, guess := f.space.bounds(), f.space.to(f.space.guess)
	lo, hi := f.space.box()
	starts := minimize.Starts(f.opt.Seed, f.starts(bounds), lo, hi, guess)
	workers := f.opt.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	f.progress = Progress{Starts: len(starts), Best: math.Inf(1)}
	f.rounds(ctx, starts, bounds, workers)
	for i := range f.found { // in index order, so that the first failure is always the same
		f.failures.Count += f.found[i].Failures
		if f.failures.First == nil {
			f.failures.First = f.found[i].LastFailure
		}
	}
	f.best = minimize.Best(f.found, objectiveNoise)
	f.polish(ctx, bounds)
	if f.best < 0 || !finite(f.found[f.best].F) {
		if err := ctx.Err(); err != nil {
			return err
		}
		return fmt.Errorf("%w: %w", ErrNothingEvaluated, f.failures.First)
	}
	return nil
}

// starts returns the number of starts.
func (f *fitter) starts(b minimize.Bounds) int {
	switch {
	case f.opt.EvaluateOnly || len(b.Lo) == 0:
		return 1
	case f.opt.Starts > 0:
		return f.opt.Starts
	}
	for i := range b.Lo {
		if !finite(b.Lo[i]) || !finite(b.Hi[i]) {
			return 1
		}
	}
	return 20
}

// polish goes on from the best point where its search stalled: with integrations that
// are a hundred times more accurate, so that smaller decreases can be told from noise.
func (f *fitter) polish(ctx context.Context, bounds minimize.Bounds) {
	if f.best < 0 || f.found[f.best].Status != minimize.Stalled || ctx.Err() != nil {
		return
	}
	old := &f.found[f.best]
	set := f.p.settings(polishing)
	e, err := newEvaluator(f.p, set)
	if err != nil {
		return
	}
	res := f.optimise(ctx, e, newSearchSpace(f.p), bounds, old.X)
	f.counts.add(e.counts)
	if !finite(res.F) { // values at different tolerances are not compared
		return
	}
	res.Iterations += old.Iterations
	res.Failures += old.Failures
	*old = res
}

// polishing is by how much tolerances are divided in polish.
const polishing = 100

// maxStepsOfRandomStarts bounds a simulation in starts other than the guess: random
// parameters are often so fast that an explicit method would take for ever, and such a
// point is better counted as one that cannot be evaluated.
const maxStepsOfRandomStarts = 10_000

// plateau is the difference of objectives below which two starts count as having
// found the same optimum.
const plateau = 0.01

func (c *Counts) add(o Counts) {
	c.Objectives += o.Objectives
	c.Gradients += o.Gradients
	c.Simulations += o.Simulations
	c.Steps += o.Steps
}
