package sensitivity

import (
	"context"
	"encoding/json"
	"math"
	"math/cmplx"
	"os"
	"strconv"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/integrate"
)

// refs reads a file of testdata/refs with numbers as strings.
func refs(t testing.TB, file string, to any) {
	t.Helper()
	text, err := os.ReadFile("../testdata/refs/" + file)
	if err == nil {
		err = json.Unmarshal(text, to)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func number(t testing.TB, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func numbers(t testing.TB, s []string) []float64 {
	t.Helper()
	v := make([]float64, len(s))
	for i := range s {
		v[i] = number(t, s[i])
	}
	return v
}

// ball is the bouncing ball with parameters g, e and h0, released at rest.
func ball() Problem[[]float64] {
	sys := analytic(func(_ complex128, y, p []complex128) []complex128 { return []complex128{y[1], -p[0]} }).system(2, 3)
	sys.Initial = starting(func(p []complex128) []complex128 { return []complex128{p[2], 0} })
	sys.Events = []dynsys.Event[[]float64]{{
		Name:      "impact",
		When:      analytic(func(_ complex128, y, _ []complex128) []complex128 { return y[:1] }).when(),
		Direction: integrate.Falling,
		Reset:     analytic(func(_ complex128, y, p []complex128) []complex128 { return []complex128{y[0], -p[1] * y[1]} }).reset(),
	}}
	return Problem[[]float64]{System: sys, P: []float64{9.81, 0.8, 10}, T1: 9.5}
}

// Six impacts: the gradient against closed forms. Between impacts the solution is a
// parabola, on which the step control finds no error: what is left is rounding, which
// each impact amplifies, and in the adjoints their own tolerance of 1e-12.
func TestBouncingBall(t *testing.T) {
	var ref struct {
		Loss struct {
			T  []string `json:"T"`
			D  []string `json:"d"`
			L  string   `json:"L"`
			G  string   `json:"dL_dg"`
			E  string   `json:"dL_de"`
			H0 string   `json:"dL_dh0"`
			DT []string `json:"dL_dT"`
		} `json:"loss"`
	}
	refs(t, "bouncing_ball.json", &ref)
	data := numbers(t, ref.Loss.D)
	loss := component(numbers(t, ref.Loss.T), data, 0)
	want := []float64{number(t, ref.Loss.G), number(t, ref.Loss.E), number(t, ref.Loss.H0)}
	checkGradients(t, ball(), loss, number(t, ref.Loss.L), want, numbers(t, ref.Loss.DT))
}

// component is the sum of squares of one component.
func component(times, data []float64, i int) *Loss[[]float64] {
	rows := make([][]float64, len(times))
	for k := range rows {
		rows[k] = []float64{math.NaN(), math.NaN()}
		rows[k][i] = data[k]
	}
	return SumOfSquares(times, rows, nil)
}

// checkGradients compares every method at a tolerance of 1e-12 with a value and
// derivatives, to 1e-9.
func checkGradients(t *testing.T, p Problem[[]float64], loss *Loss[[]float64], value float64, dp, dt []float64) {
	t.Helper()
	for _, method := range methods() {
		r, err := Gradient(context.Background(), p, loss, method, tolerances(1e-12, 1e-13))
		if err != nil {
			t.Errorf("%s: %v", name(method), err)
			continue
		}
		v, d := math.Abs(r.Value-value)/math.Abs(value), apart(r.P, dp)
		times := 0.0
		if dt != nil {
			times = apart(r.Times, dt)
		}
		t.Logf("%s: value %.1e, p %.1e, times %.1e, %+v", name(method), v, d, times, r.Stats)
		if max(v, d, times) > 1e-9 {
			t.Errorf("%s: value %v (%.1e), dp %v (%.1e), want %v and %v; times %.1e", name(method), r.Value, v, r.P, d, value, dp, times)
		}
		if len(r.Warnings) > 0 {
			t.Errorf("%s: %v", name(method), r.Warnings)
		}
	}
}

// Four doses delayed by a parameter, with amounts that are parameters.
func TestDosesWithLag(t *testing.T) {
	prob, loss, value, dp, dt := lagged(t)
	checkGradients(t, prob, loss, value, dp, dt)
}

// lagged is the problem of the doses: the loss, its value and its derivatives in the
// parameters (three rates, the lag, four amounts) and in the times.
func lagged(t testing.TB) (prob Problem[[]float64], loss *Loss[[]float64], value float64, dp, dt []float64) {
	t.Helper()
	var ref struct {
		Times   []string `json:"dose_times"`
		Amounts []string `json:"dose_amounts"`
		Loss    struct {
			T    []string `json:"t"`
			D    []string `json:"d"`
			L    string   `json:"L"`
			KA   string   `json:"dL_dka"`
			CL   string   `json:"dL_dCL"`
			V    string   `json:"dL_dV"`
			Lag  string   `json:"dL_dtlag"`
			Each []string `json:"dL_damount_each"`
			DT   []string `json:"dL_dt"`
		} `json:"loss"`
	}
	refs(t, "pk_multidose.json", &ref)
	sys := analytic(func(_ complex128, y, p []complex128) []complex128 {
		return []complex128{-p[0] * y[0], p[0]*y[0] - p[1]/p[2]*y[1]}
	}).system(2, 8)
	p := append([]float64{1.2, 4, 30, 0.5}, numbers(t, ref.Amounts)...)
	for j, at0 := range numbers(t, ref.Times) {
		sys.Events = append(sys.Events, dynsys.Event[[]float64]{
			Name: "dose",
			At:   at(func(p []complex128) complex128 { return complex(at0, 0) + p[3] }),
			Reset: analytic(func(_ complex128, y, p []complex128) []complex128 {
				return []complex128{y[0] + p[4+j], y[1]}
			}).reset(),
		})
	}
	times, data := numbers(t, ref.Loss.T), numbers(t, ref.Loss.D)
	loss = &Loss[[]float64]{
		Times: times,
		L: func(k int, y, p []float64) (float64, error) {
			d := y[1]/p[2] - data[k]
			return d * d, nil
		},
		Ly: func(out []float64, k int, y, p []float64) error {
			out[0], out[1] = 0, 2*(y[1]/p[2]-data[k])/p[2]
			return nil
		},
		Lp: func(gp []float64, k int, y, p []float64) error {
			gp[2] -= 2 * (y[1]/p[2] - data[k]) * y[1] / (p[2] * p[2])
			return nil
		},
	}
	l := ref.Loss
	dp = append([]float64{number(t, l.KA), number(t, l.CL), number(t, l.V), number(t, l.Lag)}, numbers(t, l.Each)...)
	prob = Problem[[]float64]{System: sys, P: p, T1: 60, Y0: []float64{0, 0}}
	return prob, loss, number(t, l.L), dp, numbers(t, l.DT)
}

// closed is a problem whose value of the loss is known in closed form.
type closed struct {
	name string
	prob Problem[[]float64]
	loss *Loss[[]float64]
	want func(p []complex128) complex128
}

// gradient is the derivative of want, by complex steps.
func (c *closed) gradient() []float64 {
	dp := make([]float64, len(c.prob.P))
	for j := range dp {
		z := make([]complex128, len(dp))
		for i, v := range c.prob.P {
			z[i] = complex(v, 0)
		}
		z[j] += complex(0, tiny)
		dp[j] = imag(c.want(z)) / tiny
	}
	return dp
}

// decay is y' = -p0 y from 3, with events.
func decay(p []float64, t1 float64, events ...dynsys.Event[[]float64]) Problem[[]float64] {
	sys := analytic(func(_ complex128, y, p []complex128) []complex128 { return []complex128{-p[0] * y[0]} }).system(1, len(p))
	sys.Events = events
	return Problem[[]float64]{System: sys, P: p, T1: t1, Y0: []float64{3}}
}

// closedForms are decays with doses of p2 at p1 and the like.
func closedForms() []closed {
	type event = dynsys.Event[[]float64]
	level := func(i int) dynsys.Scalar[[]float64] {
		return analytic(func(_ complex128, y, p []complex128) []complex128 { return []complex128{y[0] - p[i]} }).when()
	}
	tau := at(func(p []complex128) complex128 { return p[1] })
	add := analytic(func(_ complex128, y, p []complex128) []complex128 { return []complex128{y[0] + p[2]} }).reset()
	scale := analytic(func(_ complex128, y, p []complex128) []complex128 { return []complex128{y[0] * p[2]} }).reset()
	exp := cmplx.Exp
	ones := &Loss[[]float64]{G: func(float64, []float64, []float64) (float64, error) { return 1, nil }}
	next := math.Nextafter(1, 2)
	return []closed{
		{"a dose", decay([]float64{0.7, 1, 2}, 3, event{At: tau, Reset: add}), SumOfStates([]float64{0.5, 3}),
			func(p []complex128) complex128 {
				return 3*exp(-0.5*p[0]) + 3*exp(-3*p[0]) + p[2]*exp(-p[0]*(3-p[1]))
			}},
		{"a dose, observed at its time", decay([]float64{0.7, 1, 2}, 3, event{At: tau, Reset: add}), SumOfStates([]float64{1}),
			func(p []complex128) complex128 { return 3*exp(-p[0]) + p[2]*exp(-p[0]*(1-p[1])) }},
		{"a dose, observed one ulp before", decay([]float64{0.7, next, 2}, 3, event{At: tau, Reset: add}), SumOfStates([]float64{1, 3}),
			func(p []complex128) complex128 { return 3*exp(-p[0]) + 3*exp(-3*p[0]) + p[2]*exp(-p[0]*(3-p[1])) }},
		{"a dose, observed one ulp behind", decay([]float64{0.7, 1, 2}, 3, event{At: tau, Reset: add}), SumOfStates([]float64{next}),
			func(p []complex128) complex128 { return 3*exp(-p[0]) + p[2]*exp(-p[0]*(1-p[1])) }},
		{"a dose at T0, observed there", decay([]float64{0.7, 0, 2}, 3, event{At: tau, Reset: add}), SumOfStates([]float64{0, 3}),
			func(p []complex128) complex128 {
				return 3 + p[2]*exp(p[0]*p[1]) + 3*exp(-3*p[0]) + p[2]*exp(-p[0]*(3-p[1]))
			}},
		{"a dose at T1, observed there", decay([]float64{0.7, 3, 2}, 3, event{At: tau, Reset: add}), SumOfStates([]float64{3}),
			func(p []complex128) complex128 { return 3*exp(-3*p[0]) + p[2]*exp(-p[0]*(3-p[1])) }},
		{"a dose and a factor at one time", decay([]float64{0.7, 1, 2}, 3, event{At: tau, Reset: add}, event{At: tau, Reset: scale}), SumOfStates([]float64{3}),
			func(p []complex128) complex128 { return p[2] * (3*exp(-p[0]*p[1]) + p[2]) * exp(-p[0]*(3-p[1])) }},
		{"refilled at a level", decay([]float64{0.7, 1, 2}, 3, event{When: level(1), Reset: add}), SumOfStates([]float64{3}),
			// down to p1 at t = ln(3/p1)/p0 = 1.57, then p1 + p2 until T1 = 3
			func(p []complex128) complex128 { return (p[1] + p[2]) * exp(-3*p[0]) * 3 / p[1] }},
		{"refilled twice", decay([]float64{1.5, 1, 2}, 2, event{When: level(1), Reset: add}), SumOfStates([]float64{2}),
			// down to p1 at ln(3/p1)/p0 = 0.73, from p1 + p2 to p1 again after ln(1+p2/p1)/p0
			func(p []complex128) complex128 {
				t := cmplx.Log(3/p[1])/p[0] + cmplx.Log(1+p[2]/p[1])/p[0]
				return (p[1] + p[2]) * exp(-p[0]*(2-t))
			}},
		{"two conditions at one time", decay([]float64{0.7, 1, 2}, 3, event{When: level(1), Reset: add},
			event{When: analytic(func(_ complex128, y, p []complex128) []complex128 { return []complex128{2 * (p[1] - y[0])} }).when(), Reset: scale}), SumOfStates([]float64{3}),
			func(p []complex128) complex128 { return p[2] * (p[1] + p[2]) * exp(-3*p[0]) * 3 / p[1] }},
		{"set off by the jump of a dose", decay([]float64{0.7, 1, 2}, 3,
			event{When: analytic(func(_ complex128, y, _ []complex128) []complex128 { return []complex128{y[0] - 3.2} }).when(), Direction: integrate.Rising, Reset: scale},
			event{At: tau, Reset: add}), SumOfStates([]float64{3}),
			func(p []complex128) complex128 { return p[2] * (3*exp(-p[0]*p[1]) + p[2]) * exp(-p[0]*(3-p[1])) }},
		{"a reset that depends on time", decay([]float64{0.7, 1, 2}, 3, event{When: level(1),
			Reset: analytic(func(t complex128, y, p []complex128) []complex128 { return []complex128{t * t * p[2] * y[0]} }).reset()}), SumOfStates([]float64{3}),
			func(p []complex128) complex128 {
				t := cmplx.Log(3/p[1]) / p[0]
				return t * t * p[2] * p[1] * exp(-p[0]*(3-t))
			}},
		{"the time of a stop", decay([]float64{0.7, 1}, 3, event{When: level(1), Stop: true}), ones,
			func(p []complex128) complex128 { return cmplx.Log(3/p[1]) / p[0] }},
		{"a state that stays after a stop", decay([]float64{0.7, 1, 2}, 3, event{When: level(1), Stop: true, Reset: add}), SumOfStates([]float64{1, 2, 3}),
			func(p []complex128) complex128 { return 3*exp(-p[0]) + 2*(p[1]+p[2]) }},
		{"a stop at a time", decay([]float64{0.7, 1, 2}, 3, event{At: tau, Stop: true}), SumOfStates([]float64{2}),
			func(p []complex128) complex128 { return 3 * exp(-p[0]*p[1]) }},
	}
}

// Every method against closed forms differentiated by complex steps.
func TestEventsInClosedForm(t *testing.T) {
	for _, c := range closedForms() {
		t.Run(c.name, func(t *testing.T) {
			z := make([]complex128, len(c.prob.P))
			for i, v := range c.prob.P {
				z[i] = complex(v, 0)
			}
			checkGradients(t, c.prob, c.loss, real(c.want(z)), c.gradient(), nil)
		})
	}
}
