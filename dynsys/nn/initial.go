package nn

import (
	"math"
	"math/rand/v2"
)

// Scheme is how widely initial weights scatter.
type Scheme uint8

const (
	// ByActivation is He for a layer with ReLU, Softplus, GELU or Swish, which pass on
	// about half of what they get, and Glorot for the others and the output.
	ByActivation Scheme = iota

	// Glorot draws from the uniform distribution on [-r, r] with
	// r = sqrt(6/(inputs + outputs)) (Glorot, Bengio, AISTATS 2010, eq. 16).
	Glorot

	// He draws from the normal distribution with variance 2/inputs (He et al., ICCV
	// 2015, eq. 10).
	He
)

// SmallStart is a value for Init.Output that makes a network begin close to zero.
const SmallStart = 0.01

// Init says how initial weights are drawn. Its zero value is right for a network that
// stands alone.
type Init struct {
	// Seed of the generator (PCG). Equal seeds give equal weights.
	Seed uint64

	Scheme Scheme

	// Output multiplies the weights of the linear output; 0 means 1. A network that
	// is added to a known model should change little at first: see [SmallStart].
	Output float64
}

// Init fills w with initial weights; biases are 0.
func (m *MLP) Init(w []float64, o Init) {
	m.check("w", w, m.NumParams())
	rng := rand.New(rand.NewPCG(o.Seed, 0))
	in := m.Inputs
	for l := range len(m.Hidden) + 1 {
		weights, biases := m.LayerParams(w, l)
		draw := uniform(in, m.units(l), rng)
		if o.Scheme == He || o.Scheme == ByActivation && m.halves(l) {
			sd := math.Sqrt(2 / float64(in))
			draw = func() float64 { return sd * rng.NormFloat64() }
		}
		for i := range weights {
			weights[i] = draw()
		}
		clear(biases)
		in = m.units(l)
	}
	if o.Output != 0 {
		weights, _ := m.LayerParams(w, len(m.Hidden))
		for i := range weights {
			weights[i] *= o.Output
		}
	}
}

// halves says whether layer l has an activation that is about 0 for negative inputs.
func (m *MLP) halves(l int) bool {
	if l == len(m.Hidden) {
		return false
	}
	switch m.Hidden[l].Activation {
	case ReLU, Softplus, GELU, Swish:
		return true
	}
	return false
}

// uniform returns the draws of Glorot's scheme.
func uniform(in, out int, rng *rand.Rand) func() float64 {
	r := math.Sqrt(6 / float64(in+out))
	return func() float64 { return r * (2*rng.Float64() - 1) }
}
