package sensitivity_test

import (
	"math"
	"testing"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/internal/problems"
	"github.com/odefit/odefit/sensitivity"
)

// The sensitivities of the stiff problems along the way, with the corrector of BDF
// solving for state and tangents together, meet the references, and so does what is
// taken where no solver is named. The work is that of a solution without tangents, times
// a few.
func TestBDFSensitivities(t *testing.T) {
	for _, q := range []*problems.Problem{problems.Rober(), problems.Hires()} {
		ref, err := q.Sensitivities()
		if err != nil {
			t.Fatal(err)
		}
		var times []float64
		for _, pt := range ref {
			times = append(times, pt.T)
		}
		for _, m := range []integrate.Method{integrate.BDF{}, nil} {
			last := math.Inf(1)
			for _, tol := range []float64{1e-4, 1e-7} {
				set := &sensitivity.Settings{Solver: m}
				set.RelTol, set.AbsTol = tol, tol*1e-6
				path, err := sensitivity.Trajectory(t.Context(), sensitivity.Problem[[]float64]{
					System: q.System, P: q.P, T0: q.T0, T1: times[len(times)-1], Y0: q.Y0,
				}, times, nil, set)
				if err != nil {
					t.Fatalf("%s, %v, %.0e: %v", q.Name, m, tol, err)
				}
				// Each column in units of its largest entry at that time.
				worst := 0.
				for k, pt := range ref {
					for j := range q.P {
						size := 0.
						for i := range pt.Y {
							size = max(size, math.Abs(pt.DP[i][j]))
						}
						for i := range pt.Y {
							worst = max(worst, math.Abs(path.Tangents[k][j][i]-pt.DP[i][j])/size)
						}
					}
				}
				if worst > 1e3*tol || worst > last/5 {
					t.Errorf("%s, %v: sensitivities off by %.2g at tolerance %.0e (%.2g before)", q.Name, m, worst, tol, last)
				}
				if s := path.Stats.Steps; s > 2500 {
					t.Errorf("%s, %v at %.0e: %d steps", q.Name, m, tol, s)
				}
				last = worst
			}
		}
	}
}
