package sensitivity

import (
	"github.com/odefit/odefit/integrate/space"
)

// bend evaluates derivatives of the right-hand side of a [flow]: of
//
//	f_y s_i + f_p v_i   and   g_y . s_i + g_p . v_i
//
// along a change of time and state, s_i held. Where the system gives them
// (SecondDirectionals, SecondDirectional), the first are exact. Else they are central
// differences of JVPs along a change of about 6e-6 of the state: two evaluations, with
// a relative error of some 1e-10; no error but rounding where f is of the second degree
// in y, as mass action is. Running costs are always differenced.
type bend[S any] struct {
	f        *flow[S]
	out, low []S
	dy       S
	at       *space.Bundle[S]
	qs       [2][]float64
	c        []float64
	k        [1]S
}

func (x *bend[S]) prepare(f *flow[S]) {
	x.f = f
	x.at = f.sp.New(f.start)
	x.dy = f.m.sp.New(f.m.y0)
	x.c = make([]float64, 1)
	x.out, x.low = nil, nil
	for range f.dirs {
		x.out, x.low = append(x.out, f.m.sp.New(f.m.y0)), append(x.low, f.m.sp.New(f.m.y0))
	}
	for i := range x.qs {
		x.qs[i] = make([]float64, len(f.start.Q))
	}
}

// states returns the derivatives for the tangents of y along (ut, uy), valid until the
// next call. ut is not zero only where [bend.exact].
func (x *bend[S]) states(t float64, y *space.Bundle[S], ut float64, uy S) ([]S, error) {
	m, vp := x.f.m, x.f.vp
	switch sys := m.sys; {
	case len(vp) == 0:
		return nil, nil
	case sys.SecondDirectionals != nil:
		return x.out, sys.SecondDirectionals(x.out, t, y.Y, m.P, y.T, vp, ut, uy, nil)
	case sys.SecondDirectional != nil:
		for i := range x.out {
			if err := sys.SecondDirectional(x.out[i], t, y.Y, m.P, y.T[i], vp[i], ut, uy, nil); err != nil {
				return nil, err
			}
		}
		return x.out, nil
	}
	d := x.distance(y.Y, uy)
	if d == 0 {
		for _, o := range x.out {
			m.sp.Copy(o, m.zero)
		}
		return x.out, nil
	}
	if err := m.jvps(x.dy, x.low, t, x.move(y.Y, -d, uy), y.T, vp); err != nil {
		return nil, err
	}
	if err := m.jvps(x.dy, x.out, t, x.move(y.Y, d, uy), y.T, vp); err != nil {
		return nil, err
	}
	for i, o := range x.out {
		x.c[0], x.k[0] = -1, x.low[i]
		m.sp.AddScaled(o, o, x.c, x.k[:])
		x.c[0], x.k[0] = 1/(2*d), o
		m.sp.AddScaled(x.low[i], m.zero, x.c, x.k[:])
	}
	return x.low, nil
}

// exact says whether the system gives second derivatives.
func (f *flow[S]) exact() bool {
	return f.m.sys.SecondDirectionals != nil || f.m.sys.SecondDirectional != nil
}

// costs returns the derivatives along uy for the running costs and each direction.
func (x *bend[S]) costs(t float64, y *space.Bundle[S], uy S) ([]float64, error) {
	f := x.f
	low, high := x.qs[0], x.qs[1]
	d := x.distance(y.Y, uy)
	if d == 0 {
		clear(high)
		return high, nil
	}
	for i, s := range y.T {
		f.m.sp.Copy(x.at.T[i], s)
	}
	x.move(y.Y, -d, uy)
	if err := f.slopes(low, t, x.at); err != nil {
		return nil, err
	}
	x.move(y.Y, d, uy)
	if err := f.slopes(high, t, x.at); err != nil {
		return nil, err
	}
	for i := range high {
		high[i] = (high[i] - low[i]) / (2 * d)
	}
	return high, nil
}

// move sets the state of at to y + d*u and returns it.
func (x *bend[S]) move(y S, d float64, u S) S {
	x.c[0], x.k[0] = d, u
	x.f.m.sp.AddScaled(x.at.Y, y, x.c, x.k[:])
	return x.at.Y
}

// distance returns how far to go along u for a central difference: the cube root of
// the rounding unit in the norm of u relative to y, components far below the size of y
// counted as a hundred thousandth of it.
func (x *bend[S]) distance(y, u S) float64 {
	sp := x.f.m.sp
	most := sp.Norm(y, y, y, space.Tolerance{Abs: 1})
	size := sp.Norm(u, y, y, space.Tolerance{Rel: 1, Abs: max(1e-5*most, 1e-300)})
	if !(size > 0) {
		return 0
	}
	return 6e-6 / size
}
