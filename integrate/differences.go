package integrate

import (
	"fmt"
	"math"

	"github.com/odefit/odefit/integrate/space"
)

// differences makes a Jacobian of forward differences. Columns that share no row are
// taken in one evaluation of f. The increment of component j is
//
//	sqrt(eps) max(|y_j|, Abs_j),
//
// Abs_j being the absolute tolerance: what is smaller than that counts as zero for
// the solution, too. Where a column drowns in the rounding of f, its increment is
// raised as long as it is small against the largest component. A Jacobian depends on
// nothing but (t, y).
//
// Source: Salane, Adaptive routines for forming Jacobians numerically, Sandia report
// SAND86-1319 (1986); Shampine, Reichelt, The MATLAB ODE suite, SIAM J. Sci. Comput.
// 18 (1997), section 5, on the test for rounding.
type differences[S any] struct {
	p          *Problem[S]
	flat       space.Coordinates[S]
	stats      *Stats
	n          int
	tol        space.Tolerance
	groups     [][]int
	y, dy      S
	x, f0, f   []float64
	h          []float64 // increments
	poor, fine []int     // columns to be taken again
	kept       []float64 // components before their increment
	one        [1]int
}

const (
	// raise is by how much an increment is raised.
	raise = 1e3
	// farthest is how large a raised increment may be against the largest component.
	farthest = 1e-6
)

func newDifferences[S any](p *Problem[S], flat space.Coordinates[S], n int, stats *Stats) *differences[S] {
	d := &differences[S]{
		p: p, flat: flat, stats: stats, n: n, tol: p.tolerance(),
		y: p.Space.New(p.Y0), dy: p.Space.New(p.Y0),
		x: make([]float64, n), f0: make([]float64, n), f: make([]float64, n), h: make([]float64, n), kept: make([]float64, n),
	}
	if p.Pattern != nil {
		d.groups = p.Pattern.Groups()
	}
	return d
}

// jacobian sets jac to f_y at (t, y).
func (d *differences[S]) jacobian(jac []float64, t float64, y S) error {
	d.p.Space.Copy(d.y, y)
	if err := d.eval(d.f0, t); err != nil {
		return err
	}
	d.flat.Flatten(d.x, y)
	most := d.increments()
	d.poor = d.poor[:0]
	if d.groups == nil {
		for j := range d.n {
			if err := d.column(jac, t, j); err != nil {
				return err
			}
		}
	}
	for _, g := range d.groups {
		if err := d.group(jac, t, g); err != nil {
			return err
		}
	}
	for len(d.poor) > 0 { // ends: increments rise to farthest*most
		d.fine, d.poor = d.poor, d.fine[:0]
		for _, j := range d.fine {
			if math.Abs(d.h[j])*raise > farthest*most {
				continue
			}
			d.h[j] *= raise
			if err := d.column(jac, t, j); err != nil {
				return err
			}
		}
	}
	return nil
}

// increments sets h and returns the size of the largest component that matters.
func (d *differences[S]) increments() (most float64) {
	const root = 0x1p-26
	for j, v := range d.x {
		abs := d.tol.Abs
		if d.tol.AbsTols != nil {
			abs = d.tol.AbsTols[j]
		}
		most = max(most, math.Abs(v), abs/max(d.tol.Rel, 1e-15))
		d.h[j] = root * max(math.Abs(v), abs)
	}
	for j, h := range d.h {
		if h == 0 { // no absolute tolerance: the others say what is small
			h = root * max(1e-5*most, 1e-30)
		}
		d.h[j] = h
	}
	return most
}

// eval sets dst to f(t, d.y).
func (d *differences[S]) eval(dst []float64, t float64) error {
	d.stats.RHS++
	if err := d.p.F(d.dy, t, d.y); err != nil {
		return err
	}
	d.flat.Flatten(dst, d.dy)
	return nil
}

func (d *differences[S]) column(jac []float64, t float64, j int) error {
	d.one[0] = j
	return d.group(jac, t, d.one[:])
}

// group sets the columns of one group, which share no row, to differences with the
// increments h, or -h where f cannot be evaluated in this direction. Columns whose
// differences drown in rounding are appended to poor.
func (d *differences[S]) group(jac []float64, t float64, columns []int) error {
	err := d.shifted(t, columns)
	if err != nil {
		for _, j := range columns {
			d.h[j] = -d.h[j]
		}
		if d.shifted(t, columns) != nil {
			return err
		}
	}
	for _, j := range columns {
		h := (d.kept[j] + d.h[j]) - d.kept[j]
		var change, size float64
		note := func(i int) float64 {
			delta := d.f[i] - d.f0[i]
			if a := math.Abs(delta); a >= change {
				change = a
			}
			size = max(size, math.Abs(d.f0[i]))
			return delta / h
		}
		if d.p.Pattern == nil {
			for i := range d.n {
				jac[i*d.n+j] = note(i)
			}
		} else {
			for k := d.p.Pattern.Start[j]; k < d.p.Pattern.Start[j+1]; k++ {
				jac[k] = note(d.p.Pattern.Row[k])
			}
		}
		if change < 2e-14*size { // eps^(7/8): two digits are left at most
			d.poor = append(d.poor, j)
		}
	}
	return nil
}

// shifted sets d.f to f with the increments of these columns. Anything that is not
// finite is an error.
func (d *differences[S]) shifted(t float64, columns []int) error {
	for _, j := range columns {
		d.kept[j] = d.x[j]
		d.x[j] += d.h[j]
	}
	d.flat.Unflatten(d.y, d.x)
	err := d.eval(d.f, t)
	for _, j := range columns {
		d.x[j] = d.kept[j]
	}
	if err != nil {
		return err
	}
	for i, v := range d.f {
		if !finite(v) && finite(d.f0[i]) {
			return errShiftedNotFinite
		}
	}
	return nil
}

var errShiftedNotFinite = fmt.Errorf("%w: a difference of f is not finite", ErrRecoverable)
