package sensitivity

import (
	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// blockNewton solves the linear systems of implicit methods for a bundle of a state
// and its tangents with one small factorisation. The Jacobian of the bundle is block
// lower triangular,
//
//	( f_y                                   )
//	( d/dy (f_y s_i + f_p v_i)    f_y       )
//	( g_y                               0   ),
//
// with f_y in every diagonal block of a state. Solve takes the diagonal alone, with
// which an iteration converges, the tangents one turn after the state. SolveExact
// substitutes forward through the whole: the tangents of a Rosenbrock step are then its
// derivative.
type blockNewton[S any] struct {
	of integrate.Newton[S]
	f  *flow[S]
	g  float64          // of the last Factor
	t  float64          // of the last LinearizeExact
	y  *space.Bundle[S] // its state
	gy []S              // g_y of each running cost there

	second bend[S]
	one    [1]float64
	term   [1]S

	algebra *integrate.Constraints[S] // nil: none, or not looked for yet
	slopes  *space.Bundle[S]          // not nil: looked for
}

var (
	_ integrate.Newton[*space.Bundle[[]float64]]      = (*blockNewton[[]float64])(nil)
	_ integrate.ExactSolver[*space.Bundle[[]float64]] = (*blockNewton[[]float64])(nil)
	_ integrate.Settler[*space.Bundle[[]float64]]     = (*blockNewton[[]float64])(nil)
)

// newton returns the solver for bundles, or nil where the space has no coordinates.
func (f *flow[S]) newton() integrate.Newton[*space.Bundle[S]] {
	p := f.m.integral()
	of, err := integrate.NewNewton(&p, &f.m.work)
	if err != nil {
		return nil
	}
	return &blockNewton[S]{of: of, f: f}
}

func (b *blockNewton[S]) Linearize(t float64, y *space.Bundle[S]) error {
	return b.of.Linearize(t, y.Y)
}

// LinearizeExact implements [integrate.ExactSolver].
func (b *blockNewton[S]) LinearizeExact(t float64, y *space.Bundle[S]) error {
	if b.y == nil {
		b.y = b.f.sp.New(y)
		for range b.f.costs {
			b.gy = append(b.gy, b.f.m.sp.New(y.Y))
		}
		b.second.prepare(b.f)
	}
	b.t = t
	b.f.sp.Copy(b.y, y)
	for c, l := range b.f.costs {
		if l.Gy == nil {
			continue
		}
		if err := l.Gy(b.gy[c], t, y.Y, b.f.m.P); err != nil {
			return err
		}
	}
	return b.of.Linearize(t, y.Y)
}

// HasMass implements [integrate.HasMass].
func (b *blockNewton[S]) HasMass() bool { return b.f.m.sys.Mass != nil }

// Settle implements [integrate.Settler]: the state satisfies the algebraic equations of
// M y' = f, and the tangents their derivatives.
func (b *blockNewton[S]) Settle(t float64, y *space.Bundle[S]) error {
	if b.f.m.sys.Mass == nil {
		return nil
	}
	if b.slopes == nil {
		p := b.f.m.integral()
		var err error
		if b.algebra, err = integrate.NewConstraints(&p, &b.f.m.work); err != nil {
			return err
		}
		b.slopes = b.f.sp.New(y)
	}
	if b.algebra == nil {
		return nil
	}
	if err := b.algebra.Settle(t, y.Y); err != nil {
		return err
	}
	for range settlings {
		if err := b.f.m.jvps(b.slopes.Y, b.slopes.T, t, y.Y, y.T, b.f.vp); err != nil {
			return err
		}
		for i, s := range y.T {
			if err := b.algebra.Tangent(s, b.slopes.T[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *blockNewton[S]) Factor(g float64) error {
	b.g = g
	return b.of.Factor(g)
}

func (b *blockNewton[S]) FactorComplex(which int, g complex128) error {
	return b.of.FactorComplex(which, g)
}

// Parts implements [integrate.Parted].
func (b *blockNewton[S]) Parts() int {
	if b.f.staggered && len(b.f.dirs) > 0 {
		return 2
	}
	return 1
}

// Enter implements [integrate.Parted]: the state is part 0, tangents and running costs
// are part 1.
func (b *blockNewton[S]) Enter(i int) { b.f.part = i }

func (b *blockNewton[S]) Solve(r *space.Bundle[S]) error {
	zero := b.f.m.zero
	if b.f.part == 0 {
		for _, s := range r.T {
			b.f.m.sp.Copy(s, zero)
		}
		clear(r.Q)
		return b.of.Solve(r.Y)
	}
	if b.f.part == 1 {
		b.f.m.sp.Copy(r.Y, zero)
	} else if err := b.of.Solve(r.Y); err != nil {
		return err
	}
	for _, s := range r.T {
		if err := b.of.Solve(s); err != nil {
			return err
		}
	}
	return nil
}

// SolveExact implements [integrate.ExactSolver]. Beside the solutions it costs the
// second derivatives along r.Y of [bend], for all tangents at once.
func (b *blockNewton[S]) SolveExact(r *space.Bundle[S]) error {
	if err := b.of.Solve(r.Y); err != nil {
		return err
	}
	bent, err := b.second.states(b.t, b.y, 0, r.Y)
	if err != nil {
		return err
	}
	b.one[0] = b.g
	for i, s := range r.T {
		b.term[0] = bent[i]
		b.f.m.sp.AddScaled(s, s, b.one[:], b.term[:])
		if err := b.of.Solve(s); err != nil {
			return err
		}
	}
	return b.cost(r)
}

// cost adds g times the blocks of the running costs to the numbers.
func (b *blockNewton[S]) cost(r *space.Bundle[S]) error {
	var bent []float64
	for c, l := range b.f.costs {
		if l.Gy == nil {
			continue
		}
		dot, q := b.f.m.sp.(space.InnerProduct[S]), b.f.numbers(r.Q, c)
		q[0] += b.g * dot.Dot(b.gy[c], r.Y)
		if len(r.T) == 0 {
			continue
		}
		if bent == nil {
			var err error
			if bent, err = b.second.costs(b.t, b.y, r.Y); err != nil {
				return err
			}
		}
		for i, s := range r.T {
			q[1+i] += b.g * (dot.Dot(b.gy[c], s) + b.f.numbers(bent, c)[1+i])
		}
	}
	return nil
}

func (b *blockNewton[S]) SolveComplex(which int, re, im *space.Bundle[S]) error {
	if err := b.of.SolveComplex(which, re.Y, im.Y); err != nil {
		return err
	}
	for i := range re.T {
		if err := b.of.SolveComplex(which, re.T[i], im.T[i]); err != nil {
			return err
		}
	}
	return nil
}

func (b *blockNewton[S]) SolveTransposed(r *space.Bundle[S]) error {
	if err := b.of.SolveTransposed(r.Y); err != nil {
		return err
	}
	for _, s := range r.T {
		if err := b.of.SolveTransposed(s); err != nil {
			return err
		}
	}
	return nil
}

func (b *blockNewton[S]) SolveComplexTransposed(which int, re, im *space.Bundle[S]) error {
	if err := b.of.SolveComplexTransposed(which, re.Y, im.Y); err != nil {
		return err
	}
	for i := range re.T {
		if err := b.of.SolveComplexTransposed(which, re.T[i], im.T[i]); err != nil {
			return err
		}
	}
	return nil
}

func (b *blockNewton[S]) MultiplyMass(dst, x *space.Bundle[S]) {
	b.of.MultiplyMass(dst.Y, x.Y)
	for i, s := range x.T {
		b.of.MultiplyMass(dst.T[i], s)
	}
	copy(dst.Q, x.Q)
}
