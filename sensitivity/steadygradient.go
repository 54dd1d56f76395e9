package sensitivity

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/odefit/odefit/integrate"
)

// Gradient returns a loss of the steady state, l(y, p), and its gradient in p and in
// Problem.Y0: that of a loss at infinite time. The loss has one term, whose time is
// math.Inf(1), and no running cost. Where the state is isolated, the gradient costs one
// transposed solution and one VJP, whatever the number of parameters:
//
//	f_y^T z = l_y,   dL/dp = l_p - f_p^T z,
//
// with conserved totals in the place of rows, as in [Steady]. Otherwise the adjoint goes
// back along the solution, until T0 stands twice as far and nothing changes.
func (s *Steady) Gradient(ctx context.Context, loss *Loss[[]float64]) (*Result[[]float64], error) {
	if loss.L == nil || loss.G != nil || len(loss.Times) != 1 || !math.IsInf(loss.Times[0], 1) {
		return nil, errors.New("sensitivity: a loss of the steady state has one term, at the time math.Inf(1), and no running cost")
	}
	if s.Problem.System.VJP == nil {
		return nil, fmt.Errorf("sensitivity: System.VJP: %w", ErrNoDerivative)
	}
	at, err := s.search(ctx)
	if err != nil {
		return nil, err
	}
	if !at.Isolated {
		return s.descend(ctx, at.Span, loss)
	}
	p, n := s.Problem.P, len(at.Y)
	r := &Result[[]float64]{P: make([]float64, len(p)), Y0: make([]float64, n), Times: []float64{0}}
	if r.Value, err = loss.L(0, at.Y, p); err != nil {
		return nil, fmt.Errorf("loss term 0: %w", err)
	}
	w, z := make([]float64, n), make([]float64, n)
	if loss.Ly != nil {
		if err := loss.Ly(w, 0, at.Y, p); err != nil {
			return nil, fmt.Errorf("derivative of loss term 0: %w", err)
		}
	}
	if loss.Lp != nil {
		if err := loss.Lp(r.P, 0, at.Y, p); err != nil {
			return nil, fmt.Errorf("derivative of loss term 0: %w", err)
		}
	}
	if err := at.Adjoint(z, r.Y0, w); err != nil {
		return nil, err
	}
	if err := s.frozen.VJP(w, r.P, 0, at.Y, p, z); err != nil {
		return nil, err
	}
	if err := s.conserved(at); err != nil {
		return nil, err
	}
	r.Stats = Stats{VJP: 1, RHS: at.Stats.RHS, Steps: at.Stats.Steps, Rejected: at.Stats.Rejected}
	if !finite(r.Value + product(r.P, r.P) + product(r.Y0, r.Y0)) {
		return nil, &Error{Phase: BackwardPass, T: s.Problem.T0, Component: -1, Reason: fmt.Errorf("the loss or its gradient: %w", integrate.ErrNonFinite)}
	}
	return r, nil
}

// conserved refuses totals that a change of some parameter breaks: with each law in the
// place of an adjoint, f_p has to vanish.
func (s *Steady) conserved(at *integrate.SteadyState[[]float64]) error {
	n, p := len(at.Y), s.Problem.P
	gy, gp, size := make([]float64, n), make([]float64, len(p)), make([]float64, len(p))
	unit, one := make([]float64, n), make([]float64, len(p))
	for law := range at.Conserved() {
		clear(gp)
		clear(size)
		if err := s.frozen.VJP(gy, gp, 0, at.Y, p, law); err != nil {
			return err
		}
		for i, l := range law {
			if l == 0 {
				continue
			}
			clear(one)
			unit[i] = l
			err := s.frozen.VJP(gy, one, 0, at.Y, p, unit)
			unit[i] = 0
			if err != nil {
				return err
			}
			for j, v := range one {
				size[j] += math.Abs(v)
			}
		}
		for j, v := range gp {
			if math.Abs(v) > brokenLaw*size[j] {
				return errBrokenLaw
			}
		}
	}
	return nil
}

// descend returns the gradient along the solution over the span and over twice the span,
// which must be the same.
func (s *Steady) descend(ctx context.Context, span float64, loss *Loss[[]float64]) (*Result[[]float64], error) {
	set := orDefault(s.Settings)
	set.Solver = s.solver(&set)
	p := s.Problem
	p.System, p.T0 = s.frozen, 0
	var last *Result[[]float64]
	for _, end := range []float64{span, 2 * span} {
		p.T1 = end
		at := *loss
		at.Times = []float64{end}
		r, err := Gradient(ctx, p, &at, Discrete{Probes: 1}, &set)
		if err != nil {
			return nil, err
		}
		if last != nil && max(stillMoves(r.P, last.P), stillMoves(r.Y0, last.Y0)) > 1e-5 {
			return nil, fmt.Errorf("%w: the state comes to rest, its derivatives do not", ErrNoSteadyState)
		}
		last = r
	}
	last.T0, last.T1, last.Times = 0, 0, []float64{0}
	return last, nil
}

// stillMoves returns the largest change relative to the largest entry.
func stillMoves(now, was []float64) float64 {
	d, size := 0.0, 0.0
	for i, v := range now {
		d, size = max(d, math.Abs(v-was[i])), max(size, math.Abs(v))
	}
	return relative(d, size)
}
