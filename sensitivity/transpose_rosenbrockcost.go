package sensitivity

import "github.com/odefit/odefit/integrate"

// The running cost of a Rosenbrock step,
//
//	q1 = q0 + sum_i beta_i (h g g(t_i, Y_i) + h g g_y(t0, y0) . u_i + h^2 g d_i g_t(t0, y0)),
//
// with g_t by the differences that the step itself takes for a bundle with a cost.

// costRow adds to the right-hand side of r_i what u_i does through g_y(t0, y0).
func (e *rosenbrockTranspose[S]) costRow(i int, h float64, rec *integrate.Record[S], n int, y S) error {
	l, m := e.a.loss, e.a.m
	if l.Gy == nil {
		return nil
	}
	if err := l.Gy(e.mu, min(rec.T[n], rec.Bound(n)), y, m.P); err != nil {
		return err
	}
	e.add(e.r[i], h*e.tab.Gamma*e.beta[i], e.mu)
	return nil
}

// costAt adds what g(t_i, Y_i) does.
func (e *rosenbrockTranspose[S]) costAt(i int, h, t float64, y S) error {
	return e.costTerm(e.v[i], h*e.tab.Gamma*e.beta[i], t, y)
}

// costTerm adds c g(t, y) to the value, and its derivatives to gy and dL/dp.
func (e *rosenbrockTranspose[S]) costTerm(gy S, c, t float64, y S) error {
	l, m, res := e.a.loss, e.a.m, e.a.res
	g, err := l.G(t, y, m.P)
	if err != nil {
		return err
	}
	res.Value += c * g
	if l.Gy != nil {
		if err := l.Gy(e.mu, t, y, m.P); err != nil {
			return err
		}
		e.add(gy, c, e.mu)
	}
	if l.Gp != nil {
		clear(e.gp)
		if err := l.Gp(e.gp, t, y, m.P); err != nil {
			return err
		}
		e.parameters(c)
	}
	return nil
}

// cost adds the other two terms.
func (e *rosenbrockTranspose[S]) cost(lambda S, h, t0 float64, rec *integrate.Record[S], n int, y S, u []S) error {
	if e.beta == nil {
		return nil
	}
	l, m, hg := e.a.loss, e.a.m, h*e.tab.Gamma
	var d float64
	for i, b := range e.beta {
		d += b * e.tab.D[i]
	}
	times, weights := integrate.TimeDifference(rec.T[n], rec.T[n+1], rec.Bound(n))
	for i, w := range weights {
		if w == 0 {
			continue
		}
		if err := e.costTerm(lambda, h*hg*d*w, times[i], y); err != nil {
			return err
		}
	}
	if l.Gy == nil {
		return nil
	}
	e.begin()
	for i, b := range e.beta {
		e.plus(b, u[i])
	}
	m.sp.AddScaled(e.q, m.zero, e.coef, e.terms)
	if err := l.Gy(e.mu, t0, y, m.P); err != nil {
		return err
	}
	e.a.res.Value += hg * e.a.dot.Dot(e.mu, e.q)
	clear(e.gp)
	if err := l.GSecond(e.mu, e.gp, t0, y, m.P, e.q, nil); err != nil {
		return err
	}
	e.add(lambda, hg, e.mu)
	e.parameters(hg)
	return nil
}
