package integrate

import (
	"math"

	"github.com/odefit/odefit/integrate/space"
	"github.com/odefit/odefit/internal/linalg"
)

// denseNewton solves (I - g f_y) x = r in flat coordinates by a dense LU
// factorisation. The Jacobian is the problem's own, or made of forward differences.
type denseNewton[S any] struct {
	flat     space.Coordinates[S]
	rhs      *rhs[S]
	jacobian func(jac []float64, t float64, y S) error
	n        int
	a        []float64
	lu       linalg.LU
	x, f0, f []float64
	y, dy    S
}

func newDenseNewton[S any](p *Problem[S], flat space.Coordinates[S], rhs *rhs[S]) *denseNewton[S] {
	n := flat.Dim(p.Y0)
	return &denseNewton[S]{
		flat: flat, rhs: rhs, jacobian: p.Jacobian, n: n,
		a: make([]float64, n*n), x: make([]float64, n), f0: make([]float64, n), f: make([]float64, n),
		y: p.Space.New(p.Y0), dy: p.Space.New(p.Y0),
	}
}

func (d *denseNewton[S]) Setup(t float64, y S, g float64) error {
	d.rhs.stats.Jacobians++
	jacobian := d.jacobian
	if jacobian == nil {
		jacobian = d.differences
	}
	if err := jacobian(d.a, t, y); err != nil {
		return err
	}
	for i := range d.a {
		d.a[i] *= -g
	}
	for i := range d.n {
		d.a[i*d.n+i]++
	}
	return d.lu.Factor(d.a, d.n)
}

// differences sets jac by forward differences with steps of sqrt(eps) |y_i|.
func (d *denseNewton[S]) differences(jac []float64, t float64, y S) error {
	if err := d.rhs.eval(d.dy, t, y); err != nil {
		return err
	}
	d.flat.Flatten(d.f0, d.dy)
	d.flat.Flatten(d.x, y)
	most := 0.0
	for _, v := range d.x {
		most = max(most, math.Abs(v))
	}
	for j, v := range d.x {
		h := 1.5e-8 * max(math.Abs(v), 1e-5*most, 1e-30)
		d.x[j] = v + h
		d.flat.Unflatten(d.y, d.x)
		if err := d.rhs.eval(d.dy, t, d.y); err != nil {
			return err
		}
		d.flat.Flatten(d.f, d.dy)
		h = d.x[j] - v
		for i := range d.f {
			jac[i*d.n+j] = (d.f[i] - d.f0[i]) / h
		}
		d.x[j] = v
	}
	return nil
}

func (d *denseNewton[S]) Solve(r S) error {
	d.flat.Flatten(d.x, r)
	d.lu.Solve(d.x)
	d.flat.Unflatten(r, d.x)
	return nil
}
