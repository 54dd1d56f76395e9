package nn

import "github.com/odefit/odefit/dynsys"

// Term is a network as a part of a right-hand side: it reads some of the states, and
// time if it is told to, and adds its outputs to the derivatives of some states,
//
//	y'[Into[k]] += N(y[From[0]], y[From[1]], ..., t; w)_k
//
// The network's inputs are the states of From and, last, the time if Time is set.
type Term struct {
	Net  MLP
	Time bool

	// From and Into are indices of states. nil means all of them, in order.
	From, Into []int
}

// AddTo returns the system known plus the term, with parameters p = (those of known,
// weights of the network). The derivatives of the result are exact as far as those of
// known are, and those that known lacks are absent. Initial values and breaks are
// known's. The result shares known's scratch memory, so it and known belong to the
// same goroutine.
//
// The error says what in the term does not fit.
func (t Term) AddTo(known *dynsys.System[[]float64]) (*dynsys.System[[]float64], error) {
	b, err := t.bind(known.Dim)
	if err != nil {
		return nil, err
	}
	k := known.NumParams
	s := &dynsys.System[[]float64]{
		Dim:         known.Dim,
		NumParams:   k + b.net.NumParams(),
		Space:       known.Space,
		Approximate: known.Approximate,
		Initial:     initialOfFirst(k, known.Initial),
		Breaks:      breaksOfFirst(k, known.Breaks),
	}
	n := s.NumParams
	s.RHS = func(dy []float64, time float64, y, p []float64) error {
		b.net.check("p", p, n)
		if err := known.RHS(dy, time, y, p[:k]); err != nil {
			return err
		}
		b.addValue(dy, time, y, p[k:])
		return nil
	}
	if known.JVP != nil {
		s.JVP = func(out []float64, time float64, y, p, vy, vp []float64) error {
			b.net.check("p", p, n)
			if err := known.JVP(out, time, y, p[:k], vy, first(vp, k)); err != nil {
				return err
			}
			b.evaluate(time, y, p[k:])
			b.addPush(out, p[k:], vy, rest(vp, k))
			return nil
		}
	}
	if known.VJP != nil {
		s.VJP = func(gy, gp []float64, time float64, y, p, w []float64) error {
			b.net.check("p", p, n)
			if err := known.VJP(gy, first(gp, k), time, y, p[:k], w); err != nil {
				return err
			}
			b.evaluate(time, y, p[k:])
			b.addPull(gy, rest(gp, k), p[k:], w)
			return nil
		}
	}
	if known.JVPs != nil || known.JVP != nil {
		s.JVPs = b.jvps(known)
	}
	if known.Jacobian != nil {
		s.Jacobian = func(jac []float64, time float64, y, p []float64) error {
			b.net.check("p", p, n)
			if err := known.Jacobian(jac, time, y, p[:k]); err != nil {
				return err
			}
			b.evaluate(time, y, p[k:])
			b.addJacobian(jac, p[k:])
			return nil
		}
	}
	return s, nil
}

// jvps returns the sum of many directions at once; the network is evaluated once for
// all of them.
func (b *bound) jvps(known *dynsys.System[[]float64]) func(dy []float64, out [][]float64, time float64, y, p []float64, vy, vp [][]float64) error {
	k, n := known.NumParams, known.NumParams+b.net.NumParams()
	var firsts [][]float64 // grows to the largest number of directions
	return func(dy []float64, out [][]float64, time float64, y, p []float64, vy, vp [][]float64) error {
		b.net.check("p", p, n)
		firsts = firsts[:0]
		for _, v := range vp {
			firsts = append(firsts, first(v, k))
		}
		if err := jvpsOf(known, dy, out, time, y, p[:k], vy, firsts); err != nil {
			return err
		}
		b.addValue(dy, time, y, p[k:])
		for i := range out {
			b.addPush(out[i], p[k:], vy[i], rest(vp[i], k))
		}
		return nil
	}
}

func jvpsOf(s *dynsys.System[[]float64], dy []float64, out [][]float64, t float64, y, p []float64, vy, vp [][]float64) error {
	if s.JVPs != nil {
		return s.JVPs(dy, out, t, y, p, vy, vp)
	}
	if err := s.RHS(dy, t, y, p); err != nil {
		return err
	}
	for i := range out {
		if err := s.JVP(out[i], t, y, p, vy[i], vp[i]); err != nil {
			return err
		}
	}
	return nil
}

// first and rest split a vector of all parameters, which may be nil.
func first(p []float64, k int) []float64 {
	if p == nil {
		return nil
	}
	return p[:k]
}

func rest(p []float64, k int) []float64 {
	if p == nil {
		return nil
	}
	return p[k:]
}

// initialOfFirst lets initial values see the first k parameters only.
func initialOfFirst(k int, y0 dynsys.Initial[[]float64]) dynsys.Initial[[]float64] {
	if y0.Value == nil {
		return y0
	}
	return dynsys.Initial[[]float64]{
		Value: func(out, p []float64) error { return y0.Value(out, p[:k]) },
		JVP:   func(out, p, vp []float64) error { return y0.JVP(out, p[:k], vp[:k]) },
		VJP:   func(gp, p, w []float64) error { return y0.VJP(gp[:k], p[:k], w) },
	}
}

// breaksOfFirst does the same for breaks.
func breaksOfFirst(k int, b dynsys.Breaks) dynsys.Breaks {
	out := dynsys.Breaks{Count: b.Count}
	if b.Times != nil {
		out.Times = func(tau, p []float64) error { return b.Times(tau, p[:k]) }
	}
	if b.JVP != nil {
		out.JVP = func(out, p, vp []float64) error { return b.JVP(out, p[:k], vp[:k]) }
	}
	if b.VJP != nil {
		out.VJP = func(gp, p, w []float64) error { return b.VJP(gp[:k], p[:k], w) }
	}
	return out
}
