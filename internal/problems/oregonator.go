package problems

import "github.com/odefit/odefit/dynsys"

// Oregonator is the oscillating reaction of Belousov and Zhabotinskii,
// y0' = s (y1 + y0 (1 - q y0 - y1)), y1' = (y2 - (1 + y0) y1)/s, y2' = w (y0 - y2),
// from (1, 2, 3) (Hairer, Wanner, Solving Ordinary Differential Equations II,
// section IV.10).
func Oregonator() *Problem {
	return &Problem{
		Name:    "oregonator",
		Params:  []string{"s", "q", "w"},
		P:       []float64{77.27, 8.375e-6, 0.161},
		Y0:      []float64{1, 2, 3},
		T1:      360,
		Stiff:   true,
		Complex: oregonator[complex128],
		System: &dynsys.System[[]float64]{
			Dim:        3,
			NumParams:  3,
			Autonomous: true,
			RHS:        oregonator[float64],
			JVP: func(out []float64, _ float64, y, p, vy, vp []float64) error {
				s, q, w := p[0], p[1], p[2]
				out[0] = s * ((1-2*q*y[0]-y[1])*vy[0] + (1-y[0])*vy[1])
				out[1] = (vy[2] - y[1]*vy[0] - (1+y[0])*vy[1]) / s
				out[2] = w * (vy[0] - vy[2])
				if vp != nil {
					out[0] += (y[1]+y[0]*(1-q*y[0]-y[1]))*vp[0] - s*y[0]*y[0]*vp[1]
					out[1] -= (y[2] - (1+y[0])*y[1]) / (s * s) * vp[0]
					out[2] += (y[0] - y[2]) * vp[2]
				}
				return nil
			},
			VJP: func(gy, gp []float64, _ float64, y, p, w []float64) error {
				s, q := p[0], p[1]
				gy[0] = s*(1-2*q*y[0]-y[1])*w[0] - y[1]/s*w[1] + p[2]*w[2]
				gy[1] = s*(1-y[0])*w[0] - (1+y[0])/s*w[1]
				gy[2] = w[1]/s - p[2]*w[2]
				if gp != nil {
					gp[0] += (y[1]+y[0]*(1-q*y[0]-y[1]))*w[0] - (y[2]-(1+y[0])*y[1])/(s*s)*w[1]
					gp[1] -= s * y[0] * y[0] * w[0]
					gp[2] += (y[0] - y[2]) * w[2]
				}
				return nil
			},
			Jacobian: func(jac []float64, _ float64, y, p []float64) error {
				s, q, w := p[0], p[1], p[2]
				jac[0], jac[1], jac[2] = s*(1-2*q*y[0]-y[1]), s*(1-y[0]), 0
				jac[3], jac[4], jac[5] = -y[1]/s, -(1+y[0])/s, 1/s
				jac[6], jac[7], jac[8] = w, 0, -w
				return nil
			},
		},
	}
}

func oregonator[T number](dy []T, _ float64, y, p []T) error {
	s, q, w := p[0], p[1], p[2]
	dy[0] = s * (y[1] + y[0]*(1-q*y[0]-y[1]))
	dy[1] = (y[2] - (1+y[0])*y[1]) / s
	dy[2] = w * (y[0] - y[2])
	return nil
}
