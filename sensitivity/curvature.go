package sensitivity

import (
	"context"
	"errors"
	"fmt"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// Curvature is a gradient with products of the Hessian H of the loss: for the
// direction v_i, P[i] is the part of H v_i in the parameters and Y0[i] that in the
// initial state. A direction may change both.
type Curvature[S any] struct {
	Gradient *Result[S]
	P        [][]float64
	Y0       []S
}

// Curve says how the products of [Products] are made.
type Curve struct {
	// GaussNewton leaves out what the second derivatives of the solution add: with J
	// the derivative of all y(t_k), the product is J^T (d2L/dy2) J v instead of H v.
	// It is positive semidefinite where the loss is convex in y. For a negative
	// log-likelihood whose second derivatives are replaced by their expectations it
	// is the Fisher information.
	GaussNewton bool
	// Checkpoints says how much of the forward pass is kept.
	Checkpoints Checkpoints
}

// Products returns the gradient of a loss and its products with the Hessian, or with
// the Gauss-Newton matrix, along some directions: tangents are carried through the
// forward pass, and the transpose of the steps is differentiated along them, stage by
// stage. On the grid taken, whose error control sees the tangents, they are exact to
// rounding. The cost is that of a discrete adjoint and about twice as much more for
// each direction, for any number of parameters.
//
// Settings.Solver must be an explicit Runge-Kutta method. Where System.SecondOrder is
// nil, central differences of System.VJP stand in, and a warning says so. Loss.Second
// and Loss.GSecond are needed where the loss has Ly or Gy. Breaks that move with the
// parameters are refused.
//
// Source: Sandu, Zhang, "Discrete second order adjoints in atmospheric chemical
// transport modeling", J. Comput. Phys. 227 (2008) 5949.
func Products[S any](ctx context.Context, p Problem[S], loss *Loss[S], dirs []Direction[S], curve Curve, set *Settings) (*Curvature[S], error) {
	a, err := newAccount(p, loss)
	if err != nil {
		return nil, err
	}
	s := orDefault(set)
	if s.Solver, err = a.m.recorded(ctx, &s); err != nil {
		return nil, err
	}
	c, err := newCurvature(a, dirs, curve, &s)
	if err != nil {
		return nil, err
	}
	rec, err := c.record(ctx, &s, curve)
	if err != nil {
		return nil, inPass(ForwardPass, err)
	}
	defer rec.Close()
	if err := c.sweep(ctx, rec); err != nil {
		return nil, inPass(BackwardPass, err)
	}
	res, err := a.close()
	if err != nil {
		return nil, err
	}
	for i := range c.hp {
		sum := a.m.size(c.dlambda[i])
		for _, v := range c.hp[i] {
			sum += v
		}
		if !finite(sum) {
			return nil, &Error{Phase: BackwardPass, T: p.T0, Component: -1, Reason: fmt.Errorf("a product with the Hessian: %w", integrate.ErrNonFinite)}
		}
	}
	return &Curvature[S]{Gradient: res, P: c.hp, Y0: c.dlambda}, nil
}

// Hessian returns the matrix of second derivatives of the loss in the parameters, by
// rows, and the gradient: [Products] along every parameter. It is symmetric to
// rounding.
func Hessian[S any](ctx context.Context, p Problem[S], loss *Loss[S], curve Curve, set *Settings) ([][]float64, *Result[S], error) {
	c, err := Products(ctx, p, loss, ParameterDirections[S](len(p.P)), curve, set)
	if err != nil {
		return nil, nil, err
	}
	return c.P, c.Gradient, nil
}

// curvature is the transpose of the steps, with its derivatives along directions.
type curvature[S any] struct {
	a     *account[S]
	flow  flow[S]
	gauss bool
	vp    [][]float64

	lambda  S
	dlambda []S
	hp      [][]float64
	order   []int
	next    int

	second secondOrder[S]
	tab    *integrate.Tableau
	in     *integrate.Inside[*space.Bundle[S]]
	stages []dual[S] // Lambda_i and its derivatives
	active []bool
	w      dual[S]
	seeds  []dual[S] // of the observations inside a step
	used   int
	thetas [][]float64 // h b_i(theta) of each
	arg    *space.Bundle[S]
	c      S
	gp     []float64
	coef   []float64
	terms  []S
	bundle []*space.Bundle[S]
}

// dual is a state with its derivatives along the directions.
type dual[S any] struct {
	v S
	d []S
}

func newCurvature[S any](a *account[S], dirs []Direction[S], curve Curve, set *Settings) (*curvature[S], error) {
	m, loss := a.m, a.loss
	switch {
	case m.sys.VJP == nil:
		return nil, fmt.Errorf("sensitivity: System.VJP: %w", ErrNoDerivative)
	case len(m.events) > 0:
		return nil, errors.New("sensitivity: second derivatives of systems with events are not available")
	case len(m.jumps) > 0:
		return nil, errors.New("sensitivity: second derivatives with breaks that move with the parameters are not available")
	case (loss.Ly != nil || loss.Lp != nil) && loss.Second == nil:
		return nil, fmt.Errorf("sensitivity: Loss.Second: %w", ErrNoDerivative)
	case (loss.Gy != nil || loss.Gp != nil) && loss.GSecond == nil:
		return nil, fmt.Errorf("sensitivity: Loss.GSecond: %w", ErrNoDerivative)
	}
	rk, ok := set.solver().(integrate.RungeKutta)
	if !ok {
		return nil, fmt.Errorf("sensitivity: second derivatives need an explicit Runge-Kutta method, not %v", set.solver())
	}
	c := &curvature[S]{
		a: a, gauss: curve.GaussNewton, tab: rk.Tableau(),
		lambda: m.sp.New(m.y0), c: m.sp.New(m.y0), gp: make([]float64, m.sys.NumParams),
		order: inOrder(nil, loss.Times, m.dir()),
	}
	c.next = len(c.order) - 1
	if err := c.flow.prepare(m, dirs, lossesOf([]*account[S]{a}), set); err != nil {
		return nil, err
	}
	c.vp = c.flow.vp
	make1 := func() dual[S] {
		x := dual[S]{v: m.sp.New(m.y0), d: make([]S, len(dirs))}
		for i := range x.d {
			x.d[i] = m.sp.New(m.y0)
		}
		return x
	}
	start := make1()
	c.dlambda, c.w, c.arg = start.d, make1(), c.flow.sp.New(c.flow.start)
	for range dirs {
		c.hp = append(c.hp, make([]float64, m.sys.NumParams))
	}
	for range c.tab.AllStages() {
		c.stages = append(c.stages, make1())
	}
	c.active = make([]bool, c.tab.AllStages())
	c.second = newSecondOrder(m)
	if m.sys.SecondOrder == nil && !c.gauss {
		a.res.Warnings = append(a.res.Warnings, "System.SecondOrder is nil: the second derivatives of the right-hand side are differences, right to some nine digits")
	}
	return c, nil
}

// record takes the steps, tangents in the error control.
func (c *curvature[S]) record(ctx context.Context, set *Settings, curve Curve) (*integrate.Record[*space.Bundle[S]], error) {
	m := c.a.m
	p := integrate.Problem[*space.Bundle[S]]{
		F: c.flow.rhs, T0: m.T0, T1: m.T1, Y0: c.flow.start, Space: c.flow.sp, Breaks: m.breaks,
	}
	keep, err := curve.Checkpoints.keep(set.solver(), 8*m.sys.Dim*(1+len(c.vp)))
	if err != nil {
		return nil, err
	}
	rec, err := integrate.NewRecord(ctx, p, set.solver(), &set.Settings, keep)
	if err != nil {
		return nil, err
	}
	m.stats.addForward(rec.Stats)
	m.grid = rec.T
	return rec, nil
}

// sweep goes from T1 to T0.
func (c *curvature[S]) sweep(ctx context.Context, rec *integrate.Record[*space.Bundle[S]]) error {
	a := c.a
	replay, err := rec.Replay()
	if err != nil {
		return err
	}
	c.in = rec.Inside()
	y1 := c.flow.sp.New(rec.End)
	c.flow.sp.Copy(y1, rec.End)
	for n := rec.Len() - 1; n >= 0; n-- {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("%w: %w", integrate.ErrCancelled, err)
		}
		y, k, err := replay.Load(n)
		if err == nil {
			err = c.knot(rec.T[n+1], y1)
		}
		if err == nil {
			err = c.inside(rec, n, y, k)
		}
		if err == nil {
			err = c.step(rec, n, y, k)
		}
		if err != nil {
			return &Error{Phase: BackwardPass, T: rec.T[n+1], Step: rec.Len() - 1 - n, Component: -1, Reason: err}
		}
		a.m.stats.Backward++
		c.flow.sp.Copy(y1, y)
	}
	if err := c.knot(a.m.T0, c.flow.start); err != nil {
		return err
	}
	if a.loss.G != nil {
		a.res.Value += rec.End.Q[0]
	}
	a.m.sp.Copy(a.res.Y0, c.lambda)
	if err := c.foldInitial(); err != nil {
		return err
	}
	if err := a.start(); err != nil {
		return err
	}
	return a.ends(a.dot.Dot(a.f, c.lambda), rec.End.Y)
}

// foldInitial adds what goes through the initial state.
func (c *curvature[S]) foldInitial() error {
	if err := c.a.foldInitial(); err != nil {
		return err
	}
	m := c.a.m
	init := &m.sys.Initial
	if init.Value == nil {
		return nil
	}
	for i := range c.hp {
		if err := init.VJP(c.hp[i], m.P, c.dlambda[i]); err != nil {
			return err
		}
		if c.vp[i] == nil || c.gauss {
			continue
		}
		if err := c.second.initial(c.hp[i], c.vp[i], c.lambda); err != nil {
			return err
		}
	}
	return nil
}

// observe sets seed to dl_k/dy and its derivatives, and adds to those in p.
func (c *curvature[S]) observe(seed *dual[S], k int, y *space.Bundle[S]) error {
	a := c.a
	if err := a.observe(seed.v, k, y.Y); err != nil {
		return err
	}
	for i := range seed.d {
		if a.loss.Second == nil {
			a.m.sp.Copy(seed.d[i], a.m.zero)
			continue
		}
		if err := a.loss.Second(seed.d[i], c.hp[i], k, y.Y, a.m.P, y.T[i], c.vp[i]); err != nil {
			return fmt.Errorf("second derivative of loss term %d: %w", k, err)
		}
	}
	return nil
}

// knot adds the terms of the loss at the end of a step.
func (c *curvature[S]) knot(t float64, y *space.Bundle[S]) error {
	for ; c.next >= 0 && c.a.loss.Times[c.order[c.next]] == t; c.next-- {
		if err := c.observe(&c.w, c.order[c.next], y); err != nil {
			return err
		}
		c.add(c.lambda, c.w.v)
		for i, d := range c.w.d {
			c.add(c.dlambda[i], d)
		}
	}
	return nil
}

func (c *curvature[S]) add(dst, x S) {
	c.begin()
	c.plus(1, x)
	c.a.m.sp.AddScaled(dst, dst, c.coef, c.terms)
}

func (c *curvature[S]) begin() { c.coef, c.terms = c.coef[:0], c.terms[:0] }

func (c *curvature[S]) plus(f float64, term S) {
	c.coef, c.terms = append(c.coef, f), append(c.terms, term)
}
