package problems

import (
	"math"

	"github.com/odefit/odefit/dynsys"
)

// ExponentialDecay is y' = -k y, y(0) = 1.
func ExponentialDecay() *Problem {
	return &Problem{
		Name:    "exponential_decay",
		Params:  []string{"k"},
		P:       []float64{0.5},
		Y0:      []float64{1},
		T1:      10,
		Complex: exponentialDecay[complex128],
		System: &dynsys.System[[]float64]{
			Dim:       1,
			NumParams: 1,
			RHS:       exponentialDecay[float64],
			JVP: func(out []float64, _ float64, y, p, vy, vp []float64) error {
				out[0] = -p[0] * vy[0]
				if vp != nil {
					out[0] -= vp[0] * y[0]
				}
				return nil
			},
			VJP: func(gy, gp []float64, _ float64, y, p, w []float64) error {
				gy[0] = -p[0] * w[0]
				if gp != nil {
					gp[0] -= y[0] * w[0]
				}
				return nil
			},
			Jacobian: func(jac []float64, _ float64, _, p []float64) error {
				jac[0] = -p[0]
				return nil
			},
		},
		Exact: func(t float64) Point {
			y := math.Exp(-0.5 * t)
			return Point{T: t, Y: []float64{y}, DP: [][]float64{{-t * y}}, DY0: [][]float64{{y}}}
		},
	}
}

func exponentialDecay[T number](dy []T, _ float64, y, p []T) error {
	dy[0] = -p[0] * y[0]
	return nil
}
