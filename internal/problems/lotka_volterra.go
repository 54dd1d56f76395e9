package problems

import "github.com/odefit/odefit/dynsys"

// LotkaVolterra is the predator and prey model y0' = a y0 - b y0 y1,
// y1' = -c y1 + d y0 y1, from (1, 1).
func LotkaVolterra() *Problem {
	return &Problem{
		Name:    "lotka_volterra",
		Params:  []string{"a", "b", "c", "d"},
		P:       []float64{1.5, 1, 3, 1},
		Y0:      []float64{1, 1},
		T1:      10,
		Complex: lotkaVolterra[complex128],
		System: &dynsys.System[[]float64]{
			Dim:       2,
			NumParams: 4,
			RHS:       lotkaVolterra[float64],
			JVP: func(out []float64, _ float64, y, p, vy, vp []float64) error {
				cross := vy[0]*y[1] + y[0]*vy[1]
				out[0] = p[0]*vy[0] - p[1]*cross
				out[1] = -p[2]*vy[1] + p[3]*cross
				if vp != nil {
					out[0] += vp[0]*y[0] - vp[1]*y[0]*y[1]
					out[1] += -vp[2]*y[1] + vp[3]*y[0]*y[1]
				}
				return nil
			},
			VJP: func(gy, gp []float64, _ float64, y, p, w []float64) error {
				cross := p[3]*w[1] - p[1]*w[0]
				gy[0] = p[0]*w[0] + cross*y[1]
				gy[1] = -p[2]*w[1] + cross*y[0]
				if gp != nil {
					gp[0] += w[0] * y[0]
					gp[1] -= w[0] * y[0] * y[1]
					gp[2] -= w[1] * y[1]
					gp[3] += w[1] * y[0] * y[1]
				}
				return nil
			},
			SecondOrder: func(gy, gp []float64, _ float64, y, p, vy, vp, w []float64) (float64, error) {
				c := p[3]*w[1] - p[1]*w[0]
				gy[0], gy[1] = c*vy[1], c*vy[0]
				if vp != nil {
					d := vp[3]*w[1] - vp[1]*w[0]
					gy[0] += w[0]*vp[0] + d*y[1]
					gy[1] += -w[1]*vp[2] + d*y[0]
				}
				if gp != nil {
					cross := vy[0]*y[1] + y[0]*vy[1]
					gp[0] += w[0] * vy[0]
					gp[1] -= w[0] * cross
					gp[2] -= w[1] * vy[1]
					gp[3] += w[1] * cross
				}
				return 0, nil
			},
			Jacobian: func(jac []float64, _ float64, y, p []float64) error {
				jac[0], jac[1] = p[0]-p[1]*y[1], -p[1]*y[0]
				jac[2], jac[3] = p[3]*y[1], p[3]*y[0]-p[2]
				return nil
			},
		},
	}
}

func lotkaVolterra[T number](dy []T, _ float64, y, p []T) error {
	dy[0] = p[0]*y[0] - p[1]*y[0]*y[1]
	dy[1] = -p[2]*y[1] + p[3]*y[0]*y[1]
	return nil
}
