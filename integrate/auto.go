package integrate

import (
	"fmt"
	"math"

	"github.com/odefit/odefit/integrate/space"
)

// Auto finds out whether a problem is stiff and integrates accordingly. It begins with
// Tsit5, or Vern7 where the relative tolerance is 1e-9 or below. Where the step size
// turns out to be held back not by accuracy but by the stability of that method, it goes
// over to an implicit one: Rodas5P for states of up to 24 coordinates, BDF for larger
// ones and for those with a Newton solver of their own, such as a state with its
// tangents. Where the steps of the implicit method are so short that the explicit one
// would be stable, it goes back, and asks for twice the evidence the next time.
// Stats.Switches counts how often it went.
//
// A problem with a mass matrix is solved by the implicit method from the start. Where
// that is not possible (no coordinates, no Newton solver) Auto is its explicit method.
// Its steps cannot be recorded.
//
// Source: Hairer, Wanner, Solving ODEs II, section IV.2, eq. 2.26; Petzold, SIAM J. Sci.
// Stat. Comput. 4 (1983) 136, for the idea.
type Auto struct{}

func (Auto) String() string { return "auto" }

// Explicit returns the method that Auto begins with at a relative tolerance; zero means
// that of the zero Settings.
func (Auto) Explicit(rel float64) RungeKutta {
	if rel > 0 && rel <= fineTolerance {
		return Vern7{}
	}
	return Tsit5{}
}

const (
	// fineTolerance is the relative tolerance from which on Vern7 takes the place of
	// Tsit5: two thirds of its evaluations for the same error, and half at 1e-12.
	fineTolerance = 1e-9
	// smallStiff is the number of coordinates up to which a factorisation each step is
	// cheaper than the many steps of BDF.
	smallStiff = 24
)

// auto is the stepper of Auto.
type auto[S any] struct {
	p      *Problem[S]
	stats  *Stats
	tol    space.Tolerance
	last   float64
	gentle *explicit[S]
	firm   Stepper[S] // nil until needed
	active Stepper[S]
	forced bool // to the implicit method, by a mass matrix
	never  bool // the implicit method is not possible
	gauge  gauge[S]
}

func newAuto[S any](p *Problem[S], stats *Stats) (*auto[S], error) {
	a := &auto[S]{p: p, stats: stats, last: math.Inf(1), forced: hasMass(p)}
	a.gauge = newGauge(p, stats)
	if a.forced {
		if err := a.makeFirm(); err != nil {
			return nil, err
		}
	}
	a.setTolerance((&Settings{}).Tolerance())
	return a, nil
}

// setTolerance chooses the explicit method too: it comes before the first attempt.
func (a *auto[S]) setTolerance(tol space.Tolerance) {
	a.tol, a.gauge.tol = tol, tol
	if a.forced {
		a.active = a.firm
		setTolerance(a.firm, tol)
		return
	}
	tab := Auto{}.Explicit(tol.Rel).Tableau()
	if a.gentle == nil || a.gentle.tab != tab {
		a.gentle = newExplicit(a.p, tab, a.stats)
	}
	a.gentle.setTolerance(tol)
	a.active = a.gentle
}

// setTolerance hands the tolerance to a stepper that needs it.
func setTolerance[S any](s Stepper[S], tol space.Tolerance) {
	if s, ok := s.(tolerant); ok {
		s.setTolerance(tol)
	}
}

// makeFirm makes the stepper of the implicit method.
func (a *auto[S]) makeFirm() error {
	var m Method = BDF{}
	if flat, ok := a.p.Space.(space.Coordinates[S]); ok && a.p.Newton == nil && flat.Dim(a.p.Y0) <= smallStiff {
		m = Rodas5P{}
	}
	firm, err := NewStepper(a.p, m, a.stats)
	if err != nil {
		return fmt.Errorf("integrate: auto: %w", err)
	}
	setTolerance(firm, a.tol)
	a.firm = firm
	return nil
}

// begin goes back to the method that a run starts with.
func (a *auto[S]) begin() {
	if !a.forced {
		a.active = a.gentle
	}
	a.gauge.begin()
}

// inner implements wrapper.
func (a *auto[S]) inner() Stepper[S] { return a.active }

func (a *auto[S]) Attempt(y1, e S, t, t1 float64, y S) error {
	a.gauge.attempt(y1, e, t, t1, y)
	return a.active.Attempt(y1, e, t, t1, y)
}

// Accept looks at the step for signs of stiffness, or of its end.
func (a *auto[S]) Accept() {
	explicit := a.active == Stepper[S](a.gentle)
	change := false
	switch {
	case a.forced || a.never:
	case explicit:
		change = a.gauge.stiff(a.gentle)
	default:
		change = a.gauge.over(a.gentle.tab, a.last)
	}
	a.active.Accept()
	if !change {
		return
	}
	if explicit {
		if a.firm == nil && a.makeFirm() != nil {
			a.never = true
			return
		}
		a.active = a.firm
	} else {
		a.active = a.gentle
	}
	a.stats.Switches++
	a.active.Reset()
	a.active.Bound(a.last)
}

func (a *auto[S]) Reset()  { a.active.Reset() }
func (a *auto[S]) Reject() { a.active.Reject() }

func (a *auto[S]) Bound(last float64) {
	a.last = last
	a.active.Bound(last)
}

// Complete implements [Completer].
func (a *auto[S]) Complete() error {
	if c, ok := a.active.(Completer); ok {
		return c.Complete()
	}
	return nil
}

func (a *auto[S]) Interpolate(dst S, t float64) { a.active.Interpolate(dst, t) }
func (a *auto[S]) Keep() Interpolant[S]         { return a.active.Keep() }
func (a *auto[S]) Order() (p, estimate int)     { return a.active.Order() }
