package sensitivity

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/expr"
	"github.com/odefit/odefit/dynsys/nn"
	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
	"github.com/odefit/odefit/internal/problems"
	"gonum.org/v1/gonum/mat"
)

// fixture is a problem with a frozen grid whose steps vary strongly.
type fixture struct {
	name string
	Problem[[]float64]
	grid []float64
}

func fixtures(t testing.TB) []fixture {
	t.Helper()
	lorenz := problems.Lorenz()
	lorenz.T1 = lorenz.T0 + 2
	qs := []struct {
		q *problems.Problem
		h float64 // the longest step
	}{
		{problems.LotkaVolterra(), 0.2}, {problems.FitzHughNagumo(), 0.8}, {lorenz, 0.03},
		{problems.SIR(), 0.5}, {problems.PK1(), 0.6}, {problems.Linear(), 0.1}, {problems.DampedPendulum(), 0.2},
	}
	var out []fixture
	for _, x := range qs {
		p := problemOf(x.q)
		out = append(out, fixture{x.q.Name, p, roughGrid(p.T0, p.T1, x.h)})
	}
	p := perceptron(t)
	return append(out, fixture{"mlp", p, roughGrid(p.T0, p.T1, 0.1)})
}

// roughGrid returns step ends whose distances vary by up to a factor of 100.
func roughGrid(t0, t1, h float64) []float64 {
	rng := rand.New(rand.NewPCG(1, 2))
	grid := []float64{t0}
	for t := t0; ; {
		t += h * math.Pow(10, -2*rng.Float64())
		if t >= t1 {
			return append(grid, t1)
		}
		grid = append(grid, t)
	}
}

// perceptron is y' = N(y) with a tanh network 2-8-2.
func perceptron(t testing.TB) Problem[[]float64] {
	t.Helper()
	net := nn.MLP{Inputs: 2, Hidden: []nn.Layer{{Units: 8, Activation: nn.Tanh}}, Outputs: 2}
	sys, err := nn.ODE{Net: net}.System()
	if err != nil {
		t.Fatal(err)
	}
	p := make([]float64, net.NumParams())
	net.Init(p, nn.Init{Seed: 3})
	return Problem[[]float64]{System: sys, P: p, T0: 0, T1: 3, Y0: []float64{1, -0.5}}
}

// observations returns times at T0, T1, twice at one, at a knot of the grid and inside
// steps, two of them in one, not sorted.
func observations(grid []float64) []float64 {
	n := len(grid) - 1
	mid := func(i int, x float64) float64 { return grid[i] + x*(grid[i+1]-grid[i]) }
	return []float64{
		grid[n], grid[0], mid(n/2, 0.3), mid(n/2, 0.8), mid(n/3, 0.5), mid(n/3, 0.5),
		grid[2*n/3], grid[n], mid(0, 0.1), mid(n-1, 0.9),
	}
}

// On a frozen grid the tangent J and the transpose J^T are those of the same
// steps: <w, J v> = <J^T w, v> to rounding.
// The largest gap of each solver is noted.
func testDuality[S any](t *testing.T, g gaps, sp space.Space[S], like S, tol float64) {
	dualityOf(t, g, sp, like, tol, fixtures(t), []integrate.Method{
		integrate.Tsit5{}, integrate.Dopri5{}, integrate.Vern7{}, integrate.Dop853{}, integrate.Vern9{}, integrate.BS3{}, integrate.RK4{}, integrate.Heun{}, integrate.Euler{},
	})
	dualityOf(t, g, sp, like, tol, traced(t), implicits())
}

// implicits are the implicit methods whose steps can be transposed.
func implicits() []integrate.Method {
	return []integrate.Method{
		integrate.Rodas5P{}, integrate.Rosenbrock23{},
		integrate.TRBDF2{}, integrate.SDIRK4{}, integrate.KenCarp4{}, integrate.Kvaerno5{}, integrate.RadauIIA5{},
	}
}

// traced are systems with exact second derivatives, as transposes of implicit steps
// need them: one that does not depend on time and two that do, with parameters in
// every term.
func traced(t testing.TB) []fixture {
	t.Helper()
	fix := func(name string, y0, p []float64, t1, h float64, rates dynsys.Rates) fixture {
		return tracedFixture(t, name, y0, p, t1, h, rates)
	}
	type node = expr.Node
	return []fixture{
		fix("van der pol", []float64{2, 0.1}, []float64{5, 1.1}, 3, 0.1, func(b *expr.Builder, _ node, y, p []node) []node {
			damping := b.Mul(p[0], b.Sub(p[1], b.Mul(y[0], y[0])))
			return []node{y[1], b.Sub(b.Mul(damping, y[1]), y[0])}
		}),
		fix("driven pendulum", []float64{1, 0.2}, []float64{0.7, 2, 0.4}, 4, 0.3, func(b *expr.Builder, t node, y, p []node) []node {
			drive := b.Mul(p[0], b.Sin(b.Mul(p[1], b.Mul(t, b.Add(b.Const(1), y[0])))))
			return []node{y[1], b.Sub(drive, b.Add(b.Sin(y[0]), b.Mul(p[2], y[1])))}
		}),
		fix("kinetics", []float64{1, 0.1, 0.3}, []float64{0.5, 30, 8}, 2, 0.2, func(b *expr.Builder, t node, y, p []node) []node {
			slow := b.Mul(p[0], b.Mul(y[0], b.Exp(b.Mul(b.Const(-0.3), t))))
			fast, pair := b.Mul(p[1], b.Mul(y[1], y[1])), b.Mul(p[2], b.Mul(y[1], y[2]))
			return []node{b.Sub(pair, slow), b.Sub(b.Sub(slow, pair), fast), fast}
		}),
	}
}

func tracedFixture(t testing.TB, name string, y0, p []float64, t1, h float64, rates dynsys.Rates) fixture {
	t.Helper()
	m, err := dynsys.Trace(len(y0), len(p), rates)
	if err != nil {
		t.Fatal(err)
	}
	sys, err := m.System()
	if err != nil {
		t.Fatal(err)
	}
	return fixture{name, Problem[[]float64]{System: sys, P: p, T1: t1, Y0: y0}, roughGrid(0, t1, h)}
}

// dualityOf tests methods on fixtures of the size of the space.
func dualityOf[S any](t *testing.T, g gaps, sp space.Space[S], like S, tol float64, problems []fixture, solvers []integrate.Method) {
	t.Helper()
	dot := sp.(space.InnerProduct[S])
	n := sp.(space.Coordinates[S]).Dim(like)
	rng := rand.New(rand.NewPCG(5, 6))
	random := func(n int) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = rng.NormFloat64()
		}
		return v
	}
	for _, fx := range problems {
		if fx.System.Dim != n {
			continue
		}
		p := Problem[S]{
			System: lift(fx.System, sp, like), P: fx.P, T0: fx.T0, T1: fx.T1, Y0: lifted(sp, like, fx.Y0),
		}
		times := observations(fx.grid)
		w := make([]S, len(times))
		for k := range w {
			w[k] = lifted(sp, like, random(n))
		}
		v := Direction[S]{P: random(len(fx.P)), Y0: lifted(sp, like, random(n))}
		for _, solver := range solvers {
			set := &Settings{Settings: integrate.Settings{Grid: fx.grid}, Solver: solver}
			if tol > 1e-9 { // iterations end where single precision does
				set.RelTol, set.AbsTol = 1e-3, 1e-3
			}
			path, err := Trajectory(context.Background(), p, times, []Direction[S]{v}, set)
			if err != nil {
				t.Fatalf("%s, %v: %v", fx.name, solver, err)
			}
			var tangent, size float64
			for k := range w {
				d := dot.Dot(w[k], path.Tangents[k][0])
				tangent += d
				size += math.Abs(d)
			}
			for _, every := range []int{0, 5} {
				r, err := Gradient(context.Background(), p, Product(sp, times, w), Discrete{Checkpoints: Checkpoints{Every: every}}, set)
				if err != nil {
					t.Fatalf("%s, %v: %v", fx.name, solver, err)
				}
				adjoint := product(r.P, v.P) + dot.Dot(r.Y0, v.Y0)
				for i := range r.P {
					size = max(size, math.Abs(r.P[i]*v.P[i])) // large terms that cancel leave their rounding
				}
				gap := math.Abs(tangent-adjoint) / size
				g[solver.String()] = max(g[solver.String()], gap)
				if !(gap <= tol) {
					t.Errorf("%s, %v, every %d: <w, J v> = %.17g, <J^T w, v> = %.17g, gap %.1e", fx.name, solver, every, tangent, adjoint, gap)
				}
			}
		}
	}
}

// gaps are the largest relative differences of the two sides, by solver.
type gaps map[string]float64

// On every space: to 1e-12, and to 1e-5 in single precision. The table of
// docs/sensitivity.md has a row for each solver and a column for each space.
func TestDuality(t *testing.T) {
	type (
		plane  struct{ X, Y float64 }
		spiral struct {
			Pos [2]float64
			W   struct{ Z float64 }
		}
		pair = space.Pair[[]float64, []float64]
	)
	floats := space.Space[[]float64](space.Floats{})
	var names []string
	all := map[string]gaps{}
	on := func(name string, test func(t *testing.T, g gaps)) {
		names = append(names, name)
		all[name] = gaps{}
		t.Run(name, func(t *testing.T) { test(t, all[name]) })
	}
	on("[]float64", func(t *testing.T, g gaps) {
		testDuality(t, g, floats, make([]float64, 2), 1e-12)
		testDuality(t, g, floats, make([]float64, 3), 1e-12)
	})
	on("[]float32", func(t *testing.T, g gaps) {
		testDuality(t, g, space.Space[[]float32](space.Slice[float32]{}), make([]float32, 2), 1e-5)
		testDuality(t, g, space.Space[[]float32](space.Slice[float32]{}), make([]float32, 3), 1e-5)
	})
	on("[]complex128", func(t *testing.T, g gaps) {
		testDuality(t, g, space.Space[[]complex128](space.Complexes[complex128]{}), make([]complex128, 1), 1e-12)
	})
	on("struct", func(t *testing.T, g gaps) {
		testDuality(t, g, space.Space[*plane](space.Struct[plane]()), new(plane), 1e-12)
		testDuality(t, g, space.Space[*spiral](space.Struct[spiral]()), new(spiral), 1e-12)
	})
	on("pair", func(t *testing.T, g gaps) {
		testDuality(t, g, space.Pairs(floats, floats), pair{First: make([]float64, 1), Second: make([]float64, 2)}, 1e-12)
	})
	on("mat.Dense", func(t *testing.T, g gaps) {
		testDuality(t, g, space.Space[*mat.Dense](space.Dense{}), mat.NewDense(2, 1, nil), 1e-12)
	})
	checkGaps(t, names, all)
}
