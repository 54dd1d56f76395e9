package expr

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestGoSourceOfRandomGraphs compiles Go source of random graphs into one program, runs
// it, and holds every value to a running error bound around what the interpreter gives.
func TestGoSourceOfRandomGraphs(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	const graphs, inputs = 40, 3
	rng := rand.New(rand.NewPCG(11, 7))
	var s GoSource
	var calls strings.Builder
	var want []float64
	var bounds []float64
	s.Text("import \"fmt\"\n\n")
	for k := range graphs {
		b, nodes := randomNodes(rng, inputs)
		p, err := b.Compile(nodes...)
		if err != nil {
			t.Fatal(err)
		}
		in := make([]float64, inputs)
		for i := range in {
			in[i] = rng.NormFloat64()
		}
		s.Text("func graph%d(in, out []float64) {\n", k)
		s.Statements(p, func(i int) string { return fmt.Sprintf("in[%d]", i) }, func(i int) string { return fmt.Sprintf("out[%d]", i) })
		s.Text("}\n\n")
		fmt.Fprintf(&calls, "\tout = make([]float64, %d)\n\tgraph%d(%#v, out)\n\tfor _, v := range out {\n\t\tfmt.Println(math.Float64bits(v))\n\t}\n", len(nodes), k, in)
		out := make([]float64, len(nodes))
		p.Eval(out, append(in, make([]float64, p.Inputs())...), p.Scratch())
		bound := runningErrors(t, b, in)
		for i, n := range nodes {
			want, bounds = append(want, out[i]), append(bounds, bound[n])
		}
	}
	s.Text("func main() {\n\tvar out []float64\n%s}\n", calls.String())
	file := strings.Replace(s.File("", "main"), "import \"math\"\n\nimport \"fmt\"", "import (\n\"fmt\"\n\"math\"\n)", 1)
	compared := 0
	for i, line := range strings.Fields(goRun(t, file)) {
		var bits uint64
		if _, err := fmt.Sscan(line, &bits); err != nil {
			t.Fatal(err)
		}
		got := math.Float64frombits(bits)
		if math.IsInf(bounds[i], 0) || math.IsNaN(bounds[i]) {
			continue
		}
		compared++
		if !(math.Abs(got-want[i]) <= bounds[i]) {
			t.Errorf("value %d: %.17g, the interpreter gives %.17g, the bound is %.3g", i, got, want[i], bounds[i])
		}
	}
	if compared < 300 {
		t.Errorf("only %d values have a bound", compared)
	}
}

func goRun(t *testing.T, file string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module generated\n\ngo 1.26\n", "main.go": file} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "run", ".")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%.2000s", err, out)
	}
	return string(out)
}

// randomNodes builds some dozens of nodes.
func randomNodes(rng *rand.Rand, inputs int) (*Builder, []Node) {
	b := NewBuilder()
	var nodes []Node
	for i := range inputs {
		nodes = append(nodes, b.Input(i))
	}
	nodes = append(nodes, b.Const(rng.NormFloat64()), b.Const(-2))
	for range 30 {
		x := nodes[max(0, len(nodes)-1-rng.IntN(12))]
		y := nodes[max(0, len(nodes)-1-rng.IntN(12))]
		z := nodes[max(0, len(nodes)-1-rng.IntN(12))]
		builders := []func() Node{
			func() Node { return b.Add(x, y) }, func() Node { return b.Sub(x, y) }, func() Node { return b.Mul(x, y) }, func() Node { return b.Div(x, y) },
			func() Node { return b.Sub(b.Mul(x, y), z) }, func() Node { return b.Add(b.Sub(x, y), z) }, func() Node { return b.Mul(b.Mul(x, y), z) },
			func() Node { return b.Sin(x) }, func() Node { return b.Cos(x) }, func() Node { return b.Tanh(x) }, func() Node { return b.Exp(b.Neg(b.Abs(x))) },
			func() Node { return b.Log(b.Abs(x)) }, func() Node { return b.Pow(b.Abs(x), y) }, func() Node { return b.Pow(x, b.Const(-3)) },
			func() Node { return b.Atan2(x, y) }, func() Node { return b.Atan(x) }, func() Node { return b.Asin(b.Tanh(x)) }, func() Node { return b.Acos(b.Sin(x)) },
			func() Node { return b.Sqrt(b.Abs(x)) }, func() Node { return b.Log2(b.Abs(x)) }, func() Node { return b.Log10(b.Abs(x)) },
			func() Node { return b.Min(x, y) }, func() Node { return b.Max(x, y) }, func() Node { return b.Floor(x) }, func() Node { return b.Sign(x) },
			func() Node { return b.If(b.Lt(x, y), y, z) }, func() Node { return b.If(b.Or(b.Le(x, y), b.Not(b.Ne(y, z))), x, z) },
			func() Node { return b.Erf(x) }, func() Node { return b.Lgamma(b.Add(b.Const(1), b.Abs(x))) }, func() Node { return b.Polygamma(2, b.Add(b.Const(1), b.Abs(x))) },
			func() Node { return b.powLog(b.Abs(x), b.Const(1.5), 2) }, func() Node { return b.Cosh(b.Sin(x)) }, func() Node { return b.Sinh(b.Sin(x)) }, func() Node { return b.Tan(x) },
		}
		nodes = append(nodes, builders[rng.IntN(len(builders))]())
	}
	return b, nodes
}

// runningErrors bounds, for every node, the distance of two evaluations that round each
// operation by themselves: to first order the errors of the operands times the partial
// derivatives, doubled for the higher orders, and the rounding of the operation, 1 unit
// in the last place for arithmetic (which may be fused) and 8 for functions (2 here, at
// most 4 in package math, more for polygamma). It is infinite where an error may change a
// branch or an operand is known too badly for the first order.
func runningErrors(t *testing.T, b *Builder, in []float64) []float64 {
	n := b.Len()
	value, bound := make([]float64, n), make([]float64, n)
	for i := range n {
		term := b.terms[i]
		switch term.op {
		case opConst:
			value[i] = math.Float64frombits(term.bits)
			continue
		case opInput:
			value[i] = in[term.k]
			continue
		}
		operands, arity := term.operands()
		value[i] = term.op.value(term.k, value[term.a], value[term.b], value[term.c])
		unit := math.Abs(value[i]) * 0x1p-52
		x, y, ex, ey := value[term.a], value[term.b], bound[term.a], bound[term.b]
		clear := func(distance, reach float64) float64 {
			if distance > 2*reach || reach == 0 {
				return 0
			}
			return math.Inf(1)
		}
		switch term.op {
		case opLt, opLe, opEq, opNe:
			bound[i] = clear(math.Abs(x-y), ex+ey)
		case opAnd, opOr, opNot:
			bound[i] = clear(0, ex+ey)
		case opSign:
			bound[i] = clear(math.Abs(x), ex)
		case opFloor, opCeil:
			bound[i] = clear(math.Abs(x-math.Round(x)), ex)
		case opIf:
			bound[i] = clear(0, ex)
			if bound[i] == 0 {
				bound[i] = map[bool]float64{true: bound[term.b], false: bound[term.c]}[x != 0]
			}
		case opMin, opMax:
			bound[i] = max(ex, ey)
		default:
			for j, m := range operands[:arity] {
				if e := bound[m]; e > 0 {
					if e > 1e-7*math.Abs(value[m]) {
						bound[i] = math.Inf(1)
						break
					}
					bound[i] += 2 * e * math.Abs(partial(t, term, j, value[term.a], value[term.b]))
				}
			}
			roundings := 8.0
			if term.op <= opPowInt {
				roundings = float64(1 + 2*max(term.k, -term.k))
			}
			bound[i] += roundings*unit + 1e-300
		}
		if math.IsInf(value[i], 0) || value[i] != value[i] {
			bound[i] = math.Inf(1)
		}
	}
	return bound
}

// partial returns the derivative of an operation in operand j.
func partial(t *testing.T, term term, j int, x, y float64) float64 {
	b := NewBuilder()
	n := b.apply(term.op, term.k, []Node{b.Input(0), b.Input(1), b.Input(2)}[:ops[term.op].arity]...)
	p, err := b.Compile(b.scale(n, j, b.Const(1)))
	if err != nil {
		t.Fatal(err)
	}
	var out [1]float64
	p.Eval(out[:], []float64{x, y, 0}, p.Scratch())
	return out[0]
}
