package space

import "golang.org/x/exp/constraints"

// Complexes is the space of []T for a complex T, complex128 or complex64.
//
// It is a real vector space of dimension 2n: the inner product is the real part
// of conj(a) . b, and every complex number counts as two coordinates, real part
// first. The error norm weighs both parts by their own size.
type Complexes[T constraints.Complex] struct{}

var (
	_ Space[[]complex128]        = Complexes[complex128]{}
	_ InnerProduct[[]complex128] = Complexes[complex128]{}
	_ Coordinates[[]complex128]  = Complexes[complex128]{}
)

// New returns a zero slice of the length of like.
func (Complexes[T]) New(like []T) []T { return make([]T, len(like)) }

// Copy sets dst to src.
func (Complexes[T]) Copy(dst, src []T) {
	checkLen(len(dst), len(src))
	copy(dst, src)
}

// AddScaled sets dst = x + sum_i c[i]*k[i].
func (Complexes[T]) AddScaled(dst, x []T, c []float64, k [][]T) {
	checkLen(len(dst), len(x))
	if len(k) == 0 {
		copy(dst, x)
		return
	}
	for j, kj := range k {
		checkLen(len(dst), len(kj))
		re := c[j]
		for i, v := range kj {
			w := complex128(v)
			dst[i] = x[i] + T(complex(re*real(w), re*imag(w)))
		}
		x = dst
	}
}

// Norm returns the weighted root mean square over all real and imaginary parts.
func (Complexes[T]) Norm(e, y0, y1 []T, tol Tolerance) float64 {
	checkLen(len(e), len(y0))
	checkLen(len(e), len(y1))
	checkTols(2*len(e), tol)
	var sum float64
	for i := range e {
		ei, a, b := complex128(e[i]), complex128(y0[i]), complex128(y1[i])
		sum += square(weigh(real(ei), real(a), real(b), tol, 2*i))
		sum += square(weigh(imag(ei), imag(a), imag(b), tol, 2*i+1))
	}
	return rootMean(sum, 2*len(e))
}

// Dot returns the real part of the sum of conj(a_i)*b_i.
func (Complexes[T]) Dot(a, b []T) float64 {
	checkLen(len(a), len(b))
	var sum float64
	for i := range a {
		x, y := complex128(a[i]), complex128(b[i])
		sum += real(x)*real(y) + imag(x)*imag(y)
	}
	return sum
}

// Dim returns twice the length.
func (Complexes[T]) Dim(like []T) int { return 2 * len(like) }

// Flatten writes real and imaginary parts in turn.
func (Complexes[T]) Flatten(dst []float64, s []T) {
	checkLen(len(dst), 2*len(s))
	for i, v := range s {
		w := complex128(v)
		dst[2*i], dst[2*i+1] = real(w), imag(w)
	}
}

// Unflatten is the inverse of Flatten.
func (Complexes[T]) Unflatten(s []T, src []float64) {
	checkLen(len(src), 2*len(s))
	for i := range s {
		s[i] = T(complex(src[2*i], src[2*i+1]))
	}
}
