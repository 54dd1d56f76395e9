package expr_test

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"testing"

	"pgregory.net/rapid"

	"github.com/odefit/odefit/dynsys/expr"
)

func machine(t rapid.TB, p *expr.Program) *expr.Machine {
	t.Helper()
	m, err := p.Machine()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// noMachineHere skips where the interpreter is all there is.
func noMachineHere(t testing.TB) {
	t.Helper()
	if runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		t.Skip("no machine code for this processor")
	}
}

// TestMachineAgreesBitwise holds machine code to the bits of the interpreter, for values
// and derivatives of random graphs at all kinds of numbers.
func TestMachineAgreesBitwise(t *testing.T) {
	noMachineHere(t)
	ops := operations(arithmetic, analytic, kinked)
	rapid.Check(t, func(t *rapid.T) {
		const inputs = 3
		b := expr.NewBuilder()
		nodes := randomGraph(t, b, inputs, ops)
		last := nodes[len(nodes)-1:]
		slots := []int{0, 1, 2}
		nodes = append(nodes, b.VJP(last, []expr.Node{b.Const(1)}, slots)...)
		nodes = append(nodes, b.JVP(last, slots[:1], []expr.Node{b.Const(1)})...)
		p, err := b.Compile(nodes...)
		if err != nil {
			t.Fatal(err)
		}
		m := machine(t, p)
		defer m.Close()
		for range 4 {
			in := anyNumbers(t, inputs)
			want, got := run(t, p, in), run(t, m, in)
			for i := range want {
				if !sameBits(got[i], want[i]) {
					t.Fatalf("%s at %v: machine code gives %v, the interpreter %v", b.Text(nodes[i], nil), in, got[i], want[i])
				}
			}
		}
	})
}

// TestMachineOfEveryFunction takes each operation alone, over a grid of numbers.
func TestMachineOfEveryFunction(t *testing.T) {
	noMachineHere(t)
	var xs []float64
	for x := -4.0; x <= 4; x += 0.37 {
		xs = append(xs, x)
	}
	xs = append(xs, 0, math.Copysign(0, -1), 1, -1, 2, math.Inf(1), math.Inf(-1), math.NaN(), 5e-324, 1e-310, 30, -800, 709.5, -709.5, 1e6, 1e22, 1e300, math.MaxFloat64)
	for _, o := range operations(arithmetic, analytic, kinked) {
		b := expr.NewBuilder()
		p, err := b.Compile(o.build(b, [3]expr.Node{b.Input(0), b.Input(1), b.Input(2)}))
		if err != nil {
			t.Fatal(err)
		}
		m := machine(t, p)
		fast, err := m.Evaluator()
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range xs {
			for _, y := range xs {
				in := []float64{x, y, 1.7}
				copy(fast.Inputs(), in)
				out, err := fast.Run()
				if err != nil {
					t.Fatal(err)
				}
				if got, want := out[0], run(t, p, in)[0]; !sameBits(got, want) {
					t.Errorf("%s%v: machine code gives %v, the interpreter %v", o.name, in, got, want)
				}
			}
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestMachineInParts takes a program of many functions, whose values pass between them,
// with outputs that are inputs, constants, equal, and used by others.
func TestMachineInParts(t *testing.T) {
	noMachineHere(t)
	const n = 1500
	b := expr.NewBuilder()
	outs := chain(b, n)
	shared := b.Exp(b.Mul(b.Const(-1e-3), b.Add(b.Input(0), b.Input(n-1))))
	for i := range outs {
		if i%3 == 0 {
			outs[i] = b.Mul(shared, outs[i])
		}
	}
	outs = append(outs, b.Add(outs[0], outs[n-1]), b.Input(5), b.Const(2.5), outs[7], outs[7], shared)
	p, err := b.Compile(outs...)
	if err != nil {
		t.Fatal(err)
	}
	m := machine(t, p)
	defer m.Close()
	in := make([]float64, n+2)
	for i := range in {
		in[i] = math.Sin(float64(i))
	}
	want, got := run(t, p, in), run(t, m, in)
	for i := range want {
		if !sameBits(got[i], want[i]) {
			t.Fatalf("output %d: machine code gives %v, the interpreter %v", i, got[i], want[i])
		}
	}
}

func TestMachineOfNothing(t *testing.T) {
	noMachineHere(t)
	b := expr.NewBuilder()
	for _, outs := range [][]expr.Node{nil, {b.Const(3)}, {b.Input(2)}} {
		p, err := b.Compile(outs...)
		if err != nil {
			t.Fatal(err)
		}
		m := machine(t, p)
		if got := run(t, m, []float64{1, 2, 7}); fmt.Sprint(got) != fmt.Sprint(run(t, p, []float64{1, 2, 7})) {
			t.Errorf("%v", got)
		}
		_ = m.Close()
	}
}

func TestNoMachineForSpecialFunctions(t *testing.T) {
	for _, o := range special {
		b := expr.NewBuilder()
		p, err := b.Compile(o.build(b, [3]expr.Node{b.Input(0), b.Input(0), b.Input(0)}))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Machine(); !errors.Is(err, expr.ErrNoMachine) {
			t.Errorf("%s: error %v", o.name, err)
		}
	}
}
