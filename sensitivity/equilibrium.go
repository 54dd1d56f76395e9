package sensitivity

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
)

// equilibrium finds a zero of f near a state, among the states with the same conserved
// totals.
type equilibrium struct {
	s *Steady
	n int

	y    []float64 // the zero found
	jac  []float64 // f_y, row-major
	f    []float64
	laws *mat.Dense // rows l with l f = 0 everywhere; nil where there are none
	gone []int      // gone[k] is the row of f = 0 in whose place law k stands

	sought bool // laws
	lu     mat.LU
	row    []float64 // scales of rows and columns of the factored matrix
	col    []float64
}

// verdict is what a state turned out to be.
type verdict int

const (
	moving verdict = iota // not near rest
	found                 // near an isolated state at rest, which is in y
	atRest                // at rest, but so are its neighbours
)

func newEquilibrium(s *Steady) *equilibrium {
	n := len(s.begin)
	return &equilibrium{
		s: s, n: n, y: make([]float64, n), jac: make([]float64, n*n), f: make([]float64, n),
		row: make([]float64, n), col: make([]float64, n),
	}
}

// The basin is how far, in units of a component's scale, Newton's method may be from
// the zero when it takes over; the last correction is below roundoff.
const (
	basin     = 1e-3
	roundoff  = 1e-11
	iterLimit = 20
)

// solve looks from y, reached at time t, for the state at rest.
func (q *equilibrium) solve(y []float64, t float64) (verdict, error) {
	copy(q.y, y)
	if err := q.findLaws(); err != nil {
		return moving, err
	}
	moved := 0.0
	for range iterLimit {
		if err := q.linearise(); err != nil {
			return moving, err
		}
		if !q.factor() {
			return q.rest(y, t)
		}
		step, err := q.correct()
		if err != nil || math.IsNaN(step) {
			return moving, err
		}
		if moved += step; moved > basin {
			return moving, nil
		}
		if step < roundoff {
			isolated, err := q.isolated()
			switch {
			case err != nil:
				return moving, err
			case !isolated:
				return q.rest(y, t)
			}
			return q.stable(t)
		}
	}
	return moving, nil
}

// isolated says that the matrix is regular also where components that die out have
// gone: infections at the end of an epidemic, say, whose last trace hides that any
// number of susceptibles is at rest.
func (q *equilibrium) isolated() (bool, error) {
	whole := append([]float64(nil), q.y...)
	for i, v := range q.y {
		if math.Abs(v) < 1e-6*q.s.size[i] {
			q.y[i] = 0
		}
	}
	err := q.linearise()
	regular := err == nil && q.factor()
	copy(q.y, whole)
	return regular, err
}

// correct makes a step of Newton's method and returns its size.
func (q *equilibrium) correct() (float64, error) {
	b := make([]float64, q.n)
	for i, v := range q.f {
		b[i] = -v
	}
	q.setLaws(b, func(j int) float64 { return q.s.begin[j] - q.y[j] })
	if err := q.divide(b); err != nil {
		return 0, err
	}
	size := 0.0
	for i, d := range b {
		size = max(size, math.Abs(d)/q.s.scale(i, q.y[i]))
		if math.IsNaN(d) {
			return d, nil
		}
		q.y[i] += d
	}
	return size, nil
}

// rest says whether a state with a singular Jacobian changes no more, judged by how far
// it would go in all the time that has passed.
func (q *equilibrium) rest(y []float64, t float64) (verdict, error) {
	copy(q.y, y)
	if err := q.linearise(); err != nil {
		return moving, err
	}
	for i, v := range q.f {
		if !(math.Abs(v)*t <= 1e-9*q.s.scale(i, y[i])) {
			return moving, nil
		}
	}
	return atRest, nil
}

// stable says that the solution tends to y. A solution that passes a saddle leaves it at
// the rate of the largest eigenvalue; one that stays for forty times as long rests.
func (q *equilibrium) stable(t float64) (verdict, error) {
	if err := q.linearise(); err != nil {
		return moving, err
	}
	var eig mat.Eigen
	if !eig.Factorize(mat.NewDense(q.n, q.n, q.jac), mat.EigenNone) {
		return moving, fmt.Errorf("sensitivity: the eigenvalues at the steady state could not be computed")
	}
	grows, size := 0.0, 0.0
	for _, v := range eig.Values(nil) {
		grows = max(grows, real(v))
		size = max(size, math.Hypot(real(v), imag(v)))
	}
	if grows > 1e-10*size && grows*t < 40 {
		return moving, nil
	}
	return found, nil
}

// linearise evaluates f and f_y at y.
func (q *equilibrium) linearise() error {
	sys, p := q.s.frozen, q.s.Problem.P
	if err := sys.RHS(q.f, 0, q.y, p); err != nil {
		return err
	}
	return q.jacobian(q.jac, q.y)
}

// jacobian sets jac to f_y at y, dense.
func (q *equilibrium) jacobian(jac, y []float64) error {
	sys, p, n := q.s.frozen, q.s.Problem.P, q.n
	switch {
	case sys.Jacobian != nil && sys.Pattern == nil:
		return sys.Jacobian(jac, 0, y, p)
	case sys.Jacobian != nil:
		values := make([]float64, len(sys.Pattern.Row))
		if err := sys.Jacobian(values, 0, y, p); err != nil {
			return err
		}
		clear(jac)
		for j := range n {
			for k := sys.Pattern.Start[j]; k < sys.Pattern.Start[j+1]; k++ {
				jac[sys.Pattern.Row[k]*n+j] = values[k]
			}
		}
		return nil
	case sys.JVP == nil:
		return fmt.Errorf("sensitivity: the steady state needs System.Jacobian or System.JVP: %w", ErrNoDerivative)
	}
	unit, out := make([]float64, n), make([]float64, n)
	for j := range n {
		unit[j] = 1
		if err := sys.JVP(out, 0, y, p, unit, nil); err != nil {
			return err
		}
		unit[j] = 0
		for i, v := range out {
			jac[i*n+j] = v
		}
	}
	return nil
}

// factor factors f_y with the laws in the place of rows, scaled by rows and columns. It
// returns false where the matrix is singular to the precision of the numbers.
func (q *equilibrium) factor() bool {
	a := mat.NewDense(q.n, q.n, nil)
	for i := range q.n {
		for j := range q.n {
			a.Set(i, j, q.jac[i*q.n+j])
		}
	}
	for k, i := range q.gone {
		a.SetRow(i, q.laws.RawRowView(k))
	}
	for j := range q.n {
		q.col[j] = q.s.scale(j, q.y[j])
	}
	for i := range q.n {
		q.row[i] = 0
		for j := range q.n {
			v := a.At(i, j) * q.col[j]
			a.Set(i, j, v)
			q.row[i] = max(q.row[i], math.Abs(v))
		}
		if q.row[i] == 0 || q.row[i]-q.row[i] != 0 {
			return false
		}
		for j := range q.n {
			a.Set(i, j, a.At(i, j)/q.row[i])
		}
	}
	q.lu.Factorize(a)
	return q.lu.Cond() < 1e13
}

// setLaws puts L v in the places of the laws in b.
func (q *equilibrium) setLaws(b []float64, v func(j int) float64) {
	for k, i := range q.gone {
		b[i] = 0
		for j, l := range q.laws.RawRowView(k) {
			b[i] += l * v(j)
		}
	}
}

// divide solves the factored system in place.
func (q *equilibrium) divide(b []float64) error {
	for i := range b {
		b[i] /= q.row[i]
	}
	x := mat.NewVecDense(q.n, b)
	if err := q.lu.SolveVecTo(x, false, x); err != nil {
		if _, ok := err.(mat.Condition); !ok {
			return err
		}
	}
	for j := range b {
		b[j] *= q.col[j]
	}
	return nil
}

// tangents returns the derivatives of y along directions.
func (q *equilibrium) tangents(dirs []Direction[[]float64]) ([][]float64, error) {
	if err := q.linearise(); err != nil {
		return nil, err
	}
	if !q.factor() {
		return nil, fmt.Errorf("%w: the Jacobian is singular there", ErrNoSteadyState)
	}
	sys, p := q.s.frozen, q.s.Problem.P
	zero := make([]float64, q.n)
	out := make([][]float64, len(dirs))
	for k, d := range dirs {
		b := make([]float64, q.n)
		if d.P != nil {
			if err := sys.JVP(b, 0, q.y, p, zero, d.P); err != nil {
				return nil, err
			}
		}
		if err := q.checkLaws(b); err != nil {
			return nil, err
		}
		for i := range b {
			b[i] = -b[i]
		}
		q.setLaws(b, func(j int) float64 {
			if d.Y0 == nil {
				return 0
			}
			return d.Y0[j]
		})
		if err := q.divide(b); err != nil {
			return nil, err
		}
		out[k] = b
	}
	return out, nil
}

// checkLaws refuses laws that hold at these parameters alone.
func (q *equilibrium) checkLaws(fp []float64) error {
	for k := range q.gone {
		sum, size := 0.0, 0.0
		for j, l := range q.laws.RawRowView(k) {
			sum += l * fp[j]
			size += math.Abs(l * fp[j])
		}
		if math.Abs(sum) > 1e-8*size {
			return fmt.Errorf("%w: a total is conserved at these parameters, but not beside them", ErrNoSteadyState)
		}
	}
	return nil
}

// findLaws finds the laws once: the left null space of f and f_y at several states. The
// columns are scaled first, which does not change it.
func (q *equilibrium) findLaws() error {
	if q.sought {
		return nil
	}
	q.sought = true
	const samples = 4
	n := q.n
	m := mat.NewDense(n, samples*(n+1), nil)
	rng := rand.New(rand.NewPCG(1, 2)) // the same states whenever the search is repeated
	y, jac, f := make([]float64, n), make([]float64, n*n), make([]float64, n)
	for k := range samples {
		for i := range y {
			y[i] = q.y[i]
			if k > 0 {
				size := q.s.size[i]
				if size == 0 {
					size = 1
				}
				y[i] = size * (0.1 + rng.Float64())
			}
		}
		if err := q.s.frozen.RHS(f, 0, y, q.s.Problem.P); err != nil {
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
		return fmt.Errorf("sensitivity: the conserved totals could not be found")
	}
	values := svd.Values(nil)
	var u mat.Dense
	svd.UTo(&u)
	q.gone, q.laws = nil, nil
	for k := range n {
		if values[k] > 1e-9*values[0] {
			continue
		}
		if q.laws == nil {
			q.laws = mat.NewDense(n-k, n, nil)
		}
		for i := range n {
			q.laws.Set(len(q.gone), i, u.At(i, k))
		}
		q.gone = append(q.gone, 0)
	}
	q.reduce()
	return nil
}

// reduce brings the laws to echelon form and chooses for each the equation that it
// makes superfluous: that of its pivot.
func (q *equilibrium) reduce() {
	for k := range q.gone {
		at, pivot := 0, 0.0
		row := k
		for i := k; i < len(q.gone); i++ {
			for j := range q.n {
				if v := math.Abs(q.laws.At(i, j)); v > pivot {
					row, at, pivot = i, j, v
				}
			}
		}
		a, b := q.laws.RawRowView(k), q.laws.RawRowView(row)
		for j := range a {
			a[j], b[j] = b[j], a[j]
		}
		q.gone[k] = at
		d := a[at]
		for j := range a {
			a[j] /= d
		}
		for i := range q.gone {
			if other := q.laws.RawRowView(i); i != k {
				c := other[at]
				for j := range other {
					if other[j] -= c * a[j]; math.Abs(other[j]) < 1e-12 {
						other[j] = 0
					}
				}
			}
		}
	}
}
