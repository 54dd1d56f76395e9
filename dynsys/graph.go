package dynsys

import (
	"fmt"

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
// builder must not be used by others at the same time.
func (g Graph) Model() (*GraphModel, error) {
	if len(g.Rates) != g.States || g.Initial != nil && len(g.Initial) != g.States {
		panic(fmt.Sprintf("dynsys: %d rates and %d initial values for %d states", len(g.Rates), len(g.Initial), g.States))
	}
	m := newGraphModel(g)
	var err error
	if _, err = m.code(rates); err != nil {
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

// extra is the first input slot behind t, y, p: of weights and directions.
func (g *Graph) extra() int { return 1 + g.States + g.Params }

func slots(first, n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = first + i
	}
	return s
}

// inputs returns the nodes of slots.
func (g *Graph) inputs(slots []int) []expr.Node {
	nodes := make([]expr.Node, len(slots))
	for i, s := range slots {
		nodes[i] = g.Builder.Input(s)
	}
	return nodes
}

// slopes is a list of expressions with the entries of their Jacobian that can differ
// from zero. It is evaluated rarely, and always interpreted.
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
	s.entries, err = b.Compile(entryNodes(s.at)...)
	return s, err
}

func entryNodes(entries []expr.Entry) []expr.Node {
	nodes := make([]expr.Node, len(entries))
	for i, e := range entries {
		nodes[i] = e.Node
	}
	return nodes
}

// slopeEval evaluates slopes for one goroutine.
type slopeEval struct {
	s               *slopes
	in              []float64 // t, y, p, of which only p matters
	params          []float64 // in it
	valued, entered []float64 // scratch
	out             []float64 // entries
}

func (g *Graph) newSlopeEval(s *slopes) *slopeEval {
	in := make([]float64, g.extra())
	return &slopeEval{
		s: s, in: in, params: in[1+g.States:],
		valued: s.values.Scratch(), entered: s.entries.Scratch(), out: make([]float64, len(s.at)),
	}
}

func (e *slopeEval) values(dst, p []float64) {
	copy(e.params, p)
	e.s.values.Eval(dst, e.in, e.valued)
}

func (e *slopeEval) evaluate(p []float64) {
	copy(e.params, p)
	e.s.entries.Eval(e.out, e.in, e.entered)
}

// product sets dst = J v.
func (e *slopeEval) product(dst, p, v []float64) {
	e.evaluate(p)
	clear(dst)
	addProduct(dst, e.s.at, e.out, v)
}

// addTransposed adds J^T w to dst.
func (e *slopeEval) addTransposed(dst, p, w []float64) {
	e.evaluate(p)
	for i, at := range e.s.at {
		dst[at.Col] += e.out[i] * w[at.Row]
	}
}

// addProduct adds the product of a sparse matrix with v to dst.
func addProduct(dst []float64, places []expr.Entry, values, v []float64) {
	for i := range places {
		dst[places[i].Row] += values[i] * v[places[i].Col]
	}
}
