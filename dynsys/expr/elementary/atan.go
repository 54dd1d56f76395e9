package elementary

import "math"

// Atan returns the arc tangent, in [-pi/2, pi/2].
func Atan(x float64) float64 {
	if x != x {
		return x
	}
	return Atan2(x, 1)
}

// Atan2 returns the angle of the point (x, y), in [-pi, pi], with the special values of
// math.Atan2.
//
// With q the smaller of |x| and |y| over the larger and c the nearest multiple of 1/32,
// atan q = atan c + atan t, t = (q - c)/(1 + c q), |t| <= 1/64: the first from a table in
// two parts, the second by Taylor to t^11.
func Atan2(y, x float64) float64 {
	if x != x || y != y {
		return x + y
	}
	inf := math.Float64frombits(infBits)
	u := math.Abs(y)
	v := math.Abs(x)
	steep := u > v
	if steep {
		w := u
		u = v
		v = w
	}
	if v > 0x1p1000 {
		if v == inf {
			if u == inf {
				u = 1
			} else {
				u = 0
			}
			v = 1
		}
		u = float64(u * 0x1p-100)
		v = float64(v * 0x1p-100)
	}
	if v < 0x1p-900 {
		u = float64(u * 0x1p120)
		v = float64(v * 0x1p120)
	}
	hi := 0.0
	lo := 0.0
	t := 0.0
	if v > 0 {
		kd := float64(u/v*32) + roundShift
		i := (math.Float64bits(kd) & 63) * 2
		c := float64((kd - roundShift) * (1.0 / 32))
		// c v is exact in two parts
		vh := math.Float64frombits(math.Float64bits(v) &^ (1<<27 - 1))
		t = ((u - float64(c*vh)) - float64(c*(v-vh))) / (v + float64(c*u))
		hi = math.Float64frombits(atanTable[i])
		lo = math.Float64frombits(atanTable[i+1])
	}
	s := float64(t * t)
	p := (-1.0/3 + float64(s*(1.0/5))) + float64(s*s*((-1.0/7+float64(s*(1.0/9)))-float64(s*s*(1.0/11))))
	lo += float64(t * s * p)
	// quarter turns: the angle is turn + (hi + t + lo) or turn - (hi + t + lo)
	a := 0.0
	if steep {
		if math.Float64bits(x)>>63 == 1 {
			a = turned(halfPiHi, halfPiLo, hi, t, lo)
		} else {
			a = turned(halfPiHi, halfPiLo, -hi, -t, -lo)
		}
	} else {
		if math.Float64bits(x)>>63 == 1 {
			a = turned(2*halfPiHi, 2*halfPiLo, -hi, -t, -lo)
		} else {
			a = hi + (t + lo)
		}
	}
	return math.Float64frombits(math.Float64bits(a) | math.Float64bits(y)&(1<<63))
}

// turned returns (h + l) + (hi + t + lo) where h is the largest in size.
func turned(h, l, hi, t, lo float64) float64 {
	s := h + hi
	r := (h - s) + hi
	w := s + t
	return w + (((s - w) + t) + (r + (l + lo)))
}

// Asin returns the arc sine, in [-pi/2, pi/2], NaN outside [-1, 1].
func Asin(x float64) float64 { return Atan2(x, math.Sqrt(float64((1-x)*(1+x)))) }

// Acos returns the arc cosine, in [0, pi], NaN outside [-1, 1].
func Acos(x float64) float64 { return float64(2 * Atan2(math.Sqrt(1-x), math.Sqrt(1+x))) }
