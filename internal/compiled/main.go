// Compiled measures compiled evaluation beside hand-written Go, and prints the table of
// docs/compiled.md:
//
//	go run ./internal/compiled
//
// Each number is the shortest of many rounds, as other work on the machine only ever
// lengthens them. Functions of a system are timed as a solver calls them, copies of the
// state in and out included.
package main

import (
	"fmt"
	"log"
	"math"
	"runtime"
	"slices"
	"time"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/expr"
)

// model is one system, written twice.
type model struct {
	name           string
	states, params int
	rates          dynsys.Rates
	f, jacobian    func(out, y, p []float64)
}

var models = []model{
	{"HIRES (8 states)", 8, 12, hires, hiresByHand, hiresJacobianByHand},
	{"POLLU (20 states)", 20, 25, pollu, polluByHand, polluJacobianByHand},
	{"chain of 300", 300, 2, chain, chainByHand, chainJacobianByHand},
	{"chain of 1,000", 1000, 2, chain, chainByHand, chainJacobianByHand},
}

func main() {
	runtime.LockOSThread() // see cpuTime
	fmt.Printf("Measured with %s on %s/%s.\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	fmt.Println("| model | by hand f | compiled f | ratio | interpreted f | ratio | by hand f_y | compiled f_y | ratio | JVP / f | VJP / f |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|---|")
	for _, m := range models {
		fmt.Println(row(m))
	}
	fmt.Println("\n| model | build | f | JVP | VJP | f_y | f, JVP and VJP in all |")
	fmt.Println("|---|---|---|---|---|---|---|")
	for _, m := range models {
		fmt.Println(compileRow(m))
	}
}

func must[T any](v T, err error) T {
	check(err)
	return v
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// point returns a state and parameters without zeros.
func (m *model) point() (y, p []float64) {
	y, p = make([]float64, m.states), make([]float64, m.params)
	for i := range y {
		y[i] = 0.5 + 0.4*math.Cos(float64(i))
	}
	for i := range p {
		p[i] = 1 + 0.3*math.Sin(float64(i))
	}
	return y, p
}

// row measures the evaluations of one model, after a check that both ways compute the
// same.
func row(m model) string {
	traced := must(dynsys.Trace(m.states, m.params, m.rates))
	defer traced.Close()
	s := must(traced.System())
	y, p := m.point()
	n := m.states
	size := n * n
	if s.Pattern != nil {
		size = s.Pattern.Len()
	}
	dy, want, jac, wantJac := make([]float64, n), make([]float64, n), make([]float64, size), make([]float64, size)
	out, gp, w := make([]float64, n), make([]float64, m.params), slices.Clone(y)
	rhs := func() { check(s.RHS(dy, 0, y, p)) }
	jacobian := func() { check(s.Jacobian(jac, 0, y, p)) }
	jvp := func() { check(s.JVP(out, 0, y, p, w, p)) }
	vjp := func() { check(s.VJP(out, gp, 0, y, p, w)) }
	for range 3000 { // until all is machine code
		rhs()
		jacobian()
		jvp()
		vjp()
	}
	m.f(want, y, p)
	m.jacobian(wantJac, y, p)
	same(m.name, dy, want)
	same(m.name, jac, wantJac)

	interpreted := must(program(m).Evaluator())
	interpret := func() {
		in := interpreted.Inputs()
		copy(in[1:], y)
		copy(in[1+n:], p)
		copy(dy, must(interpreted.Run()))
	}
	times := rounds(
		func() { m.f(want, y, p) }, rhs, interpret,
		func() { m.jacobian(wantJac, y, p) }, jacobian, jvp, vjp)
	hand, compiled, slow, handJac, compiledJac := times[0], times[1], times[2], times[3], times[4]
	return fmt.Sprintf("| %s | %s | %s | %.2f | %s | %.1f | %s | %s | %.2f | %.2f | %.2f |", m.name,
		nanos(hand), nanos(compiled), compiled/hand, nanos(slow), slow/hand,
		nanos(handJac), nanos(compiledJac), compiledJac/handJac, times[5]/compiled, times[6]/compiled)
}

func nanos(t float64) string {
	if t < 1000 {
		return fmt.Sprintf("%.0f ns", t)
	}
	return fmt.Sprintf("%.2f us", t/1000)
}

// same holds two results to a few units in the last place of the largest number.
func same(name string, got, want []float64) {
	size := 0.0
	for _, v := range want {
		size = max(size, math.Abs(v))
	}
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= 1e-14*size) {
			log.Fatalf("%s, number %d: %v, by hand %v", name, i, got[i], want[i])
		}
	}
}

// program returns the rates as a program over t, y, p.
func program(m model) *expr.Program {
	b := expr.NewBuilder()
	return must(b.CompileFor(1+m.states+m.params, m.build(b)...))
}

func (m *model) build(b *expr.Builder) []expr.Node {
	in := make([]expr.Node, 1+m.states+m.params)
	for i := range in {
		in[i] = b.Input(i)
	}
	return m.rates(b, in[0], in[1:1+m.states], in[1+m.states:])
}

// compileRow measures how long machine code takes to make: to build the expressions, and
// for each function to differentiate, lower and compile.
func compileRow(m model) string {
	n, np := m.states, m.params
	slots := func(first, n int) (s []int) {
		for i := range n {
			s = append(s, first+i)
		}
		return s
	}
	var b *expr.Builder
	var f []expr.Node
	seeds := func(n int) (s []expr.Node) {
		for i := range n {
			s = append(s, b.Input(1+m.states+m.params+i))
		}
		return s
	}
	machine := func(outs []expr.Node) { check(must(must(b.Compile(outs...)).Machine()).Close()) }
	begin := func() {
		b = expr.NewBuilder()
		f = m.build(b)
	}
	entries := func() (nodes []expr.Node) {
		for _, e := range b.Jacobian(f, slots(1, n)) {
			nodes = append(nodes, e.Node)
		}
		return nodes
	}
	times := make([]float64, 6)
	for i := range times {
		times[i] = math.Inf(1)
	}
	for range 12 {
		for i, do := range []func(){
			begin,
			func() { machine(f) },
			func() { machine(b.JVP(f, slots(1, n+np), seeds(n+np))) },
			func() { machine(b.VJP(f, seeds(n), slots(1, n+np))) },
			func() { machine(entries()) },
		} {
			start := cpuTime()
			do()
			times[i] = min(times[i], cpuTime()-start)
		}
	}
	return fmt.Sprintf("| %s | %.2f ms | %.2f ms | %.2f ms | %.2f ms | %.2f ms | %.1f ms |", m.name,
		times[0], times[1], times[2], times[3], times[4], times[0]+times[1]+times[2]+times[3])
}

// rounds times functions in turn, many short rounds each, and returns the shortest time
// of one call of each in nanoseconds.
func rounds(fs ...func()) []float64 {
	calls, best := make([]int, len(fs)), make([]float64, len(fs))
	for i, f := range fs {
		best[i] = math.Inf(1)
		for calls[i] = 1; timed(f, calls[i]) < 40*time.Microsecond; calls[i] *= 2 {
		}
	}
	for range 300 {
		for i, f := range fs {
			best[i] = min(best[i], float64(timed(f, calls[i]).Nanoseconds())/float64(calls[i]))
		}
	}
	return best
}

func timed(f func(), calls int) time.Duration {
	start := time.Now()
	for range calls {
		f()
	}
	return time.Since(start)
}
