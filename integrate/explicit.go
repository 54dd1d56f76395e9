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
	k      []S // stages of the last attempt
	y      S   // stage argument
	zero   S
	rows   [][]float64 // nonzero entries of A
	cols   [][]int     // and their columns
	c      []float64   // scaled coefficients of one sum
	ks     []S         // its terms
	ready  bool        // k[0] is f at the start of the next step
	t0, t1 float64     // of the last attempt
	y0, y1 S           // borrowed from it
}

func newExplicit[S any](p *Problem[S], tab *Tableau, stats *Stats) *explicit[S] {
	s := tab.Stages()
	e := &explicit[S]{
		rhs: rhs[S]{f: p.F, last: math.Inf(1), stats: stats},
		tab: tab, sp: p.Space,
		y: p.Space.New(p.Y0), zero: p.Space.New(p.Y0),
		k: make([]S, s), c: make([]float64, 0, s), ks: make([]S, 0, s),
	}
	for i := range e.k {
		e.k[i] = p.Space.New(p.Y0)
	}
	for _, row := range tab.A {
		var values []float64
		var cols []int
		for j, a := range row {
			if a != 0 {
				values, cols = append(values, a), append(cols, j)
			}
		}
		e.rows, e.cols = append(e.rows, values), append(e.cols, cols)
	}
	return e
}

func (e *explicit[S]) Order() (p, estimate int) { return e.tab.Order, e.tab.Estimate }

func (e *explicit[S]) Bound(last float64) { e.rhs.last = last }

func (e *explicit[S]) Reset()  { e.ready = false }
func (e *explicit[S]) Reject() { e.ready = false }

func (e *explicit[S]) Accept() {
	if s := len(e.k); e.tab.FSAL {
		e.k[0], e.k[s-1] = e.k[s-1], e.k[0]
		e.ready = true
		return
	}
	e.ready = false
}

// Attempt implements [Stepper]. Its cost is s evaluations, s-1 where the last
// stage of the step before can be used again.
func (e *explicit[S]) Attempt(y1, err S, t, t1 float64, y S) error {
	h := t1 - t
	e.t0, e.t1, e.y0, e.y1 = t, t1, y, y1
	if !e.ready {
		if err := e.rhs.eval(e.k[0], t, y); err != nil {
			return err
		}
		e.ready = true
	}
	s := e.tab.Stages()
	for i := 1; i < s; i++ {
		arg := e.y
		if e.tab.FSAL && i == s-1 {
			arg = y1
		}
		e.sum(arg, y, h, e.rows[i], e.cols[i])
		if err := e.rhs.eval(e.k[i], e.stageTime(i), arg); err != nil {
			return err
		}
	}
	if !e.tab.FSAL {
		e.sumAll(y1, y, h, e.tab.B)
	}
	if e.tab.E != nil {
		e.sumAll(err, e.zero, h, e.tab.E)
	}
	return nil
}

// stageTime returns t + c_i h, exactly t1 where c_i is 1.
func (e *explicit[S]) stageTime(i int) float64 { return StageTime(e.t0, e.t1, e.tab.C[i]) }

// StageTime returns t0 + c*(t1-t0), exactly t1 where c is 1: the time at which a
// stage of the step from t0 to t1 is evaluated.
func StageTime(t0, t1, c float64) float64 {
	if c == 1 {
		return t1
	}
	return t0 + c*(t1-t0)
}

// sum sets dst = x + h sum_j a_j k_(cols_j).
func (e *explicit[S]) sum(dst, x S, h float64, a []float64, cols []int) {
	c, ks := e.c[:0], e.ks[:0]
	for j, aj := range a {
		c, ks = append(c, h*aj), append(ks, e.k[cols[j]])
	}
	e.sp.AddScaled(dst, x, c, ks)
}

// sumAll sets dst = x + h sum_j b_j k_j over the nonzero b_j.
func (e *explicit[S]) sumAll(dst, x S, h float64, b []float64) {
	c, ks := e.c[:0], e.ks[:0]
	for j, bj := range b {
		if bj != 0 {
			c, ks = append(c, h*bj), append(ks, e.k[j])
		}
	}
	e.sp.AddScaled(dst, x, c, ks)
}

// Stages returns the stages k_i of the last attempt: valid until the next, and to
// be asked for before Accept.
func (e *explicit[S]) Stages() []S { return e.k }

func (e *explicit[S]) Interpolate(dst S, t float64) {
	interpolate(e.sp, e.tab, dst, t, e.t0, e.t1, e.y0, e.k, e.c[:len(e.k)])
}

func (e *explicit[S]) Keep() Interpolant[S] {
	kept := &denseStep[S]{sp: e.sp, tab: e.tab, t0: e.t0, t1: e.t1, y0: e.sp.New(e.y0), k: make([]S, len(e.k))}
	e.sp.Copy(kept.y0, e.y0)
	for i := range kept.k {
		kept.k[i] = e.sp.New(e.y0)
		e.sp.Copy(kept.k[i], e.k[i])
	}
	return kept
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
	interpolate(d.sp, d.tab, dst, t, d.t0, d.t1, d.y0, d.k, make([]float64, len(d.k)))
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
