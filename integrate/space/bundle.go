package space

import (
	"math"
	"slices"
)

// Bundle is a state Y together with states T of the same shape (its tangents, say)
// and plain numbers Q (integrals along the way). The blocks of a bundle that
// [Bundles.New] made are to be filled, not replaced: they may share one piece of
// memory.
type Bundle[S any] struct {
	Y S
	T []S
	Q []float64

	flat []float64 // all blocks in one piece, where S is []float64; else nil
}

// Bundles is the space of [Bundle]. Its error norm is the largest of the norms of
// the blocks Y, T[0], T[1], ... and of each single number of Q, so that many small
// blocks never hide the error of one.
//
// It holds scratch memory: a pointer to it belongs to one goroutine.
type Bundles[S any] struct {
	Of Space[S]
	// Tangents[i] is the tolerance of T[i]. Nil means that of Y, which is the one
	// given to Norm.
	Tangents []Tolerance
	// Numbers[i] replaces the absolute tolerance for Q[i]. Nil means that of Y.
	Numbers []float64

	states []S
	flats  [][]float64
}

var _ Space[*Bundle[[]float64]] = (*Bundles[[]float64])(nil)

// Make returns a zero bundle of a state like y with m more states and q numbers.
func (s *Bundles[S]) Make(y S, m, q int) *Bundle[S] {
	if f, ok := any(y).([]float64); ok {
		if _, ok := any(s.Of).(Floats); ok {
			return s.makeFlat(len(f), m, q)
		}
	}
	b := &Bundle[S]{Y: s.Of.New(y), T: make([]S, m), Q: make([]float64, q)}
	for i := range b.T {
		b.T[i] = s.Of.New(y)
	}
	return b
}

// makeFlat is Make for []float64: all blocks in one piece, so that sums run over
// the whole bundle in one pass.
func (s *Bundles[S]) makeFlat(n, m, q int) *Bundle[S] {
	flat := make([]float64, n*(1+m)+q)
	cut := func(i int) S { return any(flat[i*n : (i+1)*n : (i+1)*n]).(S) }
	b := &Bundle[S]{Y: cut(0), T: make([]S, m), Q: flat[n*(1+m):], flat: flat}
	for i := range b.T {
		b.T[i] = cut(1 + i)
	}
	return b
}

// New returns a zero bundle of the shape of like.
func (s *Bundles[S]) New(like *Bundle[S]) *Bundle[S] {
	return s.Make(like.Y, len(like.T), len(like.Q))
}

// Copy sets dst to src, block by block.
func (s *Bundles[S]) Copy(dst, src *Bundle[S]) {
	checkBundles(dst, src)
	s.Of.Copy(dst.Y, src.Y)
	for i, t := range src.T {
		s.Of.Copy(dst.T[i], t)
	}
	copy(dst.Q, src.Q)
}

// AddScaled sets dst = x + sum_i c[i]*k[i].
func (s *Bundles[S]) AddScaled(dst, x *Bundle[S], c []float64, k []*Bundle[S]) {
	checkBundles(dst, x)
	for i := range k {
		checkBundles(dst, k[i])
	}
	if s.addFlat(dst, x, c, k) {
		return
	}
	states := slices.Grow(s.states[:0], len(k))[:len(k)]
	s.states = states
	for i := range k {
		states[i] = k[i].Y
	}
	s.Of.AddScaled(dst.Y, x.Y, c, states)
	for j := range dst.T {
		for i := range k {
			states[i] = k[i].T[j]
		}
		s.Of.AddScaled(dst.T[j], x.T[j], c, states)
	}
	flats := slices.Grow(s.flats[:0], len(k))[:len(k)]
	s.flats = flats
	for i := range k {
		flats[i] = k[i].Q
	}
	Floats{}.AddScaled(dst.Q, x.Q, c, flats)
}

// addFlat is AddScaled for bundles in one piece; false where some are not.
func (s *Bundles[S]) addFlat(dst, x *Bundle[S], c []float64, k []*Bundle[S]) bool {
	if dst.flat == nil || x.flat == nil {
		return false
	}
	flats := slices.Grow(s.flats[:0], len(k))[:len(k)]
	s.flats = flats
	for i := range k {
		if k[i].flat == nil {
			return false
		}
		flats[i] = k[i].flat
	}
	Floats{}.AddScaled(dst.flat, x.flat, c, flats)
	return true
}

// Norm returns the largest norm of the blocks.
func (s *Bundles[S]) Norm(e, y0, y1 *Bundle[S], tol Tolerance) float64 {
	checkBundles(e, y0)
	checkBundles(e, y1)
	size := s.Of.Norm(e.Y, y0.Y, y1.Y, tol)
	for i := range e.T {
		t := tol
		if s.Tangents != nil {
			t = s.Tangents[i]
		}
		size = max(size, s.Of.Norm(e.T[i], y0.T[i], y1.T[i], t))
	}
	t := Tolerance{Rel: tol.Rel, Abs: tol.Abs}
	for i := range e.Q {
		if s.Numbers != nil {
			t.Abs = s.Numbers[i]
		}
		size = max(size, math.Abs(weigh(e.Q[i], y0.Q[i], y1.Q[i], t, i)))
	}
	return size
}

func checkBundles[S any](a, b *Bundle[S]) {
	if len(a.T) != len(b.T) || len(a.Q) != len(b.Q) {
		panic("space: bundles of different length")
	}
}

// Blame returns the flat coordinate of the state in which the error e is largest
// against the tolerance, or -1 where the state has no coordinates. Tangents are not
// blamed: it is the state whose name a reader knows.
func (s *Bundles[S]) Blame(e, y *Bundle[S], tol Tolerance) int {
	c, ok := s.Of.(Coordinates[S])
	if !ok {
		return -1
	}
	n := c.Dim(y.Y)
	es, ys := make([]float64, n), make([]float64, n)
	c.Flatten(es, e.Y)
	c.Flatten(ys, y.Y)
	worst, at := 0.0, -1
	for i := range n {
		w := weigh(es[i], ys[i], ys[i], Tolerance{Rel: tol.Rel, Abs: tol.Abs}, i)
		if !(w-w == 0) {
			return i
		}
		if w = max(w, -w); w > worst {
			worst, at = w, i
		}
	}
	return at
}
