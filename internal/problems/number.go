package problems

import (
	"math"
	"math/cmplx"
)

// number is what right-hand sides are written for, so that one text of each
// serves real solutions and complex steps.
type number interface{ float64 | complex128 }

func sqrt[T number](x T) T {
	switch x := any(x).(type) {
	case float64:
		return any(math.Sqrt(x)).(T)
	case complex128:
		return any(cmplx.Sqrt(x)).(T)
	}
	panic("problems: not a number type")
}

func sin[T number](x T) T {
	switch x := any(x).(type) {
	case float64:
		return any(math.Sin(x)).(T)
	case complex128:
		return any(cmplx.Sin(x)).(T)
	}
	panic("problems: not a number type")
}

func cos[T number](x T) T {
	switch x := any(x).(type) {
	case float64:
		return any(math.Cos(x)).(T)
	case complex128:
		return any(cmplx.Cos(x)).(T)
	}
	panic("problems: not a number type")
}

// real64 lifts a real number, such as the time, to T.
func real64[T number](x float64) T {
	var z T
	switch any(z).(type) {
	case float64:
		return any(x).(T)
	case complex128:
		return any(complex(x, 0)).(T)
	}
	panic("problems: not a number type")
}
