package elementary

import "math"

// Pow returns x^y with the special values of math.Pow: x^0 and 1^y are 1 even for NaN,
// a negative x has a power only for integers y.
//
// It is exp(y log x) with the logarithm and the product in two parts.
func Pow(x, y float64) float64 {
	if y == 0 || x == 1 {
		return 1
	}
	if x != x || y != y {
		return x + y
	}
	inf := math.Float64frombits(infBits)
	ax := math.Abs(x)
	ay := math.Abs(y)
	sign := 1.0
	if math.Float64bits(x)>>63 == 1 {
		parity := integerParity(ay)
		if parity == 1 {
			sign = -1
		}
		if parity == 2 && x < 0 && x > -inf {
			return math.Float64frombits(nanBits)
		}
	}
	if ax == 0 || ax == inf {
		if (ax == 0) == (y > 0) {
			return float64(sign * 0)
		}
		return float64(sign * inf)
	}
	if ax == 1 {
		return sign
	}
	if ay > 0x1p65 {
		if (ax < 1) == (y > 0) {
			return float64(sign * 0)
		}
		return float64(sign * inf)
	}
	if ay < 0x1p-65 {
		return sign
	}
	k, hi, lo := logParts(ax)
	// the whole logarithm in two parts
	c := float64(k * ln2LogHi)
	s := c + hi
	if k == 0 {
		s = hi
	} else {
		lo += ((c - s) + hi) + float64(k*ln2LogLo)
	}
	// times y
	sh := math.Float64frombits(math.Float64bits(s) &^ (1<<27 - 1))
	yh := math.Float64frombits(math.Float64bits(y) &^ (1<<27 - 1))
	p := float64(yh * sh)
	q := float64((y-yh)*sh) + float64(y*((s-sh)+lo))
	e := p + q
	v := Exp(e)
	if v == inf || v == 0 {
		return float64(sign * v)
	}
	return float64(sign * (v + float64(v*((p-e)+q))))
}

// integerParity returns 0 for an even integer y >= 0, 1 for an odd one and 2 for what
// is no integer. Infinity is even.
func integerParity(y float64) int64 {
	if y >= 0x1p53 {
		return 0
	}
	n := (y + 0x1p52) - 0x1p52
	if y >= 0x1p52 {
		n = y
	}
	if n != y {
		return 2
	}
	h := float64(n * 0.5)
	m := (h + 0x1p52) - 0x1p52
	if m != h {
		return 1
	}
	return 0
}
