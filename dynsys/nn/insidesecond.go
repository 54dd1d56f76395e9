package nn

import "github.com/odefit/odefit/dynsys"

// secondOrder differentiates w . (f_y vy + f_q vq + f_u vu), where vu = N_x vx + N_w vw
// and vx = g_y vy + g_q vq: once with vu held, then through vu, then through u.
func (s *inside) secondOrder(gy, gp []float64, t float64, y, p, vy, vp, w []float64) (float64, error) {
	if err := s.at(t, y, p); err != nil {
		return 0, err
	}
	if err := s.tangent(s.vy, s.vp, s.vx, t, p, vy, vp); err != nil {
		return 0, err
	}
	return s.bent(gy, gp, t, p, vp, w, func(own []float64) (float64, error) {
		gt, err := s.f.SecondOrder(s.out, s.gp, t, s.y, s.p, s.vy, s.vp, s.wy)
		if err != nil {
			return 0, err
		}
		more, err := s.g.SecondOrder(s.bend, own, t, s.y, s.q(), s.vy, s.vp[:len(s.kept)], s.cx)
		return gt + more, err
	})
}

// timeVJP differentiates w . (f_t + f_u ut), where ut = N_x xt and xt = g_t.
func (s *inside) timeVJP(gy, gp []float64, t float64, y, p, w []float64) error {
	err := s.at(t, y, p)
	if err == nil {
		err = s.inTime(t, p)
	}
	if err != nil {
		return err
	}
	_, err = s.bent(gy, gp, t, p, nil, w, func(own []float64) (float64, error) {
		if _, err := s.f.SecondOrder(s.out, s.gp, t, s.y, s.p, s.vy, s.vp, s.wy); err != nil {
			return 0, err
		}
		if err := s.f.TimeVJP(s.bend, s.gp, t, s.y, s.p, s.wy); err != nil {
			return 0, err
		}
		for i, v := range s.bend {
			s.out[i] += v
		}
		return 0, s.g.TimeVJP(s.bend, own, t, s.y, s.q(), s.cx)
	})
	return err
}

// bent adds up a second derivative. The direction stands in vy, vp, vx, its weights in
// vw. outer sets out and adds to gp what f and g do themselves, and leaves in bend what
// the state's part of g is, the last with s.cx = N_x^T f_u^T w.
func (s *inside) bent(gy, gp []float64, t float64, p, vw, w []float64, outer func(own []float64) (float64, error)) (float64, error) {
	copy(s.wy, w)
	clear(s.gp)
	if err := s.f.VJP(s.out, s.gp, t, s.y, s.p, s.wy); err != nil {
		return 0, err
	}
	c := append([]float64(nil), s.gp[len(s.kept):]...) // f_u^T w
	s.pull(s.cx, nil, p, s.gp)
	clear(s.gp)
	gt, err := outer(s.gp[:len(s.kept)])
	if err != nil {
		return 0, err
	}
	s.pull(s.gx, gp, p, s.gp)
	for i := range s.nets {
		k := &s.nets[i]
		more := make([]float64, k.net.Inputs)
		k.net.SecondOrder(more, k.weights(gp), k.in(s.x, s.n), k.weights(p), k.in(s.vx, s.n), k.weights(vw), k.of(c), k.ws)
		for j, v := range more {
			k.in(s.gx, s.n)[j] += v
		}
	}
	for i, v := range s.bend {
		s.out[i] += v
	}
	if !s.g.Autonomous {
		if err := s.g.TimeDerivative(s.ux, t, s.y, s.q()); err != nil {
			return 0, err
		}
		for i, v := range s.gx {
			gt += v * s.ux[i]
		}
	}
	return gt, s.collect(gy, gp, t, s.gx)
}

func (s *inside) secondDirectional(out []float64, t float64, y, p, vy, vp []float64, ut float64, uy, up []float64) error {
	if err := s.at(t, y, p); err != nil {
		return err
	}
	if err := s.tangent(s.uy, s.up, s.ux, t, p, uy, up); err != nil {
		return err
	}
	if ut != 0 && !s.g.Autonomous { // ux = g_y uy + g_q uq + g_t ut
		if err := s.g.TimeDerivative(s.vx, t, s.y, s.q()); err != nil {
			return err
		}
		for i, v := range s.vx {
			s.ux[i] += ut * v
		}
		s.push(s.up, s.ux, p, up)
	}
	return s.turn(out, t, p, vy, vp, ut, up)
}

// turn is secondDirectional at the point and along the change at hand.
func (s *inside) turn(out []float64, t float64, p, vy, vp []float64, ut float64, up []float64) error {
	if err := s.tangent(s.vy, s.vp, s.vx, t, p, vy, vp); err != nil {
		return err
	}
	n := len(s.kept)
	if err := s.g.SecondDirectional(s.bend, t, s.y, s.q(), s.vy, s.vp[:n], ut, s.uy, s.up[:n]); err != nil {
		return err
	}
	clear(s.gp)
	s.push(s.gp, s.bend, p, nil) // N_x of it
	for i := range s.nets {
		k := &s.nets[i]
		more := make([]float64, k.net.Outputs)
		k.net.SecondDirectional(more, k.in(s.x, s.n), k.weights(p), k.in(s.vx, s.n), k.weights(vp), k.in(s.ux, s.n), k.weights(up), k.ws)
		for j, v := range more {
			k.of(s.gp[n:])[j] += v
		}
	}
	if err := s.f.SecondDirectional(s.out, t, s.y, s.p, s.vy, s.vp, ut, s.uy, s.up); err != nil {
		return err
	}
	if err := s.f.JVP(s.bend, t, s.y, s.p, s.zero, s.gp); err != nil {
		return err
	}
	for i := range out {
		out[i] = s.out[i] + s.bend[i]
	}
	return nil
}

func (s *inside) secondDirectionals(out [][]float64, t float64, y, p []float64, vy, vp [][]float64, ut float64, uy, up []float64) error {
	for i := range out {
		if err := s.secondDirectional(out[i], t, y, p, vy[i], vp[i], ut, uy, up); err != nil {
			return err
		}
	}
	return nil
}

// initial is that of f, of the parameters kept. Nothing in it depends on networks.
func (s *inside) initial() dynsys.Initial[[]float64] {
	y0 := s.f.Initial
	if y0.Value == nil {
		return y0
	}
	long := make([]float64, s.f.Dim)
	q, v, g := make([]float64, s.f.NumParams), make([]float64, s.f.NumParams), make([]float64, s.f.NumParams)
	out := dynsys.Initial[[]float64]{
		Value: func(out, p []float64) error {
			s.gather(q, p)
			err := y0.Value(long, q)
			copy(out, long)
			return err
		},
		JVP: func(out, p, vp []float64) error {
			s.gather(q, p)
			s.gather(v, vp)
			err := y0.JVP(long, q, v)
			copy(out, long)
			return err
		},
		VJP: func(gp, p, w []float64) error {
			s.gather(q, p)
			clear(long)
			copy(long, w)
			clear(g)
			err := y0.VJP(g, q, long)
			s.scatter(gp, g)
			return err
		},
	}
	if y0.SecondOrder != nil {
		out.SecondOrder = func(gp, p, vp, w []float64) error {
			s.gather(q, p)
			s.gather(v, vp)
			clear(long)
			copy(long, w)
			clear(g)
			err := y0.SecondOrder(g, q, v, long)
			s.scatter(gp, g)
			return err
		}
	}
	return out
}

// breaks are those of f, of the parameters kept.
func (s *inside) breaks() dynsys.Breaks {
	b := s.f.Breaks
	q, v, g := make([]float64, s.f.NumParams), make([]float64, s.f.NumParams), make([]float64, s.f.NumParams)
	out := dynsys.Breaks{Count: b.Count}
	if b.Times != nil {
		out.Times = func(tau, p []float64) error { s.gather(q, p); return b.Times(tau, q) }
	}
	if b.JVP != nil {
		out.JVP = func(out, p, vp []float64) error { s.gather(q, p); s.gather(v, vp); return b.JVP(out, q, v) }
	}
	if b.VJP != nil {
		out.VJP = func(gp, p, w []float64) error {
			s.gather(q, p)
			clear(g)
			err := b.VJP(g, q, w)
			s.scatter(gp, g)
			return err
		}
	}
	return out
}
