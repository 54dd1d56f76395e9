package problems

import (
	"math"

	"github.com/odefit/odefit/dynsys"
)

// HarmonicOscillator is y0' = y1, y1' = -omega^2 y0, from (1, 0).
func HarmonicOscillator() *Problem {
	return &Problem{
		Name:    "harmonic_oscillator",
		Params:  []string{"omega"},
		P:       []float64{2},
		Y0:      []float64{1, 0},
		T1:      20,
		Complex: harmonicOscillator[complex128],
		System: &dynsys.System[[]float64]{
			Dim:       2,
			NumParams: 1,
			RHS:       harmonicOscillator[float64],
			JVP: func(out []float64, _ float64, y, p, vy, vp []float64) error {
				out[0] = vy[1]
				out[1] = -p[0] * p[0] * vy[0]
				if vp != nil {
					out[1] -= 2 * p[0] * y[0] * vp[0]
				}
				return nil
			},
			VJP: func(gy, gp []float64, _ float64, y, p, w []float64) error {
				gy[0] = -p[0] * p[0] * w[1]
				gy[1] = w[0]
				if gp != nil {
					gp[0] -= 2 * p[0] * y[0] * w[1]
				}
				return nil
			},
			Jacobian: func(jac []float64, _ float64, _, p []float64) error {
				jac[0], jac[1] = 0, 1
				jac[2], jac[3] = -p[0]*p[0], 0
				return nil
			},
		},
		Exact: func(t float64) Point {
			const omega = 2.0
			sin, cos := math.Sincos(omega * t)
			return Point{
				T:   t,
				Y:   []float64{cos, -omega * sin},
				DP:  [][]float64{{-t * sin}, {-sin - omega*t*cos}},
				DY0: [][]float64{{cos, sin / omega}, {-omega * sin, cos}},
			}
		},
	}
}

func harmonicOscillator[T number](dy []T, _ float64, y, p []T) error {
	dy[0] = y[1]
	dy[1] = -p[0] * p[0] * y[0]
	return nil
}
