package nn

import "fmt"

// MLP is a multilayer perceptron: fully connected hidden layers and a linear output,
//
//	a_0     = ((x - Center)/Scale)^Power
//	a_{l+1} = f_l(W_l a_l + b_l)  [+ a_l]     for each hidden layer l
//	N(x; w) = OutputScale (W_L a_L + b_L)     with L = len(Hidden)
//
// It is a shape only; the weights w are an argument of every method. They lie in one
// vector, layer after layer from the inputs to the output: first W_l row by row (one
// row a unit), then b_l.
//
// An MLP must not be changed while it is in use. Any number of goroutines may share
// it, each with a [Workspace] of its own. Vectors given to a method must have the
// lengths of the network, or it panics.
type MLP struct {
	Inputs  int
	Hidden  []Layer // none: N is linear
	Outputs int

	// Residual adds to the output of each hidden layer its input, where both have the
	// same number of units (He et al., CVPR 2016). At least one layer must be so.
	Residual bool

	// Center and Scale bring inputs of very different size to the same one. They are
	// constants, one for each input; nil means 0 and 1.
	Center, Scale []float64

	// Power is the power to which each scaled input is raised; 0 means 1. Where a
	// derivative is known to grow like the cube of the states, 3 says so.
	Power int

	// OutputScale multiplies the outputs, so that weights of size 1 make outputs of
	// the size of a derivative. Constants, one for each output; nil means 1.
	OutputScale []float64
}

// Layer is a hidden layer.
type Layer struct {
	Units      int
	Activation Activation
}

// NumParams returns the number of weights and biases.
func (m *MLP) NumParams() int {
	n, in := 0, m.Inputs
	for l := range len(m.Hidden) + 1 {
		out := m.units(l)
		n += out * (in + 1)
		in = out
	}
	return n
}

// units returns the number of outputs of layer l, counting the linear output as layer
// len(Hidden).
func (m *MLP) units(l int) int {
	if l < len(m.Hidden) {
		return m.Hidden[l].Units
	}
	return m.Outputs
}

// residual says whether hidden layer l, with in inputs, adds them to its output.
func (m *MLP) residual(l, in int) bool { return m.Residual && m.Hidden[l].Units == in }

// LayerParams returns the part of w that holds W_l and b_l. It shares memory with w.
func (m *MLP) LayerParams(w []float64, l int) (weights, biases []float64) {
	in := m.Inputs
	for k := range l {
		out := m.units(k)
		w = w[out*(in+1):]
		in = out
	}
	out := m.units(l)
	return w[:out*in], w[out*in : out*(in+1)]
}

// Validate returns an error that names what is wrong with the shape, if anything.
func (m *MLP) Validate() error {
	switch {
	case m.Inputs < 1:
		return fmt.Errorf("nn: %d inputs", m.Inputs)
	case m.Outputs < 1:
		return fmt.Errorf("nn: %d outputs", m.Outputs)
	case m.Power < 0:
		return fmt.Errorf("nn: inputs to the power %d", m.Power)
	case m.Center != nil && len(m.Center) != m.Inputs:
		return fmt.Errorf("nn: %d values of Center for %d inputs", len(m.Center), m.Inputs)
	case m.Scale != nil && len(m.Scale) != m.Inputs:
		return fmt.Errorf("nn: %d values of Scale for %d inputs", len(m.Scale), m.Inputs)
	case m.OutputScale != nil && len(m.OutputScale) != m.Outputs:
		return fmt.Errorf("nn: %d values of OutputScale for %d outputs", len(m.OutputScale), m.Outputs)
	}
	in, residual := m.Inputs, false
	for l, h := range m.Hidden {
		if h.Units < 1 {
			return fmt.Errorf("nn: hidden layer %d has %d units", l, h.Units)
		}
		if int(h.Activation) >= len(activationNames) {
			return fmt.Errorf("nn: hidden layer %d has no valid activation: %v", l, h.Activation)
		}
		residual = residual || h.Units == in
		in = h.Units
	}
	if m.Residual && !residual {
		return fmt.Errorf("nn: Residual is set, but no hidden layer has as many units as inputs")
	}
	for i, s := range m.Scale {
		if s == 0 || s-s != 0 {
			return fmt.Errorf("nn: Scale of input %d is %v", i, s)
		}
	}
	for i, s := range m.OutputScale {
		if s == 0 || s-s != 0 {
			return fmt.Errorf("nn: OutputScale of output %d is %v", i, s)
		}
	}
	for i, c := range m.Center {
		if c-c != 0 {
			return fmt.Errorf("nn: Center of input %d is %v", i, c)
		}
	}
	return nil
}
