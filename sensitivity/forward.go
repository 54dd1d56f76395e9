package sensitivity

import (
	"context"

	"github.com/odefit/odefit/integrate/space"
)

// Forward carries a tangent for every parameter, and for every initial value,
// along with the state:
//
//	s' = f_y s + f_p v,   dL/dv = sum_k dl_k/dy . s(t_k) + ...
//
// Its cost grows with the number of parameters and initial values; up to some
// tens of them it is the method of choice, and the most accurate one: all tangents
// are part of the error control, each by itself, with the absolute tolerance
// divided by the size of the parameter.
//
// On a frozen grid (Settings.Grid) it is the exact derivative of the steps taken.
type Forward struct {
	// SkipY0 leaves out the tangents of the initial state: Result.Y0 is zero.
	SkipY0 bool
}

var _ Method = Forward{}

func (Forward) String() string { return "forward" }

// forward fills in the account.
func forward[S any](ctx context.Context, a *account[S], method Forward, set *Settings) error {
	m := a.m
	np := m.sys.NumParams
	dirs := ParameterDirections[S](np)
	if err := a.start(); err != nil {
		return inPass(ForwardPass, &Error{Phase: ForwardPass, T: m.T0, Component: -1, Reason: err})
	}
	if method.SkipY0 {
		along := m.sp.New(m.y0)
		m.sp.Copy(along, a.f)
		dirs = append(dirs, Direction[S]{Y0: along}) // for dL/dT0
	} else {
		y0, err := initialDirections(m)
		if err != nil {
			return err
		}
		dirs = append(dirs, y0...)
	}
	f0 := m.sp.New(m.y0)
	m.sp.Copy(f0, a.f)

	var s sampler[S]
	if err := s.flow.prepare(m, dirs, a.loss, set); err != nil {
		return err
	}
	m.grid = []float64{m.T0}
	s.watch = func(t float64, _ S) { m.grid = append(m.grid, t) }
	if err := s.sample(ctx, a.loss.Times, set); err != nil {
		return err
	}
	along := make([]float64, len(dirs)) // dL along each direction
	c := m.sp.New(m.y0)
	for _, k := range s.order {
		if err := a.observe(c, k, s.at[k].Y); err != nil {
			return &Error{Phase: ForwardPass, T: a.loss.Times[k], Step: m.stats.Steps, Component: -1, Reason: err}
		}
		for i, tangent := range s.at[k].T {
			along[i] += a.dot.Dot(c, tangent)
		}
	}
	if a.loss.G != nil {
		a.res.Value += s.end.Q[0]
		for i := range along {
			along[i] += s.end.Q[1+i]
		}
	}
	for i, v := range along[:np] {
		a.res.P[i] += v
	}
	if method.SkipY0 {
		return a.ends(along[np], s.end.Y)
	}
	m.sp.(space.Coordinates[S]).Unflatten(a.res.Y0, along[np:])
	return a.ends(a.dot.Dot(a.res.Y0, f0), s.end.Y)
}
