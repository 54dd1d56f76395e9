package integrate

import (
	"fmt"
	"math"

	"github.com/odefit/odefit/integrate/space"
)

// implicit is the stepper of a singly diagonally implicit Runge-Kutta method. The
// stages
//
//	k_i = f(t + c_i h, y + h sum_(j<i) a_ij k_j + h g k_i)
//
// are solved one after the other by a simplified Newton iteration with the matrix
// I - h g f_y at the start of the step. A step depends on nothing that came before it.
//
// Source: Hairer, Wanner, Solving ODEs II, section IV.8.
type implicit[S any] struct {
	rhs            rhs[S]
	tab            *Tableau
	sp             space.Space[S]
	newton         Newton[S]
	tol            space.Tolerance
	k              []S
	base, arg, res S
	delta, zero    S
	one            [1]S
	c              []float64
	t0, t1         float64
	y0             S
}

// newtonTol is the error of a stage that is left, in units of the tolerance of a step.
const newtonTol = 1e-2

// maxNewton bounds the iterations of a stage.
const maxNewton = 10

func newImplicit[S any](p *Problem[S], tab *Tableau, stats *Stats) (*implicit[S], error) {
	s := tab.Stages()
	m := &implicit[S]{
		rhs: rhs[S]{f: p.F, last: math.Inf(1), stats: stats},
		tab: tab, sp: p.Space, tol: (&Settings{}).Tolerance(),
		base: p.Space.New(p.Y0), arg: p.Space.New(p.Y0), res: p.Space.New(p.Y0), delta: p.Space.New(p.Y0), zero: p.Space.New(p.Y0),
		k: make([]S, s), c: make([]float64, s),
	}
	for i := range m.k {
		m.k[i] = p.Space.New(p.Y0)
	}
	var err error
	if m.newton, err = NewNewton(p, stats); err != nil {
		return nil, fmt.Errorf("integrate: %s: %w", tab.Name, err)
	}
	return m, nil
}

func (m *implicit[S]) setTolerance(tol space.Tolerance) { m.tol = tol }

func (m *implicit[S]) Order() (p, estimate int) { return m.tab.Order, m.tab.Estimate }
func (m *implicit[S]) Bound(last float64)       { m.rhs.last = last }
func (m *implicit[S]) Accept()                  {}
func (m *implicit[S]) Reset()                   {}
func (m *implicit[S]) Reject()                  {}

// Attempt implements [Stepper].
func (m *implicit[S]) Attempt(y1, e S, t, t1 float64, y S) error {
	h := t1 - t
	m.t0, m.t1, m.y0 = t, t1, y
	gamma := m.tab.A[0][0]
	m.rhs.stats.Jacobians++
	if err := m.newton.Linearize(min(t, m.rhs.last), y); err != nil {
		return err
	}
	m.rhs.stats.Factorizations++
	if err := m.newton.Factor(h * gamma); err != nil {
		return fmt.Errorf("%w: %w", ErrNewton, err)
	}
	if err := m.rhs.eval(m.k[0], t, y); err != nil { // where the first stage starts from
		return err
	}
	for i := range m.k {
		if i > 0 {
			m.sp.Copy(m.k[i], m.k[i-1])
		}
		if err := m.stage(i, h); err != nil {
			return err
		}
	}
	m.sum(y1, y, h, m.tab.B)
	m.sum(e, m.zero, h, m.tab.E)
	return m.newton.Solve(e) // damps what stiff components add to the estimate
}

// stage solves for k_i.
func (m *implicit[S]) stage(i int, h float64) error {
	row := m.tab.A[i]
	m.sum(m.base, m.y0, h, row[:i])
	hg := h * row[i]
	t := StageTime(m.t0, m.t1, m.tab.C[i])
	var last float64
	for iter := range maxNewton {
		m.rhs.stats.Newton++
		m.add(m.arg, m.base, hg, m.k[i])
		if err := m.rhs.eval(m.res, t, m.arg); err != nil {
			return err
		}
		m.add(m.res, m.res, -1, m.k[i])
		if err := m.newton.Solve(m.res); err != nil {
			return fmt.Errorf("%w: %w", ErrNewton, err)
		}
		m.add(m.k[i], m.k[i], 1, m.res)
		m.add(m.delta, m.zero, hg, m.res)
		size := m.sp.Norm(m.delta, m.y0, m.arg, m.tol)
		switch {
		case !finite(size):
			return ErrNewton
		case size == 0:
			return nil
		case iter > 0:
			rate := size / last
			if rate >= 1 && size > newtonTol {
				return ErrNewton
			}
			if rate < 1 && size*rate/(1-rate) <= newtonTol || size <= 1e-3*newtonTol {
				return nil
			}
		case size <= 1e-4*newtonTol:
			return nil
		}
		last = size
	}
	return ErrNewton
}

// add sets dst = x + c*k, where k is not dst.
func (m *implicit[S]) add(dst, x S, c float64, k S) {
	m.c[0], m.one[0] = c, k
	m.sp.AddScaled(dst, x, m.c[:1], m.one[:])
}

// sum sets dst = x + h sum_j b_j k_j.
func (m *implicit[S]) sum(dst, x S, h float64, b []float64) {
	c := m.c[:len(b)]
	for j, bj := range b {
		c[j] = h * bj
	}
	m.sp.AddScaled(dst, x, c, m.k[:len(b)])
}

func (m *implicit[S]) Interpolate(dst S, t float64) {
	interpolate(m.sp, m.tab, dst, t, m.t0, m.t1, m.y0, m.k, m.c)
}

func (m *implicit[S]) Keep() Interpolant[S] {
	return &denseStep[S]{sp: m.sp, tab: m.tab, t0: m.t0, t1: m.t1, y0: clone(m.sp, m.y0), k: cloneAll(m.sp, m.k)}
}
