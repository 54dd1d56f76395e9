package fit

import (
	"context"

	"github.com/odefit/odefit/fit/minimize"
	"github.com/odefit/odefit/sensitivity"
)

// optimise searches from x with the method asked for.
func (f *fitter) optimise(ctx context.Context, e *evaluator, s *searchSpace, bounds minimize.Bounds, x []float64) minimize.Result {
	method := f.opt.Gradient
	if method == nil {
		method = sensitivity.Discrete{}
	}
	switch f.opt.Method {
	case LBFGS:
		m := minimize.LBFGS{ObjectiveNoise: objectiveNoise, MaxIterations: f.opt.MaxIterations}
		return m.Minimize(ctx, objective(e, s, method), bounds, x)
	case Adam:
		m := minimize.Adam{MaxIterations: f.opt.MaxIterations}
		return m.Minimize(ctx, objective(e, s, method), bounds, x)
	}
	return f.leastSquares().Minimize(ctx, residuals(e, s), bounds, x)
}

func (f *fitter) leastSquares() minimize.LeastSquares {
	return minimize.LeastSquares{
		FTol: 1e-12, AbsTol: 1e-9, RankTol: 1e-9, ObjectiveNoise: objectiveNoise, MaxIterations: f.opt.MaxIterations,
	}
}

// objectiveNoise is the error of the objective between neighbouring points that the
// default tolerances of integration leave: about 1e-8 of a sum of some hundred terms
// near one.
const objectiveNoise = 1e-6
