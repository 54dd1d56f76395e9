package space

import "sync"

// Pair is a state made of two: position and momentum, a concentration field and a
// temperature, an adjoint and its quadrature. Both parts are states that can be
// changed in place, so a Pair is passed by value. A pair of pairs makes three.
type Pair[A, B any] struct {
	First  A
	Second B
}

// Pairs returns the space of pairs whose parts live in the spaces first and second.
// Its error norm is the larger of those of the parts, so that a long part never
// hides the error of a short one. Coordinates are those of First, then Second.
//
// The result is an [InnerProduct] if both parts are, and has [Coordinates] if both
// have. Tolerance.AbsTols can be used if First has Coordinates.
func Pairs[A, B any](first Space[A], second Space[B]) Space[Pair[A, B]] {
	s := &pairs[A, B]{first: first, second: second}
	dotA, okA := first.(InnerProduct[A])
	dotB, okB := second.(InnerProduct[B])
	inner := okA && okB
	flatA, okA := first.(Coordinates[A])
	flatB, okB := second.(Coordinates[B])
	flat := okA && okB
	product, coordinates := pairProduct[A, B]{dotA, dotB}, pairCoordinates[A, B]{flatA, flatB}
	switch {
	case inner && flat:
		return struct {
			*pairs[A, B]
			pairProduct[A, B]
			pairCoordinates[A, B]
		}{s, product, coordinates}
	case inner:
		return struct {
			*pairs[A, B]
			pairProduct[A, B]
		}{s, product}
	case flat:
		return struct {
			*pairs[A, B]
			pairCoordinates[A, B]
		}{s, coordinates}
	}
	return s
}

type pairs[A, B any] struct {
	first  Space[A]
	second Space[B]
	rooms  sync.Pool // of *pairRoom[A, B], so that goroutines may share the space
}

// pairRoom holds the terms of a sum, taken apart.
type pairRoom[A, B any] struct {
	first  []A
	second []B
}

func (s *pairs[A, B]) New(like Pair[A, B]) Pair[A, B] {
	return Pair[A, B]{s.first.New(like.First), s.second.New(like.Second)}
}

func (s *pairs[A, B]) Copy(dst, src Pair[A, B]) {
	s.first.Copy(dst.First, src.First)
	s.second.Copy(dst.Second, src.Second)
}

func (s *pairs[A, B]) AddScaled(dst, x Pair[A, B], c []float64, k []Pair[A, B]) {
	room, ok := s.rooms.Get().(*pairRoom[A, B])
	if !ok {
		room = new(pairRoom[A, B])
	}
	first, second := room.first[:0], room.second[:0]
	for _, kj := range k {
		first, second = append(first, kj.First), append(second, kj.Second)
	}
	s.first.AddScaled(dst.First, x.First, c, first)
	s.second.AddScaled(dst.Second, x.Second, c, second)
	clear(first)
	clear(second)
	room.first, room.second = first, second
	s.rooms.Put(room)
}

func (s *pairs[A, B]) Norm(e, y0, y1 Pair[A, B], tol Tolerance) float64 {
	a, b := tol, tol
	if tol.AbsTols != nil {
		c, ok := s.first.(Coordinates[A])
		if !ok {
			panic("space: Tolerance.AbsTols of a pair needs the coordinates of its first part")
		}
		n := c.Dim(e.First)
		if n > len(tol.AbsTols) {
			panic("space: Tolerance.AbsTols has another length than the state")
		}
		a.AbsTols, b.AbsTols = tol.AbsTols[:n], tol.AbsTols[n:]
	}
	return max(s.first.Norm(e.First, y0.First, y1.First, a), s.second.Norm(e.Second, y0.Second, y1.Second, b))
}

type pairProduct[A, B any] struct {
	first  InnerProduct[A]
	second InnerProduct[B]
}

func (p pairProduct[A, B]) Dot(a, b Pair[A, B]) float64 {
	return p.first.Dot(a.First, b.First) + p.second.Dot(a.Second, b.Second)
}

type pairCoordinates[A, B any] struct {
	first  Coordinates[A]
	second Coordinates[B]
}

func (p pairCoordinates[A, B]) Dim(like Pair[A, B]) int {
	return p.first.Dim(like.First) + p.second.Dim(like.Second)
}

func (p pairCoordinates[A, B]) Flatten(dst []float64, s Pair[A, B]) {
	n := p.first.Dim(s.First)
	p.first.Flatten(dst[:n], s.First)
	p.second.Flatten(dst[n:], s.Second)
}

func (p pairCoordinates[A, B]) Unflatten(s Pair[A, B], src []float64) {
	n := p.first.Dim(s.First)
	p.first.Unflatten(s.First, src[:n])
	p.second.Unflatten(s.Second, src[n:])
}
