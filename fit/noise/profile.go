package noise

import "math"

// Profiled is a distribution whose best scale, common to several values, is known in
// closed form from their residuals: normal, lognormal, log10normal and laplace. (The
// one of student solves a nonlinear equation and is left to the search; poisson and
// negbinomial have no scale.)
//
// Such a scale can be taken out of the search: at its optimum the derivative of the
// likelihood with respect to it is zero, so that the derivatives by the predictions
// are those of [Distribution].Score with the optimal scale put in. A censored value
// has no residual, and with one among them there is no closed form.
type Profiled interface {
	Distribution

	// OptimalScale returns the scale at which values with these residuals are most
	// likely. It panics where there are none. It is 0 where all residuals are 0: the
	// likelihood is then unbounded, and there is no best scale.
	OptimalScale(residuals []float64) float64
}

// rootMeanSquare returns sqrt(sum r^2/n), without overflow or underflow on the way.
func rootMeanSquare(residuals []float64) float64 {
	mustHave(residuals)
	most := 0.0
	for _, r := range residuals {
		most = math.Max(most, math.Abs(r)) // NaN stays
	}
	if most == 0 || !finite(most) {
		return most
	}
	if most > 1e-100 && most < 1e100 {
		most = 1
	}
	sum := 0.0
	for _, r := range residuals {
		sum += (r / most) * (r / most)
	}
	return most * math.Sqrt(sum/float64(len(residuals)))
}

func mustHave(residuals []float64) {
	if len(residuals) == 0 {
		panic("noise: OptimalScale of no residuals")
	}
}
