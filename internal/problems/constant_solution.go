package problems

import (
	"math"

	"github.com/odefit/odefit/dynsys"
)

// ConstantSolution is u0' = a u0 - u0 u1, u1' = -a u1 + u0 u1 with a = 1, at rest
// in (1, 1), on [0, 10].
//
// It is a trap: the solution is constant, so step control that sees the state alone
// takes steps without limit, but the derivative in a oscillates, du/da =
// (1 - cos t + sin t, 1 - cos t - sin t), and is lost. For the sum of both states
// over t = 0, 0.1, ..., 10 the true derivative in a is 212.710425216819.
func ConstantSolution() *Problem {
	return &Problem{
		Name:    "constant_solution",
		Params:  []string{"a"},
		P:       []float64{1},
		Y0:      []float64{1, 1},
		T1:      10,
		Complex: constantSolution[complex128],
		System: &dynsys.System[[]float64]{
			Dim:       2,
			NumParams: 1,
			RHS:       constantSolution[float64],
			JVP: func(out []float64, _ float64, y, p, vy, vp []float64) error {
				cross := vy[0]*y[1] + y[0]*vy[1]
				out[0] = p[0]*vy[0] - cross
				out[1] = -p[0]*vy[1] + cross
				if vp != nil {
					out[0] += vp[0] * y[0]
					out[1] -= vp[0] * y[1]
				}
				return nil
			},
			VJP: func(gy, gp []float64, _ float64, y, p, w []float64) error {
				d := w[1] - w[0]
				gy[0] = p[0]*w[0] + d*y[1]
				gy[1] = -p[0]*w[1] + d*y[0]
				if gp != nil {
					gp[0] += w[0]*y[0] - w[1]*y[1]
				}
				return nil
			},
			Jacobian: func(jac []float64, _ float64, y, p []float64) error {
				jac[0], jac[1] = p[0]-y[1], -y[0]
				jac[2], jac[3] = y[1], y[0]-p[0]
				return nil
			},
		},
		Exact: func(t float64) Point {
			sin, cos := math.Sincos(t)
			return Point{
				T:   t,
				Y:   []float64{1, 1},
				DP:  [][]float64{{1 - cos + sin}, {1 - cos - sin}},
				DY0: [][]float64{{cos, -sin}, {sin, cos}},
			}
		},
	}
}

func constantSolution[T number](dy []T, _ float64, y, p []T) error {
	dy[0] = p[0]*y[0] - y[0]*y[1]
	dy[1] = -p[0]*y[1] + y[0]*y[1]
	return nil
}
