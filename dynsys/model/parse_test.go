package model

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// everything has every statement of the language in every form.
const everything = `# a comment
title  Every statement, with a comma, +   # and a comment
time   "time (h)"
columns experiment = subject, measurement = DV, amt = AMT,
        evid = EVID, cmt = CMT, rate = RATE, tinf = TINF
columns observable = row.x, addl = ADDL, ii = II, ss = SS, preequilibration = "pre exp"

param  ka = 0.5
param  ke = 1/20 in [1e-3, 1] log
param  V  = 2e1 in [-inf, inf] linear shared
param  F  = 0.5 in [0, 1] logit each
param  σ  = 0.1 in [0, pi] each linear
param  log = 2 log10
const  D = -4
const  third = 1/3
let    rate_in = D*pulse(0, 2*third)
let    conc = central/V
depot' = rate_in - ka*depot
dcentral/dt = ka*depot - ke*central*log
d/dt(dose) = if(t >= 3 and not time > 5,
                dose,
                0)
init   depot = F*D at 1 - 1
central(0) = 1e-3
experiment 1: D = 4.02, central = ka, depot(0) = 2*D
experiment "low dose": init.depot = 3,
                       ke = 0.1
observe conc ~ lognormal(conc, σ)
observe not ~ normal(central + row.offset, sqrt(σ^2 + (0.1*central)^2))
observe "OD 600" ~ log10normal(conc)
observe a ~ laplace(t)
observe b ~ student(conc, row.sd, 4)
observe c.d ~ poisson(conc*row.offset)
observe e ~ negbinomial(conc, 1/σ)
prior ka ~ normal(0.5, 0.1)
prior ke ~ lognormal(-3, 1)
prior V ~ laplace(20, 5)
prior F ~ uniform(0, 1)
prior σ ~ gamma(2, 20)
prior log ~ beta(2, 2)
report half_life = log(2)/ke
solver tsit5
rtol 1e-9
atol 1e-12
`

func TestEveryStatement(t *testing.T) {
	m, err := Parse("all.ode", []byte(everything))
	if err != nil {
		t.Fatal(err)
	}
	same := func(what string, got, want any) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
	same("title", m.Title, "Every statement, with a comma, +")
	same("columns", m.Columns, map[Role]string{
		RoleTime: "time (h)", RoleExperiment: "subject", RoleValue: "DV", RoleAmount: "AMT", RoleEventID: "EVID",
		RoleCompartment: "CMT", RoleRate: "RATE", RoleDuration: "TINF", RoleObservable: "row.x", RoleAdditional: "ADDL",
		RoleInterval: "II", RoleSteadyState: "SS", RolePreequilibration: "pre exp",
	})
	type param struct {
		name             string
		guess, low, high float64
		scale            Scale
		each             bool
	}
	var params []param
	for _, p := range m.Params {
		params = append(params, param{p.Name, p.Guess.Value, p.Lower, p.Upper, p.Scale, p.Each})
	}
	inf := math.Inf(1)
	want := []param{
		{"ka", 0.5, -inf, inf, Linear, false}, {"ke", 0.05, 1e-3, 1, Log, false}, {"V", 20, -inf, inf, Linear, false},
		{"F", 0.5, 0, 1, Logit, true}, {"σ", 0.1, 0, math.Pi, Linear, true}, {"log", 2, 0, inf, Log10, false},
	}
	if len(params) != len(want) {
		t.Fatalf("%d parameters", len(params))
	}
	for i := range want {
		if params[i] != want[i] {
			t.Errorf("parameter %v, want %v", params[i], want[i])
		}
	}
	same("constants", []float64{m.Consts[0].Number.Value, m.Consts[1].Number.Value}, []float64{-4, 1.0 / 3})
	same("lets", []string{m.Lets[0].Name, m.Lets[1].Name}, []string{"rate_in", "conc"})
	same("states", m.stateNames(), []string{"depot", "central", "dose"})
	same("init", m.States[1].Init.Expr.String(), "0.001")
	if m.States[2].Init != nil {
		t.Error("dose has an initial value")
	}
	if start, ok := m.StartTime(); !ok || start != 0 {
		t.Errorf("start time %v %v", start, ok)
	}
	same("experiments", []string{m.Experiments[0].Name, m.Experiments[1].Name}, []string{"1", "low dose"})
	same("assignment", m.Experiments[1].Assigns[0].Name, "depot")
	if !m.Experiments[1].Assigns[0].Initial || m.Experiments[1].Assigns[1].Initial {
		t.Error("initial values and quantities mixed up")
	}
	type observe struct {
		Column, Dist string
		Args         int
		LeftOut      bool
	}
	var observes []observe
	for _, o := range m.Observes {
		observes = append(observes, observe{o.Column, o.Dist.String(), len(o.args()), o.ScaleLeftOut()})
	}
	same("observe", observes, []observe{
		{"conc", "lognormal", 2, false}, {"not", "normal", 2, false}, {"OD 600", "log10normal", 1, true}, {"a", "laplace", 1, true},
		{"b", "student", 3, false}, {"c.d", "poisson", 1, false}, {"e", "negbinomial", 2, false},
	})
	same("row columns", m.RowColumns, []string{"offset", "sd"})
	var priors []string
	for _, p := range m.Priors {
		priors = append(priors, p.Name+" "+p.Dist.String())
	}
	same("priors", priors, []string{"ka normal", "ke lognormal", "V laplace", "F uniform", "σ gamma", "log beta"})
	same("report", m.Reports[0].Expr.String(), "log(2)/ke")
	same("settings", []any{m.Solver, m.RelTol, m.AbsTol}, []any{"tsit5", 1e-9, 1e-12})
	if w := m.Warnings(); len(w) != 1 || !strings.Contains(w[0].Msg, `"dose" is observed nowhere`) {
		t.Errorf("warnings: %v", w)
	}
	readAgain(t, m)
}

// readAgain checks that the canonical form reads as the same statements, and is
// its own canonical form.
func readAgain(t *testing.T, m *Model) {
	t.Helper()
	text := m.String()
	again, err := Parse(m.File, []byte(text))
	if err != nil {
		t.Fatalf("the canonical form cannot be read: %v\n%s", err, text)
	}
	if diff := cmp.Diff(m.Statements, again.Statements, ignorePlaces); diff != "" {
		t.Errorf("the canonical form reads otherwise: %s", diff)
	}
	if again.String() != text {
		t.Errorf("the canonical form is not stable:\n%s\n%s", text, again)
	}
}

func TestCanonicalForm(t *testing.T) {
	m, err := Parse("m.ode", []byte("param   a=1 in[ 0 ,2 ]   log10   each\nx ' = ((a))*x\nx(0)=1 at 1900\nexperiment e: init.x=2\nobserve \"y 1\"~normal ( x , a )\n"+
		"columns measurement=\"DV\"\nrtol 1e-08"))
	if err == nil {
		t.Fatal("a log10 scale with a bound at 0 was accepted")
	}
	m, err = Parse("m.ode", []byte("param   a=1 in[ 0.5 ,2 ]   log10   each\nx ' = ((a))*x\nx(0)=1 at 1900\nexperiment e: init.x=2\nobserve \"y 1\"~normal ( x , a )\n"+
		"columns measurement=\"DV\"\nrtol 1e-08"))
	if err != nil {
		t.Fatal(err)
	}
	want := `param a = 1 in [0.5, 2] log10 each
x' = a*x
init x = 1 at 1900
experiment e: x(0) = 2
observe "y 1" ~ normal(x, a)
columns value = DV
rtol 1e-8
`
	if m.String() != want {
		t.Errorf("got\n%s\nwant\n%s", m, want)
	}
}

// TestNames: words of the language are names wherever no statement, function or
// distribution can stand.
func TestNames(t *testing.T) {
	for _, src := range []string{
		"param beta = 1\nparam gamma = 1\nparam scale = 2\nparam step = 1\nlet a = beta*gamma*scale*step + step(step)",
		"exp' = exp(exp)\ninit exp = 1\nobserve exp ~ normal(exp)",
		"dose' = -dose\ninit dose = 3\ninput(0) = 1\ninput' = dose",
		"let' = 1\nparam' = 1\ninit param = 2\ninit' = let",
		"ddose/dt = 1\nd/dt(d) = 1\ndose(0) = d0\nparam d0 = 1",
		"title' = 1\nlet s = (1 +\ntitle)",
		"time t\nobserve t ~ normal(t)\nobserve pi ~ normal(pi)\nobserve and ~ normal(time)",
		"let time = 5\nlet a = time\nx' = time\ninit x = a",
		"param in = 1 in [0, 2]\nparam each = 1 each\nparam at = 1\nx' = in*each\ninit x = at at 2",
		"param normal = 1\nparam inf = 1\nobserve normal ~ normal(normal, inf)",
		"param Ωβ_1 = 1\nparam größe = 2\nx' = -Ωβ_1*größe",
		"param hare = 1\nobserve hare ~ normal(hare*t)",
		"let a = b\nlet b = c\nparam c = 1\ninit x = a\nx' = b",
		"report ke = ke\nlet ke = exp(lke)\nparam lke = 1",
		"\ufefftitle A\r\nparam a = 1\r\nlet b = a +\r\n  2\r\n",
		"param a = 1\rlet b = a",
		"observe y ~ normal(row.sigma, row.dose.mg)",
		"param c = 1\nexperiment b: c = 2 # comment, with a comma,\nexperiment d: c = 3",
		"",
		"\n\n# nothing\n",
	} {
		m, err := Parse("m.ode", []byte(src))
		if err != nil {
			t.Errorf("%s\n%v", src, err)
			continue
		}
		readAgain(t, m)
	}
}

// TestIndependentMistakes: every mistake of a file is told, and none that follows
// from another.
func TestIndependentMistakes(t *testing.T) {
	src := `title  Several mistakes
parm alpha = 1
param beta = 2x in [0, 1]
param gamma = 3 in [0, 1]
let q = (alpha +
         beta * $) * gamma
let c = q + 1
hare' = alpha*hare - bata*hare*lynx
lynx' = -gamma*lynx + (delta*hare
foxes' = c*
  hare *
observe hare ~ nrmal(hare, s)
event at 5: hare = 3, lynx = (2
input T from temperature
rabbits' = T*F.1
net F(hare) -> 1: tanh 3
init rabits = 1
`
	_, err := Parse("several.ode", []byte(src))
	var list ErrorList
	if !errors.As(err, &list) {
		t.Fatal("no mistakes found")
	}
	want := []string{
		`several.ode:2:1: unknown statement "parm"`,
		`several.ode:3:14: malformed number "2x"`,
		`several.ode:4:15: the guess 3 of "gamma" lies outside`,
		`several.ode:6:17: unexpected character '$'`,
		`several.ode:8:22: unknown name "bata"`,
		`several.ode:9:23: this "(" is never closed`,
		`several.ode:11:8: the line ends in "*"`,
		`several.ode:12:16: unknown distribution "nrmal"`,
		`several.ode:13:30: this "(" is never closed`,
		`several.ode:17:6: "rabits" is no state`,
	}
	for i, e := range list {
		if i >= len(want) || !strings.HasPrefix(e.Error(), want[i]) {
			t.Errorf("mistake %d: %v", i, e)
		}
	}
	if len(list) != len(want) {
		t.Errorf("%d mistakes, want %d", len(list), len(want))
	}
	for i, one := range list.Unwrap() {
		if one != error(list[i]) {
			t.Errorf("Unwrap gives another mistake %d", i)
		}
	}
}

func TestDetail(t *testing.T) {
	_, err := Parse("m.ode", []byte("param beta = 1\nx' =\t-bata*x  # decay"))
	want := `m.ode:2:7: unknown name "bata"; expected a name that the model declares; correct or declare it (did you mean "beta"?)
    x' =` + "\t" + `-bata*x  # decay
        ` + "\t" + ` ^`
	if got := err.(ErrorList).Detail(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	// A long line is cut, and what a terminal would obey is not shown.
	long := "let a = \"\x1b\" + " + strings.Repeat("b + ", 1000) + "c"
	_, err = Parse("m.ode", []byte(long))
	for _, e := range err.(ErrorList) {
		for _, line := range strings.Split(e.Detail(), "\n")[1:] {
			if n := len([]rune(line)); n > excerptWidth+10 {
				t.Errorf("a line of %d characters", n)
			}
			if strings.Contains(line, "\x1b") {
				t.Error("an escape character is shown")
			}
		}
	}
}

func TestTooManyMistakes(t *testing.T) {
	src := strings.Repeat("parm a = 1\n", 1000) + "let b = nothing"
	_, err := Parse("m.ode", []byte(src))
	list := err.(ErrorList)
	if len(list) != maxErrors+1 || !strings.Contains(list[maxErrors].Msg, "not shown") {
		t.Errorf("%d mistakes, the last: %v", len(list), list[len(list)-1])
	}
}

func TestWarnings(t *testing.T) {
	m, err := Parse("m.ode", []byte(`param a = 1
param b = 1
param sd = 1
const c = 1
const d = 1
let u = a
let v = 2*b
report a = v
report w = v
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`m.ode:3:7: the parameter "sd" is used nowhere`, `m.ode:4:7: the constant "c" is used nowhere`,
		`m.ode:5:7: the constant "d" is used nowhere`, `m.ode:6:5: the let "u" is used nowhere`,
		`m.ode:8:8: the report "a" has the name of a parameter`,
	}
	check := func(list ErrorList, want ...string) {
		t.Helper()
		if len(list) != len(want) {
			t.Fatalf("warnings: %v", list)
		}
		for i, e := range list {
			if !strings.HasPrefix(e.Error(), want[i]) {
				t.Errorf("%v, want %s", e, want[i])
			}
		}
	}
	check(m.Warnings(), want...)
	e, err := ParseCell("sd*2 + d")
	if err != nil {
		t.Fatal(err)
	}
	check(m.Warnings(Names(e)...), want[1], want[3], want[4])
}

// TestCases reads every model of a folder of calibration cases, where it is there.
func TestCases(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "cases", "*", "*.ode"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("the folder of cases is not here")
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Parse(filepath.Base(file), text)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		readAgain(t, m)
		c, err := m.Compile()
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if _, err := dynamics(t, c).System(); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if w := c.Warnings(); len(w) > 0 {
			t.Errorf("%s: %v", file, w)
		}
	}
	t.Logf("%d models read", len(files))
}
