package integrate

import (
	"math"

	"github.com/odefit/odefit/integrate/space"
)

// rhs counts the evaluations of a right-hand side and keeps them to the left of
// the next break.
type rhs[S any] struct {
	f     Func[S]
	last  float64
	stats *Stats
}

func (r *rhs[S]) eval(dy S, t float64, y S) error {
	r.stats.RHS++
	return r.f(dy, min(t, r.last), y)
}

// explicit is the stepper of every explicit Runge-Kutta method.
type explicit[S any] struct {
	rhs    rhs[S]
	tab    *Tableau
	sp     space.Space[S]
	tol    space.Tolerance
	k      []S // all stages of the last attempt
	y      S   // stage argument
	zero   S
	a      []combination[S] // rows of A
	b      combination[S]
	e, d   combination[S] // error estimates
	coarse S              // value of the second
	w      []float64      // weights of the interpolant
	one    [1]float64
	term   [1]S
	end    int     // stage that is f at the end of the step, or -1
	swaps  [2][]*S // where stages 0 and end stand in the sums
	flat   *flat   // in place of the sums above, for []float64
	done   int     // stages that hold f of the last attempt
	ready  bool    // k[0] is f at the start of the next step
	t0, t1 float64 // of the last attempt
	y0, y1 S       // borrowed from it
}

func newExplicit[S any](p *Problem[S], tab *Tableau, stats *Stats) *explicit[S] {
	e := &explicit[S]{
		rhs: rhs[S]{f: p.F, last: math.Inf(1), stats: stats},
		tab: tab, sp: p.Space, tol: (&Settings{}).Tolerance(), end: tab.endStage(),
		w: make([]float64, tab.AllStages()),
	}
	if tab.Coarse != nil {
		e.coarse = p.Space.New(p.Y0)
	}
	f, ok := any(p.F).(Func[[]float64])
	if _, floats := any(p.Space).(space.Floats); floats && ok {
		e.flat = newFlat(f, tab, len(any(p.Y0).([]float64)), stats)
		e.k = any(e.flat.rows).([]S)
		e.y, e.zero = any(e.flat.y).(S), any(e.flat.zero).(S)
		return e
	}
	e.combine(p)
	return e
}

// combine makes the stages and gathers the terms of the sums over them.
func (e *explicit[S]) combine(p *Problem[S]) {
	tab := e.tab
	e.y, e.zero = p.Space.New(p.Y0), p.Space.New(p.Y0)
	e.k, e.a = make([]S, tab.AllStages()), make([]combination[S], tab.AllStages())
	for i := range e.k {
		e.k[i] = p.Space.New(p.Y0)
	}
	for i, row := range tab.A {
		e.a[i] = combine(row, e.k)
	}
	e.b, e.e, e.d = combine(tab.B, e.k), combine(tab.E, e.k), combine(tab.Coarse, e.k)
	for i, j := range [2]int{0, e.end} {
		for r := range e.a {
			e.swaps[i] = e.a[r].slots(e.swaps[i], j)
		}
		for _, c := range []*combination[S]{&e.b, &e.e, &e.d} {
			e.swaps[i] = c.slots(e.swaps[i], j)
		}
	}
}

func (e *explicit[S]) setTolerance(tol space.Tolerance) { e.tol = tol }

func (e *explicit[S]) Order() (p, estimate int) { return e.tab.Order, e.tab.Estimate }

func (e *explicit[S]) Bound(last float64) { e.rhs.last = last }

func (e *explicit[S]) Reset()  { e.ready = false }
func (e *explicit[S]) Reject() { e.ready = false }

func (e *explicit[S]) Accept() {
	if e.ready = e.end >= 0 && e.done > e.end; !e.ready {
		return
	}
	if f := e.flat; f != nil {
		copy(f.rows[0], f.rows[e.end])
		return
	}
	e.k[0], e.k[e.end] = e.k[e.end], e.k[0]
	for _, slot := range e.swaps[0] {
		*slot = e.k[0]
	}
	for _, slot := range e.swaps[1] {
		*slot = e.k[e.end]
	}
}

// Attempt implements [Stepper]. Its cost is s evaluations, one less where a stage of
// the step before can be used again.
func (e *explicit[S]) Attempt(y1, err S, t, t1 float64, y S) error {
	e.t0, e.t1, e.y0, e.y1, e.done = t, t1, y, y1, 0
	if f := e.flat; f != nil {
		f.y0, f.y1 = any(y).([]float64), any(y1).([]float64)
	}
	if !e.ready {
		if err := e.rhs.eval(e.k[0], t, y); err != nil {
			return err
		}
		e.ready = true
	}
	e.done = 1
	h := t1 - t
	if err := e.stages(e.tab.Stages()); err != nil {
		return err
	}
	e.finish(y1, err, y, h)
	if e.tab.Coarse != nil {
		e.weaken(err, y, y1)
	}
	return nil
}

// finish sets y1 and the error estimates from the stages.
func (e *explicit[S]) finish(y1, err, y S, h float64) {
	f := e.flat
	if f == nil {
		if !e.tab.FSAL {
			e.b.add(e.sp, y1, y, h)
		}
		e.e.add(e.sp, err, e.zero, h)
		if e.tab.Coarse != nil {
			e.d.add(e.sp, e.coarse, e.zero, h)
		}
		return
	}
	if !e.tab.FSAL {
		f.b.Add(f.y1, f.y0, h, f.k)
	}
	f.e.Add(any(err).([]float64), f.zero, h, f.k)
	if e.tab.Coarse != nil {
		f.d.Add(any(e.coarse).([]float64), f.zero, h, f.k)
	}
}

// weaken joins the estimate x with the coarse one, see [Tableau].Coarse.
func (e *explicit[S]) weaken(x, y, y1 S) {
	size, rough := e.sp.Norm(x, y, y1, e.tol), e.sp.Norm(e.coarse, y, y1, e.tol)
	if size == 0 {
		return
	}
	e.sp.Copy(e.coarse, x)
	e.one[0], e.term[0] = size/math.Sqrt(size*size+0.01*rough*rough), e.coarse
	e.sp.AddScaled(x, e.zero, e.one[:], e.term[:])
}

// stages evaluates the stages up to n that are still missing.
func (e *explicit[S]) stages(n int) (err error) {
	if e.flat != nil {
		e.done, err = e.flat.stages(e.tab, e.done, n, e.end, e.t0, e.t1, e.rhs.last)
		return err
	}
	h := e.t1 - e.t0
	for ; e.done < n; e.done++ {
		i, arg := e.done, e.y
		if i == e.end {
			arg = e.y1
		}
		if i != e.end || e.tab.FSAL { // else y1 is known
			e.a[i].add(e.sp, arg, e.y0, h)
		}
		if err := e.rhs.eval(e.k[i], StageTime(e.t0, e.t1, e.tab.C[i]), arg); err != nil {
			return err
		}
	}
	return nil
}

// StageTime returns t0 + c*(t1-t0), exactly t1 where c is 1: the time at which a
// stage of the step from t0 to t1 is evaluated.
func StageTime(t0, t1, c float64) float64 {
	if c == 1 {
		return t1
	}
	return t0 + c*(t1-t0)
}

// Stages returns the stages k_i of the last attempt, without those that the
// interpolant alone needs: valid until the next attempt, and to be asked for before
// Accept.
func (e *explicit[S]) Stages() []S { return e.k[:e.tab.Stages()] }

// Complete implements [Completer].
func (e *explicit[S]) Complete() error { return e.stages(len(e.k)) }

// Interpolate implements [Stepper]. It gives NaN where Complete fails.
func (e *explicit[S]) Interpolate(dst S, t float64) {
	if e.Complete() != nil {
		t = math.NaN()
	}
	interpolate(e.sp, e.tab, dst, t, e.t0, e.t1, e.y0, e.k, e.w)
}

// Keep implements [Stepper]. The interpolant gives NaN where Complete fails.
func (e *explicit[S]) Keep() Interpolant[S] {
	d := &denseStep[S]{sp: e.sp, tab: e.tab, t0: e.t0, t1: e.t1, y0: clone(e.sp, e.y0)}
	if e.Complete() != nil {
		d.t1 = math.NaN()
	}
	d.k = cloneAll(e.sp, e.k)
	return d
}

// denseStep is a kept interpolant.
type denseStep[S any] struct {
	sp     space.Space[S]
	tab    *Tableau
	t0, t1 float64
	y0     S
	k      []S
}

func (d *denseStep[S]) At(dst S, t float64) {
	lent, w := borrowWeights(len(d.k))
	interpolate(d.sp, d.tab, dst, t, d.t0, d.t1, d.y0, d.k, w)
	weightsPool.Put(lent)
}

// interpolate sets dst = y0 + h sum_i b_i(theta) k_i, theta = (t-t0)/h, with w as
// scratch for the weights.
func interpolate[S any](sp space.Space[S], tab *Tableau, dst S, t, t0, t1 float64, y0 S, k []S, w []float64) {
	h := t1 - t0
	tab.Weights(w, (t-t0)/h)
	for i := range w {
		w[i] *= h
	}
	sp.AddScaled(dst, y0, w, k)
}
