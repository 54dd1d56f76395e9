package integrate

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"runtime/debug"
	"sync"
)

// Ensemble is many problems to be solved by one method.
type Ensemble[S any] struct {
	N int
	// Problem returns problem i, 0 <= i < N. It is called from several goroutines at a
	// time; each problem is solved by one. What problems share (a function, a space, an
	// initial state) must bear to be used at the same time.
	Problem  func(i int) (Problem[S], error)
	Method   Method
	Settings *Settings
	// Workers is the number of problems solved at a time. Zero means as many as there
	// are cores. Results do not depend on it.
	Workers int
}

// Result is what came of one problem of an ensemble: what [Solve] returns.
type Result[S any] struct {
	Solution *Solution[S]
	Err      error
}

// SolveAll solves problems on all cores and returns their results in the same order.
// What problems share must bear to be used at the same time: a right-hand side with
// scratch memory must not be shared.
func SolveAll[S any](ctx context.Context, problems []Problem[S], m Method, set *Settings) []Result[S] {
	results := make([]Result[S], len(problems))
	e := Ensemble[S]{
		N: len(problems), Problem: func(i int) (Problem[S], error) { return problems[i], nil }, Method: m, Settings: set,
	}
	for i, r := range e.Results(ctx) {
		results[i] = r
	}
	return results
}

// Results yields the result of every problem, in order. Besides those being solved, at
// most one result a worker waits to be yielded, whatever N is. Once the context ends,
// the remaining results are errors that wrap [ErrCancelled]. Leaving the loop early
// stops the work under way. A panic in a user's function is an error of its problem.
func (e *Ensemble[S]) Results(ctx context.Context) iter.Seq2[int, Result[S]] {
	return func(yield func(int, Result[S]) bool) {
		workers := e.Workers
		if workers <= 0 {
			workers = runtime.GOMAXPROCS(0)
		}
		ctx, cancel := context.WithCancel(ctx)
		jobs, done := make(chan int, 2*workers), make([]chan Result[S], 2*workers)
		for i := range done {
			done[i] = make(chan Result[S], 1)
		}
		var group sync.WaitGroup
		defer func() {
			cancel()
			close(jobs)
			group.Wait()
		}()
		for range min(workers, e.N) {
			group.Go(func() {
				for i := range jobs {
					done[i%len(done)] <- e.solve(ctx, i)
				}
			})
		}
		for i := range min(len(done), e.N) {
			jobs <- i
		}
		for i := range e.N {
			r := <-done[i%len(done)]
			if next := i + len(done); next < e.N {
				jobs <- next
			}
			if !yield(i, r) {
				return
			}
		}
	}
}

func (e *Ensemble[S]) solve(ctx context.Context, i int) (out Result[S]) {
	defer func() {
		if v := recover(); v != nil {
			out.Err = fmt.Errorf("integrate: problem %d of an ensemble: %w", i, &PanicError{Value: v, Stack: debug.Stack()})
		}
	}()
	p, err := e.Problem(i)
	if err != nil {
		out.Err = fmt.Errorf("integrate: problem %d of an ensemble: %w", i, err)
		return out
	}
	out.Solution, out.Err = Solve(ctx, p, e.Method, e.Settings)
	return out
}
