package vector

import "math"

const (
	ln2Hi      = 0x1.62e42fee00000p-1  // 32 bits: times a whole number of up to 20 bits it is exact
	ln2Lo      = 0x1.a39ef35793c76p-33 // ln 2 - ln2Hi
	roundShift = 0x1.8p52              // added and subtracted, it rounds to a whole number
	deepest    = -708                  // e^x is a normal number down to here
)

// ExpNeg sets e = e^y and m = e^y - 1 at y = -c|z|, with errors of about one unit in the
// last place each, for any z and c > 0; NaN stays NaN. All have the length of z; e and m
// may not overlap z or each other. It is what tanh, the logistic function and their
// relatives are made of.
//
// With k = round(y/ln 2), r = y - k ln 2 and |r| <= 0.347, p = e^r - 1 is its Taylor
// polynomial of degree 13, whose rest is below 2^-56 of it; then
// e = 2^k + 2^k p and m = (2^k - 1) + 2^k p. Below y = -708 package math takes over.
func ExpNeg(e, m, z []float64, c float64) {
	e, m = e[:len(z)], m[:len(z)]
	for i := 0; i < len(z); {
		if i += expNegFast(e[i:], m[i:], z[i:], c); i == len(z) {
			return
		}
		next := min(i+lanes, len(z))
		expNegPlain(e[i:next], m[i:next], z[i:next], c)
		i = next
	}
}

// lanes is how many elements the plain twin does where the fast one stopped.
const lanes = 4

// expNegPlain is written without branches, but for a rare one, so that a processor
// overlaps the chains of several elements.
func expNegPlain(e, m, z []float64, c float64) {
	for i, x := range z {
		y := -c * math.Abs(x)
		if !(y >= deepest) { // hardly ever
			e[i], m[i] = math.Exp(y), math.Expm1(y)
			continue
		}
		k := float64(y*(1/math.Ln2)) + roundShift
		s := math.Float64frombits((math.Float64bits(k) + 1023) << 52)
		k -= roundShift
		r := (y - float64(k*ln2Hi)) - float64(k*ln2Lo)
		r2 := float64(r * r)
		r4 := float64(r2 * r2)
		a := (1.0/2 + float64(r*(1.0/6))) + float64(r2*(1.0/24+float64(r*(1.0/120))))
		b := (1.0/720 + float64(r*(1.0/5040))) + float64(r2*(1.0/40320+float64(r*(1.0/362880))))
		d := (1.0/3628800 + float64(r*(1.0/39916800))) + float64(r2*(1.0/479001600+float64(r*(1.0/6227020800))))
		p := float64(s * (r + float64(r2*(a+float64(r4*(b+float64(r4*d)))))))
		e[i] = s + p
		m[i] = (s - 1) + p
	}
}
