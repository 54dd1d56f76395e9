package main

import "math"

func lotkaVolterra(d []float64, _ float64, y []float64) error {
	d[0] = 1.5*y[0] - y[0]*y[1]
	d[1] = -3*y[1] + y[0]*y[1]
	return nil
}

func lorenz(d []float64, _ float64, y []float64) error {
	_, _ = d[2], y[2]
	d[0] = 10 * (y[1] - y[0])
	d[1] = y[0]*(28-y[2]) - y[1]
	d[2] = y[0]*y[1] - 8.0/3.0*y[2]
	return nil
}

// arenstorf is an orbit around earth and moon, state (x, y, x', y').
func arenstorf(d []float64, _ float64, y []float64) error {
	const mu = 0.012277471
	const mp = 1 - mu
	_, _ = d[3], y[3]
	a, b, y2 := y[0]+mu, y[0]-mp, y[1]*y[1]
	r1, r2 := a*a+y2, b*b+y2
	d1, d2 := r1*math.Sqrt(r1), r2*math.Sqrt(r2)
	d[0] = y[2]
	d[1] = y[3]
	d[2] = y[0] + 2*y[3] - mp*a/d1 - mu*b/d2
	d[3] = y[1] - 2*y[2] - mp*y[1]/d1 - mu*y[1]/d2
	return nil
}

// pleiades is seven stars in a plane: x, y, x', y'.
func pleiades(d []float64, _ float64, y []float64) error {
	d, y = d[:28], y[:28]
	copy(d[:14], y[14:])
	clear(d[14:])
	ax, ay := (*[7]float64)(d[14:]), (*[7]float64)(d[21:])
	px, py := (*[7]float64)(y), (*[7]float64)(y[7:])
	for i := range 7 {
		for j := i + 1; j < 7; j++ {
			dx, dy := px[j]-px[i], py[j]-py[i]
			r2 := dx*dx + dy*dy
			w := 1 / (r2 * math.Sqrt(r2))
			wx, wy := w*dx, w*dy
			ax[i] += float64(j+1) * wx
			ay[i] += float64(j+1) * wy
			ax[j] -= float64(i+1) * wx
			ay[j] -= float64(i+1) * wy
		}
	}
	return nil
}
