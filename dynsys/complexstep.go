package dynsys

// FromComplex makes a model of a right-hand side written once for real and once for
// complex numbers, most easily as one generic function over ~float64 | ~complex128,
//
//	func rates[T ~float64 | ~complex128](dy []T, t float64, y, p []T) { ... }
//	m := dynsys.FromComplex(2, 4, rates[float64], rates[complex128])
//
// Derivatives are exact to rounding, by the complex step f'(x) v = Im f(x + i h v)/h
// with h = 1e-100, which takes no difference. A product with the Jacobian costs one
// complex evaluation, a transposed product dim + params of them. The function must be
// analytic: no absolute values, no comparisons.
//
// Source: Squire, Trapp, SIAM Review 40 (1998) 110.
func FromComplex(dim, params int, f func(dy []float64, t float64, y, p []float64),
	fc func(dy []complex128, t float64, y, p []complex128)) Model {
	return goModel(func() *System[[]float64] {
		c := &complexStep{f: fc, dy: make([]complex128, dim), y: make([]complex128, dim), p: make([]complex128, params)}
		return &System[[]float64]{
			Dim: dim, NumParams: params,
			RHS: func(dy []float64, t float64, y, p []float64) error { f(dy, t, y, p); return nil },
			JVP: c.jvp, VJP: c.vjp, Jacobian: c.jacobian,
		}
	})
}

type complexStep struct {
	f        func(dy []complex128, t float64, y, p []complex128)
	dy, y, p []complex128
}

const tinyStep = 1e-100

// set places a point without an imaginary part.
func (c *complexStep) set(y, p []float64) {
	for i, v := range y {
		c.y[i] = complex(v, 0)
	}
	for i, v := range p {
		c.p[i] = complex(v, 0)
	}
}

func (c *complexStep) jvp(out []float64, t float64, y, p, vy, vp []float64) error {
	c.set(y, p)
	for i, v := range vy {
		c.y[i] += complex(0, tinyStep*v)
	}
	for i, v := range vp {
		c.p[i] += complex(0, tinyStep*v)
	}
	c.f(c.dy, t, c.y, c.p)
	for i, v := range c.dy {
		out[i] = imag(v) / tinyStep
	}
	return nil
}

// column evaluates at a step along component x.
func (c *complexStep) column(x *complex128, t float64) {
	*x += complex(0, tinyStep)
	c.f(c.dy, t, c.y, c.p)
	*x = complex(real(*x), 0)
}

func (c *complexStep) vjp(gy, gp []float64, t float64, y, p, w []float64) error {
	c.set(y, p)
	product := func() float64 {
		sum := 0.0
		for j, v := range c.dy {
			sum += imag(v) / tinyStep * w[j]
		}
		return sum
	}
	for i := range c.y {
		c.column(&c.y[i], t)
		gy[i] = product()
	}
	if gp == nil {
		return nil
	}
	for i := range c.p {
		c.column(&c.p[i], t)
		gp[i] += product()
	}
	return nil
}

func (c *complexStep) jacobian(jac []float64, t float64, y, p []float64) error {
	c.set(y, p)
	n := len(y)
	for i := range c.y {
		c.column(&c.y[i], t)
		for j, v := range c.dy {
			jac[j*n+i] = imag(v) / tinyStep
		}
	}
	return nil
}
