package integrate

import (
	"errors"
	"fmt"
	"math"

	"github.com/odefit/odefit/integrate/space"
	"github.com/odefit/odefit/internal/linalg"
)

// Reasons for which M y' = f with a singular M has no start.
var (
	// ErrInconsistent: no values of the algebraic components near the given ones solve
	// the algebraic equations.
	ErrInconsistent = errors.New("no consistent initial values were found near the given ones")
	// ErrIndex: the algebraic equations do not determine the components without a
	// derivative: the problem is of index 2 or higher, or has no unique solution.
	ErrIndex = errors.New("the algebraic equations do not determine the algebraic components (the index is above 1)")
)

// Constraints are the algebraic equations of M y' = f(t, y): the combinations of rows
// in which M vanishes. Consistent values keep M y, that is the differential
// components, and solve the combinations of f. With W f the combinations, the
// correction d of Newton's iteration solves
//
//	( M rows that are independent ) d = (   0  )
//	( W f_y                       )     ( -W f )
//
// whose matrix is regular where the index is 1. It is assembled as M' - (-1) J', row
// by row one or the other.
//
// Source: Brown, Hindmarsh, Petzold, Consistent initial condition calculation for
// differential-algebraic systems, SIAM J. Sci. Comput. 19 (1998), for the idea of
// correcting in Newton's way with the system at hand.
type Constraints[S any] struct {
	p         *Problem[S]
	flat      space.Coordinates[S]
	n         int
	algebraic []bool      // rows
	w         [][]float64 // combinations, by row; nil where the row itself is zero
	linearize func(jac []float64, t float64, y S) error
	jac       []float64
	pencil    linalg.Pencil
	lu        *linalg.Factored[float64]
	f, d, x   []float64
	scale     []float64 // of the algebraic rows
	mass      []float64 // scale of the other rows
	columns   []float64 // largest entries of the matrix
	y, dy, dS S
	old       S // c.y before a move
	t         float64
	stale     bool // the factors are not those at c.y
	stats     *Stats
}

const (
	// looksForRank is the size up to which a mass matrix without zero rows is looked at
	// by complete pivoting.
	looksForRank = 200
	// consistentNewton bounds Newton's iteration.
	consistentNewton = 50
	// consistentTol is the correction that counts as none, in units of the tolerance.
	consistentTol = 1e-3
	// worstCondition is where the equations count as not determining the components.
	worstCondition = 1e13
)

// Consistent returns initial values that satisfy the algebraic equations of M y' = f:
// p.Y0 with its algebraic components corrected, or, where it satisfies them to a
// thousandth of the tolerance, as it is. M y is kept. Every run begins so, and goes on
// so after an event that changes the state.
//
// It fails with [ErrIndex] or [ErrInconsistent]. Above 200 coordinates only rows of M
// that are zero are taken for algebraic; below, rows that depend on others, too.
func Consistent[S any](p Problem[S], set *Settings) (S, error) {
	var none S
	if err := withSpace(&p); err != nil {
		return none, err
	}
	if set == nil {
		set = &Settings{}
	}
	tol := set.Tolerance()
	p.tol = &tol
	y := clone(p.Space, p.Y0)
	c, err := NewConstraints(&p, &Stats{})
	if err != nil || c == nil {
		return y, err
	}
	dir := 1.
	if p.T1 < p.T0 {
		dir = -1
	}
	if err := c.Settle(min(p.T0, lastBefore(p.Breaks, p.T0, dir)), y); err != nil {
		return none, &StepError{T: p.T0, Component: -1, Reason: fmt.Errorf("M y' = f: %w", err)}
	}
	return y, nil
}

// NewConstraints returns those of a problem whose Space is set, or nil where M is regular
// or a matter of Problem.Newton.
func NewConstraints[S any](p *Problem[S], stats *Stats) (*Constraints[S], error) {
	flat, ok := p.Space.(space.Coordinates[S])
	if p.Mass == nil || p.Newton != nil || !ok {
		return nil, nil
	}
	n := flat.Dim(p.Y0)
	c := &Constraints[S]{p: p, flat: flat, n: n, algebraic: make([]bool, n), stats: stats}
	mass, pattern := p.Mass, p.Pattern
	any, err := c.find()
	if err != nil || !any {
		return nil, err
	}
	if c.w != nil { // combinations fill rows
		mass, pattern = &Matrix{Values: dense(p.Mass, n)}, nil
		for i, row := range c.algebraic {
			if row {
				clear(mass.Values[i*n : (i+1)*n])
			}
		}
	}
	entries := n * n
	if p.Pattern != nil {
		entries = p.Pattern.Len()
	}
	c.jac = make([]float64, entries)
	c.f, c.d, c.x = make([]float64, n), make([]float64, n), make([]float64, n)
	c.scale, c.columns = make([]float64, n), make([]float64, n)
	if c.linearize = p.Jacobian; c.linearize == nil {
		c.linearize = newDifferences(p, flat, n, stats).jacobian
	}
	rows := &Matrix{Pattern: pattern, Values: c.jac}
	if c.w != nil {
		rows.Values = make([]float64, n*n)
	}
	c.pencil = linalg.Pencil{N: n, J: rows, M: &Matrix{Pattern: mass.Pattern, Values: append([]float64{}, mass.Values...)}}
	c.equilibrate(c.pencil.M)
	c.mass = append(c.mass, c.scale...)
	c.lu = linalg.Prepare[float64](&c.pencil, c.pencil.Choose())
	c.y, c.dy, c.dS, c.old = p.Space.New(p.Y0), p.Space.New(p.Y0), p.Space.New(p.Y0), p.Space.New(p.Y0)
	return c, nil
}

// dense returns m row by row.
func dense(m *Matrix, n int) []float64 {
	a := make([]float64, n*n)
	if m.Pattern == nil {
		copy(a, m.Values)
		return a
	}
	for j := range n {
		for k := m.Pattern.Start[j]; k < m.Pattern.Start[j+1]; k++ {
			a[m.Pattern.Row[k]*n+j] = m.Values[k]
		}
	}
	return a
}

// find marks the algebraic rows and says whether there are any.
func (c *Constraints[S]) find() (bool, error) {
	m, n := c.p.Mass, c.n
	if !linalg.Finite(m.Values) {
		return false, fmt.Errorf("integrate: Problem.Mass: %w", ErrNonFinite)
	}
	if n <= looksForRank {
		rows, w := linalg.Dependent(dense(m, n), n)
		for k, i := range rows {
			c.algebraic[i] = true
			for j, v := range w[k] {
				if j != i && v != 0 {
					c.w = make([][]float64, n)
				}
			}
		}
		if c.w != nil {
			for k, i := range rows {
				c.w[i] = w[k]
			}
		}
		return len(rows) > 0, nil
	}
	for i := range c.algebraic {
		c.algebraic[i] = true
	}
	found := n
	for k, v := range m.Values {
		i := rowOf(m, n, k)
		if v != 0 && c.algebraic[i] {
			c.algebraic[i] = false
			found--
		}
	}
	return found > 0, nil
}

// Settle makes y consistent at t, and leaves it as it is where it is within the
// tolerance.
func (c *Constraints[S]) Settle(t float64, y S) error {
	sp := c.p.Space
	sp.Copy(c.y, y)
	c.t, c.stale = t, true
	last := math.Inf(1)
	for k := range consistentNewton {
		if err := c.matrix(t); err != nil {
			return err
		}
		if err := c.correction(t); err != nil {
			return err
		}
		size := sp.Norm(c.dS, c.y, c.y, c.p.tolerance())
		if !finite(size) {
			return ErrInconsistent
		}
		if size <= consistentTol && k == 0 {
			c.stale = false
			return nil
		}
		if err := c.move(t, size); err != nil {
			return err
		}
		if size <= consistentTol || size <= 1 && size >= last { // down to rounding
			sp.Copy(y, c.y)
			return nil
		}
		last = size
	}
	return ErrInconsistent
}

// matrix factors at c.y and refuses what is singular to working precision.
func (c *Constraints[S]) matrix(t float64) error {
	c.stats.Jacobians++
	if err := c.linearize(c.jac, t, c.y); err != nil {
		return err
	}
	if !linalg.Finite(c.jac) {
		return fmt.Errorf("the Jacobian: %w", ErrNonFinite)
	}
	c.rows()
	c.equilibrate(c.pencil.J)
	clear(c.columns)
	c.widen(c.pencil.M)
	c.widen(c.pencil.J)
	c.stats.Factorizations++
	if c.lu.Factor(-1) != nil {
		return ErrIndex
	}
	for i := range c.d { // a vector that no structure of a problem has by chance
		c.d[i] = 1 + 0.5*math.Sin(float64(3*i*i+1))
	}
	c.lu.Solve(c.d)
	for j, v := range c.d {
		if !(math.Abs(v)*c.columns[j] < worstCondition) {
			return ErrIndex
		}
	}
	return nil
}

// rows keeps of J the algebraic rows.
func (c *Constraints[S]) rows() {
	j, n := c.pencil.J, c.n
	if c.w == nil {
		for k := range j.Values {
			if !c.algebraic[rowOf(j, n, k)] {
				j.Values[k] = 0
			}
		}
		return
	}
	full := dense(&Matrix{Pattern: c.p.Pattern, Values: c.jac}, n)
	clear(j.Values)
	for i, w := range c.w {
		for r, v := range w {
			if v == 0 {
				continue
			}
			for col := range n {
				j.Values[i*n+col] += v * full[r*n+col]
			}
		}
	}
}

// rowOf returns the row of entry k of an n x n matrix.
func rowOf(m *Matrix, n, k int) int {
	if m.Pattern != nil {
		return m.Pattern.Row[k]
	}
	return k / n
}

// equilibrate scales the rows of m to a largest entry of 1 and keeps the scales: with
// those of the columns, the size of a solution says how well the matrix is conditioned.
func (c *Constraints[S]) equilibrate(m *Matrix) {
	clear(c.scale)
	for k, v := range m.Values {
		i := rowOf(m, c.n, k)
		c.scale[i] = max(c.scale[i], math.Abs(v))
	}
	for k := range m.Values {
		if s := c.scale[rowOf(m, c.n, k)]; s != 0 {
			m.Values[k] /= s
		}
	}
}

// widen lets columns know the entries of m.
func (c *Constraints[S]) widen(m *Matrix) {
	q := m.Pattern
	for j := range c.n {
		if q == nil {
			for i := range c.n {
				c.columns[j] = max(c.columns[j], math.Abs(m.Values[i*c.n+j]))
			}
			continue
		}
		for _, v := range m.Values[q.Start[j]:q.Start[j+1]] {
			c.columns[j] = max(c.columns[j], math.Abs(v))
		}
	}
}

// correction sets dS to the step of Newton's iteration at c.y.
func (c *Constraints[S]) correction(t float64) error {
	c.stats.RHS++
	if err := c.p.F(c.dy, t, c.y); err != nil {
		return err
	}
	c.solve()
	return nil
}

// solve sets dS to the correction for the values of f in dy.
func (c *Constraints[S]) solve() {
	clear(c.d)
	c.combine(c.dy)
	c.lu.Solve(c.d)
	c.flat.Unflatten(c.dS, c.d)
}

// combine sets the algebraic rows of d to -W r.
func (c *Constraints[S]) combine(r S) {
	c.flat.Flatten(c.f, r)
	for i, algebraic := range c.algebraic {
		if !algebraic || c.scale[i] == 0 {
			continue
		}
		sum := c.f[i]
		if c.w != nil {
			sum = 0
			for k, v := range c.w[i] {
				if v != 0 {
					sum += v * c.f[k]
				}
			}
		}
		c.d[i] = -sum / c.scale[i]
	}
}

// Rate sets dst to y' at a consistent y, where the right-hand side is f and its partial
// derivative in t is ft: M y' = f, and along the solution the algebraic equations stay
// solved, W (f_y y' + f_t) = 0. dst may be f or ft.
func (c *Constraints[S]) Rate(dst S, t float64, y, f, ft S) error {
	c.p.Space.Copy(c.y, y)
	c.t, c.stale = t, true
	if err := c.matrix(t); err != nil {
		return err
	}
	c.stale = false
	c.flat.Flatten(c.d, f)
	for i, algebraic := range c.algebraic {
		if !algebraic && c.mass[i] != 0 {
			c.d[i] /= c.mass[i]
		}
	}
	c.combine(ft)
	c.lu.Solve(c.d)
	c.flat.Unflatten(dst, c.d)
	return nil
}

// Tangent makes a tangent s of the state that was settled last consistent: M s is kept,
// and W (f_y s + f_p v) becomes zero. r is f_y s + f_p v for the s given.
func (c *Constraints[S]) Tangent(s, r S) error {
	if c.stale {
		if err := c.matrix(c.t); err != nil {
			return err
		}
		c.stale = false
	}
	c.p.Space.Copy(c.dy, r)
	c.solve()
	c.p.Space.AddScaled(s, s, []float64{1}, []S{c.dS})
	return nil
}

// Cotangent is the transpose of [Constraints.Tangent] at the consistent y: where lambda is
// what the loss owes the tangent made consistent, lambda + f_y^T dst is what it owes the
// one before, and f_p^T dst what it owes v.
func (c *Constraints[S]) Cotangent(dst S, t float64, y, lambda S) error {
	c.p.Space.Copy(c.y, y)
	c.t, c.stale = t, true
	if err := c.matrix(t); err != nil {
		return err
	}
	c.stale = false
	c.flat.Flatten(c.d, lambda)
	c.lu.SolveTransposed(c.d)
	clear(c.f)
	for i, algebraic := range c.algebraic {
		if !algebraic || c.scale[i] == 0 {
			continue
		}
		q := -c.d[i] / c.scale[i]
		if c.w == nil {
			c.f[i] = q
			continue
		}
		for k, v := range c.w[i] {
			c.f[k] += q * v
		}
	}
	c.flat.Unflatten(dst, c.f)
	return nil
}

// Settler is a [Newton] that makes states consistent itself: a run whose problem has
// one asks it at the start and after every event that changes the state.
type Settler[S any] interface{ Settle(t float64, y S) error }

// move adds dS to c.y, or a half, a quarter, ... where f is not finite there or the
// correction that is left, with the same matrix, has not shrunk.
func (c *Constraints[S]) move(t, size float64) error {
	sp := c.p.Space
	sp.Copy(c.old, c.y)
	c.flat.Flatten(c.x, c.y)
	step := append([]float64{}, c.d...)
	for part := 1.; part > 1e-4; part /= 2 {
		for i, v := range step {
			c.d[i] = c.x[i] + part*v
		}
		c.flat.Unflatten(c.y, c.d)
		err := c.correction(t)
		if err != nil && !errors.Is(err, ErrRecoverable) {
			return err
		}
		if err == nil && (sp.Norm(c.dS, c.old, c.old, c.p.tolerance()) <= (1-part/4)*size || size <= 1) {
			return nil
		}
	}
	return ErrInconsistent
}
