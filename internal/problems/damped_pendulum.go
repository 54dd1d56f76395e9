package problems

import (
	"math"

	"github.com/odefit/odefit/dynsys"
)

// DampedPendulum is the angle and its velocity, y0' = y1,
// y1' = -c y1 - (g/len) sin y0, from (2, 0).
func DampedPendulum() *Problem {
	return &Problem{
		Name:    "damped_pendulum",
		Params:  []string{"g", "len", "c"},
		P:       []float64{9.81, 1.5, 0.3},
		Y0:      []float64{2, 0},
		T1:      10,
		Complex: dampedPendulum[complex128],
		System: &dynsys.System[[]float64]{
			Dim:       2,
			NumParams: 3,
			RHS:       dampedPendulum[float64],
			JVP: func(out []float64, _ float64, y, p, vy, vp []float64) error {
				sin, cos := math.Sincos(y[0])
				g, length, c := p[0], p[1], p[2]
				out[0] = vy[1]
				out[1] = -c*vy[1] - g/length*cos*vy[0]
				if vp != nil {
					out[1] += -sin/length*vp[0] + g/(length*length)*sin*vp[1] - y[1]*vp[2]
				}
				return nil
			},
			VJP: func(gy, gp []float64, _ float64, y, p, w []float64) error {
				sin, cos := math.Sincos(y[0])
				g, length, c := p[0], p[1], p[2]
				gy[0] = -g / length * cos * w[1]
				gy[1] = w[0] - c*w[1]
				if gp != nil {
					gp[0] -= sin / length * w[1]
					gp[1] += g / (length * length) * sin * w[1]
					gp[2] -= y[1] * w[1]
				}
				return nil
			},
			Jacobian: func(jac []float64, _ float64, y, p []float64) error {
				jac[0], jac[1] = 0, 1
				jac[2], jac[3] = -p[0]/p[1]*math.Cos(y[0]), -p[2]
				return nil
			},
		},
	}
}

func dampedPendulum[T number](dy []T, _ float64, y, p []T) error {
	dy[0] = y[1]
	dy[1] = -p[2]*y[1] - p[0]/p[1]*sin(y[0])
	return nil
}
