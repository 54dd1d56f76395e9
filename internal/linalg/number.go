package linalg

import "math"

// Number is what a matrix can be made of.
type Number interface{ float64 | complex128 }

// magnitude returns |x|, for complex numbers |re| + |im|, which is as good for the
// choice of a pivot and cheaper.
func magnitude[T Number](x T) float64 {
	switch v := any(x).(type) {
	case float64:
		return math.Abs(v)
	case complex128:
		return math.Abs(real(v)) + math.Abs(imag(v))
	}
	panic("unreachable")
}

// usable says whether a pivot of this magnitude can be divided by.
func usable(size float64) bool { return size > smallestPivot && size <= math.MaxFloat64 }

// smallestPivot is where reciprocals begin to overflow.
const smallestPivot = 1e-307

// Finite says whether no entry of a is NaN or infinite.
func Finite[T Number](a []T) bool {
	for _, v := range a {
		if v-v != 0 {
			return false
		}
	}
	return true
}
