package sensitivity

import (
	"context"
	"math"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// interpolating is the companion that keeps the forward solution, every step with
// its stages, and interpolates. The interpolant is one order less accurate than the
// steps, so these are taken to a tighter tolerance.
type interpolating[S any] struct {
	m   *model[S]
	rec *integrate.Record[S]
	n   int // the step of the last look-up
	in  *integrate.Inside[S]
	y   S
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
	rec, err := integrate.NewRecord(ctx, m.integral(), set.solver(), &s, integrate.Keep{Stages: true})
	if err != nil {
		return nil, err
	}
	m.stats.addForward(rec.Stats)
	m.grid = rec.T
	m.finish(rec.T[rec.Len()], rec.Acted)
	c := &interpolating[S]{m: m, rec: rec, n: max(rec.Len()-1, 0), in: rec.Inside(), y: m.sp.New(m.y0)}
	return c, c.setInstants()
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
func (c *interpolating[S]) setInstants() error {
	m, rec := c.m, c.rec
	for i := 0; i < len(rec.Acted); {
		n := rec.Acted[i].Step
		at := instant[S]{t: rec.T[n], acted: rec.ActedAt(n), before: m.sp.New(m.y0)}
		if n == 0 {
			m.sp.Copy(at.before, m.y0)
		} else {
			if err := c.in.Enter(n-1, rec.Y[n-1], rec.K[n-1]); err != nil {
				return err
			}
			c.in.At(at.before, rec.T[n])
		}
		m.instants = append(m.instants, at)
		i += len(at.acted)
	}
	return nil
}

// known interpolates. Going backward, the step is the last one looked up or one
// of its neighbours; else it is searched.
func (c *interpolating[S]) known(t float64) S {
	rec := c.rec
	if t == rec.T[rec.Len()] {
		return rec.End
	}
	if lo, hi := min(rec.T[c.n], rec.T[c.n+1]), max(rec.T[c.n], rec.T[c.n+1]); !(t > lo && t < hi) {
		c.n = rec.Find(t)
	}
	if t == rec.T[c.n] {
		return rec.Y[c.n]
	}
	if c.in.Step() != c.n {
		if err := c.in.Enter(c.n, rec.Y[c.n], rec.K[c.n]); err != nil {
			c.m.sp.AddScaled(c.y, rec.Y[c.n], []float64{math.NaN()}, rec.Y[c.n:c.n+1]) // ends the backward pass
			return c.y
		}
	}
	c.in.At(c.y, t)
	return c.y
}

func (c *interpolating[S]) largest() float64 {
	size := c.m.size(c.rec.End)
	for _, y := range c.rec.Y {
		size = max(size, c.m.size(y))
	}
	return size
}
