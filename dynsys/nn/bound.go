package nn

import "fmt"

// bound is a term with its indices filled in and the scratch memory of one goroutine.
type bound struct {
	net        MLP
	ws         *Workspace
	dim        int
	from, into []int
	time       bool
	x, v       []float64 // an input of the network, a direction or gradient of it
	out        []float64 // an output, a covector of it
}

func (t Term) bind(dim int) (*bound, error) {
	if err := t.Net.Validate(); err != nil {
		return nil, err
	}
	b := &bound{net: t.Net, dim: dim, time: t.Time}
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
	b.ws = t.Net.NewWorkspace()
	b.x, b.v = make([]float64, inputs), make([]float64, inputs)
	b.out = make([]float64, t.Net.Outputs)
	return b, nil
}

// gather sets the network's input at (t, y).
func (b *bound) gather(t float64, y []float64) {
	for i, j := range b.from {
		b.x[i] = y[j]
	}
	if b.time {
		b.x[len(b.from)] = t
	}
}

// evaluate prepares addPush, addPull and addJacobian.
func (b *bound) evaluate(t float64, y, w []float64) {
	b.gather(t, y)
	b.net.hidden(b.x, w, b.ws)
}

// addValue adds N to dy. It prepares the others, too.
func (b *bound) addValue(dy []float64, t float64, y, w []float64) {
	b.gather(t, y)
	b.net.Forward(b.out, b.x, w, b.ws)
	b.scatter(dy)
}

func (b *bound) scatter(dy []float64) {
	for i, j := range b.into {
		dy[j] += b.out[i]
	}
}

func (b *bound) addPush(out, w, vy, vw []float64) {
	clear(b.v) // time does not move
	for i, j := range b.from {
		b.v[i] = vy[j]
	}
	b.net.Push(b.out, w, b.v, vw, b.ws)
	b.scatter(out)
}

func (b *bound) addPull(gy, gw, w, c []float64) {
	for i, j := range b.into {
		b.out[i] = c[j]
	}
	b.net.Pull(b.v, gw, w, b.out, b.ws)
	for i, j := range b.from {
		gy[j] += b.v[i]
	}
}

// addJacobian pushes each input through.
func (b *bound) addJacobian(jac, w []float64) {
	for i, column := range b.from {
		clear(b.v)
		b.v[i] = 1
		b.net.Push(b.out, w, b.v, nil, b.ws)
		for k, row := range b.into {
			jac[row*b.dim+column] += b.out[k]
		}
	}
}
