package vector

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestTanhIsItsTwin(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	odd := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 400, -1000, 0, math.Copysign(0, -1), 5e-324, -1e-300, 19.5}
	for n := range 40 {
		z := random(n, rng)
		for i := range z {
			if rng.IntN(5) == 0 {
				z[i] = odd[rng.IntN(len(odd))]
			}
		}
		value, slope, pv, ps := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
		Tanh(value, slope, z)
		expNegPlain(ps, pv, z, 2)
		finishTanhPlain(pv, ps, z)
		for i, x := range z {
			same := math.Float64bits(value[i]) == math.Float64bits(pv[i]) && math.Float64bits(slope[i]) == math.Float64bits(ps[i])
			if !same && x == x {
				t.Errorf("z = %v: %v, %v, its twin %v, %v", x, value[i], slope[i], pv[i], ps[i])
			}
			if want := math.Tanh(x); !(math.Abs(value[i]-want) <= 8e-16*math.Abs(want)) && want == want || (value[i] != value[i]) != (want != want) {
				t.Errorf("tanh(%v) = %v, package math %v", x, value[i], want)
			}
		}
	}
}
