package dynsys

import "github.com/odefit/odefit/dynsys/expr"

// System returns the functions of the model with scratch for one goroutine.
// Derivatives are built when first called for. Every function costs one evaluation of
// the expressions that it needs: JVP and VJP a small multiple of RHS for any number of
// parameters, JVPs and SecondDirectionals one evaluation of sparse Jacobians and a sparse
// product for each direction, SecondOrder a small multiple of RHS.
func (m *GraphModel) System() (*System[[]float64], error) {
	g := &m.g
	w := &graphSystem{m: m, n: g.States}
	if _, err := w.evaluator(rates); err != nil {
		return nil, err
	}
	s := &System[[]float64]{
		Dim: g.States, NumParams: g.Params,
		RHS: w.rhs, JVP: w.jvp, VJP: w.vjp, JVPs: w.jvps,
		Jacobian: w.jacobian, Pattern: m.pattern, Idle: m.idle,
		Autonomous: m.autonomous, TimeDerivative: w.timeDerivative, TimeVJP: w.timeVJP,
		SecondOrder: w.secondOrder, SecondDirectional: w.secondDirectional, SecondDirectionals: w.secondDirectionals,
	}
	if g.Initial != nil {
		in := g.newSlopeEval(m.initial)
		s.Initial = Initial[[]float64]{
			Value:       func(y0, p []float64) error { in.values(y0, p); return nil },
			JVP:         func(out, p, vp []float64) error { in.product(out, p, vp); return nil },
			VJP:         func(gp, p, v []float64) error { in.addTransposed(gp, p, v); return nil },
			SecondOrder: w.initialSecond,
		}
	}
	if len(g.Breaks) > 0 {
		in := g.newSlopeEval(m.breaks)
		s.Breaks = Breaks{
			Count: len(g.Breaks),
			Times: func(tau, p []float64) error { in.values(tau, p); return nil },
		}
		if len(m.breaks.at) > 0 {
			s.Breaks.JVP = func(out, p, vp []float64) error { in.product(out, p, vp); return nil }
			s.Breaks.VJP = func(gp, p, v []float64) error { in.addTransposed(gp, p, v); return nil }
		}
	}
	return s, nil
}

// graphSystem evaluates a model for one goroutine.
type graphSystem struct {
	m     *GraphModel
	n     int
	evals [numKinds]expr.Evaluator
	one   struct{ out, vy, vp [1][]float64 } // for a single direction
}

func (w *graphSystem) evaluator(k kind) (expr.Evaluator, error) {
	if w.evals[k] == nil {
		c, err := w.m.code(k)
		if err != nil {
			return nil, err
		}
		if w.evals[k], err = c.Evaluator(); err != nil {
			return nil, err
		}
	}
	return w.evals[k], nil
}

// start fills the inputs t, y, p of a kind and returns those behind them. y may be nil.
func (w *graphSystem) start(k kind, t float64, y, p []float64) (expr.Evaluator, []float64, error) {
	e, err := w.evaluator(k)
	if err != nil {
		return nil, nil, err
	}
	in := e.Inputs()
	in[0] = t
	copy(in[1:], y)
	copy(in[1+w.n:], p)
	return e, in[1+w.n+w.m.g.Params:], nil
}

// evaluate is start and Run for a kind without further inputs.
func (w *graphSystem) evaluate(k kind, t float64, y, p []float64) ([]float64, error) {
	e, _, err := w.start(k, t, y, p)
	if err != nil {
		return nil, err
	}
	return e.Run()
}

func (w *graphSystem) rhs(dy []float64, t float64, y, p []float64) error {
	out, err := w.evaluate(rates, t, y, p)
	copy(dy, out)
	return err
}

func (w *graphSystem) jvp(out []float64, t float64, y, p, vy, vp []float64) error {
	k := jvpState
	if vp != nil {
		k = jvpAll
	}
	e, extra, err := w.start(k, t, y, p)
	if err != nil {
		return err
	}
	copy(extra, vy)
	copy(extra[w.n:], vp)
	result, err := e.Run()
	copy(out, result)
	return err
}

func (w *graphSystem) jvps(dy []float64, out [][]float64, t float64, y, p []float64, vy, vp [][]float64) error {
	k := ratesState
	for _, v := range vp {
		if v != nil {
			k = ratesAll
		}
	}
	result, err := w.evaluate(k, t, y, p)
	if err != nil {
		return err
	}
	fy := result[w.n : w.n+len(w.m.fy)]
	fp := result[w.n+len(w.m.fy):]
	copy(dy, result)
	for i := range out {
		clear(out[i])
		addProduct(out[i], w.m.fy, fy, vy[i])
		if vp[i] != nil {
			addProduct(out[i], w.m.fp, fp, vp[i])
		}
	}
	return nil
}

func (w *graphSystem) vjp(gy, gp []float64, t float64, y, p, v []float64) error {
	return w.transposed(vjp, gy, gp, t, y, p, v)
}

// timeVJP implements System.TimeVJP.
func (w *graphSystem) timeVJP(gy, gp []float64, t float64, y, p, v []float64) error {
	return w.transposed(inTimeVJP, gy, gp, t, y, p, v)
}

func (w *graphSystem) transposed(k kind, gy, gp []float64, t float64, y, p, v []float64) error {
	e, extra, err := w.start(k, t, y, p)
	if err != nil {
		return err
	}
	copy(extra, v)
	result, err := e.Run()
	if err != nil {
		return err
	}
	copy(gy, result[:w.n])
	addTo(gp, result[w.n:])
	return nil
}

// addTo adds v to dst, which may be nil.
func addTo(dst, v []float64) {
	if dst == nil {
		return
	}
	for i, d := range v {
		dst[i] += d
	}
}

func (w *graphSystem) jacobian(jac []float64, t float64, y, p []float64) error {
	result, err := w.evaluate(jacobian, t, y, p)
	if err != nil {
		return err
	}
	if w.m.pattern != nil {
		copy(jac, result)
		return nil
	}
	clear(jac)
	for i, at := range w.m.place {
		jac[at] = result[i]
	}
	return nil
}

func (w *graphSystem) timeDerivative(ft []float64, t float64, y, p []float64) error {
	if w.m.autonomous {
		clear(ft)
		return nil
	}
	result, err := w.evaluate(inTime, t, y, p)
	copy(ft, result)
	return err
}
