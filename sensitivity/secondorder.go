package sensitivity

import (
	"fmt"
	"math"

	"github.com/odefit/odefit/dynsys"
)

// secondOrder computes the derivative of f_y^T w and f_p^T w along a change of y and
// p: the system's own, or central differences of its VJP.
type secondOrder[S any] struct {
	m        *model[S]
	y, a, b  S
	p, ga, w []float64
}

func newSecondOrder[S any](m *model[S]) secondOrder[S] {
	np := m.sys.NumParams
	return secondOrder[S]{
		m: m, y: m.sp.New(m.y0), a: m.sp.New(m.y0), b: m.sp.New(m.y0),
		p: make([]float64, np), ga: make([]float64, np), w: make([]float64, np),
	}
}

// step is the relative step of central differences, about the cube root of the
// rounding error.
const step = 6e-6

// product sets gy, and adds to gp, the derivative of w . (f_y vy + f_p vp).
func (s *secondOrder[S]) product(gy S, gp []float64, t float64, y, vy S, vp []float64, w S) error {
	m := s.m
	if m.sys.SecondOrder != nil {
		m.stats.VJP++
		_, err := m.sys.SecondOrder(gy, gp, t, y, m.P, vy, vp, w)
		return err
	}
	size := m.size(vy)
	if size == 0 {
		size = 1
	}
	eps := step * max(m.size(y), 1e-3) / size
	if biggest := relativeSize(m.P, vp); biggest*eps > step {
		eps = step / biggest
	}
	clear(s.ga)
	for _, sign := range []float64{1, -1} {
		m.sp.AddScaled(s.y, y, []float64{sign * eps}, []S{vy})
		s.moved(sign*eps, vp)
		m.stats.VJP++
		clear(s.w)
		if err := m.sys.VJP(s.b, s.w, t, s.y, s.p, w); err != nil {
			return fmt.Errorf("a difference of System.VJP: %w", err)
		}
		if sign > 0 {
			m.sp.Copy(s.a, s.b)
		}
		for i, v := range s.w {
			s.ga[i] += sign * v
		}
	}
	c := 1 / (2 * eps)
	m.sp.AddScaled(gy, m.zero, []float64{c, -c}, []S{s.a, s.b})
	for i, v := range s.ga {
		gp[i] += c * v
	}
	return nil
}

// inTime sets gy = f_ty^T w and adds f_tp^T w to gp: the system's own, or central
// differences of its VJP in time.
func (s *secondOrder[S]) inTime(gy S, gp []float64, t float64, y, w S) error {
	m := s.m
	if m.sys.TimeVJP != nil {
		m.stats.VJP++
		return m.sys.TimeVJP(gy, gp, t, y, m.P, w)
	}
	eps := step * max(math.Abs(t), math.Abs(m.T1-m.T0))
	lo, hi := max(t-eps, min(m.T0, m.T1)), min(t+eps, max(m.T0, m.T1))
	clear(s.ga)
	for _, x := range []float64{hi, lo} {
		clear(s.w)
		if err := m.vjp(s.b, s.w, x, y, w); err != nil {
			return err
		}
		sign := 1.0
		if x == lo {
			sign = -1
		} else {
			m.sp.Copy(s.a, s.b)
		}
		for i, v := range s.w {
			s.ga[i] += sign * v
		}
	}
	c := 1 / (hi - lo)
	m.sp.AddScaled(gy, m.zero, []float64{c, -c}, []S{s.a, s.b})
	for i, v := range s.ga {
		gp[i] += c * v
	}
	return nil
}

// moved sets p to P + e vp.
func (s *secondOrder[S]) moved(e float64, vp []float64) {
	copy(s.p, s.m.P)
	for i, v := range vp {
		s.p[i] += e * v
	}
}

// relativeSize returns the largest |v_i|/|p_i|, with 1 in place of a zero p_i.
func relativeSize(p, v []float64) float64 {
	most := 0.0
	for i, x := range v {
		size := math.Abs(p[i])
		if size == 0 {
			size = 1
		}
		most = max(most, math.Abs(x)/size)
	}
	return most
}

// initial adds to gp the derivative of (dy0/dp)^T w along vp.
func (s *secondOrder[S]) initial(gp, vp []float64, w S) error {
	m := s.m
	init := &m.sys.Initial
	if init.SecondOrder != nil {
		return init.SecondOrder(gp, m.P, vp, w)
	}
	return s.initialDifference(init, gp, vp, w)
}

func (s *secondOrder[S]) initialDifference(init *dynsys.Initial[S], gp, vp []float64, w S) error {
	size := relativeSize(s.m.P, vp)
	if size == 0 {
		return nil
	}
	eps := step / size
	for _, sign := range []float64{1, -1} {
		s.moved(sign*eps, vp)
		clear(s.w)
		if err := init.VJP(s.w, s.p, w); err != nil {
			return err
		}
		for i, v := range s.w {
			gp[i] += sign * v / (2 * eps)
		}
	}
	return nil
}
