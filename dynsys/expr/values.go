package expr

import "math"

// The functions of this file are parts of generated Go source too: they use package math
// and each other only.

// truth returns 1 or 0 for the outcome of comparing x and y, NaN where one of
// them is NaN.
func truth(holds bool, x, y float64) float64 {
	if holds && x == x && y == y {
		return 1
	}
	if x != x || y != y {
		return math.NaN()
	}
	return 0
}

// and3 is "and" in three values, where any number but 0 is true and NaN is
// unknown: false and unknown is false.
func and3(x, y float64) float64 {
	if x == 0 || y == 0 {
		return 0
	}
	if x != x || y != y {
		return math.NaN()
	}
	return 1
}

// or3 is "or" in three values: true or unknown is true.
func or3(x, y float64) float64 {
	return not3(and3(not3(x), not3(y)))
}

func not3(x float64) float64 {
	if x == 0 {
		return 1
	}
	if x != x {
		return x
	}
	return 0
}

// choose returns x where c is true, y where it is false, NaN where it is NaN.
func choose(c, x, y float64) float64 {
	if c == 0 {
		return y
	}
	if c != c {
		return c
	}
	return x
}

// sign returns -1, 0 or 1.
func sign(x float64) float64 {
	if x > 0 {
		return 1
	}
	if x < 0 {
		return -1
	}
	return x + 0 // 0 for both zeros, NaN for NaN
}

// powInt returns x^k by repeated multiplication, from the lowest bit of |k| up,
// and one division where k < 0. Programs multiply in this order too.
func powInt(x float64, k int) float64 {
	e := k
	if e < 0 {
		e = -e
	}
	r, started := 1.0, false
	for s := x; ; s *= s {
		if e&1 == 1 {
			if started {
				r *= s
			} else {
				r, started = s, true
			}
		}
		if e >>= 1; e == 0 {
			break
		}
	}
	if k < 0 {
		return 1 / r
	}
	return r
}

// powLogEdge returns z, or 0 where x = 0 and y > 0.
func powLogEdge(x, y, z float64) float64 {
	if x == 0 && y > 0 {
		return 0
	}
	return z
}

func lgamma(x float64) float64 {
	v, _ := math.Lgamma(x)
	return v
}
