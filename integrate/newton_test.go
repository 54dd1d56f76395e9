package integrate_test

import (
	"errors"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// tally is a linear solver of a user: it eliminates without any pattern and counts.
type tally struct {
	n              int
	a              []float64
	setups, solves int
	fail           error
}

func (s *tally) Setup(w *integrate.Matrix, n int) error {
	s.setups++
	s.n, s.a = n, make([]float64, n*n)
	if w.Pattern == nil {
		copy(s.a, w.Values)
	} else {
		for j := range n {
			for k := w.Pattern.Start[j]; k < w.Pattern.Start[j+1]; k++ {
				s.a[w.Pattern.Row[k]*n+j] = w.Values[k]
			}
		}
	}
	clear(w.Values) // it may
	return s.fail
}

func (s *tally) Solve(b []float64) error {
	s.solves++
	return gauss(slices.Clone(s.a), b, s.n)
}

func (s *tally) SolveTransposed(b []float64) error {
	t := make([]float64, s.n*s.n)
	for i := range s.n {
		for j := range s.n {
			t[j*s.n+i] = s.a[i*s.n+j]
		}
	}
	return gauss(t, b, s.n)
}

func gauss(a, b []float64, n int) error {
	for k := range n {
		p := k
		for i := k; i < n; i++ {
			if math.Abs(a[i*n+k]) > math.Abs(a[p*n+k]) {
				p = i
			}
		}
		for j := range n {
			a[k*n+j], a[p*n+j] = a[p*n+j], a[k*n+j]
		}
		b[k], b[p] = b[p], b[k]
		if a[k*n+k] == 0 {
			return errors.New("singular")
		}
		for i := k + 1; i < n; i++ {
			l := a[i*n+k] / a[k*n+k]
			if l == 0 {
				continue
			}
			for j := k; j < n; j++ {
				a[i*n+j] -= l * a[k*n+j]
			}
			b[i] -= l * b[k]
		}
	}
	for i := n - 1; i >= 0; i-- {
		for j := i + 1; j < n; j++ {
			b[i] -= a[i*n+j] * b[j]
		}
		b[i] /= a[i*n+i]
	}
	return nil
}

// linear is M y' = A y with an entry of A for each of a pattern, and ways to state it.
type linear struct {
	n       int
	pattern *integrate.Pattern
	values  []float64
	a       []float64 // row-major
}

func newLinear(pattern *integrate.Pattern, rng *rand.Rand) linear {
	l := linear{n: pattern.N, pattern: pattern, a: make([]float64, pattern.N*pattern.N)}
	for j := range l.n {
		for k := pattern.Start[j]; k < pattern.Start[j+1]; k++ {
			v := rng.NormFloat64()
			l.values = append(l.values, v)
			l.a[pattern.Row[k]*l.n+j] = v
		}
	}
	return l
}

func (l linear) multiply(dst, x []float64, transposed bool) {
	for i := range l.n {
		dst[i] = 0
		for j := range l.n {
			if transposed {
				dst[i] += l.a[j*l.n+i] * x[j]
			} else {
				dst[i] += l.a[i*l.n+j] * x[j]
			}
		}
	}
}

func (l linear) problem() integrate.Problem[[]float64] {
	y := make([]float64, l.n)
	for i := range y {
		y[i] = 1 + float64(i%5)
	}
	return integrate.Problem[[]float64]{Y0: y, F: func(d []float64, _ float64, y []float64) error {
		l.multiply(d, y, false)
		return nil
	}}
}

// scattered is a pattern whose band is wide and whose factors are not.
func scattered(n int) *integrate.Pattern {
	var rows, cols []int
	for i := range n {
		rows, cols = append(rows, i, i, (7*i+3)%n), append(cols, i, (i+1)%n, i)
	}
	return integrate.Entries(n, rows, cols)
}

// All solvers, with and without mass matrices, solve M - g A, its transpose and complex
// ones, for matrices that are given and for differences.
func TestNewtonSolvers(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for shape, pattern := range map[string]*integrate.Pattern{
		"small": integrate.Banded(3, 2, 2), "band": integrate.Banded(40, 2, 1), "scattered": scattered(60),
	} {
		l := newLinear(pattern, rng)
		n := l.n
		band := integrate.Banded(n, 1, 0)
		sparse := &integrate.Matrix{Pattern: band, Values: make([]float64, band.Len())}
		full := &integrate.Matrix{Values: make([]float64, n*n)}
		for j := range n {
			for k := band.Start[j]; k < band.Start[j+1]; k++ {
				v := 0.3
				if band.Row[k] == j {
					v = 2
				}
				sparse.Values[k], full.Values[band.Row[k]*n+j] = v, v
			}
		}
		for massName, mass := range map[string]*integrate.Matrix{"identity": nil, "sparse": sparse, "dense": full} {
			plain := l.problem()
			plain.Mass = mass
			patterned := plain
			patterned.Pattern = pattern
			given := patterned
			given.Jacobian = func(jac []float64, _ float64, _ []float64) error { copy(jac, l.values); return nil }
			givenFull := plain
			givenFull.Jacobian = func(jac []float64, _ float64, _ []float64) error { copy(jac, l.a); return nil }
			own, ownFull := given, givenFull
			own.Linear = func() integrate.LinearSolver { return &tally{} }
			ownFull.Linear = own.Linear
			product := plain
			jvp := func(out []float64, _ float64, _, v []float64) error { l.multiply(out, v, false); return nil }
			vjp := func(out []float64, _ float64, _, v []float64) error { l.multiply(out, v, true); return nil }
			product.Krylov = &integrate.Krylov[[]float64]{JVP: jvp, VJP: vjp, Tolerance: 1e-13, Restart: 2 * n}
			differences := plain
			differences.Krylov = &integrate.Krylov[[]float64]{VJP: vjp, Tolerance: 1e-7, Restart: 2 * n}
			for name, c := range map[string]struct {
				p   integrate.Problem[[]float64]
				tol float64 // of differences: sqrt(eps) in the Jacobian; of matrices: n eps and growth
			}{
				"plain": {plain, 1e-6}, "patterned": {patterned, 1e-6}, "given": {given, 1e-11}, "given full": {givenFull, 1e-11},
				"own": {own, 1e-11}, "own full": {ownFull, 1e-11}, "product": {product, 1e-10}, "differences": {differences, 1e-5},
			} {
				t.Run(shape+"/"+massName+"/"+name, func(t *testing.T) { checkNewton(t, l, c.p, full, c.tol, rng) })
			}
		}
	}
}

// checkNewton compares residuals with tol.
func checkNewton(t *testing.T, l linear, p integrate.Problem[[]float64], full *integrate.Matrix, tol float64, rng *rand.Rand) {
	n := l.n
	p.Space = space.Floats{}
	var stats integrate.Stats
	newton, err := integrate.NewNewton(&p, &stats)
	if err != nil {
		t.Fatal(err)
	}
	mass := func(x []float64, transposed bool) []float64 {
		dst := slices.Clone(x)
		switch {
		case p.Mass == nil:
		case transposed:
			full.MulTransposed(dst, x)
		default:
			full.MulVec(dst, x)
		}
		return dst
	}
	residual := func(x, b []float64, g float64, transposed bool) float64 {
		ax, worst := make([]float64, n), 0.
		l.multiply(ax, x, transposed)
		for i, m := range mass(x, transposed) {
			worst = max(worst, math.Abs(m-g*ax[i]-b[i]))
		}
		return worst / (1 + size(x))
	}
	b, im := make([]float64, n), make([]float64, n)
	for i := range b {
		b[i], im[i] = rng.NormFloat64(), rng.NormFloat64()
	}
	for range 2 { // the second time with old patterns and pivots
		if err := newton.Linearize(0, p.Y0); err != nil {
			t.Fatal(err)
		}
		for _, g := range []float64{0.05, -0.2} {
			if err := newton.Factor(g); err != nil {
				t.Fatal(err)
			}
			x := slices.Clone(b)
			if err := newton.Solve(x); err != nil || residual(x, b, g, false) > tol {
				t.Errorf("g = %v: residual %.2g, %v", g, residual(x, b, g, false), err)
			}
			x = slices.Clone(b)
			if err := newton.SolveTransposed(x); err != nil || residual(x, b, g, true) > tol {
				t.Errorf("g = %v: residual %.2g of the transposed system, %v", g, residual(x, b, g, true), err)
			}
		}
		for which, g := range []complex128{0.1 + 0.07i, -0.02 + 0.2i} {
			if err := newton.FactorComplex(which, g); err != nil {
				t.Fatal(err)
			}
		}
		for which, g := range []complex128{0.1 + 0.07i, -0.02 + 0.2i} {
			for transposed, solve := range map[bool]func(int, []float64, []float64) error{
				false: newton.SolveComplex, true: newton.SolveComplexTransposed,
			} {
				x, y := slices.Clone(b), slices.Clone(im)
				if err := solve(which, x, y); err != nil {
					t.Fatal(err)
				}
				ax, ay := make([]float64, n), make([]float64, n)
				l.multiply(ax, x, transposed)
				l.multiply(ay, y, transposed)
				mx, my := mass(x, transposed), mass(y, transposed)
				worst := 0.
				for i := range n {
					worst = max(worst, cmplx.Abs(complex(mx[i], my[i])-g*complex(ax[i], ay[i])-complex(b[i], im[i])))
				}
				if worst > tol*(1+size(x)+size(y)) {
					t.Errorf("g = %v, transposed %v: residual %.2g", g, transposed, worst)
				}
			}
		}
	}
	dst := make([]float64, n)
	if newton.MultiplyMass(dst, b); slices.ContainsFunc(mass(b, false), func(v float64) bool { return !slices.Contains(dst, v) }) {
		t.Error("MultiplyMass is not M x")
	}
	if err := newton.Factor(math.NaN()); err == nil {
		t.Error("NaN was factored")
	}
}

func size(x []float64) (most float64) {
	for _, v := range x {
		most = max(most, math.Abs(v))
	}
	return most
}

// Differences are good to half the digits or better in every column that f lets
// see, whatever the scales, and at zero components.
func TestDifferences(t *testing.T) {
	// f_0 = a y0^2 + y1 ; f_1 = 1 + b y2 ; f_2 = y0 y1 y2 ; f_3 = sqrt(1 - y3^2) at y3 = 1
	// minus a little: the domain ends within a forward increment.
	const a, b = 1e14, 0.1
	y := []float64{1e-9, 1, 0, 1 - 1e-12}
	p := integrate.Problem[[]float64]{Y0: y, Space: space.Floats{}, F: func(d []float64, _ float64, y []float64) error {
		d[0], d[1], d[2] = a*y[0]*y[0]+y[1], 1+b*y[2], y[0]*y[1]*y[2]
		d[3] = math.Sqrt(1 - y[3]*y[3])
		return nil
	}}
	var stats integrate.Stats
	newton, err := integrate.NewNewton(&p, &stats)
	if err != nil {
		t.Fatal(err)
	}
	if err := newton.Linearize(0, y); err != nil {
		t.Fatal(err)
	}
	// The columns come out of (I - g J)^-1 by solving: read J off as (I - W)/g.
	if err := newton.Factor(1e-3); err != nil {
		t.Fatal(err)
	}
	want := [][]float64{{2 * a * y[0], 1, 0}, {0, 0, b}, {0, 0, y[0] * y[1]}}
	for j := range 3 {
		// W w_j = e_j has the solution that the exact J gives, to the error of J times g.
		x := make([]float64, 4)
		for i := range 3 {
			x[i] = -1e-3 * want[i][j]
		}
		x[j]++
		if err := newton.Solve(x); err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			e := 0.
			if i == j {
				e = 1
			}
			// The increment of y0 is 1.5e-17, over which f_0 = 1 changes by 3e-12 with a
			// rounding error of 1e-16 or two: four digits. Those of the others change f
			// more.
			if math.Abs(x[i]-e) > 2e-4 {
				t.Errorf("column %d, row %d: off by %.2g", j, i, x[i]-e)
			}
		}
	}
}

// A pattern needs one evaluation for each group of columns.
func TestColouredDifferences(t *testing.T) {
	p := brusselator(50, 1)
	p.Space = space.Floats{}
	var stats integrate.Stats
	newton, err := integrate.NewNewton(&p, &stats)
	if err != nil {
		t.Fatal(err)
	}
	if err := newton.Linearize(0, p.Y0); err != nil {
		t.Fatal(err)
	}
	if stats.RHS != 6 {
		t.Errorf("%d evaluations for a band of 5 diagonals, want 6", stats.RHS)
	}
}

func TestDetectPattern(t *testing.T) {
	p := brusselator(12, 1)
	got, err := integrate.DetectPattern(p)
	if err != nil {
		t.Fatal(err)
	}
	// The concentrations of a cell act on each other, those of neighbours on their own.
	var rows, cols []int
	for i := range 24 {
		for _, j := range []int{i - 2, i, i ^ 1, i + 2} {
			if j >= 0 && j < 24 {
				rows, cols = append(rows, i), append(cols, j)
			}
		}
	}
	if !got.Equal(integrate.Entries(24, rows, cols)) {
		t.Errorf("found %v", got.Row)
	}
	// A right-hand side that refuses NaN is seen by its changes.
	f := p.F
	p.F = func(d []float64, t float64, y []float64) error {
		if slices.ContainsFunc(y, func(v float64) bool { return v != v }) {
			return errors.New("NaN")
		}
		return f(d, t, y)
	}
	if again, err := integrate.DetectPattern(p); err != nil || !again.Equal(got) {
		t.Errorf("refusing NaN: %v", err)
	}
	p.F = func(d []float64, t float64, y []float64) error { d[0] = math.Inf(1); return nil }
	if _, err := integrate.DetectPattern(p); !errors.Is(err, integrate.ErrNonFinite) {
		t.Errorf("infinite: %v", err)
	}
}

// A solver of a user sees one Setup for each factorisation, and its errors are told.
func TestOwnLinearSolver(t *testing.T) {
	p := brusselator(5, 1)
	var made []*tally
	p.Linear = func() integrate.LinearSolver {
		made = append(made, &tally{})
		return made[len(made)-1]
	}
	sol, err := integrate.Solve(background, p, integrate.Rodas5P{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(made) != 1 || made[0].setups != sol.Stats.Factorizations || made[0].solves < 8*sol.Stats.Steps {
		t.Errorf("%d solvers, %+v for %+v", len(made), made[0].setups, sol.Stats)
	}
	mine := errors.New("out of cheese")
	p.Linear = func() integrate.LinearSolver { return &tally{fail: mine} }
	if _, err := integrate.Solve(background, p, integrate.Rodas5P{}, nil); !errors.Is(err, mine) || !errors.Is(err, integrate.ErrNewton) {
		t.Errorf("%v", err)
	}
}

// What GMRES cannot solve is an error of the step, and a transposed system needs VJP.
func TestKrylovFailures(t *testing.T) {
	p := brusselator(40, 1)
	p.Krylov = &integrate.Krylov[[]float64]{JVP: func(out []float64, _ float64, _, _ []float64) error {
		out[3] = math.NaN()
		return nil
	}}
	if _, err := integrate.Solve(background, p, integrate.BDF{}, nil); !errors.Is(err, integrate.ErrNewton) {
		t.Errorf("NaN from JVP: %v", err)
	}
	p.Space = space.Floats{}
	var stats integrate.Stats
	newton, err := integrate.NewNewton(&p, &stats)
	if err != nil {
		t.Fatal(err)
	}
	if err := newton.SolveTransposed(slices.Clone(p.Y0)); !errors.Is(err, integrate.ErrNoTranspose) {
		t.Errorf("transposed: %v", err)
	}
}

// A preconditioner makes GMRES converge sooner, if it converges alone at all.
func TestPreconditioner(t *testing.T) {
	const n = 150
	p := brusselator(n, 0.5)
	calls := 0
	p.Krylov = &integrate.Krylov[[]float64]{Restart: 10, MaxIterations: 20, Precondition: func(r []float64, g, _ float64, _ []float64) error {
		calls++
		thomas(r, g*float64((n+1)*(n+1))/50)
		return nil
	}}
	sol, err := integrate.Solve(background, p, integrate.BDF{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if calls == 0 {
		t.Fatal("the preconditioner was not used")
	}
	direct, err := integrate.Solve(background, brusselator(n, 0.5), integrate.BDF{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	a, b := sol.Y[len(sol.Y)-1], direct.Y[len(direct.Y)-1]
	for i := range a {
		if math.Abs(a[i]-b[i]) > 1e-4 { // both have some hundred local errors of 1e-6
			t.Fatalf("component %d: %v, by elimination %v", i, a[i], b[i])
		}
	}
	p.Krylov.Precondition = nil
	alone, err := integrate.Solve(background, p, integrate.BDF{}, nil)
	if err == nil && alone.Stats.RHS < 2*sol.Stats.RHS {
		t.Errorf("without the preconditioner %+v, with it %+v", alone.Stats, sol.Stats)
	}
}

// thomas solves with I + c D for both species, D the second difference.
func thomas(r []float64, c float64) {
	n := len(r) / 2
	for s := range 2 {
		upper := make([]float64, n)
		before, value := 0., 0.
		for i := range n {
			d := 1 + 2*c + c*before
			before = -c / d
			value = (r[2*i+s] + c*value) / d
			upper[i], r[2*i+s] = before, value
		}
		for i := n - 2; i >= 0; i-- {
			r[2*i+s] -= upper[i] * r[2*i+2+s]
		}
	}
}
