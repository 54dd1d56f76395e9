package expr

import "math"

// polygamma returns the k-th derivative of the digamma function. It is climbed
// up the recurrence psi_k(x) = psi_k(x+1) - (-1)^k k! / x^(k+1) to where the
// asymptotic series holds (Abramowitz and Stegun 6.3.18 and 6.4.11); negative x
// of orders 0 and 1 come from the reflection formula (6.4.7). It is NaN at the
// poles 0, -1, -2 ..., and for x < -1000 where k > 1.
func polygamma(k int, x float64) float64 {
	switch {
	case x <= 0 && x == math.Floor(x), k > 1 && x < -1000:
		return math.NaN()
	case x <= 0 && k <= 1:
		return polygammaReflected(k, x)
	case math.IsInf(x, 1) && k > 0:
		return 0
	case k == 0:
		return digammaPositive(x)
	}
	// For x > 0 all terms of (-1)^(k+1) psi_k are positive, so that nothing cancels.
	fact := math.Gamma(float64(k)) // (k-1)!
	factK := fact * float64(k)     // k!
	sum, climb := 0.0, 15+1.5*float64(k)
	for ; x < climb; x++ {
		sum += factK * powInt(x, -(k+1))
	}
	inv := 1 / (x * x)
	sum += powInt(x, -k) * (fact + factK/(2*x))
	// sum_j B_2j (2j+k-1)! / ((2j)! x^(2j+k))
	term := factK * float64(k+1) / 2 * powInt(x, -k) * inv // (k+1)!/2! x^-(k+2)
	for j, bern := range bernoulli {
		sum += bern * term
		n := float64(2*j + 2)
		term *= (n + float64(k)) * (n + float64(k) + 1) / ((n + 1) * (n + 2)) * inv
	}
	if k%2 == 0 {
		return -sum
	}
	return sum
}

// bernoulli holds B_2, B_4, ... B_16.
var bernoulli = [...]float64{1. / 6, -1. / 30, 1. / 42, -1. / 30, 5. / 66, -691. / 2730, 7. / 6, -3617. / 510}

func digammaPositive(x float64) float64 {
	shift := 0.0
	for ; x < 15; x++ {
		shift += 1 / x
	}
	inv := 1 / (x * x)
	tail, pow := 0.0, inv
	for j, bern := range bernoulli {
		tail += bern / float64(2*j+2) * pow
		pow *= inv
	}
	return math.Log(x) - 0.5/x - tail - shift
}

func polygammaReflected(k int, x float64) float64 {
	frac := x - math.Round(x) // exact, so that pi*frac is accurate near the poles
	if k == 0 {
		return digammaPositive(1-x) - math.Pi/math.Tan(math.Pi*frac)
	}
	s := math.Pi / math.Sin(math.Pi*frac)
	return s*s - polygamma(1, 1-x)
}
