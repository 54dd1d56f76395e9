package integrate

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sort"

	"github.com/odefit/odefit/integrate/space"
)

// Record is the accepted grid of an integration by a one-step method, with as much of
// the states and stages as was asked for. It is what discrete adjoints
// transpose and checkpoints replay.
type Record[S any] struct {
	Method Method
	// One of these holds the coefficients of a method that has stages. Single steps of an implicit
	// one may have others, see [Record.StepTableau].
	Tableau    *Tableau
	Rosenbrock *RosenbrockTableau
	// T are the N+1 step ends. Step n goes from T[n] to T[n+1].
	T []float64
	// At are the steps whose first state is kept, ascending from 0; Y[i] is the state
	// at the start of step At[i], events at that time included. Y is nil where the
	// states are in a file.
	At []int
	Y  []S
	// End is the state at T[N], events at that time included.
	End S
	// K[n] are the stages of step n, without those that the interpolant alone needs;
	// nil where they were not kept.
	K [][]S
	// Acted are the events that acted, in order.
	Acted []Acted
	Stats Stats

	p    Problem[S]
	tabs []*Tableau // of each step, where they may differ
	// Of a method that carries a slope from step to step: the kept ones, beside Y, and
	// the steps that begin with another.
	carries bool
	slopes  []S
	fresh   []int

	tol  space.Tolerance
	keep Keep
	file *shelf[S] // nil: the kept states are in Y
	free []S       // states that were dropped
	err  error     // of the file
}

// Keep says what a [Record] holds beside the grid.
type Keep struct {
	// Every keeps the state at the start of every Every-th step. Zero means 1.
	Every int
	// Stages keeps the stages of every step too: no replay is needed, at s+1 states
	// a step.
	Stages bool
	// Most bounds the number of kept states, beside each of which stands a slope where the
	// method carries one from step to step (an explicit first stage): when one more comes, every other one is
	// dropped, and the distance of those to come doubles. Zero: no bound.
	Most int
	// Leaf is the number of steps whose stages a replay holds at a time. Zero means
	// Every.
	Leaf int
	// Spare is the number of states that a replay may keep beside those of the
	// record, to bridge gaps of several leaves.
	Spare int
	// Dir, when not empty, is a folder for a file that holds the kept states. The
	// space needs coordinates. The record must then be closed.
	Dir string
}

// NewRecord integrates p with method m, which must be a [RungeKutta] or a [Rosenbrock],
// and records the steps taken. Settings.Times is ignored.
func NewRecord[S any](ctx context.Context, p Problem[S], m Method, set *Settings, keep Keep) (*Record[S], error) {
	rec := &Record[S]{Method: m}
	switch m := m.(type) {
	case RungeKutta:
		rec.Tableau = m.Tableau()
	case Rosenbrock:
		rec.Rosenbrock = m.Coefficients()
	case ImplicitRungeKutta:
		rec.Tableau = m.ImplicitTableau()
	case Symplectic, Nystrom:
	default:
		return nil, fmt.Errorf("integrate: the steps of method %v cannot be recorded", m)
	}
	keep.Every = max(keep.Every, 1)
	if keep.Leaf == 0 {
		keep.Leaf = keep.Every
	}
	run := Start(ctx, p, m, set)
	rec.keep, rec.tol = keep, run.tol
	repeatably(run.stepper)
	slope, ok := run.stepper.(carrier[S])
	rec.carries = ok && slope.carries()
	if run.err == nil && keep.Dir != "" {
		if rec.file, rec.err = newShelf(run.sp, run.p.Y0, keep.Dir); rec.err != nil {
			return nil, rec.err
		}
	}
	every, all := keep.Every, slab[S]{sp: run.sp}
	for step := range run.Steps() {
		rec.T = append(rec.T, step.T0)
		if step.Index%every == 0 {
			if keep.Most > 0 && len(rec.At) == keep.Most {
				every *= 2
				rec.thin(every)
			}
			if step.Index%every == 0 {
				rec.put(run.sp, step.Index, step.Y0, slope)
			}
		}
		if rec.carries {
			if _, _, fresh := slope.carried(); fresh {
				rec.fresh = append(rec.fresh, step.Index)
			}
		}
		if v, ok := step.stepper.(various); ok {
			rec.tabs = append(rec.tabs, v.tableau())
		}
		if keep.Stages {
			rec.K = append(rec.K, all.all(step.stepper.(stager[S]).Stages()))
		}
		if rec.err != nil {
			break
		}
	}
	if err := cmp.Or(rec.err, run.err); err != nil {
		rec.Close()
		return nil, err
	}
	t, y := run.State()
	rec.T, rec.End = append(rec.T, t), clone(run.sp, y)
	rec.Stats, rec.p, rec.Acted = run.Stats(), *run.p, run.Acted()
	return rec, nil
}

// put keeps the state at the start of step n, and the slope.
func (rec *Record[S]) put(sp space.Space[S], n int, y S, slope carrier[S]) {
	rec.At = append(rec.At, n)
	i := len(rec.At) - 1
	if rec.file != nil {
		rec.err = rec.file.put(rec.parts()*i, y)
	} else {
		rec.Y = append(rec.Y, rec.place(sp, y))
	}
	if !rec.carries {
		return
	}
	k, _, _ := slope.carried()
	if rec.file != nil {
		rec.err = cmp.Or(rec.err, rec.file.put(2*i+1, k))
	} else {
		rec.slopes = append(rec.slopes, rec.place(sp, k))
	}
}

// place returns a copy of y, in the place of a state that was dropped if there is one.
func (rec *Record[S]) place(sp space.Space[S], y S) S {
	last := len(rec.free) - 1
	if last < 0 {
		return clone(sp, y)
	}
	c := rec.free[last]
	rec.free = rec.free[:last]
	sp.Copy(c, y)
	return c
}

// parts is the number of states that are kept for one step.
func (rec *Record[S]) parts() int {
	if rec.carries {
		return 2
	}
	return 1
}

// thin drops the states whose step is no multiple of every.
func (rec *Record[S]) thin(every int) {
	n, parts := 0, rec.parts()
	for i, at := range rec.At {
		drop := at%every != 0
		switch {
		case rec.file != nil:
			for p := range parts {
				if !drop {
					rec.err = cmp.Or(rec.err, rec.file.move(parts*n+p, parts*i+p))
				}
			}
		case drop:
			rec.free = append(rec.free, rec.Y[i])
			if rec.carries {
				rec.free = append(rec.free, rec.slopes[i])
			}
		default:
			rec.Y[n] = rec.Y[i]
			if rec.carries {
				rec.slopes[n] = rec.slopes[i]
			}
		}
		if !drop {
			rec.At[n] = at
			n++
		}
	}
	rec.At = rec.At[:n]
	if rec.file == nil {
		rec.Y = rec.Y[:n]
		rec.slopes = rec.slopes[:min(n, len(rec.slopes))]
	}
}

// get sets dst and slope to the kept state i and its slope.
func (rec *Record[S]) get(dst, slope S, i int) error {
	if rec.file != nil {
		err := rec.file.get(dst, rec.parts()*i)
		if rec.carries {
			err = cmp.Or(err, rec.file.get(slope, 2*i+1))
		}
		return err
	}
	rec.p.Space.Copy(dst, rec.Y[i])
	if rec.carries {
		rec.p.Space.Copy(slope, rec.slopes[i])
	}
	return nil
}

// Carried says whether step n began with the slope that the step before ended with: its
// first stage is then the last of that.
func (rec *Record[S]) Carried(n int) bool {
	_, fresh := slices.BinarySearch(rec.fresh, n)
	return rec.carries && !fresh
}

// begins says whether step n has an explicit first stage, which stands at its start.
func (rec *Record[S]) begins(n int) bool { return rec.carries && rec.tabs[n].A[0][0] == 0 }

// Close removes the file of a record that has one. A record in memory needs no Close.
func (rec *Record[S]) Close() error {
	if rec.file == nil {
		return nil
	}
	return rec.file.close()
}

// repeatably asks a stepper for exact steps, see [Settings].Exact.
func repeatably[S any](s Stepper[S]) {
	if r, ok := s.(interface{ repeatable() }); ok {
		r.repeatable()
	}
}

// various is a stepper whose steps have the coefficients of one tableau or another.
type various interface{ tableau() *Tableau }

// carrier is a stepper that carries a slope from step to step.
type carrier[S any] interface {
	// carries says whether it does: the method may have no explicit stage.
	carries() bool
	// carried returns the slope at the start of the last attempt or, after Accept, of the
	// next: whether there is one, and whether it did not come from the step before.
	carried() (k S, ready, fresh bool)
	// resume sets the slope at the start of the next step.
	resume(k S)
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

// StepTableau returns the coefficients of step n of a method that has a Tableau. They
// are not the method's own in steps of [Kvaerno5] that end at a break or at the end of
// the problem.
func (rec *Record[S]) StepTableau(n int) *Tableau {
	if rec.tabs != nil {
		return rec.tabs[n]
	}
	return rec.Tableau
}

// stages returns the number of stages of step n.
func (rec *Record[S]) stages(n int) int {
	switch {
	case rec.Rosenbrock != nil:
		return rec.Rosenbrock.Stages()
	case rec.Tableau == nil:
		return 0
	}
	return rec.StepTableau(n).Stages()
}

// allStages returns the number of stages of step n and its interpolant.
func (rec *Record[S]) allStages(n int) int {
	if rec.Rosenbrock != nil || rec.Tableau == nil {
		return rec.stages(n)
	}
	return rec.StepTableau(n).AllStages()
}

// MostStages returns the largest number of stages of a step and its interpolant.
func (rec *Record[S]) MostStages() int {
	if rec.Rosenbrock != nil || rec.Tableau == nil {
		return rec.stages(0)
	}
	most := rec.Tableau.AllStages()
	for _, tab := range rec.tabs {
		most = max(most, tab.AllStages())
	}
	return most
}

// Weights sets w to the weights of the stages in the solution at t inside step n,
// y(t) = Y_n + sum_i w_i k_i; one for each stage of the step and its interpolant.
func (rec *Record[S]) Weights(w []float64, n int, t float64) {
	h := rec.T[n+1] - rec.T[n]
	if rec.Rosenbrock != nil {
		rec.Rosenbrock.Weights(w, (t-rec.T[n])/h)
		return
	}
	rec.StepTableau(n).Weights(w, (t-rec.T[n])/h)
	for i := range w {
		w[i] *= h
	}
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
	c := 0.0
	if rec.Rosenbrock != nil {
		c = rec.Rosenbrock.Times[i]
	} else {
		c = rec.StepTableau(n).C[i]
	}
	return min(StageTime(rec.T[n], rec.T[n+1], c), rec.Bound(n))
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

// ActedAt returns the events that acted at T[n], in order.
func (rec *Record[S]) ActedAt(n int) []Acted {
	from := sort.Search(len(rec.Acted), func(i int) bool { return rec.Acted[i].Step >= n })
	to := from
	for to < len(rec.Acted) && rec.Acted[to].Step == n {
		to++
	}
	return rec.Acted[from:to]
}
