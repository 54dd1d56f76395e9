package elementary

import "math"

// pi/2 in parts of 33 bits, the products of which with integers below 2^20 are exact,
// and a rest.
const (
	halfPi1 = 0x1.921fb54400000p+0
	halfPi2 = 0x1.0b4611a600000p-34
	halfPi3 = 0x1.3198a2e037073p-69

	halfPi26   = 0x1.921fb58000000p+0 // to 26 bits
	halfPi26Lo = -0x1.dde973dcb3b3ap-27

	halfPiHi = 0x1.921fb54442d18p+0
	halfPiLo = 0x1.1a62633145c07p-54
)

// Sin returns the sine of x in radians, correctly reduced for every finite x, NaN for an
// infinite one.
func Sin(x float64) float64 {
	if math.Abs(x) < 0.785 {
		if math.Abs(x) < 0x1p-27 {
			return x
		}
		return sinKernel(x, 0)
	}
	n, y, z := reduce(x)
	v := 0.0
	if n&1 == 0 {
		v = sinKernel(y, z)
	} else {
		v = cosKernel(y, z)
	}
	if n&2 == 0 {
		return v
	}
	return -v
}

// Cos returns the cosine of x in radians, as [Sin] does.
func Cos(x float64) float64 {
	if math.Abs(x) < 0.785 {
		return cosKernel(x, 0)
	}
	n, y, z := reduce(x)
	v := 0.0
	if n&1 == 0 {
		v = cosKernel(y, z)
	} else {
		v = sinKernel(y, z)
	}
	if (n+1)&2 == 0 {
		return v
	}
	return -v
}

// Tan returns the tangent of x in radians.
func Tan(x float64) float64 {
	if math.Abs(x) < 0x1p-27 {
		return x
	}
	n, y, z := reduce(x)
	s := sinKernel(y, z)
	c := cosKernel(y, z)
	if n&1 == 0 {
		return s / c
	}
	return -c / s
}

// sinKernel returns sin(y + z) for |y| <= pi/4 and a z below the last place of y: Taylor
// to y^17, whose rest is below 2^-60.
func sinKernel(y, z float64) float64 {
	s := float64(y * y)
	s2 := float64(s * s)
	low := (-1.0/6 + float64(s*(1.0/120))) + float64(s2*(-1.0/5040+float64(s*(1.0/362880))))
	high := (-1.0/39916800 + float64(s*(1.0/6227020800))) + float64(s2*(-1.0/1307674368000+float64(s*(1.0/355687428096000))))
	p := low + float64(s2*s2*high)
	return y + (float64(y*s*p) + float64(z*(1-float64(0.5*s))))
}

// cosKernel returns cos(y + z) for |y| <= pi/4: Taylor to y^18.
func cosKernel(y, z float64) float64 {
	s := float64(y * y)
	s2 := float64(s * s)
	low := (1.0/24 + float64(s*(-1.0/720))) + float64(s2*(1.0/40320+float64(s*(-1.0/3628800))))
	high := (1.0/479001600 + float64(s*(-1.0/87178291200))) + float64(s2*(1.0/20922789888000+float64(s*(-1.0/6402373705728000))))
	p := low + float64(s2*s2*high)
	h := float64(0.5 * s)
	w := 1 - h
	return w + (((1 - w) - h) + (float64(s2*p) - float64(y*z)))
}

// reduce returns n mod 4 and y + z = x - n pi/2, |y| <= pi/4.
func reduce(x float64) (n uint64, y, z float64) {
	if math.Abs(x) < 0x1p20 {
		kd := float64(x*(2/math.Pi)) + roundShift
		n = math.Float64bits(kd) & 3
		kd -= roundShift
		a := x - float64(kd*halfPi1)
		b := float64(kd * halfPi2)
		// a - b in two parts
		s := a - b
		t := s - a
		low := ((a - (s - t)) - (b + t)) - float64(kd*halfPi3)
		y = s + low
		z = (s - y) + low
		if math.Abs(y) > 0x1p-27 || kd == 0 {
			return n, y, z
		}
	}
	return reduceLarge(x)
}

// reduceLarge is reduce for every |x| >= 1/2, in integers (Payne and Hanek, "Radian
// reduction for trigonometric functions", SIGNUM Newsletter 18, 1983): x is m 2^e, and of
// 2/pi only those 32-bit words are taken whose product with it is neither a multiple of
// 4 nor below 2^-160.
func reduceLarge(x float64) (n uint64, y, z float64) {
	bits := math.Float64bits(x) & (1<<63 - 1)
	if bits >= infBits {
		v := math.Float64frombits(nanBits)
		return 0, v, v
	}
	e := int64(bits>>52) - 1075
	m := bits&(1<<52-1) | 1<<52
	first := (e - 2 + 96) >> 5 // in words; the table begins with 3 words of 0
	shift := uint64(e + 96 - first*32)
	// m 2^shift in words m0, m1, m2; 2 <= shift < 34
	m0 := m << shift & 0xffffffff
	m1 := m >> 1 >> (31 - shift&31)
	if shift >= 32 {
		m1 = m << (shift - 32)
	}
	m2 := m1 >> 32
	m1 = m1 & 0xffffffff
	// The product by columns, from the lowest needed up: hi, lo are its last 4 words.
	hi := uint64(0)
	lo := uint64(0)
	carry := uint64(0)
	for c := int64(6); c >= 0; c-- {
		// column c holds the words of 2/pi c+first (by m0), c+first+1 (by m1), c+first+2 (by m2)
		p := m0 * twoOverPi[first+c]
		q := m1 * twoOverPi[first+c+1]
		s := m2 * twoOverPi[first+c+2]
		sum := carry + p&0xffffffff + q&0xffffffff + s&0xffffffff
		lo = lo>>32 | hi<<32
		hi = hi>>32 | sum<<32
		carry = p>>32 + q>>32 + s>>32 + sum>>32
	}
	// the integer part is what the columns left of the point hold
	n = (carry + m1*twoOverPi[first] + m2*twoOverPi[first+1]) & 3
	negative := hi>>63 == 1
	if negative {
		n = (n + 1) & 3
		lo = -lo
		hi = ^hi
		if lo == 0 {
			hi++
		}
	}
	// the fraction hi, lo as a sum of exact pieces
	a := float64(float64(int64(hi>>11)) * 0x1p-53)
	b := float64(float64(int64(hi&(1<<11-1)<<42|lo>>22)) * 0x1p-106)
	rest := float64(float64(int64(lo&(1<<22-1))) * 0x1p-128)
	f := a + b
	g := ((a - f) + b) + rest
	if a == 0 {
		f = b + rest
		g = (b - f) + rest
	}
	// times pi/2
	fh := math.Float64frombits(math.Float64bits(f) &^ (1<<27 - 1))
	p := float64(fh * halfPi26)
	q := float64((f-fh)*halfPi26) + (float64(f*halfPi26Lo) + float64(g*halfPiHi))
	y = p + q
	z = (p - y) + q
	if negative {
		y = -y
		z = -z
	}
	if math.Float64bits(x)>>63 == 1 {
		return (4 - n) & 3, -y, -z
	}
	return n, y, z
}
