package fit

import (
	"context"
	"slices"

	"github.com/odefit/odefit/fit/minimize"
	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/sensitivity"
)

// searchSpace maps between the estimated parameters in their search scales, x, and
// the vector of all parameters, theta.
type searchSpace struct {
	which []int // which[c] is the parameter of column c
	axes  []axis
	guess []float64 // of all parameters
	theta []float64
}

func newSearchSpace(p *Problem) *searchSpace {
	s := &searchSpace{}
	for k := range p.Parameters {
		s.guess = append(s.guess, p.Parameters[k].Guess)
		if !p.Parameters[k].Fixed {
			s.which = append(s.which, k)
			s.axes = append(s.axes, p.Parameters[k].axis())
		}
	}
	s.theta = slices.Clone(s.guess)
	return s
}

// to returns the search point of theta.
func (s *searchSpace) to(theta []float64) []float64 {
	x := make([]float64, len(s.which))
	for c, k := range s.which {
		x[c] = s.axes[c].To(theta[k])
	}
	return x
}

// from returns the vector of all parameters at x. It is valid until the next call.
func (s *searchSpace) from(x []float64) []float64 {
	for c, k := range s.which {
		s.theta[k] = s.axes[c].From(x[c])
	}
	return s.theta
}

// bounds returns the bounds in the search scale.
func (s *searchSpace) bounds() minimize.Bounds {
	var b minimize.Bounds
	for _, a := range s.axes {
		b.Lo, b.Hi = append(b.Lo, a.To(a.lo)), append(b.Hi, a.To(a.hi))
	}
	return b
}

// box returns the box from which random starts are drawn.
func (s *searchSpace) box() (lo, hi []float64) {
	for c, k := range s.which {
		a, b := s.axes[c].box(s.guess[k])
		lo, hi = append(lo, a), append(hi, b)
	}
	return lo, hi
}

// residuals presents the objective to the least-squares method.
func residuals(e *evaluator, s *searchSpace) minimize.Residuals {
	n := len(s.which)
	return minimize.Residuals{
		Dim:  n,
		Rows: e.rows,
		Linearize: func(ctx context.Context, r, jac, x []float64) (float64, error) {
			f, err := e.linearize(ctx, r, jac, s.from(x))
			for c := range n {
				d := s.axes[c].Derivative(x[c])
				for i := c; i < len(jac); i += n {
					jac[i] *= d
				}
			}
			return f, err
		},
		Value: func(ctx context.Context, x []float64) (float64, error) { return e.value(ctx, s.from(x)) },
	}
}

// objective presents the objective and its gradient by an adjoint to the methods that
// need no residuals.
func objective(e *evaluator, s *searchSpace, method sensitivity.Method) minimize.Objective {
	return minimize.Objective{
		Dim: len(s.which),
		Gradient: func(ctx context.Context, g, x []float64) (float64, error) {
			f, err := e.gradient(ctx, g, s.from(x), method)
			for c := range g {
				g[c] *= s.axes[c].Derivative(x[c])
			}
			return f, err
		},
	}
}

// The tolerances of fits.
const (
	defaultRelTol = 1e-8
	defaultAbsTol = 1e-10
)

// settings returns how the models are integrated, with tolerances divided by
// tighter.
func (p *Problem) settings(tighter float64) sensitivity.Settings {
	set := sensitivity.Settings{Solver: p.Solver}
	if set.Solver == nil {
		set.Solver = integrate.Auto{}
	}
	set.RelTol, set.AbsTol, set.MaxSteps = p.RelTol, p.AbsTol, p.MaxSteps
	if set.RelTol == 0 {
		set.RelTol = defaultRelTol
	}
	if set.AbsTol == 0 {
		set.AbsTol = defaultAbsTol
	}
	if set.MaxSteps == 0 {
		set.MaxSteps = 100_000
	}
	set.RelTol, set.AbsTol = max(set.RelTol/tighter, 1e-13), set.AbsTol/tighter
	return set
}
