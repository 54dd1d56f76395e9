package sensitivity

import (
	"fmt"

	"github.com/odefit/odefit/integrate"
)

// rosenbrockTranspose is the transpose of a step of a Rosenbrock method with mass
// matrix M and Jacobian J = f_y(t0, y0, p),
//
//	Y_i = y0 + sum_(j<i) a_ij u_j,   W = M - h g J,
//	W u_i = h g f(t_i, Y_i, p) + g M sum_(j<i) C_ij u_j + h^2 g d_i f_t(t0, y0, p),
//	y1 = y0 + sum_i m_i u_i,   y(t) = y0 + sum_i w_i(theta) u_i.
//
// With the adjoint lambda of y1 and the seeds c of the observations inside it goes
// through the stages from the last to the first,
//
//	W^T r_i  = m_i lambda + sum_c w_i(theta) c + sum_(k>i) (a_ki v_k + g C_ki M^T r_k),
//	v_i      = h g f_y(t_i, Y_i)^T r_i,
//	dL/dp   += h g f_p(t_i, Y_i)^T r_i,
//	lambda  += sum_c c + sum_i v_i + h g d/dy0 (sum_i r_i . J u_i) + h^2 g d/dy0 (f_t . q),
//	dL/dp   += h g d/dp (sum_i r_i . J u_i) + h^2 g d/dp (f_t . q),   q = sum_i d_i r_i:
//
// one factorisation a step, transposed solutions with it, and the VJP of a JVP, because
// the Jacobian is part of the formula. A running cost is one more component with the
// row g_y of the Jacobian; its adjoint is 1, and its r_i are numbers beta_i, the same
// in every step.
//
// Source: the rule of Sandu, Daescu, Carmichael, Atmospheric Environment 37 (2003)
// 5083, for the transformed form; the terms of interpolant and time follow likewise.
type rosenbrockTranspose[S any] struct {
	a      *account[S]
	tab    *integrate.RosenbrockTableau
	newton integrate.Newton[S]
	second secondOrder[S]
	beta   []float64 // of the running cost; nil without

	r, v   []S
	q, arg S
	mu     S // M^T r or a term
	gp     []float64
	coef   []float64
	terms  []S

	seeds[S]
}

var _ transpose[[]float64] = (*rosenbrockTranspose[[]float64])(nil)

func newRosenbrockTranspose[S any](a *account[S], rec *integrate.Record[S]) (*rosenbrockTranspose[S], error) {
	m := a.m
	newton, err := m.sharedNewton()
	if err != nil {
		return nil, err
	}
	if a.loss.Gy != nil && a.loss.GSecond == nil {
		return nil, fmt.Errorf("sensitivity: Loss.GSecond, for the adjoint of a Rosenbrock method: %w", ErrNoDerivative)
	}
	tab := rec.Rosenbrock
	e := &rosenbrockTranspose[S]{
		a: a, tab: tab, newton: newton, second: newSecondOrder(m), seeds: newSeeds(a, rec),
		q: m.sp.New(m.y0), arg: m.sp.New(m.y0), mu: m.sp.New(m.y0), gp: make([]float64, m.sys.NumParams),
	}
	for range tab.Stages() {
		e.r, e.v = append(e.r, m.sp.New(m.y0)), append(e.v, m.sp.New(m.y0))
	}
	if a.loss.G != nil {
		e.beta = make([]float64, tab.Stages())
		for i := tab.Stages() - 1; i >= 0; i-- {
			e.beta[i] = tab.M[i]
			for k := i + 1; k < tab.Stages(); k++ {
				e.beta[i] += tab.Gamma * tab.C[k][i] * e.beta[k]
			}
		}
	}
	if m.sys.SecondOrder == nil {
		a.res.Warnings = append(a.res.Warnings, "System.SecondOrder is nil: the transpose of Rosenbrock steps contains differences, right to some nine digits")
	}
	return e, nil
}

// apply implements [transpose].
func (e *rosenbrockTranspose[S]) apply(lambda S, rec *integrate.Record[S], n int, y S, u []S) error {
	m, tab := e.a.m, e.tab
	h := rec.T[n+1] - rec.T[n]
	t0 := min(rec.T[n], rec.Bound(n))
	if err := e.newton.Linearize(t0, y); err != nil {
		return err
	}
	if err := e.newton.Factor(h * tab.Gamma); err != nil {
		return fmt.Errorf("%w: %w", integrate.ErrNewton, err)
	}
	for i := len(u) - 1; i >= 0; i-- {
		if err := e.stage(i, h, lambda, rec, n, y, u); err != nil {
			return err
		}
	}
	e.begin()
	for _, c := range e.met() {
		e.plus(1, c)
	}
	for _, v := range e.v {
		e.plus(1, v)
	}
	e.clear()
	m.sp.AddScaled(lambda, lambda, e.coef, e.terms)
	if err := e.jacobian(lambda, h, t0, y, u); err != nil {
		return err
	}
	if err := e.slope(lambda, h, t0, rec, n, y); err != nil {
		return err
	}
	return e.cost(lambda, h, t0, rec, n, y, u)
}

// stage sets r_i and v_i.
func (e *rosenbrockTranspose[S]) stage(i int, h float64, lambda S, rec *integrate.Record[S], n int, y S, u []S) error {
	m, tab, g := e.a.m, e.tab, e.tab.Gamma
	e.begin()
	for k := i + 1; k < len(u); k++ {
		if c := tab.C[k][i]; c != 0 {
			e.plus(g*c, e.r[k])
		}
	}
	if m.sys.Mass != nil {
		m.sp.AddScaled(e.mu, m.zero, e.coef, e.terms)
		if err := m.massTransposed(e.r[i], e.mu); err != nil {
			return err
		}
		e.begin()
	} else {
		m.sp.Copy(e.r[i], m.zero)
	}
	e.plus(tab.M[i], lambda)
	for q, c := range e.met() {
		e.plus(e.weights[q][i], c)
	}
	for k := i + 1; k < len(u); k++ {
		if a := tab.A[k][i]; a != 0 {
			e.plus(a, e.v[k])
		}
	}
	m.sp.AddScaled(e.r[i], e.r[i], e.coef, e.terms)
	if e.beta != nil {
		if err := e.costRow(i, h, rec, n, y); err != nil {
			return err
		}
	}
	if err := e.newton.SolveTransposed(e.r[i]); err != nil {
		return err
	}
	at, t := e.argument(i, y, u), rec.StageTime(n, i)
	clear(e.gp)
	if err := m.vjp(e.v[i], e.gp, t, at, e.r[i]); err != nil {
		return err
	}
	e.scale(e.v[i], h*g)
	e.parameters(h * g)
	if e.beta == nil {
		return nil
	}
	return e.costAt(i, h, t, at)
}

// argument returns Y_i.
func (e *rosenbrockTranspose[S]) argument(i int, y S, u []S) S {
	e.a.m.sp.AddScaled(e.arg, y, e.tab.A[i][:i], u[:i])
	return e.arg
}

// jacobian adds what the Jacobian in the step does.
func (e *rosenbrockTranspose[S]) jacobian(lambda S, h, t0 float64, y S, u []S) error {
	m, c := e.a.m, h*e.tab.Gamma
	for i := range u {
		clear(e.gp)
		if err := e.second.product(e.mu, e.gp, t0, y, u[i], nil, e.r[i]); err != nil {
			return err
		}
		e.add(lambda, c, e.mu)
		e.parameters(c)
	}
	e.begin()
	for i, d := range e.tab.D {
		e.plus(d, e.r[i])
	}
	m.sp.AddScaled(e.q, m.zero, e.coef, e.terms)
	return nil
}

// slope adds what the time derivative in the step does, by the formula that the step
// used.
func (e *rosenbrockTranspose[S]) slope(lambda S, h, t0 float64, rec *integrate.Record[S], n int, y S) error {
	m, c := e.a.m, h*h*e.tab.Gamma
	switch {
	case m.sys.Autonomous:
		return nil
	case m.sys.TimeDerivative != nil && e.a.loss.G == nil:
		clear(e.gp)
		if err := e.second.inTime(e.mu, e.gp, t0, y, e.q); err != nil {
			return err
		}
		e.add(lambda, c, e.mu)
		e.parameters(c)
		return nil
	}
	times, weights := integrate.TimeDifference(rec.T[n], rec.T[n+1], rec.Bound(n))
	for i, w := range weights {
		if w == 0 {
			continue
		}
		clear(e.gp)
		if err := m.vjp(e.mu, e.gp, times[i], y, e.q); err != nil {
			return err
		}
		e.add(lambda, c*w, e.mu)
		e.parameters(c * w)
	}
	return nil
}

// parameters adds c gp to dL/dp.
func (e *rosenbrockTranspose[S]) parameters(c float64) {
	for j, v := range e.gp {
		e.a.res.P[j] += c * v
	}
}

func (e *rosenbrockTranspose[S]) begin() { e.coef, e.terms = e.coef[:0], e.terms[:0] }

func (e *rosenbrockTranspose[S]) plus(c float64, term S) {
	e.coef, e.terms = append(e.coef, c), append(e.terms, term)
}

func (e *rosenbrockTranspose[S]) add(dst S, c float64, x S) {
	e.begin()
	e.plus(c, x)
	e.a.m.sp.AddScaled(dst, dst, e.coef, e.terms)
}

// scale sets x = c x.
func (e *rosenbrockTranspose[S]) scale(x S, c float64) { e.add(x, c-1, x) }
