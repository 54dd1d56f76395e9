package expr

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestRunsAgainstOneByOne holds the interpreter, which works run by run without checks
// of bounds, to a plain loop over the instructions in the order in which they were
// built, over random programs of several windows.
func TestRunsAgainstOneByOne(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 9))
	for range 20 {
		const inputs = 5
		b := NewBuilder()
		var nodes []Node
		for i := range inputs {
			nodes = append(nodes, b.Input(i))
		}
		pick := func() Node { return nodes[max(0, len(nodes)-1-rng.IntN(30))] }
		for range 1 + rng.IntN(5000) {
			x, y := pick(), pick()
			build := []func() Node{
				func() Node { return b.Add(x, y) }, func() Node { return b.Sub(x, y) }, func() Node { return b.Mul(x, y) },
				func() Node { return b.Div(x, y) }, func() Node { return b.Sin(x) }, func() Node { return b.Neg(x) },
				func() Node { return b.If(b.Lt(x, y), x, y) }, func() Node { return b.Sub(b.Mul(x, y), x) },
				func() Node { return b.Add(b.Sub(x, b.Mul(y, y)), y) },
			}
			nodes = append(nodes, build[rng.IntN(len(build))]())
		}
		p, err := b.Compile(nodes...)
		if err != nil {
			t.Fatal(err)
		}
		in := make([]float64, inputs)
		for i := range in {
			in[i] = rng.NormFloat64()
		}
		got := make([]float64, len(nodes))
		p.Eval(got, in, p.Scratch())
		value := make([]float64, b.Len())
		for n, term := range b.terms {
			switch term.op {
			case opConst:
				value[n] = math.Float64frombits(term.bits)
			case opInput:
				value[n] = in[term.k]
			default:
				value[n] = term.op.value(term.k, value[term.a], value[term.b], value[term.c])
			}
		}
		for i, n := range nodes {
			if want := value[n]; math.Float64bits(got[i]) != math.Float64bits(want) && (got[i] == got[i] || want == want) {
				t.Fatalf("output %d of %d: %v, want %v", i, len(nodes), got[i], want)
			}
		}
		for _, group := range p.runs {
			for i := group.first; i < group.last; i++ {
				if c := p.code[i]; c.op != group.op || max(c.dst, c.a, c.b, c.c) >= int32(p.size) || min(c.dst, c.a, c.b, c.c) < 0 {
					t.Fatalf("instruction %d: %+v in a run of %d, %d registers", i, c, group.op, p.size)
				}
			}
		}
	}
}
