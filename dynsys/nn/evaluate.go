package nn

import "fmt"

// Forward sets out = N(x; w) and keeps in ws what [MLP.Push] and [MLP.Pull] need.
// out may be x. It costs one multiplication and addition a weight, and one activation
// a hidden unit, and allocates nothing.
func (m *MLP) Forward(out, x, w []float64, ws *Workspace) {
	m.check("out", out, m.Outputs)
	m.hidden(x, w, ws)
	last := len(m.Hidden)
	weights, biases := m.LayerParams(w, last)
	copy(out, biases)
	mulAdd(out, weights, ws.act[last])
}

// hidden evaluates the hidden layers: all that derivatives depend on.
func (m *MLP) hidden(x, w []float64, ws *Workspace) {
	m.check("x", x, m.Inputs)
	m.check("w", w, ws.params)
	a := ws.act[0]
	copy(a, x)
	for i, c := range m.Center {
		a[i] -= c
	}
	m.unscale(a)
	for l, h := range m.Hidden {
		in, out := len(a), h.Units
		z := ws.act[l+1]
		copy(z, w[out*in:])
		mulAdd(z, w[:out*in], a)
		h.Activation.apply(z, ws.slope[l])
		w = w[out*(in+1):]
		a = z
	}
}

// Push carries a direction through the network where it was last evaluated with ws:
//
//	out = N_x vx + N_w vw
//
// by [MLP.Forward], [MLP.JVP] or [MLP.VJP] at the same w. vw may be nil, which means
// zero. out may be vx. It costs one product a weight, two where vw is given.
func (m *MLP) Push(out, w, vx, vw []float64, ws *Workspace) {
	m.check("out", out, m.Outputs)
	m.check("vx", vx, m.Inputs)
	m.check("w", w, ws.params)
	if vw != nil {
		m.check("vw", vw, ws.params)
	}
	v := ws.v[:m.Inputs]
	copy(v, vx)
	m.unscale(v)
	next := ws.u
	for l := range len(m.Hidden) + 1 {
		units, in := m.units(l), len(v)
		z := next[:units]
		if l == len(m.Hidden) {
			z = out
		}
		if vw == nil {
			clear(z)
		} else {
			copy(z, vw[units*in:units*(in+1)])
			mulAdd(z, vw[:units*in], ws.act[l])
			vw = vw[units*(in+1):]
		}
		mulAdd(z, w[:units*in], v)
		w = w[units*(in+1):]
		if l < len(m.Hidden) {
			for i, s := range ws.slope[l] {
				z[i] *= s
			}
			next, v = v[:cap(v)], z
		}
	}
}

// Pull carries a covector c back through the network where it was last evaluated with
// ws, at the same w:
//
//	gx = N_x^T c,  gw += N_w^T c
//
// gw may be nil: not wanted. gx may be c. It costs one product a weight, two with gw.
func (m *MLP) Pull(gx, gw, w, c []float64, ws *Workspace) {
	m.check("gx", gx, m.Inputs)
	m.check("w", w, ws.params)
	m.check("c", c, m.Outputs)
	if gw != nil {
		m.check("gw", gw, ws.params)
	}
	d := ws.v[:m.Outputs]
	copy(d, c)
	next := ws.u
	end := ws.params
	for l := len(m.Hidden); l >= 0; l-- {
		units, a := len(d), ws.act[l]
		bias := end - units
		start := bias - units*len(a)
		if gw != nil {
			addOuter(gw[start:bias], d, a)
			for i, di := range d {
				gw[bias+i] += di
			}
		}
		end = start
		g := next[:len(a)]
		if l == 0 {
			g = gx
		}
		mulTrans(g, w[start:bias], d)
		if l == 0 {
			m.unscale(g)
			return
		}
		for i, s := range ws.slope[l-1] {
			g[i] *= s
		}
		next, d = d[:cap(d)], g
	}
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

// unscale divides by Scale.
func (m *MLP) unscale(v []float64) {
	for i, s := range m.Scale {
		v[i] /= s
	}
}

func (m *MLP) check(name string, v []float64, want int) {
	if len(v) != want {
		panic(fmt.Sprintf("nn: %s has length %d, want %d", name, len(v), want))
	}
}
