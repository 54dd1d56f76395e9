package space

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// subject is a space under test: like is any state of it, get and set see a state as
// n numbers, and eps is the rounding unit of the numbers that it stores.
type subject[S any] struct {
	space Space[S]
	like  S
	n     int
	get   func(dst []float64, s S)
	set   func(s S, src []float64)
	eps   float64
	norm  func(weighted []float64) float64 // of the weighted errors; nil: root mean square
}

const (
	double = 0x1p-52
	single = 0x1p-23
)

// with returns a subject that is seen through its own coordinates.
func with[S any](s Space[S], like S, eps float64) subject[S] {
	c := s.(Coordinates[S])
	return subject[S]{space: s, like: like, n: c.Dim(like), get: c.Flatten, set: c.Unflatten, eps: eps}
}

type body struct {
	Pos, Vel [3]float64
	spin     struct {
		phase complex128
		small [3]float32
		rest  float64
	}
	Wave complex64
	Heat []struct{} `json:"-"`
}

// plain is body without its slice.
type plain struct {
	Pos, Vel [3]float64
	spin     struct {
		phase complex128
		small [3]float32
		rest  float64
	}
	Wave complex64
	None struct{}
}

// counts is a user's own type with the four methods only.
type counts struct{ a, b float64 }

type countSpace struct{}

func (countSpace) New(*counts) *counts        { return new(counts) }
func (countSpace) Copy(dst, src *counts)      { *dst = *src }
func (countSpace) set(s *counts, x []float64) { s.a, s.b = x[0], x[1] }
func (countSpace) get(x []float64, s *counts) { x[0], x[1] = s.a, s.b }

func (countSpace) AddScaled(dst, x *counts, c []float64, k []*counts) {
	sum := *x
	for i := range k {
		sum.a += c[i] * k[i].a
		sum.b += c[i] * k[i].b
	}
	*dst = sum
}

func (countSpace) Norm(e, y0, y1 *counts, tol Tolerance) float64 {
	return Floats{}.Norm([]float64{e.a, e.b}, []float64{y0.a, y0.b}, []float64{y1.a, y1.b}, tol)
}

// view returns an r x c window in the middle of a larger matrix of NaN.
func view(r, c int) *mat.Dense {
	m := mat.NewDense(r+2, c+3, nil)
	m.Apply(func(int, int, float64) float64 { return math.NaN() }, m)
	return m.Slice(1, 1+r, 2, 2+c).(*mat.Dense)
}

// larger is the norm of two blocks, the first of n numbers.
func larger(n int) func([]float64) float64 {
	return func(w []float64) float64 { return max(meanSquare(w[:n]), meanSquare(w[n:])) }
}

func meanSquare(w []float64) float64 {
	if len(w) == 0 {
		return 0
	}
	var sum float64
	for _, v := range w {
		sum += v * v
	}
	return math.Sqrt(sum / float64(len(w)))
}

func TestSpaces(t *testing.T) {
	for _, n := range []int{0, 1, 2, 7, 64} {
		t.Run("float64", func(t *testing.T) { conform(t, with(Space[[]float64](Floats{}), make([]float64, n), double)) })
		t.Run("float32", func(t *testing.T) {
			conform(t, with(Space[[]float32](Slice[float32]{}), make([]float32, n), single))
		})
		t.Run("complex128", func(t *testing.T) {
			conform(t, with(Space[[]complex128](Complexes[complex128]{}), make([]complex128, n), double))
		})
		t.Run("complex64", func(t *testing.T) {
			conform(t, with(Space[[]complex64](Complexes[complex64]{}), make([]complex64, n), single))
		})
	}
	t.Run("struct", func(t *testing.T) { conform(t, with(Space[*plain](Struct[plain]()), new(plain), single)) })
	t.Run("array", func(t *testing.T) {
		conform(t, with(Space[*[5]float64](Struct[[5]float64]()), new([5]float64), double))
	})
	t.Run("matrix", func(t *testing.T) { conform(t, with(Space[*mat.Dense](Dense{}), mat.NewDense(3, 2, nil), double)) })
	t.Run("matrix view", func(t *testing.T) { conform(t, with(Space[*mat.Dense](Dense{}), view(3, 2), double)) })
	t.Run("empty matrix", func(t *testing.T) { conform(t, with(Space[*mat.Dense](Dense{}), &mat.Dense{}, double)) })
	t.Run("pair", func(t *testing.T) {
		s := with(Pairs[[]float64, *plain](Floats{}, Struct[plain]()), Pair[[]float64, *plain]{make([]float64, 3), new(plain)}, single)
		s.norm = larger(3)
		conform(t, s)
	})
	t.Run("pair of pairs", func(t *testing.T) {
		inner := Pairs[[]float64, []complex128](Floats{}, Complexes[complex128]{})
		like := Pair[[]float64, Pair[[]float64, []complex128]]{make([]float64, 1),
			Pair[[]float64, []complex128]{make([]float64, 2), make([]complex128, 2)}}
		s := with(Pairs[[]float64](Floats{}, inner), like, double)
		s.norm = func(w []float64) float64 { return max(meanSquare(w[:1]), larger(2)(w[1:])) }
		conform(t, s)
	})
	t.Run("own type", func(t *testing.T) {
		own := countSpace{}
		conform(t, subject[*counts]{space: own, like: new(counts), n: 2, get: own.get, set: own.set, eps: double})
	})
	t.Run("pair with own type", func(t *testing.T) {
		own := countSpace{}
		conform(t, subject[Pair[[]float64, *counts]]{
			space: Pairs[[]float64, *counts](Floats{}, own), like: Pair[[]float64, *counts]{make([]float64, 3), new(counts)},
			n: 5, eps: double, norm: larger(3),
			get: func(x []float64, s Pair[[]float64, *counts]) { copy(x, s.First); own.get(x[3:], s.Second) },
			set: func(s Pair[[]float64, *counts], x []float64) { copy(s.First, x); own.set(s.Second, x[3:]) },
		})
	})
}

// conform checks everything that [Space], [InnerProduct] and [Coordinates] promise.
func conform[S any](t *testing.T, s subject[S]) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, uint64(s.n)))
	var terms [10]S
	var numbers [10][]float64
	c := make([]float64, len(terms))
	for i := range terms {
		terms[i], numbers[i] = s.random(rng)
		c[i] = rng.NormFloat64()
	}
	x, xs := s.random(rng)
	s.testNew(t)
	for m := range len(terms) + 1 {
		s.testSum(t, x, xs, c[:m], terms[:m], numbers[:m])
	}
	s.testNorm(t, rng)
	s.testNotFinite(t, rng)
	s.testCopy(t, rng)
	if c, ok := s.space.(Coordinates[S]); ok {
		s.testCoordinates(t, c, rng)
	}
	if p, ok := s.space.(InnerProduct[S]); ok {
		s.testDot(t, p, rng)
	}
}

// random returns a state and its numbers as they are stored.
func (s subject[S]) random(rng *rand.Rand) (S, []float64) {
	x := make([]float64, s.n)
	for i := range x {
		x[i] = math.Ldexp(rng.NormFloat64(), rng.IntN(8)-4)
	}
	state := s.space.New(s.like)
	s.set(state, x)
	s.get(x, state) // rounded to the type stored
	return state, x
}

func (s subject[S]) numbers(state S) []float64 {
	x := make([]float64, s.n)
	s.get(x, state)
	return x
}

func (s subject[S]) testNew(t *testing.T) {
	t.Helper()
	a, b := s.space.New(s.like), s.space.New(s.like)
	one := slices.Repeat([]float64{1}, s.n)
	s.set(a, one)
	if got := s.numbers(b); slices.ContainsFunc(got, func(v float64) bool { return v != 0 }) {
		t.Errorf("New is not zero, or shares memory: %v", got)
	}
	s.set(b, slices.Repeat([]float64{2}, s.n))
	if got := s.numbers(a); !slices.Equal(got, one) {
		t.Errorf("two new states share memory: %v", got)
	}
}

func (s subject[S]) testCopy(t *testing.T, rng *rand.Rand) {
	t.Helper()
	src, want := s.random(rng)
	dst := s.space.New(s.like)
	s.space.Copy(dst, src)
	if got := s.numbers(dst); !slices.Equal(got, want) {
		t.Errorf("copy of %v is %v", want, got)
	}
	s.set(dst, make([]float64, s.n))
	if got := s.numbers(src); !slices.Equal(got, want) {
		t.Error("a copy shares memory with its source")
	}
}

// testSum compares AddScaled with a sum in float64, and asks that it overwrites dst,
// leaves its terms alone, may write to x, and gives equal bits every time.
func (s subject[S]) testSum(t *testing.T, x S, xs, c []float64, k []S, ks [][]float64) {
	t.Helper()
	dst, again, alias := s.space.New(s.like), s.space.New(s.like), s.space.New(s.like)
	s.set(dst, slices.Repeat([]float64{math.NaN()}, s.n))
	s.space.AddScaled(dst, x, c, k)
	s.space.AddScaled(again, x, c, k)
	s.space.Copy(alias, x)
	s.space.AddScaled(alias, alias, c, k)
	got := s.numbers(dst)
	for i := range got {
		want, size := xs[i], math.Abs(xs[i])
		for j := range k {
			want += c[j] * ks[j][i]
			size += math.Abs(c[j] * ks[j][i])
		}
		// One rounding of each product, sum and coefficient.
		if math.Abs(got[i]-want) > float64(3*len(k))*s.eps*size {
			t.Errorf("%d terms, number %d: sum %v, want %v", len(k), i, got[i], want)
		}
	}
	if !slices.Equal(got, s.numbers(again)) || !slices.Equal(got, s.numbers(alias)) {
		t.Errorf("%d terms: equal sums have different bits", len(k))
	}
	if !slices.Equal(s.numbers(x), xs) {
		t.Error("AddScaled changed x")
	}
	for j := range k {
		if !slices.Equal(s.numbers(k[j]), ks[j]) {
			t.Errorf("AddScaled changed term %d", j)
		}
	}
}

func (s subject[S]) testNorm(t *testing.T, rng *rand.Rand) {
	t.Helper()
	e, es := s.random(rng)
	a, as := s.random(rng)
	b, bs := s.random(rng)
	tols := []Tolerance{{Rel: 1e-3, Abs: 1e-5}, {Abs: 2}, {Rel: 0.5}}
	if _, ok := s.space.(Coordinates[S]); ok {
		each := make([]float64, s.n)
		for i := range each {
			each[i] = rng.Float64()
		}
		tols = append(tols, Tolerance{Rel: 1e-2, AbsTols: each})
	}
	norm := s.norm
	if norm == nil {
		norm = meanSquare
	}
	for _, tol := range tols {
		w := make([]float64, s.n)
		for i := range w {
			abs := tol.Abs
			if tol.AbsTols != nil {
				abs = tol.AbsTols[i]
			}
			w[i] = es[i] / (abs + tol.Rel*max(math.Abs(as[i]), math.Abs(bs[i])))
		}
		got, want := s.space.Norm(e, a, b, tol), norm(w)
		if math.Abs(got-want) > float64(s.n+4)*double*want {
			t.Errorf("norm %v, want %v", got, want)
		}
		if again := s.space.Norm(e, b, a, tol); again != got {
			t.Errorf("norm is not symmetric in the two states: %v, %v", got, again)
		}
	}
	zero := s.space.New(s.like)
	if got := s.space.Norm(zero, zero, zero, Tolerance{Rel: 1}); got != 0 {
		t.Errorf("0/0 counts as %v, want 0", got)
	}
}

// testNotFinite puts one NaN or infinity in every place of every argument.
func (s subject[S]) testNotFinite(t *testing.T, rng *rand.Rand) {
	t.Helper()
	tol := Tolerance{Rel: 1e-3, Abs: 1e-6}
	for i := range s.n {
		for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			var states [3]S
			for bad := range states {
				for j := range states {
					state, x := s.random(rng)
					if j == bad {
						x[i] = v
						s.set(state, x)
					}
					states[j] = state
				}
				got := s.space.Norm(states[0], states[1], states[2], tol)
				if math.IsNaN(v) && !math.IsNaN(got) || got <= math.MaxFloat64 {
					t.Errorf("number %d of argument %d is %v: norm %v", i, bad, v, got)
				}
			}
			x, xs := s.random(rng)
			xs[i] = v
			s.set(x, xs)
			sum := s.space.New(s.like)
			s.space.AddScaled(sum, s.space.New(s.like), []float64{1}, []S{x})
			if got := s.numbers(sum); math.Abs(got[i]) <= math.MaxFloat64 {
				t.Errorf("%v plus 0 is %v", v, got[i])
			}
		}
	}
}

func (s subject[S]) testCoordinates(t *testing.T, c Coordinates[S], rng *rand.Rand) {
	t.Helper()
	if c.Dim(s.like) != s.n {
		t.Errorf("Dim is %d, want %d", c.Dim(s.like), s.n)
	}
	x := make([]float64, s.n)
	for i := range x {
		x[i] = float64(float32(rng.NormFloat64())) // representable in every type
	}
	state, back := s.space.New(s.like), make([]float64, s.n)
	c.Unflatten(state, x)
	c.Flatten(back, state)
	if !slices.Equal(x, back) {
		t.Errorf("%v through a state and back is %v", x, back)
	}
	mustPanic(t, "Flatten", func() { c.Flatten(make([]float64, s.n+1), state) })
	mustPanic(t, "Unflatten", func() { c.Unflatten(state, make([]float64, s.n+1)) })
	mustPanic(t, "AbsTols", func() {
		s.space.Norm(state, state, state, Tolerance{AbsTols: make([]float64, s.n+1)})
	})
}

func (s subject[S]) testDot(t *testing.T, p InnerProduct[S], rng *rand.Rand) {
	t.Helper()
	a, as := s.random(rng)
	b, bs := s.random(rng)
	var want, size float64
	for i := range as {
		want += as[i] * bs[i]
		size += math.Abs(as[i] * bs[i])
	}
	got := p.Dot(a, b)
	if math.Abs(got-want) > float64(s.n+1)*double*size {
		t.Errorf("dot %v, want %v", got, want)
	}
	if p.Dot(b, a) != got || p.Dot(a, b) != got {
		t.Error("dot is not symmetric, or not reproducible")
	}
}

func mustPanic(t *testing.T, what string, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s with a wrong length does not panic", what)
		}
	}()
	f()
}
