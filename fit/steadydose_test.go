package fit_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/odefit/odefit/sensitivity"
)

// response is what a single dose of a linear model does to what is observed, at a time
// since it arrived: the solution of many doses is a sum of it.
type response func(s float64, p []float64) float64

// oneCompartment is that of x' = -k x, p = (k, ...), for an amount given over a duration.
func oneCompartment(amount, duration float64) response {
	return func(s float64, p []float64) float64 {
		k := p[0]
		switch {
		case s < 0:
			return 0
		case duration == 0:
			return amount * math.Exp(-k*s)
		}
		return amount / duration / k * (math.Exp(-k*max(0, s-duration)) - math.Exp(-k*s))
	}
}

// absorbed is that of gut' = -ka gut, blood' = ka gut - k blood, p = (k, ka).
func absorbed(amount float64) response {
	return func(s float64, p []float64) float64 {
		if s < 0 {
			return 0
		}
		k, ka := p[0], p[1]
		return amount * ka / (ka - k) * (math.Exp(-k*s) - math.Exp(-ka*s))
	}
}

// twoCompartments is that of c' = -(k + k12) c + k21 q, q' = k12 c - k21 q, dosed at once
// into c: p = (k, k12, k21).
func twoCompartments(amount float64) response {
	return func(s float64, p []float64) float64 {
		if s < 0 {
			return 0
		}
		k, k12, k21 := p[0], p[1], p[2]
		sum, root := k+k12+k21, math.Sqrt((k+k12+k21)*(k+k12+k21)-4*k*k21)
		a, b := (sum+root)/2, (sum-root)/2
		return amount * ((a-k21)*math.Exp(-a*s) + (k21-b)*math.Exp(-b*s)) / (a - b)
	}
}

const steadyHead = "param k = 0.2 in [0.01, 10] log\n"

// Doses at steady state are the sum of all doses before, state and gradient, by every
// method. The solver's relative tolerance is 1e-8; what one interval errs by becomes a
// few times more, as a few intervals are remembered.
func TestSteadyStateOfDoses(t *testing.T) {
	forever := func(r response, first, every float64) response { // given at first, and for ever before
		return func(s float64, p []float64) float64 {
			sum := 0.0
			for j := range 2000 {
				sum += r(s-first+every*float64(j), p)
			}
			return sum
		}
	}
	for name, c := range map[string]struct {
		model, header, dose string
		p                   []float64
		truth               response
	}{
		"at once": {"x' = -k*x", "amt,ii,ss", "100,6,1", []float64{0.2}, forever(oneCompartment(100, 0), 2, 6)},
		"what was before is forgotten": {"init x = 77\nx' = -k*x", "amt,ii,ss", "100,6,1", []float64{0.2},
			func(s float64, p []float64) float64 {
				if s < 2 {
					return 77 * math.Exp(-p[0]*s)
				}
				return forever(oneCompartment(100, 0), 2, 6)(s, p)
			}},
		"added": {"init x = 77\nx' = -k*x", "amt,ii,ss", "100,6,2", []float64{0.2}, func(s float64, p []float64) float64 {
			x := 77 * math.Exp(-p[0]*s)
			if s >= 2 {
				x += forever(oneCompartment(100, 0), 2, 6)(s, p)
			}
			return x
		}},
		"with a lag and a fraction": {"param late = 1.5\nparam F = 0.7\nx' = -k*x\ndose x lag late fraction F", "amt,ii,ss", "100,6,1",
			[]float64{0.2, 1.5, 0.7}, func(s float64, p []float64) float64 {
				if s < 2 {
					return 0
				}
				return forever(oneCompartment(100*p[2], 0), 2+p[1], 6)(s, p)
			}},
		"infused by a rate": {"x' = -k*x", "amt,ii,ss,rate", "100,6,1,40", []float64{0.2}, forever(oneCompartment(100, 2.5), 2, 6)},
		"infused for a time, overlapping": {"x' = -k*x", "amt,ii,ss,tinf", "100,6,1,15", []float64{0.2}, func(s float64, p []float64) float64 {
			if s < 2 {
				return 0
			}
			return forever(oneCompartment(100, 15), 2, 6)(s, p)
		}},
		"infused with a lag and a fraction": {"param late = 2.2\nparam F = 0.7\nx' = -k*x\ndose x lag late fraction F", "amt,ii,ss,rate", "100,6,1,20",
			[]float64{0.2, 2.2, 0.7}, func(s float64, p []float64) float64 {
				if s < 2 {
					return 0
				}
				return forever(oneCompartment(100*p[2], 5*p[2]), 2+p[1], 6)(s, p)
			}},
		"infused for ever": {"x' = -k*x", "amt,ii,ss,rate", "0,0,1,40", []float64{0.2}, func(s float64, p []float64) float64 {
			if s < 2 {
				return 0
			}
			return 40 / p[0] * math.Exp(-p[0]*(s-2))
		}},
		"absorbed": {"param ka = 1 in [0.01, 10] log\ngut' = -ka*gut\nx' = ka*gut - k*x", "amt,ii,ss", "100,12,1", []float64{0.2, 1}, forever(absorbed(100), 2, 12)},
		"two compartments": {"param k12 = 0.4\nparam k21 = 0.1\nx' = -(k + k12)*x + k21*q\nq' = k12*x - k21*q", "amt,ii,ss", "100,8,1",
			[]float64{0.2, 0.4, 0.1}, forever(twoCompartments(100), 2, 8)},
	} {
		empty := strings.Repeat(",", strings.Count(c.header, ","))
		data := "time," + c.header + ",y\n2," + c.dose + ",\n"
		times := []float64{2, 2.7, 3.9, 5.5, 9, 20}
		for _, s := range times {
			data += fmt.Sprintf("%v,%s,%v\n", s, empty, 50+s)
		}
		if strings.Contains(c.model, "77") {
			data += fmt.Sprintf("1,%s,60\n", empty)
			times = append(times, 1)
		}
		problem, err := text(t, steadyHead+c.model+"\nobserve y ~ normal(x, 1)\n", data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		objective := func(p []float64) float64 {
			sum := 0.0
			for _, s := range times {
				y := 50 + s
				if s == 1 {
					y = 60
				}
				r := y - c.truth(s, p)
				sum += r*r/2 + math.Log(2*math.Pi)/2
			}
			return sum
		}
		checks, err := problem.GradCheck(context.Background(), c.p, 1, sensitivity.Forward{}, sensitivity.Discrete{Probes: 1}, sensitivity.Continuous{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, k := range checks {
			if k.Err != nil {
				t.Errorf("%s, %s: %v", name, k.Method, k.Err)
				continue
			}
			if want := objective(c.p); math.Abs(k.Value-want) > 1e-6*want {
				t.Errorf("%s, %s: objective %.12g, want %.12g", name, k.Method, k.Value, want)
			}
			for i, got := range k.Gradient {
				h := 1e-5 * c.p[i]
				up, down := append([]float64(nil), c.p...), append([]float64(nil), c.p...)
				up[i] += h
				down[i] -= h
				want := (objective(up) - objective(down)) / (2 * h)
				// Differences of the truth are good to 1e-8.
				if !(math.Abs(got-want) <= 2e-6*(math.Abs(want)+1)) {
					t.Errorf("%s, %s: derivative %d is %.10g, want %.10g", name, k.Method, i, got, want)
				}
			}
		}
	}
}

// Saturable elimination has no closed form: the steady state is where many doses lead.
func TestSteadyStateOfSaturableElimination(t *testing.T) {
	const ode = "param Vm = 12\nparam K = 30\ngut' = -0.9*gut\nx' = 0.9*gut - Vm*x/(K + x)\nobserve y ~ normal(x, 1)\n"
	steady, err := text(t, ode, "time,amt,ii,ss,y\n0,50,8,1,\n1,,,,60\n7,,,,40\n")
	if err != nil {
		t.Fatal(err)
	}
	// What is left of a disturbance after an interval is some 0.7; 0.7^200 is nothing.
	many, err := text(t, ode, "time,amt,ii,addl,y\n-1600,50,8,200,\n1,,,,60\n7,,,,40\n")
	if err != nil {
		t.Fatal(err)
	}
	a, err := steady.GradCheck(context.Background(), steady.Guess(), 1, sensitivity.Discrete{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := many.GradCheck(context.Background(), many.Guess(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range a {
		if k.Err != nil {
			t.Fatal(k.Err)
		}
		// Both solvers have a relative tolerance of 1e-8 and remember some intervals.
		if math.Abs(k.Value-b[0].Value) > 1e-6*b[0].Value {
			t.Errorf("%s: objective %.10g, after many doses %.10g", k.Method, k.Value, b[0].Value)
		}
		for i, g := range k.Gradient {
			if math.Abs(g-b[0].Gradient[i]) > 1e-5*math.Abs(b[0].Gradient[i]) {
				t.Errorf("%s: derivative %d is %.10g, after many doses %.10g", k.Method, i, g, b[0].Gradient[i])
			}
		}
	}
}

// What has no steady state says why.
func TestNoSteadyStateOfDoses(t *testing.T) {
	for _, c := range []struct{ model, dose, want string }{
		{"x' = -k*x\nurine' = k*x", "0,100,6,1,,", "a state keeps all that it is given"},
		{"x' = k*x", "0,100,6,1,,", "do not become periodic"},
		{"param late = 7\nx' = -k*x\ndose x lag late", "0,100,6,1,,", "a lag of 7"},
		{"x' = -k*x\nF' = 0\ndose x fraction F0\nparam F0 = -1", "0,100,6,1,,", "the dose that arrives is -100"},
		{"x' = 2 - 5*x/(1 + x)", "0,100,6,1,,", "do not become periodic"},
	} {
		p, err := text(t, steadyHead+c.model+"\nobserve y ~ normal(x, 1)\n", "time,amt,ii,ss,rate,y\n"+c.dose+"\n1,,,,,3\n")
		if err != nil {
			t.Errorf("%s: %v", c.model, err)
			continue
		}
		_, err = p.GradCheck(context.Background(), p.Guess(), 1)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %s", c.model, err, c.want)
		}
	}
}

// An infusion whose lag is exactly 0 at the start has no derivative in it, and says so.
func TestBreakAtTheStart(t *testing.T) {
	const ode = steadyHead + "param late = 0\nx' = -k*x\ndose x lag late\nobserve y ~ normal(x, 1)\n"
	p, err := text(t, ode, "time,amt,rate,y\n0,100,50,\n1,,,90\n5,,,30\n")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.GradCheck(context.Background(), p.Guess(), 1); err == nil || !strings.Contains(err.Error(), "exactly at the start") {
		t.Errorf("error %v", err)
	}
}
