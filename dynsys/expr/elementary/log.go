package elementary

import "math"

const (
	infBits = 0x7ff << 52
	nanBits = 0x7ff8 << 48

	// split of x into 2^k z with z in [0.6875, 1.375)
	logOffset = 0x3fe6 << 48

	ln2LogHi = 0x1.62e42fefa3800p-1 // ln 2 to a multiple of 2^-42
	ln2LogLo = 0x1.ef35793c76730p-45

	log2eHi    = 0x1.7154768000000p+0 // 1/ln 2 to 26 bits
	log2eLo    = -0x1.6a3e80f444178p-27
	log10eHi   = 0x1.bcb7b18000000p-2 // 1/ln 10 to 26 bits
	log10eLo   = -0x1.6c8d78e6acaa4p-29
	log10of2Hi = 0x1.34413509f8000p-2 // to a multiple of 2^-42
	log10of2Lo = -0x1.80433b83b532ap-44
)

// Log returns the natural logarithm, NaN for x < 0 and -Inf for 0.
//
// With x = 2^k z and the table value inv ~ 1/z of 12 bits, r = z inv - 1 is exact in
// two parts and |r| < 2^-7; log x = k ln 2 - log inv + log(1+r), the last by its Taylor
// polynomial of degree 9. Around 1 inv is 1, so that small logarithms keep their digits.
func Log(x float64) float64 {
	ix := math.Float64bits(x)
	scaled := int64(0)
	if ix-1<<52 >= infBits-1<<52 {
		if x == 0 {
			return -math.Float64frombits(infBits)
		}
		if x != x || ix == infBits {
			return x
		}
		if x < 0 {
			return math.Float64frombits(nanBits)
		}
		ix = math.Float64bits(float64(x * 0x1p54)) // subnormal
		scaled = 54
	}
	d := ix - logOffset
	k := float64(int64(d)>>52 - scaled)
	i := (d >> 45 & 127) * 3
	z := ix - d&(0xfff<<52)
	inv := math.Float64frombits(logTable[i])
	zh := math.Float64frombits(z &^ (1<<27 - 1))
	r := (float64(zh*inv) - 1) + float64((math.Float64frombits(z)-zh)*inv)
	hi := float64(k*ln2LogHi) + math.Float64frombits(logTable[i+1])
	lo := float64(k*ln2LogLo) + math.Float64frombits(logTable[i+2])
	w := hi + r
	lo += (hi - w) + r
	return w + (lo + float64(r*r*(float64(r*log1pTail(r))-0.5)))
}

// log1pTail returns (log(1+r) - r + r^2/2) / r^3 for |r| < 2^-7, the Taylor polynomial
// whose rest is below 2^-50.
func log1pTail(r float64) float64 {
	r2 := float64(r * r)
	return (1.0/3 - float64(r*(1.0/4))) + float64(r2*((1.0/5-float64(r*(1.0/6)))+float64(r2*((1.0/7-float64(r*(1.0/8)))+float64(r2*(1.0/9))))))
}

// logParts returns k and log z for a finite x > 0, x = 2^k z, the logarithm in two parts
// with a relative error below 2^-65, by the method of [Log].
func logParts(x float64) (k, hi, lo float64) {
	ix := math.Float64bits(x)
	scaled := int64(0)
	if ix < 1<<52 {
		ix = math.Float64bits(float64(x * 0x1p54))
		scaled = 54
	}
	d := ix - logOffset
	i := (d >> 45 & 127) * 3
	z := ix - d&(0xfff<<52)
	inv := math.Float64frombits(logTable[i])
	zh := math.Float64frombits(z &^ (1<<27 - 1))
	rh := float64(zh*inv) - 1
	rl := float64((math.Float64frombits(z) - zh) * inv)
	r := rh + rl
	rest := (rh - r) + rl
	t1 := math.Float64frombits(logTable[i+1])
	t2 := t1 + r
	lo = math.Float64frombits(logTable[i+2]) + ((t1 - t2) + r)
	// r^2/2 with the square of the upper half exact
	u := math.Float64frombits(math.Float64bits(r) &^ (1<<27 - 1))
	s := float64(u * u * 0.5)
	t3 := t2 - s
	lo += ((t2 - t3) - s) + (rest - float64(r*rest)) - float64((r-u)*(r+u)*0.5)
	lo += float64(r * r * r * log1pTail(r))
	hi = t3 + lo
	return float64(int64(d)>>52 - scaled), hi, (t3 - hi) + lo
}

// logSpecial reports whether x is not a finite number above 0.
func logSpecial(x float64) bool { return !(x > 0 && x < math.Float64frombits(infBits)) }

// Log2 returns the binary logarithm; it is exact for powers of 2.
func Log2(x float64) float64 {
	if logSpecial(x) {
		return Log(x)
	}
	k, hi, lo := logParts(x)
	h := math.Float64frombits(math.Float64bits(hi) &^ (1<<27 - 1))
	lo += hi - h
	a := float64(h * log2eHi)
	b := float64(h*log2eLo) + float64(lo*(1/math.Ln2))
	s := k + a
	return s + (((k - s) + a) + b)
}

// Log10 returns the decimal logarithm.
func Log10(x float64) float64 {
	if logSpecial(x) {
		return Log(x)
	}
	k, hi, lo := logParts(x)
	h := math.Float64frombits(math.Float64bits(hi) &^ (1<<27 - 1))
	lo += hi - h
	a := float64(h * log10eHi)
	b := float64(h*log10eLo) + float64(lo*(1/math.Ln10)) + float64(k*log10of2Lo)
	c := float64(k * log10of2Hi)
	s := c + a
	return s + (((c - s) + a) + b)
}
