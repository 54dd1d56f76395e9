package problems

import "github.com/odefit/odefit/dynsys"

// FitzHughNagumo is the model of a nerve cell v' = v - v^3/3 - w + I,
// w' = tau_inv (v + a - b w), from (1, 1) (FitzHugh, Biophysical Journal 1, 1961).
func FitzHughNagumo() *Problem {
	return &Problem{
		Name:    "fitzhugh_nagumo",
		Params:  []string{"a", "b", "tau_inv", "I"},
		P:       []float64{0.7, 0.8, 0.08, 0.5},
		Y0:      []float64{1, 1},
		T1:      100,
		Complex: fitzHughNagumo[complex128],
		System: &dynsys.System[[]float64]{
			Dim:       2,
			NumParams: 4,
			RHS:       fitzHughNagumo[float64],
			JVP: func(out []float64, _ float64, y, p, vy, vp []float64) error {
				out[0] = (1-y[0]*y[0])*vy[0] - vy[1]
				out[1] = p[2] * (vy[0] - p[1]*vy[1])
				if vp != nil {
					out[0] += vp[3]
					out[1] += p[2]*(vp[0]-y[1]*vp[1]) + (y[0]+p[0]-p[1]*y[1])*vp[2]
				}
				return nil
			},
			VJP: func(gy, gp []float64, _ float64, y, p, w []float64) error {
				gy[0] = (1-y[0]*y[0])*w[0] + p[2]*w[1]
				gy[1] = -w[0] - p[2]*p[1]*w[1]
				if gp != nil {
					gp[0] += p[2] * w[1]
					gp[1] -= p[2] * y[1] * w[1]
					gp[2] += (y[0] + p[0] - p[1]*y[1]) * w[1]
					gp[3] += w[0]
				}
				return nil
			},
			Jacobian: func(jac []float64, _ float64, y, p []float64) error {
				jac[0], jac[1] = 1-y[0]*y[0], -1
				jac[2], jac[3] = p[2], -p[2]*p[1]
				return nil
			},
		},
	}
}

func fitzHughNagumo[T number](dy []T, _ float64, y, p []T) error {
	dy[0] = y[0] - y[0]*y[0]*y[0]/3 - y[1] + p[3]
	dy[1] = p[2] * (y[0] + p[0] - p[1]*y[1])
	return nil
}
