package sensitivity

import (
	"math"
	"testing"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/internal/problems"
)

// The staggered corrector finds the tangents that the simultaneous one does, as
// accurately, and as many of them; a running cost comes with them.
func TestStaggeredTangents(t *testing.T) {
	for _, q := range []*problems.Problem{problems.Hires(), problems.Pollu(), problems.LotkaVolterra()} {
		p := problemOf(q)
		loss := SumOfStates([]float64{p.T1 / 3, p.T1})
		loss.G = func(_ float64, y, _ []float64) (float64, error) { return y[0] * y[1], nil }
		loss.Gy = func(out []float64, _ float64, y, _ []float64) error {
			clear(out)
			out[0], out[1] = y[1], y[0]
			return nil
		}
		tight := tolerances(1e-10, 1e-14)
		tight.Solver = integrate.RadauIIA5{}
		truth := mustGradient(t, p, loss, Forward{SkipY0: true}, tight)
		sizes := make([]float64, len(p.P))
		for i, v := range p.P {
			sizes[i] = math.Abs(v)
		}
		var off, jvps [2]float64
		for i, staggered := range []bool{false, true} {
			set := tolerances(1e-6, 1e-10)
			set.Solver, set.Staggered = integrate.BDF{}, staggered
			r := mustGradient(t, p, loss, Forward{SkipY0: true}, set)
			off[i], jvps[i] = scaledApart(r.P, truth.P, sizes), float64(r.Stats.JVP)
			if extra := r.Stats.RHS - r.Stats.JVP/(len(p.P)+1); staggered != (extra > r.Stats.Steps/2) {
				t.Errorf("%s, staggered %v: %d evaluations for the state alone in %d steps", q.Name, staggered, extra, r.Stats.Steps)
			}
		}
		// Where the simultaneous one is better than the tolerance, that is luck.
		if !(off[1] <= max(1e-6, 5*off[0])) || jvps[1] > 1.5*jvps[0] {
			t.Errorf("%s: simultaneous is off by %.1e after %v JVPs, staggered by %.1e after %v", q.Name, off[0], jvps[0], off[1], jvps[1])
		}
	}
}
