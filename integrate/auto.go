package integrate

import (
	"math"

	"github.com/odefit/odefit/integrate/space"
)

// Auto begins with Tsit5 and goes over to SDIRK4 where the problem turns out to be
// stiff: where the step size is held back not by accuracy but by the stability of the
// explicit method, h |lambda| > 3 for the dominant eigenvalue lambda of f_y, in fifteen
// of the last steps. The eigenvalue is estimated from the last two stages, both at the
// end of the step, in the norm of the error control, at no cost. It does not go back.
//
// Where the implicit method is not possible (no coordinates, no Newton solver) Auto is
// Tsit5. Its steps cannot be recorded.
//
// Source: Hairer, Wanner, Solving ODEs II, section IV.2, eq. 2.26.
type Auto struct{}

func (Auto) String() string { return "auto" }

// auto is the stepper of Auto.
type auto[S any] struct {
	p        *Problem[S]
	stats    *Stats
	tol      space.Tolerance
	last     float64
	explicit *explicit[S]
	implicit *implicit[S] // once the problem is stiff
	never    bool         // the implicit method is not possible
	count    int          // of steps that look stiff
	y1       S            // of the last attempt, borrowed
	d        S
	c        []float64
	one      [1]S
}

const (
	stiffLimit = 3.0
	stiffSteps = 15
)

func newAuto[S any](p *Problem[S], stats *Stats) *auto[S] {
	return &auto[S]{
		p: p, stats: stats, last: math.Inf(1), explicit: newExplicit(p, &tsit5, stats),
		d: p.Space.New(p.Y0), c: []float64{-1}, tol: (&Settings{}).Tolerance(),
	}
}

func (a *auto[S]) setTolerance(tol space.Tolerance) { a.tol = tol }

// active returns the stepper in use.
func (a *auto[S]) active() Stepper[S] {
	if a.implicit != nil {
		return a.implicit
	}
	return a.explicit
}

func (a *auto[S]) Attempt(y1, e S, t, t1 float64, y S) error {
	a.y1 = y1
	return a.active().Attempt(y1, e, t, t1, y)
}

// Accept looks at the step for signs of stiffness.
func (a *auto[S]) Accept() {
	if a.implicit == nil && !a.never {
		a.watch()
	}
	a.active().Accept()
}

func (a *auto[S]) watch() {
	x := a.explicit
	s := len(x.k)
	size := func(p, q S) float64 {
		a.one[0] = q
		a.p.Space.AddScaled(a.d, p, a.c, a.one[:])
		return a.p.Space.Norm(a.d, x.y0, a.y1, a.tol)
	}
	df, dy := size(x.k[s-1], x.k[s-2]), size(a.y1, x.y)
	if df*math.Abs(x.t1-x.t0) > stiffLimit*dy {
		a.count++
	} else if a.count > 0 {
		a.count--
	}
	if a.count < stiffSteps {
		return
	}
	m, err := newImplicit(a.p, &sdirk4, a.stats)
	if err != nil {
		a.never = true
		return
	}
	m.setTolerance(a.tol)
	m.Bound(a.last)
	a.implicit = m
}

func (a *auto[S]) Reset()  { a.active().Reset() }
func (a *auto[S]) Reject() { a.active().Reject() }

func (a *auto[S]) Bound(last float64) {
	a.last = last
	a.active().Bound(last)
}

func (a *auto[S]) Interpolate(dst S, t float64) { a.active().Interpolate(dst, t) }
func (a *auto[S]) Keep() Interpolant[S]         { return a.active().Keep() }
func (a *auto[S]) Order() (p, estimate int)     { return a.active().Order() }
