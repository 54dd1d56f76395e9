package nn

import (
	"fmt"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/integrate"
)

// Augmented is a model with further states,
//
//	y' = f(t, y, p),   z' = 0,   z(0) = 0,
//
// to be the known part of a [Hybrid] whose term moves z: memory for a network beside the
// states that have a meaning (Dupont et al., Augmented Neural ODEs, NeurIPS 2019). Where
// the known model has no initial values, who solves gives those of y and zeros.
type Augmented struct {
	Known dynsys.Model
	Extra int // number of further states
}

var _ dynsys.Model = Augmented{}

// System returns the system with scratch memory of its own.
func (a Augmented) System() (*dynsys.System[[]float64], error) {
	one, err := a.Known.System()
	if err != nil {
		return nil, err
	}
	if a.Extra < 0 {
		return nil, fmt.Errorf("nn: %d further states", a.Extra)
	}
	if len(one.Events) > 0 || one.Mass != nil {
		return nil, fmt.Errorf("nn: further states for a model with events or a mass matrix")
	}
	one = withSingle(one)
	d := one.Dim
	s := &dynsys.System[[]float64]{
		Dim:         d + a.Extra,
		NumParams:   one.NumParams,
		Autonomous:  one.Autonomous,
		Approximate: one.Approximate,
		Breaks:      one.Breaks,
		Initial:     augmentedInitial(one),
		Pattern:     augmentedPattern(one, d+a.Extra),
		RHS: func(dy []float64, t float64, y, p []float64) error {
			clear(dy[d:])
			return one.RHS(dy[:d], t, y[:d], p)
		},
	}
	if one.JVP != nil {
		s.JVP = func(out []float64, t float64, y, p, vy, vp []float64) error {
			clear(out[d:])
			return one.JVP(out[:d], t, y[:d], p, vy[:d], vp)
		}
	}
	if one.VJP != nil {
		s.VJP = func(gy, gp []float64, t float64, y, p, w []float64) error {
			clear(gy[d:])
			return one.VJP(gy[:d], gp, t, y[:d], p, w[:d])
		}
	}
	if one.Jacobian != nil {
		s.Jacobian = augmentedJacobian(one)
	}
	if one.TimeDerivative != nil {
		s.TimeDerivative = func(ft []float64, t float64, y, p []float64) error {
			clear(ft[d:])
			return one.TimeDerivative(ft[:d], t, y[:d], p)
		}
	}
	if one.TimeVJP != nil {
		s.TimeVJP = func(gy, gp []float64, t float64, y, p, w []float64) error {
			clear(gy[d:])
			return one.TimeVJP(gy[:d], gp, t, y[:d], p, w[:d])
		}
	}
	if one.SecondOrder != nil {
		s.SecondOrder = func(gy, gp []float64, t float64, y, p, vy, vp, w []float64) (float64, error) {
			clear(gy[d:])
			return one.SecondOrder(gy[:d], gp, t, y[:d], p, vy[:d], vp, w[:d])
		}
	}
	if one.SecondDirectional != nil {
		s.SecondDirectional = func(out []float64, t float64, y, p, vy, vp []float64, ut float64, uy, up []float64) error {
			clear(out[d:])
			return one.SecondDirectional(out[:d], t, y[:d], p, vy[:d], vp, ut, uy[:d], up)
		}
	}
	return s, nil
}

// Close closes the known model.
func (a Augmented) Close() error { return a.Known.Close() }

func augmentedInitial(one *dynsys.System[[]float64]) dynsys.Initial[[]float64] {
	y0, d := one.Initial, one.Dim
	if y0.Value == nil {
		return y0
	}
	out := dynsys.Initial[[]float64]{
		Value: func(out, p []float64) error { clear(out[d:]); return y0.Value(out[:d], p) },
		JVP:   func(out, p, vp []float64) error { clear(out[d:]); return y0.JVP(out[:d], p, vp) },
		VJP:   func(gp, p, w []float64) error { return y0.VJP(gp, p, w[:d]) },
	}
	if y0.SecondOrder != nil {
		out.SecondOrder = func(gp, p, vp, w []float64) error { return y0.SecondOrder(gp, p, vp, w[:d]) }
	}
	return out
}

// augmentedPattern has no entries for the further states. A full Jacobian is
// described column by column.
func augmentedPattern(one *dynsys.System[[]float64], dim int) *integrate.Pattern {
	p := one.Pattern
	if p == nil {
		p = integrate.Banded(one.Dim, one.Dim-1, one.Dim-1)
	}
	all := &integrate.Pattern{N: dim, Row: p.Row, Start: append([]int{}, p.Start...)}
	for range dim - one.Dim {
		all.Start = append(all.Start, len(p.Row))
	}
	return all
}

func augmentedJacobian(one *dynsys.System[[]float64]) func(jac []float64, t float64, y, p []float64) error {
	d := one.Dim
	if one.Pattern != nil {
		return func(jac []float64, t float64, y, p []float64) error { return one.Jacobian(jac, t, y[:d], p) }
	}
	full := make([]float64, d*d)
	return func(jac []float64, t float64, y, p []float64) error {
		err := one.Jacobian(full, t, y[:d], p)
		transpose(jac, full, d)
		return err
	}
}
