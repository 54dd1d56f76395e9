package sensitivity

import (
	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// blockNewton solves the linear systems of implicit methods for a bundle of a state
// and its tangents with one small factorisation. The Jacobian of the bundle is block
// lower triangular, with f_y in every diagonal block; with these blocks alone the
// iteration converges, the tangents one turn after the state. Running costs have no
// block: they depend on the others and not on themselves.
type blockNewton[S any] struct {
	of integrate.Newton[S]
}

var _ integrate.Newton[*space.Bundle[[]float64]] = blockNewton[[]float64]{}

// newton returns the solver for bundles, or nil where the space has no coordinates.
func (m *model[S]) newton() integrate.Newton[*space.Bundle[S]] {
	p := m.integral()
	of, err := integrate.NewNewton(&p, &m.work)
	if err != nil {
		return nil
	}
	return blockNewton[S]{of}
}

func (b blockNewton[S]) Linearize(t float64, y *space.Bundle[S]) error {
	return b.of.Linearize(t, y.Y)
}

func (b blockNewton[S]) Factor(g float64) error { return b.of.Factor(g) }

func (b blockNewton[S]) FactorComplex(which int, g complex128) error {
	return b.of.FactorComplex(which, g)
}

func (b blockNewton[S]) Solve(r *space.Bundle[S]) error {
	if err := b.of.Solve(r.Y); err != nil {
		return err
	}
	for _, s := range r.T {
		if err := b.of.Solve(s); err != nil {
			return err
		}
	}
	return nil
}

func (b blockNewton[S]) SolveComplex(which int, re, im *space.Bundle[S]) error {
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

func (b blockNewton[S]) SolveTransposed(r *space.Bundle[S]) error {
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

func (b blockNewton[S]) MultiplyMass(dst, x *space.Bundle[S]) {
	b.of.MultiplyMass(dst.Y, x.Y)
	for i, s := range x.T {
		b.of.MultiplyMass(dst.T[i], s)
	}
	copy(dst.Q, x.Q)
}
