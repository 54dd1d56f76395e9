package sensitivity_test

import (
	"math"
	"testing"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/internal/problems"
	"github.com/odefit/odefit/sensitivity"
)

// Forward sensitivities of stiff problems meet the reference gradients by the implicit
// methods and by Auto. The error of a multistep solution scatters from tolerance to
// tolerance by some ten times: over three decades a factor of five is left for sure.
func TestStiffGradients(t *testing.T) {
	for _, q := range []*problems.Problem{problems.Rober(), problems.Hires()} {
		ref, err := q.Loss()
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range []integrate.Method{integrate.Rodas5P{}, integrate.RadauIIA5{}, integrate.Kvaerno5{}, integrate.KenCarp4{}, integrate.BDF{}, integrate.Auto{}} {
			last := math.Inf(1)
			for _, tol := range []float64{1e-4, 1e-7} {
				set := &sensitivity.Settings{Solver: m}
				set.RelTol, set.AbsTol = tol, tol*1e-6
				res, err := sensitivity.Gradient(t.Context(), sensitivity.Problem[[]float64]{
					System: q.System, P: q.P, T0: q.T0, T1: ref.T[len(ref.T)-1], Y0: q.Y0,
				}, sensitivity.SumOfSquares(ref.T, ref.Data, nil), sensitivity.Forward{}, set)
				if err != nil {
					t.Errorf("%s, %v, %.0e: %v", q.Name, m, tol, err)
					continue
				}
				worst, size := 0.0, 0.0
				for i, want := range ref.DP {
					size = math.Max(size, math.Abs(want*q.P[i]))
					worst = math.Max(worst, math.Abs((res.P[i]-want)*q.P[i]))
				}
				if worst /= size; worst > 1e3*tol || worst > max(last/5, 10*tol) {
					t.Errorf("%s, %v: gradient off by %.2g at tolerance %.0e (%.2g before)", q.Name, m, worst, tol, last)
				}
				last = worst
			}
		}
	}
}
