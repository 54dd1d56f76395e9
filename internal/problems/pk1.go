package problems

import "github.com/odefit/odefit/dynsys"

// PK1 is a drug that is swallowed and cleared, in one compartment: the amounts in
// the gut, y0' = -ka y0, and in the body, y1' = ka y0 - (CL/V) y1, after a dose of
// 100. Its solution is Bateman's function.
func PK1() *Problem {
	return &Problem{
		Name:    "pk1",
		Params:  []string{"ka", "CL", "V"},
		P:       []float64{1.2, 4, 30},
		Y0:      []float64{100, 0},
		T1:      24,
		Complex: pk1[complex128],
		System: &dynsys.System[[]float64]{
			Dim:       2,
			NumParams: 3,
			RHS:       pk1[float64],
			JVP: func(out []float64, _ float64, y, p, vy, vp []float64) error {
				absorbed := p[0] * vy[0]
				cleared := p[1] / p[2] * vy[1]
				if vp != nil {
					absorbed += vp[0] * y[0]
					cleared += (vp[1] - p[1]/p[2]*vp[2]) / p[2] * y[1]
				}
				out[0] = -absorbed
				out[1] = absorbed - cleared
				return nil
			},
			VJP: func(gy, gp []float64, _ float64, y, p, w []float64) error {
				absorbed, cleared := w[1]-w[0], -w[1]
				gy[0] = p[0] * absorbed
				gy[1] = p[1] / p[2] * cleared
				if gp != nil {
					gp[0] += absorbed * y[0]
					gp[1] += cleared * y[1] / p[2]
					gp[2] -= cleared * y[1] * p[1] / (p[2] * p[2])
				}
				return nil
			},
			Jacobian: func(jac []float64, _ float64, _, p []float64) error {
				jac[0], jac[1] = -p[0], 0
				jac[2], jac[3] = p[0], -p[1]/p[2]
				return nil
			},
		},
	}
}

func pk1[T number](dy []T, _ float64, y, p []T) error {
	absorbed := p[0] * y[0]
	cleared := p[1] / p[2] * y[1]
	dy[0] = -absorbed
	dy[1] = absorbed - cleared
	return nil
}
