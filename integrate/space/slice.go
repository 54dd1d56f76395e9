package space

import (
	"math"

	"golang.org/x/exp/constraints"
	"gonum.org/v1/gonum/floats"
)

// Floats is the space of []float64, the state type of most problems.
type Floats = Slice[float64]

// Slice is the space of []T for a real floating-point T, float64 or float32 (or a
// type made of one). Sums of AddScaled are formed in T; norms and inner products
// are accumulated in float64.
type Slice[T constraints.Float] struct{}

var (
	_ Space[[]float64]        = Floats{}
	_ InnerProduct[[]float64] = Floats{}
	_ Coordinates[[]float64]  = Floats{}
	_ Space[[]float32]        = Slice[float32]{}
)

// New returns a zero slice of the length of like.
func (Slice[T]) New(like []T) []T { return make([]T, len(like)) }

// Copy sets dst to src. It panics if the lengths differ.
func (Slice[T]) Copy(dst, src []T) {
	checkLen(len(dst), len(src))
	copy(dst, src)
}

// AddScaled sets dst = x + sum_i c[i]*k[i]. It panics if the lengths differ.
//
// Up to seven terms are summed in one pass over memory, which is the length of a
// stage of the usual order-5 methods. Long []float64 are summed block by block with
// the vector instructions behind gonum's floats.
func (Slice[T]) AddScaled(dst, x []T, c []float64, k [][]T) {
	checkLen(len(dst), len(x))
	if len(dst) >= long {
		if dst, ok := any(dst).([]float64); ok {
			addBlocks(dst, any(x).([]float64), c, any(k).([][]float64))
			return
		}
	}
	for {
		m := min(len(k), 7)
		addFused(dst, x, c[:m], k[:m])
		if m == len(k) {
			return
		}
		c, k, x = c[m:], k[m:], dst
	}
}

const (
	long  = 400  // elements from which addBlocks is faster than addFused
	block = 1024 // elements of dst that stay in the first-level cache
)

// addBlocks is AddScaled for long slices. It adds in the same order as addFused.
func addBlocks(dst, x []float64, c []float64, k [][]float64) {
	for _, kj := range k {
		checkLen(len(kj), len(dst))
	}
	for lo := 0; lo < len(dst); lo += block {
		hi := min(lo+block, len(dst))
		to := dst[lo:hi]
		if len(k) == 0 {
			copy(to, x[lo:hi])
			continue
		}
		floats.AddScaledTo(to, x[lo:hi], c[0], k[0][lo:hi])
		for j := 1; j < len(k); j++ {
			floats.AddScaled(to, c[j], k[j][lo:hi])
		}
	}
}

// addFused is AddScaled for at most seven terms.
func addFused[T constraints.Float](dst, x []T, c []float64, k [][]T) {
	n := len(dst)
	x = x[:n]
	switch len(k) {
	case 0:
		copy(dst, x)
	case 1:
		c0, k0 := T(c[0]), k[0][:n]
		for i := range dst {
			dst[i] = x[i] + c0*k0[i]
		}
	case 2:
		c0, c1 := T(c[0]), T(c[1])
		k0, k1 := k[0][:n], k[1][:n]
		for i := range dst {
			dst[i] = x[i] + c0*k0[i] + c1*k1[i]
		}
	case 3:
		c0, c1, c2 := T(c[0]), T(c[1]), T(c[2])
		k0, k1, k2 := k[0][:n], k[1][:n], k[2][:n]
		for i := range dst {
			dst[i] = x[i] + c0*k0[i] + c1*k1[i] + c2*k2[i]
		}
	case 4:
		c0, c1, c2, c3 := T(c[0]), T(c[1]), T(c[2]), T(c[3])
		k0, k1, k2, k3 := k[0][:n], k[1][:n], k[2][:n], k[3][:n]
		for i := range dst {
			dst[i] = x[i] + c0*k0[i] + c1*k1[i] + c2*k2[i] + c3*k3[i]
		}
	case 5:
		c0, c1, c2, c3, c4 := T(c[0]), T(c[1]), T(c[2]), T(c[3]), T(c[4])
		k0, k1, k2, k3, k4 := k[0][:n], k[1][:n], k[2][:n], k[3][:n], k[4][:n]
		for i := range dst {
			dst[i] = x[i] + c0*k0[i] + c1*k1[i] + c2*k2[i] + c3*k3[i] + c4*k4[i]
		}
	case 6:
		c0, c1, c2, c3, c4, c5 := T(c[0]), T(c[1]), T(c[2]), T(c[3]), T(c[4]), T(c[5])
		k0, k1, k2, k3, k4, k5 := k[0][:n], k[1][:n], k[2][:n], k[3][:n], k[4][:n], k[5][:n]
		for i := range dst {
			dst[i] = x[i] + c0*k0[i] + c1*k1[i] + c2*k2[i] + c3*k3[i] + c4*k4[i] + c5*k5[i]
		}
	case 7:
		c0, c1, c2, c3, c4, c5, c6 := T(c[0]), T(c[1]), T(c[2]), T(c[3]), T(c[4]), T(c[5]), T(c[6])
		k0, k1, k2, k3, k4, k5, k6 := k[0][:n], k[1][:n], k[2][:n], k[3][:n], k[4][:n], k[5][:n], k[6][:n]
		for i := range dst {
			dst[i] = x[i] + c0*k0[i] + c1*k1[i] + c2*k2[i] + c3*k3[i] + c4*k4[i] + c5*k5[i] + c6*k6[i]
		}
	}
}

// Norm returns the weighted root mean square of e.
func (Slice[T]) Norm(e, y0, y1 []T, tol Tolerance) float64 {
	checkLen(len(e), len(y0))
	checkLen(len(e), len(y1))
	checkTols(len(e), tol)
	if tol.AbsTols == nil {
		if sum := plainSum(e, y0, y1, tol.Abs, tol.Rel); sum <= math.MaxFloat64 {
			return rootMean(sum, len(e))
		}
	}
	var sum float64
	for i, ei := range e {
		sum += square(weigh(float64(ei), float64(y0[i]), float64(y1[i]), tol, i))
	}
	return rootMean(sum, len(e))
}

// plainSum is the sum of the squares of the weighted errors where every term is an
// ordinary number. It is NaN where a state is not finite, and may be where a tolerance
// is zero.
func plainSum[T constraints.Float](e, y0, y1 []T, abs, rel float64) (sum float64) {
	y0, y1 = y0[:len(e)], y1[:len(e)]
	var odd float64
	for i, ei := range e {
		size := max(math.Abs(float64(y0[i])), math.Abs(float64(y1[i])))
		w := float64(ei) / (abs + rel*size)
		sum += w * w
		odd += 0 * size
	}
	return sum + odd
}

// Dot returns the sum of a_i*b_i.
func (Slice[T]) Dot(a, b []T) float64 {
	checkLen(len(a), len(b))
	var sum float64
	for i, ai := range a {
		sum += float64(ai) * float64(b[i])
	}
	return sum
}

// Dim returns the length.
func (Slice[T]) Dim(like []T) int { return len(like) }

// Flatten copies s to dst as float64.
func (Slice[T]) Flatten(dst []float64, s []T) {
	checkLen(len(dst), len(s))
	for i, v := range s {
		dst[i] = float64(v)
	}
}

// Unflatten copies src to s, rounding to T.
func (Slice[T]) Unflatten(s []T, src []float64) {
	checkLen(len(s), len(src))
	for i, v := range src {
		s[i] = T(v)
	}
}

// weigh returns e in units of the tolerance of component i; not finite where one
// of the three values is not.
func weigh(e, y0, y1 float64, tol Tolerance, i int) float64 {
	a := tol.Abs
	if tol.AbsTols != nil {
		a = tol.AbsTols[i]
	}
	size := max(math.Abs(y0), math.Abs(y1))
	if e == 0 && size <= math.MaxFloat64 {
		return 0
	}
	if size > math.MaxFloat64 {
		return math.Inf(1) // an infinite state meets no tolerance
	}
	return e / (a + tol.Rel*size)
}

func square(x float64) float64 { return x * x }

// rootMean is sqrt(sum/n), and 0 for an empty state.
func rootMean(sum float64, n int) float64 {
	if n == 0 {
		return 0
	}
	return math.Sqrt(sum / float64(n))
}

func checkLen(a, b int) {
	if a != b {
		panic("space: states of different length")
	}
}

func checkTols(n int, tol Tolerance) {
	if tol.AbsTols != nil && len(tol.AbsTols) != n {
		panic("space: Tolerance.AbsTols has another length than the state")
	}
}
