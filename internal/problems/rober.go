package problems

import "github.com/odefit/odefit/dynsys"

// Rober is Robertson's autocatalytic reaction, y0' = -k1 y0 + k3 y1 y2,
// y1' = k1 y0 - k2 y1^2 - k3 y1 y2, y2' = k2 y1^2, until t = 1e11 (Hairer, Wanner,
// Solving Ordinary Differential Equations II, section IV.1). Its sensitivities and
// its loss end at 1e4.
func Rober() *Problem {
	return &Problem{
		Name:    "rober",
		Params:  []string{"k1", "k2", "k3"},
		P:       []float64{0.04, 3e7, 1e4},
		Y0:      []float64{1, 0, 0},
		T1:      1e11,
		Stiff:   true,
		Complex: rober[complex128],
		System: &dynsys.System[[]float64]{
			Dim:        3,
			NumParams:  3,
			Autonomous: true,
			RHS:        rober[float64],
			JVP: func(out []float64, _ float64, y, p, vy, vp []float64) error {
				r1 := p[0] * vy[0]
				r2 := 2 * p[1] * y[1] * vy[1]
				r3 := p[2] * (vy[1]*y[2] + y[1]*vy[2])
				if vp != nil {
					r1 += vp[0] * y[0]
					r2 += vp[1] * y[1] * y[1]
					r3 += vp[2] * y[1] * y[2]
				}
				out[0] = r3 - r1
				out[1] = r1 - r2 - r3
				out[2] = r2
				return nil
			},
			VJP: func(gy, gp []float64, _ float64, y, p, w []float64) error {
				r1, r2, r3 := w[1]-w[0], w[2]-w[1], w[0]-w[1]
				gy[0] = r1 * p[0]
				gy[1] = 2*r2*p[1]*y[1] + r3*p[2]*y[2]
				gy[2] = r3 * p[2] * y[1]
				if gp != nil {
					gp[0] += r1 * y[0]
					gp[1] += r2 * y[1] * y[1]
					gp[2] += r3 * y[1] * y[2]
				}
				return nil
			},
			Jacobian: func(jac []float64, _ float64, y, p []float64) error {
				a, b, c := 2*p[1]*y[1], p[2]*y[2], p[2]*y[1]
				jac[0], jac[1], jac[2] = -p[0], b, c
				jac[3], jac[4], jac[5] = p[0], -a-b, -c
				jac[6], jac[7], jac[8] = 0, a, 0
				return nil
			},
		},
	}
}

func rober[T number](dy []T, _ float64, y, p []T) error {
	r1, r2, r3 := p[0]*y[0], p[1]*y[1]*y[1], p[2]*y[1]*y[2]
	dy[0] = r3 - r1
	dy[1] = r1 - r2 - r3
	dy[2] = r2
	return nil
}
