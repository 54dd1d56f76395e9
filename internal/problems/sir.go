package problems

import "github.com/odefit/odefit/dynsys"

// sirPopulation is the number of boys at the boarding school.
const sirPopulation = 763

// SIR is the epidemic S' = -beta S I/N, I' = beta S I/N - gamma I, R' = gamma I of
// Kermack and McKendrick (1927), with the numbers of an influenza outbreak in a
// boarding school: N = 763, one of them ill at the start, 14 days.
func SIR() *Problem {
	return &Problem{
		Name:    "sir",
		Params:  []string{"beta", "gamma"},
		P:       []float64{1.66, 0.44},
		Y0:      []float64{762, 1, 0},
		T1:      14,
		Complex: sir[complex128],
		System: &dynsys.System[[]float64]{
			Dim:       3,
			NumParams: 2,
			RHS:       sir[float64],
			JVP: func(out []float64, _ float64, y, p, vy, vp []float64) error {
				infected := p[0] * (vy[0]*y[1] + y[0]*vy[1]) / sirPopulation
				recovered := p[1] * vy[1]
				if vp != nil {
					infected += vp[0] * y[0] * y[1] / sirPopulation
					recovered += vp[1] * y[1]
				}
				out[0] = -infected
				out[1] = infected - recovered
				out[2] = recovered
				return nil
			},
			VJP: func(gy, gp []float64, _ float64, y, p, w []float64) error {
				infected := (w[1] - w[0]) / sirPopulation
				recovered := w[2] - w[1]
				gy[0] = infected * p[0] * y[1]
				gy[1] = infected*p[0]*y[0] + recovered*p[1]
				gy[2] = 0
				if gp != nil {
					gp[0] += infected * y[0] * y[1]
					gp[1] += recovered * y[1]
				}
				return nil
			},
			Jacobian: func(jac []float64, _ float64, y, p []float64) error {
				s, i := p[0]*y[1]/sirPopulation, p[0]*y[0]/sirPopulation
				jac[0], jac[1], jac[2] = -s, -i, 0
				jac[3], jac[4], jac[5] = s, i-p[1], 0
				jac[6], jac[7], jac[8] = 0, p[1], 0
				return nil
			},
		},
	}
}

func sir[T number](dy []T, _ float64, y, p []T) error {
	infected := p[0] * y[0] * y[1] / sirPopulation
	recovered := p[1] * y[1]
	dy[0] = -infected
	dy[1] = infected - recovered
	dy[2] = recovered
	return nil
}
