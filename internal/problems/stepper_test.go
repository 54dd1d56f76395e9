package problems

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// stepper solves a problem without time dependence by the linearly implicit Euler
// method, (I - hJ)(y1 - y) = h f(y), with 1 to stages substeps, extrapolated (Hairer,
// Wanner, Solving Ordinary Differential Equations II, section IV.9).
type stepper struct {
	q     *Problem
	t, h  float64
	y     []float64
	size  []float64
	tol   float64
	table [][]float64 // a column of the extrapolation tableau
}

const stages = 8

func newStepper(q *Problem, size []float64, tol float64) *stepper {
	s := &stepper{q: q, t: q.T0, h: 1e-6, y: append([]float64{}, q.Y0...), size: size, tol: tol}
	for range stages {
		s.table = append(s.table, make([]float64, len(q.Y0)))
	}
	return s
}

func (s *stepper) advance(t *testing.T, end float64) {
	for n := 0; s.t < end; n++ {
		if n > 20000 {
			t.Fatalf("stuck at t = %v", s.t)
		}
		h := min(s.h, end-s.t)
		lasts := s.t+s.h >= end
		e := s.try(t, h)
		if e <= 1 {
			copy(s.y, s.table[0])
			s.t += h
			if lasts {
				s.t = end
			}
		}
		if math.IsNaN(e) {
			e = 1e6
		}
		if next := h * min(4, max(0.2, 0.8*math.Pow(max(e, 1e-12), -1.0/stages))); e > 1 || next > s.h || h == s.h {
			s.h = next
		}
	}
}

// try leaves the extrapolated result in table[0] and returns its error over the
// tolerance.
func (s *stepper) try(t *testing.T, h float64) float64 {
	n := len(s.y)
	jac, f := make([]float64, n*n), make([]float64, n)
	if err := s.q.System.Jacobian(jac, s.t, s.y, s.q.P); err != nil {
		t.Fatal(err)
	}
	var worst float64
	for j := range stages {
		sub := h / float64(j+1)
		a := mat.NewDense(n, n, nil)
		for r := range n {
			for c := range n {
				a.Set(r, c, -sub*jac[r*n+c])
			}
			a.Set(r, r, a.At(r, r)+1)
		}
		var lu mat.LU
		lu.Factorize(a)
		y := append([]float64{}, s.y...)
		var d mat.VecDense
		for range j + 1 {
			if err := s.q.System.RHS(f, s.t, y, s.q.P); err != nil {
				t.Fatal(err)
			}
			// A badly conditioned matrix is told as an error; the step control decides.
			_ = lu.SolveVecTo(&d, false, mat.NewVecDense(n, f))
			for i := range y {
				y[i] += sub * d.AtVec(i)
			}
		}
		// Aitken and Neville: table[i] becomes T_{j,j-i}, with table[j] = T_{j,0}.
		copy(s.table[j], y)
		worst = 0
		for m := j - 1; m >= 0; m-- {
			ratio := float64(j+1)/float64(m+1) - 1
			worst = 0
			for i := range n {
				change := (s.table[m+1][i] - s.table[m][i]) / ratio
				if m == 0 {
					worst = max(worst, math.Abs(change)/(s.tol*max(s.size[i], math.Abs(s.y[i]))))
				}
				s.table[m][i] = s.table[m+1][i] + change
			}
		}
	}
	return worst
}
