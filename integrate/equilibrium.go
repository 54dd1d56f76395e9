package integrate

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/odefit/odefit/integrate/space"
)

// equilibrium finds a zero of f near a state, among the states with the same conserved
// totals, in flat coordinates.
type equilibrium struct {
	n        int
	rhs      func(f, y []float64) error
	jacobian func(jac, y []float64) error // dense, row-major
	mass     *Matrix                      // nil: the identity
	abs      float64                      // absolute tolerance
	noise    float64                      // relative error of the Jacobian
	stats    *Stats

	begin []float64 // where the solution began
	size  []float64 // largest value of every component so far
	y     []float64 // the zero found
	jac   []float64 // f_y
	f     []float64
	laws  *conserved

	lu  mat.LU
	set bool      // lu is that at the answer
	row []float64 // scales of rows and columns of the factored matrix
	col []float64
}

// verdict is what a state turned out to be.
type verdict int

const (
	moving verdict = iota // not near rest
	found                 // near an isolated state at rest, which is in y
	atRest                // at rest, but so are its neighbours
)

// newEquilibrium makes the search for a problem in which time stands still.
func newEquilibrium[S any](p *Problem[S], flat space.Coordinates[S], stats *Stats) *equilibrium {
	n := flat.Dim(p.Y0)
	q := &equilibrium{
		n: n, mass: p.Mass, abs: p.tolerance().Abs, stats: stats,
		begin: make([]float64, n), size: make([]float64, n),
		y: make([]float64, n), jac: make([]float64, n*n), f: make([]float64, n),
		row: make([]float64, n), col: make([]float64, n),
	}
	flat.Flatten(q.begin, p.Y0)
	y, dy := p.Space.New(p.Y0), p.Space.New(p.Y0)
	q.rhs = func(f, x []float64) error {
		stats.RHS++
		flat.Unflatten(y, x)
		if err := p.F(dy, 0, y); err != nil {
			return err
		}
		flat.Flatten(f, dy)
		return nil
	}
	values := q.jac
	if p.Pattern != nil {
		values = make([]float64, p.Pattern.Len())
	}
	linearize := p.Jacobian
	q.noise = 1e-15
	if linearize == nil {
		linearize = newDifferences(p, flat, n, stats).jacobian
		q.noise = 1e-8
	}
	q.jacobian = func(jac, x []float64) error {
		stats.Jacobians++
		flat.Unflatten(y, x)
		if p.Pattern == nil {
			return linearize(jac, 0, y)
		}
		if err := linearize(values, 0, y); err != nil {
			return err
		}
		(&Matrix{Pattern: p.Pattern, Values: values}).Dense(jac)
		return nil
	}
	return q
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
		if math.Abs(v) < 1e-6*q.size[i] {
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
	q.laws.set(b, func(j int) float64 { return q.begin[j] - q.y[j] })
	if err := q.divide(b); err != nil {
		return 0, err
	}
	size := 0.0
	for i, d := range b {
		size = max(size, math.Abs(d)/q.scale(i, q.y[i]))
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
		if !(math.Abs(v)*t <= 1e-9*q.scale(i, y[i])) {
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
	rates, err := q.rates(1 / t)
	if err != nil {
		return moving, err
	}
	grows, size := 0.0, 0.0
	for _, v := range rates {
		grows = max(grows, real(v))
		size = max(size, math.Hypot(real(v), imag(v)))
	}
	if grows > 1e-10*size && grows*t < 40 {
		return moving, nil
	}
	return found, nil
}

// rates returns the finite eigenvalues of f_y x = lambda M x: with a mass matrix from
// those of (f_y - shift M)^-1 M, which are 1/(lambda - shift).
func (q *equilibrium) rates(shift float64) ([]complex128, error) {
	a := mat.NewDense(q.n, q.n, append([]float64(nil), q.jac...))
	if q.mass != nil {
		m := mat.NewDense(q.n, q.n, nil)
		q.mass.Dense(m.RawMatrix().Data)
		var shifted mat.Dense
		shifted.Scale(-shift, m)
		shifted.Add(&shifted, a)
		if err := a.Solve(&shifted, m); err != nil {
			if _, ok := err.(mat.Condition); !ok {
				return nil, fmt.Errorf("integrate: the matrix of the steady state: %w", err)
			}
		}
	}
	var eig mat.Eigen
	if !eig.Factorize(a, mat.EigenNone) {
		return nil, errors.New("integrate: the eigenvalues at the steady state could not be computed")
	}
	values := eig.Values(nil)
	if q.mass == nil {
		return values, nil
	}
	largest := 0.0
	for _, v := range values {
		largest = max(largest, math.Hypot(real(v), imag(v)))
	}
	var rates []complex128
	for _, v := range values {
		if math.Hypot(real(v), imag(v)) > 1e-12*largest {
			rates = append(rates, complex(shift, 0)+1/v)
		}
	}
	return rates, nil
}

// linearise evaluates f and f_y at y.
func (q *equilibrium) linearise() error {
	if err := q.rhs(q.f, q.y); err != nil {
		return err
	}
	return q.jacobian(q.jac, q.y)
}

// factor factors f_y with the laws in the place of rows, scaled by rows and columns. It
// returns false where the matrix is singular to the precision of the numbers.
func (q *equilibrium) factor() bool {
	q.stats.Factorizations++
	a := mat.NewDense(q.n, q.n, append([]float64(nil), q.jac...))
	for k, i := range q.laws.gone {
		a.SetRow(i, q.laws.l.RawRowView(k))
	}
	for j := range q.n {
		q.col[j] = q.scale(j, q.y[j])
	}
	for i := range q.n {
		q.row[i] = 0
		r := a.RawRowView(i)
		for j := range r {
			r[j] *= q.col[j]
			q.row[i] = max(q.row[i], math.Abs(r[j]))
		}
		if q.row[i] == 0 || q.row[i]-q.row[i] != 0 {
			return false
		}
		for j := range r {
			r[j] /= q.row[i]
		}
	}
	q.lu.Factorize(a)
	return q.lu.Cond()*q.noise < 0.01
}

// divide solves the factored system in place.
func (q *equilibrium) divide(b []float64) error {
	for i := range b {
		b[i] /= q.row[i]
	}
	if err := q.back(b, false); err != nil {
		return err
	}
	for j := range b {
		b[j] *= q.col[j]
	}
	return nil
}

// divideTransposed solves the transposed system in place.
func (q *equilibrium) divideTransposed(b []float64) error {
	for j := range b {
		b[j] *= q.col[j]
	}
	if err := q.back(b, true); err != nil {
		return err
	}
	for i := range b {
		b[i] /= q.row[i]
	}
	return nil
}

func (q *equilibrium) back(b []float64, transposed bool) error {
	x := mat.NewVecDense(q.n, b)
	err := q.lu.SolveVecTo(x, transposed, x)
	if _, ok := err.(mat.Condition); ok {
		return nil
	}
	return err
}

// ready factors the matrix at the zero found, once.
func (q *equilibrium) ready() error {
	if q.set {
		return nil
	}
	if err := q.linearise(); err != nil {
		return err
	}
	if q.set = q.factor(); !q.set {
		return fmt.Errorf("%w: the Jacobian is singular there", ErrNoSteadyState)
	}
	return nil
}

// tangent replaces b = df by the derivative of y, where the beginning changes by dy0.
func (q *equilibrium) tangent(b, dy0 []float64) error {
	if err := q.ready(); err != nil {
		return err
	}
	for i := range b {
		b[i] = -b[i]
	}
	q.laws.set(b, func(j int) float64 { return dy0[j] })
	return q.divide(b)
}

// adjoint replaces b by the derivative in f of a function of y with the derivative b,
// and sets gy0 to that in the beginning: the transpose of tangent.
func (q *equilibrium) adjoint(b, gy0 []float64) error {
	if err := q.ready(); err != nil {
		return err
	}
	if err := q.divideTransposed(b); err != nil {
		return err
	}
	clear(gy0)
	for k, i := range q.laws.gone {
		for j, l := range q.laws.l.RawRowView(k) {
			gy0[j] += l * b[i]
		}
		b[i] = 0
	}
	for i := range b {
		b[i] = -b[i]
	}
	return nil
}
