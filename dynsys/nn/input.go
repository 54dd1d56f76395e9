package nn

// What happens to the inputs before the first layer is elementwise: a_0 = u^Power of
// u = (x - Center)/Scale. A tangent of x becomes one of a_0, and a cotangent of a_0 one
// of x, by the same factors.

// center subtracts Center from each row.
func (m *MLP) center(x []float64) {
	if m.Center == nil {
		return
	}
	for ; len(x) > 0; x = x[m.Inputs:] {
		for i, c := range m.Center {
			x[i] -= c
		}
	}
}

// unscale divides each row by Scale.
func (m *MLP) unscale(v []float64) {
	if m.Scale == nil {
		return
	}
	for ; len(v) > 0; v = v[m.Inputs:] {
		for i, s := range m.Scale {
			v[i] /= s
		}
	}
}

// raise replaces u by its power, and keeps the first two derivatives of that.
func (m *MLP) raise(u []float64, ws *Workspace) {
	if m.Power < 2 {
		return
	}
	n := float64(m.Power)
	for i, x := range u {
		p := 1.0 // x^(Power-2)
		for range m.Power - 2 {
			p *= x
		}
		ws.powerSecond[i] = n * (n - 1) * p
		ws.powerSlope[i] = n * (p * x)
		u[i] = p * x * x
	}
}

// enter multiplies by the derivative of a_0 in x.
func (m *MLP) enter(v []float64, ws *Workspace) {
	m.unscale(v)
	if m.Power < 2 {
		return
	}
	for i, s := range ws.powerSlope {
		v[i] *= s
	}
}

// enterSecond sets q to the second derivative of a_0 along vx and ux.
func (m *MLP) enterSecond(q, vx, ux []float64, ws *Workspace) {
	if m.Power < 2 {
		clear(q)
		return
	}
	for i, c := range ws.powerSecond {
		q[i] = c * vx[i] * ux[i]
	}
	m.unscale(q)
	m.unscale(q)
}

// leaveSecond sets gx to what the cotangents s of a_0 and q of its tangent along vx make
// of x. gx may be vx.
func (m *MLP) leaveSecond(gx, s, q, vx []float64, ws *Workspace) {
	if m.Power < 2 {
		copy(gx, s)
		m.unscale(gx)
		return
	}
	for i, c := range ws.powerSecond {
		gx[i] = c * vx[i] * q[i]
	}
	m.unscale(gx)
	for i, slope := range ws.powerSlope {
		gx[i] += slope * s[i]
	}
	m.unscale(gx)
}
