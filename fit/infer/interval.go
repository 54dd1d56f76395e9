package infer

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Quantile returns the two-sided 95 % quantile: that of Student's t with dof degrees
// of freedom, or of the normal distribution (1.96) where dof is 0 or infinite. It is
// NaN for negative dof.
func Quantile(dof float64) float64 {
	switch {
	case dof < 0:
		return math.NaN()
	case dof == 0 || math.IsInf(dof, 1):
		return distuv.UnitNormal.Quantile(0.975)
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: dof}.Quantile(0.975)
}

// LeastSquaresFactor returns n/(n-p), by which the covariance of the likelihood
// grows where the scale of the noise was estimated from the same n values by p
// parameters: s^2 = RSS/(n-p) takes the place of RSS/n, as in ordinary regression.
// It is NaN where n <= p: nothing is left to estimate the noise from.
func LeastSquaresFactor(n, p int) float64 {
	if n <= p {
		return math.NaN()
	}
	return float64(n) / float64(n-p)
}

// Axis maps a search parameter x to its value p.
type Axis interface {
	From(x float64) float64
	Derivative(x float64) float64 // dp/dx
}

// Estimate returns the standard error and the 95 % interval of a parameter whose
// search parameter is x with standard error se, for a quantile q. The standard error
// is |dp/dx| se, the interval the image of [x - q se, x + q se].
func Estimate(a Axis, x, se, q float64) (stderr float64, interval [2]float64) {
	return math.Abs(a.Derivative(x)) * se, [2]float64{a.From(x - q*se), a.From(x + q*se)}
}

// Delta returns the standard error sqrt(g^T C g) of a quantity with the gradient g in
// parameters with the row-major covariance cov. A parameter that is not determined
// does not matter where its derivative is exactly zero.
func Delta(g, cov []float64) float64 {
	n := len(g)
	sum := 0.0
	for i, gi := range g {
		for j, gj := range g {
			if gi != 0 && gj != 0 {
				sum += gi * gj * cov[i*n+j]
			}
		}
	}
	return math.Sqrt(sum)
}

// AIC is Akaike's criterion 2 k + 2 nll of a fit with k estimated parameters.
func AIC(nll float64, k int) float64 { return 2*float64(k) + 2*nll }

// BIC is Schwarz's criterion k ln(n) + 2 nll for n data.
func BIC(nll float64, k, n int) float64 { return float64(k)*math.Log(float64(n)) + 2*nll }
