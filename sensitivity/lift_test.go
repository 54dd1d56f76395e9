package sensitivity

import (
	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/integrate/space"
)

// lift rewrites a system of []float64 for any state type with the same number of
// real coordinates, so that every test runs on every space.
func lift[S any](sys *dynsys.System[[]float64], sp space.Space[S], like S) *dynsys.System[S] {
	c := sp.(space.Coordinates[S])
	n := sys.Dim
	if c.Dim(like) != n {
		panic("lift: the state has another number of coordinates than the system")
	}
	y, v, out := make([]float64, n), make([]float64, n), make([]float64, n)
	return &dynsys.System[S]{
		Dim: n, NumParams: sys.NumParams, Space: sp, Breaks: sys.Breaks,
		RHS: func(dy S, t float64, s S, p []float64) error {
			c.Flatten(y, s)
			err := sys.RHS(out, t, y, p)
			c.Unflatten(dy, out)
			return err
		},
		JVP: func(dst S, t float64, s S, p []float64, vy S, vp []float64) error {
			c.Flatten(y, s)
			c.Flatten(v, vy)
			err := sys.JVP(out, t, y, p, v, vp)
			c.Unflatten(dst, out)
			return err
		},
		VJP: func(gy S, gp []float64, t float64, s S, p []float64, w S) error {
			c.Flatten(y, s)
			c.Flatten(v, w)
			err := sys.VJP(out, gp, t, y, p, v)
			c.Unflatten(gy, out)
			return err
		},
	}
}

// lifted returns a state of coordinates y.
func lifted[S any](sp space.Space[S], like S, y []float64) S {
	s := sp.New(like)
	sp.(space.Coordinates[S]).Unflatten(s, y)
	return s
}
