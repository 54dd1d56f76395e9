package integrate

import (
	"errors"
	"fmt"
	"math"

	"github.com/odefit/odefit/integrate/space"
	"github.com/odefit/odefit/internal/linalg"
)

// Krylov solves the linear systems of implicit methods without a matrix, by GMRES: for
// problems that are too large to factor. The zero value takes products with the
// Jacobian by differences and no preconditioner.
//
// Solutions are as exact as Tolerance says. That suits methods that iterate (BDF and
// the implicit Runge-Kutta methods); Rosenbrock methods keep their order only with
// JVP and a Tolerance well below that of the integration.
type Krylov[S any] struct {
	// JVP sets out to f_y(t, y) v. Nil: one difference of f.
	JVP func(out S, t float64, y, v S) error
	// VJP sets out to f_y(t, y)^T v. Without it transposed systems are refused.
	VJP func(out S, t float64, y, v S) error
	// Precondition overwrites r with an approximation to (M - g f_y(t, y))^-1 r. It
	// may keep what it factors for (t, y, g) from one call to the next. Nil: none.
	Precondition func(r S, g, t float64, y S) error

	Restart       int     // vectors before GMRES starts again; 0: 30
	MaxIterations int     // 0: 10 restarts
	Tolerance     float64 // of the residual relative to the right-hand side; 0: 1e-5
}

// ErrNoTranspose: a transposed system was to be solved without a matrix and without
// Krylov.VJP.
var ErrNoTranspose = errors.New("integrate: a transposed system without a matrix needs Krylov.VJP")

// krylovNewton is the [Newton] of a Krylov.
type krylovNewton[S any] struct {
	p      *Problem[S]
	k      *Krylov[S]
	flat   space.Coordinates[S]
	n      int
	stats  *Stats
	tol    space.Tolerance
	gmres  linalg.GMRES
	t      float64
	y, f0  S
	g      float64
	gc     []complex128
	v, out S
	shift  S
	x, f   []float64
	m      []float64
	b      []float64
	c      [2]float64
	ks     [2]S
}

func newKrylovNewton[S any](p *Problem[S], flat space.Coordinates[S], n int, stats *Stats) *krylovNewton[S] {
	k := p.Krylov
	tol := k.Tolerance
	if tol <= 0 {
		tol = 1e-5
	}
	state := func() S { return p.Space.New(p.Y0) }
	return &krylovNewton[S]{
		p: p, k: k, flat: flat, n: n, stats: stats, tol: p.tolerance(),
		gmres: linalg.GMRES{Restart: k.Restart, MaxIterations: k.MaxIterations, Tolerance: tol},
		y:     state(), f0: state(), v: state(), out: state(), shift: state(),
		x: make([]float64, n), f: make([]float64, n), m: make([]float64, n),
	}
}

func (d *krylovNewton[S]) Linearize(t float64, y S) error {
	d.t = t
	d.p.Space.Copy(d.y, y)
	if d.k.JVP != nil {
		return nil
	}
	d.stats.RHS++
	return d.p.F(d.f0, t, d.y)
}

func (d *krylovNewton[S]) Factor(g float64) error {
	if !finite(g) {
		return linalg.ErrSingular
	}
	d.g = g
	return nil
}

func (d *krylovNewton[S]) FactorComplex(which int, g complex128) error {
	if !finite(real(g)) || !finite(imag(g)) {
		return linalg.ErrSingular
	}
	for len(d.gc) <= which {
		d.gc = append(d.gc, 0)
		d.b = make([]float64, 2*d.n)
	}
	d.gc[which] = g
	return nil
}

// jvp sets dst to f_y v. A difference goes along v by the size that the tolerance
// gives a step, and by at least sqrt(eps) of the state.
func (d *krylovNewton[S]) jvp(dst, v []float64) error {
	d.flat.Unflatten(d.v, v)
	if d.k.JVP != nil {
		if err := d.k.JVP(d.out, d.t, d.y, d.v); err != nil {
			return err
		}
		d.flat.Flatten(dst, d.out)
		return nil
	}
	size := d.p.Space.Norm(d.v, d.y, d.y, d.tol)
	if size == 0 {
		clear(dst)
		return nil
	}
	s := max(1, 0x1p-26/max(d.tol.Rel, 1e-15)) / size
	d.c[0], d.ks[0] = s, d.v
	d.p.Space.AddScaled(d.shift, d.y, d.c[:1], d.ks[:1])
	d.stats.RHS++
	if err := d.p.F(d.out, d.t, d.shift); err != nil {
		return err
	}
	d.c[0], d.ks[0] = -1, d.f0
	d.p.Space.AddScaled(d.out, d.out, d.c[:1], d.ks[:1])
	d.flat.Flatten(dst, d.out)
	for i := range dst {
		dst[i] /= s
	}
	return nil
}

// mass returns M v, valid until the next call.
func (d *krylovNewton[S]) mass(v []float64) []float64 {
	if d.p.Mass == nil {
		return v
	}
	d.p.Mass.MulVec(d.m, v)
	return d.m
}

func (d *krylovNewton[S]) apply(dst, v []float64) error {
	if err := d.jvp(dst, v); err != nil {
		return err
	}
	for i, m := range d.mass(v) {
		dst[i] = m - d.g*dst[i]
	}
	return nil
}

// precondition applies the preconditioner of g to r in place.
func (d *krylovNewton[S]) precondition(r []float64, g float64) error {
	d.flat.Unflatten(d.v, r)
	if err := d.k.Precondition(d.v, g, d.t, d.y); err != nil {
		return err
	}
	d.flat.Flatten(r, d.v)
	return nil
}

func (d *krylovNewton[S]) Solve(r S) error {
	d.flat.Flatten(d.x, r)
	var pre func([]float64) error
	if d.k.Precondition != nil {
		pre = func(v []float64) error { return d.precondition(v, d.g) }
	}
	if err := d.gmres.Solve(d.x, d.apply, pre); err != nil {
		return err
	}
	d.flat.Unflatten(r, d.x)
	return nil
}

// SolveComplex solves the real system of both parts. The preconditioner, which is
// real, gets |g|.
func (d *krylovNewton[S]) SolveComplex(which int, re, im S) error {
	n, g := d.n, d.gc[which]
	d.flat.Flatten(d.b[:n], re)
	d.flat.Flatten(d.b[n:], im)
	apply := func(dst, v []float64) error {
		if err := d.jvp(dst[:n], v[:n]); err != nil {
			return err
		}
		if err := d.jvp(dst[n:], v[n:]); err != nil {
			return err
		}
		for i := range n {
			z := g * complex(dst[i], dst[n+i])
			dst[i], dst[n+i] = -real(z), -imag(z)
		}
		for i, m := range d.mass(v[:n]) {
			dst[i] += m
		}
		for i, m := range d.mass(v[n:]) {
			dst[n+i] += m
		}
		return nil
	}
	var pre func([]float64) error
	if d.k.Precondition != nil {
		size := math.Hypot(real(g), imag(g))
		pre = func(v []float64) error {
			if err := d.precondition(v[:n], size); err != nil {
				return err
			}
			return d.precondition(v[n:], size)
		}
	}
	if err := d.gmres.Solve(d.b, apply, pre); err != nil {
		return err
	}
	d.flat.Unflatten(re, d.b[:n])
	d.flat.Unflatten(im, d.b[n:])
	return nil
}

func (d *krylovNewton[S]) SolveTransposed(r S) error {
	if d.k.VJP == nil {
		return ErrNoTranspose
	}
	d.flat.Flatten(d.x, r)
	err := d.gmres.Solve(d.x, func(dst, v []float64) error {
		d.flat.Unflatten(d.v, v)
		if err := d.k.VJP(d.out, d.t, d.y, d.v); err != nil {
			return err
		}
		d.flat.Flatten(d.f, d.out)
		m := v
		if d.p.Mass != nil {
			d.p.Mass.MulTransposed(d.m, v)
			m = d.m
		}
		for i := range dst {
			dst[i] = m[i] - d.g*d.f[i]
		}
		return nil
	}, nil)
	if err != nil {
		return fmt.Errorf("integrate: a transposed system: %w", err)
	}
	d.flat.Unflatten(r, d.x)
	return nil
}

func (d *krylovNewton[S]) SolveComplexTransposed(which int, re, im S) error {
	if d.k.VJP == nil {
		return ErrNoTranspose
	}
	n, g := d.n, d.gc[which]
	d.flat.Flatten(d.b[:n], re)
	d.flat.Flatten(d.b[n:], im)
	err := d.gmres.Solve(d.b, func(dst, v []float64) error {
		for k := range 2 {
			d.flat.Unflatten(d.v, v[k*n:(k+1)*n])
			if err := d.k.VJP(d.out, d.t, d.y, d.v); err != nil {
				return err
			}
			d.flat.Flatten(dst[k*n:(k+1)*n], d.out)
		}
		for i := range n {
			z := g * complex(dst[i], dst[n+i])
			dst[i], dst[n+i] = -real(z), -imag(z)
		}
		for k := range 2 {
			m := v[k*n : (k+1)*n]
			if d.p.Mass != nil {
				d.p.Mass.MulTransposed(d.m, m)
				m = d.m
			}
			for i, x := range m {
				dst[k*n+i] += x
			}
		}
		return nil
	}, nil)
	if err != nil {
		return fmt.Errorf("integrate: a transposed system: %w", err)
	}
	d.flat.Unflatten(re, d.b[:n])
	d.flat.Unflatten(im, d.b[n:])
	return nil
}

func (d *krylovNewton[S]) MultiplyMass(dst, x S) {
	if d.p.Mass == nil {
		d.p.Space.Copy(dst, x)
		return
	}
	d.flat.Flatten(d.x, x)
	d.p.Mass.MulVec(d.f, d.x)
	d.flat.Unflatten(dst, d.f)
}
