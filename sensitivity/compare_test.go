package sensitivity

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/odefit/odefit/internal/problems"
)

// All methods agree where the parameters enter in every way there is, and more
// closely at tighter tolerance.
func TestMethodsAgree(t *testing.T) {
	p, loss := everyPath()
	// Backward in time the nerve cell leaves its limit cycle: Backsolve needs to be
	// set right often, and not over too long an interval.
	nerve := problems.FitzHughNagumo()
	nerve.T1 = nerve.T0 + 20
	mlp := perceptron(t)
	for _, c := range []struct {
		name string
		p    Problem[[]float64]
		loss *Loss[[]float64]
	}{
		{"every path", p, loss},
		{"mlp", mlp, SumOfStates([]float64{0.7, 1.5, 3})},
		{"fitzhugh_nagumo", problemOf(nerve), SumOfStates([]float64{2, 4, 6, 8, 10, 12, 14, 16, 18, 20})},
		{"backward in time", Problem[[]float64]{System: problems.LotkaVolterra().System, P: p.P, T0: 3, T1: 0, Y0: []float64{1, 2}}, SumOfStates([]float64{0, 2, 1.3})},
	} {
		previous := math.Inf(1)
		for _, rel := range []float64{1e-6, 1e-9, 1e-12} {
			table, err := Compare(context.Background(), c.p, c.loss, nil, tolerances(rel, rel*1e-3))
			if err != nil {
				t.Fatal(err)
			}
			worst, err := table.Worst()
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range table.Rows {
				worst = max(worst, r.ValueApart, relative(r.T0-table.Rows[0].T0, table.Rows[0].T0),
					relative(r.T1-table.Rows[0].T1, table.Rows[0].T1), apart(r.Times, table.Rows[0].Times))
			}
			t.Logf("%s, rtol %g: %.1e", c.name, rel, worst)
			if worst > previous/30 && worst > 1e-10 {
				t.Errorf("%s, rtol %g: apart by %.1e after %.1e\n%v", c.name, rel, worst, previous, table)
			}
			previous = worst
		}
		if previous > 1e-8 {
			t.Errorf("%s: apart by %.1e at tight tolerance", c.name, previous)
		}
	}
}

func TestComparisonPrints(t *testing.T) {
	q := problems.LotkaVolterra()
	loss := SumOfStates([]float64{5, 10})
	table, err := Compare(context.Background(), problemOf(q), loss, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	table.Names = q.Params
	text := table.String()
	for _, want := range []string{"forward", "discrete", "interpolating", "backsolve", "d/da", "d/dd", "apart", "VJP", "time"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	// A method that fails says why below, and the others stand.
	limited := tolerances(1e-6, 1e-9)
	limited.MaxSteps = 120
	table, err = Compare(context.Background(), problemOf(q), loss, []Method{Continuous{Tighten: 1e-5}, Discrete{}}, limited)
	if err != nil {
		t.Fatal(err)
	}
	var where *Error
	if _, err := table.Worst(); !errors.As(err, &where) || !strings.Contains(table.String(), "too many steps") {
		t.Errorf("%v\n%v", err, table)
	}
	if table.Rows[1].Err != nil || !slices.Equal(table.Rows[1].P, mustGradient(t, problemOf(q), loss, Discrete{}, limited).P) {
		t.Errorf("the row that did not fail: %+v", table.Rows[1])
	}
}

func mustGradient[S any](t testing.TB, p Problem[S], loss *Loss[S], method Method, set *Settings) *Result[S] {
	t.Helper()
	r, err := Gradient(context.Background(), p, loss, method, set)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
