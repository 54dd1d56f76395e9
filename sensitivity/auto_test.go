package sensitivity

import (
	"context"
	"strings"
	"testing"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/internal/problems"
)

// What Auto takes, and that it is the gradient of the method it names.
func TestAutoChoice(t *testing.T) {
	for _, c := range []struct {
		n, p      int
		vjp, mass bool
		solver    integrate.Method
		want      Method
	}{
		{2, 4, true, false, integrate.Tsit5{}, Forward{}},
		{2, 4000, false, false, integrate.Tsit5{}, Forward{}},
		{300, 300, true, false, integrate.Tsit5{}, Discrete{Probes: 1, Checkpoints: Checkpoints{Bytes: 1 << 30}}},
		{10, 100, true, false, integrate.BDF{}, Forward{}},
		{100, 1000, true, false, integrate.BDF{}, Continuous{Variant: Gauss}},
		{100, 1000, true, true, integrate.BDF{}, Forward{}},
		{100, 1000, true, true, integrate.RadauIIA5{}, Discrete{Probes: 1, Checkpoints: Checkpoints{Bytes: 1 << 30}}},
	} {
		if got, why := (Auto{}).choose(c.n, c.p, c.vjp, c.mass, c.solver); got != c.want || why == "" {
			t.Errorf("%d states, %d parameters, %v: %v (%s), want %v", c.n, c.p, c.solver, got, why, c.want)
		}
	}
	p := problemOf(problems.LotkaVolterra())
	a, err := Gradient(context.Background(), p, SumOfStates([]float64{2, 5}), Auto{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Gradient(context.Background(), p, SumOfStates([]float64{2, 5}), Forward{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if apart(a.P, b.P) != 0 || !strings.HasPrefix(a.Choice, "forward: ") {
		t.Errorf("%v by %q, want %v", a.P, a.Choice, b.P)
	}
}
