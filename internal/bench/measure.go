package main

import (
	"context"
	"math"
	"slices"

	"github.com/odefit/odefit/integrate"
)

// row is one measurement.
type row struct {
	peer, problem, method string
	rtol, atol            float64
	nfev, njev, steps     int
	best, median          float64 // microseconds a solution
	err                   float64 // at the end
}

const (
	ours    = "odefit"
	batches = 7
	batch   = 8000. // microseconds
)

// measure times whole solutions, everything that is allocated included: one warm-up,
// then batches of eight milliseconds.
func measure(r *race, ref []float64, m integrate.Method, rtol float64) row {
	set := &integrate.Settings{RelTol: rtol, AbsTol: rtol * r.abs}
	out := row{peer: ours, problem: r.name, method: m.String(), rtol: rtol, atol: set.AbsTol}
	var stats integrate.Stats
	var y []float64
	solve := func() {
		run := integrate.Start(context.Background(), r.problem, m, set)
		for range run.Steps() {
		}
		if run.Err() != nil {
			y = nil
			return
		}
		stats = run.Stats()
		_, y = run.State()
	}
	solve()
	if y == nil {
		out.best, out.median, out.err = math.NaN(), math.NaN(), math.NaN()
		return out
	}
	out.err = relativeError(y, ref)
	out.nfev, out.njev, out.steps = stats.RHS, stats.Jacobians, stats.Steps
	once := timed(1, solve)
	n, reps := batches, max(1, int(math.Ceil(batch/once)))
	switch {
	case once > 4e5:
		n = 1
	case once > 4*batch:
		n = 3
	}
	times := make([]float64, n)
	for i := range times {
		times[i] = timed(reps, solve)
	}
	slices.Sort(times)
	out.best, out.median = times[0], times[n/2]
	return out
}

// timed returns the time of one call, in microseconds of the clock in use.
func timed(reps int, f func()) float64 {
	start := clock()
	for range reps {
		f()
	}
	return (clock() - start) / float64(reps)
}
