package nn

import "github.com/odefit/odefit/dynsys"

// The parts of a known system see the first k of the parameters of a sum, its own.

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
	out := dynsys.Initial[[]float64]{
		Value: func(out, p []float64) error { return y0.Value(out, p[:k]) },
		JVP:   func(out, p, vp []float64) error { return y0.JVP(out, p[:k], vp[:k]) },
		VJP:   func(gp, p, w []float64) error { return y0.VJP(gp[:k], p[:k], w) },
	}
	if y0.SecondOrder != nil {
		out.SecondOrder = func(gp, p, vp []float64, w []float64) error {
			return y0.SecondOrder(gp[:k], p[:k], vp[:k], w)
		}
	}
	return out
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

// eventsOfFirst does the same for events.
func eventsOfFirst(k int, events []dynsys.Event[[]float64]) []dynsys.Event[[]float64] {
	var out []dynsys.Event[[]float64]
	for _, e := range events {
		e.At, e.When, e.Reset = timeOfFirst(k, e.At), scalarOfFirst(k, e.When), mapOfFirst(k, e.Reset)
		out = append(out, e)
	}
	return out
}

func timeOfFirst(k int, tau dynsys.Time) dynsys.Time {
	var out dynsys.Time
	if tau.Value != nil {
		out.Value = func(p []float64) (float64, error) { return tau.Value(p[:k]) }
	}
	if tau.Gradient != nil {
		out.Gradient = func(gp, p []float64, w float64) error { return tau.Gradient(gp[:k], p[:k], w) }
	}
	return out
}

func scalarOfFirst(k int, g dynsys.Scalar[[]float64]) dynsys.Scalar[[]float64] {
	var out dynsys.Scalar[[]float64]
	if g.Value != nil {
		out.Value = func(t float64, y, p []float64) (float64, error) { return g.Value(t, y, p[:k]) }
	}
	if g.Gradient != nil {
		out.Gradient = func(gy, gp []float64, t float64, y, p []float64) (float64, error) {
			return g.Gradient(gy, first(gp, k), t, y, p[:k])
		}
	}
	return out
}

func mapOfFirst(k int, r dynsys.Map[[]float64]) dynsys.Map[[]float64] {
	var out dynsys.Map[[]float64]
	if r.Value != nil {
		out.Value = func(dst []float64, t float64, y, p []float64) error { return r.Value(dst, t, y, p[:k]) }
	}
	if r.JVP != nil {
		out.JVP = func(out []float64, t float64, y, p []float64, vt float64, vy, vp []float64) error {
			return r.JVP(out, t, y, p[:k], vt, vy, first(vp, k))
		}
	}
	if r.VJP != nil {
		out.VJP = func(gy, gp []float64, t float64, y, p, w []float64) (float64, error) {
			return r.VJP(gy, first(gp, k), t, y, p[:k], w)
		}
	}
	return out
}
