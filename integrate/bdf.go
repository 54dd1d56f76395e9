package integrate

import (
	"errors"
	"fmt"
	"math"

	"github.com/odefit/odefit/integrate/space"
)

// BDF is the backward differentiation method of variable order and step size for stiff
// problems, also M y' = f with a singular M (index 1). It starts at order 1 and picks
// among the orders up to MaxOrder; 0 means 5, and 2 keeps it A-stable, for oscillations
// with little damping.
//
// A step costs one evaluation of f and one linear solution for each Newton iteration,
// one or two as a rule; Jacobian and factors serve many steps. The interpolant has the
// order of the step, and solutions asked for inside steps change nothing.
//
// It needs the Jacobian of the problem, a Newton solver, or a space with coordinates,
// in which it takes differences. With tangents in the state it is the simultaneous
// corrector, or the staggered one where the Newton solver is [Parted]. Its steps cannot be recorded.
//
// Source: Brown, Byrne, Hindmarsh, SIAM J. Sci. Stat. Comput. 10 (1989) 1038.
type BDF struct {
	MaxOrder int
}

func (BDF) String() string { return "bdf" }

// bdf is the stepper of BDF.
type bdf[S any] struct {
	rhs    rhs[S]
	sp     space.Space[S]
	tol    space.Tolerance
	hist   history[S]
	orders orders
	co     bdfCoefficients
	it     bdfIteration[S]

	started     bool
	mass        bool // the problem has a mass matrix
	t0, t1      float64
	y0, y1      S // borrowed from the last attempt
	pred, slope S // prediction of y1 and h y'
	delta       S // correction of the last attempt
	done        bool
	before      S       // correction of the step before
	beforeH     float64 // its size
	beforeK     float64 // its ratio to K
	beforeQ     int     // its order; 0: there is none
	scratch     S
}

func newBDF[S any](p *Problem[S], m BDF, stats *Stats) (*bdf[S], error) {
	if m.MaxOrder < 0 || m.MaxOrder > bdfMaxOrder {
		return nil, fmt.Errorf("integrate: BDF.MaxOrder is %d; 1 to %d, or 0 for %d, is needed", m.MaxOrder, bdfMaxOrder, bdfMaxOrder)
	}
	newton, err := NewNewton(p, stats)
	if err != nil {
		return nil, fmt.Errorf("integrate: %v: %w", m, err)
	}
	top := m.MaxOrder
	if top == 0 {
		top = bdfMaxOrder
	}
	state := func() S { return p.Space.New(p.Y0) }
	b := &bdf[S]{
		rhs: rhs[S]{f: p.F, last: math.Inf(1), stats: stats}, sp: p.Space, tol: (&Settings{}).Tolerance(),
		hist: newHistory(p.Space, p.Y0, top), orders: orders{max: top}, mass: hasMass(p),
		pred: state(), slope: state(), delta: state(), before: state(), scratch: state(),
	}
	b.it = bdfIteration[S]{newton: newton, identity: p.Mass == nil && p.Newton == nil, step: state(), res: state(), f: state()}
	b.Reset()
	return b, nil
}

func (b *bdf[S]) setTolerance(tol space.Tolerance) { b.tol = tol }
func (b *bdf[S]) Bound(last float64)               { b.rhs.last = last }

// Order returns the order of the last attempt, which is that of its interpolant too.
func (b *bdf[S]) Order() (p, estimate int) { return b.hist.q, b.hist.q }

func (b *bdf[S]) Reset() {
	b.started = false
	b.hist.q = 1
	b.beforeQ = 0
	b.orders.restart()
	b.it.forget()
}

func (b *bdf[S]) Reject() { b.it.forget() }

// Attempt implements [Stepper].
func (b *bdf[S]) Attempt(y1, e S, t, t1 float64, y S) error {
	h := t1 - t
	b.t0, b.t1, b.y0, b.y1, b.done, b.orders.asked = t, t1, y, y1, false, false
	if !b.started {
		if err := b.start(t, h, y); err != nil {
			return b.notFinite(err, y1, e)
		}
	}
	q := b.hist.q
	b.hist.distances(b.co.xi[:q+2], h)
	b.co.corrector(q)
	r := h / b.hist.h
	b.hist.predict(b.pred, b.slope, y, r)
	share := b.co.share(q)
	if err := b.correct(h/b.co.l[1], share); err != nil {
		return b.notFinite(err, y1, e)
	}
	b.hist.scaled(e, share, b.delta)
	return nil
}

// notFinite leaves it to the driver to find values that are not finite.
func (b *bdf[S]) notFinite(err error, y1, e S) error {
	if !errors.Is(err, ErrNonFinite) {
		return err
	}
	b.sp.Copy(y1, b.it.f)
	b.sp.Copy(e, b.it.f)
	return nil
}

// start begins the history with y'(t), for a first step of size h.
func (b *bdf[S]) start(t, h float64, y S) error {
	f := b.it.f
	if err := b.rhs.eval(f, t, y); err != nil {
		return err
	}
	if !finite(b.sp.Norm(f, y, y, b.tol)) {
		return ErrNonFinite
	}
	if b.mass {
		if err := b.startMass(t, h, y); err != nil {
			return err
		}
	}
	b.hist.start(f, h)
	b.started = true
	return nil
}

// startMass sets it.f to y'(t) where M y' = f, up to an error of first order in a small
// step g: y + g y' solves the problem at t + g.
func (b *bdf[S]) startMass(t, h float64, y S) error {
	f, g := b.it.f, h/1000
	if t+g == t {
		g = h
	}
	if err := b.rhs.eval(f, t+g, y); err != nil {
		return err
	}
	if err := b.it.prepare(b, t, y, g, true); err != nil {
		return err
	}
	if err := b.it.newton.Solve(f); err != nil {
		return fmt.Errorf("%w: %w", ErrNewton, err)
	}
	b.it.forget()
	if !finite(b.sp.Norm(f, y, y, b.tol)) {
		return ErrNonFinite
	}
	return nil
}

// finish completes the history of the attempt, once.
func (b *bdf[S]) finish() {
	if !b.done {
		b.hist.advance((b.t1-b.t0)/b.hist.h, b.co.l[:], b.delta)
		b.done = true
	}
}

// Choose implements [Chooser].
func (b *bdf[S]) Choose(err float64, accepted bool) float64 {
	q := b.hist.q
	if accepted {
		b.finish()
		return b.orders.accepted(q, err, b)
	}
	factor := b.orders.rejected(q, err)
	switch {
	case b.orders.next == 0:
		b.started = false
		b.beforeQ = 0
	case b.orders.next < q:
		for i := 1; i < q; i++ {
			b.co.xi[i] = b.hist.past[i] / b.hist.h
		}
		b.co.lower(q)
		b.hist.lower(b.co.d[:])
		b.beforeQ = 0
	}
	return factor
}

// below returns the norm of the error at order q-1.
func (b *bdf[S]) below() float64 {
	q := b.hist.q
	return b.co.local(q-1) * b.sp.Norm(b.hist.next[q], b.y0, b.y1, b.tol)
}

// above returns the norm of the error at order q+1, from the change of K between the
// last two steps.
func (b *bdf[S]) above() float64 {
	q := b.hist.q
	if b.beforeQ != q {
		return math.Inf(1)
	}
	k := b.co.correction(q)
	old := k / b.beforeK * power((b.t1-b.t0)/b.beforeH, q+1)
	b.hist.add(b.scratch, b.delta, -old, b.before)
	return b.co.local(q+1) / k / float64(q+2) * b.sp.Norm(b.scratch, b.y0, b.y1, b.tol)
}

// Accept implements [Stepper].
func (b *bdf[S]) Accept() {
	b.finish()
	q, h := b.hist.q, b.t1-b.t0
	b.hist.commit(h)
	b.it.accepted++
	if !b.orders.asked {
		b.orders.without(q)
	}
	b.beforeQ, b.beforeH, b.beforeK = q, h, b.co.correction(q)
	switch next := b.orders.next; {
	case next > q:
		c := b.co.raise(q)
		b.hist.raise(b.co.d[:], c, b.delta)
	case next < q:
		b.co.lower(q)
		b.hist.lower(b.co.d[:])
	}
	b.before, b.delta = b.delta, b.before
}

func (b *bdf[S]) Interpolate(dst S, t float64) {
	b.finish()
	b.hist.inside(dst, b.y1, (t-b.t1)/(b.t1-b.t0))
}

func (b *bdf[S]) Keep() Interpolant[S] {
	b.finish()
	return &piece[S]{sp: b.sp, t1: b.t1, h: b.t1 - b.t0, y1: clone(b.sp, b.y1), z: cloneAll(b.sp, b.hist.next[1:b.hist.q+1])}
}
