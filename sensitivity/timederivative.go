package sensitivity

import "github.com/odefit/odefit/integrate/space"

// timeDerivative returns that of the bundle's right-hand side, for Rosenbrock methods:
// f_t, and d/dt (f_y s_i + f_p v_i). It is nil where the system does not give both or
// where there is a running cost, and left to differences; autonomous says that it is
// zero.
func (f *flow[S]) timeDerivative() (autonomous bool, ft func(d *space.Bundle[S], t float64, y *space.Bundle[S]) error) {
	m := f.m
	if len(f.costs) > 0 {
		return false, nil
	}
	if m.sys.Autonomous {
		return true, nil
	}
	if m.sys.TimeDerivative == nil || !f.exact() && len(f.dirs) > 0 {
		return false, nil
	}
	var x bend[S]
	x.prepare(f)
	return false, func(d *space.Bundle[S], t float64, y *space.Bundle[S]) error {
		if err := m.sys.TimeDerivative(d.Y, t, y.Y, m.P); err != nil {
			return err
		}
		bent, err := x.states(t, y, 1, m.zero)
		if err != nil {
			return err
		}
		for i, b := range bent {
			m.sp.Copy(d.T[i], b)
		}
		return nil
	}
}
