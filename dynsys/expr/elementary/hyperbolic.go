package elementary

import "math"

// Sinh returns the hyperbolic sine, (E + E/(E+1))/2 with E = e^|x| - 1.
func Sinh(x float64) float64 {
	a := math.Abs(x)
	if a < 0x1p-27 || x != x {
		return x
	}
	v := 0.0
	if a < 22 {
		e := expm1(a)
		v = float64(0.5 * (e + e/(e+1)))
	} else {
		v = halfExp(a)
	}
	if x < 0 {
		return -v
	}
	return v
}

// Cosh returns the hyperbolic cosine.
func Cosh(x float64) float64 {
	a := math.Abs(x)
	if a < 22 {
		h := float64(0.5 * Exp(a))
		return h + 0.25/h
	}
	return halfExp(a)
}

// halfExp returns e^x / 2 for x > 0, finite up to where that overflows.
func halfExp(x float64) float64 {
	if x < 709 {
		return float64(0.5 * Exp(x))
	}
	v := Exp(float64(0.5 * x))
	return float64(0.5 * v * v)
}

// Tanh returns the hyperbolic tangent: for |x| < 0.1 by Taylor to x^15, up to 1 as E/(E+2)
// with E = e^(2|x|) - 1, above as 1 - 2/(E+2).
func Tanh(x float64) float64 {
	a := math.Abs(x)
	if a < 0x1p-27 || x != x {
		return x
	}
	if a < 0.1 {
		s := float64(x * x)
		s2 := float64(s * s)
		low := (-1.0/3 + float64(s*(2.0/15))) + float64(s2*(-17.0/315+float64(s*(62.0/2835))))
		high := (-1382.0/155925 + float64(s*(21844.0/6081075))) - float64(s2*(929569.0/638512875))
		return x + float64(x*s*(low+float64(s2*s2*high)))
	}
	v := 1.0
	if a < 22 {
		e := expm1(float64(2 * a))
		if a < 1 {
			v = e / (e + 2)
		} else {
			v = 1 - 2/(e+2)
		}
	}
	if x < 0 {
		return -v
	}
	return v
}
