package sensitivity

import (
	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// backNewton solves the linear systems of implicit methods for the adjoint equation
// and its integrals: with the Jacobian
//
//	( -f_y^T     0 )
//	( -f_p^T     0 )
//
// of (a, dL/dp), the matrix I - g J has the block (I + g f_y)^T for the adjoint, whose
// factors are those of a step of the state in the other direction.
type backNewton[S any] struct {
	b  *backward[S]
	of integrate.Newton[S]
	g  float64
	t  float64
	d  S
	gp []float64
}

var _ integrate.ExactSolver[*space.Bundle[[]float64]] = (*backNewton[[]float64])(nil)

// newton returns the solver, or nil where the space has no coordinates or a state is
// solved backward too, whose matrix is another.
func (b *backward[S]) newton() integrate.Newton[*space.Bundle[S]] {
	m := b.a.m
	p := m.integral()
	of, err := integrate.NewNewton(&p, &m.work)
	if err != nil || b.y.states() > 0 || m.sys.Mass != nil {
		return nil
	}
	return &backNewton[S]{b: b, of: of, d: m.sp.New(m.y0), gp: make([]float64, m.sys.NumParams)}
}

func (n *backNewton[S]) Linearize(t float64, z *space.Bundle[S]) error {
	n.t = t
	return n.of.Linearize(t, n.b.y.state(t, z))
}

func (n *backNewton[S]) Factor(g float64) error {
	n.g = g
	return n.of.Factor(-g)
}

func (n *backNewton[S]) Solve(r *space.Bundle[S]) error { return n.of.SolveTransposed(r.Y) }

// LinearizeExact implements [integrate.ExactSolver].
func (n *backNewton[S]) LinearizeExact(t float64, z *space.Bundle[S]) error {
	return n.Linearize(t, z)
}

// SolveExact implements [integrate.ExactSolver]. A running cost depends on time alone.
func (n *backNewton[S]) SolveExact(r *space.Bundle[S]) error {
	if err := n.Solve(r); err != nil || n.b.np == 0 {
		return err
	}
	clear(n.gp)
	if err := n.b.a.m.vjp(n.d, n.gp, n.t, n.b.y.state(n.t, r), r.Y); err != nil {
		return err
	}
	for i, v := range n.gp {
		r.Q[i] -= n.g * v
	}
	return nil
}

func (n *backNewton[S]) FactorComplex(which int, g complex128) error {
	return n.of.FactorComplex(which, -g)
}

func (n *backNewton[S]) SolveComplex(which int, re, im *space.Bundle[S]) error {
	return n.of.SolveComplexTransposed(which, re.Y, im.Y)
}

func (n *backNewton[S]) SolveTransposed(r *space.Bundle[S]) error { return n.of.Solve(r.Y) }

func (n *backNewton[S]) SolveComplexTransposed(which int, re, im *space.Bundle[S]) error {
	return n.of.SolveComplex(which, re.Y, im.Y)
}

func (n *backNewton[S]) MultiplyMass(dst, x *space.Bundle[S]) { n.b.sp.Copy(dst, x) }
