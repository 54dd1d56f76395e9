package dynsys

import (
	"fmt"
	"sync"

	"github.com/odefit/odefit/dynsys/expr"
)

// Graph is a system written as nodes of an expression graph. Text models and traced
// Go functions become graphs; all derivatives are exact and made from the nodes.
//
// The inputs of the graph are numbered t, then the states, then the parameters.
type Graph struct {
	Builder *expr.Builder
	States  int
	Params  int

	Rates   []expr.Node // dy/dt, functions of t, y, p
	Initial []expr.Node // y0, functions of p; nil: the caller gives y0
	Breaks  []expr.Node // times at which a rate jumps, functions of p
}

// Model compiles the graph. The model does not depend on the builder afterwards,
// except that derivatives are built when a system first needs them: until then the
// builder must not be used by others at the same time. Close does nothing.
func (g Graph) Model() (*GraphModel, error) {
	if len(g.Rates) != g.States || g.Initial != nil && len(g.Initial) != g.States {
		panic(fmt.Sprintf("dynsys: %d rates and %d initial values for %d states", len(g.Rates), len(g.Initial), g.States))
	}
	m := &GraphModel{g: g, autonomous: len(g.Builder.Jacobian(g.Rates, []int{0})) == 0}
	var err error
	if m.rates, err = g.Builder.Compile(g.Rates...); err != nil {
		return nil, err
	}
	if m.initial, err = newSlopes(g.Builder, g.Initial, g.params()); err != nil {
		return nil, err
	}
	m.breaks, err = newSlopes(g.Builder, g.Breaks, g.params())
	return m, err
}

// states and params return the input slots of the states and of the parameters.
func (g *Graph) states() []int { return slots(1, g.States) }
func (g *Graph) params() []int { return slots(1+g.States, g.Params) }

func slots(first, n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = first + i
	}
	return s
}

// GraphModel is a compiled [Graph]. It is immutable and shared.
type GraphModel struct {
	g       Graph
	rates   *expr.Program
	initial *slopes // of y0 in p
	breaks  *slopes // of the break times in p

	autonomous bool

	mu  sync.Mutex // guards what is compiled when first needed
	jy  *slopes    // f and f_y
	jp  *slopes    // f and f_p
	vjp *expr.Program

	jt     *slopes   // f and f_t
	second [2]*bends // along the state, and along everything
}

var _ Model = (*GraphModel)(nil)

// slopes is a list of expressions with the entries of their Jacobian that can differ
// from zero.
type slopes struct {
	values  *expr.Program
	entries *expr.Program
	at      []expr.Entry // places of the entries; Col counts from the first slot
}

func newSlopes(b *expr.Builder, outs []expr.Node, in []int) (*slopes, error) {
	s := &slopes{at: b.Jacobian(outs, in)}
	var err error
	if s.values, err = b.Compile(outs...); err != nil {
		return nil, err
	}
	nodes := make([]expr.Node, len(s.at))
	for i, e := range s.at {
		nodes[i] = e.Node
	}
	s.entries, err = b.Compile(nodes...)
	return s, err
}

// Close does nothing.
func (m *GraphModel) Close() error { return nil }

// System returns the functions of the model with scratch for one goroutine.
// Derivatives are built when first called for. Every function costs one evaluation of
// the expressions it needs: VJP a small multiple of RHS for any number of parameters,
// JVP and JVPs one evaluation of the sparse Jacobians and a sparse product for each
// direction.
func (m *GraphModel) System() (*System[[]float64], error) {
	g := &m.g
	w := &graphSystem{m: m, in: make([]float64, 1+2*g.States+g.Params+g.changes()), rates: m.rates.Scratch()}
	s := &System[[]float64]{
		Dim: g.States, NumParams: g.Params,
		RHS: w.rhs, JVP: w.jvp, VJP: w.vjp, JVPs: w.jvps, Jacobian: w.jacobian,
		Autonomous: m.autonomous, TimeDerivative: w.timeDerivative, SecondDirectionals: w.secondDirectionals,
	}
	if g.Initial != nil {
		in := newSlopeEval(m.initial)
		s.Initial = Initial[[]float64]{
			Value: func(y0, p []float64) error { in.values(y0, w.place(0, nil, p)); return nil },
			JVP: func(out, p, vp []float64) error {
				clear(out)
				in.addProduct(out, w.place(0, nil, p), vp)
				return nil
			},
			VJP: func(gp, p, v []float64) error { in.addTransposed(gp, w.place(0, nil, p), v); return nil },
		}
	}
	if len(g.Breaks) > 0 {
		in := newSlopeEval(m.breaks)
		s.Breaks = Breaks{
			Count: len(g.Breaks),
			Times: func(tau, p []float64) error { in.values(tau, w.place(0, nil, p)); return nil },
		}
		if len(m.breaks.at) > 0 {
			s.Breaks.JVP = func(out, p, vp []float64) error {
				clear(out)
				in.addProduct(out, w.place(0, nil, p), vp)
				return nil
			}
			s.Breaks.VJP = func(gp, p, v []float64) error { in.addTransposed(gp, w.place(0, nil, p), v); return nil }
		}
	}
	return s, nil
}

// graphSystem evaluates a model for one goroutine.
type graphSystem struct {
	m     *GraphModel
	in    []float64 // t, y, p, the weights of a VJP and the change of a second derivative
	rates []float64 // scratch

	jy, jp  *slopeEval
	vjpProg *expr.Program
	vjpBuf  []float64 // scratch
	vjpOut  []float64

	jt     *slopeEval
	one    [1]float64
	second [2]bendEval
}

// place fills the inputs. y may be nil.
func (w *graphSystem) place(t float64, y, p []float64) []float64 {
	w.in[0] = t
	copy(w.in[1:], y)
	copy(w.in[1+w.m.g.States:], p)
	return w.in
}

func (w *graphSystem) rhs(dy []float64, t float64, y, p []float64) error {
	w.m.rates.Eval(dy, w.place(t, y, p), w.rates)
	return nil
}

func (w *graphSystem) jvp(out []float64, t float64, y, p, vy, vp []float64) error {
	if err := w.needJacobians(); err != nil {
		return err
	}
	in := w.place(t, y, p)
	clear(out)
	w.jy.addProduct(out, in, vy)
	if vp != nil {
		w.jp.addProduct(out, in, vp)
	}
	return nil
}

func (w *graphSystem) jvps(dy []float64, out [][]float64, t float64, y, p []float64, vy, vp [][]float64) error {
	if err := w.needJacobians(); err != nil {
		return err
	}
	in := w.place(t, y, p)
	w.m.rates.Eval(dy, in, w.rates)
	w.jy.evaluate(in)
	params := false
	for i := range out {
		clear(out[i])
		w.jy.multiply(out[i], vy[i])
		params = params || vp[i] != nil
	}
	if !params {
		return nil
	}
	w.jp.evaluate(in)
	for i := range out {
		if vp[i] != nil {
			w.jp.multiply(out[i], vp[i])
		}
	}
	return nil
}

func (w *graphSystem) jacobian(jac []float64, t float64, y, p []float64) error {
	if err := w.needJacobians(); err != nil {
		return err
	}
	w.jy.evaluate(w.place(t, y, p))
	clear(jac)
	n := w.m.g.States
	for i, e := range w.jy.s.at {
		jac[e.Row*n+e.Col] = w.jy.out[i]
	}
	return nil
}

func (w *graphSystem) vjp(gy, gp []float64, t float64, y, p, v []float64) error {
	if w.vjpProg == nil {
		prog, err := w.m.transposed()
		if err != nil {
			return err
		}
		w.vjpProg, w.vjpBuf, w.vjpOut = prog, prog.Scratch(), make([]float64, prog.Outputs())
	}
	in := w.place(t, y, p)
	n := w.m.g.States
	copy(in[1+n+w.m.g.Params:], v)
	w.vjpProg.Eval(w.vjpOut, in, w.vjpBuf)
	copy(gy, w.vjpOut[:n])
	if gp != nil {
		for i, d := range w.vjpOut[n:] {
			gp[i] += d
		}
	}
	return nil
}

func (w *graphSystem) needJacobians() error {
	if w.jy != nil {
		return nil
	}
	jy, jp, err := w.m.jacobians()
	if err != nil {
		return err
	}
	w.jy, w.jp = newSlopeEval(jy), newSlopeEval(jp)
	return nil
}

// jacobians builds f_y and f_p once.
func (m *GraphModel) jacobians() (jy, jp *slopes, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.jp == nil {
		if m.jy, err = newSlopes(m.g.Builder, m.g.Rates, m.g.states()); err != nil {
			return nil, nil, err
		}
		if m.jp, err = newSlopes(m.g.Builder, m.g.Rates, m.g.params()); err != nil {
			return nil, nil, err
		}
	}
	return m.jy, m.jp, nil
}

// transposed builds the program of f_y^T w, then f_p^T w, once. The weights w are
// inputs behind the parameters.
func (m *GraphModel) transposed() (*expr.Program, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.vjp == nil {
		b, g := m.g.Builder, &m.g
		weights := make([]expr.Node, g.States)
		for i := range weights {
			weights[i] = b.Input(1 + g.States + g.Params + i)
		}
		var err error
		if m.vjp, err = b.Compile(b.VJP(g.Rates, weights, append(g.states(), g.params()...))...); err != nil {
			return nil, err
		}
	}
	return m.vjp, nil
}

// slopeEval evaluates slopes for one goroutine.
type slopeEval struct {
	s               *slopes
	valued, entered []float64 // scratch
	out             []float64 // entries
}

func newSlopeEval(s *slopes) *slopeEval {
	return &slopeEval{s: s, valued: s.values.Scratch(), entered: s.entries.Scratch(), out: make([]float64, len(s.at))}
}

func (e *slopeEval) values(dst, in []float64) { e.s.values.Eval(dst, in, e.valued) }

// evaluate computes the entries.
func (e *slopeEval) evaluate(in []float64) { e.s.entries.Eval(e.out, in, e.entered) }

// multiply adds J v to dst.
func (e *slopeEval) multiply(dst, v []float64) {
	for i, at := range e.s.at {
		dst[at.Row] += e.out[i] * v[at.Col]
	}
}

func (e *slopeEval) addProduct(dst, in, v []float64) {
	e.evaluate(in)
	e.multiply(dst, v)
}

// addTransposed adds J^T w to dst.
func (e *slopeEval) addTransposed(dst, in, w []float64) {
	e.evaluate(in)
	for i, at := range e.s.at {
		dst[at.Col] += e.out[i] * w[at.Row]
	}
}
