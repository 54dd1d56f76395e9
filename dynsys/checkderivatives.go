package dynsys

import (
	"fmt"
	"math"

	"github.com/odefit/odefit/integrate"
)

// DerivativeError names the first derivative of a system that is wrong.
type DerivativeError struct {
	Function  string // "JVP", "VJP" or "Jacobian"
	Component int    // of f
	Variable  string // "y[2]" or "p[0]"
	Got, Want float64
}

func (e *DerivativeError) Error() string {
	return fmt.Sprintf("dynsys: %s: the derivative of f[%d] in %s is %.10g, should be near %.10g",
		e.Function, e.Component, e.Variable, e.Got, e.Want)
}

// CheckDerivatives holds the derivatives of a system, at one point, against central
// differences of its right-hand side, entry by entry, to a tolerance of 1e-5 of the
// size of the entries: to be used in the tests of whoever writes derivatives by hand.
// The error is a *[DerivativeError], or that of a function. Choose a point without
// zeros and kinks.
func CheckDerivatives(s *System[[]float64], t float64, y, p []float64) error {
	ref, err := FromGo(s.Dim, s.NumParams, s.RHS).System()
	if err != nil {
		return err
	}
	n, m := s.Dim, s.NumParams
	want := make([][]float64, n+m) // columns
	for i := range want {
		want[i] = make([]float64, n)
		vy, vp := unit(n, i), unit(m, i-n)
		if err := ref.JVP(want[i], t, y, p, vy, vp); err != nil {
			return err
		}
		if s.JVP == nil {
			continue
		}
		got := make([]float64, n)
		if err := s.JVP(got, t, y, p, vy, vp); err != nil {
			return err
		}
		for j := range got {
			if err := agree("JVP", got[j], want[i][j], j, i, n); err != nil {
				return err
			}
		}
	}
	for j := range n {
		gy, gp := make([]float64, n), make([]float64, m)
		if s.VJP != nil {
			if err := s.VJP(gy, gp, t, y, p, unit(n, j)); err != nil {
				return err
			}
			for i, got := range append(gy, gp...) {
				if err := agree("VJP", got, want[i][j], j, i, n); err != nil {
					return err
				}
			}
		}
	}
	if s.Jacobian == nil {
		return nil
	}
	size := n * n
	if s.Pattern != nil {
		size = s.Pattern.Len()
	}
	jac := integrate.Matrix{Pattern: s.Pattern, Values: make([]float64, size)}
	if err := s.Jacobian(jac.Values, t, y, p); err != nil {
		return err
	}
	column := make([]float64, n)
	for j := range n {
		jac.MulVec(column, unit(n, j))
		for i, got := range column {
			if err := agree("Jacobian", got, want[j][i], i, j, n); err != nil {
				return err
			}
		}
	}
	return nil
}

func unit(n, i int) []float64 {
	v := make([]float64, n)
	if i >= 0 && i < n {
		v[i] = 1
	}
	return v
}

// agree compares the derivative of f[j] in variable i.
func agree(function string, got, want float64, j, i, states int) error {
	if math.Abs(got-want) <= 1e-5*max(1, math.Abs(want)) {
		return nil
	}
	name := fmt.Sprintf("y[%d]", i)
	if i >= states {
		name = fmt.Sprintf("p[%d]", i-states)
	}
	return &DerivativeError{Function: function, Component: j, Variable: name, Got: got, Want: want}
}
