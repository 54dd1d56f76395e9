package nn

import (
	"fmt"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/integrate"
)

// trajectories returns the number of them that a model's field says.
func trajectories(n int) (int, error) {
	if n < 0 {
		return 0, fmt.Errorf("nn: %d trajectories", n)
	}
	return max(n, 1), nil
}

// repeated returns rows independent copies of a system, whose states lie one after the
// other: what is known of a hybrid model of several trajectories.
func repeated(one *dynsys.System[[]float64], rows int) (*dynsys.System[[]float64], error) {
	if rows == 1 {
		return one, nil
	}
	if len(one.Events) > 0 {
		return nil, fmt.Errorf("nn: %d trajectories of a known model with events", rows)
	}
	one = withSingle(one)
	c := copies{one: one, rows: rows, dim: one.Dim}
	s := &dynsys.System[[]float64]{
		Dim:         rows * one.Dim,
		NumParams:   one.NumParams,
		Space:       one.Space,
		Autonomous:  one.Autonomous,
		Approximate: one.Approximate,
		Breaks:      one.Breaks,
		Pattern:     c.pattern(one.Pattern),
		Initial:     c.initial(),
		RHS:         c.rhs,
	}
	if one.Mass != nil {
		s.Mass = c.mass()
	}
	if one.JVP != nil {
		s.JVP = c.jvp
	}
	if one.VJP != nil {
		s.VJP = c.vjp
	}
	if one.Jacobian != nil {
		s.Jacobian = c.jacobian()
	}
	if one.TimeDerivative != nil {
		s.TimeDerivative = c.timeDerivative
	}
	if one.TimeVJP != nil {
		s.TimeVJP = c.timeVJP
	}
	if one.SecondOrder != nil {
		s.SecondOrder = c.secondOrder
	}
	if one.SecondDirectional != nil {
		s.SecondDirectional = c.secondDirectional
	}
	return s, nil
}

// withSingle returns the system with SecondDirectional in place of SecondDirectionals.
func withSingle(s *dynsys.System[[]float64]) *dynsys.System[[]float64] {
	many := s.SecondDirectionals
	if many == nil {
		return s
	}
	one := *s
	one.SecondDirectionals = nil
	var args [3][]float64
	one.SecondDirectional = func(out []float64, t float64, y, p, vy, vp []float64, ut float64, uy, up []float64) error {
		args = [3][]float64{out, vy, vp}
		return many(args[:1], t, y, p, args[1:2], args[2:], ut, uy, up)
	}
	return &one
}

// copies are rows copies of a system of dim states.
type copies struct {
	one       *dynsys.System[[]float64]
	rows, dim int
}

// of returns the part of v that is copy r's.
func (c copies) of(v []float64, r int) []float64 { return v[r*c.dim : (r+1)*c.dim] }

func (c copies) rhs(dy []float64, t float64, y, p []float64) error {
	for r := range c.rows {
		if err := c.one.RHS(c.of(dy, r), t, c.of(y, r), p); err != nil {
			return err
		}
	}
	return nil
}

func (c copies) jvp(out []float64, t float64, y, p, vy, vp []float64) error {
	for r := range c.rows {
		if err := c.one.JVP(c.of(out, r), t, c.of(y, r), p, c.of(vy, r), vp); err != nil {
			return err
		}
	}
	return nil
}

func (c copies) vjp(gy, gp []float64, t float64, y, p, w []float64) error {
	for r := range c.rows {
		if err := c.one.VJP(c.of(gy, r), gp, t, c.of(y, r), p, c.of(w, r)); err != nil {
			return err
		}
	}
	return nil
}

func (c copies) timeDerivative(ft []float64, t float64, y, p []float64) error {
	for r := range c.rows {
		if err := c.one.TimeDerivative(c.of(ft, r), t, c.of(y, r), p); err != nil {
			return err
		}
	}
	return nil
}

func (c copies) timeVJP(gy, gp []float64, t float64, y, p, w []float64) error {
	for r := range c.rows {
		if err := c.one.TimeVJP(c.of(gy, r), gp, t, c.of(y, r), p, c.of(w, r)); err != nil {
			return err
		}
	}
	return nil
}

func (c copies) secondOrder(gy, gp []float64, t float64, y, p, vy, vp, w []float64) (gt float64, err error) {
	for r := range c.rows {
		g, err := c.one.SecondOrder(c.of(gy, r), gp, t, c.of(y, r), p, c.of(vy, r), vp, c.of(w, r))
		if err != nil {
			return 0, err
		}
		gt += g
	}
	return gt, nil
}

func (c copies) secondDirectional(out []float64, t float64, y, p, vy, vp []float64, ut float64, uy, up []float64) error {
	for r := range c.rows {
		if err := c.one.SecondDirectional(c.of(out, r), t, c.of(y, r), p, c.of(vy, r), vp, ut, c.of(uy, r), up); err != nil {
			return err
		}
	}
	return nil
}

// initial is y0(p), the same for every copy.
func (c copies) initial() dynsys.Initial[[]float64] {
	y0 := c.one.Initial
	if y0.Value == nil {
		return y0
	}
	out := dynsys.Initial[[]float64]{
		Value: func(out, p []float64) error {
			err := y0.Value(c.of(out, 0), p)
			c.spread(out)
			return err
		},
		JVP: func(out, p, vp []float64) error {
			err := y0.JVP(c.of(out, 0), p, vp)
			c.spread(out)
			return err
		},
		VJP: func(gp, p, w []float64) error {
			for r := range c.rows {
				if err := y0.VJP(gp, p, c.of(w, r)); err != nil {
					return err
				}
			}
			return nil
		},
	}
	if y0.SecondOrder != nil {
		out.SecondOrder = func(gp, p, vp, w []float64) error {
			for r := range c.rows {
				if err := y0.SecondOrder(gp, p, vp, c.of(w, r)); err != nil {
					return err
				}
			}
			return nil
		}
	}
	return out
}

// spread copies the part of the first copy to the others.
func (c copies) spread(v []float64) {
	for r := 1; r < c.rows; r++ {
		copy(c.of(v, r), c.of(v, 0))
	}
}

// pattern returns that of the block diagonal matrix of equal blocks; nil is a full
// block.
func (c copies) pattern(block *integrate.Pattern) *integrate.Pattern {
	if block == nil {
		block = integrate.Banded(c.dim, c.dim-1, c.dim-1)
	}
	all := &integrate.Pattern{N: c.rows * c.dim, Start: []int{0}}
	for r := range c.rows {
		for j := range c.dim {
			for _, i := range block.Row[block.Start[j]:block.Start[j+1]] {
				all.Row = append(all.Row, r*c.dim+i)
			}
			all.Start = append(all.Start, len(all.Row))
		}
	}
	return all
}

// jacobian sets the values of pattern's entries, block by block.
func (c copies) jacobian() func(jac []float64, t float64, y, p []float64) error {
	size := c.dim * c.dim
	var block []float64 // row-major, while the pattern goes by columns
	if c.one.Pattern != nil {
		size = c.one.Pattern.Len()
	} else {
		block = make([]float64, size)
	}
	return func(jac []float64, t float64, y, p []float64) error {
		for r := range c.rows {
			part := jac[r*size : (r+1)*size]
			if block == nil {
				if err := c.one.Jacobian(part, t, c.of(y, r), p); err != nil {
					return err
				}
				continue
			}
			if err := c.one.Jacobian(block, t, c.of(y, r), p); err != nil {
				return err
			}
			transpose(part, block, c.dim)
		}
		return nil
	}
}

// mass is the block diagonal mass matrix.
func (c copies) mass() *integrate.Matrix {
	block := c.one.Mass
	values := block.Values
	if block.Pattern == nil {
		values = make([]float64, c.dim*c.dim)
		transpose(values, block.Values, c.dim)
	}
	all := &integrate.Matrix{Pattern: c.pattern(block.Pattern)}
	for range c.rows {
		all.Values = append(all.Values, values...)
	}
	return all
}

// transpose sets dst to the transpose of the n x n matrix a.
func transpose(dst, a []float64, n int) {
	for i := range n {
		for j := range n {
			dst[j*n+i] = a[i*n+j]
		}
	}
}
