package problems

import "github.com/odefit/odefit/dynsys"

// Lorenz is the butterfly of Lorenz (1963), y0' = sigma (y1 - y0),
// y1' = y0 (rho - y2) - y1, y2' = y0 y1 - beta y2, from (1, 0, 0), until t = 10.
// Small errors grow about e^0.9t-fold.
func Lorenz() *Problem {
	return &Problem{
		Name:    "lorenz",
		Params:  []string{"sigma", "rho", "beta"},
		P:       []float64{10, 28, 8.0 / 3},
		Y0:      []float64{1, 0, 0},
		T1:      10,
		Complex: lorenz[complex128],
		System: &dynsys.System[[]float64]{
			Dim:       3,
			NumParams: 3,
			RHS:       lorenz[float64],
			JVP: func(out []float64, _ float64, y, p, vy, vp []float64) error {
				out[0] = p[0] * (vy[1] - vy[0])
				out[1] = vy[0]*(p[1]-y[2]) - y[0]*vy[2] - vy[1]
				out[2] = vy[0]*y[1] + y[0]*vy[1] - p[2]*vy[2]
				if vp != nil {
					out[0] += vp[0] * (y[1] - y[0])
					out[1] += vp[1] * y[0]
					out[2] -= vp[2] * y[2]
				}
				return nil
			},
			VJP: func(gy, gp []float64, _ float64, y, p, w []float64) error {
				gy[0] = -p[0]*w[0] + (p[1]-y[2])*w[1] + y[1]*w[2]
				gy[1] = p[0]*w[0] - w[1] + y[0]*w[2]
				gy[2] = -y[0]*w[1] - p[2]*w[2]
				if gp != nil {
					gp[0] += (y[1] - y[0]) * w[0]
					gp[1] += y[0] * w[1]
					gp[2] -= y[2] * w[2]
				}
				return nil
			},
			Jacobian: func(jac []float64, _ float64, y, p []float64) error {
				jac[0], jac[1], jac[2] = -p[0], p[0], 0
				jac[3], jac[4], jac[5] = p[1]-y[2], -1, -y[0]
				jac[6], jac[7], jac[8] = y[1], y[0], -p[2]
				return nil
			},
		},
	}
}

func lorenz[T number](dy []T, _ float64, y, p []T) error {
	dy[0] = p[0] * (y[1] - y[0])
	dy[1] = y[0]*(p[1]-y[2]) - y[1]
	dy[2] = y[0]*y[1] - p[2]*y[2]
	return nil
}
