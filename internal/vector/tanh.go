package vector

import "math"

// Tanh sets value = tanh z and slope = 1/cosh^2 z, for any z; both have the length of z,
// and may overlap neither z nor each other. value is right to 2.5 units in the last
// place and slope to 5, in their tails too, where 1 - tanh^2 z would be noise.
//
// With e = exp(-2|z|), tanh |z| = (1 - e)/(1 + e), or 1 - 2 e/(1 + e) where that is
// above 1/2, and the slope is 4 e/(1 + e)^2.
func Tanh(value, slope, z []float64) {
	value, slope = value[:len(z)], slope[:len(z)]
	ExpNeg(slope, value, z, 2)
	done := finishTanh(value, slope, z)
	finishTanhPlain(value[done:], slope[done:], z[done:])
}

// finishTanhPlain replaces value = e - 1 and slope = e by those of tanh.
func finishTanhPlain(value, slope, z []float64) {
	value, slope = value[:len(z)], slope[:len(z)]
	for i, x := range z {
		e, m := slope[i], value[i]
		q := 1 / (2 + m)
		eq := e * q
		value[i] = math.Copysign(Pick(e-1.0/3, 1-float64(2*eq), -m*q), x)
		slope[i] = float64(4*eq) * q
	}
}

// Pick returns a where x has the sign of negative numbers and b else, without a branch that
// signs at random would mislead.
func Pick(x, a, b float64) float64 {
	mask := uint64(int64(math.Float64bits(x)) >> 63)
	return math.Float64frombits(math.Float64bits(a)&mask | math.Float64bits(b)&^mask)
}
