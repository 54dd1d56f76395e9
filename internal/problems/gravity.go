package problems

import "math"

// Two problems move bodies under inverse-square attraction. This file has what they
// share: the field u/|u|^3 of a unit mass in the plane, and its derivative.

// cubed returns |u|^3 of u = (x, z).
func cubed[T number](x, z T) T {
	s := x*x + z*z
	return s * sqrt(s)
}

// tidal is the derivative of u -> u/|u|^3 at u = (x, z), the symmetric matrix
// (I - 3 u u^T/|u|^2)/|u|^3 = [[xx, xz], [xz, zz]].
type tidal struct{ xx, xz, zz float64 }

func tidalAt(x, z float64) tidal {
	s := x*x + z*z
	r3 := s * math.Sqrt(s)
	return tidal{
		xx: (1 - 3*x*x/s) / r3,
		xz: -3 * x * z / (s * r3),
		zz: (1 - 3*z*z/s) / r3,
	}
}

// apply returns the matrix times (x, z).
func (k tidal) apply(x, z float64) (float64, float64) {
	return k.xx*x + k.xz*z, k.xz*x + k.zz*z
}
