package sensitivity

import (
	"github.com/odefit/odefit/dynsys"
)

// analytic are functions of complex time, state and parameters, whose derivatives come
// from complex steps, exact to rounding.
type analytic func(t complex128, y, p []complex128) []complex128

const tiny = 1e-100

// eval returns the values, and the derivatives along a change of t, y and p.
func (f analytic) eval(t float64, y, p []float64, vt float64, vy, vp []float64) (value, derivative []float64) {
	move := func(x, v []float64) []complex128 {
		z := make([]complex128, len(x))
		for i := range x {
			z[i] = complex(x[i], 0)
			if v != nil {
				z[i] += complex(0, tiny*v[i])
			}
		}
		return z
	}
	out := f(complex(t, tiny*vt), move(y, vy), move(p, vp))
	for _, z := range out {
		value, derivative = append(value, real(z)), append(derivative, imag(z)/tiny)
	}
	return value, derivative
}

// transposed adds w times the derivatives in y and p to gy and gp, and returns that in t.
func (f analytic) transposed(gy, gp []float64, t float64, y, p, w []float64) float64 {
	along := func(vt float64, vy, vp []float64) float64 {
		_, d := f.eval(t, y, p, vt, vy, vp)
		return product(w, d)
	}
	unit := func(n, i int) []float64 { v := make([]float64, n); v[i] = 1; return v }
	for i := range gy {
		gy[i] += along(0, unit(len(y), i), nil)
	}
	for i := range gp {
		gp[i] += along(0, nil, unit(len(p), i))
	}
	return along(1, nil, nil)
}

func (f analytic) system(dim, np int) *dynsys.System[[]float64] {
	return &dynsys.System[[]float64]{
		Dim: dim, NumParams: np,
		RHS: func(dy []float64, t float64, y, p []float64) error {
			v, _ := f.eval(t, y, p, 0, nil, nil)
			copy(dy, v)
			return nil
		},
		JVP: func(out []float64, t float64, y, p, vy, vp []float64) error {
			_, d := f.eval(t, y, p, 0, vy, vp)
			copy(out, d)
			return nil
		},
		VJP: func(gy, gp []float64, t float64, y, p, w []float64) error {
			clear(gy)
			f.transposed(gy, gp, t, y, p, w)
			return nil
		},
	}
}

func (f analytic) when() dynsys.Scalar[[]float64] {
	return dynsys.Scalar[[]float64]{
		Value: func(t float64, y, p []float64) (float64, error) {
			v, _ := f.eval(t, y, p, 0, nil, nil)
			return v[0], nil
		},
		Gradient: func(gy, gp []float64, t float64, y, p []float64) (float64, error) {
			clear(gy)
			return f.transposed(gy, gp, t, y, p, []float64{1}), nil
		},
	}
}

func (f analytic) reset() dynsys.Map[[]float64] {
	return dynsys.Map[[]float64]{
		Value: func(dst []float64, t float64, y, p []float64) error {
			v, _ := f.eval(t, y, p, 0, nil, nil)
			copy(dst, v)
			return nil
		},
		JVP: func(out []float64, t float64, y, p []float64, vt float64, vy, vp []float64) error {
			_, d := f.eval(t, y, p, vt, vy, vp)
			copy(out, d)
			return nil
		},
		VJP: func(gy, gp []float64, t float64, y, p, w []float64) (float64, error) {
			clear(gy)
			return f.transposed(gy, gp, t, y, p, w), nil
		},
	}
}

// at is a time given by a function of the parameters.
func at(tau func(p []complex128) complex128) dynsys.Time {
	f := analytic(func(_ complex128, _, p []complex128) []complex128 { return []complex128{tau(p)} })
	return dynsys.Time{
		Value: func(p []float64) (float64, error) {
			v, _ := f.eval(0, nil, p, 0, nil, nil)
			return v[0], nil
		},
		Gradient: func(gp, p []float64, w float64) error {
			f.transposed(nil, gp, 0, nil, p, []float64{w})
			return nil
		},
	}
}

// starting is an initial state given by a function of the parameters.
func starting(y0 func(p []complex128) []complex128) dynsys.Initial[[]float64] {
	f := analytic(func(_ complex128, _, p []complex128) []complex128 { return y0(p) })
	return dynsys.Initial[[]float64]{
		Value: func(y, p []float64) error {
			v, _ := f.eval(0, nil, p, 0, nil, nil)
			copy(y, v)
			return nil
		},
		JVP: func(out, p, vp []float64) error {
			_, d := f.eval(0, nil, p, 0, nil, vp)
			copy(out, d)
			return nil
		},
		VJP: func(gp, p, w []float64) error { f.transposed(nil, gp, 0, nil, p, w); return nil },
	}
}
