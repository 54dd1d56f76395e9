package noise

import "math"

// The functions of this file write logarithms of gamma-function quotients without the
// cancellation of their large terms, after C. Loader, Fast and Accurate Computation of
// Binomial Probabilities (2000).

// stirlingError returns delta(x) = ln Gamma(x) - [(x - 1/2) ln x - x + ln(2 pi)/2] for
// x > 0. The series is Abramowitz and Stegun 6.1.41.
func stirlingError(x float64) float64 {
	if x < 16 {
		lg, _ := math.Lgamma(x)
		return lg - ((x-0.5)*math.Log(x) - x + halfLog2Pi)
	}
	y := 1 / (x * x)
	return (1./12 - y*(1./360-y*(1./1260-y*(1./1680-y*(1./1188-y*(691./360360-y/156)))))) / x
}

// deviance returns x ln(x/m) + m - x for x, m > 0, which is half the Poisson deviance,
// accurate also where x is near m.
func deviance(x, m float64) float64 {
	if math.Abs(x-m) > 0.1*(x+m) {
		return x*math.Log(x/m) + m - x
	}
	// ln(x/m) = 2 artanh(v) = 2 (v + v^3/3 + v^5/5 + ...); the first term is taken
	// together with m - x.
	v := (x - m) / (x + m)
	sum, power := (x-m)*v, 2*x*v
	for k := 3.0; ; k += 2 {
		power *= v * v
		next := sum + power/k
		if next == sum {
			return sum
		}
		sum = next
	}
}

// logBetaPower returns ln[x^a y^b / B(a, b)] for a, b > 0 and y = 1 - x in (0, 1).
func logBetaPower(a, b, x, y float64) float64 {
	n := a + b
	return -deviance(a, n*x) - deviance(b, n*y) - halfLog2Pi + (math.Log(a)+math.Log(b)-math.Log(n))/2 -
		stirlingError(a) - stirlingError(b) + stirlingError(n)
}

// logPoisson returns the log of the Poisson probability of a count k about mu > 0.
func logPoisson(k, mu float64) float64 {
	if k == 0 {
		return -mu
	}
	return -stirlingError(k) - deviance(k, mu) - halfLog2Pi - math.Log(k)/2
}
