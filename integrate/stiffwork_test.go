package integrate_test

import (
	"testing"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/internal/problems"
)

// work is what a solution cost: steps, Jacobians, factorisations, right-hand sides.
type work [4]int

// The work of implicit one-step methods at a relative tolerance of 1e-6 stays within a
// quarter of what it was when these numbers were taken, so that lost efficiency shows.
// Attempts count as steps.
func TestStiffWork(t *testing.T) {
	for _, c := range []struct {
		q    *problems.Problem
		abs  float64
		want map[integrate.Method]work
	}{
		{problems.Rober(), 1e-6, map[integrate.Method]work{
			integrate.Rodas5P{}:   {382, 381, 382, 3057},
			integrate.RadauIIA5{}: {273, 31, 165, 2319},
			integrate.Kvaerno5{}:  {262, 37, 142, 3954},
			integrate.KenCarp4{}:  {261, 38, 150, 3577},
		}},
		{problems.Hires(), 1e-2, map[integrate.Method]work{
			integrate.Rodas5P{}:   {146, 138, 146, 1162},
			integrate.RadauIIA5{}: {91, 25, 63, 807},
			integrate.Kvaerno5{}:  {126, 32, 64, 1581},
			integrate.KenCarp4{}:  {126, 24, 56, 1375},
		}},
		{problems.Pollu(), 1e-4, map[integrate.Method]work{
			integrate.Rodas5P{}:   {82, 82, 82, 658},
			integrate.RadauIIA5{}: {49, 8, 38, 357},
			integrate.Kvaerno5{}:  {85, 7, 38, 815},
			integrate.KenCarp4{}:  {74, 7, 44, 664},
		}},
		{problems.Oregonator(), 1, map[integrate.Method]work{
			integrate.Rodas5P{}:   {975, 970, 975, 7797},
			integrate.RadauIIA5{}: {569, 129, 421, 5217},
			integrate.Kvaerno5{}:  {632, 186, 288, 9812},
			integrate.KenCarp4{}:  {672, 155, 259, 9011},
		}},
		{problems.VanDerPolStiff(), 1, map[integrate.Method]work{
			integrate.Rodas5P{}:   {721, 714, 721, 5763},
			integrate.RadauIIA5{}: {517, 78, 378, 4370},
			integrate.Kvaerno5{}:  {466, 115, 214, 8563},
			integrate.KenCarp4{}:  {502, 103, 208, 8048},
		}},
	} {
		for _, m := range []integrate.Method{integrate.Rodas5P{}, integrate.RadauIIA5{}, integrate.Kvaerno5{}, integrate.KenCarp4{}} {
			p, err := c.q.System.Problem(c.q.P, c.q.T0, c.q.T1)
			if err != nil {
				t.Fatal(err)
			}
			p.Y0 = c.q.Y0
			run := integrate.Start(background, p, m, &integrate.Settings{RelTol: 1e-6, AbsTol: c.abs * 1e-6})
			for range run.Steps() {
			}
			if run.Err() != nil {
				t.Errorf("%s, %v: %v", c.q.Name, m, run.Err())
				continue
			}
			s := run.Stats()
			got, want := work{s.Steps + s.Rejected, s.Jacobians, s.Factorizations, s.RHS}, c.want[m]
			for i, what := range []string{"steps", "Jacobians", "factorisations", "right-hand sides"} {
				if got[i] > want[i]*5/4 || got[i] < want[i]*3/4 {
					t.Errorf("%s, %v: %d %s, were %d", c.q.Name, m, got[i], what, want[i])
				}
			}
		}
	}
}
