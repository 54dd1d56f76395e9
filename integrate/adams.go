package integrate

import (
	"fmt"
	"math"

	"github.com/odefit/odefit/integrate/space"
)

// Adams is the Adams-Bashforth-Moulton method of variable order and step size for
// problems that are not stiff and whose right-hand side costs much: two evaluations a
// step at every order. It starts at order 1 and picks among the predictors of the orders
// up to MaxOrder; 0 means 12. The corrector is of one order more and is what goes on
// (local extrapolation).
//
// The interpolant is once continuously differentiable and of order q+1 where q is that
// of the predictor. Solutions asked for inside steps change nothing. The steps cannot be
// recorded.
//
// Source: Shampine, Gordon, Computer Solution of Ordinary Differential Equations (1975),
// here in Nordsieck's form.
type Adams struct {
	MaxOrder int
}

func (Adams) String() string { return "adams" }

// adams is the stepper of Adams.
type adams[S any] struct {
	rhs    rhs[S]
	sp     space.Space[S]
	tol    space.Tolerance
	hist   history[S]
	orders orders
	co     adamsCoefficients

	started bool
	points  int // accepted since the start, at most as many as are remembered
	t0, t1  float64
	y0, y1  S // borrowed from the last attempt
	f       S
	slope   S // prediction of h y'
	d       S // h f - slope at the end of the attempt
	done    bool
	before  S       // d of the step before
	beforeH float64 // its size
	beforeQ int     // its order; 0: there is none
	jump    S       // y0 - P at the start of the step, where bridged
	bridged bool
	scratch S
}

func newAdams[S any](p *Problem[S], m Adams, stats *Stats) (*adams[S], error) {
	if m.MaxOrder < 0 || m.MaxOrder > adamsMaxOrder {
		return nil, fmt.Errorf("integrate: Adams.MaxOrder is %d; 1 to %d, or 0 for %d, is needed", m.MaxOrder, adamsMaxOrder, adamsMaxOrder)
	}
	top := m.MaxOrder
	if top == 0 {
		top = adamsMaxOrder
	}
	state := func() S { return p.Space.New(p.Y0) }
	a := &adams[S]{
		rhs: rhs[S]{f: p.F, last: math.Inf(1), stats: stats}, sp: p.Space, tol: (&Settings{}).Tolerance(),
		hist: newHistory(p.Space, p.Y0, top), orders: orders{max: top},
		f: state(), slope: state(), d: state(), before: state(), jump: state(), scratch: state(),
	}
	a.Reset()
	return a, nil
}

func (a *adams[S]) setTolerance(tol space.Tolerance) { a.tol = tol }
func (a *adams[S]) Bound(last float64)               { a.rhs.last = last }

// Order returns the order q+1 of the last attempt and that of its error estimate.
func (a *adams[S]) Order() (p, estimate int) { return a.hist.q + 1, a.hist.q }

func (a *adams[S]) Reset() {
	a.started = false
	a.hist.q = 1
	a.beforeQ = 0
	a.orders.restart()
}

func (a *adams[S]) Reject() {}

// Attempt implements [Stepper]: predict, evaluate, correct, evaluate.
func (a *adams[S]) Attempt(y1, e S, t, t1 float64, y S) error {
	h := t1 - t
	a.t0, a.t1, a.y0, a.y1, a.done, a.bridged, a.orders.asked = t, t1, y, y1, false, false, false
	if !a.started {
		if err := a.rhs.eval(a.f, t, y); err != nil {
			return err
		}
		if !finite(a.sp.Norm(a.f, y, y, a.tol)) {
			a.sp.Copy(e, a.f)
			a.sp.Copy(y1, a.f)
			return nil // the driver sees it
		}
		a.hist.start(a.f, h)
		a.started, a.points = true, 1
	}
	q := a.hist.q
	a.hist.distances(a.co.xi[:], h)
	a.co.set(q, a.points)
	r := h / a.hist.h
	a.hist.predict(a.scratch, a.slope, y, r)
	if err := a.rhs.eval(a.f, t1, a.scratch); err != nil {
		return err
	}
	g := a.co.g[q+1]
	a.sum(y1, a.scratch, g*h, a.f, -g, a.slope)
	if err := a.rhs.eval(a.f, t1, y1); err != nil {
		return err
	}
	a.sum(a.d, a.hist.zero, h, a.f, -1, a.slope)
	a.hist.scaled(e, a.co.local(q), a.d)
	return nil
}

// sum sets dst = x + c1 k1 + c2 k2.
func (a *adams[S]) sum(dst, x S, c1 float64, k1 S, c2 float64, k2 S) {
	p := &a.hist
	p.c, p.ks = append(p.c[:0], c1, c2), append(p.ks[:0], k1, k2)
	p.sp.AddScaled(dst, x, p.c, p.ks)
}

// finish completes the history of the attempt, once.
func (a *adams[S]) finish() {
	if !a.done {
		a.hist.advance((a.t1-a.t0)/a.hist.h, a.co.l[:], a.d)
		a.done = true
	}
}

// Choose implements [Chooser].
func (a *adams[S]) Choose(err float64, accepted bool) float64 {
	q := a.hist.q
	if accepted {
		a.finish()
		return a.orders.accepted(q, err, a)
	}
	factor := a.orders.rejected(q, err)
	switch {
	case a.orders.next == 0:
		a.started = false
		a.beforeQ = 0
	case a.orders.next < q:
		for i := 1; i < q; i++ {
			a.co.xi[i] = a.hist.past[i] / a.hist.h
		}
		a.co.lower(q)
		a.hist.lower(a.co.d[:])
		a.beforeQ = 0
	}
	return factor
}

// below returns the norm of the error at order q-1.
func (a *adams[S]) below() float64 {
	q := a.hist.q
	return math.Abs(a.co.local(q-1)) * a.co.top(q) * a.sp.Norm(a.hist.next[q], a.y0, a.y1, a.tol)
}

// above returns the norm of the error at order q+1.
func (a *adams[S]) above() float64 {
	q, h := a.hist.q, a.t1-a.t0
	if a.beforeQ != q || a.points <= q {
		return math.Inf(1)
	}
	a.hist.add(a.scratch, a.d, -a.co.repeat(q)*h/a.beforeH, a.before)
	return math.Abs(a.co.local(q+1)) * a.sp.Norm(a.scratch, a.y0, a.y1, a.tol)
}

// Accept implements [Stepper].
func (a *adams[S]) Accept() {
	a.finish()
	q, h := a.hist.q, a.t1-a.t0
	a.hist.commit(h)
	a.points = min(a.points+1, len(a.hist.past))
	if !a.orders.asked {
		a.orders.without(q)
	}
	a.beforeQ, a.beforeH = q, h
	switch next := a.orders.next; {
	case next > q:
		c := a.co.raise(q)
		a.hist.raise(a.co.d[:], c, a.d)
	case next < q:
		a.co.lower(q)
		a.hist.lower(a.co.d[:])
	}
	a.before, a.d = a.d, a.before
}

// bridge makes the interpolant of the attempt, once: P with the step's start put right.
func (a *adams[S]) bridge() {
	a.finish()
	if a.bridged {
		return
	}
	a.hist.inside(a.scratch, a.y1, -1)
	a.hist.add(a.jump, a.y0, -1, a.scratch)
	a.co.bridge(a.hist.q)
	a.bridged = true
}

func (a *adams[S]) Interpolate(dst S, t float64) {
	a.bridge()
	x := (t - a.t1) / (a.t1 - a.t0)
	a.hist.inside(dst, a.y1, x)
	q := a.hist.q
	v := a.co.d[q+1]
	for j := q; j >= 0; j-- {
		v = v*x + a.co.d[j]
	}
	a.hist.add(dst, dst, v, a.jump)
}

func (a *adams[S]) Keep() Interpolant[S] {
	a.bridge()
	q := a.hist.q
	kept := &piece[S]{sp: a.sp, t1: a.t1, h: a.t1 - a.t0, y1: clone(a.sp, a.y1), z: cloneAll(a.sp, a.hist.next[1:q+1])}
	for j, z := range kept.z {
		a.hist.add(z, z, a.co.d[j+1], a.jump)
	}
	top := a.sp.New(a.y1)
	a.hist.scaled(top, a.co.d[q+1], a.jump)
	kept.z = append(kept.z, top)
	return kept
}
