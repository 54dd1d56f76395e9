package integrate

import (
	"fmt"
	"math"
	"slices"
)

// Tableau holds the coefficients of a Runge-Kutta method with s stages,
//
//	k_i     = f(t + c_i h, y + h sum_j a_ij k_j)
//	y1      = y + h sum_i b_i k_i
//	error   = h sum_i e_i k_i
//	y(t+th) = y + h sum_i b_i(th) k_i,   b_i(th) = sum_j Dense[i][j] th^(j+1).
//
// A, C and Dense may have more than s rows: the stages beyond s are needed by the
// interpolant alone, and are evaluated only in steps that are asked for the solution
// inside.
type Tableau struct {
	Name     string
	Source   string      // where the coefficients stand
	Order    int         // of y1
	Estimate int         // order of the embedded solution; 0: no estimate
	A        [][]float64 // row i has i entries
	B        []float64   // s
	C        []float64   // one for each row of A
	E        []float64   // b minus the embedded weights; nil: no estimate
	// Coarse, when not nil, are the weights d of a second estimate of lower order. With
	// the two estimates x = h sum_i e_i k_i and z = h sum_i d_i k_i in the norm of the
	// error control, the error is
	//
	//	x |x| / sqrt(|x|^2 + 0.01 |z|^2),
	//
	// and Estimate the order with which this falls.
	Coarse []float64
	// Dense are the polynomial weights of the interpolant, one row for each of A,
	// without the constant term, which is 0.
	Dense [][]float64
	// Centred says that Dense stands for
	//
	//	b_i(th) = th (b_i + (1-th) sum_j Dense[i][j] (2th-1)^j)
	//
	// in place of powers of th, which cancel to a loss of four digits where the degree
	// is high. b_i is 0 for stages beyond s.
	Centred    bool
	DenseOrder int // of the interpolant: its error inside a step is O(h^(DenseOrder+1))
	// FSAL: the last stage is the first of the next step (c_s = 1, a_sj = b_j).
	FSAL bool
}

// Stages returns s, the number of stages of a step.
func (tab *Tableau) Stages() int { return len(tab.B) }

// AllStages returns the number of stages of a step and its interpolant.
func (tab *Tableau) AllStages() int { return len(tab.A) }

// endStage returns the stage that is f(t1, y1), or -1.
func (tab *Tableau) endStage() int {
	s := len(tab.B)
	if tab.FSAL {
		return s - 1
	}
	if len(tab.A) > s && tab.C[s] == 1 && slices.Equal(tab.A[s], tab.B) {
		return s
	}
	return -1
}

// Weights sets w to the interpolation weights b_i(theta). Its cost is one short
// polynomial a stage.
func (tab *Tableau) Weights(w []float64, theta float64) {
	if tab.Centred {
		x, u := 2*theta-1, theta*(1-theta)
		for i, c := range tab.Dense {
			q, _ := horner(c, x)
			w[i] = u * q
		}
		for i, b := range tab.B {
			w[i] += theta * b
		}
		return
	}
	for i, c := range tab.Dense {
		q, _ := horner(c, theta)
		w[i] = theta * q
	}
}

// WeightRates sets w to the derivatives db_i/dtheta.
func (tab *Tableau) WeightRates(w []float64, theta float64) {
	if tab.Centred {
		x, u := 2*theta-1, theta*(1-theta)
		for i, c := range tab.Dense {
			q, dq := horner(c, x)
			w[i] = 2*u*dq - x*q
		}
		for i, b := range tab.B {
			w[i] += b
		}
		return
	}
	for i, c := range tab.Dense {
		q, dq := horner(c, theta)
		w[i] = q + theta*dq
	}
}

// horner returns p = sum_j c_j x^j and its derivative.
func horner(c []float64, x float64) (p, dp float64) {
	for j := len(c) - 1; j >= 0; j-- {
		dp = dp*x + p
		p = p*x + c[j]
	}
	return p, dp
}

// check returns what is wrong with the shape of an explicit tableau, which a
// user's own may be.
func (tab *Tableau) check() error {
	s := len(tab.B)
	bad := func(what string) error { return fmt.Errorf("integrate: tableau %q: %s", tab.Name, what) }
	if n := len(tab.A); s == 0 || n < s || len(tab.C) != n || len(tab.Dense) != n {
		return bad("A, B, C and Dense need one entry for each stage")
	}
	if tab.E != nil && (len(tab.E) != s || tab.Estimate < 1) {
		return bad("E needs one entry for each stage, and Estimate its order")
	}
	if tab.Coarse != nil && (len(tab.Coarse) != s || tab.E == nil) {
		return bad("Coarse needs one entry for each stage, beside E")
	}
	for i, row := range tab.A {
		if len(row) != i {
			return bad(fmt.Sprintf("row %d of A has %d entries; an explicit method has %d", i, len(row), i))
		}
		var sum float64
		for _, a := range row {
			sum += a
		}
		if math.Abs(sum-tab.C[i]) > 1e-13*max(1, math.Abs(tab.C[i])) {
			return bad(fmt.Sprintf("row %d of A sums to %v, C has %v", i, sum, tab.C[i]))
		}
	}
	if tab.FSAL && (tab.C[s-1] != 1 || tab.B[s-1] != 0) {
		return bad("a first-same-as-last method has C = 1 and B = 0 in its last stage")
	}
	return nil
}

// Explicit says whether no stage depends on itself.
func (tab *Tableau) Explicit() bool {
	for i, row := range tab.A {
		if len(row) > i {
			return false
		}
	}
	return true
}
