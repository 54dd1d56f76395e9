package vector

import "math"

// expNegFast does elements four at a time as far as it can, and returns how many. It
// stops before four of which one is out of its range.
func expNegFast(e, m, z []float64, c float64) int {
	if !avx2 {
		expNegPlain(e, m, z, c)
		return len(z)
	}
	if len(z) < lanes {
		return 0
	}
	return expNegAVX2(&e[0], &m[0], &z[0], len(z), -c, &expNegConstants)
}

// expNegAVX2 is in expneg_amd64.s.
//
//go:noescape
func expNegAVX2(e, m, z *float64, n int, minusC float64, constants *[18][4]float64) (done int)

// expNegConstants are the numbers of the assembly, in the order of its offsets, each four
// times.
var expNegConstants = [18][4]float64{
	{1 / math.Ln2, 1 / math.Ln2, 1 / math.Ln2, 1 / math.Ln2},
	{roundShift, roundShift, roundShift, roundShift},
	{ln2Hi, ln2Hi, ln2Hi, ln2Hi},
	{ln2Lo, ln2Lo, ln2Lo, ln2Lo},
	{deepest, deepest, deepest, deepest},
	{1, 1, 1, 1},
	{1.0 / 2, 1.0 / 2, 1.0 / 2, 1.0 / 2},
	{1.0 / 6, 1.0 / 6, 1.0 / 6, 1.0 / 6},
	{1.0 / 24, 1.0 / 24, 1.0 / 24, 1.0 / 24},
	{1.0 / 120, 1.0 / 120, 1.0 / 120, 1.0 / 120},
	{1.0 / 720, 1.0 / 720, 1.0 / 720, 1.0 / 720},
	{1.0 / 5040, 1.0 / 5040, 1.0 / 5040, 1.0 / 5040},
	{1.0 / 40320, 1.0 / 40320, 1.0 / 40320, 1.0 / 40320},
	{1.0 / 362880, 1.0 / 362880, 1.0 / 362880, 1.0 / 362880},
	{1.0 / 3628800, 1.0 / 3628800, 1.0 / 3628800, 1.0 / 3628800},
	{1.0 / 39916800, 1.0 / 39916800, 1.0 / 39916800, 1.0 / 39916800},
	{1.0 / 479001600, 1.0 / 479001600, 1.0 / 479001600, 1.0 / 479001600},
	{1.0 / 6227020800, 1.0 / 6227020800, 1.0 / 6227020800, 1.0 / 6227020800},
}
