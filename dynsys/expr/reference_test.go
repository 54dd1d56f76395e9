package expr_test

import (
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/odefit/odefit/dynsys/expr"
)

// functions builds the functions of testdata/functions.csv.
var functions = map[string]func(b *expr.Builder, x []expr.Node) expr.Node{
	"exp":               unary((*expr.Builder).Exp),
	"log":               unary((*expr.Builder).Log),
	"log10":             unary((*expr.Builder).Log10),
	"log2":              unary((*expr.Builder).Log2),
	"sqrt":              unary((*expr.Builder).Sqrt),
	"abs":               unary((*expr.Builder).Abs),
	"sin":               unary((*expr.Builder).Sin),
	"cos":               unary((*expr.Builder).Cos),
	"tan":               unary((*expr.Builder).Tan),
	"asin":              unary((*expr.Builder).Asin),
	"acos":              unary((*expr.Builder).Acos),
	"atan":              unary((*expr.Builder).Atan),
	"sinh":              unary((*expr.Builder).Sinh),
	"cosh":              unary((*expr.Builder).Cosh),
	"tanh":              unary((*expr.Builder).Tanh),
	"erf":               unary((*expr.Builder).Erf),
	"lgamma":            unary((*expr.Builder).Lgamma),
	"digamma":           unary((*expr.Builder).Digamma),
	"trigamma":          unary((*expr.Builder).Trigamma),
	"trigamma-negative": unary((*expr.Builder).Trigamma),
	"polygamma5":        unary(func(b *expr.Builder, x expr.Node) expr.Node { return b.Polygamma(5, x) }),
	"x^2":               power(2),
	"x^7":               power(7),
	"x^-1":              power(-1),
	"x^-6":              power(-6),
	"x^40":              power(40),
	"x^1.5":             power(1.5),
	"x^-0.7":            power(-0.7),
	"3^x":               unary(func(b *expr.Builder, x expr.Node) expr.Node { return b.Pow(b.Const(3), x) }),
	"pow":               func(b *expr.Builder, x []expr.Node) expr.Node { return b.Pow(x[0], x[1]) },
	"atan2":             func(b *expr.Builder, x []expr.Node) expr.Node { return b.Atan2(x[0], x[1]) },
	"hill":              func(b *expr.Builder, x []expr.Node) expr.Node { return b.Hill(x[0], x[1], x[2]) },
}

func unary(f func(*expr.Builder, expr.Node) expr.Node) func(*expr.Builder, []expr.Node) expr.Node {
	return func(b *expr.Builder, x []expr.Node) expr.Node { return f(b, x[0]) }
}

func power(k float64) func(*expr.Builder, []expr.Node) expr.Node {
	return func(b *expr.Builder, x []expr.Node) expr.Node { return b.Pow(x[0], b.Const(k)) }
}

// reference is a row of testdata/functions.csv.
type reference struct {
	name                 string
	x                    []float64
	value, grad, hessian []float64
}

func references(t *testing.T) []reference {
	t.Helper()
	text, err := os.ReadFile("testdata/functions.csv")
	if err != nil {
		t.Fatal(err)
	}
	var rows []reference
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		var numbers [4][]float64
		fields := strings.Split(strings.TrimSpace(line), ";")
		for i, field := range fields[1:] {
			for _, s := range strings.Fields(field) {
				v, _ := strconv.ParseFloat(s, 64) // out of range is infinite
				numbers[i] = append(numbers[i], v)
			}
		}
		rows = append(rows, reference{fields[0], numbers[0], numbers[1], numbers[2], numbers[3]})
	}
	return rows
}

func eval(t rapid.TB, b *expr.Builder, in []float64, outs ...expr.Node) []float64 {
	t.Helper()
	p := compile(t, b, outs...)
	out := make([]float64, len(outs))
	p.Eval(out, append(in, make([]float64, p.Inputs())...), p.Scratch())
	return out
}

// TestReferences compares values, gradients by three ways and Hessians by three
// ways with 400-digit computations. The functions and their derivatives are well
// conditioned at the chosen points, and each is a handful of operations of a few
// units in the last place: 1e-13 relative leaves room for those and no more.
func TestReferences(t *testing.T) {
	seen := map[string]bool{}
	for _, ref := range references(t) {
		seen[ref.name] = true
		b := expr.NewBuilder()
		n := len(ref.x)
		in, slots := make([]expr.Node, n), make([]int, n)
		for i := range in {
			in[i], slots[i] = b.Input(i), i
		}
		f := functions[ref.name](b, in)
		one := []expr.Node{b.Const(1)}
		check := func(what string, want []float64, nodes ...expr.Node) {
			t.Helper()
			for i, got := range eval(t, b, ref.x, nodes...) {
				if !closeTo(got, want[i], 1e-13) {
					t.Errorf("%s%v: %s %d is %.17g, want %.17g: %s", ref.name, ref.x, what, i, got, want[i], b.Text(nodes[i], nil))
				}
			}
		}
		check("value", ref.value, f)

		reverse := b.VJP([]expr.Node{f}, one, slots)
		check("VJP", ref.grad, reverse...)
		check("Jacobian", ref.grad, dense(b.Jacobian([]expr.Node{f}, slots), 1, n)...)
		forward := make([]expr.Node, n)
		for i := range slots {
			forward[i] = b.JVP([]expr.Node{f}, slots[i:i+1], one)[0]
		}
		check("JVP", ref.grad, forward...)

		var rev, fwd, full []float64
		for i := range slots {
			rev = append(rev, eval(t, b, ref.x, b.VJP(forward[i:i+1], one, slots)...)...)
			fwd = append(fwd, eval(t, b, ref.x, b.JVP(reverse, slots[i:i+1], one)...)...)
		}
		full = eval(t, b, ref.x, dense(b.Jacobian(reverse, slots), n, n)...)
		k := 0
		for i := range n {
			for j := i; j < n; j++ {
				for _, h := range [][]float64{rev, fwd, full} {
					for _, got := range []float64{h[i*n+j], h[j*n+i]} {
						if !closeTo(got, ref.hessian[k], 1e-13) {
							t.Errorf("%s%v: second derivative %d,%d is %.17g, want %.17g", ref.name, ref.x, i, j, got, ref.hessian[k])
						}
					}
				}
				k++
			}
		}
	}
	for name := range functions {
		if !seen[name] {
			t.Errorf("no reference for %s", name)
		}
	}
}

// closeTo compares relatively. A number too large for float64 may be infinite or
// NaN; 0 must be 0 to 1e-300.
func closeTo(got, want, tol float64) bool {
	if math.IsInf(want, 0) {
		return math.IsInf(got, 0) || math.IsNaN(got)
	}
	return math.Abs(got-want) <= tol*math.Abs(want)+1e-300
}

// dense lists the entries of an n x m Jacobian row by row.
func dense(entries []expr.Entry, n, m int) []expr.Node {
	full := make([]expr.Node, n*m)
	for _, e := range entries {
		full[e.Row*m+e.Col] = e.Node
	}
	return full
}
