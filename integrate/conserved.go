package integrate

import (
	"errors"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
)

// conserved are the totals L M y that a system keeps: L f = 0 everywhere.
type conserved struct {
	n    int
	l    *mat.Dense // rows of L M; nil where there are none
	left *mat.Dense // rows of L
	gone []int      // gone[k] is the row of f = 0 in whose place law k stands
}

// set puts L M v in the places of the laws in b.
func (c *conserved) set(b []float64, v func(j int) float64) {
	for k, i := range c.gone {
		b[i] = 0
		for j, l := range c.l.RawRowView(k) {
			b[i] += l * v(j)
		}
	}
}

// findLaws finds the laws once: the left null space of f and f_y at several states. The
// columns are scaled first, which does not change it.
func (q *equilibrium) findLaws() error {
	if q.laws != nil {
		return nil
	}
	const samples = 4
	n := q.n
	m := mat.NewDense(n, samples*(n+1), nil)
	rng := rand.New(rand.NewPCG(1, 2)) // the same states whenever the search is repeated
	y, jac, f := make([]float64, n), make([]float64, n*n), make([]float64, n)
	for k := range samples {
		for i := range y {
			y[i] = q.y[i]
			if k > 0 {
				size := q.size[i]
				if size == 0 {
					size = 1
				}
				y[i] = size * (0.1 + rng.Float64())
			}
		}
		if err := q.rhs(f, y); err != nil {
			continue // a state that the model does not know
		}
		if err := q.jacobian(jac, y); err != nil {
			return err
		}
		for j := range n + 1 {
			column := make([]float64, n)
			for i := range n {
				if column[i] = f[i]; j < n {
					column[i] = jac[i*n+j]
				}
			}
			if norm := mat.Norm(mat.NewVecDense(n, column), 2); norm > 0 && !math.IsInf(norm, 0) && !math.IsNaN(norm) {
				for i := range n {
					m.Set(i, k*(n+1)+j, column[i]/norm)
				}
			}
		}
	}
	var svd mat.SVD
	if !svd.Factorize(m, mat.SVDThinU) {
		return errors.New("integrate: the conserved totals could not be found")
	}
	values := svd.Values(nil)
	var u mat.Dense
	svd.UTo(&u)
	q.laws = &conserved{n: n}
	for k := range n {
		if values[k] > max(1e-9, 100*q.noise)*values[0] {
			continue
		}
		if q.laws.left == nil {
			q.laws.left = mat.NewDense(n-k, n, nil)
		}
		for i := range n {
			q.laws.left.Set(len(q.laws.gone), i, u.At(i, k))
		}
		q.laws.gone = append(q.laws.gone, 0)
	}
	q.laws.reduce()
	q.laws.weigh(q.mass)
	return nil
}

// reduce brings the laws to echelon form and chooses for each the equation that it
// makes superfluous: that of its pivot.
func (c *conserved) reduce() {
	for k := range c.gone {
		at, pivot := 0, 0.0
		row := k
		for i := k; i < len(c.gone); i++ {
			for j := range c.n {
				if v := math.Abs(c.left.At(i, j)); v > pivot {
					row, at, pivot = i, j, v
				}
			}
		}
		a, b := c.left.RawRowView(k), c.left.RawRowView(row)
		for j := range a {
			a[j], b[j] = b[j], a[j]
		}
		c.gone[k] = at
		d := a[at]
		for j := range a {
			if a[j] /= d; math.Abs(a[j]) < 1e-12 {
				a[j] = 0
			}
		}
		for i := range c.gone {
			if other := c.left.RawRowView(i); i != k {
				f := other[at]
				for j := range other {
					if other[j] -= f * a[j]; math.Abs(other[j]) < 1e-12 {
						other[j] = 0
					}
				}
			}
		}
	}
}

// weigh sets the rows L M.
func (c *conserved) weigh(mass *Matrix) {
	if c.l = c.left; c.left == nil || mass == nil {
		return
	}
	c.l = mat.NewDense(len(c.gone), c.n, nil)
	for k := range c.gone {
		mass.MulTransposed(c.l.RawRowView(k), c.left.RawRowView(k))
	}
}
