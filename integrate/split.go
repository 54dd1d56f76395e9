package integrate

import "github.com/odefit/odefit/integrate/space"

// Split parts a right-hand side into the motion of positions q and the motion of
// momenta p,
//
//	q' = v(t, p),   p' = f(t, q),
//
// as a separable Hamiltonian system has it. A state of any type may hold both. Their
// sum is Problem.F.
type Split[S any] struct {
	Drift Func[S] // sets dq = v(t, p) and dp = 0; depends on no position
	Kick  Func[S] // sets dq = 0 and dp = f(t, q); depends on no momentum
}

// Separable is q' = V(t, p), p' = F(t, q) for positions and momenta of any two types.
type Separable[Q, P any] struct {
	// V sets dq to the velocity. Nil means q' = p, where both have one type.
	V func(dq Q, t float64, p P) error
	// F sets dp to the force.
	F func(dp P, t float64, q Q) error
	// Positions and Momenta are the spaces; either may be nil for []float64.
	Positions space.Space[Q]
	Momenta   space.Space[P]
}

// Problem returns the initial value problem of a pair of positions and momenta, for
// any method: those of [Symplectic] and [Nystrom] kind use its Split.
func (s Separable[Q, P]) Problem(q0 Q, p0 P, t0, t1 float64) Problem[space.Pair[Q, P]] {
	qs, ps := orFloats(s.Positions), orFloats(s.Momenta)
	pr := Problem[space.Pair[Q, P]]{T0: t0, T1: t1, Y0: space.Pair[Q, P]{First: q0, Second: p0}}
	v := s.V
	if v == nil {
		v = func(dq Q, _ float64, p P) error { qs.Copy(dq, any(p).(Q)); return nil }
	}
	if _, ok := any(p0).(Q); qs == nil || ps == nil || s.F == nil || s.V == nil && !ok {
		return pr // Solve says what is missing
	}
	rest, idle := ps.New(p0), qs.New(q0)
	pr.Space = space.Pairs(qs, ps)
	pr.F = func(dy space.Pair[Q, P], t float64, y space.Pair[Q, P]) error {
		if err := v(dy.First, t, y.Second); err != nil {
			return err
		}
		return s.F(dy.Second, t, y.First)
	}
	pr.Split = &Split[space.Pair[Q, P]]{
		Drift: func(dy space.Pair[Q, P], t float64, y space.Pair[Q, P]) error {
			ps.Copy(dy.Second, rest)
			return v(dy.First, t, y.Second)
		},
		Kick: func(dy space.Pair[Q, P], t float64, y space.Pair[Q, P]) error {
			qs.Copy(dy.First, idle)
			return s.F(dy.Second, t, y.First)
		},
	}
	return pr
}

// orFloats returns sp, or the space of []float64 where it is nil and fits.
func orFloats[S any](sp space.Space[S]) space.Space[S] {
	if sp == nil {
		sp, _ = any(space.Floats{}).(space.Space[S])
	}
	return sp
}
