package problems

import (
	"errors"
	"math"
	"testing"
)

func TestProblemsAreWellFormed(t *testing.T) {
	seen := map[string]bool{}
	for _, q := range All() {
		if seen[q.Name] {
			t.Errorf("two problems named %s", q.Name)
		}
		seen[q.Name] = true
		if len(q.Params) != len(q.P) || len(q.P) != q.System.NumParams || len(q.Y0) != q.System.Dim {
			t.Errorf("%s: %d names, %d parameters, %d states in a system of %d parameters and %d states",
				q.Name, len(q.Params), len(q.P), len(q.Y0), q.System.NumParams, q.System.Dim)
		}
	}
}

func TestReferenceStartsAndEndsWithProblem(t *testing.T) {
	for _, q := range All() {
		points, err := q.Reference()
		if err != nil {
			t.Error(err)
			continue
		}
		first, last := points[0], points[len(points)-1]
		if first.T != q.T0 || last.T != q.T1 {
			t.Errorf("%s: reference from %v to %v, problem from %v to %v", q.Name, first.T, last.T, q.T0, q.T1)
		}
		for i, y := range first.Y {
			if y != q.Y0[i] {
				t.Errorf("%s: reference starts with y[%d] = %v, problem with %v", q.Name, i, y, q.Y0[i])
			}
		}
		for k := 1; k < len(points); k++ {
			if points[k].T <= points[k-1].T || len(points[k].Y) != len(q.Y0) {
				t.Errorf("%s: point %d is out of order or has the wrong length", q.Name, k)
			}
		}
	}
}

// The columns of the sensitivities must belong to the parameters in their order.
func TestSensitivityColumns(t *testing.T) {
	for _, name := range []string{"lotka_volterra", "sir", "damped_pendulum", "pk1", "rober", "hires"} {
		header, _, err := readTable(name + "_sens.csv")
		if err != nil {
			t.Fatal(err)
		}
		q := named(t, name)
		for j, p := range q.Params {
			if header[3+j] != "d_"+p {
				t.Errorf("%s: column %d is %s, parameter %s", name, 3+j, header[3+j], p)
			}
		}
	}
}

func named(t *testing.T, name string) *Problem {
	t.Helper()
	for _, q := range All() {
		if q.Name == name {
			return q
		}
	}
	t.Fatalf("no problem %s", name)
	return nil
}

func TestNoReference(t *testing.T) {
	if _, err := Lorenz().Sensitivities(); !errors.Is(err, ErrNoReference) {
		t.Errorf("Sensitivities of lorenz: %v", err)
	}
	if _, err := Lorenz().Loss(); !errors.Is(err, ErrNoReference) {
		t.Errorf("Loss of lorenz: %v", err)
	}
}

// L, its gradient and its slopes in time follow from the sensitivities and the
// right-hand side by the chain rule.
func TestLossAgainstSensitivities(t *testing.T) {
	for _, name := range []string{"lotka_volterra", "sir", "damped_pendulum", "pk1", "rober", "hires"} {
		t.Run(name, func(t *testing.T) {
			q := named(t, name)
			loss, err := q.Loss()
			if err != nil {
				t.Fatal(err)
			}
			points, err := q.Sensitivities()
			if err != nil {
				t.Fatal(err)
			}
			if len(loss.T) != len(points) {
				t.Fatalf("%d times in the loss, %d in the sensitivities", len(loss.T), len(points))
			}
			var value float64
			dp, sizeP := make([]float64, len(q.P)), make([]float64, len(q.P))
			dy0, sizeY := make([]float64, len(q.Y0)), make([]float64, len(q.Y0))
			f := make([]float64, len(q.Y0))
			for k, x := range points {
				if x.T != loss.T[k] {
					t.Fatalf("time %d is %v in the loss, %v in the sensitivities", k, loss.T[k], x.T)
				}
				if err := q.System.RHS(f, x.T, x.Y, q.P); err != nil {
					t.Fatal(err)
				}
				var dt, sizeT float64
				for i := range x.Y {
					r := x.Y[i] - loss.Data[k][i]
					value += r * r
					dt += 2 * r * f[i]
					sizeT += math.Abs(r) * slopeTerms(q, x, i)
					for j, d := range x.DP[i] {
						dp[j] += 2 * r * d
						sizeP[j] += math.Abs(2 * r * d)
					}
					for j, d := range x.DY0[i] {
						dy0[j] += 2 * r * d
						sizeY[j] += math.Abs(2 * r * d)
					}
				}
				closeTo(t, "dL/dT", loss.DT[k], dt, sizeT)
			}
			closeTo(t, "L", loss.Value, value, value)
			for j := range dp {
				closeTo(t, "dL/dp "+q.Params[j], loss.DP[j], dp[j], sizeP[j])
			}
			for j := range dy0 {
				closeTo(t, "dL/dy0", loss.DY0[j], dy0[j], sizeY[j])
			}
		})
	}
}

// slopeTerms is the size of the terms of f_i: a fast reaction near equilibrium
// leaves a small difference of large ones.
func slopeTerms(q *Problem, x Point, i int) float64 {
	jac := make([]float64, len(x.Y)*len(x.Y))
	if err := q.System.Jacobian(jac, x.T, x.Y, q.P); err != nil {
		return math.NaN()
	}
	var s float64
	for j, y := range x.Y {
		s += math.Abs(jac[i*len(x.Y)+j] * y)
	}
	return 2*s + 1e-3*math.Abs(jac[i*len(x.Y)+i]) // and of the constant of hires
}

// closeTo allows for a hundred roundings of the terms, and for the data's and the
// states' being read into float64.
func closeTo(t *testing.T, what string, got, want, size float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 2e-14*size) {
		t.Errorf("%s: %v, want %v, terms of size %v", what, got, want, size)
	}
}

// A closed form and its derivatives must solve the equation and its variational
// equations: (d/dt) y = f, (d/dt) y_p = f_y y_p + f_p, (d/dt) y_y0 = f_y y_y0.
func TestExactSolvesVariationalEquations(t *testing.T) {
	for _, q := range All() {
		if q.Exact == nil {
			continue
		}
		t.Run(q.Name, func(t *testing.T) {
			n, np := len(q.Y0), len(q.P)
			start := q.Exact(q.T0)
			for i := range n {
				if start.Y[i] != q.Y0[i] {
					t.Errorf("y[%d] = %v at the start, want %v", i, start.Y[i], q.Y0[i])
				}
				for j := range np {
					if start.DP[i][j] != 0 {
						t.Errorf("DP[%d][%d] = %v at the start", i, j, start.DP[i][j])
					}
				}
				for j := range n {
					want := 0.0
					if i == j {
						want = 1
					}
					if start.DY0[i][j] != want {
						t.Errorf("DY0[%d][%d] = %v at the start", i, j, start.DY0[i][j])
					}
				}
			}
			// slope differentiates by central differences of h and h/2, extrapolated: an
			// error of about h^4 and of 1e-16/h, relative to solutions of size up to 50.
			slope := func(t float64, entry func(Point) float64) float64 {
				const h = 1e-3
				d := func(h float64) float64 {
					return (entry(q.Exact(t+h)) - entry(q.Exact(t-h))) / (2 * h)
				}
				return (4*d(h/2) - d(h)) / 3
			}
			for _, time := range []float64{0.3, 1, 2.7, 7.9} {
				x := q.Exact(time)
				f := make([]float64, n)
				if err := q.System.RHS(f, time, x.Y, q.P); err != nil {
					t.Fatal(err)
				}
				check := func(what string, i, j int, got, want float64) {
					if !(math.Abs(got-want) <= 1e-9*(1+math.Abs(want))) {
						t.Errorf("t = %v: slope of %s[%d][%d] is %v, want %v", time, what, i, j, got, want)
					}
				}
				out := make([]float64, n)
				for i := range n {
					check("y", i, 0, slope(time, func(x Point) float64 { return x.Y[i] }), f[i])
				}
				for j := range np {
					vp := make([]float64, np)
					vp[j] = 1
					if err := q.System.JVP(out, time, x.Y, q.P, columnOf(x.DP, j), vp); err != nil {
						t.Fatal(err)
					}
					for i := range n {
						check("DP", i, j, slope(time, func(x Point) float64 { return x.DP[i][j] }), out[i])
					}
				}
				for j := range n {
					if err := q.System.JVP(out, time, x.Y, q.P, columnOf(x.DY0, j), nil); err != nil {
						t.Fatal(err)
					}
					for i := range n {
						check("DY0", i, j, slope(time, func(x Point) float64 { return x.DY0[i][j] }), out[i])
					}
				}
			}
		})
	}
}

func columnOf(m [][]float64, j int) []float64 {
	c := make([]float64, len(m))
	for i := range m {
		c[i] = m[i][j]
	}
	return c
}

// Where a closed form and a file exist, they agree.
func TestExactAgainstFiles(t *testing.T) {
	for _, name := range []string{"exponential_decay", "harmonic_oscillator"} {
		q := named(t, name)
		points, err := q.Reference()
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range points {
			for i, y := range q.Exact(x.T).Y {
				// sin and cos near a zero: absolute, for amplitudes 1 and 2.
				if !(math.Abs(y-x.Y[i]) <= 1e-15) {
					t.Errorf("%s: y[%d](%v) = %v, file %v", name, i, x.T, y, x.Y[i])
				}
			}
		}
	}
}

func TestConstantSolutionIsATrap(t *testing.T) {
	q := ConstantSolution()
	var sum float64
	for k := range 101 {
		x := q.Exact(float64(k) / 10)
		sum += x.DP[0][0] + x.DP[1][0]
	}
	if want := 212.710425216819; math.Abs(sum-want) > 1e-12*want {
		t.Errorf("derivative of the sum of the states in a = %.12f, want %.12f", sum, want)
	}
}

// Following the right-hand side must lead along the reference. The solver is made
// here, on purpose, and uses nothing but the system.
func TestReferenceSolvesProblem(t *testing.T) {
	for _, q := range All() {
		if q.Exact != nil {
			continue // TestExactSolvesVariationalEquations
		}
		t.Run(q.Name, func(t *testing.T) {
			points, err := q.Reference()
			if err != nil {
				t.Fatal(err)
			}
			size := make([]float64, len(q.Y0)) // largest value of each component
			for _, x := range points {
				for i, y := range x.Y {
					size[i] = max(size[i], math.Abs(y))
				}
			}
			// Steps are accurate to 1e-10; lorenz and arenstorf amplify an error by some
			// ten thousand, and a wrong term anywhere would show as an error of order 1.
			const tol = 1e-10
			s := newStepper(q, size, tol)
			for k := 1; k < len(points); k++ {
				s.advance(t, points[k].T)
				for i, want := range points[k].Y {
					if !(math.Abs(s.y[i]-want) <= 1e5*tol*size[i]) {
						t.Fatalf("y[%d](%v) = %v, reference %v", i, points[k].T, s.y[i], want)
					}
				}
			}
		})
	}
}
