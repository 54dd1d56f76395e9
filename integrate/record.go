package integrate

import (
	"context"
	"fmt"
	"math"

	"github.com/odefit/odefit/integrate/space"
)

// Record is the accepted grid of an integration by a Runge-Kutta method, with as
// much of the states and stages as was asked for. It is what discrete adjoints
// transpose and checkpoints replay.
type Record[S any] struct {
	Method  Method
	Tableau *Tableau
	// T are the N+1 step ends. Step n goes from T[n] to T[n+1].
	T []float64
	// Every is the distance of the kept states: Y[i] is the state at the start of
	// step i*Every, events at that time included.
	Every int
	Y     []S
	// End is the state at T[N], events at that time included.
	End S
	// K[n] are the stages of step n; nil where they were not kept.
	K     [][]S
	Stats Stats

	p Problem[S]
}

// Keep says what a [Record] holds beside the grid.
type Keep struct {
	// Every keeps the state at the start of every Every-th step. Zero means 1.
	Every int
	// Stages keeps the stages of every step too: no replay is needed, at s+1 states
	// a step.
	Stages bool
}

// NewRecord integrates p with method m, which must be a [RungeKutta], and records
// the steps taken. Settings.Times is ignored.
func NewRecord[S any](ctx context.Context, p Problem[S], m Method, set *Settings, keep Keep) (*Record[S], error) {
	rk, ok := m.(RungeKutta)
	if !ok {
		return nil, fmt.Errorf("integrate: the steps of method %v cannot be recorded", m)
	}
	run := Start(ctx, p, m, set)
	rec := &Record[S]{Method: m, Tableau: rk.Tableau(), Every: max(keep.Every, 1)}
	for step := range run.Steps() {
		rec.T = append(rec.T, step.T0)
		if step.Index%rec.Every == 0 {
			rec.Y = append(rec.Y, clone(run.sp, step.Y0))
		}
		if keep.Stages {
			rec.K = append(rec.K, cloneAll(run.sp, step.stepper.(stager[S]).Stages()))
		}
	}
	if run.err != nil {
		return nil, run.err
	}
	t, y := run.State()
	rec.T, rec.End = append(rec.T, t), clone(run.sp, y)
	rec.Stats, rec.p = run.Stats(), *run.p
	return rec, nil
}

// stager is a stepper that shows its stages.
type stager[S any] interface{ Stages() []S }

func clone[S any](sp space.Space[S], y S) S {
	c := sp.New(y)
	sp.Copy(c, y)
	return c
}

func cloneAll[S any](sp space.Space[S], ys []S) []S {
	c := make([]S, len(ys))
	for i, y := range ys {
		c[i] = clone(sp, y)
	}
	return c
}

// Len returns the number N of steps.
func (rec *Record[S]) Len() int { return len(rec.T) - 1 }

// Bound returns the time that no evaluation inside step n may pass: the number
// before the break that ends the step, or +Inf. It is needed by those who
// evaluate derivatives at the stages of a step.
func (rec *Record[S]) Bound(n int) float64 {
	dir := 1.0
	if rec.p.T1 < rec.p.T0 {
		dir = -1
	}
	return lastBefore(rec.p.Breaks, rec.T[n], dir)
}

// StageTime returns the time at which stage i of step n was evaluated.
func (rec *Record[S]) StageTime(n, i int) float64 {
	return min(StageTime(rec.T[n], rec.T[n+1], rec.Tableau.C[i]), rec.Bound(n))
}

// Find returns the step in which t lies: T[n] <= t < T[n+1] in the direction of
// integration, and the last step for the end. It returns -1 for a time outside.
func (rec *Record[S]) Find(t float64) int {
	n := rec.Len()
	sign := 1.0
	if n > 0 && rec.T[n] < rec.T[0] {
		sign = -1
	}
	lo, hi := 0, n
	if !(sign*t >= sign*rec.T[0] && sign*t <= sign*rec.T[n]) {
		return -1
	}
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; sign*rec.T[mid] <= sign*t {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}

// Replay repeats recorded steps. Its states and stages are bitwise those of the
// first pass.
type Replay[S any] struct {
	rec     *Record[S]
	stepper Stepper[S]
	e       S
	Stats   Stats // work done in replays
}

// Replay returns a replay of the record, for one goroutine.
func (rec *Record[S]) Replay() (*Replay[S], error) {
	r := &Replay[S]{rec: rec}
	p := rec.p
	stepper, err := NewStepper(&p, rec.Method, &r.Stats)
	if err != nil {
		return nil, err
	}
	r.stepper, r.e = stepper, p.Space.New(p.Y0)
	return r, nil
}

// Steps recomputes steps from to to-1, where from is a multiple of rec.Every. It
// sets y[i] to the state at the start of step from+i and k[i] to its stages.
func (r *Replay[S]) Steps(from, to int, y []S, k [][]S) error {
	rec := r.rec
	if from%rec.Every != 0 || len(y) < to-from || len(k) < to-from {
		panic("integrate: Replay.Steps must begin at a kept state and have room for its results")
	}
	sp := rec.p.Space
	sp.Copy(y[0], rec.Y[from/rec.Every])
	next := sp.New(rec.p.Y0)
	r.stepper.Reset()
	bound := math.NaN()
	for n := from; n < to; n++ {
		if b := rec.Bound(n); b != bound {
			bound = b
			r.stepper.Bound(b)
			r.stepper.Reset()
		}
		i := n - from
		r.Stats.Steps++
		if err := r.stepper.Attempt(next, r.e, rec.T[n], rec.T[n+1], y[i]); err != nil {
			return &StepError{T: rec.T[n], H: rec.T[n+1] - rec.T[n], Step: n, Component: -1, Reason: err}
		}
		for j, kj := range r.stepper.(stager[S]).Stages() {
			sp.Copy(k[i][j], kj)
		}
		r.stepper.Accept()
		if n+1 == to {
			return nil
		}
		sp.Copy(y[i+1], next)
		if err := r.cross(y[i+1], rec.T[n+1]); err != nil {
			return err
		}
	}
	return nil
}

// cross applies the events at t, after which the method starts afresh.
func (r *Replay[S]) cross(y S, t float64) error {
	for _, e := range r.rec.p.Events {
		if e.At == t {
			if err := e.Apply(y, t); err != nil {
				return err
			}
			r.stepper.Reset()
		}
	}
	return nil
}
