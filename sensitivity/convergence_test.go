package sensitivity

import (
	"math"
	"testing"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/internal/problems"
)

// On equal steps the error of a gradient falls like the order of the method: that of
// parameters, initial values and times, observations at step ends, by tangents and by
// transposes. Halving the steps twice tells the order to some tenths; a method that is
// better than its order on this problem passes, too.
func TestOrderOfGradients(t *testing.T) {
	s := standard(t, problems.LotkaVolterra(), 1e-3, "y0' = a*y0 - b*y0*y1", "y1' = -c*y1 + d*y0*y1")
	q := &s.asked[len(s.asked)-1] // the sum of squares
	for _, c := range []struct {
		solver integrate.Method
		order  float64
		n      int // steps at first
	}{
		{integrate.Euler{}, 1, 16000}, {integrate.Heun{}, 2, 2000}, {integrate.BS3{}, 3, 800}, {integrate.RK4{}, 4, 400},
		{integrate.Tsit5{}, 5, 300}, {integrate.Dopri5{}, 5, 300}, {integrate.Vern7{}, 7, 150}, {integrate.Dop853{}, 8, 150},
		{integrate.Rosenbrock23{}, 2, 1000}, {integrate.TRBDF2{}, 2, 1000}, {integrate.KenCarp4{}, 4, 300},
		{integrate.Rodas5P{}, 5, 300}, {integrate.Kvaerno5{}, 5, 300}, {integrate.RadauIIA5{}, 5, 200},
	} {
		for _, m := range []Method{Forward{}, Discrete{}} {
			off := func(n int) float64 {
				set := &Settings{Solver: c.solver}
				set.RelTol, set.AbsTol = 1e-12, 1e-12 // of iterations
				set.Grid = make([]float64, n+1)
				for i := range set.Grid {
					set.Grid[i] = s.prob.T0 + (s.prob.T1-s.prob.T0)*float64(i)/float64(n)
				}
				r := mustGradient(t, s.prob, q.loss, m, set)
				return s.off(q, r.Value, r.P, r.Y0, r.Times)
			}
			coarse, fine := off(c.n), off(4*c.n)
			got := math.Log2(coarse/fine) / 2
			t.Logf("%v, %v: %.1e to %.1e, order %.2f", c.solver, m, coarse, fine, got)
			if got < c.order-0.3 && fine > 1e-11 {
				t.Errorf("%v, %v: errors %.1e and %.1e, order %.2f, want %v", c.solver, m, coarse, fine, got, c.order)
			}
		}
	}
}
