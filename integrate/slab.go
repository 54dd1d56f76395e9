package integrate

import "github.com/odefit/odefit/integrate/space"

// slab makes copies of many states that live equally long. Where a state is a plain
// []float64 they lie in few large pieces of memory: one allocation for many steps, and
// little for the collector of garbage to do.
type slab[S any] struct {
	sp    space.Space[S]
	free  []float64
	lists []S
	piece int // numbers in the next piece
}

const (
	firstPiece = 1 << 8
	mostPiece  = 1 << 16
)

// all returns a list of copies.
func (b *slab[S]) all(ys []S) []S {
	if len(b.lists) < len(ys) {
		b.lists = make([]S, max(len(ys), min(b.piece, mostPiece)/4))
	}
	list := b.lists[:len(ys):len(ys)]
	b.lists = b.lists[len(ys):]
	for i, y := range ys {
		b.copy(&list[i], y)
	}
	return list
}

// copy sets dst to a copy of y.
func (b *slab[S]) copy(dst *S, y S) {
	plain, ok := any(dst).(*[]float64)
	if _, floats := any(b.sp).(space.Floats); !ok || !floats {
		*dst = clone(b.sp, y)
		return
	}
	*dst = y
	n := len(*plain)
	if len(b.free) < n {
		b.piece = min(max(firstPiece, 2*b.piece), mostPiece)
		b.free = make([]float64, max(n, b.piece))
	}
	*plain, b.free = b.free[:n:n], b.free[n:]
	b.sp.Copy(*dst, y)
}
