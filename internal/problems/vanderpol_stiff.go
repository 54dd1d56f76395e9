package problems

import "github.com/odefit/odefit/dynsys"

// VanDerPolStiff is Van der Pol's oscillator with slow pieces and sudden jumps,
// y0' = y1, y1' = ((1 - y0^2) y1 - y0)/eps with eps = 1e-6, from (2, 0) (Hairer,
// Wanner, Solving Ordinary Differential Equations II, section IV.10).
func VanDerPolStiff() *Problem {
	return &Problem{
		Name:    "vanderpol_stiff",
		Params:  []string{"eps"},
		P:       []float64{1e-6},
		Y0:      []float64{2, 0},
		T1:      2,
		Stiff:   true,
		Complex: vanDerPol[complex128],
		System: &dynsys.System[[]float64]{
			Dim:        2,
			NumParams:  1,
			Autonomous: true,
			RHS:        vanDerPol[float64],
			JVP: func(out []float64, _ float64, y, p, vy, vp []float64) error {
				out[0] = vy[1]
				out[1] = ((-2*y[0]*y[1]-1)*vy[0] + (1-y[0]*y[0])*vy[1]) / p[0]
				if vp != nil {
					out[1] -= ((1-y[0]*y[0])*y[1] - y[0]) / (p[0] * p[0]) * vp[0]
				}
				return nil
			},
			VJP: func(gy, gp []float64, _ float64, y, p, w []float64) error {
				gy[0] = (-2*y[0]*y[1] - 1) / p[0] * w[1]
				gy[1] = w[0] + (1-y[0]*y[0])/p[0]*w[1]
				if gp != nil {
					gp[0] -= ((1-y[0]*y[0])*y[1] - y[0]) / (p[0] * p[0]) * w[1]
				}
				return nil
			},
			Jacobian: func(jac []float64, _ float64, y, p []float64) error {
				jac[0], jac[1] = 0, 1
				jac[2], jac[3] = (-2*y[0]*y[1]-1)/p[0], (1-y[0]*y[0])/p[0]
				return nil
			},
		},
	}
}

func vanDerPol[T number](dy []T, _ float64, y, p []T) error {
	dy[0] = y[1]
	dy[1] = ((1-y[0]*y[0])*y[1] - y[0]) / p[0]
	return nil
}
