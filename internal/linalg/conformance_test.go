package linalg

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// factors is what every direct solver does.
type factors[T Number] interface {
	setup(a []T, n int) error // a: row-major
	Solve(b []T)
	SolveTransposed(b []T)
}

type denseReal struct{ LU }

func (f *denseReal) setup(a []float64, n int) error { return f.Factor(slices.Clone(a), n) }

type denseComplex struct{ ComplexLU }

func (f *denseComplex) setup(a []complex128, n int) error { return f.Factor(slices.Clone(a), n) }

type banded[T Number] struct{ BandedLU[T] }

func (f *banded[T]) setup(a []T, n int) error {
	p := patternOf(a, n)
	kl, ku := p.Bandwidth()
	f.Reset(n, kl, ku)
	for j := range n {
		for _, i := range p.Row[p.Start[j]:p.Start[j+1]] {
			f.Add(i, j, a[i*n+j])
		}
	}
	return f.Factor()
}

type sparse[T Number] struct {
	SparseLU[T]
	last *Pattern
}

func (f *sparse[T]) setup(a []T, n int) error {
	p := patternOf(a, n)
	if f.last == nil || !f.last.Equal(p) {
		f.Reset(p, MinimumDegree(p).Columns)
		f.last = p
	}
	return f.Factor(valuesOf(a, p))
}

func patternOf[T Number](a []T, n int) *Pattern {
	var rows, cols []int
	for i := range n {
		for j := range n {
			if a[i*n+j] != 0 {
				rows, cols = append(rows, i), append(cols, j)
			}
		}
	}
	return Entries(n, rows, cols)
}

func valuesOf[T Number](a []T, p *Pattern) []T {
	v := make([]T, p.Len())
	for j := range p.N {
		for k := p.Start[j]; k < p.Start[j+1]; k++ {
			v[k] = a[p.Row[k]*p.N+j]
		}
	}
	return v
}

func solvers[T Number]() map[string]factors[T] {
	all := map[string]factors[T]{"banded": &banded[T]{}, "sparse": &sparse[T]{}}
	var zero T
	switch any(zero).(type) {
	case float64:
		all["dense"] = any(&denseReal{}).(factors[T])
	case complex128:
		all["dense"] = any(&denseComplex{}).(factors[T])
	}
	return all
}

func number[T Number](re, im float64) T {
	var x T
	switch p := any(&x).(type) {
	case *float64:
		*p = re
	case *complex128:
		*p = complex(re, im)
	}
	return x
}

// backward returns max |b - A x| / (|A| |x|) in the maximum norm.
func backward[T Number](a, x, b []T, n int, transposed bool) float64 {
	var worst, size, most float64
	for i := range n {
		r, row := b[i], 0.0
		for j := range n {
			v := a[i*n+j]
			if transposed {
				v = a[j*n+i]
			}
			r -= v * x[j]
			row += magnitude(v)
		}
		size, worst = max(size, row), max(worst, magnitude(r))
		if r != r {
			return math.NaN()
		}
	}
	for _, v := range x {
		most = max(most, magnitude(v))
	}
	if worst == 0 {
		return 0
	}
	return worst / (size * most)
}

// reporter is what check needs of a test, rapid's too.
type reporter interface {
	Helper()
	Fatal(args ...any)
	Errorf(format string, args ...any)
}

// check solves with a and its transpose. The bound on the backward error is that of
// Gaussian elimination, c n eps times the growth of the entries; growth is what the
// pivoting at hand allows in practice: threshold pivoting 0.1 on these sizes stays
// below 100 (Golub, Van Loan, section 3.4.6).
func check[T Number](t reporter, f factors[T], a []T, n int, rng *rand.Rand) {
	t.Helper()
	if err := f.setup(a, n); err != nil {
		t.Fatal(err)
	}
	b := make([]T, n)
	for i := range b {
		b[i] = number[T](rng.NormFloat64(), rng.NormFloat64())
	}
	limit := 100 * float64(n+4) * 2.2e-16
	x := slices.Clone(b)
	if f.Solve(x); !(backward(a, x, b, n, false) <= limit) {
		t.Errorf("n = %d: backward error %.3g, want at most %.3g", n, backward(a, x, b, n, false), limit)
	}
	x = slices.Clone(b)
	if f.SolveTransposed(x); !(backward(a, x, b, n, true) <= limit) {
		t.Errorf("n = %d: backward error %.3g of the transposed system, want at most %.3g", n, backward(a, x, b, n, true), limit)
	}
}

// nasty has one matrix of each kind that elimination can stumble over.
func nasty[T Number](rng *rand.Rand, n int) map[string][]T {
	value := func() T { return number[T](rng.NormFloat64(), rng.NormFloat64()) }
	of := func(entry func(i, j int) T) []T {
		a := make([]T, n*n)
		for i := range n {
			for j := range n {
				a[i*n+j] = entry(i, j)
			}
		}
		return a
	}
	row, column := rng.Perm(n), rng.Perm(n)
	graded := make([]T, n)
	for i := range graded {
		graded[i] = number[T](math.Pow(10, 16*rng.Float64()-8), 0)
	}
	return map[string][]T{
		"random":   of(func(i, j int) T { return value() }),
		"identity": of(func(i, j int) T { return number[T](float64(b2i(i == j)), 0) }),
		"permutation": of(func(i, j int) T {
			return number[T](float64(b2i(column[i] == j)), 0)
		}),
		"tridiagonal, zero diagonal": of(func(i, j int) T {
			if i-j == 1 || j-i == 1 || i == n-1 && j == n-1 && n%2 == 1 {
				return value()
			}
			return 0
		}),
		"arrow": of(func(i, j int) T {
			if i == j || i == 0 || j == 0 {
				return value()
			}
			return 0
		}),
		"permuted band": of(func(i, j int) T {
			if d := row[i] - column[j]; d >= -2 && d <= 1 {
				return value()
			}
			return 0
		}),
		"graded rows": of(func(i, j int) T {
			if d := i - j; d >= -3 && d <= 2 {
				return graded[i] * value()
			}
			return 0
		}),
		"stiff": of(func(i, j int) T { // I - h J, h lambda up to 1e10
			switch d := i - j; {
			case d == 0:
				return 1 + number[T](2e10, 0)
			case d == 1 || d == -1:
				return number[T](-1e10, 1e3)
			}
			return 0
		}),
		"lower triangle": of(func(i, j int) T {
			if i >= j {
				return value()
			}
			return 0
		}),
		"tiny": of(func(i, j int) T { return number[T](1e-290, 0) * value() }),
		"huge": of(func(i, j int) T { return number[T](1e290, 0) * value() }),
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestConformance(t *testing.T) {
	t.Run("float64", conformance[float64])
	t.Run("complex128", conformance[complex128])
}

func conformance[T Number](t *testing.T) {
	for name, f := range solvers[T]() {
		t.Run(name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(3, 4))
			for _, n := range []int{1, 2, 3, 5, 9, 20, 60} {
				for kind, a := range nasty[T](rng, n) {
					t.Run(fmt.Sprintf("%s/%d", kind, n), func(t *testing.T) { check(t, f, a, n, rng) })
				}
			}
			if err := f.setup(nil, 0); err != nil {
				t.Errorf("an empty matrix: %v", err)
			}
			f.Solve(nil)
			f.SolveTransposed(nil)
			nan, inf := number[T](math.NaN(), 0), number[T](math.Inf(1), 0)
			for _, a := range [][]T{
				{1, 2, 2, 4}, {0, 0, 0, 0}, {0, 0, 1, 1}, {0, 1, 0, 1}, {1, 1, 0, 0},
				{nan, 0, 0, 1}, {1, nan, 0, 1}, {1, 0, nan, 1}, {1, 0, 0, nan}, {1, inf, 0, 1}, {inf, 1, 1, 1},
				{1, 0, 0, number[T](1e-320, 0)},
			} {
				if err := f.setup(a, 2); !errors.Is(err, ErrSingular) {
					t.Errorf("%v: %v, want ErrSingular", a, err)
				}
			}
			check(t, f, []T{0, 1, 2, 0}, 2, rng) // and it recovers
		})
	}
}

func TestNothingIsAllocated(t *testing.T) {
	const n = 40
	rng := rand.New(rand.NewPCG(5, 6))
	a, b := make([]float64, n*n), make([]float64, n)
	for i := range n {
		b[i] = rng.NormFloat64()
		for j := max(0, i-2); j < min(n, i+3); j++ {
			a[i*n+j] = rng.NormFloat64() + 4*float64(b2i(i == j))
		}
	}
	p := patternOf(a, n)
	values := valuesOf(a, p)
	var s SparseLU[float64]
	s.Reset(p, MinimumDegree(p).Columns)
	var band BandedLU[float64]
	var d LU
	work := make([]float64, n*n)
	var g GMRES
	once := func() {
		if err := s.Factor(values); err != nil {
			t.Fatal(err)
		}
		s.Solve(b)
		s.SolveTransposed(b)
		band.Reset(n, 2, 2)
		for j := range n {
			for k := p.Start[j]; k < p.Start[j+1]; k++ {
				band.Add(p.Row[k], j, values[k])
			}
		}
		if err := band.Factor(); err != nil {
			t.Fatal(err)
		}
		band.Solve(b)
		band.SolveTransposed(b)
		copy(work, a)
		if err := d.Factor(work, n); err != nil {
			t.Fatal(err)
		}
		d.Solve(b)
		d.SolveTransposed(b)
		m := Matrix{p, values}
		if err := g.Solve(b, func(dst, v []float64) error { m.MulVec(dst, v); return nil }, nil); err != nil {
			t.Fatal(err)
		}
		for i := range b {
			b[i] = float64(i%3) + 1
		}
	}
	once()
	if got := testing.AllocsPerRun(20, once); got > 0 {
		t.Errorf("%v allocations", got)
	}
}

// The pivots of one matrix do not serve another of the same pattern: a sparse solver
// that kept them would lose all digits.
func TestOldPivotsAreLookedAt(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	p := Full(3)
	var f SparseLU[float64]
	f.Reset(p, MinimumDegree(p).Columns)
	for _, a := range [][]float64{
		{4, 1, 1, 1, 4, 1, 1, 1, 4}, {1e-18, 1, 1, 1, 1e-18, 1, 1, 1, 1e-18}, {0, 1, 2, 1, 0, 3, 1, 1, 0}, {4, 1, 1, 1, 4, 1, 1, 1, 4},
	} {
		check(t, &preset{&f, p}, a, 3, rng)
	}
	if err := f.Factor([]float64{1, 2, 3, 1, 2, 3, 1, 1, 1}); !errors.Is(err, ErrSingular) {
		t.Errorf("two equal columns: %v", err)
	}
	check(t, &preset{&f, p}, []float64{4, 1, 1, 1, 4, 1, 1, 1, 4}, 3, rng)
}

type preset struct {
	*SparseLU[float64]
	p *Pattern
}

func (f *preset) setup(a []float64, n int) error { return f.Factor(valuesOf(a, f.p)) }

// Any pattern and any values: what a solver calls singular is, and what is not is solved
// to a small backward error. (A matrix of determinant 0 may pass: rounding can leave a
// pivot where fill would cancel exactly.)
func TestAnySparseMatrix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "n")
		a := make([]float64, n*n)
		for range rapid.IntRange(0, 3*n).Draw(t, "entries") {
			i, j := rapid.IntRange(0, n-1).Draw(t, "i"), rapid.IntRange(0, n-1).Draw(t, "j")
			a[i*n+j] = float64(rapid.IntRange(-3, 3).Draw(t, "value")) // exact cancellation is common
		}
		for i := range n {
			if rapid.Bool().Draw(t, "diagonal") {
				a[i*n+i] += 2
			}
		}
		rng := rand.New(rand.NewPCG(9, uint64(n)))
		for name, f := range solvers[float64]() {
			if err := f.setup(a, n); err != nil {
				if !errors.Is(err, ErrSingular) {
					t.Fatalf("%s: %v", name, err)
				}
				if d := determinant(a, n); math.Abs(d) > 1e-6 { // integer entries: |det| >= 1 or 0
					t.Fatalf("%s finds a matrix of determinant %g singular", name, d)
				}
				continue
			}
			if d := determinant(a, n); math.Abs(d) > 0.5 {
				check(t, f, a, n, rng)
			}
		}
	})
}

// determinant expands by Bareiss's fraction-free elimination, exact for small integers.
func determinant(a []float64, n int) float64 {
	m := slices.Clone(a)
	sign, previous := 1.0, 1.0
	for k := range n - 1 {
		p := k
		for p < n && m[p*n+k] == 0 {
			p++
		}
		if p == n {
			return 0
		}
		if p != k {
			sign = -sign
			for j := range n {
				m[p*n+j], m[k*n+j] = m[k*n+j], m[p*n+j]
			}
		}
		for i := k + 1; i < n; i++ {
			for j := k + 1; j < n; j++ {
				m[i*n+j] = (m[i*n+j]*m[k*n+k] - m[i*n+k]*m[k*n+j]) / previous
			}
		}
		previous = m[k*n+k]
	}
	return sign * m[n*n-1]
}
