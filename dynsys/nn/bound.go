package nn

import (
	"fmt"

	"github.com/odefit/odefit/dynsys"
)

// bound is a term with its indices filled in and the scratch memory of one goroutine,
// for a state of rows trajectories of dim states each.
type bound struct {
	net        MLP
	ws         *Workspace
	rows, dim  int
	from, into []int
	time       bool
	x, v       []float64 // an input of the network, a direction or gradient of it
	out        []float64 // an output, a covector of it
	entries    []int     // where addJacobian adds, in its order
}

func (t Term) bind(dim, rows int) (*bound, error) {
	if err := t.Net.Validate(); err != nil {
		return nil, err
	}
	b := &bound{net: t.Net, rows: rows, dim: dim, time: t.Time}
	for _, side := range []struct {
		name    string
		given   []int
		indices *[]int
	}{{"From", t.From, &b.from}, {"Into", t.Into, &b.into}} {
		*side.indices = append(*side.indices, side.given...)
		if side.given == nil {
			for i := range dim {
				*side.indices = append(*side.indices, i)
			}
		}
		for _, i := range *side.indices {
			if i < 0 || i >= dim {
				return nil, fmt.Errorf("nn: %s names state %d of %d", side.name, i, dim)
			}
		}
	}
	inputs, what := len(b.from), "states"
	if t.Time {
		inputs, what = inputs+1, "states and time"
	}
	if t.Net.Inputs != inputs {
		return nil, fmt.Errorf("nn: a network of %d inputs cannot read %d %s", t.Net.Inputs, inputs, what)
	}
	if t.Net.Outputs != len(b.into) {
		return nil, fmt.Errorf("nn: a network of %d outputs cannot be added to %d states", t.Net.Outputs, len(b.into))
	}
	b.ws = t.Net.NewBatch(rows)
	b.x, b.v = make([]float64, rows*inputs), make([]float64, rows*inputs)
	b.out = make([]float64, rows*t.Net.Outputs)
	return b, nil
}

// gather sets the inputs of the network from states and, where it reads it, time.
func (b *bound) gather(x []float64, t float64, y []float64) {
	for r := range b.rows {
		row, states := x[r*b.net.Inputs:(r+1)*b.net.Inputs], y[r*b.dim:(r+1)*b.dim]
		for i, j := range b.from {
			row[i] = states[j]
		}
		if b.time {
			row[len(b.from)] = t
		}
	}
}

// scatter adds the outputs to the derivatives of the states.
func (b *bound) scatter(dy []float64) {
	for r := range b.rows {
		row, states := b.out[r*b.net.Outputs:(r+1)*b.net.Outputs], dy[r*b.dim:(r+1)*b.dim]
		for k, i := range b.into {
			states[i] += row[k]
		}
	}
}

// gatherOut sets b.out to the covector of the outputs that c is to the term's.
func (b *bound) gatherOut(c []float64) {
	for r := range b.rows {
		row, states := b.out[r*b.net.Outputs:(r+1)*b.net.Outputs], c[r*b.dim:(r+1)*b.dim]
		for k, i := range b.into {
			row[k] = states[i]
		}
	}
}

// scatterIn adds the gradient b.v of the inputs to that of the states, and returns
// that of time.
func (b *bound) scatterIn(gy []float64) (gt float64) {
	for r := range b.rows {
		row, states := b.v[r*b.net.Inputs:(r+1)*b.net.Inputs], gy[r*b.dim:(r+1)*b.dim]
		for i, j := range b.from {
			states[j] += row[i]
		}
		if b.time {
			gt += row[len(b.from)]
		}
	}
	return gt
}

// evaluate prepares addPush, addPull, addBend, addTime and addJacobian.
func (b *bound) evaluate(t float64, y, w []float64) {
	b.gather(b.x, t, y)
	b.net.hidden(b.x, w, b.ws)
}

// addValue adds N to dy. It prepares the others, too.
func (b *bound) addValue(dy []float64, t float64, y, w []float64) {
	b.gather(b.x, t, y)
	b.net.Forward(b.out, b.x, w, b.ws)
	b.scatter(dy)
}

func (b *bound) addPush(out, w, vy, vw []float64) {
	b.gather(b.v, 0, vy) // time does not move
	b.net.Push(b.out, w, b.v, vw, b.ws)
	b.scatter(out)
}

func (b *bound) addPull(gy, gw, w, c []float64) {
	b.gatherOut(c)
	b.net.Pull(b.v, gw, w, b.out, b.ws)
	b.scatterIn(gy)
}

// addTime adds the derivative of N in t.
func (b *bound) addTime(ft, w []float64) {
	b.unit(len(b.from))
	b.net.Push(b.out, w, b.v, nil, b.ws)
	b.scatter(ft)
}

// addTimePull adds the derivatives in states and weights of c . N_t.
func (b *bound) addTimePull(gy, gw []float64, t float64, y, w, c []float64) {
	b.gather(b.x, t, y)
	b.unit(len(b.from))
	b.gatherOut(c)
	b.net.SecondOrder(b.v, gw, b.x, w, b.v, nil, b.out, b.ws)
	b.scatterIn(gy)
}

func (b *bound) addSecondOrder(gy, gw []float64, t float64, y, w, vy, vw, c []float64) (gt float64) {
	b.gather(b.x, t, y)
	b.gather(b.v, 0, vy)
	b.gatherOut(c)
	b.net.SecondOrder(b.v, gw, b.x, w, b.v, vw, b.out, b.ws)
	return b.scatterIn(gy)
}

// addBend adds the derivative of a push along the change (ux, uw) of inputs and weights.
func (b *bound) addBend(out, w, vy, vw, ux, uw []float64) {
	b.gather(b.v, 0, vy)
	b.net.bend(b.out, w, b.v, vw, ux, uw, b.ws)
	b.scatter(out)
}

// unit sets b.v to the direction of input i.
func (b *bound) unit(i int) {
	clear(b.v)
	for r := range b.rows {
		b.v[r*b.net.Inputs+i] = 1
	}
}

// place says where the entries of the term's Jacobian go: into the matrix of s, whose
// Pattern is that of the sum.
func (b *bound) place(s *dynsys.System[[]float64]) {
	for _, j := range b.from {
		for r := range b.rows {
			for _, i := range b.into {
				row, column := r*b.dim+i, r*b.dim+j
				if s.Pattern == nil {
					b.entries = append(b.entries, row*s.Dim+column)
				} else {
					b.entries = append(b.entries, s.Pattern.At(row, column))
				}
			}
		}
	}
}

// addJacobian pushes each input through, for all trajectories at once.
func (b *bound) addJacobian(jac, w []float64) {
	entries := b.entries
	for i := range b.from {
		b.unit(i)
		b.net.Push(b.out, w, b.v, nil, b.ws)
		for k, v := range b.out {
			jac[entries[k]] += v
		}
		entries = entries[len(b.out):]
	}
}
