package sensitivity

import (
	"context"
	"math"
	"testing"

	"github.com/odefit/odefit/internal/problems"
)

// The 3-point rule is exact to degree 5, the 7-point rule to degree 11, and not beyond.
func TestKronrodRules(t *testing.T) {
	for degree := range 14 {
		var gauss, kronrod float64
		for i, x := range kronrodNodes {
			for _, v := range []float64{x, -x} {
				gauss += gaussWeights[i] * math.Pow(v, float64(degree))
				kronrod += kronrodWeights[i] * math.Pow(v, float64(degree))
				if x == 0 {
					break
				}
			}
		}
		want := 0.0
		if degree%2 == 0 {
			want = 2 / float64(degree+1)
		}
		if good := math.Abs(gauss-want) < 1e-15; good != (degree <= 5 || degree%2 == 1) {
			t.Errorf("degree %d: the 3-point rule gives %v, the integral is %v", degree, gauss, want)
		}
		if good := math.Abs(kronrod-want) < 1e-15; good != (degree <= 11 || degree%2 == 1) {
			t.Errorf("degree %d: the 7-point rule gives %v, the integral is %v", degree, kronrod, want)
		}
	}
}

// The steps of Gauss and Quadrature are those of the adjoint alone: parameters that
// enter violently, but in no way that matters to the state, change neither their
// number nor the accuracy of the others.
func TestParametersDoNotChooseTheSteps(t *testing.T) {
	q := problems.LotkaVolterra()
	sys := *q.System
	vjp := sys.VJP
	sys.NumParams++
	// dy0/dt gets p4 (1 + sin 40 t) - p4 (1 + sin 40 t) at p4 = 0: it is zero, but its
	// derivative is not.
	sys.VJP = func(gy, gp []float64, tt float64, y, p, w []float64) error {
		if gp != nil {
			gp[4] += w[0] * math.Sin(40*tt)
			gp = gp[:4]
		}
		return vjp(gy, gp, tt, y, p, w)
	}
	quiet, wild := problemOf(q), problemOf(q)
	wild.System, wild.P = &sys, append(append([]float64{}, q.P...), 0)
	loss := SumOfStates([]float64{3, 10})
	for _, variant := range []Variant{Gauss, Quadrature} {
		set := tolerances(1e-8, 1e-10)
		a, err := Gradient(context.Background(), quiet, loss, Continuous{Variant: variant}, set)
		if err != nil {
			t.Fatal(err)
		}
		b, err := Gradient(context.Background(), wild, loss, Continuous{Variant: variant}, set)
		if err != nil {
			t.Fatal(err)
		}
		if a.Stats.Backward != b.Stats.Backward {
			t.Errorf("%v: %d backward steps, %d without the wild parameter", variant, b.Stats.Backward, a.Stats.Backward)
		}
		if d := apart(b.P[:4], a.P); d > 1e-7 {
			t.Errorf("%v: the other derivatives moved by %.1e", variant, d)
		}
		want, err := Gradient(context.Background(), wild, loss, Continuous{}, tolerances(1e-11, 1e-13))
		if err != nil {
			t.Fatal(err)
		}
		if d := math.Abs(b.P[4]/want.P[4] - 1); d > 1e-6 {
			t.Errorf("%v: the derivative in the wild parameter is %v, want %v", variant, b.P[4], want.P[4])
		}
	}
}
