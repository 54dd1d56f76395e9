package problems

import "github.com/odefit/odefit/dynsys"

// Arenstorf is a spacecraft on a closed orbit about Earth and Moon, in the frame
// that turns with them, over one period: the restricted problem of three bodies of
// Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I, section II.0.
// The state is (x, y, x', y'). Two close passes make it hard: an error of the
// initial velocity in the last bit of a float64 moves the end by 1e-11.
func Arenstorf() *Problem {
	return &Problem{
		Name:    "arenstorf",
		Params:  []string{"mu"},
		P:       []float64{0.012277471},
		Y0:      []float64{0.994, 0, 0, -2.00158510637908252240537862224},
		T1:      17.0652165601579625588917206249,
		Complex: arenstorf[complex128],
		System: &dynsys.System[[]float64]{
			Dim:       4,
			NumParams: 1,
			RHS:       arenstorf[float64],
			JVP: func(out []float64, _ float64, y, p, vy, vp []float64) error {
				c := arenstorfDerivatives(y, p[0])
				out[0], out[1] = vy[2], vy[3]
				out[2] = c.xx*vy[0] + c.xy*vy[1] + 2*vy[3]
				out[3] = c.xy*vy[0] + c.yy*vy[1] - 2*vy[2]
				if vp != nil {
					out[2] += c.xmu * vp[0]
					out[3] += c.ymu * vp[0]
				}
				return nil
			},
			VJP: func(gy, gp []float64, _ float64, y, p, w []float64) error {
				c := arenstorfDerivatives(y, p[0])
				gy[0] = c.xx*w[2] + c.xy*w[3]
				gy[1] = c.xy*w[2] + c.yy*w[3]
				gy[2] = w[0] - 2*w[3]
				gy[3] = w[1] + 2*w[2]
				if gp != nil {
					gp[0] += c.xmu*w[2] + c.ymu*w[3]
				}
				return nil
			},
			Jacobian: func(jac []float64, _ float64, y, p []float64) error {
				c := arenstorfDerivatives(y, p[0])
				copy(jac, []float64{
					0, 0, 1, 0,
					0, 0, 0, 1,
					c.xx, c.xy, 0, 2,
					c.xy, c.yy, -2, 0,
				})
				return nil
			},
		},
	}
}

func arenstorf[T number](dy []T, _ float64, y, p []T) error {
	mu := p[0]
	earth, moon := y[0]+mu, y[0]-(1-mu) // the way in x from each of them
	d1, d2 := cubed(earth, y[1]), cubed(moon, y[1])
	dy[0], dy[1] = y[2], y[3]
	dy[2] = y[0] + 2*y[3] - (1-mu)*earth/d1 - mu*moon/d2
	dy[3] = y[1] - 2*y[2] - (1-mu)*y[1]/d1 - mu*y[1]/d2
	return nil
}

// arenstorfTerms are the derivatives of the acceleration in the position and in mu.
type arenstorfTerms struct{ xx, xy, yy, xmu, ymu float64 }

func arenstorfDerivatives(y []float64, mu float64) arenstorfTerms {
	earth, moon := y[0]+mu, y[0]-(1-mu)
	k1, k2 := tidalAt(earth, y[1]), tidalAt(moon, y[1])
	d1, d2 := cubed(earth, y[1]), cubed(moon, y[1])
	xx := (1-mu)*k1.xx + mu*k2.xx
	xy := (1-mu)*k1.xz + mu*k2.xz
	return arenstorfTerms{
		xx: 1 - xx,
		xy: -xy,
		yy: 1 - (1-mu)*k1.zz - mu*k2.zz,
		// mu moves both bodies and shifts mass from one to the other.
		xmu: earth/d1 - moon/d2 - xx,
		ymu: y[1]/d1 - y[1]/d2 - xy,
	}
}
