package nn

// SecondOrder is the VJP of a JVP: it sets gx to the derivative in x, and adds to gw
// that in w, of
//
//	c . (N_x vx + N_w vw)
//
// at (x, w). vw may be nil, which means zero; gw may be nil: not wanted. gx may be x,
// vx or c. With a' the tangent of a_l along (vx, vw), z' = W a' + V a + v that of z_l, and
// q and s the cotangents of a' and a, a hidden layer has
//
//	q_z = f' q,  s_z = f' s + f'' z' q
//	q <- W^T q_z,  s <- W^T s_z + V^T q_z,  gW += s_z a^T + q_z a'^T,  gb += s_z
//
// It costs four to seven products a weight. The first call on a workspace allocates.
func (m *MLP) SecondOrder(gx, gw, x, w, vx, vw, c []float64, ws *Workspace) {
	m.check("gx", gx, ws.rows*m.Inputs)
	m.check("vx", vx, ws.rows*m.Inputs)
	m.check("c", c, ws.rows*m.Outputs)
	m.checkOptional("vw", vw, ws.params)
	m.checkOptional("gw", gw, ws.params)
	m.hidden(x, w, ws)
	k := ws.forSecond(m)
	m.tangents(k, w, vx, vw, ws)

	q, s := k.f, k.g // cotangents of a' and a
	nextQ, nextS := k.h, k.i
	qz, sz := k.d[:len(c)], k.e // cotangents of z' and z
	copy(qz, c)
	m.scaleOutput(qz)
	end := ws.params
	for l := len(m.Hidden); l >= 0; l-- {
		units, a := m.units(l), ws.act[l]
		in := len(a) / ws.rows
		bias := end - units
		start := bias - units*in
		hidden := l < len(m.Hidden)
		if hidden {
			qz, sz = k.d[:ws.rows*units], k.e[:ws.rows*units]
			curve, tangent := k.curve[:len(qz)], k.z[l]
			m.Hidden[l].Activation.applySecond(curve, k.spare, ws.z[l])
			for i, slope := range ws.slope[l] {
				qz[i] = slope * q[i]
				sz[i] = slope*s[i] + curve[i]*tangent[i]*q[i]
			}
		}
		if gw != nil {
			addOuter(gw[start:bias], qz, k.act[l], ws.rows, ws.work)
			if hidden {
				addOuter(gw[start:bias], sz, a, ws.rows, ws.work)
				addRows(gw[bias:end], sz)
			}
		}
		toQ, toS := nextQ[:len(a)], nextS[:len(a)]
		clear(toQ)
		clear(toS)
		mulTransAdd(toQ, w[start:bias], qz, ws.rows, ws.work)
		if vw != nil {
			mulTransAdd(toS, vw[start:bias], qz, ws.rows, ws.work)
		}
		if hidden {
			mulTransAdd(toS, w[start:bias], sz, ws.rows, ws.work)
			if m.residual(l, in) {
				add(toQ, q)
				add(toS, s)
			}
		}
		q, nextQ = toQ, q[:cap(q)]
		s, nextS = toS, s[:cap(s)]
		end = start
	}
	m.leaveSecond(gx, s, q, vx, ws)
}

// tangents sets k.act and k.z along (vx, vw) at the point that ws holds.
func (m *MLP) tangents(k *secondScratch, w, vx, vw []float64, ws *Workspace) {
	v, in := k.act[0], m.Inputs
	copy(v, vx)
	m.enter(v, ws)
	for l, h := range m.Hidden {
		z, next := k.z[l], k.act[l+1]
		linearPush(z, w, v, vw, ws.act[l], ws, h.Units, in)
		for i, s := range ws.slope[l] {
			next[i] = s * z[i]
		}
		if m.residual(l, in) {
			add(next, v)
		}
		w, vw = w[h.Units*(in+1):], rest(vw, h.Units*(in+1))
		v, in = next, h.Units
	}
}

// SecondDirectional sets out to the derivative of N_x vx + N_w vw along the change
// (ux, uw) of (x, w), at (x, w). It is symmetric in v and u. vw and uw may be nil, which
// means zero. out may be x, vx or ux. It costs up to eight products a weight. The
// first call on a workspace allocates.
func (m *MLP) SecondDirectional(out, x, w, vx, vw, ux, uw []float64, ws *Workspace) {
	m.check("out", out, ws.rows*m.Outputs)
	m.check("vx", vx, ws.rows*m.Inputs)
	m.check("ux", ux, ws.rows*m.Inputs)
	m.checkOptional("vw", vw, ws.params)
	m.checkOptional("uw", uw, ws.params)
	m.hidden(x, w, ws)
	m.bend(out, w, vx, vw, ux, uw, ws)
}

// bend is SecondDirectional where the network was last evaluated with ws.
func (m *MLP) bend(out, w, vx, vw, ux, uw []float64, ws *Workspace) {
	k := ws.forSecond(m)
	m.tangents(k, w, vx, vw, ws)

	u, nextU := k.d[:len(ux)], k.e // the tangent of a_l along u
	q, nextQ := k.f[:len(ux)], k.g // its mixed second derivative along u and v
	copy(u, ux)
	m.enter(u, ws)
	m.enterSecond(q, vx, ux, ws)
	in := m.Inputs
	for l := range len(m.Hidden) + 1 {
		units := m.units(l)
		zq := nextQ[:ws.rows*units]
		clear(zq)
		mulAdd(zq, w[:units*in], q, ws.rows, ws.work)
		if vw != nil {
			mulAdd(zq, vw[:units*in], u, ws.rows, ws.work)
		}
		if uw != nil {
			mulAdd(zq, uw[:units*in], k.act[l], ws.rows, ws.work)
		}
		if l == len(m.Hidden) {
			copy(out, zq)
			break
		}
		zu := nextU[:ws.rows*units]
		linearPush(zu, w, u, uw, ws.act[l], ws, units, in)
		curve, zv := k.curve[:len(zu)], k.z[l]
		m.Hidden[l].Activation.applySecond(curve, k.spare, ws.z[l])
		for i, s := range ws.slope[l] {
			zq[i] = s*zq[i] + curve[i]*zu[i]*zv[i]
			zu[i] *= s
		}
		if m.residual(l, in) {
			add(zq, q)
			add(zu, u)
		}
		step := units * (in + 1)
		w, vw, uw = w[step:], rest(vw, step), rest(uw, step)
		u, nextU = zu, u[:cap(u)]
		q, nextQ = zq, q[:cap(q)]
		in = units
	}
	m.scaleOutput(out)
}
