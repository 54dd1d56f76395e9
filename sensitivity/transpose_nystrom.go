package sensitivity

import "github.com/odefit/odefit/integrate"

// nystromTranspose is the transpose of a step of a Runge-Kutta-Nystrom method with kicks
// K(t, y) and a linear drift D,
//
//	d   = D y0,   Y_i = y0 + c_i h d + h^2 sum_j a_ij g_j,   k_i = K(t_i, Y_i),   g_i = D k_i,
//	y1  = Y_s + h sum_i bv_i k_i,
//	y(t) = y0 + theta h d + h^2 sum_i b_i(theta) g_i + h sum_i bv_i(theta) k_i.
//
// With the adjoint lambda of y1 and the seeds c it goes from the last stage to the first,
//
//	gamma_i = h^2 (sum_(j>i) a_ji eta_j + sum_c b_i(theta) c),
//	kappa_i = h (bv_i lambda + sum_c bv_i(theta) c) + D^T gamma_i,
//	eta_i   = K_y(Y_i)^T kappa_i   (+ lambda for i = s),
//	lambda' = sum_i eta_i + sum_c c + D^T h (sum_i c_i eta_i + sum_c theta c),
//
// and adds to dL/dp what K_p, and D where it depends on p, make of the same. The stages
// are computed again.
type nystromTranspose[S any] struct {
	a     *account[S]
	split *integrate.Split[S]
	tab   *integrate.NystromTableau
	times []float64 // of the stages
	y     []S       // Y_i
	k, g  []S
	eta   []S
	d, w  S
	v     S
	wb    [][]float64 // of the observations inside
	wv    [][]float64

	terms[S]
	moments[S]
}

var _ transpose[[]float64] = (*nystromTranspose[[]float64])(nil)

func newNystromTranspose[S any](a *account[S], rec *integrate.Record[S], m integrate.Nystrom) *nystromTranspose[S] {
	sp, y0 := a.m.sp, a.m.y0
	e := &nystromTranspose[S]{
		a: a, split: a.m.integral().Split, tab: m.Nystrom(), d: sp.New(y0), w: sp.New(y0), v: sp.New(y0),
		terms: terms[S]{sp: sp}, moments: newMoments(a, rec),
	}
	e.times = make([]float64, len(e.tab.C))
	for range e.tab.C {
		e.y, e.k = append(e.y, sp.New(y0)), append(e.k, sp.New(y0))
		e.g, e.eta = append(e.g, sp.New(y0)), append(e.eta, sp.New(y0))
	}
	return e
}

// apply implements [transpose].
func (e *nystromTranspose[S]) apply(lambda S, rec *integrate.Record[S], n int, y S, _ []S) error {
	t0, h, last := rec.T[n], rec.T[n+1]-rec.T[n], rec.Bound(n)
	times := e.times
	for i, c := range e.tab.C {
		times[i] = min(integrate.StageTime(t0, rec.T[n+1], c), last)
	}
	if err := e.forward(times, h, y); err != nil {
		return err
	}
	e.observed(t0, h)
	for i := len(e.k) - 1; i >= 0; i-- {
		if err := e.stage(i, h, times[i], lambda); err != nil {
			return err
		}
	}
	e.begin()
	for i, c := range e.tab.C {
		e.plus(h*c, e.eta[i])
	}
	for q, c := range e.list[:e.used] {
		e.plus(e.t[q]-t0, c)
	}
	e.sum(e.w, e.a.m.zero)
	if err := e.a.m.halfVJP(false, e.v, e.a.res.P, times[0], y, e.w); err != nil {
		return err
	}
	e.begin()
	e.plus(1, e.v)
	for _, eta := range e.eta {
		e.plus(1, eta)
	}
	for _, c := range e.list[:e.used] {
		e.plus(1, c)
	}
	e.clear()
	e.sum(lambda, e.a.m.zero)
	return nil
}

// forward sets the stages.
func (e *nystromTranspose[S]) forward(times []float64, h float64, y S) error {
	if err := e.split.Drift(e.d, times[0], y); err != nil {
		return err
	}
	for i, a := range e.tab.A {
		e.begin()
		e.plus(h*e.tab.C[i], e.d)
		for j, v := range a {
			e.plus(h*h*v, e.g[j])
		}
		e.sum(e.y[i], y)
		if err := e.split.Kick(e.k[i], times[i], e.y[i]); err != nil {
			return err
		}
		if err := e.split.Drift(e.g[i], times[i], e.k[i]); err != nil {
			return err
		}
	}
	return nil
}

// observed sets the weights of the observations inside.
func (e *nystromTranspose[S]) observed(t0, h float64) {
	for q, t := range e.t[:e.used] {
		if q == len(e.wb) {
			e.wb, e.wv = append(e.wb, make([]float64, len(e.k))), append(e.wv, make([]float64, len(e.k)))
		}
		e.tab.Weights(e.wb[q], e.wv[q], (t-t0)/h)
	}
}

// stage sets eta_i.
func (e *nystromTranspose[S]) stage(i int, h, t float64, lambda S) error {
	m, s := e.a.m, len(e.k)
	e.begin()
	for j := i + 1; j < s; j++ {
		e.plus(h*h*e.tab.A[j][i], e.eta[j])
	}
	for q, c := range e.list[:e.used] {
		e.plus(h*h*e.wb[q][i], c)
	}
	e.sum(e.w, m.zero)
	if err := m.halfVJP(false, e.v, e.a.res.P, t, e.k[i], e.w); err != nil {
		return err
	}
	e.begin()
	e.plus(h*e.tab.BV[i], lambda)
	for q, c := range e.list[:e.used] {
		e.plus(h*e.wv[q][i], c)
	}
	e.sum(e.w, e.v)
	if err := m.halfVJP(true, e.eta[i], e.a.res.P, t, e.y[i], e.w); err != nil {
		return err
	}
	if i == s-1 {
		e.add(e.eta[i], 1, lambda)
	}
	return nil
}
