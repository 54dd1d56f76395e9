package dynsys

import "github.com/odefit/odefit/dynsys/expr"

// bends are the derivatives of the entries of f_y and f_p along a change of the inputs:
// of the state alone, or of time, state and parameters. They multiply any number of
// directions.
type bends struct {
	prog *expr.Program
	y, p []expr.Entry // places of the outputs, those of f_y first; zeros are left out
}

// changes is the number of inputs behind those of a VJP that hold the change: of the
// state, of time, of the parameters.
func (g *Graph) changes() int { return g.States + 1 + g.Params }

// bends builds them once, for a change of the state alone or of everything.
func (m *GraphModel) bends(all bool) (*bends, error) {
	jy, jp, err := m.jacobians()
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	which := 0
	if all {
		which = 1
	}
	if m.second[which] == nil {
		m.second[which], err = newBends(&m.g, jy.at, jp.at, all)
	}
	return m.second[which], err
}

func newBends(g *Graph, jy, jp []expr.Entry, all bool) (*bends, error) {
	b := g.Builder
	first := 1 + 2*g.States + g.Params
	in, seeds := g.states(), make([]expr.Node, 0, g.changes())
	if all {
		in = append(append(in, 0), g.params()...)
	}
	for i := range in {
		seeds = append(seeds, b.Input(first+i))
	}
	s := &bends{}
	var outs []expr.Node
	collect := func(entries []expr.Entry) (kept []expr.Entry) {
		nodes := make([]expr.Node, len(entries))
		for i, e := range entries {
			nodes[i] = e.Node
		}
		for i, n := range b.JVP(nodes, in, seeds) {
			if v, ok := b.Value(n); !ok || v != 0 {
				kept, outs = append(kept, entries[i]), append(outs, n)
			}
		}
		return kept
	}
	s.y, s.p = collect(jy), collect(jp)
	var err error
	s.prog, err = b.Compile(outs...)
	return s, err
}

// bendEval evaluates bends for one goroutine.
type bendEval struct {
	s            *bends
	scratch, out []float64
}

// secondDirectionals implements System.SecondDirectionals: one evaluation of the
// derivatives of the sparse Jacobians, and a sparse product for each direction.
func (w *graphSystem) secondDirectionals(out [][]float64, t float64, y, p []float64, vy, vp [][]float64, ut float64, uy, up []float64) error {
	which := 0
	if ut != 0 || up != nil {
		which = 1
	}
	e := &w.second[which]
	if e.s == nil {
		s, err := w.m.bends(which == 1)
		if err != nil {
			return err
		}
		*e = bendEval{s: s, scratch: s.prog.Scratch(), out: make([]float64, s.prog.Outputs())}
	}
	g := &w.m.g
	in := w.place(t, y, p)
	change := in[1+2*g.States+g.Params:]
	copy(change, uy)
	if which == 1 {
		change[g.States] = ut
		clear(change[g.States+1:])
		copy(change[g.States+1:], up)
	}
	e.s.prog.Eval(e.out, in, e.scratch)
	ny := len(e.s.y)
	for i := range out {
		clear(out[i])
		for k, at := range e.s.y {
			out[i][at.Row] += e.out[k] * vy[i][at.Col]
		}
		if vp[i] == nil {
			continue
		}
		for k, at := range e.s.p {
			out[i][at.Row] += e.out[ny+k] * vp[i][at.Col]
		}
	}
	return nil
}

// timeDerivative implements System.TimeDerivative.
func (w *graphSystem) timeDerivative(ft []float64, t float64, y, p []float64) error {
	if w.jt == nil {
		s, err := w.m.inTime()
		if err != nil {
			return err
		}
		w.jt = newSlopeEval(s)
	}
	clear(ft)
	w.one[0] = 1
	w.jt.addProduct(ft, w.place(t, y, p), w.one[:])
	return nil
}

// inTime builds f_t once.
func (m *GraphModel) inTime() (s *slopes, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.jt == nil {
		m.jt, err = newSlopes(m.g.Builder, m.g.Rates, []int{0})
	}
	return m.jt, err
}
