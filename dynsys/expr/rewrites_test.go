package expr_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/odefit/odefit/dynsys/expr"
)

// TestRewritesKeepValues holds graphs of sums, products, quotients and signs, among the
// constants that rewrites look for, to the same operations done one by one: equal bits,
// at any numbers, except for the sign of zeros and what is made of it.
func TestRewritesKeepValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := expr.NewBuilder()
		in := anyNumbers(t, 3)
		var nodes []expr.Node
		var values []float64
		var zero []bool // is a zero, or made of one
		for i, v := range in {
			nodes, values, zero = append(nodes, b.Input(i)), append(values, v), append(zero, v == 0)
		}
		for _, v := range []float64{0, 1, -1, 2.5} {
			nodes, values, zero = append(nodes, b.Const(v)), append(values, v), append(zero, false) // the sign of this 0 is sure
		}
		for range rapid.IntRange(1, 40).Draw(t, "size") {
			i := rapid.IntRange(0, len(nodes)-1).Draw(t, "first")
			j := rapid.IntRange(0, len(nodes)-1).Draw(t, "second")
			x, y := values[i], values[j]
			var n expr.Node
			var v float64
			switch rapid.IntRange(0, 4).Draw(t, "operation") {
			case 0:
				n, v = b.Add(nodes[i], nodes[j]), x+y
			case 1:
				n, v = b.Sub(nodes[i], nodes[j]), x-y
			case 2:
				n, v = b.Mul(nodes[i], nodes[j]), x*y
			case 3:
				n, v = b.Div(nodes[i], nodes[j]), x/y
			case 4:
				n, v, j = b.Neg(nodes[i]), -x, i
			}
			nodes, values = append(nodes, n), append(values, v)
			zero = append(zero, v == 0 || zero[i] || zero[j])
		}
		got := eval(t, b, in, nodes...)
		for k := range nodes {
			if got[k] == 0 && values[k] == 0 || zero[k] {
				continue
			}
			if !sameBits(got[k], values[k]) {
				t.Fatalf("%s at %v: %v, one by one %v", b.Text(nodes[k], nil), in, got[k], values[k])
			}
		}
	})
}
