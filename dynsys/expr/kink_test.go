package expr_test

import (
	"math"
	"testing"

	"github.com/odefit/odefit/dynsys/expr"
)

// derivatives returns the derivatives of f in its inputs by JVP, by VJP and by
// Jacobian, which must agree bit by bit up to the sign of zero where they are 0,
// infinite or NaN.
func derivatives(t *testing.T, b *expr.Builder, f expr.Node, x []float64) (forward, reverse, sparse []float64) {
	t.Helper()
	slots := make([]int, len(x))
	var fwd []expr.Node
	for i := range x {
		slots[i] = i
		fwd = append(fwd, b.JVP([]expr.Node{f}, []int{i}, []expr.Node{b.Const(1)})[0])
	}
	rev := b.VJP([]expr.Node{f}, []expr.Node{b.Const(1)}, slots)
	jac := dense(b.Jacobian([]expr.Node{f}, slots), 1, len(x))
	return eval(t, b, x, fwd...), eval(t, b, x, rev...), eval(t, b, x, jac...)
}

// same compares numbers of which NaN and infinities are some.
func same(x, y float64) bool { return x == y || x != x && y != y }

// TestKinks holds values and derivatives at the places where formulas break down:
// right, or clearly not finite, or by a documented convention.
func TestKinks(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	type node = expr.Node
	for _, c := range []struct {
		name  string
		build func(b *expr.Builder, x []node) node
		x     []float64
		value float64
		slope []float64
	}{
		{"0^0", func(b *expr.Builder, x []node) node { return b.Pow(x[0], x[1]) }, []float64{0, 0}, 1, []float64{nan, -inf}},
		{"0^1", func(b *expr.Builder, x []node) node { return b.Pow(x[0], x[1]) }, []float64{0, 1}, 0, []float64{1, 0}},
		{"0^1.5", func(b *expr.Builder, x []node) node { return b.Pow(x[0], x[1]) }, []float64{0, 1.5}, 0, []float64{0, 0}},
		{"0^2 by parameter", func(b *expr.Builder, x []node) node { return b.Pow(x[0], x[1]) }, []float64{0, 2}, 0, []float64{0, 0}},
		{"0^0.5 by parameter", func(b *expr.Builder, x []node) node { return b.Pow(x[0], x[1]) }, []float64{0, 0.5}, 0, []float64{inf, 0}},
		{"(-2)^3 by parameter", func(b *expr.Builder, x []node) node { return b.Pow(x[0], x[1]) }, []float64{-2, 3}, -8, []float64{12, nan}},
		{"0^2", func(b *expr.Builder, x []node) node { return b.Pow(x[0], b.Const(2)) }, []float64{0}, 0, []float64{0}},
		{"0^1.5 constant", func(b *expr.Builder, x []node) node { return b.Pow(x[0], b.Const(1.5)) }, []float64{0}, 0, []float64{0}},
		{"0^-1", func(b *expr.Builder, x []node) node { return b.Pow(x[0], b.Const(-1)) }, []float64{0}, inf, []float64{-inf}},
		{"x^0", func(b *expr.Builder, x []node) node { return b.Pow(x[0], expr.Zero) }, []float64{0}, 1, []float64{0}},
		{"sqrt", func(b *expr.Builder, x []node) node { return b.Sqrt(x[0]) }, []float64{0}, 0, []float64{inf}},
		{"sqrt of negative", func(b *expr.Builder, x []node) node { return b.Sqrt(x[0]) }, []float64{-1}, nan, []float64{nan}},
		{"log", func(b *expr.Builder, x []node) node { return b.Log(x[0]) }, []float64{0}, -inf, []float64{inf}},
		{"abs", func(b *expr.Builder, x []node) node { return b.Abs(x[0]) }, []float64{0}, 0, []float64{0}},
		{"sign", func(b *expr.Builder, x []node) node { return b.Sign(x[0]) }, []float64{0}, 0, []float64{0}},
		{"floor", func(b *expr.Builder, x []node) node { return b.Floor(x[0]) }, []float64{2}, 2, []float64{0}},
		{"min at a tie", func(b *expr.Builder, x []node) node { return b.Min(x[0], x[1]) }, []float64{2, 2}, 2, []float64{1, 0}},
		{"max at a tie", func(b *expr.Builder, x []node) node { return b.Max(x[1], x[0]) }, []float64{2, 2}, 2, []float64{0, 1}},
		{"min of NaN", func(b *expr.Builder, x []node) node { return b.Min(x[0], x[1]) }, []float64{nan, -inf}, nan, []float64{nan, nan}},
		{"asin at 1", func(b *expr.Builder, x []node) node { return b.Asin(x[0]) }, []float64{1}, math.Pi / 2, []float64{inf}},
		{"atan2 at 0", func(b *expr.Builder, x []node) node { return b.Atan2(x[0], x[1]) }, []float64{0, 0}, 0, []float64{nan, nan}},
		{"hill at 0", hill, []float64{0, 3, 2.5}, 0, []float64{0, 0, 0}},
		{"hill at 0, n = 1", hill, []float64{0, 4, 1}, 0, []float64{0.25, 0, 0}},
		{"hill at 0, n < 1", hill, []float64{0, 4, 0.5}, 0, []float64{nan, nan, 0}},
		{"hill at 0, n < 0", hill, []float64{0, 4, -2}, 1, []float64{0, 0, 0}},
		{"hill at n = 0", hill, []float64{3, 4, 0}, 0.5, []float64{0, 0, math.Log(0.75) / 4}},
		{"hill of 2 at 0", func(b *expr.Builder, x []node) node { return b.Hill(x[0], x[1], b.Const(2)) }, []float64{0, 3}, 0, []float64{0, 0}},
		{"hill of -2 at 0", func(b *expr.Builder, x []node) node { return b.Hill(x[0], x[1], b.Const(-2)) }, []float64{0, 3}, 1, []float64{0, 0}},
		{"hill of a little below 0", func(b *expr.Builder, x []node) node { return b.Hill(x[0], x[1], b.Const(2)) }, []float64{-1e-3, 1}, 1e-6 / (1 + 1e-6), []float64{-2e-3 / ((1 + 1e-6) * (1 + 1e-6)), -2e-6 / ((1 + 1e-6) * (1 + 1e-6))}},
		{"hill of K = 0", func(b *expr.Builder, x []node) node { return b.Hill(x[0], x[1], b.Const(2)) }, []float64{3, 0}, 1, []float64{0, 0}},
	} {
		b := expr.NewBuilder()
		in := make([]node, len(c.x))
		for i := range in {
			in[i] = b.Input(i)
		}
		f := c.build(b, in)
		near := func(x, y float64) bool { return same(x, y) || math.Abs(x-y) <= 1e-14*math.Abs(y) }
		if v := eval(t, b, c.x, f)[0]; !near(v, c.value) {
			t.Errorf("%s: value %v, want %v", c.name, v, c.value)
		}
		forward, reverse, sparse := derivatives(t, b, f, c.x)
		for i, want := range c.slope {
			// Where no derivative is right, infinite and NaN are equally good.
			for mode, got := range map[string]float64{"forward": forward[i], "reverse": reverse[i], "Jacobian": sparse[i]} {
				if math.IsNaN(want) && (math.IsNaN(got) || math.IsInf(got, 0)) {
					continue
				}
				if !near(got, want) {
					t.Errorf("%s: %s derivative %d is %v, want %v", c.name, mode, i, got, want)
				}
			}
		}
	}
}

func hill(b *expr.Builder, x []expr.Node) expr.Node { return b.Hill(x[0], x[1], x[2]) }

// TestBranchNotTaken holds that nothing of it shows, in either mode, however
// branches are nested and shared.
func TestBranchNotTaken(t *testing.T) {
	type node = expr.Node
	for _, c := range []struct {
		name  string
		build func(b *expr.Builder, x node) node
		x     float64
		value float64
		slope float64
	}{
		{"if, infinite slope", func(b *expr.Builder, x node) node {
			return b.If(b.Gt(x, b.Const(0)), b.Sqrt(x), b.Mul(b.Const(3), x))
		}, 0, 0, 3},
		{"if, NaN", func(b *expr.Builder, x node) node {
			return b.If(b.Gt(x, b.Const(0)), b.Log(x), b.Mul(x, x))
		}, -2, 4, -4},
		{"chain below the branch", func(b *expr.Builder, x node) node {
			return b.If(b.Gt(x, b.Const(0)), b.Mul(b.Const(5), b.Exp(b.Sin(b.Pow(x, b.Const(0.3))))), x)
		}, -1, -1, 1},
		{"nested", func(b *expr.Builder, x node) node {
			inner := b.If(b.Lt(b.Log(x), b.Const(1)), b.Sqrt(x), b.Log(x)) // its condition is NaN
			return b.If(b.Gt(x, b.Const(0)), b.Mul(x, inner), b.Mul(b.Const(2), x))
		}, -1, -2, 2},
		{"shared by two branches not taken", func(b *expr.Builder, x node) node {
			s, positive := b.Sqrt(x), b.Gt(x, b.Const(0))
			y := b.If(positive, b.Mul(s, s), x)
			z := b.If(b.Ge(x, b.Const(1)), b.Exp(s), b.Mul(b.Const(7), x))
			return b.Add(y, z)
		}, -1, -8, 8},
		{"max", func(b *expr.Builder, x node) node { return b.Max(b.Sqrt(x), b.Const(1)) }, 0, 1, 0},
		{"min", func(b *expr.Builder, x node) node { return b.Min(b.Const(-1), b.Mul(x, b.Sqrt(x))) }, 0, -1, 0},
		{"else", func(b *expr.Builder, x node) node {
			return b.If(b.Le(x, b.Const(0)), b.Mul(b.Const(4), x), b.Div(b.Const(1), x))
		}, 0, 0, 4},
		{"not", func(b *expr.Builder, x node) node {
			return b.If(b.Not(b.Le(x, b.Const(0))), b.Div(b.Const(1), x), b.Mul(b.Const(4), x))
		}, 0, 0, 4},
		{"condition NaN", func(b *expr.Builder, x node) node {
			return b.If(b.Lt(b.Log(x), b.Const(0)), x, b.Neg(x))
		}, -1, math.NaN(), math.NaN()},
		{"0 or NaN", func(b *expr.Builder, x node) node {
			return b.If(b.Or(b.Lt(x, b.Const(0)), b.Lt(b.Log(x), b.Const(0))), x, b.Neg(x))
		}, -1, -1, 1},
		{"used outside too", func(b *expr.Builder, x node) node {
			s := b.Sqrt(x)
			return b.Add(s, b.If(b.Gt(x, b.Const(0)), b.Mul(s, b.Const(2)), x))
		}, 0, 0, math.Inf(1)},
	} {
		b := expr.NewBuilder()
		f := c.build(b, b.Input(0))
		x := []float64{c.x}
		if v := eval(t, b, x, f)[0]; !same(v, c.value) {
			t.Errorf("%s: value %v, want %v", c.name, v, c.value)
		}
		forward, reverse, sparse := derivatives(t, b, f, x)
		if !same(forward[0], c.slope) || !same(reverse[0], c.slope) || !same(sparse[0], c.slope) {
			t.Errorf("%s: derivative %v forward, %v reverse, %v Jacobian, want %v", c.name, forward[0], reverse[0], sparse[0], c.slope)
		}
	}
}

// TestBranchShared guards the case in which a shared node between branch and
// input splits the Jacobian's trees.
func TestBranchShared(t *testing.T) {
	b := expr.NewBuilder()
	x, y := b.Input(0), b.Input(1)
	s := b.Sqrt(x) // its slope is infinite at 0
	cond := b.Gt(x, b.Const(0))
	f := b.If(cond, b.Mul(b.Mul(s, y), b.Exp(s)), b.Mul(x, y))
	forward, reverse, sparse := derivatives(t, b, f, []float64{0, 3})
	for _, got := range [][]float64{forward, reverse, sparse} {
		if got[0] != 3 || got[1] != 0 {
			t.Errorf("derivatives %v, want [3 0]", got)
		}
	}
}

func TestLogic(t *testing.T) {
	nan := math.NaN()
	b := expr.NewBuilder()
	x, y := b.Input(0), b.Input(1)
	nodes := []expr.Node{
		b.Lt(x, y), b.Le(x, y), b.Gt(x, y), b.Ge(x, y), b.Eq(x, y), b.Ne(x, y),
		b.And(x, y), b.Or(x, y), b.Not(x), b.If(x, b.Const(5), y), b.Step(x, y), b.Pulse(x, b.Const(1), y),
	}
	for _, c := range []struct {
		x, y float64
		want [12]float64
	}{
		{1, 2, [12]float64{1, 1, 0, 0, 0, 1, 1, 1, 0, 5, 0, 1}},
		{2, 2, [12]float64{0, 1, 0, 1, 1, 0, 1, 1, 0, 5, 1, 0}},
		{3, 2, [12]float64{0, 0, 1, 1, 0, 1, 1, 1, 0, 5, 1, 0}},
		{0, 2, [12]float64{1, 1, 0, 0, 0, 1, 0, 1, 1, 2, 0, 0}},
		{0, 0, [12]float64{0, 1, 0, 1, 1, 0, 0, 0, 1, 0, 1, 0}},
		{nan, 2, [12]float64{nan, nan, nan, nan, nan, nan, nan, 1, nan, nan, nan, nan}},
		{nan, 0, [12]float64{nan, nan, nan, nan, nan, nan, 0, nan, nan, nan, nan, nan}},
		{0, nan, [12]float64{nan, nan, nan, nan, nan, nan, 0, nan, 1, nan, nan, 0}},
	} {
		for i, got := range eval(t, b, []float64{c.x, c.y}, nodes...) {
			if !same(got, c.want[i]) {
				t.Errorf("%s at %v, %v: %v, want %v", b.Text(nodes[i], nil), c.x, c.y, got, c.want[i])
			}
		}
	}
}
