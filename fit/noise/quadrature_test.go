package noise

import "math"

// halfLineNodes calls f with the nodes v and weights of the trapezoidal rule on (0, inf)
// after v = exp((pi/2) sinh x), with which the integrand of anything smooth inside dies
// off twice exponentially. It is good to about 1e-12 for densities with power tails too.
func halfLineNodes(f func(v, weight float64)) {
	const h = 1. / 64
	for x := -4.6; x <= 4.6; x += h {
		v := math.Exp(math.Pi / 2 * math.Sinh(x))
		f(v, h*math.Pi/2*v*math.Cosh(x))
	}
}

// halfLine returns the integral of f over (0, inf).
func halfLine(f func(v float64) float64) (sum float64) {
	halfLineNodes(func(v, weight float64) {
		if y := f(v); y != 0 {
			sum += weight * y
		}
	})
	return sum
}

// line returns the integral of f over the real line, cut at middle into halves of unit
// scale: f may have a kink there.
func line(f func(y float64) float64, middle, unit float64) float64 {
	return unit * (halfLine(func(v float64) float64 { return f(middle + unit*v) }) +
		halfLine(func(v float64) float64 { return f(middle - unit*v) }))
}

// derivative returns the derivative of f at x by central differences with two
// Richardson steps: an error of about h^6, here 1e-12, plus rounding of 1e-16/h.
func derivative(f func(x float64) float64, x, h float64) float64 {
	d := func(h float64) float64 { up, down := x+h, x-h; return (f(up) - f(down)) / (up - down) }
	a, b, c := d(h), d(h/2), d(h/4)
	a, b = (4*b-a)/3, (4*c-b)/3
	return (16*b - a) / 15
}
