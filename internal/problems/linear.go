package problems

import (
	"math"

	"github.com/odefit/odefit/dynsys"
)

// Linear is z' = A z with A = [[-0.1, 2], [-2, -0.1]] and z(0) = (2, 0) on [0, 1]:
// a damped rotation, the worked example of the adjoint. The four entries of A, row
// by row, are its parameters. What explicit Euler makes of it, gradients and
// adjoints included, is in [EulerTerminal] and [EulerObserved].
func Linear() *Problem {
	return &Problem{
		Name:    "linear",
		Params:  []string{"A00", "A01", "A10", "A11"},
		P:       []float64{-0.1, 2, -2, -0.1},
		Y0:      []float64{2, 0},
		T1:      1,
		Complex: linear[complex128],
		System: &dynsys.System[[]float64]{
			Dim:       2,
			NumParams: 4,
			RHS:       linear[float64],
			JVP: func(out []float64, _ float64, y, p, vy, vp []float64) error {
				out[0] = p[0]*vy[0] + p[1]*vy[1]
				out[1] = p[2]*vy[0] + p[3]*vy[1]
				if vp != nil {
					out[0] += vp[0]*y[0] + vp[1]*y[1]
					out[1] += vp[2]*y[0] + vp[3]*y[1]
				}
				return nil
			},
			VJP: func(gy, gp []float64, _ float64, y, p, w []float64) error {
				gy[0] = p[0]*w[0] + p[2]*w[1]
				gy[1] = p[1]*w[0] + p[3]*w[1]
				if gp != nil {
					gp[0] += w[0] * y[0]
					gp[1] += w[0] * y[1]
					gp[2] += w[1] * y[0]
					gp[3] += w[1] * y[1]
				}
				return nil
			},
			Jacobian: func(jac []float64, _ float64, _, p []float64) error {
				copy(jac, p)
				return nil
			},
		},
		Exact: linearExact,
	}
}

func linear[T number](dy []T, _ float64, y, p []T) error {
	dy[0] = p[0]*y[0] + p[1]*y[1]
	dy[1] = p[2]*y[0] + p[3]*y[1]
	return nil
}

// linearExact uses that A = -alpha I + omega J with J = [[0, 1], [-1, 0]], so that
// exp(At) = exp(-alpha t) R(t) with the rotation R(t) = cos(omega t) I + sin(omega t) J.
// The derivative of exp(At) in the direction E is the integral over s from 0 to t of
// exp(A(t-s)) E exp(As). Where E commutes with J it is t exp(At) E; where it
// anticommutes, R(t-s) E R(s) = R(t-2s) E, and it is exp(-alpha t) sin(omega t)/omega E.
func linearExact(t float64) Point {
	const alpha, omega = 0.1, 2.0
	sin, cos := math.Sincos(omega * t)
	decay := math.Exp(-alpha * t)
	r := [2][2]float64{{decay * cos, decay * sin}, {-decay * sin, decay * cos}}
	z0 := [2]float64{2, 0}

	x := Point{T: t}
	for i := range 2 {
		x.Y = append(x.Y, r[i][0]*z0[0]+r[i][1]*z0[1])
		x.DY0 = append(x.DY0, []float64{r[i][0], r[i][1]})
		x.DP = append(x.DP, make([]float64, 4))
	}
	for j := range 4 {
		var e [2][2]float64
		e[j/2][j%2] = 1
		// e = c + a with c = (e - JeJ)/2 commuting and a = (e + JeJ)/2 anticommuting.
		jej := [2][2]float64{{-e[1][1], e[1][0]}, {e[0][1], -e[0][0]}}
		var c, a [2]float64 // the two parts applied to z0
		for i := range 2 {
			for k := range 2 {
				c[i] += (e[i][k] - jej[i][k]) / 2 * z0[k]
				a[i] += (e[i][k] + jej[i][k]) / 2 * z0[k]
			}
		}
		for i := range 2 {
			x.DP[i][j] = t*(r[i][0]*c[0]+r[i][1]*c[1]) + decay*sin/omega*a[i]
		}
	}
	return x
}
