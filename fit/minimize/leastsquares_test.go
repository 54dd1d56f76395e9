package minimize_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/cmplx"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/odefit/odefit/fit/minimize"
)

var inf = math.Inf(1)

func leastSquares(t *testing.T, p testProblem, b minimize.Bounds, start []float64) minimize.Result {
	t.Helper()
	return minimize.LeastSquares{}.Minimize(context.Background(), p.leastSquares(), b, start)
}

// newtonDistance is the length of the full Newton step at x relative to x, the
// largest over the parameters: how far the minimum really is, whatever the method
// believed. The Hessian comes from differences of exact gradients.
func newtonDistance(p testProblem, x []float64) float64 {
	n := p.n
	gradient := func(x []float64) []float64 {
		g := make([]float64, n)
		p.objective().Gradient(context.Background(), g, x)
		return g
	}
	h := make([][]float64, n) // [Hessian | gradient]
	g := gradient(x)
	for i := range h {
		h[i] = append(make([]float64, n), g[i])
	}
	for j, v := range x {
		d := 1e-5 * math.Abs(v)
		up, down := slices.Clone(x), slices.Clone(x)
		up[j], down[j] = v+d, v-d
		a, b := gradient(up), gradient(down)
		for i := range h {
			h[i][j] = (a[i] - b[i]) / (2 * d)
		}
	}
	for k := range n { // Gauss-Jordan with pivoting
		pivot := k
		for i := k; i < n; i++ {
			if math.Abs(h[i][k]) > math.Abs(h[pivot][k]) {
				pivot = i
			}
		}
		h[k], h[pivot] = h[pivot], h[k]
		for i := range n {
			if i != k {
				f := h[i][k] / h[k][k]
				for j := k; j <= n; j++ {
					h[i][j] -= f * h[k][j]
				}
			}
		}
	}
	worst := 0.0
	for k := range n {
		worst = math.Max(worst, math.Abs(h[k][n]/h[k][k]/x[k]))
	}
	return worst
}

func TestLeastSquaresStandardProblems(t *testing.T) {
	for _, p := range testProblems {
		for _, far := range []float64{1, 10, 100} {
			// From farther away these have other minima, at infinity or finite, or
			// overflow; the paper's starts are what must be solved.
			elsewhere := slices.Contains([]string{"Beale", "Bard", "Kowalik-Osborne", "Box three-dimensional", "Jennrich-Sampson"}, p.name)
			if far > 1 && elsewhere {
				continue
			}
			t.Run(fmt.Sprintf("%s %g", p.name, far), func(t *testing.T) {
				start := slices.Clone(p.start)
				for j := range start {
					start[j] *= far
				}
				got := leastSquares(t, p, minimize.Bounds{}, start)
				if !got.Status.Converged() {
					t.Fatalf("%v after %d iterations at %v", got.Status, got.Iterations, got.X)
				}
				// Six figures are known of the sums that are not zero.
				if p.sum > 0 && math.Abs(2*got.F/p.sum-1) > 5e-6 {
					t.Errorf("sum of squares %.10g, want %.7g", 2*got.F, p.sum)
				}
				// Minima at 1e6 are met to 1e-13 of that.
				limit := 1e-16
				for _, want := range p.minimum {
					limit = math.Max(limit, 1e-26*want*want)
				}
				if p.sum == 0 && got.F > limit {
					t.Errorf("sum of squares %g, want 0", 2*got.F)
				}
				for j, want := range p.minimum {
					if d := math.Abs(got.X[j] - want); d > 1e-9*math.Max(math.Abs(want), far) {
						t.Errorf("x[%d] = %.12g, want %g", j, got.X[j], want)
					}
				}
				if p.sum > 0 && p.name != "Watson 9" { // whose Hessian is too ill-conditioned for differences
					if d := newtonDistance(p, got.X); d > 1e-6 {
						t.Errorf("the minimum is %g away", d)
					}
				}
			})
		}
	}
}

// min (x+1)^2 + (l x^2 + x - 1)^2 has its minimum at 0, where the Hessian is 2 - 2l
// but J^T J = 2: Gauss-Newton contracts by l there, and diverges for l < -1.
// (Fletcher, "Practical Methods of Optimization", section 6.1.)
func TestLeastSquaresLargeResiduals(t *testing.T) {
	for _, l := range []float64{0.5, 0.9, 0.99, -1, -10, -100} {
		p := testProblem{n: 1, m: 2, residuals: func(r, x []complex128) {
			r[0], r[1] = x[0]+1, complex(l, 0)*x[0]*x[0]+x[0]-1
		}}
		got := leastSquares(t, p, minimize.Bounds{}, []float64{1.5})
		if !got.Status.Converged() || math.Abs(got.X[0]) > 1e-7 || got.Iterations > 25 {
			t.Errorf("l = %g: %v at %g after %d iterations", l, got.Status, got.X[0], got.Iterations)
		}
	}
}

// golden is the minimum of a unimodal function on [a, b] by golden-section search.
func golden(f func(float64) float64, a, b float64) (x, value float64) {
	ratio := (math.Sqrt(5) - 1) / 2
	for range 200 {
		c, d := b-ratio*(b-a), a+ratio*(b-a)
		if f(c) < f(d) {
			b = d
		} else {
			a = c
		}
	}
	return (a + b) / 2, f((a + b) / 2)
}

func problemNamed(name string) testProblem {
	i := slices.IndexFunc(testProblems, func(p testProblem) bool { return p.name == name })
	return testProblems[i]
}

func TestLeastSquaresBoundActive(t *testing.T) {
	beale := problemNamed("Beale")
	r := make([]float64, beale.m)
	// The free minimum is (3, 0.5); below x1 = 2 the minimum lies on that bound.
	want, sum := golden(func(v float64) float64 { return beale.eval(r, nil, []float64{2, v}) }, -1, 0.9)
	b := minimize.Bounds{Lo: []float64{-10, -10}, Hi: []float64{2, 0.9}}
	for _, start := range [][]float64{
		{1, 0.5}, // inside
		{2, 0},   // on the bound
		{5, 0},   // outside: projected
		{2, 0.9}, // in a corner, where the other bound has to be left
	} {
		got := leastSquares(t, beale, b, start)
		// Golden section knows x2 to the root of the rounding of f, 1e-8.
		if !got.Status.Converged() || got.X[0] != 2 || math.Abs(got.X[1]-want) > 1e-7 || got.F > sum*(1+1e-12) {
			t.Errorf("from %v: %v at %v f %.15g, want [2 %g] f %.15g", start, got.Status, got.X, got.F, want, sum)
		}
		if got.AtBound[0] != minimize.Upper || got.AtBound[1] != minimize.Interior {
			t.Errorf("sides %v", got.AtBound)
		}
		if got.Gradient[0] >= 0 {
			t.Errorf("gradient %v does not push against the bound", got.Gradient)
		}
	}
}

// A linear problem whose bounded solution is known from the optimality conditions:
// several bounds active, strong correlation, and bounds that the first steps hit but
// the solution does not.
func TestLeastSquaresBoundedLinear(t *testing.T) {
	// r = A (x - c), so grad = A^T A (x - c). With A^T A = tridiagonal-like correlated.
	const n = 6
	p := testProblem{n: n, m: n, residuals: func(r, x []complex128) {
		for i := range r {
			r[i] = 0
			for j := range x {
				r[i] += complex(1/float64(i+j+1), 0) * (x[j] - complex(float64(j-3), 0)) // Hilbert matrix
			}
		}
	}}
	b := minimize.Bounds{Lo: []float64{-1, -1, -1, -1, -1, -1}, Hi: []float64{1, 1, 1, 1, 1, 1}}
	for _, start := range [][]float64{{0, 0, 0, 0, 0, 0}, {1, 1, 1, 1, 1, 1}, {-1, 1, -1, 1, -1, 1}} {
		got := leastSquares(t, p, b, start)
		if !got.Status.Converged() {
			t.Fatal(got.Status)
		}
		active := 0
		for j, g := range got.Gradient {
			switch got.AtBound[j] {
			case minimize.Lower:
				active++
				if g < -1e-15 || got.X[j] != -1 {
					t.Errorf("x[%d] = %g at its lower bound with slope %g", j, got.X[j], g)
				}
			case minimize.Upper:
				active++
				if g > 1e-15 || got.X[j] != 1 {
					t.Errorf("x[%d] = %g at its upper bound with slope %g", j, got.X[j], g)
				}
			default:
				if math.Abs(g) > 1e-14 {
					t.Errorf("x[%d] = %g has slope %g", j, got.X[j], g)
				}
			}
		}
		if active == 0 {
			t.Error("no bound active")
		}
		if got.Iterations > 5 {
			t.Errorf("%d iterations for a linear problem", got.Iterations)
		}
	}
}

// A start on a bound whose gradient points outward at first: the parameter has to
// leave the bound later.
func TestLeastSquaresLeavesBound(t *testing.T) {
	p := problemNamed("Rosenbrock")
	b := minimize.Bounds{Lo: []float64{-1.5, -0.5}}
	// At (0.9, -0.5) the slope in x2 is negative, at (-0.1, -0.5) positive.
	for _, start := range [][]float64{{-1.5, -0.5}, {-0.1, -0.5}, {0.9, -0.5}} {
		got := leastSquares(t, p, b, start)
		if !got.Status.Converged() || math.Abs(got.X[0]-1) > 1e-9 || math.Abs(got.X[1]-1) > 1e-9 {
			t.Errorf("from %v: %v at %v", start, got.Status, got.X)
		}
	}
}

func TestLeastSquaresFixedParameters(t *testing.T) {
	p := problemNamed("Beale")
	got := leastSquares(t, p, minimize.Bounds{Lo: []float64{2, -inf}, Hi: []float64{2, inf}}, []float64{7, 0})
	r := make([]float64, p.m)
	want, _ := golden(func(v float64) float64 { return p.eval(r, nil, []float64{2, v}) }, -1, 0.9)
	if got.X[0] != 2 || math.Abs(got.X[1]-want) > 1e-7 || !got.Status.Converged() {
		t.Errorf("%v at %v, want [2 %g]", got.Status, got.X, want)
	}
	got = leastSquares(t, p, minimize.Bounds{Lo: []float64{2, 0}, Hi: []float64{2, 0}}, []float64{7, 0})
	if got.Status != minimize.ConvergedGradient || got.Iterations != 0 {
		t.Errorf("all fixed: %v after %d iterations", got.Status, got.Iterations)
	}
	empty := minimize.Residuals{Linearize: func(ctx context.Context, r, jac, x []float64) (float64, error) { return 3, nil }}
	if got := (minimize.LeastSquares{}).Minimize(context.Background(), empty, minimize.Bounds{}, nil); got.F != 3 || !got.Status.Converged() {
		t.Errorf("no parameters: %v, f = %g", got.Status, got.F)
	}
}

// Beyond a wall that is not a bound the objective is NaN, or an error.
func TestLeastSquaresInfeasibleRegion(t *testing.T) {
	wall := errors.New("cannot integrate")
	for _, kind := range []string{"nan", "error"} {
		p := problemNamed("Rosenbrock")
		problem := p.leastSquares()
		value := problem.Value
		problem.Value = func(ctx context.Context, x []float64) (float64, error) {
			if x[1] < -0.5 {
				if kind == "error" {
					return 0, wall
				}
				return math.NaN(), nil
			}
			return value(ctx, x)
		}
		got := minimize.LeastSquares{}.Minimize(context.Background(), problem, minimize.Bounds{}, p.start)
		if !got.Status.Converged() || math.Abs(got.X[0]-1) > 1e-9 {
			t.Errorf("%v at %v", got.Status, got.X)
		}
		if got.Failures == 0 {
			t.Error("no failure counted")
		}
		var notFinite *minimize.NotFiniteError
		if kind == "error" && got.LastFailure != wall || kind == "nan" && !errors.As(got.LastFailure, &notFinite) {
			t.Errorf("last failure %v", got.LastFailure)
		}
	}
}

// Where the minimum lies behind the wall there is no convergence to report.
func TestLeastSquaresStallsAtWall(t *testing.T) {
	p := problemNamed("Rosenbrock")
	problem := p.leastSquares()
	value := problem.Value
	problem.Value = func(ctx context.Context, x []float64) (float64, error) {
		if x[0] > 0.5 {
			return math.NaN(), nil
		}
		return value(ctx, x)
	}
	got := minimize.LeastSquares{}.Minimize(context.Background(), problem, minimize.Bounds{}, p.start)
	if got.Status != minimize.Stalled || got.Status.Converged() {
		t.Errorf("%v at %v", got.Status, got.X)
	}
	if got.X[0] > 0.5 || got.PredictedDecrease < 1e-3 {
		t.Errorf("at %v, promised %g", got.X, got.PredictedDecrease)
	}
}

// A Jacobian that fails at a point whose value was fine is a rejected step too.
func TestLeastSquaresFailingJacobian(t *testing.T) {
	p := problemNamed("Rosenbrock")
	problem := p.leastSquares()
	linearize := problem.Linearize
	problem.Linearize = func(ctx context.Context, r, jac, x []float64) (float64, error) {
		f, err := linearize(ctx, r, jac, x)
		if math.Float64bits(x[0])%5 == 0 && x[0] != p.start[0] { // at a fifth of all points
			jac[1] = inf
		}
		return f, err
	}
	got := minimize.LeastSquares{}.Minimize(context.Background(), problem, minimize.Bounds{}, p.start)
	if !got.Status.Converged() || math.Abs(got.X[0]-1) > 1e-9 || got.Failures == 0 {
		t.Errorf("%v at %v, %d failures", got.Status, got.X, got.Failures)
	}
}

func TestLeastSquaresInfeasibleStart(t *testing.T) {
	cause := errors.New("no solution")
	problem := minimize.Residuals{Dim: 2, Rows: 2, Linearize: func(ctx context.Context, r, jac, x []float64) (float64, error) {
		return 0, cause
	}}
	got := minimize.LeastSquares{}.Minimize(context.Background(), problem, minimize.Bounds{}, []float64{1, 2})
	if got.Status != minimize.InfeasibleStart || got.LastFailure != cause || !math.IsInf(got.F, 1) || !slices.Equal(got.X, []float64{1, 2}) {
	}
}

// A parameter without influence, and two that enter only as their product.
func TestLeastSquaresFlat(t *testing.T) {
	p := testProblem{n: 4, m: 8, residuals: func(r, x []complex128) {
		for i := range r {
			t := complex(float64(i), 0)
			r[i] = x[0]*x[1] + x[2]*t - complex(6+0.5*float64(i)+math.Sin(float64(i)), 0)
		}
	}}
	got := leastSquares(t, p, minimize.Bounds{}, []float64{1, 1, 0, 42})
	// The straight line through 6 + t/2 + sin t, t = 0..7, by its textbook formula.
	var sx, sy, sxx, sxy float64
	for i := range 8 {
		x, y := float64(i), 6+0.5*float64(i)+math.Sin(float64(i))
		sx, sy, sxx, sxy = sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	slope := (8*sxy - sx*sy) / (8*sxx - sx*sx)
	level := (sy - slope*sx) / 8
	if got.PredictedDecrease > 1 || !got.Status.Converged() || math.Abs(got.X[0]*got.X[1]-level) > 1e-8 || math.Abs(got.X[2]-slope) > 1e-8 || got.X[3] != 42 {
		t.Errorf("%v at %v, want product %g, slope %g", got.Status, got.X, level, slope)
	}
	if got.Iterations > 20 {
		t.Errorf("%d iterations", got.Iterations)
	}
}

// With a Jacobian of limited accuracy, as integration gives, the flat direction of a
// product is flat only to that accuracy. RankTol says so.
func TestLeastSquaresFlatToAccuracy(t *testing.T) {
	const noise = 1e-8
	p := testProblem{n: 3, m: 8, residuals: func(r, x []complex128) {
		for i := range r {
			t := complex(float64(i), 0)
			r[i] = x[0]*x[1]*cmplx.Exp(-x[2]*t) - complex(3*math.Exp(-0.4*float64(i))+0.1*math.Sin(float64(i)), 0)
		}
	}}
	reduced := testProblem{n: 2, m: 8, residuals: func(r, x []complex128) {
		p.residuals(r, []complex128{x[0], 1, x[1]})
	}}
	want := leastSquares(t, reduced, minimize.Bounds{}, []float64{1, 1})
	problem := p.leastSquares()
	problem.Linearize = func(ctx context.Context, r, jac, x []float64) (float64, error) {
		f := p.eval(r, jac, x)
		for i := range jac {
			jac[i] *= 1 + noise*chatter(x[0]+x[2], i)
		}
		return f, nil
	}
	got := minimize.LeastSquares{RankTol: 1e-6, ObjectiveNoise: 1e-14}.Minimize(context.Background(), problem, minimize.Bounds{}, []float64{1, 2, 1})
	// The gradient is wrong by 1e-8 |J| |r| = 1e-8 * 2 * 0.2, the minimum by about that.
	if !got.Status.Converged() || math.Abs(got.X[0]*got.X[1]-want.X[0]) > 1e-7 || math.Abs(got.X[2]-want.X[1]) > 1e-7 {
		t.Errorf("%v at %v, want %v", got.Status, got.X, want.X)
	}
	if got.Gradients > 30 {
		t.Errorf("%d Jacobians", got.Gradients)
	}
}

// Random linear problems in random boxes, of any shape and rank: the result satisfies
// the optimality conditions, which are sufficient for a convex problem.
func TestLeastSquaresBoxedLinearProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, m := rapid.IntRange(1, 7).Draw(t, "n"), rapid.IntRange(1, 9).Draw(t, "m")
		element := rapid.Float64Range(-1, 1)
		a := make([]float64, m*n)
		for i := range a {
			if a[i] = element.Draw(t, "a"); math.Abs(a[i]) < 1e-6 {
				a[i] = 0 // a column at the edge of rounding has no right answer
			}
		}
		if n > 1 && rapid.Bool().Draw(t, "deficient") {
			for i := range m {
				a[i*n] = 2 * a[i*n+1]
			}
		}
		y, lo, hi, start := make([]float64, m), make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range y {
			y[i] = 3 * element.Draw(t, "y")
		}
		for j := range lo {
			lo[j] = element.Draw(t, "lo")
			hi[j] = lo[j] + rapid.SampledFrom([]float64{0, 0.1, 1, inf}).Draw(t, "width")
			start[j] = lo[j]
		}
		problem := minimize.Residuals{Dim: n, Rows: m, Linearize: func(ctx context.Context, r, jac, x []float64) (float64, error) {
			copy(jac, a)
			sum := 0.0
			for i := range r {
				r[i] = -y[i]
				for j, v := range x {
					r[i] += a[i*n+j] * v
				}
				sum += r[i] * r[i]
			}
			return sum / 2, nil
		}}
		b := minimize.Bounds{Lo: lo, Hi: hi}
		got := minimize.LeastSquares{}.Minimize(context.Background(), problem, b, start)
		if !got.Status.Converged() {
			t.Fatalf("%v: %+v", got.Status, got)
		}
		// Values are of order 1 to 10; columns that are nearly dependent stretch x and the rounding of J^T r.
		size := 1.0
		for _, v := range got.X {
			size = math.Max(size, math.Abs(v))
		}
		for j, g := range got.Gradient {
			x := got.X[j]
			if x < lo[j] || x > hi[j] {
				t.Fatalf("x[%d] = %g outside [%g, %g]", j, x, lo[j], hi[j])
			}
			tol := 1e-7 * size
			if x > lo[j] && g > tol || x < hi[j] && g < -tol {
				t.Fatalf("x[%d] = %g in [%g, %g] has slope %g; %v after %d", j, x, lo[j], hi[j], g, got.Status, got.Iterations)
			}
		}
	})
}

// normalSample is the negative log-likelihood of a straight line with unknown noise
// sd exp(x[2]), whose pseudo-residuals are such that J^T J is the expected
// information: for each datum one row (prediction - y)/sd and one row for ln sd.
// f is not |r|^2/2.
func normalSample() (minimize.Residuals, []float64, float64) {
	y := []float64{1.1, 1.4, 2.2, 2.3, 3.4, 3.1, 4.2, 4.4}
	n := len(y)
	problem := minimize.Residuals{Dim: 3, Rows: 2 * n, Linearize: func(ctx context.Context, r, jac, x []float64) (float64, error) {
		sd := math.Exp(x[2])
		f := 0.0
		for i, v := range y {
			z := (x[0] + x[1]*float64(i) - v) / sd
			f += 0.5*math.Log(2*math.Pi) + x[2] + z*z/2
			copy(jac[6*i:], []float64{1 / sd, float64(i) / sd, 0, 0, 0, math.Sqrt2})
			r[2*i], r[2*i+1] = z, (1-z*z)/math.Sqrt2
		}
		return f, nil
	}}
	var sx, sy, sxx, sxy, ss float64
	for i, v := range y {
		t := float64(i)
		sx, sy, sxx, sxy = sx+t, sy+v, sxx+t*t, sxy+t*v
	}
	slope := (float64(n)*sxy - sx*sy) / (float64(n)*sxx - sx*sx)
	level := (sy - slope*sx) / float64(n)
	for i, v := range y {
		e := v - level - slope*float64(i)
		ss += e * e
	}
	variance := ss / float64(n)
	f := float64(n) / 2 * (math.Log(2*math.Pi*variance) + 1)
	return problem, []float64{level, slope, math.Log(variance) / 2}, f
}

func TestLeastSquaresNoiseScale(t *testing.T) {
	problem, want, f := normalSample()
	// The start of the noise may be off by many decades in either direction.
	for _, logSD := range []float64{0, math.Log(1e-6), math.Log(1e-9), math.Log(1e6)} {
		for _, b := range []minimize.Bounds{{}, {Lo: []float64{-inf, -inf, -25}, Hi: []float64{inf, inf, 25}}} {
			got := minimize.LeastSquares{}.Minimize(context.Background(), problem, b, []float64{0, 0, logSD})
			if !got.Status.Converged() || math.Abs(got.F-f) > 1e-12*math.Abs(f) {
				t.Errorf("ln sd = %g: %v after %d iterations, f = %.15g, want %.15g at %v", logSD, got.Status, got.Iterations, got.F, f, want)
				continue
			}
			for j := range want {
				if math.Abs(got.X[j]-want[j]) > 1e-7 {
					t.Errorf("ln sd = %g: x[%d] = %.10g, want %.10g", logSD, j, got.X[j], want[j])
				}
			}
			if got.Iterations > 80 {
				t.Errorf("ln sd = %g: %d iterations", logSD, got.Iterations)
			}
		}
	}
}

// chatter is a deterministic pseudo-random number in [-1, 1] that changes with
// every bit of v, as the error of an adaptive solver does.
func chatter(v float64, salt int) float64 {
	h := math.Float64bits(v) ^ uint64(salt)*0x9e3779b97f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return float64(int64(h^h>>31)) / (1 << 63)
}

// With errors of 1e-7 in the residuals the search ends at the minimum to that
// precision, and says so only where the noise was stated.
func TestLeastSquaresNoisyObjective(t *testing.T) {
	const noise = 1e-7
	p := problemNamed("Kowalik-Osborne")
	exact := leastSquares(t, p, minimize.Bounds{}, p.start)
	problem := minimize.Residuals{
		Dim: p.n, Rows: p.m,
		Linearize: func(ctx context.Context, r, jac, x []float64) (float64, error) {
			p.eval(r, jac, x)
			sum := 0.0
			for i := range r {
				r[i] += noise * chatter(x[0]+x[2], i)
				sum += r[i] * r[i]
				for j := range x {
					jac[i*p.n+j] *= 1 + noise*chatter(x[1], i*p.n+j)
				}
			}
			return sum / 2, nil
		},
		Value: func(ctx context.Context, x []float64) (float64, error) {
			r := make([]float64, p.m)
			p.eval(r, nil, x)
			sum := 0.0
			for i := range r {
				r[i] += noise * chatter(x[3], i+100)
				sum += r[i] * r[i]
			}
			return sum / 2, nil
		},
	}
	// f changes by |r| noise, 1.7e-2 * 1e-7 * some.
	method := minimize.LeastSquares{ObjectiveNoise: 1e-8}
	got := method.Minimize(context.Background(), problem, minimize.Bounds{}, p.start)
	if !got.Status.Converged() {
		t.Errorf("%v with the noise stated", got.Status)
	}
	for j := range got.X {
		// d x = (J^T J)^-1 J^T noise ~ sd * noise / residual sd, sd of at most the size of x.
		if math.Abs(got.X[j]/exact.X[j]-1) > 100*noise/6e-3 {
			t.Errorf("x[%d] = %g, want %g", j, got.X[j], exact.X[j])
		}
	}
	if got.Gradients > 40 {
		t.Errorf("%d Jacobians", got.Gradients)
	}
}

// A wrong gradient must not pass for convergence.
func TestLeastSquaresWrongGradient(t *testing.T) {
	p := problemNamed("Kowalik-Osborne")
	problem := p.leastSquares()
	linearize := problem.Linearize
	problem.Linearize = func(ctx context.Context, r, jac, x []float64) (float64, error) {
		f, err := linearize(ctx, r, jac, x)
		for i := range jac {
			jac[i] = -jac[i]
		}
		return f, err
	}
	got := minimize.LeastSquares{}.Minimize(context.Background(), problem, minimize.Bounds{}, p.start)
	if got.Status != minimize.Stalled {
		t.Errorf("%v", got.Status)
	}
}

func TestLeastSquaresCancelled(t *testing.T) {
	p := problemNamed("Meyer")
	for _, after := range []int{0, 1, 20} {
		ctx, cancel := context.WithCancel(context.Background())
		problem := p.leastSquares()
		value := problem.Value
		calls := 0
		problem.Value = func(c context.Context, x []float64) (float64, error) {
			calls++
			if calls == after {
				cancel()
			}
			return value(c, x)
		}
		if after == 0 {
			cancel()
		}
		got := minimize.LeastSquares{}.Minimize(ctx, problem, minimize.Bounds{}, p.start)
		if got.Status != minimize.Cancelled || got.Failures != 0 {
			t.Errorf("after %d: %v, %d failures", after, got.Status, got.Failures)
		}
		if after == 20 {
			first := p.eval(make([]float64, p.m), nil, p.start)
			if f := p.eval(make([]float64, p.m), nil, got.X); f != got.F || !(f < first) {
				t.Errorf("f = %g at x, %g told, %g at the start", f, got.F, first)
			}
		}
		cancel()
	}
}

func TestLeastSquaresProgressAndLimit(t *testing.T) {
	p := problemNamed("Meyer")
	var seen []int
	last := inf
	method := minimize.LeastSquares{MaxIterations: 7, Progress: func(s minimize.Progress) {
		seen = append(seen, s.Iteration)
		if s.F > last {
			t.Errorf("f rose from %g to %g", last, s.F)
		}
		last = s.F
	}}
	got := method.Minimize(context.Background(), p.leastSquares(), minimize.Bounds{}, p.start)
	if got.Status != minimize.MaxIterations || got.Iterations != 7 || !slices.Equal(seen, []int{1, 2, 3, 4, 5, 6, 7}) {
		t.Errorf("%v after %d iterations, progress %v", got.Status, got.Iterations, seen)
	}
}

// Without Value the same minimum is found with Jacobians alone.
func TestLeastSquaresWithoutValue(t *testing.T) {
	p := problemNamed("Osborne 1")
	problem := p.leastSquares()
	problem.Value = nil
	got := minimize.LeastSquares{}.Minimize(context.Background(), problem, minimize.Bounds{}, p.start)
	if !got.Status.Converged() || math.Abs(2*got.F/p.sum-1) > 5e-6 || got.Evaluations != 0 {
		t.Errorf("%v: %g with %d values", got.Status, 2*got.F, got.Evaluations)
	}
}

func TestLeastSquaresAllocations(t *testing.T) {
	// Exponential data, hand-written derivatives, a start so far that 60 iterations
	// do not end the search; bounds keep the active set busy.
	const m = 40
	problem := minimize.Residuals{Dim: 3, Rows: m, Linearize: func(ctx context.Context, r, jac, x []float64) (float64, error) {
		sum := 0.0
		for i := range m {
			t := 45 + 2*float64(i)
			e := math.Exp(x[1] / (t + x[2]))
			r[i] = x[0]*e - 0.0056*math.Exp(6181/(t+345)) - 10*math.Sin(t)
			jac[3*i], jac[3*i+1], jac[3*i+2] = e, x[0]*e/(t+x[2]), -x[0]*e*x[1]/(t+x[2])/(t+x[2])
			sum += r[i] * r[i]
		}
		return sum / 2, nil
	}}
	b := minimize.Bounds{Lo: []float64{0, 0, 250}, Hi: []float64{inf, inf, 500}}
	start := []float64{0.02, 4000, 250}
	count := func(iterations int) float64 {
		return testing.AllocsPerRun(5, func() {
			got := minimize.LeastSquares{MaxIterations: iterations}.Minimize(context.Background(), problem, b, start)
			if got.Iterations != iterations {
				t.Fatalf("%v after %d iterations, not %d", got.Status, got.Iterations, iterations)
			}
		})
	}
	if a, b := count(5), count(60); a != b {
		t.Errorf("%g allocations in 5 iterations, %g in 60", a, b)
	}
}

func TestLeastSquaresPanics(t *testing.T) {
	p := problemNamed("Beale")
	for name, call := range map[string]func(){
		"start":  func() { leastSquares(t, p, minimize.Bounds{}, []float64{1}) },
		"bounds": func() { leastSquares(t, p, minimize.Bounds{Lo: []float64{1}}, p.start) },
		"order":  func() { leastSquares(t, p, minimize.Bounds{Lo: []float64{1, 1}, Hi: []float64{0, 2}}, p.start) },
		"none": func() {
			minimize.LeastSquares{}.Minimize(context.Background(), minimize.Residuals{Dim: 1}, minimize.Bounds{}, []float64{0})
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			call()
		}()
	}
}

// A search that is interrupted after every third iteration ends as one that is not.
func TestLeastSquaresContinued(t *testing.T) {
	for _, p := range testProblems {
		m := minimize.LeastSquares{MaxIterations: 200}
		want := m.Minimize(t.Context(), p.leastSquares(), minimize.Bounds{}, p.start)
		s := m.Start(p.leastSquares(), minimize.Bounds{}, p.start)
		var got minimize.Result
		for n := 0; n == 0 || s.Open(); n += 3 {
			got = s.Continue(t.Context(), p.leastSquares(), n)
			if got.Iterations > n {
				t.Fatalf("%s: %d iterations, of %d allowed", p.name, got.Iterations, n)
			}
		}
		if got.F != want.F || got.Status != want.Status || got.Iterations != want.Iterations || !slices.Equal(got.X, want.X) ||
			got.Evaluations != want.Evaluations || got.Gradients != want.Gradients {
			t.Errorf("%s: %+v, uninterrupted %+v", p.name, got, want)
		}
	}
}
