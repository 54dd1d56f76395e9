package fit

import (
	"fmt"

	"github.com/odefit/odefit/dynsys/expr"
)

// Prediction gives, for an observation at time t in state y with parameters q and
// row values r, the arguments of the noise model: the mean, the scale unless the
// observable leaves it free, and the further one of models that have three. It is
// immutable and shared. Build one with [State] or [Predict].
type Prediction struct {
	states, params, rows int
	outputs              int // 1 to 3
	value                *expr.Program
	slope                *expr.Program // the outputs, then the entries below
	entries              []entry
	usesRow              bool // the mean needs values of the data row
}

// entry is a place of the Jacobian of a prediction that can differ from zero.
type entry struct {
	output int // 0 mean, 1 scale, 2 further
	input  int // in (y, q, r)
}

// Inputs are the symbols of which a prediction is made.
type Inputs struct {
	Builder *expr.Builder
	T       expr.Node
	Y       []expr.Node // states
	Q       []expr.Node // the experiment's parameters
	R       []expr.Node // values of the data row
}

// Predict traces f once to make a prediction of the nodes that it returns: mean,
// then scale, then the further argument, as many as the noise model needs.
func Predict(states, params, rows int, f func(in Inputs) []expr.Node) (*Prediction, error) {
	b := expr.NewBuilder()
	slot := 0
	next := func(n int) []expr.Node {
		nodes := make([]expr.Node, n)
		for i := range nodes {
			nodes[i] = b.Input(slot)
			slot++
		}
		return nodes
	}
	in := Inputs{Builder: b, T: next(1)[0], Y: next(states), Q: next(params), R: next(rows)}
	return newPrediction(b, states, params, rows, f(in))
}

// State predicts that state i is measured directly. Its scale is parameter scale
// of q, or left free where scale is negative.
func State(states, params, i, scale int) (*Prediction, error) {
	return Predict(states, params, 0, func(in Inputs) []expr.Node {
		if scale < 0 {
			return []expr.Node{in.Y[i]}
		}
		return []expr.Node{in.Y[i], in.Q[scale]}
	})
}

// newPrediction compiles nodes over the inputs [t, y, q, r].
func newPrediction(b *expr.Builder, states, params, rows int, outs []expr.Node) (*Prediction, error) {
	if len(outs) < 1 || len(outs) > 3 {
		return nil, fmt.Errorf("fit: a prediction has 1 to 3 values, not %d", len(outs))
	}
	p := &Prediction{states: states, params: params, rows: rows, outputs: len(outs)}
	slots := make([]int, states+params+rows)
	for i := range slots {
		slots[i] = 1 + i // behind t
	}
	for _, slot := range b.DependsOn(outs[0]) {
		p.usesRow = p.usesRow || slot >= 1+states+params
	}
	nodes := append([]expr.Node(nil), outs...)
	for _, e := range b.Jacobian(outs, slots) {
		p.entries = append(p.entries, entry{output: e.Row, input: e.Col})
		nodes = append(nodes, e.Node)
	}
	var err error
	if p.value, err = b.Compile(outs...); err != nil {
		return nil, err
	}
	p.slope, err = b.Compile(nodes...)
	return p, err
}

// predictor evaluates a prediction for one goroutine.
type predictor struct {
	p              *Prediction
	in             []float64 // t, y, q, r
	out            []float64 // of the slope program
	valued, sloped []float64 // scratch of the two programs
}

func (p *Prediction) predictor() *predictor {
	return &predictor{
		p:      p,
		in:     make([]float64, 1+p.states+p.params+p.rows),
		out:    make([]float64, p.outputs+len(p.entries)),
		valued: p.value.Scratch(), sloped: p.slope.Scratch(),
	}
}

// set places the inputs. r is filled by the caller in row().
func (w *predictor) set(t float64, y, q []float64) {
	w.in[0] = t
	copy(w.in[1:], y[:w.p.states])
	copy(w.in[1+w.p.states:], q[:w.p.params])
}

// row returns the inputs of the row values, to be filled.
func (w *predictor) row() []float64 { return w.in[1+w.p.states+w.p.params:] }

// values returns the outputs alone.
func (w *predictor) values() []float64 {
	out := w.out[:w.p.outputs]
	w.p.value.Eval(out, w.in, w.valued)
	return out
}

// slopes returns the outputs and the entries of their Jacobian.
func (w *predictor) slopes() (values, entries []float64) {
	w.p.slope.Eval(w.out, w.in, w.sloped)
	return w.out[:w.p.outputs], w.out[w.p.outputs:]
}
