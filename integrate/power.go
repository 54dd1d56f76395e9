package integrate

import "math"

// Step sizes need powers of error norms, a few in every step, and bear a relative error
// of 1e-5. log2 and exp2 are continuous polynomials between powers of two, exact there,
// at a quarter of the cost of those of package math.

// log2 returns the binary logarithm of x >= 0 to 1e-5. At zero it is -1023, at
// infinity 1024.
func log2(x float64) float64 {
	bits := math.Float64bits(x)
	e := int(bits>>52) - 1023
	u := math.Float64frombits(bits&(1<<52-1)|1023<<52) - 1
	q := 0.44265407248977773 + u*(-0.2765695030487946+u*(0.18410082887395485+u*(-0.09720183373310236+u*0.025691262678293404)))
	return float64(e) + u + u*(1-u)*q
}

// exp2 returns 2^x with a relative error of 1e-6, for x kept in [-1000, 1000].
func exp2(x float64) float64 {
	x = min(max(x, -1000), 1000)
	n := math.Floor(x)
	f := x - n
	q := -0.3068511912776003 + f*(-0.06667825842841796+f*(-0.01086665279783599+f*-0.001896461087887503))
	return math.Float64frombits(uint64(int(n)+1023)<<52) * (1 + f + f*(1-f)*q)
}
