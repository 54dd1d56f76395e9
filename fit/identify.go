package fit

import (
	"context"
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// Flat is a direction in parameter space along which no prediction of the data changes,
// near several points: the data cannot determine more than the rest.
type Flat struct {
	// Parameters are those that take part, by name: one alone has no effect on the data
	// by itself, several act only together, as two factors of a product do.
	Parameters []string
}

// String says it in a sentence.
func (f Flat) String() string {
	if len(f.Parameters) == 1 {
		return f.Parameters[0] + " has no effect on the data"
	}
	return strings.Join(f.Parameters, ", ") + ": the data determine combinations of these only, not each by itself"
}

// flatPoints is the number of points at which directions must be flat to count.
const flatPoints = 3

// FlatDirections looks for directions that the data leave undetermined whatever the
// parameters: it compares the rank of the Jacobian of all predictions at the guess and
// at points beside it. A direction whose singular value is below 1e-6 of the largest
// counts as flat: the derivatives themselves are known to about 1e-8.
//
// What is found at so few points is evidence, not proof; a direction that is not found
// may still be too weak for the data at hand.
func (p *Problem) FlatDirections(ctx context.Context) ([]Flat, error) {
	e, err := newEvaluator(p, p.settings(1))
	if err != nil {
		return nil, err
	}
	n := e.estimated
	if n == 0 || e.rows == 0 {
		return nil, nil
	}
	var first *mat.SVD // at the point where the fewest directions are flat
	flat := n
	for k := range flatPoints {
		s := newSearchSpace(p)
		x := s.to(s.guess)
		for c := range x { // about a tenth away, in another direction every time
			x[c] = s.axes[c].beside(s.guess[s.which[c]], float64(k)*0.1*math.Sin(float64(1+c*flatPoints+k)))
		}
		theta := s.from(x)
		r, jac := make([]float64, e.rows), make([]float64, e.rows*n)
		if _, err := e.linearize(ctx, r, jac, theta); err != nil {
			if k == 0 {
				return nil, err
			}
			continue // a point that cannot be computed says nothing
		}
		m := mat.NewDense(e.rows, n, jac)
		for c := range n {
			size := abs(theta[s.which[c]])
			if size == 0 {
				size = 1
			}
			for i := range e.rows {
				m.Set(i, c, m.At(i, c)*size)
			}
		}
		var svd mat.SVD
		if !svd.Factorize(m, mat.SVDFullV) {
			continue
		}
		values := svd.Values(nil)
		rank := 0
		for _, v := range values {
			if v > 1e-6*values[0] {
				rank++
			}
		}
		if first == nil || n-rank < flat {
			first, flat = &svd, n-rank
		}
	}
	if first == nil || flat == 0 {
		return nil, nil
	}
	return p.flats(first, n, flat), nil
}

// beside returns the search point of a value that differs from v by the fraction d, and
// lies between the bounds.
func (a axis) beside(v, d float64) float64 {
	w := v * (1 + d)
	if v == 0 {
		w = d
	}
	if !(w > a.lo && w < a.hi) {
		w = v
	}
	return a.To(w)
}

// flats names who takes part in the last directions of the decomposition.
func (p *Problem) flats(svd *mat.SVD, n, flat int) []Flat {
	var v mat.Dense
	svd.VTo(&v)
	// Rows of reduced echelon form have the fewest parameters in them.
	rows := mat.NewDense(flat, n, nil)
	for k := range flat {
		for i := range n {
			rows.Set(k, i, v.At(i, n-flat+k))
		}
	}
	reduceRows(rows)
	names := p.Names()
	var list []Flat
	for k := range flat {
		var f Flat
		for i := range n {
			if abs(rows.At(k, i)) > 1e-3 {
				f.Parameters = append(f.Parameters, names[i])
			}
		}
		list = append(list, f)
	}
	return list
}

// reduceRows brings a matrix to reduced echelon form with full pivoting of columns.
func reduceRows(a *mat.Dense) {
	m, n := a.Dims()
	for k := range m {
		pivot := 0
		for j := range n {
			if abs(a.At(k, j)) > abs(a.At(k, pivot)) {
				pivot = j
			}
		}
		d := a.At(k, pivot)
		if d == 0 {
			continue
		}
		for j := range n {
			a.Set(k, j, a.At(k, j)/d)
		}
		for i := range m {
			if c := a.At(i, pivot); i != k && c != 0 {
				for j := range n {
					a.Set(i, j, a.At(i, j)-c*a.At(k, j))
				}
			}
		}
	}
}
