package nn

import (
	"fmt"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/integrate"
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

	// Y0 are initial values, known numbers, of the first states of a trajectory; the
	// others begin at 0. Fewer than there are states make an augmented equation, whose
	// further states give trajectories room to cross (Dupont et al., NeurIPS 2019). With
	// Trajectories, those of one after those of the other. Nil: who solves gives
	// the initial state.
	Y0 []float64

	// Trajectories, if not 0, is the number of independent solutions that the state
	// holds one after the other. Then a layer costs one product of two matrices for all
	// of them, and they share their steps. The Jacobian is sparse.
	Trajectories int
}

// System returns the system with scratch memory of its own. The error says what in
// the network does not fit.
func (o ODE) System() (*dynsys.System[[]float64], error) {
	rows, err := trajectories(o.Trajectories)
	if err != nil {
		return nil, err
	}
	s, err := Term{Net: o.Net, Time: o.Time}.addTo(nothing(rows*o.Net.Outputs), rows)
	if err != nil || o.Y0 == nil {
		return s, err
	}
	if len(o.Y0)%rows != 0 || len(o.Y0) > s.Dim {
		return nil, fmt.Errorf("nn: %d initial values for %d trajectories of %d states", len(o.Y0), rows, o.Net.Outputs)
	}
	s.Initial = startAt(o.Y0, rows)
	return s, nil
}

// Close does nothing.
func (o ODE) Close() error { return nil }

// startAt is the initial state of rows trajectories with the first values of each.
func startAt(y0 []float64, rows int) dynsys.Initial[[]float64] {
	known := len(y0) / rows
	return dynsys.Initial[[]float64]{
		Value: func(out, _ []float64) error {
			clear(out)
			for r := range rows {
				copy(out[r*len(out)/rows:], y0[r*known:(r+1)*known])
			}
			return nil
		},
		JVP:         func(out, _, _ []float64) error { clear(out); return nil },
		VJP:         func(_, _, _ []float64) error { return nil },
		SecondOrder: func(_, _, _, _ []float64) error { return nil },
	}
}

// nothing is the system y' = 0.
func nothing(dim int) *dynsys.System[[]float64] {
	zero := func(v []float64) error { clear(v); return nil }
	return &dynsys.System[[]float64]{
		Dim:        dim,
		Pattern:    integrate.Entries(dim, nil, nil),
		Autonomous: true,
		RHS:        func(dy []float64, _ float64, _, _ []float64) error { return zero(dy) },
		JVP:        func(out []float64, _ float64, _, _, _, _ []float64) error { return zero(out) },
		VJP:        func(gy, _ []float64, _ float64, _, _, _ []float64) error { return zero(gy) },
		Jacobian:   func(_ []float64, _ float64, _, _ []float64) error { return nil },
		TimeDerivative: func(ft []float64, _ float64, _, _ []float64) error {
			return zero(ft)
		},
		TimeVJP: func(gy, _ []float64, _ float64, _, _, _ []float64) error { return zero(gy) },
		SecondOrder: func(gy, _ []float64, _ float64, _, _, _, _, _ []float64) (float64, error) {
			return 0, zero(gy)
		},
		SecondDirectional: func(out []float64, _ float64, _, _, _, _ []float64, _ float64, _, _ []float64) error {
			return zero(out)
		},
	}
}

// Hybrid is a known model with a network for what is not known of it, the universal
// differential equation y' = f(t, y, p_f) + N(y; w) (Rackauckas et al., arXiv
// 2001.04385). Its parameters are p = (p_f, w).
type Hybrid struct {
	Known dynsys.Model
	Term  Term

	// Trajectories, if not 0, is the number of independent solutions that the state
	// holds one after the other; see [ODE]. All of them have the parameters, breaks and
	// initial values of the known model, which must have no events.
	Trajectories int
}

// System returns the sum with scratch memory of its own. The error is Known's, or says
// what in the term does not fit.
func (h Hybrid) System() (*dynsys.System[[]float64], error) {
	rows, err := trajectories(h.Trajectories)
	if err != nil {
		return nil, err
	}
	known, err := h.Known.System()
	if err != nil {
		return nil, fmt.Errorf("nn: the known part: %w", err)
	}
	if known, err = repeated(known, rows); err != nil {
		return nil, err
	}
	return h.Term.addTo(known, rows)
}

// Close closes the known model.
func (h Hybrid) Close() error { return h.Known.Close() }
