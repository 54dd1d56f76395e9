package sensitivity

// costTranspose adds the quadrature of the running cost at the stages of a step,
//
//	q1 = q0 + sum_i c_i g(t_i, Y_i, p),
//
// to a result.
type costTranspose[S any] struct {
	a     *account[S]
	gy, d S // c_i g_y of the last stage; g_y
	gp    []float64
	terms[S]
}

func newCostTranspose[S any](a *account[S]) costTranspose[S] {
	sp, y0 := a.m.sp, a.m.y0
	return costTranspose[S]{a: a, gy: sp.New(y0), d: sp.New(y0), gp: make([]float64, a.m.sys.NumParams), terms: terms[S]{sp: sp}}
}

// there says whether the loss has a running cost.
func (e *costTranspose[S]) there() bool { return e.a.loss.G != nil }

// at adds c g and c g_p, and sets gy = c g_y.
func (e *costTranspose[S]) at(c, t float64, y S) error {
	l, m, res := e.a.loss, e.a.m, e.a.res
	g, err := l.G(t, y, m.P)
	if err != nil {
		return err
	}
	res.Value += c * g
	m.sp.Copy(e.gy, m.zero)
	if l.Gy != nil {
		if err := l.Gy(e.d, t, y, m.P); err != nil {
			return err
		}
		e.add(e.gy, c, e.d)
	}
	if l.Gp == nil {
		return nil
	}
	clear(e.gp)
	if err := l.Gp(e.gp, t, y, m.P); err != nil {
		return err
	}
	for j, v := range e.gp {
		res.P[j] += c * v
	}
	return nil
}
