package main

import (
	"math"

	"github.com/odefit/odefit/integrate"
)

func rober(d []float64, _ float64, y []float64) error {
	_, _ = d[2], y[2]
	a, b, c := 0.04*y[0], 1e4*y[1]*y[2], 3e7*y[1]*y[1]
	d[0] = b - a
	d[1] = a - b - c
	d[2] = c
	return nil
}

func roberJacobian(j []float64, _ float64, y []float64) error {
	_, _ = j[8], y[2]
	j[0], j[1], j[2] = -0.04, 1e4*y[2], 1e4*y[1]
	j[3], j[4], j[5] = 0.04, -1e4*y[2]-6e7*y[1], -1e4*y[1]
	j[6], j[7], j[8] = 0, 6e7*y[1], 0
	return nil
}

func hires(d []float64, _ float64, y []float64) error {
	_, _ = d[7], y[7]
	q := 280 * y[5] * y[7]
	d[0] = -1.71*y[0] + 0.43*y[1] + 8.32*y[2] + 0.0007
	d[1] = 1.71*y[0] - 8.75*y[1]
	d[2] = -10.03*y[2] + 0.43*y[3] + 0.035*y[4]
	d[3] = 8.32*y[1] + 1.71*y[2] - 1.12*y[3]
	d[4] = -1.745*y[4] + 0.43*(y[5]+y[6])
	d[5] = -q + 0.69*y[3] + 1.71*y[4] - 0.43*y[5] + 0.69*y[6]
	d[6] = q - 1.81*y[6]
	d[7] = -d[6]
	return nil
}

func hiresJacobian(j []float64, _ float64, y []float64) error {
	clear(j)
	j, y = j[:64], y[:8]
	a, b := 280*y[7], 280*y[5]
	j[0], j[1], j[2] = -1.71, 0.43, 8.32
	j[8], j[9] = 1.71, -8.75
	j[18], j[19], j[20] = -10.03, 0.43, 0.035
	j[25], j[26], j[27] = 8.32, 1.71, -1.12
	j[36], j[37], j[38] = -1.745, 0.43, 0.43
	j[43], j[44], j[45], j[46], j[47] = 0.69, 1.71, -a-0.43, 0.69, -b
	j[53], j[54], j[55] = a, -1.81, b
	j[61], j[62], j[63] = -a, 1.81, -b
	return nil
}

func oregonator(d []float64, _ float64, y []float64) error {
	const s, q, w = 77.27, 8.375e-6, 0.161
	_, _ = d[2], y[2]
	d[0] = s * (y[1] + y[0]*(1-q*y[0]-y[1]))
	d[1] = (y[2] - (1+y[0])*y[1]) / s
	d[2] = w * (y[0] - y[2])
	return nil
}

func oregonatorJacobian(j []float64, _ float64, y []float64) error {
	const s, q, w = 77.27, 8.375e-6, 0.161
	_, _ = j[8], y[2]
	j[0], j[1], j[2] = s*(1-2*q*y[0]-y[1]), s*(1-y[0]), 0
	j[3], j[4], j[5] = -y[1]/s, -(1+y[0])/s, 1/s
	j[6], j[7], j[8] = w, 0, -w
	return nil
}

// vanDerPol has eps = 1e-6.
func vanDerPol(d []float64, _ float64, y []float64) error {
	d[0] = y[1]
	d[1] = ((1-y[0]*y[0])*y[1] - y[0]) * 1e6
	return nil
}

func vanDerPolJacobian(j []float64, _ float64, y []float64) error {
	j[0], j[1] = 0, 1
	j[2], j[3] = (-2*y[0]*y[1]-1)*1e6, (1-y[0]*y[0])*1e6
	return nil
}

const (
	cells     = 500
	diffusion = 1.0 / 50.0 * float64(cells+1) * float64(cells+1)
)

// brusselatorStart is the initial state of the one-dimensional Brusselator, by the
// method of lines with the two species of a cell side by side.
func brusselatorStart() []float64 {
	y := make([]float64, 2*cells)
	for i := range cells {
		y[2*i] = 1 + math.Sin(6.283185307179586*(float64(i+1)/float64(cells+1)))
		y[2*i+1] = 3
	}
	return y
}

func brusselator(d []float64, _ float64, y []float64) error {
	um, vm := 1.0, 3.0
	d = d[:len(y)]
	for i := 0; i+1 < len(y); i += 2 {
		u, v, up, vp := y[i], y[i+1], 1.0, 3.0
		if i+3 < len(y) {
			up, vp = y[i+2], y[i+3]
		}
		u2v := u * u * v
		d[i] = 1 + u2v - 4*u + diffusion*(um-2*u+up)
		d[i+1] = 3*u - u2v + diffusion*(vm-2*v+vp)
		um, vm = u, v
	}
	return nil
}

// brusselatorJacobian returns the pattern of the Jacobian and what fills it.
func brusselatorJacobian() (*integrate.Pattern, func(j []float64, t float64, y []float64) error) {
	q := integrate.Banded(2*cells, 2, 2)
	at := make([][4]int, 2*cells) // places of the row's diffusion, its own cell, diffusion
	for i := range at {
		first := i - i%2
		at[i] = [4]int{q.At(i, max(i-2, i%2)), q.At(i, first), q.At(i, first+1), q.At(i, min(i+2, 2*cells-2+i%2))}
	}
	return q, func(j []float64, _ float64, y []float64) error {
		clear(j)
		for i := range cells {
			u, v := y[2*i], y[2*i+1]
			a, b := &at[2*i], &at[2*i+1]
			if i > 0 {
				j[a[0]], j[b[0]] = diffusion, diffusion
			}
			if i+1 < cells {
				j[a[3]], j[b[3]] = diffusion, diffusion
			}
			j[a[1]], j[a[2]] = 2*u*v-4-2*diffusion, u*u
			j[b[1]], j[b[2]] = 3-2*u*v, -u*u-2*diffusion
		}
		return nil
	}
}
