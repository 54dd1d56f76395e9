package problems

import "github.com/odefit/odefit/dynsys"

// Hires is the growth of plants under high irradiance, eight reactants of a light
// receptor (Hairer, Wanner, Solving Ordinary Differential Equations II, section
// IV.10; Test Set for IVP Solvers).
func Hires() *Problem {
	return &Problem{
		Name: "hires",
		Params: []string{
			"k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8", "k9", "k10", "k11", "k12",
		},
		P: []float64{
			1.71, 0.43, 8.32, 0.0007, 8.75, 10.03, 0.035, 1.12, 1.745, 280, 0.69, 1.81,
		},
		Y0:      []float64{1, 0, 0, 0, 0, 0, 0, 0.0057},
		T1:      321.8122,
		Stiff:   true,
		Complex: hires[complex128],
		System: &dynsys.System[[]float64]{
			Dim:        8,
			NumParams:  12,
			Autonomous: true,
			RHS:        hires[float64],
			JVP: func(out []float64, _ float64, y, p, vy, vp []float64) error {
				bound := p[9] * (vy[5]*y[7] + y[5]*vy[7])
				if vp != nil {
					bound += vp[9] * y[5] * y[7]
				}
				hiresLinear(out, vy, p, bound)
				if vp != nil {
					out[0] += -vp[0]*y[0] + vp[1]*y[1] + vp[2]*y[2] + vp[3]
					out[1] += vp[0]*y[0] - vp[4]*y[1]
					out[2] += -vp[5]*y[2] + vp[1]*y[3] + vp[6]*y[4]
					out[3] += vp[2]*y[1] + vp[0]*y[2] - vp[7]*y[3]
					out[4] += -vp[8]*y[4] + vp[1]*(y[5]+y[6])
					out[5] += vp[10]*(y[3]+y[6]) + vp[0]*y[4] - vp[1]*y[5]
					out[6] -= vp[11] * y[6]
					out[7] += vp[11] * y[6]
				}
				return nil
			},
			VJP: func(gy, gp []float64, _ float64, y, p, w []float64) error {
				bound := w[6] - w[5] - w[7]
				gy[0] = p[0] * (w[1] - w[0])
				gy[1] = p[1]*w[0] - p[4]*w[1] + p[2]*w[3]
				gy[2] = p[2]*w[0] - p[5]*w[2] + p[0]*w[3]
				gy[3] = p[1]*w[2] - p[7]*w[3] + p[10]*w[5]
				gy[4] = p[6]*w[2] - p[8]*w[4] + p[0]*w[5]
				gy[5] = p[1]*(w[4]-w[5]) + p[9]*y[7]*bound
				gy[6] = p[1]*w[4] + p[10]*w[5] + p[11]*(w[7]-w[6])
				gy[7] = p[9] * y[5] * bound
				if gp != nil {
					gp[0] += y[0]*(w[1]-w[0]) + y[2]*w[3] + y[4]*w[5]
					gp[1] += y[1]*w[0] + y[3]*w[2] + (y[5]+y[6])*w[4] - y[5]*w[5]
					gp[2] += y[2]*w[0] + y[1]*w[3]
					gp[3] += w[0]
					gp[4] -= y[1] * w[1]
					gp[5] -= y[2] * w[2]
					gp[6] += y[4] * w[2]
					gp[7] -= y[3] * w[3]
					gp[8] -= y[4] * w[4]
					gp[9] += y[5] * y[7] * bound
					gp[10] += (y[3] + y[6]) * w[5]
					gp[11] += y[6] * (w[7] - w[6])
				}
				return nil
			},
			Jacobian: func(jac []float64, _ float64, y, p []float64) error {
				b5, b7 := p[9]*y[7], p[9]*y[5]
				copy(jac, []float64{
					-p[0], p[1], p[2], 0, 0, 0, 0, 0,
					p[0], -p[4], 0, 0, 0, 0, 0, 0,
					0, 0, -p[5], p[1], p[6], 0, 0, 0,
					0, p[2], p[0], -p[7], 0, 0, 0, 0,
					0, 0, 0, 0, -p[8], p[1], p[1], 0,
					0, 0, 0, p[10], p[0], -p[1] - b5, p[10], -b7,
					0, 0, 0, 0, 0, b5, -p[11], b7,
					0, 0, 0, 0, 0, -b5, p[11], -b7,
				})
				return nil
			},
		},
	}
}

func hires[T number](dy []T, _ float64, y, p []T) error {
	hiresLinear(dy, y, p, p[9]*y[5]*y[7])
	dy[0] += p[3]
	return nil
}

// hiresLinear sets dy to the part of the right-hand side that is linear in y, and
// moves what is bound from species 5 and 7 to species 6.
func hiresLinear[T number](dy, y, p []T, bound T) {
	dy[0] = -p[0]*y[0] + p[1]*y[1] + p[2]*y[2]
	dy[1] = p[0]*y[0] - p[4]*y[1]
	dy[2] = -p[5]*y[2] + p[1]*y[3] + p[6]*y[4]
	dy[3] = p[2]*y[1] + p[0]*y[2] - p[7]*y[3]
	dy[4] = -p[8]*y[4] + p[1]*(y[5]+y[6])
	dy[5] = -bound + p[10]*(y[3]+y[6]) + p[0]*y[4] - p[1]*y[5]
	dy[6] = bound - p[11]*y[6]
	dy[7] = -bound + p[11]*y[6]
}
