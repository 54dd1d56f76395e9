package fit

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// errInconsistent: the algebraic equations have no solution near the first guess.
var errInconsistent = errors.New("no initial value of the algebraic states fulfils their equations; give init lines closer to one")

// consistent replaces the initial values of algebraic states, which are first guesses, by
// the solution of their equations g(t, x, z, q) = 0 (Newton's method, halving steps that
// do not help), and their tangents by those that the implicit function theorem gives,
//
//	g_z dz = -(g_x dx + g_q dq).
func (sim *simulation) consistent(tangents bool) error {
	which := sim.x.algebraic
	if len(which) == 0 {
		return nil
	}
	sys := sim.tracer.Problem.System
	n, m := len(sim.y0), len(which)
	q, t0 := sim.tracer.Problem.P, sim.x.T0
	f := make([]float64, n)
	residual := func() (float64, error) {
		err := sys.RHS(f, t0, sim.y0, q)
		size := 0.0
		for _, i := range which {
			size = math.Hypot(size, f[i])
		}
		return size, err
	}
	size, err := residual()
	if err != nil {
		return err
	}
	unit, column := make([]float64, n), make([]float64, n)
	jac := mat.NewDense(m, m, nil)
	var lu mat.LU
	factor := func() error {
		for c, j := range which {
			unit[j] = 1
			if err := sys.JVP(column, t0, sim.y0, q, unit, nil); err != nil {
				return err
			}
			unit[j] = 0
			for r, i := range which {
				jac.Set(r, c, column[i])
			}
		}
		lu.Factorize(jac)
		if c := lu.Cond(); math.IsNaN(c) || c > 1e15 {
			return fmt.Errorf("%w (their Jacobian is singular)", errInconsistent)
		}
		return nil
	}
	for range 50 {
		if err := factor(); err != nil {
			return err
		}
		dz := mat.NewVecDense(m, nil)
		for r, i := range which {
			dz.SetVec(r, -f[i])
		}
		if err := solveLU(&lu, dz); err != nil {
			return err
		}
		moved, lambda := 0.0, 1.0
		start := append([]float64(nil), sim.y0...)
		for {
			moved = 0
			for r, i := range which {
				sim.y0[i] = start[i] + lambda*dz.AtVec(r)
				moved = max(moved, abs(dz.AtVec(r))/(1e-10+abs(sim.y0[i])))
			}
			next, err := residual()
			if err == nil && (next <= size || moved < 1e-12) {
				size = next
				break
			}
			if lambda /= 2; lambda < 1e-6 {
				if moved < 1e-9 {
					break // round-off
				}
				return errInconsistent
			}
		}
		if moved < 1e-12 || size == 0 {
			if !tangents {
				return nil
			}
			if err := factor(); err != nil {
				return err
			}
			return sim.consistentTangents(&lu)
		}
	}
	return errInconsistent
}

func (sim *simulation) consistentTangents(lu *mat.LU) error {
	sys, which := sim.tracer.Problem.System, sim.x.algebraic
	g := make([]float64, len(sim.y0))
	for j, dy0 := range sim.dy0 {
		for _, i := range which {
			dy0[i] = 0
		}
		if err := sys.JVP(g, sim.x.T0, sim.y0, sim.tracer.Problem.P, dy0, sim.dq[j][:sys.NumParams]); err != nil {
			return err
		}
		dz := mat.NewVecDense(len(which), nil)
		for r, i := range which {
			dz.SetVec(r, -g[i])
		}
		if err := solveLU(lu, dz); err != nil {
			return err
		}
		for r, i := range which {
			dy0[i] = dz.AtVec(r)
		}
	}
	return nil
}

// solveLU solves in place. A badly conditioned matrix is no error here.
func solveLU(lu *mat.LU, b *mat.VecDense) error {
	err := lu.SolveVecTo(b, false, b)
	var c mat.Condition
	if errors.As(err, &c) {
		return nil
	}
	return err
}
