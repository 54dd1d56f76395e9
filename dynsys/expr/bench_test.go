package expr_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/odefit/odefit/dynsys/expr"
)

// lotkaVolterra builds the right-hand side over slots x, y, a, b, c, d.
func lotkaVolterra(b *expr.Builder) []expr.Node {
	x, y := b.Input(0), b.Input(1)
	pa, pb, pc, pd := b.Input(2), b.Input(3), b.Input(4), b.Input(5)
	return []expr.Node{
		b.Sub(b.Mul(pa, x), b.Mul(b.Mul(pb, x), y)),
		b.Sub(b.Mul(b.Mul(pd, x), y), b.Mul(pc, y)),
	}
}

//go:noinline
func lotkaVolterraByHand(out, in []float64) {
	x, y, a, b, c, d := in[0], in[1], in[2], in[3], in[4], in[5]
	out[0] = a*x - b*x*y
	out[1] = d*x*y - c*y
}

// chain builds n states in a line, each driven by its neighbours, over the slots
// y_0 .. y_n-1, k, s: y_i' = k (y_i-1 - 2 y_i + y_i+1) - s y_i^2.
func chain(b *expr.Builder, n int) []expr.Node {
	k, s := b.Input(n), b.Input(n+1)
	out := make([]expr.Node, n)
	for i := range out {
		y := b.Input(i)
		left, right := expr.Zero, expr.Zero
		if i > 0 {
			left = b.Input(i - 1)
		}
		if i < n-1 {
			right = b.Input(i + 1)
		}
		flow := b.Add(b.Sub(left, b.Mul(b.Const(2), y)), right)
		out[i] = b.Sub(b.Mul(k, flow), b.Mul(s, b.Mul(y, y)))
	}
	return out
}

//go:noinline
func chainByHand(out, in []float64) {
	n := len(out)
	k, s := in[n], in[n+1]
	for i := range out {
		y := in[i]
		var left, right float64
		if i > 0 {
			left = in[i-1]
		}
		if i < n-1 {
			right = in[i+1]
		}
		out[i] = k*(left-2*y+right) - s*(y*y)
	}
}

func compile(tb rapid.TB, b *expr.Builder, outs ...expr.Node) *expr.Program {
	tb.Helper()
	p, err := b.Compile(outs...)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func benchmarkEval(b *testing.B, p *expr.Program, in []float64, byHand func(out, in []float64)) {
	for i := range in {
		in[i] = 0.5 + float64(i)/100
	}
	out, scratch := make([]float64, p.Outputs()), p.Scratch()
	b.Run("program", func(b *testing.B) {
		for b.Loop() {
			p.Eval(out, in, scratch)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(p.Instructions()), "ns/instruction")
	})
	b.Run("go", func(b *testing.B) {
		for b.Loop() {
			byHand(out, in)
		}
	})
}

func BenchmarkLotkaVolterra(b *testing.B) {
	g := expr.NewBuilder()
	benchmarkEval(b, compile(b, g, lotkaVolterra(g)...), make([]float64, 6), lotkaVolterraByHand)
}

func BenchmarkChain300(b *testing.B) {
	g := expr.NewBuilder()
	benchmarkEval(b, compile(b, g, chain(g, 300)...), make([]float64, 302), chainByHand)
}

func BenchmarkJacobianOfChain(b *testing.B) {
	for _, n := range []int{100, 1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			slots := make([]int, n)
			for i := range slots {
				slots[i] = i
			}
			for b.Loop() {
				g := expr.NewBuilder()
				g.Jacobian(chain(g, n), slots)
			}
		})
	}
}
