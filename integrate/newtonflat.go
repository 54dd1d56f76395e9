package integrate

import (
	"fmt"
	"sort"

	"github.com/odefit/odefit/integrate/space"
	"github.com/odefit/odefit/internal/linalg"
)

// NewNewton returns the Newton solver of a problem: Problem.Newton; without a matrix
// where there is Problem.Krylov; or one in flat coordinates with the Jacobian of the
// problem or differences. The matrix is factored by Problem.Linear, or, by its size
// and pattern, as a dense, banded or sparse one. Evaluations of f are counted in
// stats. Nothing large is allocated before the first Linearize.
func NewNewton[S any](p *Problem[S], stats *Stats) (Newton[S], error) {
	if p.Newton != nil {
		return p.Newton, nil
	}
	flat, ok := p.Space.(space.Coordinates[S])
	if !ok {
		return nil, ErrNoCoordinates
	}
	n := flat.Dim(p.Y0)
	if q := p.Pattern; q != nil && q.N != n {
		return nil, fmt.Errorf("Problem.Pattern is %d x %d for a state of %d coordinates", q.N, q.N, n)
	}
	if m := p.Mass; m != nil {
		want := n * n
		if q := m.Pattern; q != nil {
			want = q.Len()
		}
		if q := m.Pattern; q != nil && q.N != n || len(m.Values) != want {
			return nil, fmt.Errorf("Problem.Mass does not fit a state of %d coordinates", n)
		}
	}
	if p.Krylov != nil {
		return newKrylovNewton(p, flat, n, stats), nil
	}
	return &flatNewton[S]{p: p, flat: flat, n: n, stats: stats}, nil
}

// flatNewton solves in flat coordinates with a matrix.
type flatNewton[S any] struct {
	p         *Problem[S]
	flat      space.Coordinates[S]
	n         int
	stats     *Stats
	linearize func(jac []float64, t float64, y S) error
	pencil    linalg.Pencil
	structure linalg.Structure
	own       *ownSolver // nil: the solvers of this package
	re        *linalg.Factored[float64]
	cx        []*linalg.Factored[complex128]
	x, f      []float64
	z         []complex128
}

// prepare makes room, once.
func (d *flatNewton[S]) prepare() {
	d.x, d.f = make([]float64, d.n), make([]float64, d.n)
	entries := d.n * d.n
	if q := d.p.Pattern; q != nil {
		entries = q.Len()
	}
	d.pencil = linalg.Pencil{
		N: d.n, M: d.p.Mass,
		J: &Matrix{Pattern: d.p.Pattern, Values: make([]float64, entries)},
	}
	if d.linearize = d.p.Jacobian; d.linearize == nil {
		d.linearize = newDifferences(d.p, d.flat, d.n, d.stats).jacobian
	}
	if d.p.Linear != nil {
		d.own = newOwnSolver(d.p.Linear, &d.pencil)
		return
	}
	d.structure = d.pencil.Choose()
	d.re = linalg.Prepare[float64](&d.pencil, d.structure)
}

func (d *flatNewton[S]) Linearize(t float64, y S) error {
	if d.x == nil {
		d.prepare()
	}
	if err := d.linearize(d.pencil.J.Values, t, y); err != nil {
		return err
	}
	return d.check()
}

// check finds an entry of the Jacobian that is not finite.
func (d *flatNewton[S]) check() error {
	for k, v := range d.pencil.J.Values {
		if v-v == 0 {
			continue
		}
		row, column := k/d.n, k%d.n
		if q := d.p.Pattern; q != nil {
			row = q.Row[k]
			column = sort.Search(d.n, func(j int) bool { return q.Start[j+1] > k })
		}
		return &JacobianError{Row: row, Column: column, Value: v}
	}
	return nil
}

func (d *flatNewton[S]) Factor(g float64) error {
	if d.own != nil {
		return d.own.factor(g)
	}
	return d.re.Factor(g)
}

func (d *flatNewton[S]) FactorComplex(which int, g complex128) error {
	if d.own != nil {
		return d.own.factorComplex(which, g)
	}
	for len(d.cx) <= which {
		d.cx = append(d.cx, linalg.Prepare[complex128](&d.pencil, d.structure))
		d.z = make([]complex128, d.n)
	}
	return d.cx[which].Factor(g)
}

func (d *flatNewton[S]) Solve(r S) error {
	d.flat.Flatten(d.x, r)
	if d.own != nil {
		if err := d.own.re.Solve(d.x); err != nil {
			return err
		}
	} else {
		d.re.Solve(d.x)
	}
	d.flat.Unflatten(r, d.x)
	return nil
}

func (d *flatNewton[S]) SolveTransposed(r S) error {
	d.flat.Flatten(d.x, r)
	if d.own != nil {
		if err := d.own.re.SolveTransposed(d.x); err != nil {
			return err
		}
	} else {
		d.re.SolveTransposed(d.x)
	}
	d.flat.Unflatten(r, d.x)
	return nil
}

func (d *flatNewton[S]) SolveComplex(which int, re, im S) error {
	return d.solveComplex(which, re, im, false)
}

func (d *flatNewton[S]) SolveComplexTransposed(which int, re, im S) error {
	return d.solveComplex(which, re, im, true)
}

func (d *flatNewton[S]) solveComplex(which int, re, im S, transposed bool) error {
	d.flat.Flatten(d.x, re)
	d.flat.Flatten(d.f, im)
	if d.own != nil {
		if err := d.own.solveComplex(which, d.x, d.f, transposed); err != nil {
			return err
		}
	} else {
		for i := range d.z {
			d.z[i] = complex(d.x[i], d.f[i])
		}
		if transposed {
			d.cx[which].SolveTransposed(d.z)
		} else {
			d.cx[which].Solve(d.z)
		}
		for i, z := range d.z {
			d.x[i], d.f[i] = real(z), imag(z)
		}
	}
	d.flat.Unflatten(re, d.x)
	d.flat.Unflatten(im, d.f)
	return nil
}

func (d *flatNewton[S]) MultiplyMass(dst, x S) {
	if d.p.Mass == nil {
		d.p.Space.Copy(dst, x)
		return
	}
	if d.x == nil {
		d.prepare()
	}
	d.flat.Flatten(d.x, x)
	d.p.Mass.MulVec(d.f, d.x)
	d.flat.Unflatten(dst, d.f)
}
