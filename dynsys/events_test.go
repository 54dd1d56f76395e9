package dynsys_test

import (
	"context"
	"math"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/integrate"
)

// y' = -p0 y, doubled at the time p1 and set back to p2 whenever it falls below it by
// half: every part of an event depends on a parameter.
func TestProblemCarriesEvents(t *testing.T) {
	sys := &dynsys.System[[]float64]{
		Dim: 1, NumParams: 3,
		RHS: func(dy []float64, _ float64, y, p []float64) error { dy[0] = -p[0] * y[0]; return nil },
		Events: []dynsys.Event[[]float64]{
			{
				At:    dynsys.Time{Value: func(p []float64) (float64, error) { return p[1], nil }},
				Reset: dynsys.Map[[]float64]{Value: func(dst []float64, _ float64, y, _ []float64) error { dst[0] = 2 * y[0]; return nil }},
			},
			{
				When:      dynsys.Scalar[[]float64]{Value: func(_ float64, y, p []float64) (float64, error) { return y[0] - p[2]/2, nil }},
				Direction: integrate.Falling,
				Reset:     dynsys.Map[[]float64]{Value: func(dst []float64, _ float64, _, p []float64) error { dst[0] = p[2]; return nil }},
			},
		},
	}
	p := []float64{2, 0.5, 1}
	prob, err := sys.Problem(p, 0, 3)
	if err != nil {
		t.Fatal(err)
	}
	prob.Y0 = []float64{3}
	p[0] = math.NaN() // the problem has a copy
	sol, err := integrate.Solve(context.Background(), prob, integrate.Tsit5{}, &integrate.Settings{RelTol: 1e-10, AbsTol: 1e-12})
	if err != nil {
		t.Fatal(err)
	}
	// 6 exp(-2t) comes down to 1/2 at ln(12)/2; then every ln(2)/2.
	want := []float64{0.5}
	for at := math.Log(12) / 2; at < 3; at += math.Ln2 / 2 {
		want = append(want, at)
	}
	if len(sol.Events) != len(want) {
		t.Fatalf("%d events, want %d", len(sol.Events), len(want))
	}
	for i, e := range sol.Events {
		if math.Abs(e.T-want[i]) > 1e-9 {
			t.Errorf("event %d at %v, want %v", i, e.T, want[i])
		}
	}
}
