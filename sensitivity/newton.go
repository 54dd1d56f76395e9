package sensitivity

import (
	"github.com/odefit/odefit/integrate/space"
	"github.com/odefit/odefit/internal/linalg"
)

// blockNewton solves the linear systems of implicit methods for a bundle of a state
// and its tangents with one small factorisation. The Jacobian of the bundle is block
// lower triangular, with f_y in every diagonal block; with these blocks alone the
// iteration converges, the tangents one turn after the state. Running costs have no
// block: they depend on the others and not on themselves.
type blockNewton[S any] struct {
	m    *model[S]
	flat space.Coordinates[S]
	lu   linalg.LU
	a, x []float64
}

// newton returns the solver for the flow, or nil where the system has no Jacobian or
// the space no coordinates.
func (m *model[S]) newton() *blockNewton[S] {
	flat, ok := m.sp.(space.Coordinates[S])
	if !ok || m.sys.Jacobian == nil {
		return nil
	}
	n := flat.Dim(m.y0)
	return &blockNewton[S]{m: m, flat: flat, a: make([]float64, n*n), x: make([]float64, n)}
}

// Setup factors I - g f_y.
func (b *blockNewton[S]) Setup(t float64, y *space.Bundle[S], g float64) error {
	n := len(b.x)
	if err := b.m.sys.Jacobian(b.a, t, y.Y, b.m.P); err != nil {
		return err
	}
	for i := range b.a {
		b.a[i] *= -g
	}
	for i := range n {
		b.a[i*n+i]++
	}
	return b.lu.Factor(b.a, n)
}

// Solve overwrites every block of r.
func (b *blockNewton[S]) Solve(r *space.Bundle[S]) error {
	b.block(r.Y)
	for _, s := range r.T {
		b.block(s)
	}
	return nil
}

func (b *blockNewton[S]) block(s S) {
	if f, ok := any(s).([]float64); ok {
		b.lu.Solve(f)
		return
	}
	b.flat.Flatten(b.x, s)
	b.lu.Solve(b.x)
	b.flat.Unflatten(s, b.x)
}
