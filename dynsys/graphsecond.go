package dynsys

// secondOrder implements System.SecondOrder: a reverse sweep through a JVP.
func (w *graphSystem) secondOrder(gy, gp []float64, t float64, y, p, vy, vp, v []float64) (float64, error) {
	k := secondState
	if vp != nil {
		k = secondAll
	}
	e, extra, err := w.start(k, t, y, p)
	if err != nil {
		return 0, err
	}
	copy(extra, v)
	copy(extra[w.n:], vy)
	copy(extra[2*w.n:], vp)
	result, err := e.Run()
	if err != nil {
		return 0, err
	}
	last := len(result) - 1
	copy(gy, result[:w.n])
	addTo(gp, result[w.n:last])
	return result[last], nil
}

func (w *graphSystem) secondDirectional(out []float64, t float64, y, p, vy, vp []float64, ut float64, uy, up []float64) error {
	w.one.out[0], w.one.vy[0], w.one.vp[0] = out, vy, vp
	return w.secondDirectionals(w.one.out[:], t, y, p, w.one.vy[:], w.one.vp[:], ut, uy, up)
}

// secondDirectionals implements System.SecondDirectionals: one evaluation of the
// derivatives of the sparse Jacobians, and a sparse product for each direction.
func (w *graphSystem) secondDirectionals(out [][]float64, t float64, y, p []float64, vy, vp [][]float64, ut float64, uy, up []float64) error {
	k, which := bendState, 0
	if ut != 0 || up != nil {
		k, which = bendAll, 1
	}
	e, extra, err := w.start(k, t, y, p)
	if err != nil {
		return err
	}
	copy(extra, uy)
	if k == bendAll {
		extra[w.n] = ut
		clear(extra[w.n+1:])
		copy(extra[w.n+1:], up)
	}
	result, err := e.Run()
	if err != nil {
		return err
	}
	places := &w.m.bent[which]
	ny := len(places.y)
	for i := range out {
		clear(out[i])
		addProduct(out[i], places.y, result[:ny], vy[i])
		if vp[i] != nil {
			addProduct(out[i], places.p, result[ny:], vp[i])
		}
	}
	return nil
}

// initialSecond implements Initial.SecondOrder.
func (w *graphSystem) initialSecond(gp, p, vp, v []float64) error {
	e, extra, err := w.start(initialSecond, 0, nil, p)
	if err != nil {
		return err
	}
	copy(extra, v)
	copy(extra[w.n:], vp)
	result, err := e.Run()
	if err == nil {
		addTo(gp, result)
	}
	return err
}
