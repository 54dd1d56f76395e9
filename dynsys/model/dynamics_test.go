package model

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/integrate"
)

func dynamics(t *testing.T, c *Compiled) dynsys.Model {
	t.Helper()
	d, err := c.Equations()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestBreaks: the times at which a right-hand side jumps follow parameters and
// constants, whatever the condition looks like.
func TestBreaks(t *testing.T) {
	const head = "param lag = 2\nparam k = 4\nconst stop = 6\n"
	for _, c := range []struct {
		rate string
		want []float64 // at the guesses
		then []float64 // at lag = 3, k = 5, stop = 9
	}{
		{"step(lag)", []float64{2}, []float64{3}},
		{"pulse(lag, stop)", []float64{2, 6}, []float64{3, 9}},
		{"pulse(lag, lag + 1) + step(stop)", []float64{2, 3, 6}, []float64{3, 4, 9}},
		{"if(t < stop, 1, 2)", []float64{6}, []float64{9}},
		{"if(2*t - k >= lag, 1, 2)", []float64{3}, []float64{4}},
		{"if(lag <= time and time < stop or time > 20, 1, 2)", []float64{2, 6, 20}, []float64{3, 9, 20}},
		{"5*(t > stop) - (not t > lag)", []float64{2, 6}, []float64{3, 9}},
		{"x*if(stop - t > 0, lag, k)", []float64{6}, []float64{9}},
		{"sign(t - lag)", []float64{2}, []float64{3}},
		{"k*lag*stop + t + abs(t - lag) + max(t, 3)", nil, nil},
		{"if(lag > 1, 1, 2)", nil, nil},
	} {
		src := head + "x' = " + c.rate + "\nobserve y ~ normal(x*(t >= stop))"
		cm := compiled(t, src)
		system, err := dynamics(t, cm).System()
		if err != nil {
			t.Fatal(err)
		}
		for i, q := range [][]float64{{2, 4, 6}, {3, 5, 9}} {
			want := [][]float64{c.want, c.then}[i]
			in := inputs(t, cm, map[string]float64{"lag": q[0], "k": q[1], "stop": q[2]})
			near(t, c.rate, sorted(values(t, cm.Graph, in, cm.Breaks...)), want)
			tau := make([]float64, system.Breaks.Count)
			if len(tau) > 0 {
				if err := system.Breaks.Times(tau, q); err != nil {
					t.Fatal(err)
				}
			}
			near(t, c.rate, sorted(tau), want)
			near(t, "the observable's", values(t, cm.Graph, in, cm.ObserveBreaks...), q[2:])
		}
		if w := cm.Warnings(); len(w) != 0 {
			t.Errorf("%s: %v", c.rate, w)
		}
	}
}

func sorted(x []float64) []float64 {
	slices.Sort(x)
	return x
}

func TestJumpWarnings(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"x' = if(«x > 1, 0, 1)", "jumps where states reach a value"},
		{"let a = 2*x\nlet late = «a > 3\nx' = late", "jumps where states reach a value"},
		{"x' = «sin(t) > 0", "times that cannot be computed beforehand"},
		{"x' = «floor(t)", "times that cannot be computed beforehand"},
		{"x' = «pulse(x, 3)", "jumps where states reach a value"},
		{"x' = if(«t == 3, 1, 0)", "one instant only"},
	} {
		src, at := marked(t, c.src)
		w := compiled(t, src).Warnings()
		if len(w) != 1 || (Pos{w[0].Line, w[0].Col}) != at || !strings.Contains(w[0].Msg, c.want) {
			t.Errorf("%s: %v, want %s", src, w, c.want)
		}
	}
	// What no right-hand side uses jumps for nobody.
	if w := compiled(t, "let a = x > 3\nx' = 1\nobserve y ~ normal(a)").Warnings(); len(w) != 0 {
		t.Error(w)
	}
}

// TestInfusion integrates an infusion that begins and ends at times given by a
// parameter and a constant, and compares with the closed form: x' = r - k*x from
// x(0) = 0 while it runs, x' = -k*x afterwards.
func TestInfusion(t *testing.T) {
	c := compiled(t, `param k = 0.3
param lag = 1
const stop = 4
const r = 2
x' = r*pulse(lag, stop) - k*x`)
	system, err := dynamics(t, c).System()
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range [][]float64{{0.3, 1, 4, 2}, {0.7, 2.5, 2.6, 100}} {
		problem, err := system.Problem(q, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		sol, err := integrate.Solve(context.Background(), problem, integrate.Tsit5{}, &integrate.Settings{RelTol: 1e-10, AbsTol: 1e-12})
		if err != nil {
			t.Fatal(err)
		}
		got := make([]float64, 1)
		k, lag, stop, r := q[0], q[1], q[2], q[3]
		for _, at := range []float64{0.5, lag, (lag + stop) / 2, stop, 5, 10} {
			if err := sol.At(got, at); err != nil {
				t.Fatal(err)
			}
			want := 0.0
			if at > lag {
				want = r / k * (1 - math.Exp(-k*(min(at, stop)-lag))) * math.Exp(-k*max(0, at-stop))
			}
			// A global error of some tens of the tolerance, on a scale of 1 to 10.
			if math.Abs(got[0]-want) > 1e-8 {
				t.Errorf("q = %v: x(%v) = %v, want %v", q, at, got[0], want)
			}
		}
	}
}
