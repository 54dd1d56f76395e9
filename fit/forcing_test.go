package fit_test

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/interp"

	"github.com/odefit/odefit/fit"
)

// x' = k u(t) integrates the input: exactly piecewise quadratic for linear pieces, linear
// for steps, and for Akima's spline its integral by Simpson's rule, which is exact on
// cubic pieces.
func TestInputs(t *testing.T) {
	at := []float64{0, 1, 2.5, 3, 4, 6}
	u := []float64{1, 3, 2, 2.5, 0.5, 1}
	const csv = "time,temp,x,y\n0,1,,1\n1,3,2,\n2.5,2,,\n3,2.5,5,3\n4,0.5,,\n6,1,6,\n2,,3,\n"
	var spline interp.AkimaSpline
	if err := spline.Fit(at, u); err != nil {
		t.Fatal(err)
	}
	pieces := map[string]func(i int, x float64) float64{
		"linear": func(i int, x float64) float64 { return u[i] + (u[i+1]-u[i])*(x-at[i])/(at[i+1]-at[i]) },
		"step":   func(i int, x float64) float64 { return u[i] },
		"cubic":  func(_ int, x float64) float64 { return spline.Predict(x) },
	}
	for name, f := range pieces {
		integral := func(end float64) float64 {
			sum := 0.0
			for i := range at[1:] {
				if a, b := at[i], min(at[i+1], end); b > a {
					sum += (b - a) / 6 * (f(i, a) + 4*f(i, (a+b)/2) + f(i, b))
				}
			}
			return sum
		}
		p, err := text(t, "param k = 0.7 in [0.1, 5]\ninput temp from temp "+name+"\nlet warm = 2*temp\ninit x = 1\nx' = k*temp\nobserve x ~ normal(x, 1)\nobserve y ~ normal(warm + x, 1)\n", csv)
		p = must(t, p, err)
		agree(t, p, 1e-8, func(o string, time float64) float64 {
			x := 1 + 0.7*integral(time)
			if o == "x" {
				return x
			}
			now := f(3-3, time) // at 0
			if time == 3 {
				now = 2.5 // a knot
			}
			return 2*now + x
		})
	}
}

func TestInputsEnd(t *testing.T) {
	ode := "param k = 0.7 in [0.1, 5]\ninput u from u step\nx' = k*u\nobserve x ~ normal(x, 1)\n"
	const csv = "time,u,x\n0,2,\n1,3,2\n3,,5\n"
	p, err := text(t, ode, csv)
	p = must(t, p, err)
	if _, err := fit.Run(t.Context(), p, &fit.Options{EvaluateOnly: true}); err == nil || !strings.Contains(err.Error(), "known from 0 to 1 only") {
		t.Errorf("beyond the end: %v", err)
	}
	p, err = text(t, strings.Replace(ode, "step", "step hold", 1), csv)
	p = must(t, p, err)
	agree(t, p, 1e-9, func(_ string, time float64) float64 { return 0.7 * (2*math.Min(time, 1) + 3*math.Max(0, time-1)) })
	for csv, want := range map[string]string{
		"time,x\n0,1\n":           `there is no column "u"`,
		"time,u,x\n0,1,1\n0,2,\n": "data.csv:3:3: column u: the input is 2 at the time 0 here, and 1 on line 2",
		"time,u,x\n,1,\n0,2,1\n":  "data.csv:2:1: column time: a value of u",
	} {
		if _, err := text(t, ode, csv); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", csv, err)
		}
	}
}
