package dynsys

import "math"

// FromGo makes a model of a plain Go function, with derivatives by central
// differences. The system is marked Approximate: its derivatives carry an error of
// about 1e-10 relative to the size of f over the size of what is varied, so gradients
// are good to seven or eight digits. A product with the Jacobian costs 2 evaluations,
// a transposed product 2 (dim + params).
//
// The step along component i is cbrt(eps) times max(|y_i|, 1e-3 max|y|), or cbrt(eps)
// where all are zero. f may be called by several goroutines at once.
//
// Source: Press et al., Numerical Recipes, section 5.7, for the step.
func FromGo(dim, params int, f func(dy []float64, t float64, y, p []float64) error) Model {
	return goModel(func() *System[[]float64] {
		d := &differences{f: f, y: make([]float64, dim), p: make([]float64, params), hi: make([]float64, dim), lo: make([]float64, dim)}
		return &System[[]float64]{
			Dim: dim, NumParams: params, RHS: f, JVP: d.jvp, VJP: d.vjp, Jacobian: d.jacobian, Approximate: true,
		}
	})
}

// goModel is a model of functions: every system has its own scratch.
type goModel func() *System[[]float64]

func (m goModel) System() (*System[[]float64], error) { return m(), nil }
func (m goModel) Close() error                        { return nil }

// differences evaluates f beside a point.
type differences struct {
	f      func(dy []float64, t float64, y, p []float64) error
	y, p   []float64
	hi, lo []float64
}

// cubeRoot of the rounding unit: the step that balances the error of the central
// difference against rounding.
const cubeRoot = 6e-6

// sizes returns a typical size of component i of x.
func typical(x []float64, i int) float64 {
	most := 0.0
	for _, v := range x {
		most = max(most, math.Abs(v))
	}
	if most == 0 {
		return 1
	}
	return max(math.Abs(x[i]), 1e-3*most)
}

// along sets d.hi - d.lo to 2h times the derivative along (vy, vp).
func (d *differences) along(h, t float64, y, p, vy, vp []float64) error {
	for _, side := range []struct {
		out []float64
		h   float64
	}{{d.hi, h}, {d.lo, -h}} {
		copy(d.y, y)
		copy(d.p, p)
		for i, v := range vy {
			d.y[i] += side.h * v
		}
		for i, v := range vp {
			d.p[i] += side.h * v
		}
		if err := d.f(side.out, t, d.y, d.p); err != nil {
			return err
		}
	}
	return nil
}

func (d *differences) jvp(out []float64, t float64, y, p, vy, vp []float64) error {
	most := 0.0 // of |v_i| over the size of component i
	for i, v := range vy {
		most = max(most, math.Abs(v)/typical(y, i))
	}
	for i, v := range vp {
		most = max(most, math.Abs(v)/typical(p, i))
	}
	if most == 0 {
		clear(out)
		return nil
	}
	h := cubeRoot / most
	if err := d.along(h, t, y, p, vy, vp); err != nil {
		return err
	}
	for i := range out {
		out[i] = (d.hi[i] - d.lo[i]) / (2 * h)
	}
	return nil
}

// column sets out to the derivative of f in component i of y, or of p where i is
// beyond them.
func (d *differences) column(out []float64, i int, t float64, y, p []float64) error {
	n := len(y)
	base, at := y, i
	if i >= n {
		base, at = p, i-n
	}
	h := cubeRoot * typical(base, at)
	var step [2]float64 // the steps really made
	for k, side := range [][]float64{d.hi, d.lo} {
		copy(d.y, y)
		copy(d.p, p)
		x := d.y
		if i >= n {
			x = d.p
		}
		x[at] += h * float64(1-2*k)
		step[k] = x[at]
		if err := d.f(side, t, d.y, d.p); err != nil {
			return err
		}
	}
	for j := range out {
		out[j] = (d.hi[j] - d.lo[j]) / (step[0] - step[1])
	}
	return nil
}

func (d *differences) vjp(gy, gp []float64, t float64, y, p, w []float64) error {
	n := len(y)
	col := make([]float64, n)
	last := n
	if gp != nil {
		last += len(p)
	}
	for i := range last {
		if err := d.column(col, i, t, y, p); err != nil {
			return err
		}
		sum := 0.0
		for j, v := range col {
			sum += v * w[j]
		}
		if i < n {
			gy[i] = sum
		} else {
			gp[i-n] += sum
		}
	}
	return nil
}

func (d *differences) jacobian(jac []float64, t float64, y, p []float64) error {
	n := len(y)
	col := make([]float64, n)
	for i := range n {
		if err := d.column(col, i, t, y, p); err != nil {
			return err
		}
		for j, v := range col {
			jac[j*n+i] = v
		}
	}
	return nil
}
