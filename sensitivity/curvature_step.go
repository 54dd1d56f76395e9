package sensitivity

import (
	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// inside gathers the observations inside step n.
func (c *curvature[S]) inside(rec *integrate.Record[*space.Bundle[S]], n int, y *space.Bundle[S], k []*space.Bundle[S]) error {
	m := c.a.m
	t0, t1 := rec.T[n], rec.T[n+1]
	c.used = 0
	for ; c.next >= 0; c.next-- {
		o := c.order[c.next]
		t := c.a.loss.Times[o]
		if m.dir()*t <= m.dir()*t0 {
			return nil
		}
		if c.used == 0 {
			if err := c.in.Enter(n, y, k); err != nil {
				return err
			}
			k = c.in.Stages()
		}
		if c.used == len(c.seeds) {
			x := dual[S]{v: m.sp.New(m.y0), d: make([]S, len(c.hp))}
			for i := range x.d {
				x.d[i] = m.sp.New(m.y0)
			}
			c.seeds = append(c.seeds, x)
			c.thetas = append(c.thetas, make([]float64, len(k)))
		}
		w := c.thetas[c.used]
		c.tab.Weights(w, (t-t0)/(t1-t0))
		for i := range w {
			w[i] *= t1 - t0
		}
		c.flow.sp.AddScaled(c.arg, y, w, k)
		if err := c.observe(&c.seeds[c.used], o, c.arg); err != nil {
			return err
		}
		c.used++
	}
	return nil
}

// step carries the adjoint and its derivatives over step n. The formulas are those of
// [explicitTranspose], and their derivatives along the tangents s of the stages:
//
//	dw_i      = h (b_i dlambda + sum_j a_ji dLambda_j + sum_c b_i(theta) dc)
//	dLambda_i = f_y^T dw_i + d/dy (w_i . (f_y s_i + f_p v)) + h b_i d(g_y)
func (c *curvature[S]) step(rec *integrate.Record[*space.Bundle[S]], n int, y *space.Bundle[S], k []*space.Bundle[S]) error {
	h := rec.T[n+1] - rec.T[n]
	if c.used > 0 {
		k = c.in.Stages()
	}
	for i := len(k) - 1; i >= 0; i-- {
		if err := c.stage(i, h, rec.StageTime(n, i), y, k); err != nil {
			return err
		}
	}
	collect := func(dst S, part func(x *dual[S]) S) {
		c.begin()
		for i := range k {
			if c.active[i] {
				c.plus(1, part(&c.stages[i]))
			}
		}
		for i := range c.used {
			c.plus(1, part(&c.seeds[i]))
		}
		c.a.m.sp.AddScaled(dst, dst, c.coef, c.terms)
	}
	collect(c.lambda, func(x *dual[S]) S { return x.v })
	for i := range c.dlambda {
		collect(c.dlambda[i], func(x *dual[S]) S { return x.d[i] })
	}
	return nil
}

// stage sets Lambda_i and its derivatives.
func (c *curvature[S]) stage(i int, h, t float64, y *space.Bundle[S], k []*space.Bundle[S]) error {
	m, b := c.a.m, 0.
	if i < len(c.tab.B) {
		b = c.tab.B[i]
	}
	gather := func(dst, lambda S, part func(x *dual[S]) S) {
		c.begin()
		if b != 0 {
			c.plus(h*b, lambda)
		}
		for j := i + 1; j < len(k); j++ {
			if a := c.tab.A[j][i]; a != 0 && c.active[j] {
				c.plus(h*a, part(&c.stages[j]))
			}
		}
		for q := range c.used {
			if w := c.thetas[q][i]; w != 0 {
				c.plus(w, part(&c.seeds[q]))
			}
		}
		m.sp.AddScaled(dst, m.zero, c.coef, c.terms)
	}
	gather(c.w.v, c.lambda, func(x *dual[S]) S { return x.v })
	c.active[i] = len(c.terms) > 0
	if !c.active[i] {
		return nil
	}
	for d := range c.dlambda {
		gather(c.w.d[d], c.dlambda[d], func(x *dual[S]) S { return x.d[d] })
	}
	at := c.argument(i, h, y, k)
	if err := m.vjp(c.stages[i].v, c.a.res.P, t, at.Y, c.w.v); err != nil {
		return err
	}
	for d := range c.dlambda {
		out := c.stages[i].d[d]
		if err := m.vjp(out, c.hp[d], t, at.Y, c.w.d[d]); err != nil {
			return err
		}
		if c.gauss {
			continue
		}
		if err := c.second.product(c.c, c.hp[d], t, at.Y, at.T[d], c.vp[d], c.w.v); err != nil {
			return err
		}
		c.add(out, c.c)
	}
	if c.a.loss.G == nil || b == 0 {
		return nil
	}
	return c.cost(i, h*b, t, at)
}

// argument returns the argument of stage i with its tangents.
func (c *curvature[S]) argument(i int, h float64, y *space.Bundle[S], k []*space.Bundle[S]) *space.Bundle[S] {
	c.coef, c.bundle = c.coef[:0], c.bundle[:0]
	for j, a := range c.tab.A[i] {
		if a != 0 {
			c.coef, c.bundle = append(c.coef, h*a), append(c.bundle, k[j])
		}
	}
	c.flow.sp.AddScaled(c.arg, y, c.coef, c.bundle)
	return c.arg
}

// cost adds the derivatives of the running cost at stage i, with weight hb.
func (c *curvature[S]) cost(i int, hb, t float64, at *space.Bundle[S]) error {
	l, m := c.a.loss, c.a.m
	add := func(dst, x S) {
		c.begin()
		c.plus(hb, x)
		m.sp.AddScaled(dst, dst, c.coef, c.terms)
	}
	if l.Gy != nil {
		if err := l.Gy(c.c, t, at.Y, m.P); err != nil {
			return err
		}
		add(c.stages[i].v, c.c)
	}
	if l.Gp != nil {
		clear(c.gp)
		if err := l.Gp(c.gp, t, at.Y, m.P); err != nil {
			return err
		}
		for j, v := range c.gp {
			c.a.res.P[j] += hb * v
		}
	}
	if l.GSecond == nil {
		return nil
	}
	for d := range c.dlambda {
		clear(c.gp)
		if err := l.GSecond(c.c, c.gp, t, at.Y, m.P, at.T[d], c.vp[d]); err != nil {
			return err
		}
		add(c.stages[i].d[d], c.c)
		for j, v := range c.gp {
			c.hp[d][j] += hb * v
		}
	}
	return nil
}
