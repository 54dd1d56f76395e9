package model

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/odefit/odefit/dynsys/expr"
)

// compiled parses and compiles a text that must be right.
func compiled(t *testing.T, src string) *Compiled {
	t.Helper()
	m, err := Parse("m.ode", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	c, err := m.Compile()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// inputs places values by name into the inputs of c. Row columns are called
// row.NAME.
func inputs(t *testing.T, c *Compiled, values map[string]float64) []float64 {
	t.Helper()
	in := make([]float64, c.Layout.Len())
	for i := range in {
		in[i] = math.NaN() // so that a forgotten or confused input shows
	}
	for _, q := range c.Quantities {
		i, _ := c.Model.Quantity(q.Name)
		in[c.Layout.Quantity(i)] = q.Value
	}
	for name, v := range values {
		column, isRow := strings.CutPrefix(name, "row.")
		state, isState := c.Model.State(name)
		quantity, isQuantity := c.Model.Quantity(name)
		switch {
		case isRow:
			in[c.Layout.Row(c.Model.rowIndex[column])] = v
		case isState:
			in[c.Layout.State(state)] = v
		case isQuantity:
			in[c.Layout.Quantity(quantity)] = v
		case name == "t":
			in[c.Layout.Time()] = v
		default:
			t.Fatalf("no input is called %s", name)
		}
	}
	return in
}

// values evaluates nodes.
func values(t *testing.T, b *expr.Builder, in []float64, nodes ...expr.Node) []float64 {
	t.Helper()
	p, err := b.Compile(nodes...)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]float64, len(nodes))
	p.Eval(out, in, p.Scratch())
	return out
}

// near compares to a few roundings.
func near(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %v, want %v", what, got, want)
	}
	for i := range got {
		if !(math.Abs(got[i]-want[i]) <= 1e-14*max(1, math.Abs(want[i]))) {
			t.Errorf("%s %d: %.17g, want %.17g", what, i, got[i], want[i])
		}
	}
}

// calcium is a model of oscillations with powers that are parameters.
const calcium = `title  Calcium oscillations with two pools (Borghans, Dupont and Goldbeter 1997)
param Ka = 0.2
param Kd = 0.4
param n = 4.5
param ε = 0.1
const K2 = 0.1
const pool = 5
let   m = n/2                # half the cooperativity
let   rise = Z^m/(K2^m + Z^m)
let   pump = pool*hill(A, Ka, 4)*rise
let   late = if(t >= 10 and not t >= 20, 1, 0.5)
Z' = pump - K2*Z + ε*Y*late
Y' = -pump + 6*rise^2 - 7.1*log(1 + Y)
A' = -Kd*A^2*Z^n/((A^2 + Ka^2)*(Kd^n + Z^n)) - ε*A + max(0, sin(t))
init Z = pool/50
init A = sqrt(Ka)*m at 1
observe ca ~ log10normal(row.offset + Z*row.scale, row.sigma)
observe all ~ student(Z + Y + A - t, abs(Y)*ε, 4)
report ratio = Ka/Kd^m
prior n ~ lognormal(log(4), pool/10)
experiment low: pool = 2.5, Z = 2*K2, ε = -Ka
`

// calciumRates is the same in Go.
func calciumRates(t, z, y, a, ka, kd, n, eps, k2, pool float64) []float64 {
	m := n / 2
	rise := math.Pow(z, m) / (math.Pow(k2, m) + math.Pow(z, m))
	pump := pool * a * a * a * a / (ka*ka*ka*ka + a*a*a*a) * rise
	late := 0.5
	if 10 <= t && t < 20 {
		late = 1
	}
	zn, kdn := math.Pow(z, n), math.Pow(kd, n)
	return []float64{
		pump - k2*z + eps*y*late,
		-pump + 6*rise*rise - 7.1*math.Log(1+y),
		-kd*a*a*zn/((a*a+ka*ka)*(kdn+zn)) - eps*a + max(0, math.Sin(t)),
	}
}

func TestCompiledModel(t *testing.T) {
	c := compiled(t, calcium)
	r := rand.New(rand.NewPCG(5, 6))
	system, err := dynamics(t, c).System()
	if err != nil {
		t.Fatal(err)
	}
	for range 200 {
		v := map[string]float64{"t": 30 * r.Float64()}
		for _, name := range []string{"Z", "Y", "A", "Ka", "Kd", "n", "ε", "K2", "pool", "row.offset", "row.scale", "row.sigma"} {
			v[name] = 0.1 + 2*r.Float64()
		}
		in := inputs(t, c, v)
		want := calciumRates(v["t"], v["Z"], v["Y"], v["A"], v["Ka"], v["Kd"], v["n"], v["ε"], v["K2"], v["pool"])
		near(t, "rate", values(t, c.Graph, in, c.Derivatives...), want)

		q := in[c.Layout.Quantity(0):c.Layout.Row(0)]
		y := in[c.Layout.State(0):c.Layout.Quantity(0)]
		dy := make([]float64, 3)
		if err := system.RHS(dy, v["t"], y, q); err != nil {
			t.Fatal(err)
		}
		near(t, "rate of the system", dy, want)

		initial := []float64{v["pool"] / 50, 0, math.Sqrt(v["Ka"]) * v["n"] / 2}
		near(t, "initial value", values(t, c.Graph, in, c.Initial...), initial)
		if err := system.Initial.Value(dy, q); err != nil {
			t.Fatal(err)
		}
		near(t, "initial value of the system", dy, initial)

		near(t, "ca", values(t, c.Graph, in, c.Observables[0].Args...), []float64{v["row.offset"] + v["Z"]*v["row.scale"], v["row.sigma"]})
		near(t, "all", values(t, c.Graph, in, c.Observables[1].Args...),
			[]float64{v["Z"] + v["Y"] + v["A"] - v["t"], math.Abs(v["Y"]) * v["ε"], 4})
		near(t, "ratio", values(t, c.Graph, in, c.Reports...), []float64{v["Ka"] / math.Pow(v["Kd"], v["n"]/2)})
		near(t, "prior", values(t, c.Graph, in, c.Priors[0].Nodes...), []float64{math.Log(4), v["pool"] / 10})
		near(t, "experiment", values(t, c.Graph, in, c.Experiments[0].Values...), []float64{2.5, 2 * v["K2"], -v["Ka"]})
	}
	if got := c.Observables[0].Rows; len(got) != 3 || len(c.Observables[1].Rows) != 0 {
		t.Errorf("row columns %v and %v", got, c.Observables[1].Rows)
	}
	if c.Priors[0].Quantity != 2 {
		t.Errorf("the prior is of quantity %d", c.Priors[0].Quantity)
	}
	want := []Target{{SetsQuantity, 5}, {SetsInitial, 0}, {SetsQuantity, 3}}
	for i, target := range c.Experiments[0].Targets {
		if target != want[i] {
			t.Errorf("assignment %d sets %v, want %v", i, target, want[i])
		}
	}
	if start, ok := c.Model.StartTime(); !ok || start != 1 {
		t.Errorf("start time %v", start)
	}
}

func TestCells(t *testing.T) {
	c := compiled(t, calcium)
	in := inputs(t, c, nil)
	for _, test := range []struct {
		text string
		want float64
	}{
		{"4.5", 4.5}, {" -1e-3 ", -1e-3}, {"ε", 0.1}, {"pool*Ka + K2^2", 5*0.2 + 0.1*0.1}, {"if(n > 4, Kd, 0)", 0.4}, {"pi", math.Pi},
	} {
		n, err := c.Cell(test.text)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		near(t, test.text, values(t, c.Graph, in, n), []float64{test.want})
	}
}

// TestAlwaysWrong: what can never be a number is a mistake with a place.
func TestAlwaysWrong(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"x' = «log(-1)", `the derivative of "x" is always nan`},
		{"x' = 1\ninit x = «1/0", `the initial value of "x" is always inf`},
		{"observe y ~ normal(«0/0)", `the prediction of "y" is always nan`},
		{"report r = «sqrt(-2)", `the report "r" is always nan`},
	} {
		src, at := marked(t, c.src)
		m, err := Parse("m.ode", []byte(src))
		if err != nil {
			t.Fatal(err)
		}
		_, err = m.Compile()
		list, ok := err.(ErrorList)
		if !ok || len(list) != 1 || (Pos{list[0].Line, list[0].Col}) != at || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", src, err)
		}
	}
}
