package sensitivity

import "github.com/odefit/odefit/integrate"

// explicitTranspose is the transpose of a step of an explicit Runge-Kutta method,
//
//	Y_i  = y0 + h sum_j a_ij k_j,   k_i = f(t_i, Y_i, p),
//	y1   = y0 + h sum_i b_i k_i,
//	y(t) = y0 + h sum_i b_i(theta) k_i for each observation inside,
//	q1   = q0 + h sum_i b_i g(t_i, Y_i, p) with a running cost.
//
// With the adjoint lambda of y1 and the seeds c of the observations inside it goes
// through the stages from the last to the first,
//
//	w_i      = h (b_i lambda + sum_j a_ji Lambda_j + sum_c b_i(theta) c),
//	Lambda_i = f_y(Y_i)^T w_i + h b_i g_y(Y_i),
//	dL/dp   += f_p(Y_i)^T w_i + h b_i g_p(Y_i),
//	lambda  += sum_i Lambda_i + sum_c c,
//
// which divides by no b_i. A stage whose w_i is zero by structure, such as the last
// one of a first-same-as-last method in a step without observation, costs nothing.
// Stages that the interpolant alone needs (b_i = 0) are evaluated in steps with an
// observation inside, and have no part in the others.
// Source: Sandu, "On the properties of Runge-Kutta discrete adjoints", ICCS 2006;
// the terms of the interpolant follow by the same rule.
type explicitTranspose[S any] struct {
	a   *account[S]
	tab *integrate.Tableau

	lambda []S    // Lambda_i
	active []bool // Lambda_i is not zero by structure
	w, arg S
	coef   []float64 // of one sum
	terms  []S       // its terms
	gp     []float64 // g_p

	seeds[S]
}

var _ transpose[[]float64] = (*explicitTranspose[[]float64])(nil)

func newExplicitTranspose[S any](a *account[S], rec *integrate.Record[S]) *explicitTranspose[S] {
	sp, y0, tab := a.m.sp, a.m.y0, rec.Tableau
	n := tab.AllStages()
	e := &explicitTranspose[S]{
		a: a, tab: tab, seeds: newSeeds(a, rec),
		lambda: make([]S, n), active: make([]bool, n),
		w: sp.New(y0), arg: sp.New(y0),
		coef: make([]float64, 0, 2*n), terms: make([]S, 0, 2*n),
		gp: make([]float64, a.m.sys.NumParams),
	}
	for i := range e.lambda {
		e.lambda[i] = sp.New(y0)
	}
	return e
}

// apply replaces the adjoint at the end of step n by that at its start, adds to
// dL/dp, and forgets the observations inside.
func (e *explicitTranspose[S]) apply(lambda S, rec *integrate.Record[S], n int, y S, k []S) error {
	h := rec.T[n+1] - rec.T[n]
	k = e.stages(k)
	for i := len(k) - 1; i >= 0; i-- {
		if err := e.stage(i, h, lambda, rec, n, y, k); err != nil {
			return err
		}
	}
	e.begin()
	for i, l := range e.lambda[:len(k)] {
		if e.active[i] {
			e.plus(1, l)
		}
	}
	for _, c := range e.met() {
		e.plus(1, c)
	}
	e.clear()
	e.a.m.sp.AddScaled(lambda, lambda, e.coef, e.terms)
	return nil
}

// stage sets Lambda_i.
func (e *explicitTranspose[S]) stage(i int, h float64, lambda S, rec *integrate.Record[S], n int, y S, k []S) error {
	m, b := e.a.m, 0.
	if i < len(e.tab.B) {
		b = e.tab.B[i]
	}
	cost := e.a.loss.G != nil && b != 0
	e.begin()
	if b != 0 {
		e.plus(h*b, lambda)
	}
	for j := i + 1; j < len(k); j++ {
		if a := e.tab.A[j][i]; a != 0 && e.active[j] {
			e.plus(h*a, e.lambda[j])
		}
	}
	for q, c := range e.met() {
		if w := e.weights[q][i]; w != 0 {
			e.plus(w, c)
		}
	}
	e.active[i] = len(e.terms) > 0 || cost
	if !e.active[i] {
		return nil
	}
	m.sp.AddScaled(e.w, m.zero, e.coef, e.terms)
	at := e.argument(i, h, y, k)
	t := rec.StageTime(n, i)
	if err := m.vjp(e.lambda[i], e.a.res.P, t, at, e.w); err != nil {
		return err
	}
	if cost {
		return e.cost(i, h*b, t, at)
	}
	return nil
}

// argument returns Y_i.
func (e *explicitTranspose[S]) argument(i int, h float64, y S, k []S) S {
	e.begin()
	for j, a := range e.tab.A[i] {
		if a != 0 {
			e.plus(h*a, k[j])
		}
	}
	if len(e.terms) == 0 {
		return y
	}
	e.a.m.sp.AddScaled(e.arg, y, e.coef, e.terms)
	return e.arg
}

// cost adds the quadrature of the running cost with weight hb at stage i.
func (e *explicitTranspose[S]) cost(i int, hb, t float64, y S) error {
	l, m, res := e.a.loss, e.a.m, e.a.res
	g, err := l.G(t, y, m.P)
	if err != nil {
		return err
	}
	res.Value += hb * g
	if l.Gy != nil {
		if err := l.Gy(e.w, t, y, m.P); err != nil {
			return err
		}
		e.begin()
		e.plus(hb, e.w)
		m.sp.AddScaled(e.lambda[i], e.lambda[i], e.coef, e.terms)
	}
	if l.Gp != nil {
		clear(e.gp)
		if err := l.Gp(e.gp, t, y, m.P); err != nil {
			return err
		}
		for j, v := range e.gp {
			res.P[j] += hb * v
		}
	}
	return nil
}

// begin and plus gather the terms of a sum.
func (e *explicitTranspose[S]) begin() { e.coef, e.terms = e.coef[:0], e.terms[:0] }

func (e *explicitTranspose[S]) plus(c float64, term S) {
	e.coef, e.terms = append(e.coef, c), append(e.terms, term)
}
