package fit_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/odefit/odefit/dynsys/model"
	"github.com/odefit/odefit/fit"
)

// Doses at once and infusions, late and in part, repeated and in compartments by name and
// by number, against superposed exponentials.
func TestDoses(t *testing.T) {
	p, err := text(t, `
param k = 0.4 in [0.01, 10] log
param late = 0.3 in [0.01, 2]
param f = 0.7 in [0.01, 1]
gut' = -k*gut
blood' = -2*k*blood
dose gut lag late fraction f
dose blood lag late/2
observe gut ~ normal(gut, 0.5)
observe blood ~ normal(blood, 0.5)
`, `time,amt,cmt,rate,tinf,addl,ii,gut,blood
0,10,gut,,,2,4,,
1,6,2,3,,,,,
2,5,blood,,1.5,,,,
5,1,1,0.5,,,,,
1,,,,,,,5,1
3,,,,,,,2,3
5.5,,,,,,,6,1
9,,,,,,,4,1
12,,,,,,,1,0
`)
	p = must(t, p, err)
	const k, late, f = 0.4, 0.3, 0.7
	bolus := func(k, t float64) float64 {
		if t < 0 {
			return 0
		}
		return math.Exp(-k * t)
	}
	infusion := func(k, rate, duration, t float64) float64 {
		switch {
		case t <= 0:
			return 0
		case t <= duration:
			return rate / k * (1 - math.Exp(-k*t))
		}
		return rate / k * (1 - math.Exp(-k*duration)) * math.Exp(-k*(t-duration))
	}
	agree(t, p, 1e-7, func(o string, t float64) float64 {
		if o == "gut" {
			return 10*f*(bolus(k, t-late)+bolus(k, t-4-late)+bolus(k, t-8-late)) + infusion(k, 0.5, f/0.5, t-5-late)
		}
		return infusion(2*k, 3, 2, t-1-late/2) + infusion(2*k, 5/1.5, 1.5, t-2-late/2)
	})
}

// An observation at the time of a dose sees the state after it, unless its row stands
// before the row of the dose.
func TestObservationsAtTheTimeOfADose(t *testing.T) {
	p, err := text(t, "param k = 0.5 in [0.1, 5]\ninit x = 1\nx' = -k*x\nobserve x ~ normal(x, 1)\n",
		"time,amt,x\n0,,1\n0,2,\n0,,3\n2,,1.1\n2,4,\n2,,5\n3,,2\n")
	p = must(t, p, err)
	i := 0
	before := 3 * math.Exp(-1)
	want := []float64{1, 3, before, before + 4, (before + 4) * math.Exp(-0.5)}
	agree(t, p, 1e-8, func(string, float64) float64 { i++; return want[i-1] })
}

// Timed and repeated events with times that are parameters, simultaneous assignments,
// and an event when a condition becomes true: an hourglass that is turned.
func TestEvents(t *testing.T) {
	p, err := text(t, `
param k = 0.5 in [0.1, 5]
param tau = 1.25 in [0.5, 3]
param dt = 0.7 in [0.3, 2]
param level = 1 in [0.1, 2]
init a = 2
init b = 3
init c = 4
a' = -k*a
b' = 0
c' = -1
event at tau, 2*tau: a = b, b = a
event every dt from 1 to 3: b += 1, a *= 2
event when c < level: c = 2 + level
observe a ~ normal(a, 0.5)
observe b ~ normal(b, 0.5)
observe c ~ normal(c, 0.5)
`, "time,a,b,c\n0.5,1,3,4\n1.1,2,3,1\n1.5,5,2,1\n2.45,5,2,1\n4,2,3,2\n6,2,3,1\n")
	p = must(t, p, err)
	agree(t, p, 1e-7, func(o string, end float64) float64 {
		const k, tau, dt, level = 0.5, 1.25, 0.7, 1
		type act struct {
			t    float64
			swap bool
		}
		a, b, at := 2.0, 3.0, 0.0
		for _, e := range []act{{1, false}, {tau, true}, {1 + dt, false}, {1 + 2*dt, false}, {2 * tau, true}} {
			if e.t > end {
				break
			}
			a *= math.Exp(-k * (e.t - at))
			if at = e.t; e.swap {
				a, b = b, a
			} else {
				a, b = 2*a, b+1
			}
		}
		switch o {
		case "a":
			return a * math.Exp(-k*(end-at))
		case "b":
			return b
		}
		if c := 4 - end; c >= level {
			return c
		}
		return 2 + level - math.Mod(end-(4-level), 2)
	})
}

func TestRequireAndStop(t *testing.T) {
	const falling = "param v = 1 in [0.1, 5]\ninit h = 3\nh' = -v\nobserve h ~ normal(h, 1)\n"
	evaluate := func(ode, csv string) error {
		p, err := text(t, ode, csv)
		p = must(t, p, err)
		_, err = fit.Run(t.Context(), p, &fit.Options{EvaluateOnly: true})
		return err
	}
	if err := evaluate(falling+"require h > 0\n", "time,h\n0,3\n2,1\n"); err != nil {
		t.Error(err)
	}
	var v *model.Violation
	if err := evaluate(falling+"require h > 0\n", "time,h\n0,3\n4,1\n"); !errors.As(err, &v) || !strings.Contains(err.Error(), "t = 3") {
		t.Errorf("along the solution: %v", err)
	}
	if err := evaluate(falling+"require h > 4 or v < 0.5\n", "time,h\n0,3\n1,1\n"); !errors.As(err, &v) {
		t.Errorf("at the start: %v", err)
	}
	stop := falling + "event when h < 1: stop\n"
	if err := evaluate(stop, "time,h\n0,3\n1.5,1\n"); err != nil {
		t.Error(err)
	}
	if err := evaluate(stop, "time,h\n0,3\n2.5,1\n"); err == nil || !strings.Contains(err.Error(), "stops the run at t = 2") {
		t.Errorf("an observation after the stop: %v", err)
	}
	p, err := text(t, stop, "time,h\n0,3\n1,1\n")
	p = must(t, p, err)
	tr, err := p.Simulate(t.Context(), p.Guess(), 0, []float64{0, 1, 2, 3})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(tr.States); n != len(tr.Times) || n < 2 || n > 3 {
		t.Errorf("%d states at %v", n, tr.Times)
	}
}
