package nn

import "fmt"

// Forward sets out = N(x; w) and keeps in ws what [MLP.Push] and [MLP.Pull] need.
// out may be x. It costs one multiplication and addition a weight, and one activation
// a hidden unit, and allocates nothing.
func (m *MLP) Forward(out, x, w []float64, ws *Workspace) {
	m.check("out", out, ws.rows*m.Outputs)
	m.hidden(x, w, ws)
	last := len(m.Hidden)
	weights, biases := m.LayerParams(w, last)
	repeat(out, biases)
	mulAdd(out, weights, ws.act[last], ws.rows, ws.work)
	m.scaleOutput(out)
}

// hidden evaluates the hidden layers: all that derivatives depend on.
func (m *MLP) hidden(x, w []float64, ws *Workspace) {
	m.check("x", x, ws.rows*m.Inputs)
	m.check("w", w, ws.params)
	a, in := ws.act[0], m.Inputs
	copy(a, x)
	m.center(a)
	m.unscale(a)
	m.raise(a, ws)
	for l, h := range m.Hidden {
		z, next := ws.z[l], ws.act[l+1]
		repeat(z, w[h.Units*in:h.Units*(in+1)])
		mulAdd(z, w[:h.Units*in], a, ws.rows, ws.work)
		h.Activation.apply(next, ws.slope[l], z)
		if m.residual(l, in) {
			add(next, a)
		}
		w = w[h.Units*(in+1):]
		a, in = next, h.Units
	}
}

// Push carries a direction through the network where it was last evaluated with ws:
//
//	out = N_x vx + N_w vw
//
// by [MLP.Forward], [MLP.JVP] or [MLP.VJP] at the same w. vw may be nil, which means
// zero. out may be vx. It costs one product a weight, two where vw is given.
func (m *MLP) Push(out, w, vx, vw []float64, ws *Workspace) {
	m.check("out", out, ws.rows*m.Outputs)
	m.check("vx", vx, ws.rows*m.Inputs)
	m.check("w", w, ws.params)
	m.checkOptional("vw", vw, ws.params)
	v, next, in := ws.a[:len(vx)], ws.b, m.Inputs
	copy(v, vx)
	m.enter(v, ws)
	for l := range len(m.Hidden) + 1 {
		units := m.units(l)
		z := next[:ws.rows*units]
		if l == len(m.Hidden) {
			z = out
		}
		linearPush(z, w, v, vw, ws.act[l], ws, units, in)
		w, vw = w[units*(in+1):], rest(vw, units*(in+1))
		if l == len(m.Hidden) {
			break
		}
		for i, s := range ws.slope[l] {
			z[i] *= s
		}
		if m.residual(l, in) {
			add(z, v)
		}
		next, v, in = v[:cap(v)], z, units
	}
	m.scaleOutput(out)
}

// linearPush sets z = W v + V a + c, with W the weights at the head of w and (V, c)
// those at the head of vw, which may be nil.
func linearPush(z, w, v, vw, a []float64, ws *Workspace, units, in int) {
	if vw == nil {
		clear(z)
	} else {
		repeat(z, vw[units*in:units*(in+1)])
		mulAdd(z, vw[:units*in], a, ws.rows, ws.work)
	}
	mulAdd(z, w[:units*in], v, ws.rows, ws.work)
}

// Pull carries a covector c back through the network where it was last evaluated with
// ws, at the same w:
//
//	gx = N_x^T c,  gw += N_w^T c
//
// gw may be nil: not wanted. gx may be c. It costs one product a weight, two with gw.
func (m *MLP) Pull(gx, gw, w, c []float64, ws *Workspace) {
	m.check("gx", gx, ws.rows*m.Inputs)
	m.check("w", w, ws.params)
	m.check("c", c, ws.rows*m.Outputs)
	m.checkOptional("gw", gw, ws.params)
	d, g, next := ws.a[:len(c)], ws.b, ws.c // cotangents of z_l, a_{l+1} and a_l
	copy(d, c)
	m.scaleOutput(d)
	end := ws.params
	for l := len(m.Hidden); l >= 0; l-- {
		units, a := m.units(l), ws.act[l]
		in := len(a) / ws.rows
		bias := end - units
		start := bias - units*in
		if l < len(m.Hidden) {
			d = d[:ws.rows*units]
			for i, s := range ws.slope[l] {
				d[i] = g[i] * s
			}
		}
		if gw != nil {
			addOuter(gw[start:bias], d, a, ws.rows, ws.work)
			addRows(gw[bias:end], d)
		}
		to := next[:len(a)]
		if l == 0 {
			to = gx
		}
		clear(to)
		mulTransAdd(to, w[start:bias], d, ws.rows, ws.work)
		if l < len(m.Hidden) && m.residual(l, in) {
			add(to, g)
		}
		g, next, end = to, g[:cap(g)], start
		d = d[:cap(d)]
	}
	m.enter(gx, ws)
}

// JVP sets out = N_x vx + N_w vw at (x, w). vw may be nil, which means zero. out may be
// x or vx.
func (m *MLP) JVP(out, x, w, vx, vw []float64, ws *Workspace) {
	m.hidden(x, w, ws)
	m.Push(out, w, vx, vw, ws)
}

// VJP sets gx = N_x^T c and adds N_w^T c to gw at (x, w). gw may be nil: not wanted.
// gx may be x or c.
func (m *MLP) VJP(gx, gw, x, w, c []float64, ws *Workspace) {
	m.hidden(x, w, ws)
	m.Pull(gx, gw, w, c, ws)
}

// scaleOutput multiplies each row by OutputScale.
func (m *MLP) scaleOutput(out []float64) {
	if m.OutputScale == nil {
		return
	}
	for ; len(out) > 0; out = out[m.Outputs:] {
		for i, s := range m.OutputScale {
			out[i] *= s
		}
	}
}

func (m *MLP) check(name string, v []float64, want int) {
	if len(v) != want {
		panic(fmt.Sprintf("nn: %s has length %d, want %d", name, len(v), want))
	}
}

// checkOptional lets nil pass.
func (m *MLP) checkOptional(name string, v []float64, want int) {
	if v != nil {
		m.check(name, v, want)
	}
}
