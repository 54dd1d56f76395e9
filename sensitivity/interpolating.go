package sensitivity

import (
	"context"
	"slices"
	"sort"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// interpolating is the companion that keeps the forward solution, the interpolant of
// every step, and looks it up. The interpolant is one order less accurate than the
// steps of most methods, so these are taken to a tighter tolerance.
type interpolating[S any] struct {
	m      *model[S]
	t      []float64 // the grid
	knots  []S       // at the beginning of every step, events included, and at the end
	inside []integrate.Interpolant[S]
	n      int // the step of the last look-up
	y      S
}

// roundingFloor is the relative tolerance below which tightening helps no more.
const roundingFloor = 1e-13

func newInterpolating[S any](ctx context.Context, m *model[S], method Continuous, set *Settings) (*interpolating[S], error) {
	s, factor := set.Settings, method.Tighten
	if factor == 0 {
		factor = 0.1
	}
	tol := set.Tolerance()
	s.Times = nil
	s.RelTol = max(tol.Rel*factor, min(tol.Rel, roundingFloor))
	factor = s.RelTol / tol.Rel
	s.AbsTol = tol.Abs * factor
	if tol.AbsTols != nil {
		s.AbsTols = make([]float64, len(tol.AbsTols))
		for i, a := range tol.AbsTols {
			s.AbsTols[i] = a * factor
		}
	}
	c := &interpolating[S]{m: m, t: []float64{m.T0}, y: m.sp.New(m.y0)}
	run := integrate.Start(ctx, m.integral(), set.solver(), &s)
	for step := range run.Steps() {
		of, err := step.Keep()
		if err != nil {
			return nil, err
		}
		c.inside = append(c.inside, of)
		c.keep(step.T1, step.Y0)
	}
	if err := run.Err(); err != nil {
		return nil, err
	}
	end, last := run.State()
	c.knots = append(c.knots, m.copied(last))
	c.n = max(len(c.inside)-1, 0)
	m.stats.addForward(run.Stats())
	m.grid = c.t
	m.finish(end, run.Acted())
	if method.Solver == nil {
		set.Solver = backwardSolver(set.solver(), run.Stats(), s.RelTol)
	}
	c.setInstants(run.Acted())
	return c, nil
}

// keep takes note of a step to t1 that begins at y.
func (c *interpolating[S]) keep(t1 float64, y S) {
	c.t, c.knots = append(c.t, t1), append(c.knots, c.m.copied(y))
}

// copied returns a copy of a state.
func (m *model[S]) copied(y S) S {
	z := m.sp.New(y)
	m.sp.Copy(z, y)
	return z
}

// backwardSolver returns a method for the adjoint equation of a solution by m. Every
// observation is a fresh start, which would take a multistep method back to order 1, so
// a one-step method of the same kind it is.
func backwardSolver(m integrate.Method, run integrate.Stats, rel float64) integrate.Method {
	explicit := integrate.Auto{}.Explicit(rel)
	switch m.(type) {
	case integrate.Auto:
		if run.Switches == 0 && run.Jacobians == 0 {
			return explicit
		}
		return integrate.Rodas5P{}
	case integrate.BDF:
		return integrate.Rodas5P{}
	case integrate.Adams:
		return explicit
	}
	return m
}

func (c *interpolating[S]) states() int                                 { return 0 }
func (c *interpolating[S]) prepare(*space.Bundle[S], *space.Bundles[S]) {}
func (c *interpolating[S]) rhs(*space.Bundle[S], float64, S) error      { return nil }
func (c *interpolating[S]) meet(float64, *space.Bundle[S]) error        { return nil }
func (c *interpolating[S]) follow(*space.Bundle[S]) error               { return nil }

// depart does nothing: the steps before an instant know the state before it.
func (c *interpolating[S]) depart(*instant[S], *space.Bundle[S]) {}

// state returns y at t, at an instant that of the piece with the later times.
func (c *interpolating[S]) state(t float64, _ *space.Bundle[S]) S {
	if c.m.dir() < 0 {
		if at := c.m.met(t); at != nil {
			return at.before
		}
	}
	return c.known(t)
}

// setInstants notes the states before events.
func (c *interpolating[S]) setInstants(acted []integrate.Acted) {
	m := c.m
	for len(acted) > 0 {
		n := acted[0].Step
		next := slices.IndexFunc(acted, func(a integrate.Acted) bool { return a.Step != n })
		if next < 0 {
			next = len(acted)
		}
		at := instant[S]{t: c.t[n], acted: acted[:next], before: m.sp.New(m.y0)}
		if n == 0 {
			m.sp.Copy(at.before, m.y0)
		} else {
			c.inside[n-1].At(at.before, c.t[n])
		}
		m.instants = append(m.instants, at)
		acted = acted[next:]
	}
}

// known interpolates. Going backward, the step is the last one looked up or one
// of its neighbours; else it is searched.
func (c *interpolating[S]) known(t float64) S {
	last := len(c.inside)
	if t == c.t[last] {
		return c.knots[last]
	}
	if lo, hi := min(c.t[c.n], c.t[c.n+1]), max(c.t[c.n], c.t[c.n+1]); !(t > lo && t < hi) {
		dir := c.m.dir()
		c.n = max(sort.Search(last, func(i int) bool { return dir*c.t[i] > dir*t })-1, 0)
	}
	if t == c.t[c.n] {
		return c.knots[c.n]
	}
	c.inside[c.n].At(c.y, t)
	return c.y
}

func (c *interpolating[S]) largest() float64 {
	size := 0.0
	for _, y := range c.knots {
		size = max(size, c.m.size(y))
	}
	return size
}
