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
	lifted := &dynsys.System[S]{
		Mass: sys.Mass, Momenta: sys.Momenta,
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
	if sys.SecondOrder == nil || sys.SecondDirectionals == nil {
		return lifted
	}
	u := make([]float64, n)
	lifted.Autonomous = sys.Autonomous
	lifted.Jacobian = func(jac []float64, t float64, s S, p []float64) error {
		c.Flatten(y, s)
		return sys.Jacobian(jac, t, y, p)
	}
	lifted.TimeDerivative = func(ft S, t float64, s S, p []float64) error {
		c.Flatten(y, s)
		err := sys.TimeDerivative(out, t, y, p)
		c.Unflatten(ft, out)
		return err
	}
	lifted.TimeVJP = func(gy S, gp []float64, t float64, s S, p []float64, w S) error {
		c.Flatten(y, s)
		c.Flatten(v, w)
		err := sys.TimeVJP(out, gp, t, y, p, v)
		c.Unflatten(gy, out)
		return err
	}
	lifted.SecondOrder = func(gy S, gp []float64, t float64, s S, p []float64, vy S, vp []float64, w S) (float64, error) {
		c.Flatten(y, s)
		c.Flatten(v, vy)
		c.Flatten(u, w)
		gt, err := sys.SecondOrder(out, gp, t, y, p, v, vp, u)
		c.Unflatten(gy, out)
		return gt, err
	}
	lifted.SecondDirectional = func(dst S, t float64, s S, p []float64, vy S, vp []float64, ut float64, uy S, up []float64) error {
		c.Flatten(y, s)
		c.Flatten(v, vy)
		c.Flatten(u, uy)
		err := sys.SecondDirectionals([][]float64{out}, t, y, p, [][]float64{v}, [][]float64{vp}, ut, u, up)
		c.Unflatten(dst, out)
		return err
	}
	return lifted
}

// lifted returns a state of coordinates y.
func lifted[S any](sp space.Space[S], like S, y []float64) S {
	s := sp.New(like)
	sp.(space.Coordinates[S]).Unflatten(s, y)
	return s
}
