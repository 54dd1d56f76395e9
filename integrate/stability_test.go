package integrate

import (
	"math"
	"testing"
)

// The stability function of an explicit method is the exponential series up to its
// order, so that R(z) - e^z falls with the power p+1, and it reaches as far to the left
// as the literature says.
//
// Limits: Hairer, Wanner, Solving ODEs II, section IV.2, for the classical ones and
// Dopri5; the others are those that OrdinaryDiffEq.jl (alg_stability_size) publishes.
func TestStabilityOfExplicitMethods(t *testing.T) {
	for _, c := range []struct {
		m     RungeKutta
		order int
		limit float64
	}{
		{Euler{}, 1, 2}, {Heun{}, 2, 2}, {RK4{}, 4, 2.7853}, {BS3{}, 3, 2.5127},
		{Dopri5{}, 5, 3.3066}, {Tsit5{}, 5, 3.5068}, {Vern7{}, 7, 4.6400}, {Vern9{}, 9, 4.4762},
	} {
		tab := c.m.Tableau()
		at := func(r float64) float64 { return math.Abs(real(tab.stability(complex(r, 0))) - math.Exp(r)) }
		r := 0.5
		if c.order <= 5 {
			r = 0.05 // still far above rounding
		}
		if slope := math.Log2(at(r) / at(r/2)); math.Abs(slope-float64(c.order+1)) > 0.3 {
			t.Errorf("%v: R(z) - e^z falls with the power %.2f, want %d", c.m, slope, c.order+1)
		}
		lo := 0.0 // the end of the first interval on which |R| <= 1
		for math.Abs(real(tab.stability(complex(-lo, 0)))) <= 1+1e-12 {
			lo += 1e-3
		}
		if math.Abs(lo-c.limit) > 2e-3 {
			t.Errorf("%v is stable up to %.4f on the negative axis, want %.4f", c.m, lo, c.limit)
		}
	}
}
