package integrate

import (
	"math"

	"github.com/odefit/odefit/integrate/space"
	"github.com/odefit/odefit/internal/linalg"
)

// NewNewton returns the Newton solver of a problem: Problem.Newton, or one in flat
// coordinates with the Jacobian of the problem or differences. Evaluations of f are
// counted in stats.
func NewNewton[S any](p *Problem[S], stats *Stats) (Newton[S], error) {
	if p.Newton != nil {
		return p.Newton, nil
	}
	flat, ok := p.Space.(space.Coordinates[S])
	if !ok {
		return nil, ErrNoCoordinates
	}
	return newDenseNewton(p, flat, stats), nil
}

// denseNewton solves in flat coordinates by a dense LU factorisation. The Jacobian is
// the problem's own, or made of forward differences.
type denseNewton[S any] struct {
	p        *Problem[S]
	flat     space.Coordinates[S]
	stats    *Stats
	n        int
	jac      linalg.Matrix
	entries  []float64 // of Problem.Pattern
	a        []float64
	lu       linalg.LU
	za       [][]complex128
	zlu      []linalg.ComplexLU
	x, f0, f []float64
	z        []complex128
	y, dy    S
}

func newDenseNewton[S any](p *Problem[S], flat space.Coordinates[S], stats *Stats) *denseNewton[S] {
	n := flat.Dim(p.Y0)
	return &denseNewton[S]{
		p: p, flat: flat, stats: stats, n: n,
		jac: linalg.Matrix{Values: make([]float64, n*n)}, a: make([]float64, n*n),
		x: make([]float64, n), f0: make([]float64, n), f: make([]float64, n),
		y: p.Space.New(p.Y0), dy: p.Space.New(p.Y0),
	}
}

func (d *denseNewton[S]) Linearize(t float64, y S) error {
	if d.p.Jacobian == nil {
		return d.differences(t, y)
	}
	pattern := d.p.Pattern
	if pattern == nil {
		return d.p.Jacobian(d.jac.Values, t, y)
	}
	if d.entries == nil {
		d.entries = make([]float64, pattern.Len())
	}
	if err := d.p.Jacobian(d.entries, t, y); err != nil {
		return err
	}
	clear(d.jac.Values)
	for j := range d.n {
		for k := pattern.Start[j]; k < pattern.Start[j+1]; k++ {
			d.jac.Values[pattern.Row[k]*d.n+j] = d.entries[k]
		}
	}
	return nil
}

func (d *denseNewton[S]) Factor(g float64) error {
	for i, v := range d.jac.Values {
		d.a[i] = -g * v
	}
	if m := d.p.Mass; m == nil {
		for i := range d.n {
			d.a[i*d.n+i]++
		}
	} else {
		for i := range d.n {
			for j := range d.n {
				d.a[i*d.n+j] += entry(m, d.n, i, j)
			}
		}
	}
	return d.lu.Factor(d.a, d.n)
}

func (d *denseNewton[S]) FactorComplex(which int, g complex128) error {
	for len(d.za) <= which {
		d.za = append(d.za, make([]complex128, d.n*d.n))
		d.zlu = append(d.zlu, linalg.ComplexLU{})
		d.z = make([]complex128, d.n)
	}
	a := d.za[which]
	for i, v := range d.jac.Values {
		a[i] = -g * complex(v, 0)
	}
	for i := range d.n {
		if d.p.Mass == nil {
			a[i*d.n+i]++
			continue
		}
		for j := range d.n {
			a[i*d.n+j] += complex(entry(d.p.Mass, d.n, i, j), 0)
		}
	}
	return d.zlu[which].Factor(a, d.n)
}

// entry returns entry (i, j) of an n x n matrix.
func entry(m *Matrix, n, i, j int) float64 {
	if m.Pattern == nil {
		return m.Values[i*n+j]
	}
	if k := m.Pattern.At(i, j); k >= 0 {
		return m.Values[k]
	}
	return 0
}

func (d *denseNewton[S]) Solve(r S) error {
	d.flat.Flatten(d.x, r)
	d.lu.Solve(d.x)
	d.flat.Unflatten(r, d.x)
	return nil
}

func (d *denseNewton[S]) SolveTransposed(r S) error {
	d.flat.Flatten(d.x, r)
	d.lu.SolveTransposed(d.x)
	d.flat.Unflatten(r, d.x)
	return nil
}

func (d *denseNewton[S]) SolveComplex(which int, re, im S) error {
	d.flat.Flatten(d.x, re)
	d.flat.Flatten(d.f, im)
	for i := range d.z {
		d.z[i] = complex(d.x[i], d.f[i])
	}
	d.zlu[which].Solve(d.z)
	for i, z := range d.z {
		d.x[i], d.f[i] = real(z), imag(z)
	}
	d.flat.Unflatten(re, d.x)
	d.flat.Unflatten(im, d.f)
	return nil
}

func (d *denseNewton[S]) MultiplyMass(dst, x S) {
	if d.p.Mass == nil {
		d.p.Space.Copy(dst, x)
		return
	}
	d.flat.Flatten(d.x, x)
	d.p.Mass.MulVec(d.f, d.x)
	d.flat.Unflatten(dst, d.f)
}

// differences sets the Jacobian by forward differences with steps of sqrt(eps) |y_i|.
func (d *denseNewton[S]) differences(t float64, y S) error {
	eval := func() error {
		d.stats.RHS++
		return d.p.F(d.dy, t, d.y)
	}
	d.p.Space.Copy(d.y, y)
	if err := eval(); err != nil {
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
		if err := eval(); err != nil {
			return err
		}
		d.flat.Flatten(d.f, d.dy)
		h = d.x[j] - v
		for i := range d.f {
			d.jac.Values[i*d.n+j] = (d.f[i] - d.f0[i]) / h
		}
		d.x[j] = v
	}
	return nil
}
