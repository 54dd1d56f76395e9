package sensitivity

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/odefit/odefit/dynsys/nn"
	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/internal/problems"
)

// costed is a problem whose gradient is timed.
type costed struct {
	name   string
	prob   Problem[[]float64]
	solver integrate.Method
	set    *Settings
	most   func(vjp float64) (kept, again float64) // goals, given VJP/f
}

// explicitGoal is one forward pass and its record, and a VJP for each stage; and one
// pass more where stages are computed again.
func explicitGoal(vjp float64) (kept, again float64) { return 1.3 + vjp, 2.3 + vjp }

// implicitGoal leaves out what is iterated: factors and transposed solutions are those
// of one step.
func implicitGoal(float64) (kept, again float64) { return 2.5, 3.5 }

func costs(t testing.TB) []costed {
	network := func(hidden int) Problem[[]float64] {
		net := nn.MLP{Inputs: 2, Hidden: []nn.Layer{{Units: hidden, Activation: nn.Tanh}}, Outputs: 2}
		sys, err := nn.ODE{Net: net}.System()
		if err != nil {
			t.Fatal(err)
		}
		p := make([]float64, net.NumParams())
		net.Init(p, nn.Init{Seed: 3})
		return Problem[[]float64]{System: sys, P: p, T1: 3, Y0: []float64{1, -0.5}}
	}
	all := subjects(t)
	named := func(name string) Problem[[]float64] {
		return all[slices.IndexFunc(all, func(s subject) bool { return s.name == name })].prob
	}
	steps := func(n int) *Settings { return &Settings{Settings: integrate.Settings{FixedStep: 3 / float64(n)}} }
	list := []costed{
		{"Lotka and Volterra, by hand", problemOf(problems.LotkaVolterra()), integrate.Tsit5{}, tolerances(1e-9, 1e-12), explicitGoal},
		{"Lotka and Volterra, text", named("lotka_volterra"), integrate.Tsit5{}, tolerances(1e-9, 1e-12), explicitGoal},
		{"Pleiades, by hand", problemOf(problems.Pleiades()), integrate.Tsit5{}, tolerances(1e-9, 1e-12), explicitGoal},
		{"network, 12 parameters", network(2), integrate.Tsit5{}, steps(2000), explicitGoal},
		{"network, 1,002 parameters", network(200), integrate.Tsit5{}, steps(500), explicitGoal},
		{"network, 100,002 parameters", network(20000), integrate.Tsit5{}, steps(50), explicitGoal},
	}
	for _, solver := range []integrate.Method{integrate.Rodas5P{}, integrate.RadauIIA5{}, integrate.KenCarp4{}, integrate.Kvaerno5{}} {
		list = append(list,
			costed{fmt.Sprintf("ROBER, %v", solver), named("rober"), solver, tolerances(1e-6, 1e-12), implicitGoal},
			costed{fmt.Sprintf("HIRES, %v", solver), named("hires"), solver, tolerances(1e-6, 1e-9), implicitGoal})
	}
	return list
}

// fastest returns the least times of several functions, called in turns so that what
// else the machine does falls on all of them, for two seconds.
func fastest(fs ...func()) []float64 {
	least := make([]float64, len(fs))
	for began := time.Now(); time.Since(began) < 2*time.Second || least[0] == 0; {
		for i, f := range fs {
			turn := time.Now()
			f()
			if d := time.Since(turn).Seconds(); least[i] == 0 || d < least[i] {
				least[i] = d
			}
		}
	}
	return least
}

// vjpOverRHS measures what a VJP costs on the model, in evaluations of f.
func vjpOverRHS(t testing.TB, p Problem[[]float64]) float64 {
	n := len(p.Y0)
	dy, gp, w := make([]float64, n), make([]float64, len(p.P)), make([]float64, n)
	w[0] = 1
	turns := 1 + 200_000/(len(p.P)+n)
	least := fastest(func() {
		for range turns {
			if err := p.System.RHS(dy, p.T0, p.Y0, p.P); err != nil {
				t.Fatal(err)
			}
		}
	}, func() {
		for range turns {
			if err := p.System.VJP(dy, gp, p.T0, p.Y0, p.P, w); err != nil {
				t.Fatal(err)
			}
		}
	})
	return least[1] / least[0]
}

// What a gradient costs in plain solutions, with the stages kept and computed again:
// with -full, because times mean something only on a machine that does nothing else.
// The table has the goals beside what was measured.
func TestCostTable(t *testing.T) {
	list := costs(t)
	if !*full {
		shown := readPage(t, "cost")
		for _, c := range list {
			if !strings.Contains(shown, "| "+c.name+" |") {
				t.Errorf("docs/sensitivity.md has no row %q: write it again, with -full -write", c.name)
			}
		}
		return
	}
	var b strings.Builder
	b.WriteString("\n| problem, solver | steps | VJP/f | stages kept | goal | computed again | goal |\n|---|---|---|---|---|---|---|\n")
	for _, c := range list {
		loss := SumOfStates([]float64{c.prob.T1})
		c.set.Solver = c.solver
		m, err := newModel(c.prob)
		if err != nil {
			t.Fatal(err)
		}
		set := c.set.Settings
		set.Times = []float64{c.prob.T1}
		steps := mustGradient(t, c.prob, loss, Discrete{}, c.set).Stats.Steps
		every := max(1, int(math.Sqrt(float64(steps)/8)))
		vjp := vjpOverRHS(t, c.prob)
		least := fastest(func() {
			if _, err := integrate.Solve(context.Background(), m.integral(), c.solver, &set); err != nil {
				t.Fatal(err)
			}
		}, func() {
			mustGradient(t, c.prob, loss, Discrete{}, c.set)
		}, func() {
			mustGradient(t, c.prob, loss, Discrete{Checkpoints: Checkpoints{Every: every}}, c.set)
		})
		kept, again := least[1]/least[0], least[2]/least[0]
		most, mostAgain := c.most(vjp)
		fmt.Fprintf(&b, "| %s | %d | %.1f | %.2f | %.2f | %.2f | %.2f |\n", c.name, steps, vjp, kept, most, again, mostAgain)
		t.Logf("%s: %d steps, VJP/f %.2f, kept %.2f (goal %.2f), again %.2f (goal %.2f)", c.name, steps, vjp, kept, most, again, mostAgain)
	}
	b.WriteString("\n")
	if *write {
		writePage(t, "cost", b.String())
	}
}
