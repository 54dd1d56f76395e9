package expr_test

import (
	"math"

	"pgregory.net/rapid"

	"github.com/odefit/odefit/dynsys/expr"
)

// randomGraph builds some dozens of nodes over the given number of inputs, each from
// earlier ones by a random one of the operations, and returns all.
func randomGraph(t *rapid.T, b *expr.Builder, inputs int, ops []operation) []expr.Node {
	var nodes []expr.Node
	for i := range inputs {
		nodes = append(nodes, b.Input(i))
	}
	for range rapid.IntRange(0, 3).Draw(t, "constants") {
		nodes = append(nodes, b.Const(rapid.SampledFrom([]float64{0, 1, -1, 2, 0.5, -3.7, 1e-3, 40}).Draw(t, "constant")))
	}
	for range rapid.IntRange(1, 40).Draw(t, "size") {
		var x [3]expr.Node
		for j := range x {
			x[j] = nodes[rapid.IntRange(max(0, len(nodes)-12), len(nodes)-1).Draw(t, "operand")]
		}
		nodes = append(nodes, rapid.SampledFrom(ops).Draw(t, "operation").build(b, x))
	}
	return nodes
}

// operation builds a node from up to three.
type operation struct {
	name  string
	build func(b *expr.Builder, x [3]expr.Node) expr.Node
}

func one(name string, f func(*expr.Builder, expr.Node) expr.Node) operation {
	return operation{name, func(b *expr.Builder, x [3]expr.Node) expr.Node { return f(b, x[0]) }}
}

func two(name string, f func(b *expr.Builder, x, y expr.Node) expr.Node) operation {
	return operation{name, func(b *expr.Builder, x [3]expr.Node) expr.Node { return f(b, x[0], x[1]) }}
}

func three(name string, f func(b *expr.Builder, x, y, z expr.Node) expr.Node) operation {
	return operation{name, func(b *expr.Builder, x [3]expr.Node) expr.Node { return f(b, x[0], x[1], x[2]) }}
}

func powerOf(k float64) operation {
	return one("power", func(b *expr.Builder, x expr.Node) expr.Node { return b.Pow(x, b.Const(k)) })
}

var arithmetic = []operation{
	two("+", (*expr.Builder).Add), two("-", (*expr.Builder).Sub), two("*", (*expr.Builder).Mul),
	two("/", (*expr.Builder).Div), one("neg", (*expr.Builder).Neg), powerOf(2), powerOf(-3), powerOf(7),
}

var analytic = []operation{
	one("exp", (*expr.Builder).Exp), one("log", (*expr.Builder).Log), one("log10", (*expr.Builder).Log10),
	one("log2", (*expr.Builder).Log2), one("sqrt", (*expr.Builder).Sqrt), one("sin", (*expr.Builder).Sin),
	one("cos", (*expr.Builder).Cos), one("tan", (*expr.Builder).Tan), one("asin", (*expr.Builder).Asin),
	one("acos", (*expr.Builder).Acos), one("atan", (*expr.Builder).Atan), one("sinh", (*expr.Builder).Sinh),
	one("cosh", (*expr.Builder).Cosh), one("tanh", (*expr.Builder).Tanh), two("pow", (*expr.Builder).Pow),
	powerOf(1.5), two("atan2", (*expr.Builder).Atan2), three("hill", (*expr.Builder).Hill),
}

var kinked = []operation{
	one("abs", (*expr.Builder).Abs), two("min", (*expr.Builder).Min), two("max", (*expr.Builder).Max),
	one("floor", (*expr.Builder).Floor), one("ceil", (*expr.Builder).Ceil), one("sign", (*expr.Builder).Sign),
	two("<", (*expr.Builder).Lt), two("<=", (*expr.Builder).Le), two("==", (*expr.Builder).Eq), two("!=", (*expr.Builder).Ne),
	two("and", (*expr.Builder).And), two("or", (*expr.Builder).Or), one("not", (*expr.Builder).Not),
	three("if", (*expr.Builder).If),
}

var special = []operation{
	one("erf", (*expr.Builder).Erf), one("lgamma", (*expr.Builder).Lgamma), one("digamma", (*expr.Builder).Digamma),
}

func operations(lists ...[]operation) (all []operation) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// anyNumbers draws inputs among which are zeros, infinities, NaN and numbers of all sizes.
func anyNumbers(t *rapid.T, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			x[i] = rapid.SampledFrom([]float64{0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.NaN(), 1, -1, 5e-324}).Draw(t, "special")
		case 1:
			x[i] = rapid.Float64().Draw(t, "any")
		default:
			x[i] = rapid.Float64Range(-3, 3).Draw(t, "input")
		}
	}
	return x
}

// sameBits holds equal bits, of which all NaN have one.
func sameBits(x, y float64) bool {
	return math.Float64bits(x) == math.Float64bits(y) || x != x && y != y
}

// run evaluates code once.
func run(t rapid.TB, c expr.Code, in []float64) []float64 {
	t.Helper()
	e, err := c.Evaluator()
	if err != nil {
		t.Fatal(err)
	}
	copy(e.Inputs(), in)
	out, err := e.Run()
	if err != nil {
		t.Fatal(err)
	}
	return append([]float64(nil), out...)
}
