package dynsys

import (
	"errors"
	"slices"
	"sync"

	"github.com/odefit/odefit/dynsys/expr"
	"github.com/odefit/odefit/integrate"
)

// kind is what a code of a model computes. Behind t, y, p its inputs hold the vectors
// that its comment names, in that order.
type kind int

const (
	rates         kind = iota
	jvpState           // f_y vy: vy
	jvpAll             // f_y vy + f_p vp: vy, vp
	vjp                // f_y^T w, f_p^T w: w
	jacobian           // entries of f_y
	ratesState         // f, entries of f_y
	ratesAll           // f, entries of f_y, of f_p
	inTime             // f_t
	inTimeVJP          // f_ty^T w, f_tp^T w: w
	secondState        // derivatives of w.(f_y vy) in y, p, t: w, vy
	secondAll          // derivatives of w.(f_y vy + f_p vp) in y, p, t: w, vy, vp
	bendState          // derivatives of the entries of f_y, f_p along uy: uy
	bendAll            // the same along (ut, uy, up): uy, ut, up
	initialSecond      // derivative of (dy0/dp)^T w along vp: w, vp
	numKinds
)

// GraphModel is a compiled [Graph], shared by goroutines. Its functions are made when
// they are first needed; those that are evaluated often become machine code, which
// Close frees.
type GraphModel struct {
	g          Graph
	initial    *slopes // of y0 in p
	breaks     *slopes // of the break times in p
	autonomous bool
	idle       []bool             // parameters that are neither in rates nor in breaks
	pattern    *integrate.Pattern // of f_y, nil where it is stored densely

	mu     sync.Mutex // guards the builder and what follows
	codes  [numKinds]expr.Code
	closed bool

	// places of the entries; Col counts states or parameters. Those of f_y are in the
	// order in which the Jacobian is stored.
	fy, fp []expr.Entry
	hasFp  bool
	place  []int // of the entries of f_y in a dense Jacobian

	bent [2]bends // for bendState and bendAll
}

// bends are the places of the entries of f_y and f_p whose derivatives are not zero by
// structure.
type bends struct{ y, p []expr.Entry }

var _ Model = (*GraphModel)(nil)

func newGraphModel(g Graph) *GraphModel {
	m := &GraphModel{g: g, autonomous: !slices.Contains(g.Builder.DependsOn(g.Rates...), 0)}
	m.idle = g.idle()
	m.fy = g.Builder.Jacobian(g.Rates, g.states())
	m.pattern = storage(g.States, m.fy)
	if m.pattern == nil {
		for _, e := range m.fy {
			m.place = append(m.place, e.Row*g.States+e.Col)
		}
	}
	return m
}

// idle tells the parameters that are neither in rates nor in breaks.
func (g *Graph) idle() []bool {
	used := g.Builder.DependsOn(slices.Concat(g.Rates, g.Breaks)...)
	idle := make([]bool, g.Params)
	for i, slot := range g.params() {
		_, found := slices.BinarySearch(used, slot)
		idle[i] = !found
	}
	return idle
}

// Close frees the machine code of the model. Its systems must not be used then.
func (m *GraphModel) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	var errs []error
	for _, c := range m.codes {
		if c != nil {
			errs = append(errs, c.Close())
		}
	}
	return errors.Join(errs...)
}

// code returns the code of a kind, which it makes at the first call.
func (m *GraphModel) code(k kind) (expr.Code, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, errors.New("dynsys: a system of a closed model")
	}
	if m.codes[k] == nil {
		outs, extra := m.outputs(k)
		p, err := m.g.Builder.CompileFor(m.g.extra()+extra, outs...)
		if err != nil {
			return nil, err
		}
		m.codes[k] = p.Adaptive()
	}
	return m.codes[k], nil
}

// outputs builds the expressions of a kind and returns the number of its inputs behind
// t, y, p.
func (m *GraphModel) outputs(k kind) (outs []expr.Node, extra int) {
	g, b := &m.g, m.g.Builder
	n, np, first := g.States, g.Params, g.extra()
	vector := func(offset, n int) []expr.Node { return g.inputs(slots(first+offset, n)) }
	switch k {
	case rates:
		return g.Rates, 0
	case jvpState:
		return b.JVP(g.Rates, g.states(), vector(0, n)), n
	case jvpAll:
		return b.JVP(g.Rates, slots(1, n+np), vector(0, n+np)), n + np
	case vjp:
		return b.VJP(g.Rates, vector(0, n), slots(1, n+np)), n
	case jacobian:
		return entryNodes(m.fy), 0
	case ratesState:
		return slices.Concat(g.Rates, entryNodes(m.fy)), 0
	case ratesAll:
		return slices.Concat(g.Rates, entryNodes(m.fy), entryNodes(m.inParams())), 0
	case inTime:
		return b.JVP(g.Rates, []int{0}, []expr.Node{b.Const(1)}), 0
	case inTimeVJP:
		ft := b.JVP(g.Rates, []int{0}, []expr.Node{b.Const(1)})
		return b.VJP(ft, vector(0, n), slots(1, n+np)), n
	case secondState:
		jvp := b.JVP(g.Rates, g.states(), vector(n, n))
		return b.VJP(jvp, vector(0, n), append(slots(1, n+np), 0)), 2 * n
	case secondAll:
		jvp := b.JVP(g.Rates, slots(1, n+np), vector(n, n+np))
		return b.VJP(jvp, vector(0, n), append(slots(1, n+np), 0)), 2*n + np
	case bendState:
		m.bent[0], outs = m.bend(g.states(), vector(0, n))
		return outs, n
	case bendAll:
		m.bent[1], outs = m.bend(slices.Concat(g.states(), []int{0}, g.params()), vector(0, n+1+np))
		return outs, n + 1 + np
	case initialSecond:
		vjp := b.VJP(g.Initial, vector(0, n), g.params())
		return b.JVP(vjp, g.params(), vector(n, np)), n + np
	}
	panic("dynsys: no such code")
}

// inParams returns the entries of f_p.
func (m *GraphModel) inParams() []expr.Entry {
	if !m.hasFp {
		m.fp, m.hasFp = m.g.Builder.Jacobian(m.g.Rates, m.g.params()), true
	}
	return m.fp
}

// bend returns the derivatives of the entries of f_y and f_p along seeds that are not
// zero by structure, and the places of those entries.
func (m *GraphModel) bend(slots []int, seeds []expr.Node) (s bends, outs []expr.Node) {
	collect := func(entries []expr.Entry) (kept []expr.Entry) {
		for i, n := range m.g.Builder.JVP(entryNodes(entries), slots, seeds) {
			if n != expr.Zero {
				kept, outs = append(kept, entries[i]), append(outs, n)
			}
		}
		return kept
	}
	s.y, s.p = collect(m.fy), collect(m.inParams())
	return s, outs
}
