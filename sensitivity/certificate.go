package sensitivity

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// Certificate says how far a gradient can be trusted. It is measured, not promised:
// [Certify] computes the same derivative a second way on the same steps, and the same
// gradient on other steps.
type Certificate struct {
	// Duality is the relative difference of dL along one random direction, from the
	// gradient and from a tangent (for Forward: from the transpose) on the same grid.
	// For Discrete and Forward it is rounding, 1e-12 or less, except that the iterations
	// of an implicit method leave some hundredths of the tolerance in Forward; for Continuous, which is
	// not the derivative of the steps, of the size of the tolerance. NaN where there is
	// no second way.
	Duality float64
	// Distance is the largest difference to the gradient at tolerances a hundred times
	// tighter, relative to the largest entry, each parameter weighed by its size: an
	// estimate of the distance to the true gradient. A grid that resolves the solution
	// and not its derivatives shows here. NaN where the tighter run failed.
	Distance float64
	// Notes say why a number is missing.
	Notes []string
}

// String returns a line for people.
func (c *Certificate) String() string {
	number := func(v float64) string {
		if math.IsNaN(v) {
			return "not known"
		}
		return fmt.Sprintf("%.1e", v)
	}
	text := fmt.Sprintf("duality gap %s, distance to the true gradient %s", number(c.Duality), number(c.Distance))
	if len(c.Notes) > 0 {
		text += " (" + strings.Join(c.Notes, "; ") + ")"
	}
	return text
}

// closer is by how much the second grid is asked to be more accurate.
const closer = 1e-2

// Certify is [Gradient] with a [Certificate]. It costs about two gradients more at the
// tolerances given and one at a hundredth of them.
func Certify[S any](ctx context.Context, p Problem[S], loss *Loss[S], method Method, set *Settings) (*Result[S], error) {
	res, err := Gradient(ctx, p, loss, method, set)
	if err != nil {
		return nil, err
	}
	m, err := newModel(p)
	if err != nil {
		return nil, err
	}
	s := orDefault(set)
	c := &Certificate{Duality: math.NaN(), Distance: math.NaN()}
	note := func(what string, err error) {
		c.Notes = append(c.Notes, fmt.Sprintf("%s: %v", what, err))
	}
	if d, err := duality(ctx, m, p, loss, method, res, &s); err != nil {
		note("duality", err)
	} else {
		c.Duality = d
	}
	if d, err := distance(ctx, m, p, loss, res, method, &s); err != nil {
		note("distance", err)
	} else {
		c.Distance = d
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	res.Certificate = c
	return res, nil
}

// Duality computes a gradient and returns the gap of its [Certificate] alone, which
// costs about one gradient more.
func Duality[S any](ctx context.Context, p Problem[S], loss *Loss[S], method Method, set *Settings) (float64, error) {
	res, err := Gradient(ctx, p, loss, method, set)
	if err != nil {
		return 0, err
	}
	m, err := newModel(p)
	if err != nil {
		return 0, err
	}
	return duality(ctx, m, p, loss, method, res, new(orDefault(set)))
}

// duality compares the gradient with a second way on the same grid, along a random
// direction.
func duality[S any](ctx context.Context, m *model[S], p Problem[S], loss *Loss[S], method Method, res *Result[S], set *Settings) (float64, error) {
	v := randomDirection(m, rand.New(rand.NewPCG(1, 2)), set)
	s := *set
	s.Grid, s.Acted, s.FixedStep = res.grid, res.acted, 0
	along := func(r *Result[S]) float64 {
		sum := product(r.P, v.P)
		if v.hasY0() {
			sum += m.sp.(space.InnerProduct[S]).Dot(r.Y0, v.Y0)
		}
		return sum
	}
	size := 0.0
	for i, g := range res.P {
		size += math.Abs(g * v.P[i])
	}
	got := along(res)
	size = max(size, math.Abs(got))
	if _, ok := method.(Forward); ok {
		other, err := Gradient(ctx, p, loss, Discrete{}, &s)
		if err != nil {
			return 0, err
		}
		return relative(got-along(other), size), nil
	}
	want, err := Derivative(ctx, p, loss, v, &s)
	if err != nil {
		return 0, err
	}
	return relative(got-want, size), nil
}

// distance compares the gradient with one at tighter tolerances, whose error control
// sees tangents.
func distance[S any](ctx context.Context, m *model[S], p Problem[S], loss *Loss[S], res *Result[S], method Method, set *Settings) (float64, error) {
	s := *set
	if s.Grid != nil || s.FixedStep != 0 {
		s.Grid, s.Acted, s.FixedStep = nil, nil, 0
		if rk, ok := s.solver().(integrate.RungeKutta); ok && rk.Tableau().E == nil {
			s.Solver = nil // it cannot choose its steps
		}
	}
	tol := s.Tolerance()
	s.RelTol = max(tol.Rel*closer, min(tol.Rel, roundingFloor))
	factor := s.RelTol / tol.Rel
	s.AbsTol = tol.Abs * factor
	if tol.AbsTols != nil {
		s.AbsTols = make([]float64, len(tol.AbsTols))
		for i, a := range tol.AbsTols {
			s.AbsTols[i] = a * factor
		}
	}
	if d, ok := method.(Discrete); ok && d.Probes == 0 {
		d.Probes = 1
		method = d
	}
	other, err := Gradient(ctx, p, loss, method, &s)
	if err != nil {
		return 0, err
	}
	sizes := make([]float64, len(p.P))
	for i, v := range p.P {
		sizes[i] = set.scale(i, v)
	}
	apart := scaledApart(res.P, other.P, sizes)
	if flat, ok := m.sp.(space.Coordinates[S]); ok {
		a, b := make([]float64, flat.Dim(m.y0)), make([]float64, flat.Dim(m.y0))
		flat.Flatten(a, res.Y0)
		flat.Flatten(b, other.Y0)
		apart = max(apart, scaledApart(a, b, m.sizes()))
	}
	return apart, nil
}
