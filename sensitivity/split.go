package sensitivity

import (
	"fmt"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// split returns the halves of the right-hand side of a bundle, for the methods that keep
// the structure of mechanics: with q' = v(t, p) and p' = f(t, q), tangents move as
//
//	sq' = v_p sp + v_theta d,   sp' = f_q sq + f_theta d
//
// along a change d of the parameters theta. It is nil for systems without Momenta.
func (f *flow[S]) split() *integrate.Split[*space.Bundle[S]] {
	h := f.m.halves
	if h == nil {
		return nil
	}
	vy := make([]S, len(f.dirs))
	for i := range vy {
		vy[i] = f.m.sp.New(f.m.y0)
	}
	half := func(momenta bool) integrate.Func[*space.Bundle[S]] {
		return func(dy *space.Bundle[S], t float64, y *space.Bundle[S]) error {
			for i, s := range y.T {
				h.Only(!momenta, vy[i], s)
			}
			clear(dy.Q)
			if err := f.m.jvps(dy.Y, dy.T, t, h.At(!momenta, y.Y), vy, f.vp); err != nil {
				return err
			}
			h.Only(momenta, dy.Y, dy.Y)
			for _, s := range dy.T {
				h.Only(momenta, s, s)
			}
			return nil
		}
	}
	return &integrate.Split[*space.Bundle[S]]{Drift: half(false), Kick: half(true)}
}

// halfVJP sets gy to the transposed derivative of one half of f times w, that of the
// momenta or else of the positions, and adds to gp.
func (m *model[S]) halfVJP(momenta bool, gy S, gp []float64, t float64, y, w S) error {
	m.halves.Only(momenta, m.half, w)
	if err := m.vjp(gy, gp, t, m.halves.At(!momenta, y), m.half); err != nil {
		return err
	}
	m.halves.Only(!momenta, gy, gy)
	return nil
}

// partitioned says whether a method moves positions and momenta apart, in steps that have
// no room for a running cost.
func partitioned(m integrate.Method) bool {
	switch m.(type) {
	case integrate.Symplectic, integrate.Nystrom:
		return true
	}
	return false
}

// refuseCost refuses a running cost by such a method.
func refuseCost(m integrate.Method, cost bool) error {
	if cost && partitioned(m) {
		return fmt.Errorf("sensitivity: %v moves positions and momenta apart and has no quadrature for Loss.G; observe, or take another method", m)
	}
	return nil
}
