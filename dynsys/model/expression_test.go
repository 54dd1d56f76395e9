package model

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/odefit/odefit/dynsys/expr"
)

// ignorePlaces compares trees by what they say, not by where it stands.
var ignorePlaces = cmpopts.IgnoreTypes(Pos{})

// evaluate returns the value of an expression of numbers and of the names in env,
// all of them folded as constants by the graph.
func evaluate(t *testing.T, text string, env map[string]float64) float64 {
	t.Helper()
	e, err := ParseCell(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	b := expr.NewBuilder()
	l := lowering{b: b, t: b.Const(env["t"]), node: func(e Expr) expr.Node {
		v, ok := env[e.(*Name).Name]
		if !ok {
			t.Fatalf("no value of %s", e)
		}
		return b.Const(v)
	}}
	v, ok := b.Value(l.lower(e))
	if !ok {
		t.Fatalf("%s is no number", text)
	}
	return v
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// TestOperators compares with what Go's own compiler and math package make of the
// same formula, with brackets where the languages differ.
func TestOperators(t *testing.T) {
	a, b, c, x := 3.0, 5.0, 7.0, 0.3
	env := map[string]float64{"a": a, "b": b, "c": c, "x": x, "pi": math.Pi, "t": 2.5}
	for _, test := range []struct {
		text string
		want float64
	}{
		{"a + b*c", a + b*c},
		{"a*b + c", a*b + c},
		{"a - b - c", (a - b) - c},
		{"a/b/c", (a / b) / c},
		{"a/b*c", (a / b) * c},
		{"a*b/c", (a * b) / c},
		{"a - b + c", (a - b) + c},
		{"-a^2", -(a * a)},
		{"(-a)^2", a * a},
		{"-a*b", -(a * b)},
		{"a*-b", -(a * b)},
		{"a - -b", a + b},
		{"--a", a},
		{"-+a", -a},
		{"+a*b", a * b},
		{"2^-x", math.Pow(2, -x)},
		{"2^-x*3", math.Pow(2, -x) * 3},
		{"2^-x^2", math.Pow(2, -math.Pow(x, 2))},
		{"2^-a + b", math.Pow(2, -a) + b},
		{"2^a^2", math.Pow(2, a*a)},
		{"(2^a)^2", math.Pow(math.Pow(2, a), 2)},
		{"2**a**2", math.Pow(2, a*a)},
		{"2^x*c", math.Pow(2, x) * c},
		{"a*b^2", a * b * b},
		{"-a^2^x", -math.Pow(a, math.Pow(2, x))},
		{"-a^-b", -math.Pow(a, -b)},
		{"a < b + c", truth(a < b+c)},
		{"a + b < c", truth(a+b < c)},
		{"a < b == 1", math.NaN()}, // chained: an error, see below
		{"(a < b) == 1", 1},
		{"1 == (a < b)", 1},
		{"a <= 3", 1}, {"a < 3", 0}, {"a >= 3", 1}, {"a > 3", 0}, {"a == 3", 1}, {"a != 3", 0},
		{"not a < b", truth(!(a < b))},
		{"not a == b", truth(!(a == b))},
		{"not not a", 1},
		{"not a < b and b < c", truth(!(a < b) && b < c)},
		{"not (a < b and b < c)", truth(!(a < b && b < c))},
		{"a > b and b > c or a < b", truth(a > b && b > c || a < b)},
		{"a < b or a > b and b > c", truth(a < b || a > b && b > c)},
		{"(a < b or a > b) and b > c", truth((a < b || a > b) && b > c)},
		{"a and b", 1}, {"a and 0", 0}, {"0 or a", 1}, {"0 or 0", 0}, {"not 0", 1},
		{"if(a < b, a, b)*2", a * 2},
		{"if(a > b, a, b) - 1", b - 1},
		{"5*(a < b)", 5},
		{"step(2)", 1}, {"step(2.5)", 1}, {"step(3)", 0},
		{"pulse(2, 3)", 1}, {"pulse(2.5, 3)", 1}, {"pulse(1, 2.5)", 0}, {"pulse(3, 4)", 0},
		{"exp(x)", math.Exp(x)}, {"log(x)", math.Log(x)}, {"log10(x)", math.Log10(x)}, {"log2(x)", math.Log2(x)},
		{"sqrt(x)", math.Sqrt(x)}, {"abs(-x)", x},
		{"sin(x)", math.Sin(x)}, {"cos(x)", math.Cos(x)}, {"tan(x)", math.Tan(x)},
		{"asin(x)", math.Asin(x)}, {"acos(x)", math.Acos(x)}, {"atan(x)", math.Atan(x)}, {"atan2(x, a)", math.Atan2(x, a)},
		{"sinh(x)", math.Sinh(x)}, {"cosh(x)", math.Cosh(x)}, {"tanh(x)", math.Tanh(x)},
		{"min(c, a, b)", a}, {"max(a, c, b)", c}, {"pow(a, x)", math.Pow(a, x)},
		{"floor(-x)", -1}, {"ceil(x)", 1}, {"sign(-x)", -1}, {"sign(0)", 0},
		{"hill(x, a, b)", math.Pow(x, b) / (math.Pow(a, b) + math.Pow(x, b))},
		{"lgamma(c)", math.Log(720)}, {"erf(x)", math.Erf(x)},
		{"2*pi", 2 * math.Pi}, {".5 + 5. + 1e-3 + 1E+2", .5 + 5 + 1e-3 + 1e2},
		{"a +\n b", a + b}, {"min(a,\n b\n)", a}, {"(a\n + b)", a + b}, {"a and # so it goes on\n b", 1},
	} {
		if math.IsNaN(test.want) {
			if _, err := ParseCell(test.text); err == nil {
				t.Errorf("%s was read", test.text)
			}
			continue
		}
		got := evaluate(t, test.text, env)
		// Powers and the hill function may be computed in another order than by
		// the oracle: a few roundings of numbers of size 1 to 1000.
		if math.Abs(got-test.want) > 1e-14*max(1, math.Abs(test.want)) {
			t.Errorf("%s is %v, want %v", test.text, got, test.want)
		}
	}
}

// oracle evaluates a formula of one-digit numbers by precedence climbing on the
// text, written without any part of the parser: the two-stack algorithm of
// E. W. Dijkstra (1961).
func oracle(tokens []string) float64 {
	level := map[string]int{"or": 1, "and": 2, "not": 3, "<": 4, "==": 4, "+": 5, "-": 5, "*": 6, "/": 6, "neg": 7, "^": 8}
	var values []float64
	var signs []string
	apply := func() {
		s := signs[len(signs)-1]
		signs = signs[:len(signs)-1]
		y := values[len(values)-1]
		values = values[:len(values)-1]
		if s == "neg" || s == "not" {
			if s == "not" {
				y = truth(y == 0)
			} else {
				y = -y
			}
			values = append(values, y)
			return
		}
		x := values[len(values)-1]
		v := map[string]float64{
			"+": x + y, "-": x - y, "*": x * y, "/": x / y, "^": math.Pow(x, y),
			"<": truth(x < y), "==": truth(x == y), "and": truth(x != 0 && y != 0), "or": truth(x != 0 || y != 0),
		}[s]
		values[len(values)-1] = v
	}
	operand := true
	for _, s := range tokens {
		switch {
		case s == "(":
			signs = append(signs, s)
		case s == ")":
			for signs[len(signs)-1] != "(" {
				apply()
			}
			signs = signs[:len(signs)-1]
			operand = false
		case operand && (s == "-" || s == "not"):
			if s == "-" {
				s = "neg"
			}
			signs = append(signs, s) // a sign before an operand waits for it
		case level[s] > 0:
			for len(signs) > 0 && signs[len(signs)-1] != "(" {
				top := signs[len(signs)-1]
				if level[top] < level[s] || top == "^" && s == "^" {
					break
				}
				apply()
			}
			signs = append(signs, s)
			operand = true
		default:
			values = append(values, float64(s[0]-'0'))
			operand = false
		}
	}
	for len(signs) > 0 {
		apply()
	}
	return values[0]
}

// formula writes a random formula that the language allows: no chained
// comparisons and not only where it may stand.
func formula(r *rand.Rand, depth, bind int) []string {
	if depth == 0 || r.IntN(6) == 0 {
		return []string{fmt.Sprint(1 + r.IntN(3))}
	}
	signs := []struct {
		sign        string
		own         int
		left, right int
	}{
		{"or", bindOr, bindOr, bindAnd}, {"and", bindAnd, bindAnd, bindNot}, {"not", bindNot, 0, bindNot},
		{"<", bindCompare, bindSum, bindSum}, {"==", bindCompare, bindSum, bindSum},
		{"+", bindSum, bindSum, bindProduct}, {"-", bindSum, bindSum, bindProduct},
		{"*", bindProduct, bindProduct, bindMinus}, {"/", bindProduct, bindProduct, bindMinus},
		{"neg", bindMinus, 0, bindMinus}, {"^", bindPower, bindOperand, bindMinus},
	}
	s := signs[r.IntN(len(signs))]
	if s.own < bind || r.IntN(8) == 0 {
		return append(append([]string{"("}, formula(r, depth-1, bindOr)...), ")")
	}
	right := formula(r, depth-1, s.right)
	switch s.sign {
	case "not":
		return append([]string{"not"}, right...)
	case "neg":
		return append([]string{"-"}, right...)
	}
	return append(append(formula(r, depth-1, s.left), s.sign), right...)
}

func TestPrecedenceAgainstOracle(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		tokens := formula(r, 6, bindOr)
		text := strings.Join(tokens, " ")
		want, got := oracle(tokens), evaluate(t, text, nil)
		if math.IsNaN(want) || math.IsNaN(got) || math.IsInf(want, 0) || math.Abs(want) > 1e200 {
			continue // NaN goes its own way through comparisons
		}
		if math.Abs(got-want) > 1e-12*max(1, math.Abs(want)) {
			t.Fatalf("%s is %v, want %v", text, got, want)
		}
	}
}

// TestWrittenExpressions checks that what String writes reads as the same tree,
// and that it has no superfluous brackets.
func TestWrittenExpressions(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 5000 {
		e, err := ParseCell(strings.Join(formula(r, 6, bindOr), " "))
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseCell(e.String())
		if err != nil {
			t.Fatalf("%s: %v", e, err)
		}
		if diff := cmp.Diff(e, again, ignorePlaces); diff != "" {
			t.Fatalf("%s reads as %s", e, again)
		}
	}
	for _, c := range [][2]string{
		{"((a))+(b*c)", "a + b*c"}, {"(a+b)*c", "(a + b)*c"}, {"a-(b-c)", "a - (b - c)"}, {"(a-b)-c", "a - b - c"},
		{"a/(b/c)", "a/(b/c)"}, {"2^(-x)", "2^-x"}, {"(-x)^2", "(-x)^2"}, {"-(x^2)", "-x^2"}, {"(a^b)^c", "(a^b)^c"},
		{"a^(b^c)", "a^b^c"}, {"-(a*b)", "-(a*b)"}, {"(-a)*b", "-a*b"}, {"not (a<b)", "not a < b"}, {"(not a) == b", "(not a) == b"},
		{"(a<b)==c", "(a < b) == c"}, {"a*(-b)", "a*-b"}, {"1e7+1e-7+0.10", "1e7 + 1e-7 + 0.1"}, {"f(a,b ,c)", "f(a, b, c)"},
		{"x**2", "x^2"}, {"row . x", ""}, {"row.x", "row.x"},
	} {
		e, err := ParseCell(c[0])
		if c[1] == "" {
			if err == nil {
				t.Errorf("%s was read as %s", c[0], e)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if e.String() != c[1] {
			t.Errorf("%s is written %s, want %s", c[0], e, c[1])
		}
	}
}
