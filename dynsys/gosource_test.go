package dynsys_test

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/expr"
)

// everything uses every kind of function, so that the package needs all helpers.
func everything(b *expr.Builder, t expr.Node, y, p []expr.Node) []expr.Node {
	wave := b.Mul(b.Sin(b.Mul(p[0], t)), b.Exp(b.Neg(y[0])))
	shape := b.Add(b.Hill(y[1], p[1], p[2]), b.Pow(b.Abs(y[0]), p[2]))
	odd := b.If(b.And(b.Lt(y[0], y[1]), b.Not(b.Eq(p[0], p[1]))), b.Tanh(y[2]), b.Log(b.Max(y[2], b.Const(0.5))))
	rare := b.Add(b.Mul(b.Erf(y[1]), b.Lgamma(b.Add(b.Const(2), p[1]))), b.Polygamma(1, p[2]))
	return []expr.Node{
		b.Add(wave, shape), b.Sub(odd, b.Mul(b.Const(-3), b.Asin(b.Div(y[0], b.Const(10))))),
		b.Mul(rare, b.Step(t, p[1])),
	}
}

// TestGoSource builds and runs the package of a model, and compares every function with
// the system. Both round each operation once and their functions differ by 2 units in the
// last place; no operation here amplifies errors more than tenfold.
func TestGoSource(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	m, err := dynsys.TraceInitial(3, 3, everything, func(b *expr.Builder, p []expr.Node) []expr.Node {
		return []expr.Node{p[0], b.Mul(p[1], p[2]), b.Const(1)}
	})
	s := system(t, m, err)
	source, err := m.GoSource(dynsys.GoPackage{
		Name: "everything", From: "a test", States: []string{"a", "b", "c"}, Params: []string{"u", "v", "w"}, Values: []float64{1, 2, 3},
	})
	if err != nil {
		t.Fatal(err)
	}
	y, p, vy, vp, w := []float64{0.7, 1.2, 0.9}, []float64{1.3, 0.4, 2.5}, []float64{1, -2, 0.5}, []float64{0.3, 1, -1}, []float64{2, 1, -1}
	got := runSource(t, source, fmt.Sprintf(`
	y, p, vy, vp, w := %#v, %#v, %#v, %#v, %#v
	print := func(x []float64) { for _, v := range x { fmt.Println(v) } }
	a, g, j := make([]float64, 3), []float64{1, 2, 3}, make([]float64, 9)
	m.F(a, 0.8, y, p); print(a)
	m.JVP(a, 0.8, y, p, vy, vp); print(a)
	m.VJP(a, g, 0.8, y, p, w); print(a); print(g)
	m.Jacobian(j, 0.8, y, p); print(j)
	m.Initial(a, p); print(a)
	m.Breaks(a, p); print(a[:1])
	print([]float64{m.States, m.Params, m.Values[2]})
	fmt.Println(len(m.StateNames[1]) + len(m.ParamNames[2]))`, y, p, vy, vp, w))
	var want []float64
	a, g, j := make([]float64, 3), []float64{1, 2, 3}, make([]float64, 9)
	do := func(err error, lists ...[]float64) {
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range lists {
			want = append(want, x...)
		}
	}
	do(s.RHS(a, 0.8, y, p), a)
	do(s.JVP(a, 0.8, y, p, vy, vp), a)
	do(s.VJP(a, g, 0.8, y, p, w), a, g)
	do(s.Jacobian(j, 0.8, y, p), j)
	do(s.Initial.Value(a, p), a)
	do(s.Breaks.Times(a[:1], p), a[:1], []float64{3, 3, 3, 2})
	if len(got) != len(want) {
		t.Fatalf("%d numbers, want %d", len(got), len(want))
	}
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-14*(1+math.Abs(want[i])) {
			t.Errorf("number %d: %.17g, the system gives %.17g", i, got[i], want[i])
		}
	}
}

// runSource builds a program of main's statements over the package m and returns the
// numbers that it prints.
func runSource(t *testing.T, source, statements string) []float64 {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":  "module generated\n\ngo 1.26\n",
		"m/m.go":  source,
		"main.go": "package main\n\nimport (\n\"fmt\"\nm \"generated/m\"\n)\n\nfunc main() {" + statements + "\n}\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "run", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var numbers []float64
	for f := range strings.FieldsSeq(string(out)) {
		v, err := strconv.ParseFloat(f, 64)
		if err != nil {
			t.Fatalf("%v in\n%s", err, out)
		}
		numbers = append(numbers, v)
	}
	return numbers
}

func TestGoName(t *testing.T) {
	for text, want := range map[string]string{"Lynx-Hare": "lynxhare", "2 pools": "model2pools", "func": "modelfunc", "...": "model"} {
		if got := dynsys.GoName(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
