package noise

import "math"

// digammaLess returns psi(x) - ln x for x > 0, which is about -1/(2x): what is left of
// differences of digamma functions when their logarithms are taken together.
//
// Beyond 12 it is the series of Abramowitz and Stegun 6.3.18, of which the first term
// left out is below 1e-17; before, the recurrence psi(x) = psi(x+1) - 1/x leads there.
// (gonum's Digamma is good to 1e-11 only.)
func digammaLess(x float64) float64 {
	sum, z := 0.0, x
	for z < 12 {
		sum += 1 / z
		z++
	}
	y := 1 / (z * z)
	less := -0.5/z - y*(1./12-y*(1./120-y*(1./252-y*(1./240-y*(1./132-y*(691./32760-y/12))))))
	if z == x {
		return less
	}
	return less + math.Log(z/x) - sum
}

// gap returns v - ln(1+v) for v > -1, without cancellation near 0.
func gap(v float64) float64 {
	if math.Abs(v) > 0.1 {
		return v - math.Log1p(v)
	}
	sum, power := 0.0, -v
	for n := 2.0; ; n++ {
		power *= -v
		next := sum + power/n
		if next == sum {
			return sum
		}
		sum = next
	}
}
