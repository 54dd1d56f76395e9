package nn

import (
	"fmt"

	"github.com/odefit/odefit/dynsys"
)

var (
	_ dynsys.Model = ODE{}
	_ dynsys.Model = Hybrid{}
)

// ODE is the neural differential equation y' = N(y; p), or y' = N(y, t; p) if Time is
// set (Chen et al., Neural Ordinary Differential Equations, NeurIPS 2018). Its
// parameters are the weights of the network, in the order that [MLP] tells.
type ODE struct {
	Net  MLP
	Time bool
}

// System returns the system with scratch memory of its own. The error says what in
// the network does not fit.
func (o ODE) System() (*dynsys.System[[]float64], error) {
	return Term{Net: o.Net, Time: o.Time}.AddTo(nothing(o.Net.Outputs))
}

// Close does nothing.
func (o ODE) Close() error { return nil }

// nothing is the system y' = 0.
func nothing(dim int) *dynsys.System[[]float64] {
	return &dynsys.System[[]float64]{
		Dim: dim,
		RHS: func(dy []float64, _ float64, _, _ []float64) error {
			clear(dy)
			return nil
		},
		JVP: func(out []float64, _ float64, _, _, _, _ []float64) error {
			clear(out)
			return nil
		},
		VJP: func(gy, _ []float64, _ float64, _, _, _ []float64) error {
			clear(gy)
			return nil
		},
		Jacobian: func(jac []float64, _ float64, _, _ []float64) error {
			clear(jac)
			return nil
		},
	}
}

// Hybrid is a known model with a network for what is not known of it, the universal
// differential equation y' = f(t, y, p_f) + N(y; w) (Rackauckas et al., arXiv
// 2001.04385). Its parameters are p = (p_f, w).
type Hybrid struct {
	Known dynsys.Model
	Term  Term
}

// System returns the sum with scratch memory of its own. The error is Known's, or says
// what in the term does not fit.
func (h Hybrid) System() (*dynsys.System[[]float64], error) {
	known, err := h.Known.System()
	if err != nil {
		return nil, fmt.Errorf("nn: the known part: %w", err)
	}
	return h.Term.AddTo(known)
}

// Close closes the known model.
func (h Hybrid) Close() error { return h.Known.Close() }
