package sensitivity

import (
	"fmt"
	"math"

	"github.com/odefit/odefit/integrate"
)

// radauTranspose is the transpose of a step of RadauIIA5, whose stages k_1, k_2, k_3
// solve their equations together and whose k_0 = f(t0, y0) is there for the interpolant:
// with Y_i, J_i, lambda and c as in [implicitTranspose],
//
//	M^T r_i - h sum_j a_ji J_j^T r_j = h (b_i lambda + sum_c b_i(theta) c)
//	                                   + h sum_j a_ji h b_j g_y(Y_j),
//	Lambda_i = J_i^T r_i + h b_i g_y(Y_i),
//	dL/dp   += f_p(Y_i)^T r_i + h b_i g_p(Y_i),
//	lambda  += sum_i Lambda_i + sum_c c.
//
// The system is solved to rounding by refinement with matrices like those of the step, of
// one Jacobian, that of the stage in the middle; the residual is that of the system's own
// VJP.
//
// Source: as of [implicitTranspose].
type radauTranspose[S any] struct {
	a      *account[S]
	tab    *integrate.Tableau
	solver *integrate.RadauTransposed[S]
	y      []S // Y_i
	r, w   []S // stages 1, 2, 3
	d, v   []S // correction of r; J_i^T r_i
	gy     []S // h b_i g_y(Y_i)
	gp     []float64
	mx     S
	cost   costTranspose[S]

	terms[S]
	seeds[S]
}

var _ transpose[[]float64] = (*radauTranspose[[]float64])(nil)

func newRadauTranspose[S any](a *account[S], rec *integrate.Record[S]) (*radauTranspose[S], error) {
	sp, y0 := a.m.sp, a.m.y0
	e := &radauTranspose[S]{
		a: a, tab: rec.Tableau, gp: make([]float64, a.m.sys.NumParams), mx: sp.New(y0),
		cost: newCostTranspose(a), terms: terms[S]{sp: sp}, seeds: newSeeds(a, rec),
	}
	for _, list := range []*[]S{&e.y, &e.r, &e.w, &e.d, &e.v, &e.gy} {
		for range 3 {
			*list = append(*list, sp.New(y0))
		}
	}
	p := a.m.integral()
	var err error
	e.solver, err = integrate.NewRadauTransposed(&p, &a.m.work)
	return e, err
}

// apply implements [transpose].
func (e *radauTranspose[S]) apply(lambda S, rec *integrate.Record[S], n int, y S, k []S) error {
	h, t0 := rec.T[n+1]-rec.T[n], min(rec.T[n], rec.Bound(n))
	var t [3]float64
	for i := range t {
		t[i] = rec.StageTime(n, 1+i)
		e.begin()
		for j := range 3 {
			e.plus(h*e.tab.A[1+i][1+j], k[1+j])
		}
		e.sum(e.y[i], y)
	}
	if err := e.right(lambda, h, t); err != nil {
		return err
	}
	if err := e.solver.Setup(h, t[1], e.y[1]); err != nil {
		return err
	}
	if err := e.solve(h, t); err != nil {
		return err
	}
	if err := e.slope(t0, y); err != nil {
		return err
	}
	e.begin()
	for i := range 3 {
		e.plus(1, e.v[i])
		if e.cost.there() {
			e.plus(1, e.gy[i])
		}
	}
	for _, c := range e.met() {
		e.plus(1, c)
	}
	e.clear()
	e.sum(lambda, lambda)
	return nil
}

// right sets w to the right-hand side.
func (e *radauTranspose[S]) right(lambda S, h float64, t [3]float64) error {
	if e.cost.there() {
		for i := range 3 {
			if err := e.cost.at(h*e.tab.B[1+i], t[i], e.y[i]); err != nil {
				return err
			}
			e.sp.Copy(e.gy[i], e.cost.gy)
		}
	}
	for i := range 3 {
		e.begin()
		e.plus(h*e.tab.B[1+i], lambda)
		for q, c := range e.met() {
			e.plus(e.weights[q][1+i], c)
		}
		if e.cost.there() {
			for j := range 3 {
				e.plus(h*e.tab.A[1+j][1+i], e.gy[j])
			}
		}
		e.sum(e.w[i], e.a.m.zero)
	}
	return nil
}

// solve sets r and v and adds to dL/dp.
func (e *radauTranspose[S]) solve(h float64, t [3]float64) error {
	for i := range 3 {
		e.sp.Copy(e.r[i], e.w[i])
	}
	if err := e.solver.Solve(e.r); err != nil {
		return err
	}
	last, still := math.Inf(1), 0
	for range mostRefining {
		size, err := e.correct(h, t)
		switch {
		case err != nil:
			return err
		case !finite(size):
			return fmt.Errorf("the adjoint of a step: %w", integrate.ErrNonFinite)
		case size > last/2:
			still++
		default:
			still = 0
		}
		if size <= roundingLevel || still > 0 && size <= roundingNear || still > 2 && size <= roundingFar {
			for j, x := range e.gp {
				e.a.res.P[j] += x
			}
			return nil
		}
		last = size
		for i := range 3 {
			e.add(e.r[i], 1, e.d[i])
		}
	}
	return fmt.Errorf("the adjoint of a step: %w", integrate.ErrNewton)
}

// correct sets v and gp for the present r, and d to its correction, and returns the size
// of that relative to r.
func (e *radauTranspose[S]) correct(h float64, t [3]float64) (float64, error) {
	m := e.a.m
	clear(e.gp)
	for i := range 3 {
		if err := m.vjp(e.v[i], e.gp, t[i], e.y[i], e.r[i]); err != nil {
			return 0, err
		}
	}
	for i := range 3 {
		mx := e.r[i]
		if m.sys.Mass != nil {
			mx = e.mx
			if err := m.massTransposed(mx, e.r[i]); err != nil {
				return 0, err
			}
		}
		e.begin()
		e.plus(-1, mx)
		for j := range 3 {
			e.plus(h*e.tab.A[1+j][1+i], e.v[j])
		}
		e.sum(e.d[i], e.w[i])
	}
	if err := e.solver.Solve(e.d); err != nil {
		return 0, err
	}
	var d, all float64
	for i := range 3 {
		d, all = d+m.size(e.d[i]), all+m.size(e.r[i])
	}
	return relative(d, all), nil
}

// slope adds what the interpolant does through k_0 = f(t0, y0) to the first of v, whose
// sum goes to y0.
func (e *radauTranspose[S]) slope(t0 float64, y S) error {
	e.begin()
	for q, c := range e.met() {
		if w := e.weights[q][0]; w != 0 {
			e.plus(w, c)
		}
	}
	if len(e.x) == 0 {
		return nil
	}
	e.sum(e.w[0], e.a.m.zero)
	if err := e.a.m.vjp(e.mx, e.a.res.P, t0, y, e.w[0]); err != nil {
		return err
	}
	e.add(e.v[0], 1, e.mx)
	return nil
}
