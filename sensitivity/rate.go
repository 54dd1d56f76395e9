package sensitivity

import (
	"fmt"

	"github.com/odefit/odefit/integrate"
)

// rate is y' of a solution of M y' = f. Where M is singular it is not settled by these
// equations alone: the algebraic ones, W f = 0, have to stay solved.
type rate[S any] struct {
	m       *model[S]
	newton  integrate.Newton[S]       // of a regular M
	algebra *integrate.Constraints[S] // of a singular one
	ft      S
}

// rate sets dst to y' at (t, y), on the side of t that counts where t is a break.
func (m *model[S]) rate(dst S, t float64, y S) error { return m.rateAt(dst, m.within(t), y) }

// rateAt sets dst to y' at (t, y), just as t says.
func (m *model[S]) rateAt(dst S, t float64, y S) error {
	if err := m.rhs(dst, t, y); err != nil || m.sys.Mass == nil {
		return err
	}
	if err := m.newRate(); err != nil {
		return err
	}
	return m.slope.solve(dst, t, y)
}

// settle makes y satisfy the algebraic equations at t, if there are any, as a run does at
// its start, after events and at breaks.
func (m *model[S]) settle(t float64, y S) error {
	if m.sys.Mass == nil {
		return nil
	}
	if err := m.newRate(); err != nil || m.slope.algebra == nil {
		return err
	}
	if err := m.slope.algebra.Settle(t, y); err != nil {
		return &Error{Phase: ForwardPass, T: t, Component: -1, Reason: fmt.Errorf("M y' = f: %w", err)}
	}
	return nil
}

// settlings is the number of corrections that make a tangent consistent: a second one
// takes away what the differences of a Jacobian leave of the first.
const settlings = 2

// unsettle is the transpose of what settling does to tangents at y, which is consistent
// at t: it replaces the adjoint of the consistent state by that of the state given, and
// adds to gp what goes through p.
func (m *model[S]) unsettle(lambda S, gp []float64, t float64, y S) error {
	if m.sys.Mass == nil {
		return nil
	}
	if err := m.newRate(); err != nil || m.slope.algebra == nil {
		return err
	}
	rho, gy := m.sp.New(y), m.sp.New(y)
	for range settlings {
		if err := m.slope.algebra.Cotangent(rho, t, y, lambda); err != nil {
			return err
		}
		if err := m.vjp(gy, gp, t, y, rho); err != nil {
			return err
		}
		m.sp.AddScaled(lambda, lambda, []float64{1}, []S{gy})
	}
	return nil
}

// newRate makes slope, once.
func (m *model[S]) newRate() (err error) {
	if m.slope != nil {
		return nil
	}
	r := &rate[S]{m: m, ft: m.sp.New(m.y0)}
	p := m.integral()
	if r.algebra, err = integrate.NewConstraints(&p, &m.work); err != nil {
		return err
	}
	if r.algebra == nil {
		if r.newton, err = integrate.NewNewton(&p, &m.work); err != nil {
			return err
		}
	}
	m.slope = r
	return nil
}

// solve replaces f by y'.
func (r *rate[S]) solve(f S, t float64, y S) error {
	if r.algebra != nil {
		if err := r.timeDerivative(t, y, f); err != nil {
			return err
		}
		return r.algebra.Rate(f, t, y, f, r.ft)
	}
	if err := r.newton.Linearize(t, y); err != nil {
		return err
	}
	if err := r.newton.Factor(0); err != nil {
		return fmt.Errorf("the mass matrix: %w", err)
	}
	return r.newton.Solve(f)
}

// timeDerivative sets ft: the system's own, or a difference of second order on the side
// of t that has more room up to the next break or end.
func (r *rate[S]) timeDerivative(t float64, y, f S) error {
	m := r.m
	switch {
	case m.sys.Autonomous:
		m.sp.Copy(r.ft, m.zero)
		return nil
	case m.sys.TimeDerivative != nil:
		return m.sys.TimeDerivative(r.ft, t, y, m.P)
	}
	lo, hi := min(m.T0, m.T1), max(m.T0, m.T1)
	for _, b := range m.breaks {
		if b <= t { // a break belongs to what follows
			lo = max(lo, b)
		} else {
			hi = min(hi, b)
		}
	}
	h := step * (hi - lo)
	if t-lo > hi-t {
		h = -h
	}
	terms, c := []S{f, m.sp.New(f), m.sp.New(f)}, []float64{-1.5 / h, 2 / h, -0.5 / h}
	for i := 1; i <= 2; i++ {
		if err := m.rhs(terms[i], t+float64(i)*h, y); err != nil {
			return err
		}
	}
	m.sp.AddScaled(r.ft, m.zero, c, terms)
	return nil
}
