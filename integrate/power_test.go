package integrate

import (
	"math"
	"testing"
)

func TestPowers(t *testing.T) {
	for x := 1e-300; x < 1e300; x *= 1.0371 {
		if d := math.Abs(log2(x) - math.Log2(x)); d > 1e-5 {
			t.Fatalf("log2(%v) is off by %.2g", x, d)
		}
	}
	for x := -900.; x < 900; x += 0.0371 {
		if d := math.Abs(exp2(x)/math.Exp2(x) - 1); d > 1e-6 {
			t.Fatalf("exp2(%v) is off by %.2g", x, d)
		}
	}
	for n := -1000; n <= 1000; n++ { // exact at, and continuous over, powers of two
		p := math.Ldexp(1, n)
		if log2(p) != float64(n) || exp2(float64(n)) != p {
			t.Fatalf("not exact at 2^%d", n)
		}
		if d := log2(p) - log2(math.Nextafter(p, 0)); d < 0 || d > 1e-12 {
			t.Fatalf("log2 jumps by %v at 2^%d", d, n)
		}
	}
	if log2(0) > -1000 || log2(math.Inf(1)) < 1000 || exp2(math.Inf(1)) < 1e300 || exp2(math.Inf(-1)) > 1e-300 {
		t.Error("the ends of the scale")
	}
}
