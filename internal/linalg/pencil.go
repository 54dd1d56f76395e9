package linalg

// Pencil is the family of matrices M - g J that implicit methods solve with. M nil
// stands for the identity.
type Pencil struct {
	N    int
	J, M *Matrix
}

// Structure is how a pencil is stored and factored.
type Structure int

// The structures.
const (
	DenseStructure Structure = iota
	BandedStructure
	SparseStructure
)

// Pattern returns the pattern of M - g J, or nil where one of them has none.
func (p *Pencil) Pattern() *Pattern {
	if p.J.Pattern == nil || p.M != nil && p.M.Pattern == nil {
		return nil
	}
	if p.M == nil {
		return p.J.Pattern.Union(Diagonal(p.N))
	}
	return p.J.Pattern.Union(p.M.Pattern)
}

// Factored is the factorisation of one matrix of a pencil.
type Factored[T Number] struct {
	fill   assembly[T]
	room   func() []T // where the matrix is to be, all zero
	factor func() error
	solver solver[T]
}

type solver[T Number] interface {
	Solve(b []T)
	SolveTransposed(b []T)
}

// Factor factors M - g J with the values that J and M have now.
func (f *Factored[T]) Factor(g T) error {
	f.fill.into(f.room(), g)
	return f.factor()
}

// Solve overwrites b with (M - g J)^-1 b.
func (f *Factored[T]) Solve(b []T) { f.solver.Solve(b) }

// SolveTransposed overwrites b with (M - g J)^-T b.
func (f *Factored[T]) SolveTransposed(b []T) { f.solver.SolveTransposed(b) }

// Prepare makes room for the factors of matrices of p. A pencil without a pattern is
// always dense.
func Prepare[T Number](p *Pencil, s Structure) *Factored[T] {
	pattern := p.Pattern()
	switch {
	case s == BandedStructure && pattern != nil:
		return prepareBanded[T](p, pattern)
	case s == SparseStructure && pattern != nil:
		return prepareSparse[T](p, pattern)
	}
	return prepareDense[T](p)
}

func prepareDense[T Number](p *Pencil) *Factored[T] {
	n := p.N
	a := make([]T, n*n)
	f := &Factored[T]{
		fill: newAssembly[T](p, func(i, j int) int { return i*n + j }),
		room: func() []T { clear(a); return a },
	}
	var lu any
	switch a := any(a).(type) {
	case []float64:
		d := &LU{}
		lu, f.factor = d, func() error { return d.Factor(a, n) }
	case []complex128:
		d := &ComplexLU{}
		lu, f.factor = d, func() error { return d.Factor(a, n) }
	}
	f.solver = lu.(solver[T])
	return f
}

func prepareBanded[T Number](p *Pencil, pattern *Pattern) *Factored[T] {
	kl, ku := pattern.Bandwidth()
	lu := &BandedLU[T]{}
	lu.Reset(p.N, kl, ku)
	return &Factored[T]{
		fill:   newAssembly[T](p, lu.at),
		room:   func() []T { lu.Reset(p.N, kl, ku); return lu.a },
		factor: lu.Factor, solver: lu,
	}
}

func prepareSparse[T Number](p *Pencil, pattern *Pattern) *Factored[T] {
	lu := &SparseLU[T]{}
	lu.Reset(pattern, MinimumDegree(pattern).Columns)
	values := make([]T, pattern.Len())
	return &Factored[T]{
		fill:   newAssembly[T](p, pattern.At),
		room:   func() []T { clear(values); return values },
		factor: func() error { return lu.Factor(values) }, solver: lu,
	}
}

// Assemble returns a function that writes M - g J into the values of a matrix of this
// pattern, or a row-major one where it is nil.
func Assemble(p *Pencil, pattern *Pattern) func(dst []float64, g float64) {
	at := func(i, j int) int { return i*p.N + j }
	if pattern != nil {
		at = pattern.At
	}
	fill := newAssembly[float64](p, at)
	return func(dst []float64, g float64) {
		clear(dst)
		fill.into(dst, g)
	}
}

// assembly knows where the entries of J and M go.
type assembly[T Number] struct {
	p      *Pencil
	jAt    []int
	mAt    []int
	ofUnit []float64 // M where it is the identity
}

func newAssembly[T Number](p *Pencil, at func(i, j int) int) assembly[T] {
	a := assembly[T]{p: p, jAt: places(p.J, p.N, at)}
	if p.M != nil {
		a.mAt = places(p.M, p.N, at)
		return a
	}
	a.ofUnit, a.mAt = make([]float64, p.N), make([]int, p.N)
	for i := range p.N {
		a.ofUnit[i], a.mAt[i] = 1, at(i, i)
	}
	return a
}

// places returns where each value of m goes.
func places(m *Matrix, n int, at func(i, j int) int) []int {
	var to []int
	if m.Pattern == nil {
		for k := range n * n {
			to = append(to, at(k/n, k%n))
		}
		return to
	}
	for j := range n {
		for _, i := range m.Pattern.Row[m.Pattern.Start[j]:m.Pattern.Start[j+1]] {
			to = append(to, at(i, j))
		}
	}
	return to
}

// into adds M - g J to dst.
func (a *assembly[T]) into(dst []T, g T) {
	addTimes(dst, a.jAt, -g, a.p.J.Values)
	m := a.ofUnit
	if a.p.M != nil {
		m = a.p.M.Values
	}
	addTimes(dst, a.mAt, 1, m)
}

// addTimes adds c*values[k] to dst[at[k]].
func addTimes[T Number](dst []T, at []int, c T, values []float64) {
	switch dst := any(dst).(type) {
	case []float64:
		c := any(c).(float64)
		for k, i := range at {
			dst[i] += c * values[k]
		}
	case []complex128:
		c := any(c).(complex128)
		for k, i := range at {
			v := values[k]
			dst[i] += complex(real(c)*v, imag(c)*v)
		}
	}
}

// Choose returns the structure that factors p fastest by a count of operations. The
// weights are nanoseconds measured on one machine: they matter by their ratios, which
// hold within a factor of two. A sparse factorisation is counted without pivoting.
func (p *Pencil) Choose() Structure {
	pattern := p.Pattern()
	if pattern == nil || p.N <= smallDense {
		return DenseStructure
	}
	n := float64(p.N)
	kl, ku := pattern.Bandwidth()
	lower, span := float64(kl), float64(kl+ku)
	dense := n * n * (10 + 0.1*n)
	banded := n * (10 + lower*(3+0.4*span))
	if span <= 12 && banded <= dense {
		return BandedStructure // no order of elimination can be much better
	}
	order := MinimumDegree(pattern)
	sparse := 1.2*order.Work + 4*float64(order.Fill+pattern.Len())
	switch {
	case banded <= sparse && banded <= dense:
		return BandedStructure
	case sparse <= dense:
		return SparseStructure
	}
	return DenseStructure
}

// smallDense is the size up to which nothing beats a dense factorisation.
const smallDense = 8
