package fit

import (
	"slices"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/expr"
)

// linker makes the link of an experiment for one goroutine.
type linker interface {
	link(sys *dynsys.System[[]float64]) link
	// depends lists the parameters on which q or y0 depend, in increasing order.
	depends() []int
	// drives reports whether parameter k changes y0, or an entry of q for which moves is
	// true.
	drives(k int, moves func(i int) bool) bool
	// size returns the length of q.
	size() int
}

// link gives an experiment's own parameters q and initial state y0 as functions of
// all parameters theta.
type link interface {
	// values sets q and y0.
	values(q, y0, theta []float64) error
	// tangents sets dq[j] and dy0[j] to the derivatives in theta[active[j]].
	tangents(dq, dy0 [][]float64, theta []float64, active []int) error
}

// direct is the link of an experiment built in Go: every q is a number or a
// parameter, y0 is given or the model's own function of q.
type direct struct {
	params []Value
	y0     []float64
}

func newDirect(x *Experiment, all int) *direct {
	d := &direct{params: x.Params, y0: x.Y0}
	if d.params == nil {
		for i := range all {
			d.params = append(d.params, Fitted(i))
		}
	}
	return d
}

func (d *direct) size() int { return len(d.params) }

func (d *direct) depends() []int {
	var on []int
	for _, v := range d.params {
		if v.parameter > 0 {
			on = append(on, v.parameter-1)
		}
	}
	slices.Sort(on)
	return slices.Compact(on)
}

// drives takes every parameter that the model has for one that its own y0 depends on.
func (d *direct) drives(k int, moves func(i int) bool) bool {
	for i, v := range d.params {
		if v.parameter == k+1 && (d.y0 == nil || moves(i)) {
			return true
		}
	}
	return false
}

func (d *direct) link(sys *dynsys.System[[]float64]) link { return &directLink{direct: d, sys: sys} }

type directLink struct {
	*direct
	sys *dynsys.System[[]float64] // nil without states
	q   []float64
}

func (d *directLink) values(q, y0, theta []float64) error {
	for i, v := range d.params {
		q[i] = v.at(theta, nil)
	}
	if d.sys == nil {
		return nil
	}
	if d.y0 != nil {
		copy(y0, d.y0)
		return nil
	}
	return d.sys.Initial.Value(y0, q[:d.sys.NumParams])
}

func (d *directLink) tangents(dq, dy0 [][]float64, theta []float64, active []int) error {
	if d.q == nil {
		d.q = make([]float64, len(d.params))
	}
	for i, v := range d.params {
		d.q[i] = v.at(theta, nil)
	}
	for j, k := range active {
		for i, v := range d.params {
			dq[j][i] = 0
			if v.parameter == k+1 {
				dq[j][i] = 1
			}
		}
		if d.sys == nil {
			continue
		}
		if d.y0 != nil {
			clear(dy0[j])
			continue
		}
		n := d.sys.NumParams
		if err := d.sys.Initial.JVP(dy0[j], d.q[:n], dq[j][:n]); err != nil {
			return err
		}
	}
	return nil
}

// bound is the link of a text model: q and y0 are expressions of theta.
type bound struct {
	params, states int
	first          int           // input slot of theta[0]
	inputs         int           // input slots
	value          *expr.Program // q, then y0
	slope          *expr.Program // the entries below
	entries        []entry       // output in (q, y0), input in theta
	on             []int
}

// newBound compiles the nodes of q and y0, functions of theta, which stands in the
// input slots from first on.
func newBound(b *expr.Builder, q, y0 []expr.Node, first, parameters int) (*bound, error) {
	l := &bound{params: len(q), states: len(y0), first: first, inputs: first + parameters}
	outs := slices.Concat(q, y0)
	slots := make([]int, parameters)
	for i := range slots {
		slots[i] = first + i
	}
	var nodes []expr.Node
	for _, e := range b.Jacobian(outs, slots) {
		l.entries = append(l.entries, entry{output: e.Row, input: e.Col})
		l.on = append(l.on, e.Col)
		nodes = append(nodes, e.Node)
	}
	slices.Sort(l.on)
	l.on = slices.Compact(l.on)
	var err error
	if l.value, err = b.Compile(outs...); err != nil {
		return nil, err
	}
	l.slope, err = b.Compile(nodes...)
	return l, err
}

func (l *bound) size() int      { return l.params }
func (l *bound) depends() []int { return l.on }

func (l *bound) drives(k int, moves func(i int) bool) bool {
	return slices.ContainsFunc(l.entries, func(e entry) bool {
		return e.input == k && (e.output >= l.params || moves(e.output))
	})
}

func (l *bound) link(*dynsys.System[[]float64]) link {
	return &boundLink{
		bound:  l,
		in:     make([]float64, l.inputs),
		out:    make([]float64, max(l.params+l.states, len(l.entries))),
		valued: l.value.Scratch(), sloped: l.slope.Scratch(),
	}
}

type boundLink struct {
	*bound
	in, out        []float64
	valued, sloped []float64 // scratch of the two programs
}

func (l *boundLink) values(q, y0, theta []float64) error {
	out := l.out[:l.params+l.states]
	copy(l.in[l.first:], theta)
	l.value.Eval(out, l.in, l.valued)
	copy(q, out[:l.params])
	copy(y0, out[l.params:])
	return nil
}

func (l *boundLink) tangents(dq, dy0 [][]float64, theta []float64, active []int) error {
	for j := range active {
		clear(dq[j])
		if l.states > 0 {
			clear(dy0[j])
		}
	}
	out := l.out[:len(l.entries)]
	copy(l.in[l.first:], theta)
	l.slope.Eval(out, l.in, l.sloped)
	for i, e := range l.entries {
		j, ok := slices.BinarySearch(active, e.input)
		switch {
		case !ok: // fixed
		case e.output < l.params:
			dq[j][e.output] = out[i]
		default:
			dy0[j][e.output-l.params] = out[i]
		}
	}
	return nil
}
