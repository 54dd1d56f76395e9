package noise

import "math"

// normalTail returns ln Phi(u), the log of the standard normal distribution function,
// the ratio h = phi(u)/Phi(u) of density and distribution, and h + u, each to almost
// full relative accuracy for any finite u.
//
// For u < -5 it evaluates Laplace's continued fraction (Abramowitz and Stegun,
// Handbook of Mathematical Functions, 26.2.14) with x = -u,
//
//	phi(x)/(1 - Phi(x)) = x + 1/(x + 2/(x + 3/(x + ...)))
//
// in which neither Phi nor the difference h - x is formed.
func normalTail(u float64) (logP, h, hPlusU float64) {
	if u >= -5 {
		if u <= 0 {
			p := math.Erfc(-u/math.Sqrt2) / 2
			h = math.Exp(-u*u/2-halfLog2Pi) / p
			return math.Log(p), h, h + u
		}
		q := math.Erfc(u/math.Sqrt2) / 2
		h = math.Exp(-u*u/2-halfLog2Pi) / (1 - q)
		return math.Log1p(-q), h, h + u
	}
	// The remainder after k terms lies near the fixed point of t = k/(x + t). With it
	// 30 terms leave less than one unit in the last place at x = 5, and fewer beyond.
	const terms = 30
	x := -u
	t := (math.Hypot(x, 2*math.Sqrt(terms+1)) - x) / 2
	for k := terms; k >= 1; k-- {
		t = float64(k) / (x + t)
	}
	h = x + t
	return -x*x/2 - halfLog2Pi - math.Log(h), h, t
}
