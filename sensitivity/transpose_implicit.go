package sensitivity

import "github.com/odefit/odefit/integrate"

// implicitTranspose is the transpose of a step of a diagonally implicit Runge-Kutta
// method with mass matrix M,
//
//	Y_i   = y0 + h sum_(j<=i) a_ij k_j,   M k_i = f(t_i, Y_i, p),
//	y1    = y0 + h sum_i b_i k_i,
//	y(t)  = y0 + h sum_i b_i(theta) k_i for each observation inside,
//	q1    = q0 + h sum_i b_i g(t_i, Y_i, p) with a running cost,
//
// at stages that solve these equations, however they were found. With the adjoint lambda
// of y1, the seeds c of the observations inside and J_i = f_y(t_i, Y_i), it goes through
// the stages from the last to the first,
//
//	(M - h a_ii J_i)^T r_i = h (b_i lambda + sum_(j>i) a_ji Lambda_j + sum_c b_i(theta) c)
//	                         + h a_ii h b_i g_y(Y_i),
//	Lambda_i = J_i^T r_i + h b_i g_y(Y_i),
//	dL/dp   += f_p(Y_i)^T r_i + h b_i g_p(Y_i),
//	lambda  += sum_i Lambda_i + sum_c c,
//
// the implicit function theorem, stage by stage. Each system is solved to rounding, see
// [refined]. An explicit first stage is the last stage of the step before: its cotangent
//
//	mu = h (b_0 lambda + sum_(j>0) a_j0 Lambda_j + sum_c b_0(theta) c)
//
// is added to the right-hand side of r_s of that step. In the first step, and behind
// events and breaks, it is f(t0, y0), and Lambda_0 = f_y(t0, y0)^T mu.
//
// Source: Sandu, "On the properties of Runge-Kutta discrete adjoints", ICCS 2006, for
// the explicit part; Zhang, Sandu, SIAM J. Sci. Comput. 36 (2014) C504, for the
// implicit one.
type implicitTranspose[S any] struct {
	a      *account[S]
	solver refined[S]
	r, arg S
	mu     S
	carry  bool   // mu is that of the step behind
	lambda []S    // Lambda_i
	active []bool // Lambda_i is not zero by structure
	cost   costTranspose[S]

	terms[S]
	seeds[S]
}

var _ transpose[[]float64] = (*implicitTranspose[[]float64])(nil)

func newImplicitTranspose[S any](a *account[S], rec *integrate.Record[S]) (*implicitTranspose[S], error) {
	sp, y0, n := a.m.sp, a.m.y0, rec.MostStages()
	e := &implicitTranspose[S]{
		a: a, r: sp.New(y0), arg: sp.New(y0), mu: sp.New(y0), active: make([]bool, n),
		cost: newCostTranspose(a), terms: terms[S]{sp: sp}, seeds: newSeeds(a, rec),
	}
	for range n {
		e.lambda = append(e.lambda, sp.New(y0))
	}
	return e, e.solver.prepare(a.m)
}

// apply implements [transpose].
func (e *implicitTranspose[S]) apply(lambda S, rec *integrate.Record[S], n int, y S, k []S) error {
	tab, h := rec.StepTableau(n), rec.T[n+1]-rec.T[n]
	k = e.stages(k)
	e.solver.step(min(rec.T[n], rec.Bound(n)), y)
	first := 0
	if rec.Carried(n) {
		first = 1
	}
	for i := len(k) - 1; i >= first; i-- {
		if err := e.stage(tab, i, h, lambda, rec.StageTime(n, i), y, k); err != nil {
			return err
		}
	}
	if e.carry = first == 1; e.carry {
		e.active[0] = false
		e.gather(tab, 0, h, tab.B[0], lambda, len(k))
		e.sum(e.mu, e.a.m.zero)
		if e.cost.there() {
			if err := e.cost.at(h*tab.B[0], rec.StageTime(n, 0), y); err != nil {
				return err
			}
			e.add(lambda, 1, e.cost.gy)
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
	e.sum(lambda, lambda)
	return nil
}

// stage sets Lambda_i.
func (e *implicitTranspose[S]) stage(tab *integrate.Tableau, i int, h float64, lambda S, t float64, y S, k []S) error {
	b, g := 0., 0.
	if i < len(tab.B) {
		b = tab.B[i]
	}
	if i < len(tab.A[i]) {
		g = h * tab.A[i][i]
	}
	e.active[i] = e.gather(tab, i, h, b, lambda, len(k))
	if !e.active[i] {
		return nil
	}
	e.sum(e.r, e.a.m.zero)
	at := e.argument(tab, i, h, y, k)
	if e.cost.there() && b != 0 {
		if err := e.cost.at(h*b, t, at); err != nil {
			return err
		}
		e.add(e.r, g, e.cost.gy)
	}
	var err error
	if g == 0 {
		err = e.a.m.vjp(e.lambda[i], e.a.res.P, t, at, e.r)
	} else {
		err = e.solver.solve(e.lambda[i], e.a.res.P, e.r, t, at, g)
	}
	if err == nil && e.cost.there() && b != 0 {
		e.add(e.lambda[i], 1, e.cost.gy)
	}
	return err
}

// gather makes the terms of what later stages and the ends make of k_i, and says whether
// there are any.
func (e *implicitTranspose[S]) gather(tab *integrate.Tableau, i int, h, b float64, lambda S, n int) bool {
	e.begin()
	if b != 0 {
		e.plus(h*b, lambda)
	}
	if e.carry && i == len(tab.B)-1 {
		e.plus(1, e.mu)
	}
	for j := i + 1; j < n; j++ {
		if a := tab.A[j][i]; a != 0 && e.active[j] {
			e.plus(h*a, e.lambda[j])
		}
	}
	for q, c := range e.met() {
		if w := e.weights[q][i]; w != 0 {
			e.plus(w, c)
		}
	}
	return len(e.x) > 0
}

// argument returns Y_i.
func (e *implicitTranspose[S]) argument(tab *integrate.Tableau, i int, h float64, y S, k []S) S {
	e.begin()
	for j, a := range tab.A[i] {
		if a != 0 {
			e.plus(h*a, k[j])
		}
	}
	if len(e.x) == 0 {
		return y
	}
	e.sum(e.arg, y)
	return e.arg
}
