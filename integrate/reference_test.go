package integrate_test

import (
	"errors"
	"math"
	"testing"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/internal/problems"
)

// growth is by how much the problem magnifies the error of a step until the end, read
// off generously from the reference sensitivities: a periodic orbit with two close
// encounters, a chaotic system, a cluster of seven stars. The others forget.
var growth = map[string]float64{"arenstorf": 3e6, "lorenz": 1e9, "pleiades": 3e4}

// Every problem that is not stiff meets its reference trajectory to the tolerance
// asked, times what the problem itself magnifies.
func TestReferenceTrajectories(t *testing.T) {
	seen := 0
	for _, q := range problems.All() {
		ref, err := q.Reference()
		if errors.Is(err, problems.ErrNoReference) || q.Stiff {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		seen++
		factor := 200.
		if g, ok := growth[q.Name]; ok {
			factor = g
		}
		for _, m := range []integrate.Method{integrate.Dopri5{}, integrate.Tsit5{}, integrate.Vern7{}, integrate.Dop853{}, integrate.Vern9{}, integrate.Adams{}} {
			for _, tol := range []float64{1e-6, 1e-9, 1e-12} {
				p, err := q.System.Problem(q.P, q.T0, q.T1)
				if err != nil {
					t.Fatal(err)
				}
				p.Y0 = q.Y0
				var times []float64
				for _, pt := range ref {
					times = append(times, min(pt.T, q.T1))
				}
				sol, err := integrate.Solve(background, p, m, &integrate.Settings{RelTol: tol, AbsTol: tol, Times: times})
				if err != nil {
					t.Errorf("%s, %v, %.0e: %v", q.Name, m, tol, err)
					continue
				}
				worst := 0.0
				for i, pt := range ref {
					for j, want := range pt.Y {
						worst = max(worst, math.Abs(sol.Y[i][j]-want)/(1+math.Abs(want)))
					}
				}
				// 1e-14 a step is the least that rounding leaves.
				if limit := factor * max(tol, 1e-14); worst > limit {
					t.Errorf("%s, %v: error %.2g at tolerance %.0e, limit %.2g", q.Name, m, worst, tol, limit)
				}
			}
		}
	}
	if seen < 7 {
		t.Errorf("only %d problems were seen", seen)
	}
}
