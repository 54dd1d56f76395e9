package linalg

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
)

// NotConvergedError: an iteration ended at a residual that is too large.
type NotConvergedError struct {
	Iterations int
	Residual   float64 // relative to the right-hand side
}

func (e *NotConvergedError) Error() string {
	return fmt.Sprintf("linalg: GMRES left a residual of %.2g of the right-hand side after %d iterations", e.Residual, e.Iterations)
}

// GMRES solves A x = b for an operator that can only be applied: it minimises the
// residual over the Krylov space of A R^-1, R being a preconditioner from the right,
// and starts again after Restart vectors. It holds Restart+3 vectors and allocates
// nothing once they have their room.
//
// Source: Saad, Schultz, GMRES, SIAM J. Sci. Stat. Comput. 7 (1986); Saad, Iterative
// Methods for Sparse Linear Systems, algorithm 9.5 (with the preconditioner from the
// right); Kelley, Iterative Methods for Linear and Nonlinear Equations, section 3.4.
type GMRES struct {
	Restart       int     // 0: 30
	MaxIterations int     // 0: 10 restarts
	Tolerance     float64 // of the residual relative to b; 0: 1e-9

	basis         [][]float64
	h             []float64 // column k of the Hessenberg matrix, made triangular, at h[k*(m+1):]
	cos, sin, rhs []float64
	w, z          []float64
}

// Solve overwrites b with x. apply sets dst = A v; precondition, where it is not nil,
// overwrites v with R^-1 v. An error of theirs ends it. Where the residual stays too
// large, or is not finite, the error is a [*NotConvergedError], and b is the best x
// found.
func (s *GMRES) Solve(b []float64, apply func(dst, v []float64) error, precondition func(v []float64) error) error {
	n := len(b)
	m := s.Restart
	if m <= 0 {
		m = 30
	}
	m = max(1, min(m, n))
	limit, tol := s.MaxIterations, s.Tolerance
	if limit <= 0 {
		limit = 10 * m
	}
	if tol <= 0 {
		tol = 1e-9
	}
	s.room(n, m)
	size := floats.Norm(b, 2)
	if size == 0 {
		return nil
	}
	x, r := s.z, s.basis[0]
	clear(x)
	copy(r, b)
	residual := size
	for done := 0; ; {
		if !(residual-residual == 0) {
			copy(b, x)
			return &NotConvergedError{done, residual / size}
		}
		if residual <= tol*size {
			copy(b, x)
			return nil
		}
		if done >= limit {
			copy(b, x)
			return &NotConvergedError{done, residual / size}
		}
		k, err := s.cycle(m, min(m, limit-done), residual, tol*size, apply, precondition)
		if err != nil {
			return err
		}
		done += k
		if err := s.correct(x, k, m, precondition); err != nil {
			return err
		}
		if err := apply(s.w, x); err != nil { // the true residual, not the recurrence's
			return err
		}
		for i, v := range b {
			r[i] = v - s.w[i]
		}
		before := residual
		residual = floats.Norm(r, 2)
		if residual > 0.999*before && residual > tol*size { // stagnation
			copy(b, x)
			return &NotConvergedError{done, residual / size}
		}
	}
}

// cycle builds the Krylov space of the residual in basis[0], up to most vectors or the
// target, and returns how many.
func (s *GMRES) cycle(m, most int, residual, target float64, apply func(dst, v []float64) error, precondition func(v []float64) error) (int, error) {
	floats.Scale(1/residual, s.basis[0])
	clear(s.rhs)
	s.rhs[0] = residual
	for k := range most {
		copy(s.w, s.basis[k])
		if precondition != nil {
			if err := precondition(s.w); err != nil {
				return 0, err
			}
		}
		v := s.basis[k+1]
		if err := apply(v, s.w); err != nil {
			return 0, err
		}
		h := s.h[k*(m+1) : (k+1)*(m+1)]
		clear(h)
		for range 2 { // modified Gram-Schmidt, twice: orthogonal to rounding
			for i := range k + 1 {
				c := floats.Dot(s.basis[i], v)
				h[i] += c
				floats.AddScaled(v, -c, s.basis[i])
			}
		}
		next := floats.Norm(v, 2)
		for i := range k {
			h[i], h[i+1] = s.cos[i]*h[i]+s.sin[i]*h[i+1], s.cos[i]*h[i+1]-s.sin[i]*h[i]
		}
		d := math.Hypot(h[k], next)
		if d == 0 || d-d != 0 { // A R^-1 is singular on this space, or not finite
			return k, nil
		}
		s.cos[k], s.sin[k] = h[k]/d, next/d
		h[k] = d
		s.rhs[k], s.rhs[k+1] = s.cos[k]*s.rhs[k], -s.sin[k]*s.rhs[k]
		if math.Abs(s.rhs[k+1]) <= target || next == 0 {
			return k + 1, nil
		}
		floats.Scale(1/next, v)
	}
	return most, nil
}

// correct adds the minimiser over k vectors to x.
func (s *GMRES) correct(x []float64, k, m int, precondition func(v []float64) error) error {
	for i := k - 1; i >= 0; i-- {
		sum := s.rhs[i]
		for j := i + 1; j < k; j++ {
			sum -= s.h[j*(m+1)+i] * s.rhs[j]
		}
		s.rhs[i] = sum / s.h[i*(m+1)+i]
	}
	clear(s.w)
	for i := range k {
		floats.AddScaled(s.w, s.rhs[i], s.basis[i])
	}
	if precondition != nil {
		if err := precondition(s.w); err != nil {
			return err
		}
	}
	floats.Add(x, s.w)
	return nil
}

func (s *GMRES) room(n, m int) {
	for len(s.basis) <= m {
		s.basis = append(s.basis, nil)
	}
	for i := range m + 1 {
		s.basis[i] = resized(s.basis[i], n)
	}
	s.h = resized(s.h, m*(m+1))
	s.cos, s.sin, s.rhs = resized(s.cos, m), resized(s.sin, m), resized(s.rhs, m+1)
	s.w, s.z = resized(s.w, n), resized(s.z, n)
}
