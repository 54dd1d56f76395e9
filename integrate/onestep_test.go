package integrate_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
	"github.com/odefit/odefit/internal/problems"
)

// oneStep are the implicit one-step methods with the order of their ends and of their
// interpolants: in the components of an ordinary differential equation, and in the
// algebraic ones of index 1.
var oneStep = []struct {
	m           integrate.Method
	end, inside float64 // powers of h in the error of the differential part
	alg, algIn  float64 // and of the algebraic part
	// Errors at the end and inside the steps of a linear problem of infinite stiffness,
	// h = 0.05. Cubics inside are good to h^4/384, quadratics to h^3/50. Rosenbrock23 is
	// known for an error of some h^2/10, and the interpolant of SDIRK4, whose stages are
	// of order 1, for one of some h^3.
	stiff, stiffIn float64
}{
	{integrate.Rodas5P{}, 5, 5, 5, 4, 1e-7, 1e-7},
	{integrate.Rosenbrock23{}, 2, 2, 2, 2, 3e-4, 1e-3},
	{integrate.RadauIIA5{}, 5, 5, 5, 3, 1e-7, 1e-7}, // the first step with a mass matrix has a cubic
	{integrate.Kvaerno5{}, 5, 4, 5, 3, 1e-7, 1e-5},  // inside the last step, which KenCarp4 takes, 4
	{integrate.KenCarp4{}, 4, 4, 4, 3, 1e-7, 1e-5},
	{integrate.TRBDF2{}, 2, 2, 2, 2, 1e-7, 1e-5},
	{integrate.SDIRK4{}, 4, 4, 4, 2, 1e-7, 1e-4},
}

// slopes solves p with n, 2n and 4n steps and reports where the errors at the end and
// inside the steps, as apart tells them, fall less than with the powers end and inside,
// to 0.3.
func slopes(t *testing.T, what string, p integrate.Problem[[]float64], m integrate.Method, n int, end, inside float64, apart func(y []float64, t float64) float64) {
	t.Helper()
	var ends, insides []float64
	y := make([]float64, len(p.Y0))
	for _, k := range []int{n, 2 * n, 4 * n} {
		// The tolerances are those of the stage equations.
		sol, err := integrate.Solve(background, p, m, &integrate.Settings{FixedStep: p.T1 / float64(k), RelTol: 1e-11, AbsTol: 1e-11})
		if err != nil {
			t.Errorf("%s, %v: %v", what, m, err)
			return
		}
		worst := 0.0
		for i := range 777 {
			x := p.T1 * float64(i) / 777
			if err := sol.At(y, x); err != nil {
				t.Fatal(err)
			}
			worst = max(worst, apart(y, x))
		}
		ends, insides = append(ends, apart(sol.Y[len(sol.Y)-1], p.T1)), append(insides, worst)
	}
	check := func(where string, errs []float64, want float64) {
		if slope := math.Log2(errs[0]/errs[2]) / 2; slope < want-0.3 {
			t.Errorf("%s, %v: the error %s falls with the power %.2f of the step, want %v (errors %.2g)", what, m, where, slope, want, errs)
		}
	}
	check("at the end", ends, end)
	check("inside the steps", insides, inside)
}

func TestOneStepConvergence(t *testing.T) {
	for _, c := range oneStep {
		slopes(t, "smooth", modulated(3), c.m, 20, c.end, c.inside, apart)
	}
}

// algebraic is x' = z cos t, 0 = z^3 + z - x^3 - x with the solution x = z = exp(sin t).
func algebraic() integrate.Problem[[]float64] {
	return integrate.Problem[[]float64]{
		F: func(dy []float64, t float64, y []float64) error {
			x, z := y[0], y[1]
			dy[0], dy[1] = z*math.Cos(t), z*z*z+z-x*x*x-x
			return nil
		},
		Jacobian: func(jac []float64, t float64, y []float64) error {
			x, z := y[0], y[1]
			jac[0], jac[1], jac[2], jac[3] = 0, math.Cos(t), -3*x*x-1, 3*z*z+1
			return nil
		},
		Mass: &integrate.Matrix{Values: []float64{1, 0, 0, 0}},
		T1:   3, Y0: []float64{1, 1},
	}
}

func TestAlgebraicEquations(t *testing.T) {
	for _, c := range oneStep {
		exact := func(t float64) float64 { return math.Exp(math.Sin(t)) }
		slopes(t, "differential part", algebraic(), c.m, 20, c.end, min(c.inside, c.algIn+1), func(y []float64, t float64) float64 { return math.Abs(y[0] - exact(t)) })
		slopes(t, "algebraic part", algebraic(), c.m, 20, c.alg, c.algIn, func(y []float64, t float64) float64 { return math.Abs(y[1] - exact(t)) })
		sol, err := integrate.Solve(background, algebraic(), c.m, &integrate.Settings{RelTol: 1e-6, AbsTol: 1e-6})
		if err != nil {
			t.Errorf("%v: %v", c.m, err)
			continue
		}
		for i, x := range sol.T {
			// Errors of the steps add up: some hundred steps in methods of order 2.
			if d := math.Hypot(sol.Y[i][0]-exact(x), sol.Y[i][1]-exact(x)); d > 3e-4 {
				t.Errorf("%v: off by %.2g at %v", c.m, d, x)
				break
			}
		}
	}
}

// A regular mass matrix that is not diagonal gives what the explicit form gives.
func TestMassMatrix(t *testing.T) {
	plain := modulated(2)
	p := plain
	p.F = func(dy []float64, t float64, y []float64) error {
		d := make([]float64, 2)
		err := plain.F(d, t, y)
		dy[0], dy[1] = 2*d[0]+d[1], d[0]+3*d[1]
		return err
	}
	p.Mass = &integrate.Matrix{Values: []float64{2, 1, 1, 3}}
	for _, c := range oneStep {
		sol, err := integrate.Solve(background, p, c.m, &integrate.Settings{RelTol: 1e-7, AbsTol: 1e-7})
		if err != nil {
			t.Errorf("%v: %v", c.m, err)
			continue
		}
		// Errors of the steps add up: some hundred steps in methods of order 2.
		if d := apart(sol.Y[len(sol.Y)-1], 2); d > 3e-5 {
			t.Errorf("%v: error %.2g with a mass matrix", c.m, d)
		}
	}
}

// y' = lambda (y - cos t) - sin t with lambda = -1e6 has the solution cos t: where the
// step is 5e4 time constants, the error must not be.
func TestStiffLinear(t *testing.T) {
	const lambda = -1e6
	p := integrate.Problem[[]float64]{
		F: func(dy []float64, t float64, y []float64) error {
			dy[0] = lambda*(y[0]-math.Cos(t)) - math.Sin(t)
			return nil
		},
		Jacobian: func(jac []float64, _ float64, _ []float64) error { jac[0] = lambda; return nil },
		TimeDerivative: func(ft []float64, t float64, _ []float64) error {
			ft[0] = lambda*math.Sin(t) - math.Cos(t)
			return nil
		},
		T1: 3, Y0: []float64{1},
	}
	for _, c := range oneStep {
		sol, err := integrate.Solve(background, p, c.m, &integrate.Settings{FixedStep: 0.05, RelTol: 1e-9, AbsTol: 1e-9})
		if err != nil {
			t.Errorf("%v: %v", c.m, err)
			continue
		}
		y := make([]float64, 1)
		for i := range 100 {
			x := 3 * float64(i) / 100
			if err := sol.At(y, x); err != nil {
				t.Fatal(err)
			}
			if d := math.Abs(y[0] - math.Cos(x)); d > c.stiffIn {
				t.Errorf("%v: error %.2g at %v", c.m, d, x)
				break
			}
		}
		if d := math.Abs(sol.Y[len(sol.Y)-1][0] - math.Cos(3)); d > c.stiff {
			t.Errorf("%v: error %.2g at the end", c.m, d)
		}
	}
}

// Every implicit method gives the same numbers in every space with coordinates: the
// difference is what the iteration leaves, which the norm of the space may end sooner.
func TestImplicitMethodsInSpaces(t *testing.T) {
	for _, c := range oneStep {
		m := c.m
		want := final(t, m, nil, []float64{1, 0.5}, func(dy []float64, _ float64, y []float64) error {
			dy[0], dy[1] = y[1], -math.Sin(y[0])
			return nil
		}, func(y []float64) [2]float64 { return [2]float64{y[0], y[1]} })
		got := map[string][2]float64{}
		got["complex128"] = final(t, m, space.Complexes[complex128]{}, []complex128{complex(1, 0.5)}, func(dy []complex128, _ float64, y []complex128) error {
			dy[0] = complex(imag(y[0]), -math.Sin(real(y[0])))
			return nil
		}, func(y []complex128) [2]float64 { return [2]float64{real(y[0]), imag(y[0])} })
		got["struct"] = final(t, m, space.Struct[orbit](), &orbit{1, 0.5}, func(dy *orbit, _ float64, y *orbit) error {
			*dy = orbit{y.V, -math.Sin(y.Q)}
			return nil
		}, func(y *orbit) [2]float64 { return [2]float64{y.Q, y.V} })
		got["matrix"] = final(t, m, space.Dense{}, mat.NewDense(1, 2, []float64{1, 0.5}), func(dy *mat.Dense, _ float64, y *mat.Dense) error {
			dy.Set(0, 0, y.At(0, 1))
			dy.Set(0, 1, -math.Sin(y.At(0, 0)))
			return nil
		}, func(y *mat.Dense) [2]float64 { return [2]float64{y.At(0, 0), y.At(0, 1)} })
		type pair = space.Pair[[]float64, []float64]
		got["pair"] = final(t, m, space.Pairs(space.Space[[]float64](space.Floats{}), space.Space[[]float64](space.Floats{})),
			pair{First: []float64{1}, Second: []float64{0.5}}, func(dy pair, _ float64, y pair) error {
				dy.First[0], dy.Second[0] = y.Second[0], -math.Sin(y.First[0])
				return nil
			}, func(y pair) [2]float64 { return [2]float64{y.First[0], y.Second[0]} })
		tol := 1e-12
		if _, ok := m.(integrate.Rosenbrock); !ok {
			tol = 2e-6 // a hundredth of the tolerance of 1e-6 in each of 100 steps
		}
		for name, y := range got {
			if math.Abs(y[0]-want[0]) > tol || math.Abs(y[1]-want[1]) > tol {
				t.Errorf("%v in %s: %v, want %v", m, name, y, want)
			}
		}
	}
}

// Steps of implicit methods are recorded and replayed bitwise, from any kept state, and
// the sum of the stages with the weights of the tableau is the step.
func TestImplicitRecords(t *testing.T) {
	q := problems.Hires()
	for _, m := range []integrate.Method{
		integrate.Rodas5P{}, integrate.Rosenbrock23{}, integrate.RadauIIA5{}, integrate.KenCarp4{}, integrate.Kvaerno5{}, integrate.TRBDF2{}, integrate.SDIRK4{},
	} {
		p, err := q.System.Problem(q.P, q.T0, 5)
		if err != nil {
			t.Fatal(err)
		}
		p.Y0 = q.Y0
		set := &integrate.Settings{RelTol: 1e-5, AbsTol: 1e-8}
		full, err := integrate.NewRecord(background, p, m, set, integrate.Keep{Stages: true})
		if err != nil {
			t.Errorf("%v: %v", m, err)
			continue
		}
		rec, err := integrate.NewRecord(background, p, m, set, integrate.Keep{Every: 7})
		if err != nil {
			t.Errorf("%v: %v", m, err)
			continue
		}
		backward(t, rec, full)
		if _, ok := m.(integrate.ImplicitRungeKutta); !ok {
			continue
		}
		for n := range full.Len() {
			next := full.End
			if n+1 < full.Len() {
				next = full.Y[n+1]
			}
			for i, y := range full.Y[n] {
				for j, b := range full.StepTableau(n).B {
					y += (full.T[n+1] - full.T[n]) * b * full.K[n][j][i]
				}
				if math.Abs(y-next[i]) > 1e-14 {
					t.Fatalf("%v: step %d misses its sum by %.2g", m, n, y-next[i])
				}
			}
		}
	}
}
