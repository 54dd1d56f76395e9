package fit_test

import (
	"bytes"
	"errors"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/odefit/odefit/dynsys/model"
	"github.com/odefit/odefit/fit"
	"github.com/odefit/odefit/fit/dataset"
	"github.com/odefit/odefit/fit/minimize"
	"github.com/odefit/odefit/sensitivity"
)

// text makes a problem of a model, data and tables given as texts.
func text(t *testing.T, ode, csv string, tables ...string) (*fit.Problem, error) {
	t.Helper()
	m, err := model.Parse("model.ode", []byte(ode))
	if err != nil {
		t.Fatal(err)
	}
	tb := fit.Tables{}
	if tb.Data, err = dataset.Read(strings.NewReader(csv), "data.csv", fit.Roles(m)); err != nil {
		return nil, err
	}
	for _, s := range tables {
		if strings.HasPrefix(s, "experiment") {
			tb.Conditions, err = dataset.ReadConditions(strings.NewReader(s), "conditions.csv")
		} else {
			tb.Parameters, err = dataset.ReadParameters(strings.NewReader(s), "parameters.csv")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return fit.FromModel(m, tb)
}

func must(t *testing.T, p *fit.Problem, err error) *fit.Problem {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// folder makes the problem of a folder in testdata.
func folder(t *testing.T, name string) *fit.Problem {
	t.Helper()
	ode, err := os.ReadFile("../testdata/" + name + "/model.ode")
	if err != nil {
		t.Fatal(err)
	}
	csv, err := os.ReadFile("../testdata/" + name + "/data.csv")
	if err != nil {
		t.Fatal(err)
	}
	p, err := text(t, string(ode), string(csv))
	return must(t, p, err)
}

func run(t *testing.T, p *fit.Problem, opt *fit.Options) *fit.Result {
	t.Helper()
	res, err := fit.Run(t.Context(), p, opt)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func near(t *testing.T, what string, got, want, rel float64) {
	t.Helper()
	if !(math.Abs(got-want) <= rel*math.Abs(want)) {
		t.Errorf("%s = %.10g, want %.10g to %.0e", what, got, want, rel)
	}
}

// The published optimum of the hare and the lynx, from the guess and from twenty starts,
// by all three optimisers.
func TestHareAndLynx(t *testing.T) {
	p := folder(t, "lynxhare")
	want := []float64{0.540014, 0.0271561, 0.796599, 0.0237021, 34.5991, 5.84374, 0.218380, 0.220084}
	closer := folder(t, "lynxhare") // from the guess, line searches end in another valley, at 166.34
	for i, v := range want {
		closer.Parameters[i].Guess = v * (1 + 0.2*float64(1-2*(i%2)))
	}
	for name, opt := range map[string]*fit.Options{
		"guess":             {Starts: 1},
		"starts":            {Starts: 20, Seed: 1},
		"lbfgs":             {Starts: 1, Method: fit.LBFGS},
		"lbfgs, forward":    {Starts: 1, Method: fit.LBFGS, Gradient: sensitivity.Forward{}},
		"lbfgs, continuous": {Starts: 1, Method: fit.LBFGS, Gradient: sensitivity.Continuous{}},
	} {
		from := p
		if opt.Method == fit.LBFGS {
			from = closer
		}
		res := run(t, from, opt)
		if !res.Converged {
			t.Errorf("%s: %s", name, res.Status)
		}
		near(t, name+": -ln L", res.Objective, 122.925951, 1e-8)
		near(t, name+": at tighter tolerances", res.Refined, 122.925951, 1e-8)
		for i, v := range want {
			near(t, name+": "+res.Parameters[i].Name, res.Parameters[i].Value, v, 1e-4)
		}
		if res.NObservations != 42 || res.NEstimated != 8 {
			t.Errorf("%s: n = %d, k = %d", name, res.NObservations, res.NEstimated)
		}
	}
	res := run(t, closer, &fit.Options{Starts: 1, Method: fit.Adam})
	near(t, "adam: -ln L", res.Objective, 122.925951, 1e-5)
}

// Standard errors and intervals of R's nls, where the scale is left out.
func TestLeastSquaresStatistics(t *testing.T) {
	bod := run(t, folder(t, "bod"), &fit.Options{Starts: 1})
	near(t, "bod: RSS", bod.SSR, 25.99026728, 1e-8)
	near(t, "bod: A", bod.Parameters[0].Value, 19.142575, 1e-6)
	near(t, "bod: k", bod.Parameters[1].Value, 0.531091, 1e-5)
	near(t, "bod: se(A)", bod.Parameters[0].StdErr, 2.496, 1e-3)
	near(t, "bod: se(k)", bod.Parameters[1].StdErr, 0.203089, 1e-3)
	sd := bod.Parameters[2]
	near(t, "bod: sd", sd.Value, math.Sqrt(25.99026728/6), 1e-8)
	if sd.Name != "sd[demand]" || !sd.Estimated || bod.NEstimated != 3 {
		t.Errorf("bod: %+v, k = %d", sd, bod.NEstimated)
	}
	// The t quantile of 4 degrees of freedom, in the log scale.
	near(t, "bod: lower end", bod.Parameters[0].CI95[0], 19.142575*math.Exp(-2.776445*2.496/19.142575), 1e-3)
	near(t, "bod: -ln L", bod.Objective, 3*(math.Log(2*math.Pi*25.99026728/6)+1), 1e-9)

	chick := run(t, folder(t, "chick"), nil)
	near(t, "chick: RSS", chick.SSR, 76.6623563, 1e-7)
	for i, c := range []struct{ value, se float64 }{{937.02, 465.9}, {35.223, 8.312}, {11.405, 0.9052}} {
		near(t, "chick: value", chick.Parameters[i].Value, c.value, 1e-4)
		near(t, "chick: se", chick.Parameters[i].StdErr, c.se, 2e-3)
	}
}

func TestSameResultForAnyNumberOfWorkers(t *testing.T) {
	p := folder(t, "lynxhare")
	var want *fit.Result
	for _, workers := range []int{1, 2, 8} {
		res := run(t, p, &fit.Options{Starts: 12, Seed: 3, Workers: workers})
		res.Elapsed = 0
		if want == nil {
			want = res
			continue
		}
		same := res.Objective == want.Objective && reflect.DeepEqual(res.Theta, want.Theta) &&
			reflect.DeepEqual(res.Parameters, want.Parameters) && res.Counts == want.Counts && res.Failures.Count == want.Failures.Count
		for i := range res.Starts {
			a, b := res.Starts[i], want.Starts[i]
			same = same && (a == b || math.IsNaN(a.Objective) && math.IsNaN(b.Objective) && a.Status == b.Status)
		}
		if !same {
			t.Errorf("%d workers give another result", workers)
		}
	}
}

// everything is a model that uses what models can: two experiments with overrides by
// numbers, names and expressions, copies of a parameter, row columns, known, estimated
// and left-out scales, priors, a pulse whose end is a parameter, a censored value.
const everything = `
columns experiment = run
param  k     = 0.7 in [0.01, 10] log
param  a0    = 2   in [0.1, 20] log10
param  f     = 0.3 in [0, 1] logit
param  off   = 0.2 in [-3, 3] each
param  s     = 0.15 in [0.01, 3] log
param  scl   = 1.4 in [0.1, 9] log
param  tau   = 1.37 in [0.2, 3]
param  unused_here = 1 in [0.5, 2]
const  feed  = 0
const  c     = 2
prior  k ~ lognormal(0.6, 0.5)
prior  off ~ normal(0, 1)
init   A = a0*c/2
A' = -k*A*(1 + f*sin(t)) + feed*pulse(0.3, tau)
B' = k*A - f*B
observe a ~ normal(A + off, s)
observe b ~ lognormal(B + 0.5, sqrt(s^2 + 0.01))
observe w ~ log10normal(row.gain*A + 1)
observe cnt ~ poisson(5*B + 1)
observe st ~ student(A, row.sd, 4)
report half = log(2)/k
report shift = off*k
`

const everythingData = `time,run,observable,value,gain,sd
0,one,a,2.3,,
0.5,one,a,1.6,,
0.5,one,a,1.7,,
1,one,b,1.5,,
2.5,one,b,1.4,,
1,one,w,2.2,scl,
2,one,w,1.7,0.8,
1,one,cnt,4,,
2,one,st,0.7,,0.3
0.7,two,a,<2.5,,
1.5,two,b,2.4,,
1.1,two,w,3.1,scl,
3,two,cnt,9,,
2.2,two,st,1.9,,s
3,two,a,1.1,,
`

const everythingConditions = "experiment,feed,c,B\none,0,2,\ntwo,1.3,c*1.5,a0*0.1\n"

// The gradient that the least-squares search uses, the adjoint ones and differences of
// the objective agree, on a problem that uses everything.
func TestGradientOfEverything(t *testing.T) {
	p, err := text(t, everything, everythingData, everythingConditions)
	p = must(t, p, err)
	p.RelTol, p.AbsTol = 1e-11, 1e-13
	names := p.Names()
	if got := strings.Join(names, " "); got != "k a0 f off[one] off[two] s scl tau unused_here" {
		t.Fatalf("parameters %s", got)
	}
	theta := p.Guess()
	checks, err := p.GradCheck(t.Context(), theta, 1, sensitivity.Forward{}, sensitivity.Discrete{}, sensitivity.Discrete{Checkpoints: sensitivity.Checkpoints{Every: 7}}, sensitivity.Continuous{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checks {
		if c.Err != nil || !(c.Difference < 1e-7) {
			t.Errorf("%s: %v, difference %.2g", c.Method, c.Err, c.Difference)
		}
		near(t, c.Method+": value", c.Value, checks[0].Value, 1e-10)
		if len(c.Gradient) == 9 && c.Gradient[8] != 0 {
			t.Errorf("%s: an unused parameter has the derivative %g", c.Method, c.Gradient[8])
		}
	}
	for i := range theta {
		h := 1e-5 * math.Max(math.Abs(theta[i]), 0.1)
		at := func(d float64) float64 {
			moved := append([]float64(nil), theta...)
			moved[i] += d
			v, err := p.GradCheck(t.Context(), moved, 1)
			if err != nil {
				t.Fatal(err)
			}
			return v[0].Value
		}
		// Fourth order differences: truncation 1e-13, integration noise 1e-11/1e-6.
		d := (8*(at(h)-at(-h)) - (at(2*h) - at(-2*h))) / (12 * h)
		if g := checks[0].Gradient[i]; math.Abs(d-g) > 2e-5*math.Max(1, math.Abs(g)) {
			t.Errorf("%s: derivative %.9g, difference %.9g", names[i], g, d)
		}
	}
}

func TestEverythingIsFitted(t *testing.T) {
	p, err := text(t, everything, everythingData, everythingConditions)
	p = must(t, p, err)
	lm := run(t, p, &fit.Options{Starts: 1})
	bfgs := run(t, p, &fit.Options{Starts: 1, Method: fit.LBFGS})
	if !lm.Converged || !bfgs.Converged {
		t.Errorf("%s; %s", lm.Status, bfgs.Status)
	}
	if math.Abs(lm.Objective-bfgs.Objective) > 1e-4 {
		t.Errorf("lm finds %.9g, lbfgs %.9g", lm.Objective, bfgs.Objective)
	}
	if lm.NObservations != 15 || len(lm.Reports) != 3 || lm.Reports[1].Name != "shift[one]" {
		t.Errorf("n = %d, reports %v", lm.NObservations, lm.Reports)
	}
	near(t, "half", lm.Reports[0].Value, math.Ln2/lm.Parameters[0].Value, 1e-14)
	// By the delta method ln 2/k has the relative error of k.
	near(t, "se(half)", lm.Reports[0].StdErr/lm.Reports[0].Value, lm.Parameters[0].StdErr/lm.Parameters[0].Value, 1e-10)
	if len(lm.Flat) != 1 || !strings.Contains(lm.Flat[0], "unused_here") {
		t.Errorf("flat directions: %q", lm.Flat)
	}
}

func TestParameterTable(t *testing.T) {
	p, err := text(t, everything, everythingData, everythingConditions,
		"name,guess,lower,upper,scale,estimate\nk,0.5,0.1,1,log,yes\noff[two],0.9,,,,\nfeed,7,,,,\ns,0.2,,,,no\n")
	p = must(t, p, err)
	k, off1, off2, s := p.Parameters[0], p.Parameters[3], p.Parameters[4], p.Parameters[5]
	if k.Guess != 0.5 || k.Lower != 0.1 || k.Upper != 1 || off1.Guess != 0.2 || off2.Guess != 0.9 || !s.Fixed || s.Guess != 0.2 {
		t.Errorf("%+v %+v %+v %+v", k, off1, off2, s)
	}
	res := run(t, p, &fit.Options{EvaluateOnly: true})
	if res.Status != "evaluated" || !res.Converged || res.Parameters[5].Note != "fixed" || res.Parameters[5].Estimated {
		t.Errorf("%s %+v", res.Status, res.Parameters[5])
	}
}

// Mistakes that show only where model and tables meet, each with its place.
func TestMistakesWhereTablesMeet(t *testing.T) {
	const ode = "param k = 1 in [0.1, 5]\nconst c = 1\ninit A = 1\nA' = -k*A*c\nobserve a ~ normal(A, row.sd)\n"
	const csv = "time,experiment,a,sd\n0,x,1,0.1\n1,x,0.4,0.1\n"
	for _, c := range []struct{ csv, table, want string }{
		{csv, "name,guess\nkk,2\n", "parameters.csv:2:1"},
		{csv, "name,guess\nk,7\n", "outside the bounds"},
		{csv, "name,guess\nk[x],1\n", "no copy"},
		{csv, "experiment,kk\nx,1\n", "conditions.csv"},
		{csv, "experiment,c\nx,k*q\n", "conditions.csv:2:3"},
		{csv, "experiment,c\nx,k*\n", "conditions.csv:2:3"},
		{strings.Replace(csv, "0.4,0.1", "0.4,sdd", 1), "", "data.csv:3"},
		{strings.Replace(csv, "0.4,0.1", "0.4,", 1), "", "data.csv:3"},
		{csv, "experiment,c,preequilibration\nx,1,y\n", `conditions.csv:2:5: column preequilibration: there is no experiment "y" to start from`},
	} {
		var tables []string
		if c.table != "" {
			tables = append(tables, c.table)
		}
		_, err := text(t, ode, c.csv, tables...)
		var e *dataset.Error
		if err == nil || !strings.Contains(err.Error(), c.want) || !errors.As(err, &e) {
			t.Errorf("%q with %q: %v", c.csv, c.table, err)
		}
	}
	_, err := text(t, "param k = 1\ninit A = 1 at 3\nA' = -k*A\nobserve a ~ normal(A)\n", "time,a\n1,2\n4,1\n")
	if err == nil || !strings.Contains(err.Error(), "data.csv:2") || !strings.Contains(err.Error(), "start") {
		t.Errorf("a datum before the start: %v", err)
	}
}

// A failure is told in the model's words, and one failing start does not end the fit.
func TestFailuresAreTold(t *testing.T) {
	p, err := text(t, "param r = 2 in [0.01, 4]\ninit cells = 1\ncells' = r*cells^2\nobserve od ~ normal(cells, 0.1)\n",
		"time,experiment,od\n0.1,dish,1.05\n2,dish,1.9\n")
	p = must(t, p, err)
	_, err = fit.Run(t.Context(), p, &fit.Options{Starts: 1})
	var sim *fit.SimulationError
	if !errors.Is(err, fit.ErrNothingEvaluated) || !errors.As(err, &sim) || sim.Experiment != "dish" || sim.State != "cells" || math.Abs(sim.T-0.5) > 1e-3 {
		t.Errorf("error %v", err)
	}
	res := run(t, p, &fit.Options{Starts: 20, Seed: 1})
	if !res.Converged || res.Failures.Count == 0 || !errors.As(res.Failures.First, &sim) {
		t.Errorf("%s, %d failures, first %v", res.Status, res.Failures.Count, res.Failures.First)
	}
}

// A solution on a bound is exactly there, said so, and left out of the matrix.
func TestParameterAtItsBound(t *testing.T) {
	p, err := text(t, "param a = 1 in [0, 10]\nparam b = 0.5 in [0, 3]\nobserve y ~ normal(a - b*t, 0.1)\n",
		"time,y\n0,1\n1,1.2\n2,1.5\n3,1.6\n")
	p = must(t, p, err)
	for _, method := range []fit.Optimiser{fit.LM, fit.LBFGS} {
		res := run(t, p, &fit.Options{Starts: 1, Method: method})
		b := res.Parameters[1]
		if b.Value != 0 || b.AtBound != minimize.Lower || !math.IsNaN(b.StdErr) || len(res.Names) != 1 || !res.Converged {
			t.Errorf("%v: %+v, %v, %s", method, b, res.Names, res.Status)
		}
		near(t, "a", res.Parameters[0].Value, (1+1.2+1.5+1.6)/4, 1e-5)
		near(t, "se(a)", res.Parameters[0].StdErr, 0.1/2, 1e-6)
	}
}

// A model without states is plain regression; a straight line has a textbook answer.
func TestRegression(t *testing.T) {
	var csv bytes.Buffer
	csv.WriteString("x,y\n1,2.1\n2,3.9\n3,6.2\n4,7.8\n5,10.1\n")
	p, err := text(t, "time x\nparam a = 0\nparam b = 1\nobserve y ~ normal(a + b*t)\n", csv.String())
	p = must(t, p, err)
	res := run(t, p, nil)
	near(t, "a", res.Parameters[0].Value, 0.05, 1e-6)
	near(t, "b", res.Parameters[1].Value, 1.99, 1e-8)
	near(t, "se(b)", res.Parameters[1].StdErr, math.Sqrt(res.SSR/3/10), 1e-7)
	if !res.Converged {
		t.Error(res.Status)
	}
}

func TestSimulate(t *testing.T) {
	p, err := text(t, everything, everythingData, everythingConditions)
	p = must(t, p, err)
	tr, err := p.Simulate(t.Context(), p.Guess(), 1, []float64{0, 0.2, 1})
	if err != nil {
		t.Fatal(err)
	}
	// Experiment two: c = 3, so A(0) = a0*3/2 = 3, B(0) = 0.2.
	if math.Abs(tr.States[0][0]-3) > 1e-14 || math.Abs(tr.States[0][1]-0.2) > 1e-15 || math.Abs(tr.Predictions[0][0]-3.2) > 1e-14 {
		t.Errorf("start %v, predictions %v", tr.States[0], tr.Predictions[0])
	}
	if !math.IsNaN(tr.Predictions[0][2]) {
		t.Error("a prediction that needs a data row was made without one")
	}
	if _, err := p.Simulate(t.Context(), p.Guess(), 1, []float64{-1}); err == nil {
		t.Error("a time before the start was taken")
	}
}
