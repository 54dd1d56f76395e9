package sensitivity

import (
	"context"
	"math"
	"testing"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/internal/problems"
)

// The certificate of Forward and Discrete shows rounding between tangent and
// transpose, and its distance is that to the reference gradient within a factor of
// ten: the run at a hundredth of the tolerance is far more accurate than the first.
func TestCertificate(t *testing.T) {
	q := problems.LotkaVolterra()
	ref, err := q.Loss()
	if err != nil {
		t.Fatal(err)
	}
	p, loss := problemOf(q), SumOfSquares(ref.T, ref.Data, nil)
	sizes := make([]float64, len(p.P))
	for i, v := range p.P {
		sizes[i] = math.Abs(v)
	}
	for _, method := range []Method{Forward{}, Discrete{}, Discrete{Probes: 1}, Continuous{}, Continuous{Variant: Backsolve}} {
		set := &Settings{Settings: integrate.Settings{RelTol: 1e-6, AbsTol: 1e-9}}
		r, err := Certify(context.Background(), p, loss, method, set)
		if err != nil {
			t.Fatalf("%v: %v", method, err)
		}
		c := r.Certificate
		limit := 1e-12
		if _, ok := method.(Continuous); ok {
			limit = 1e-3 // of the size of the error itself
		}
		if !(c.Duality <= limit) {
			t.Errorf("%v: duality %.1e", method, c.Duality)
		}
		actual := scaledApart(r.P, ref.DP, sizes)
		if !(c.Distance > actual/10 && c.Distance < 10*actual) && !(c.Distance < 1e-5 && actual < c.Distance) {
			t.Errorf("%v: distance said %.1e, is %.1e", method, c.Distance, actual)
		}
	}
}

// Near a constant solution the steps resolve the state and not its derivatives: exact
// on the grid, thousands instead of 212.7, and only the distance tells.
func TestCertificateSeesTheTrap(t *testing.T) {
	var times []float64
	for k := range 101 {
		times = append(times, float64(k)/10)
	}
	p, loss := problemOf(problems.ConstantSolution()), SumOfStates(times)
	r, err := Certify(context.Background(), p, loss, Discrete{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c := r.Certificate; !(c.Duality <= 1e-12) || !(c.Distance > 0.1) {
		t.Errorf("gradient %v passes with %v", r.P[0], c)
	}
	r, err = Certify(context.Background(), p, loss, Forward{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c := r.Certificate; !(c.Distance < 1e-5) || math.Abs(r.P[0]/212.710425216819-1) > 1e-6 {
		t.Errorf("gradient %v with %v", r.P[0], c)
	}
}
