package integrate

// RosenbrockTableau holds the coefficients of a Rosenbrock method with s stages, in
// the form that needs no product with the Jacobian J = f_y(t, y),
//
//	(M - h g J) u_i = h g f(t + c_i h, y + sum_(j<i) a_ij u_j) + g M sum_(j<i) C_ij u_j + h^2 g d_i f_t(t, y)
//	y1              = y + sum_i m_i u_i
//	error           = sum_i e_i u_i
//	y(t+th)         = y + sum_i u_i (m_i th + th (1-th) (H_1i + H_2i th + H_3i th^2 + ...)).
//
// In terms of the textbook form with alpha, Gamma and b it is a = alpha Gamma^-1,
// C = diag(1/g) - Gamma^-1, m = b Gamma^-1, and d are the row sums of Gamma.
//
// Source: Hairer, Wanner, Solving ODEs II, section IV.7, eq. 7.25.
type RosenbrockTableau struct {
	Name       string
	Source     string // where the coefficients stand
	Order      int    // of y1
	Estimate   int    // the error estimate falls like h^(Estimate+1)
	Gamma      float64
	A, C       [][]float64 // row i has i entries
	M, E       []float64
	Times      []float64 // c
	D          []float64
	H          [][]float64
	DenseOrder int // of the interpolant: its error inside a step is O(h^(DenseOrder+1))
	// FSAL: the last stage is evaluated at the end of the step.
	FSAL bool
}

// Stages returns s.
func (tab *RosenbrockTableau) Stages() int { return len(tab.M) }

// Weights sets w to the weights of u_i in the interpolant at theta.
func (tab *RosenbrockTableau) Weights(w []float64, theta float64) {
	for i, m := range tab.M {
		var sum float64
		for j := len(tab.H) - 1; j >= 0; j-- {
			sum = sum*theta + tab.H[j][i]
		}
		w[i] = theta * (m + (1-theta)*sum)
	}
}

// WeightRates sets w to the derivatives of the weights in theta.
func (tab *RosenbrockTableau) WeightRates(w []float64, theta float64) {
	for i, m := range tab.M {
		var sum, rate float64
		for j := len(tab.H) - 1; j >= 0; j-- {
			rate = rate*theta + sum
			sum = sum*theta + tab.H[j][i]
		}
		w[i] = m + (1-2*theta)*sum + theta*(1-theta)*rate
	}
}
