package integrate

import (
	"fmt"
	"math"
)

// Tableau holds the coefficients of a Runge-Kutta method with s stages,
//
//	k_i     = f(t + c_i h, y + h sum_j a_ij k_j)
//	y1      = y + h sum_i b_i k_i
//	error   = h sum_i e_i k_i
//	y(t+th) = y + h sum_i b_i(th) k_i,   b_i(th) = sum_j Dense[i][j] th^(j+1).
type Tableau struct {
	Name     string
	Source   string      // where the coefficients stand
	Order    int         // of y1
	Estimate int         // order of the embedded solution; 0: no estimate
	A        [][]float64 // row i has i entries
	B        []float64   // s
	C        []float64   // s
	E        []float64   // b minus the embedded weights; nil: no estimate
	// Dense are the polynomial weights of the interpolant; s rows, without the
	// constant term, which is 0.
	Dense      [][]float64
	DenseOrder int // of the interpolant: its error inside a step is O(h^(DenseOrder+1))
	// FSAL: the last stage is the first of the next step (c_s = 1, a_sj = b_j).
	FSAL bool
}

// Stages returns s.
func (tab *Tableau) Stages() int { return len(tab.B) }

// Weights sets w to the interpolation weights b_i(theta). Its cost is one short
// polynomial a stage.
func (tab *Tableau) Weights(w []float64, theta float64) {
	for i, c := range tab.Dense {
		var sum float64
		for j := len(c) - 1; j >= 0; j-- {
			sum = (sum + c[j]) * theta
		}
		w[i] = sum
	}
}

// WeightRates sets w to the derivatives db_i/dtheta.
func (tab *Tableau) WeightRates(w []float64, theta float64) {
	for i, c := range tab.Dense {
		var sum float64
		for j := len(c) - 1; j >= 0; j-- {
			sum = sum*theta + float64(j+1)*c[j]
		}
		w[i] = sum
	}
}

// check returns what is wrong with the shape of an explicit tableau, which a
// user's own may be.
func (tab *Tableau) check() error {
	s := len(tab.B)
	bad := func(what string) error { return fmt.Errorf("integrate: tableau %q: %s", tab.Name, what) }
	if s == 0 || len(tab.A) != s || len(tab.C) != s || len(tab.Dense) != s {
		return bad("A, B, C and Dense need one entry for each stage")
	}
	if tab.E != nil && (len(tab.E) != s || tab.Estimate < 1) {
		return bad("E needs one entry for each stage, and Estimate its order")
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
