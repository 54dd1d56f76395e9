package fit

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/odefit/odefit/sensitivity"
)

// GradientCheck is the gradient of the objective by one method.
type GradientCheck struct {
	Method   string
	Value    float64
	Gradient []float64 // in the estimated parameters, on their natural scale
	// Difference is the largest difference to the first method's gradient, each
	// component in units of max(|g_i|, 1e-6 |g|) where g is that gradient and each
	// component is weighed by the size of its parameter.
	Difference float64
	// Distance is the difference in the same units to the gradient by forward
	// sensitivities at tolerances a hundred times tighter: an estimate of the distance
	// to the true one. NaN where that could not be computed.
	Distance float64
	// Duality is the largest relative difference, over the experiments, of the
	// derivative along a random direction to that by a second way on the same steps:
	// rounding for forward and discrete. NaN where there is no second way.
	Duality float64
	Elapsed time.Duration
	Err     error
}

// Names returns the names of the estimated parameters, in the order of gradients.
func (p *Problem) Names() []string {
	var names []string
	for k := range p.Parameters {
		if !p.Parameters[k].Fixed {
			names = append(names, p.Parameters[k].Name)
		}
	}
	return names
}

// GradCheck computes the gradient of the objective at theta by several methods, the
// first of which is the reference: forward sensitivities of every prediction, as the
// least-squares search uses them, then each of methods. They share nothing but the
// model and its tolerances, which are divided by tighter (1: those of a fit). A method
// that fails, such as an adjoint of explicit steps on a stiff model, has its error in
// its row.
func (p *Problem) GradCheck(ctx context.Context, theta []float64, tighter float64, methods ...sensitivity.Method) ([]GradientCheck, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	e, err := newEvaluator(p, p.settings(tighter))
	if err != nil {
		return nil, err
	}
	adjoint, err := newEvaluator(p, p.settings(tighter))
	if err != nil {
		return nil, err
	}
	n := e.estimated
	first := GradientCheck{Method: "least squares", Gradient: make([]float64, n)}
	r, jac := make([]float64, e.rows), make([]float64, e.rows*n)
	began := time.Now()
	if first.Value, err = e.linearize(ctx, r, jac, theta); err != nil {
		return nil, err
	}
	first.Elapsed = time.Since(began)
	for i, ri := range r {
		for c := range n {
			first.Gradient[c] += jac[i*n+c] * ri
		}
	}
	truth := p.truth(ctx, theta, tighter)
	distance := func(g []float64) float64 {
		if truth == nil {
			return math.NaN()
		}
		return p.difference(theta, truth, g)
	}
	first.Distance, first.Duality = distance(first.Gradient), math.NaN()
	checks := []GradientCheck{first}
	for _, m := range methods {
		c := GradientCheck{Method: fmt.Sprint(m), Gradient: make([]float64, n)}
		began := time.Now()
		w := adjoint
		if _, ok := m.(sensitivity.Forward); ok {
			w = e // forward sensitivities transpose nothing
		}
		if c.Value, c.Err = w.gradient(ctx, c.Gradient, theta, m); c.Err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			c.Value, c.Gradient, c.Difference = math.NaN(), nil, math.NaN()
			c.Distance, c.Duality = math.NaN(), math.NaN()
		} else {
			c.Elapsed = time.Since(began)
			c.Difference, c.Distance = p.difference(theta, first.Gradient, c.Gradient), distance(c.Gradient)
			c.Duality = w.duality(ctx, theta, m)
		}
		checks = append(checks, c)
	}
	return checks, nil
}

// truth returns the gradient at tolerances a hundred times tighter, nil where it cannot
// be computed.
func (p *Problem) truth(ctx context.Context, theta []float64, tighter float64) []float64 {
	e, err := newEvaluator(p, p.settings(100*tighter))
	if err != nil {
		return nil
	}
	r, jac := make([]float64, e.rows), make([]float64, e.rows*e.estimated)
	if _, err := e.linearize(ctx, r, jac, theta); err != nil {
		return nil
	}
	g := make([]float64, e.estimated)
	for i, ri := range r {
		for c := range g {
			g[c] += jac[i*len(g)+c] * ri
		}
	}
	return g
}

// difference compares two gradients.
func (p *Problem) difference(theta, want, got []float64) float64 {
	space := newSearchSpace(p)
	weigh := func(c int, g float64) float64 { return g * max(abs(theta[space.which[c]]), 1e-300) }
	size := 0.0
	for c, g := range want {
		size = math.Hypot(size, weigh(c, g))
	}
	worst := 0.0
	for c := range want {
		d := abs(weigh(c, got[c]) - weigh(c, want[c]))
		worst = max(worst, d/max(abs(weigh(c, want[c])), 1e-6*size, 1e-300))
	}
	return worst
}
