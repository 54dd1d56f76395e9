package fit_test

import (
	"math"
	"strings"
	"testing"

	"github.com/odefit/odefit/fit"
)

// x' = -k z with z^3 + z = x + c: the algebraic state follows from the equation, whose
// solution is known where x is made to be so: with w = z, dx = (3 w^2 + 1) dw and
// dx/dt = -k w, so that 3 (w^2 - w0^2)/2 + log(w/w0) = -k t.
func TestAlgebraic(t *testing.T) {
	p, err := text(t, `
param k = 0.7 in [0.1, 5]
param c = 0.5 in [0.1, 5]
algebraic z
init z = 3
init x = 9.5
x' = -k*z
0 = z^3 + z - x - c
observe z ~ normal(z, 0.1)
observe x ~ normal(x, 0.2)
`, "time,x,z\n0,9.4,2\n1,8,1.9\n5,5,1.3\n9,2,0.6\n")
	p = must(t, p, err)
	const k, c = 0.7, 0.5
	agree(t, p, 1e-6, func(o string, time float64) float64 {
		lo, hi := 1e-9, 2.0
		for range 200 {
			w := (lo + hi) / 2
			if 1.5*(w*w-4)+math.Log(w/2) > -k*time {
				hi = w
			} else {
				lo = w
			}
		}
		if o == "z" {
			return lo
		}
		return lo*lo*lo + lo - c
	})
}

func TestAlgebraicMistakes(t *testing.T) {
	p, err := text(t, "algebraic z\nparam k = 1 in [0.1, 5]\n0 = z^2 + k\nx' = z\nobserve x ~ normal(x, 1)\n", "time,x\n0,1\n1,2\n")
	p = must(t, p, err)
	if _, err := fit.Run(t.Context(), p, &fit.Options{EvaluateOnly: true}); err == nil || !strings.Contains(err.Error(), "algebraic states") {
		t.Errorf("no solution: %v", err)
	}
	if _, err := text(t, "algebraic z\n0 = z - step(2)\nx' = z\nobserve x ~ normal(x, 1)\n", "time,x\n0,1\n1,2\n"); err == nil || !strings.Contains(err.Error(), "jumps in time") {
		t.Errorf("a jump: %v", err)
	}
	if _, err := text(t, "algebraic z\n0 = z - x\nx' = z\nobserve x ~ normal(x, 1)\n", "time,x,amt\n0,,1\n1,2,\n"); err == nil || !strings.Contains(err.Error(), "data.csv:2") {
		t.Errorf("a dose: %v", err)
	}
}
