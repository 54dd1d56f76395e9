package integrate

import (
	"math"
	"slices"
	"sort"
)

// Replay repeats recorded steps. Its states and stages are bitwise those of the
// first pass.
//
// It is made for going backward: [Replay.Load] holds the stages of one leaf of
// Keep.Leaf steps at a time. Where the next kept state lies L leaves before the step
// asked for, states in between are kept in the Keep.Spare places by the binomial
// schedule: with s places, that of the kept state included, no step is advanced over
// more than r times before it is held, r being the least number with C(s+r, s) >= L.
//
// Source: Griewank, Walther, ACM TOMS 26 (2000) 19.
type Replay[S any] struct {
	rec     *Record[S]
	stepper Stepper[S]
	algebra *Constraints[S]
	e       S
	Stats   Stats // work done in replays

	from, to int // the steps held
	y        []S
	k        [][]S
	next     S
	slope    S    // at the start of what is to be repeated
	sloped   bool // it is there

	marks []mark[S] // states between those of the record, ascending
	free  []S
	spare int // places for marks that are not made yet
}

// mark is the state at the start of a step.
type mark[S any] struct {
	step   int
	y      S
	slope  S // where sloped
	sloped bool
}

// Replay returns a replay of the record, for one goroutine.
func (rec *Record[S]) Replay() (*Replay[S], error) {
	r := &Replay[S]{rec: rec, spare: rec.keep.Spare}
	p := rec.p
	stepper, err := NewStepper(&p, rec.Method, &r.Stats)
	if err != nil {
		return nil, err
	}
	repeatably(stepper)
	if m, ok := stepper.(tolerant); ok {
		m.setTolerance(rec.tol)
	}
	r.stepper, r.e, r.next, r.slope = stepper, p.Space.New(p.Y0), p.Space.New(p.Y0), p.Space.New(p.Y0)
	r.algebra, err = NewConstraints(&p, &r.Stats)
	return r, err
}

// Load returns the state at the start of step n and its stages, valid until the next
// call and not to be changed. Steps are best asked for from the last to the first.
func (r *Replay[S]) Load(n int) (y S, k []S, err error) {
	if rec := r.rec; rec.K != nil && rec.Y != nil && len(rec.Y) == len(rec.K) {
		return rec.Y[n], rec.K[n], nil
	}
	if n < r.from || n >= r.to {
		if err := r.hold(n); err != nil {
			return y, nil, err
		}
	}
	return r.y[n-r.from], r.k[n-r.from][:r.rec.stages(n)], nil
}

// hold makes the leaf that ends with step n the one that is held.
func (r *Replay[S]) hold(n int) error {
	rec, sp := r.rec, r.rec.p.Space
	r.from, r.to = 0, 0
	for last := len(r.marks) - 1; last >= 0 && r.marks[last].step > n; last-- {
		r.free = append(r.free, r.marks[last].y)
		if rec.carries {
			r.free = append(r.free, r.marks[last].slope)
		}
		r.marks = r.marks[:last]
	}
	r.room()
	from := rec.At[sort.SearchInts(rec.At, n+1)-1]
	if last := len(r.marks) - 1; last >= 0 && r.marks[last].step >= from {
		from = r.marks[last].step
		sp.Copy(r.y[0], r.marks[last].y)
		if r.sloped = r.marks[last].sloped; r.sloped {
			sp.Copy(r.slope, r.marks[last].slope)
		}
	} else if err := rec.get(r.y[0], r.slope, sort.SearchInts(rec.At, from)); err != nil {
		return err
	} else {
		r.sloped = rec.begins(from)
	}
	leaf := rec.keep.Leaf
	for {
		leaves := (n - from) / leaf
		if leaves == 0 {
			break
		}
		places := 1 + (len(r.free)+r.spare)/rec.parts()
		m := leaves
		if places > 1 {
			m = split(leaves+1, places)
		}
		if err := r.steps(from, from+m*leaf, nil); err != nil {
			return err
		}
		from += m * leaf
		sp.Copy(r.y[0], r.next)
		r.take()
		if places > 1 {
			r.mark(from)
		}
	}
	if err := r.steps(from, n+1, r.k); err != nil {
		return err
	}
	r.from, r.to = from, n+1
	return nil
}

// room makes the places of a leaf.
func (r *Replay[S]) room() {
	if r.y != nil {
		return
	}
	rec := r.rec
	n := min(rec.keep.Leaf, rec.Len())
	r.y, r.k = make([]S, n), make([][]S, n)
	for i := range n {
		r.y[i] = rec.p.Space.New(rec.p.Y0)
		r.k[i] = make([]S, rec.MostStages())
		for j := range r.k[i] {
			r.k[i][j] = rec.p.Space.New(rec.p.Y0)
		}
	}
}

// take sets slope to that which the steps have come to.
func (r *Replay[S]) take() {
	r.sloped = false
	if c, ok := r.stepper.(carrier[S]); ok && r.rec.carries {
		var k S
		if k, r.sloped, _ = c.carried(); r.sloped {
			r.rec.p.Space.Copy(r.slope, k)
		}
	}
}

// mark keeps y[0], and the slope, as the state at the start of a step.
func (r *Replay[S]) mark(step int) {
	sp := r.rec.p.Space
	x := mark[S]{step: step, y: r.place(), sloped: r.sloped}
	sp.Copy(x.y, r.y[0])
	if r.rec.carries {
		x.slope = r.place()
		sp.Copy(x.slope, r.slope)
	}
	r.marks = append(r.marks, x)
}

// place returns the place of a state.
func (r *Replay[S]) place() S {
	last := len(r.free) - 1
	if last < 0 {
		r.spare--
		return r.rec.p.Space.New(r.rec.p.Y0)
	}
	y := r.free[last]
	r.free = r.free[:last]
	return y
}

// split returns how many of l leaves to advance over before the next state is kept,
// when there are s places, that of the state at the beginning included, s > 1 and
// l > 1: what lies before is gone through once more than what lies behind.
func split(l, s int) int {
	r := 0
	for binomial(s+r, s) < l {
		r++
	}
	return max(1, min(l-binomial(s-1+r, s-1), binomial(s+r-1, s)))
}

// binomial returns C(n, k), or the largest int where it is larger.
func binomial(n, k int) int {
	k = min(k, n-k)
	c := 1
	for i := 1; i <= k; i++ {
		if c > math.MaxInt/(n-k+i) {
			return math.MaxInt
		}
		c = c * (n - k + i) / i
	}
	return c
}

// steps recomputes steps from to to-1, beginning at y[0] with the slope, and sets next
// to the state behind them. With k, it sets y[i] to the state at the start of step
// from+i and k[i] to its stages.
func (r *Replay[S]) steps(from, to int, k [][]S) error {
	rec, sp := r.rec, r.rec.p.Space
	y := r.y[0]
	r.stepper.Reset()
	bound := math.NaN()
	for n := from; n < to; n++ {
		if b := rec.Bound(n); b != bound {
			bound = b
			r.stepper.Bound(b)
			r.stepper.Reset()
			if n == from && r.sloped {
				r.stepper.(carrier[S]).resume(r.slope)
			}
		}
		r.Stats.Steps++
		if err := r.stepper.Attempt(r.next, r.e, rec.T[n], rec.T[n+1], y); err != nil {
			return &StepError{T: rec.T[n], H: rec.T[n+1] - rec.T[n], Step: n, Component: -1, Reason: err}
		}
		if k != nil {
			for j, kj := range r.stepper.(stager[S]).Stages() {
				sp.Copy(k[n-from][j], kj)
			}
		}
		r.stepper.Accept()
		if k != nil && n+1 == to {
			return nil
		}
		if k != nil {
			y = r.y[n+1-from]
		}
		sp.Copy(y, r.next)
		if err := r.cross(y, n+1); err != nil {
			return err
		}
		sp.Copy(r.next, y)
	}
	return nil
}

// cross applies the events at the start of step n, after which the method starts
// afresh, and makes the state consistent behind them and behind a break.
func (r *Replay[S]) cross(y S, n int) error {
	for _, a := range r.rec.ActedAt(n) {
		if e := &r.rec.p.Events[a.Event]; e.Apply != nil {
			if err := e.Apply(y, a.T); err != nil {
				return err
			}
			if err := r.settle(y, n); err != nil {
				return err
			}
		}
		r.stepper.Reset()
	}
	if slices.Contains(r.rec.p.Breaks, r.rec.T[n]) {
		return r.settle(y, n)
	}
	return nil
}

// settle makes the state at the start of step n consistent.
func (r *Replay[S]) settle(y S, n int) error {
	if r.algebra == nil {
		return nil
	}
	return r.algebra.Settle(min(r.rec.T[n], r.rec.Bound(min(n, r.rec.Len()-1))), y)
}
