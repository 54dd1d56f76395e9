package minimize

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
)

// Starts returns n points of the search scale: the guess first, then n-1 of a Latin
// hypercube in the box lo..hi, which must be finite. In every dimension each of n-1
// equal parts of the box holds exactly one of these points, at a random place inside
// it. The same arguments give the same points; another n gives others.
//
// Source: McKay, Beckman, Conover, Technometrics 21 (1979) 239.
func Starts(seed uint64, n int, lo, hi, guess []float64) [][]float64 {
	dim := len(guess)
	if len(lo) != dim || len(hi) != dim || n < 1 {
		panic(fmt.Sprintf("minimize: %d starts in a box of %d and %d sides for %d parameters", n, len(lo), len(hi), dim))
	}
	rng := rand.New(rand.NewPCG(seed, 0x6f646566697421))
	starts := make([][]float64, n)
	for i := range starts {
		starts[i] = make([]float64, dim)
	}
	copy(starts[0], guess)
	for j := range dim {
		for i, part := range rng.Perm(n - 1) {
			u := (float64(part) + rng.Float64()) / float64(n-1)
			starts[i+1][j] = lo[j] + u*(hi[j]-lo[j])
		}
	}
	return starts
}

// Redraw returns another point of the box in the place of start i of [Starts], for when
// that cannot be evaluated: the attempt-th of an endless row, the same for the same
// arguments. Its parts of the box stay empty then.
func Redraw(seed uint64, i, attempt int, lo, hi []float64) []float64 {
	rng := rand.New(rand.NewPCG(seed^0x6f646566697421, uint64(i)<<32|uint64(attempt)))
	x := make([]float64, len(lo))
	for j := range x {
		x[j] = lo[j] + rng.Float64()*(hi[j]-lo[j])
	}
	return x
}

// Run searches from every start, workers at a time, and returns the results in the
// order of the starts. search must be a function of its arguments alone, so that the
// results do not depend on the number of workers; it may be called by several
// goroutines at once. A start that has not begun when the context ends is not
// searched: its Status is Cancelled, its F +Inf.
//
// A panic in search is raised again in the caller, once the other workers are done.
func Run(ctx context.Context, starts [][]float64, workers int, search func(ctx context.Context, i int, x []float64) Result) []Result {
	results := make([]Result, len(starts))
	next := make(chan int)
	var wg sync.WaitGroup
	var once sync.Once
	var failure any
	for range min(max(workers, 1), len(starts)) {
		wg.Go(func() {
			for i := range next {
				func() {
					defer func() {
						if p := recover(); p != nil {
							once.Do(func() { failure = p })
						}
					}()
					if ctx.Err() != nil {
						results[i] = Result{X: starts[i], F: math.Inf(1), Status: Cancelled}
						return
					}
					results[i] = search(ctx, i, append([]float64(nil), starts[i]...))
				}()
			}
		})
	}
	for i := range starts {
		next <- i
	}
	close(next)
	wg.Wait()
	if failure != nil {
		panic(failure)
	}
	return results
}

// Best returns the index of the first result whose F is within noise of the lowest, or
// -1 where none is finite. So of equally good minima, such as mirror images of one
// another, the one found by the earliest start is taken, not the one that rounding
// favours.
func Best(results []Result, noise float64) int {
	lowest := math.Inf(1)
	for i := range results {
		if f := results[i].F; f < lowest {
			lowest = f
		}
	}
	for i := range results {
		if f := results[i].F; f-f == 0 && f <= lowest+noise {
			return i
		}
	}
	return -1
}
