package problems

import (
	"math"

	"github.com/odefit/odefit/dynsys"
)

// ModulatedGrowth is y' = a cos(omega t) y, y(0) = 1: the problem whose right-hand
// side depends on time. Its solution is exp(a sin(omega t)/omega).
func ModulatedGrowth() *Problem {
	return &Problem{
		Name:    "modulated_growth",
		Params:  []string{"a", "omega"},
		P:       []float64{0.75, 1.5},
		Y0:      []float64{1},
		T1:      10,
		Complex: modulatedGrowth[complex128],
		System: &dynsys.System[[]float64]{
			Dim:       1,
			NumParams: 2,
			RHS:       modulatedGrowth[float64],
			JVP: func(out []float64, t float64, y, p, vy, vp []float64) error {
				sin, cos := math.Sincos(p[1] * t)
				out[0] = p[0] * cos * vy[0]
				if vp != nil {
					out[0] += cos*y[0]*vp[0] - p[0]*t*sin*y[0]*vp[1]
				}
				return nil
			},
			VJP: func(gy, gp []float64, t float64, y, p, w []float64) error {
				sin, cos := math.Sincos(p[1] * t)
				gy[0] = p[0] * cos * w[0]
				if gp != nil {
					gp[0] += cos * y[0] * w[0]
					gp[1] -= p[0] * t * sin * y[0] * w[0]
				}
				return nil
			},
			Jacobian: func(jac []float64, t float64, _, p []float64) error {
				jac[0] = p[0] * math.Cos(p[1]*t)
				return nil
			},
		},
		Exact: func(t float64) Point {
			const a, omega = 0.75, 1.5
			sin, cos := math.Sincos(omega * t)
			y := math.Exp(a * sin / omega)
			return Point{
				T:   t,
				Y:   []float64{y},
				DP:  [][]float64{{y * sin / omega, y * a * (t*cos - sin/omega) / omega}},
				DY0: [][]float64{{y}},
			}
		},
	}
}

func modulatedGrowth[T number](dy []T, t float64, y, p []T) error {
	dy[0] = p[0] * cos(p[1]*real64[T](t)) * y[0]
	return nil
}
