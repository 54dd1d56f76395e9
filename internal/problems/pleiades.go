package problems

import "github.com/odefit/odefit/dynsys"

// pleiadesStars is the number of stars; star i has mass i + 1.
const pleiadesStars = 7

// Pleiades is seven stars in a plane under their mutual attraction, with many close
// passes: Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I,
// section II.10. The state is the seven x, the seven z, and their velocities in the
// same order. It has no parameters.
func Pleiades() *Problem {
	return &Problem{
		Name: "pleiades",
		Y0: []float64{
			3, 3, -1, -3, 2, -2, 2,
			3, -3, 2, 0, 0, -4, 4,
			0, 0, 0, 0, 0, 1.75, -1.5,
			0, 0, 0, -1.25, 1, 0, 0,
		},
		T1:      3,
		Complex: pleiades[complex128],
		System: &dynsys.System[[]float64]{
			Dim: 4 * pleiadesStars,
			RHS: pleiades[float64],
			JVP: func(out []float64, _ float64, y, _, vy, _ []float64) error {
				const n = pleiadesStars
				copy(out[:2*n], vy[2*n:])
				ax, az := out[2*n:3*n], out[3*n:]
				clear(out[2*n:])
				for i := range n {
					for j := i + 1; j < n; j++ {
						k := tidalAt(y[j]-y[i], y[n+j]-y[n+i])
						x, z := k.apply(vy[j]-vy[i], vy[n+j]-vy[n+i])
						mi, mj := float64(i+1), float64(j+1)
						ax[i] += mj * x
						az[i] += mj * z
						ax[j] -= mi * x
						az[j] -= mi * z
					}
				}
				return nil
			},
			VJP: func(gy, _ []float64, _ float64, y, _, w []float64) error {
				const n = pleiadesStars
				copy(gy[2*n:], w[:2*n])
				clear(gy[:2*n])
				wx, wz := w[2*n:3*n], w[3*n:]
				for i := range n {
					for j := i + 1; j < n; j++ {
						k := tidalAt(y[j]-y[i], y[n+j]-y[n+i])
						mi, mj := float64(i+1), float64(j+1)
						x, z := k.apply(mj*wx[i]-mi*wx[j], mj*wz[i]-mi*wz[j])
						gy[i] -= x
						gy[n+i] -= z
						gy[j] += x
						gy[n+j] += z
					}
				}
				return nil
			},
			Jacobian: pleiadesJacobian,
		},
	}
}

func pleiades[T number](dy []T, _ float64, y, _ []T) error {
	const n = pleiadesStars
	copy(dy[:2*n], y[2*n:])
	ax, az := dy[2*n:3*n], dy[3*n:]
	clear(dy[2*n:])
	for i := range n {
		for j := i + 1; j < n; j++ {
			x, z := y[j]-y[i], y[n+j]-y[n+i]
			r3 := cubed(x, z)
			x, z = x/r3, z/r3
			mi, mj := real64[T](float64(i+1)), real64[T](float64(j+1))
			ax[i] += mj * x
			az[i] += mj * z
			ax[j] -= mi * x
			az[j] -= mi * z
		}
	}
	return nil
}

func pleiadesJacobian(jac []float64, _ float64, y, _ []float64) error {
	const n, dim = pleiadesStars, 4 * pleiadesStars
	clear(jac)
	for i := range 2 * n {
		jac[i*dim+2*n+i] = 1
	}
	for i := range n {
		x, z := jac[(2*n+i)*dim:], jac[(3*n+i)*dim:] // rows of the acceleration of star i
		for j := range n {
			if j == i {
				continue
			}
			k := tidalAt(y[j]-y[i], y[n+j]-y[n+i])
			m := float64(j + 1)
			x[j], x[n+j] = m*k.xx, m*k.xz
			z[j], z[n+j] = m*k.xz, m*k.zz
			x[i] -= m * k.xx
			x[n+i] -= m * k.xz
			z[i] -= m * k.xz
			z[n+i] -= m * k.zz
		}
	}
	return nil
}
