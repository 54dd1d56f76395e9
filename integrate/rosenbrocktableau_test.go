package integrate

import (
	"math"
	"math/cmplx"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// textbook returns alpha, beta = alpha + Gamma and Gamma of a Rosenbrock tableau.
func textbook(tab *RosenbrockTableau) (alpha, beta, gamma *mat.Dense) {
	s := tab.Stages()
	inv, a := mat.NewDense(s, s, nil), mat.NewDense(s, s, nil)
	for i := range s {
		inv.Set(i, i, 1/tab.Gamma)
		for j := range i {
			inv.Set(i, j, -tab.C[i][j])
			a.Set(i, j, tab.A[i][j])
		}
	}
	alpha, beta, gamma = new(mat.Dense), new(mat.Dense), new(mat.Dense)
	if err := gamma.Inverse(inv); err != nil {
		panic(err)
	}
	alpha.Mul(a, gamma)
	beta.Add(alpha, gamma)
	return alpha, beta, gamma
}

// rosenbrockWeights returns the elementary weights of a tree at every stage: an only
// child is reached through beta, several through alpha. Source: Hairer, Wanner, Solving
// ODEs II, section IV.7, theorem 7.3.
func (t *tree) rosenbrockWeights(alpha, beta *mat.Dense) []float64 {
	s, _ := alpha.Dims()
	w := make([]float64, s)
	for i := range w {
		w[i] = 1
	}
	by := alpha
	if len(t.children) == 1 {
		by = beta
	}
	for _, c := range t.children {
		inner := c.rosenbrockWeights(alpha, beta)
		for i := range w {
			w[i] *= product(by.RawRowView(i), inner)
		}
	}
	return w
}

func rosenbrocks() []*RosenbrockTableau {
	var tabs []*RosenbrockTableau
	for _, m := range Methods() {
		if r, ok := m.(Rosenbrock); ok {
			tabs = append(tabs, r.Coefficients())
		}
	}
	return tabs
}

func TestRosenbrockOrderConditions(t *testing.T) {
	trees := treesOf(6)
	for _, tab := range rosenbrocks() {
		s := tab.Stages()
		alpha, beta, gamma := textbook(tab)
		for i := range s {
			// Coefficients up to 150 with 16 digits.
			if d := mat.Sum(alpha.Slice(i, i+1, 0, s)) - tab.Times[i]; math.Abs(d) > 1e-13 {
				t.Errorf("%s: row %d of alpha sums to c + %.2g", tab.Name, i, d)
			}
			if d := mat.Sum(gamma.Slice(i, i+1, 0, s)) - tab.D[i]; math.Abs(d) > 1e-13 {
				t.Errorf("%s: row %d of Gamma sums to d + %.2g", tab.Name, i, d)
			}
		}
		check := func(what string, w []float64, theta float64, order int) {
			t.Helper()
			b := mat.NewVecDense(s, nil) // in terms of the textbook form
			b.MulVec(gamma.T(), mat.NewVecDense(s, w))
			miss := func(tr *tree) float64 {
				return math.Abs(product(b.RawVector().Data, tr.rosenbrockWeights(alpha, beta)) - math.Pow(theta, float64(tr.order))/tr.density)
			}
			for k := 1; k <= order; k++ {
				for _, tr := range trees[k] {
					if d := miss(tr); d > 1e-12 {
						t.Errorf("%s, %s: a condition of order %d is missed by %.2g", tab.Name, what, k, d)
					}
				}
			}
			worst := 0.0
			for _, tr := range trees[order+1] {
				worst = max(worst, miss(tr))
			}
			if worst < 1e-6 {
				t.Errorf("%s, %s: the order is understated", tab.Name, what)
			}
		}
		check("solution", tab.M, 1, tab.Order)
		embedded := make([]float64, s)
		for i := range embedded {
			embedded[i] = tab.M[i] - tab.E[i]
		}
		if tab.Estimate < tab.Order {
			check("embedded solution", embedded, 1, tab.Estimate)
		} else {
			check("embedded solution", embedded, 1, tab.Estimate+1)
		}
		w := make([]float64, s)
		for _, theta := range []float64{0.2, 0.5, 0.9} {
			tab.Weights(w, theta)
			check("interpolant", w, theta, tab.DenseOrder)
		}
	}
}

// R(z) = 1 + z b (I - z beta)^-1 1 vanishes at infinity and stays below 1 on the
// imaginary axis.
func TestRosenbrockStability(t *testing.T) {
	for _, tab := range rosenbrocks() {
		if r := cmplx.Abs(tab.stability(-1e12)); r > 1e-10 {
			t.Errorf("%s: R(inf) = %.2g", tab.Name, r)
		}
		for y := 1e-2; y < 1e6; y *= 1.1 {
			if r := cmplx.Abs(tab.stability(complex(0, y))); r > 1+1e-10 {
				t.Errorf("%s: |R(%.3gi)| = 1 + %.2g", tab.Name, y, r-1)
			}
		}
	}
}

// stability takes a step of size z at y' = y from y = 1.
func (tab *RosenbrockTableau) stability(z complex128) complex128 {
	u := make([]complex128, tab.Stages())
	y1 := complex128(1)
	for i := range u {
		y, r := complex128(1), complex128(0)
		for j := range i {
			y += complex(tab.A[i][j], 0) * u[j]
			r += complex(tab.Gamma*tab.C[i][j], 0) * u[j]
		}
		g := complex(tab.Gamma, 0)
		u[i] = (z*g*y + r) / (1 - z*g)
		y1 += complex(tab.M[i], 0) * u[i]
	}
	return y1
}

func TestRosenbrockWeightRates(t *testing.T) {
	for _, tab := range rosenbrocks() {
		s := tab.Stages()
		rate, lo, hi := make([]float64, s), make([]float64, s), make([]float64, s)
		const theta, h = 0.37, 1e-5
		tab.WeightRates(rate, theta)
		tab.Weights(lo, theta-h)
		tab.Weights(hi, theta+h)
		for i := range rate {
			if d := rate[i] - (hi[i]-lo[i])/(2*h); math.Abs(d) > 1e-6 {
				t.Errorf("%s: the weight rate of stage %d is off by %.2g", tab.Name, i, d)
			}
		}
	}
}

func product(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}
