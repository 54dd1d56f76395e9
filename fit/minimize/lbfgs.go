package minimize

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/optimize"
)

// LBFGS is the limited-memory quasi-Newton method for objectives with a gradient and
// many parameters. It drives gonum's LBFGS, which knows no bounds, in coordinates
// that have none: a parameter between two bounds is lo + (hi-lo)(1+sin u)/2, one with
// a single bound lo + sqrt(1+u^2) - 1 or its mirror image. A solution on a bound is a
// stationary point of these coordinates and is met only slowly;
// what ends within 1e-7 of its interval of a bound, with the gradient pointing outward,
// is put on it where that is no worse.
//
// A point at which the objective cannot be evaluated counts as a very high one: the
// line search turns back from it.
//
// Sources: Nocedal, Math. Comp. 35 (1980) 773; the coordinates: James, MINUIT (1994).
type LBFGS struct {
	GTol           float64 // largest component of the projected gradient; default 1e-6
	ObjectiveNoise float64 // decrease of f over 10 iterations that does not matter; default 1e-10
	MaxIterations  int     // default 1000
	Store          int     // pairs of steps and gradient changes kept; default 15

	Progress func(Progress) // called after each iteration; may be nil
}

var _ Method[Objective] = LBFGS{}

// Minimize searches from x0, moved into the bounds.
func (m LBFGS) Minimize(ctx context.Context, p Objective, b Bounds, x0 []float64) Result {
	checkStart(p.Dim, b, x0)
	if p.Gradient == nil {
		panic("minimize: an objective without Gradient")
	}
	if m.GTol == 0 {
		m.GTol = 1e-6
	}
	if m.ObjectiveNoise == 0 {
		m.ObjectiveNoise = 1e-10
	}
	if m.MaxIterations == 0 {
		m.MaxIterations = 1000
	}
	if m.Store == 0 {
		m.Store = 15
	}
	s := &quasiNewton{LBFGS: m, ctx: ctx, p: p, b: b, best: Result{F: math.Inf(1), Status: InfeasibleStart}}
	return s.run(x0)
}

// quasiNewton is one search.
type quasiNewton struct {
	LBFGS
	ledger
	ctx context.Context
	p   Objective
	b   Bounds

	best       Result
	x, g       []float64 // scratch
	cached     []float64 // u of the last evaluation
	cachedF    float64
	cachedG    []float64 // in x
	iterations int
}

func (s *quasiNewton) run(x0 []float64) Result {
	n := s.p.Dim
	s.x, s.g, s.cachedG = make([]float64, n), make([]float64, n), make([]float64, n)
	start := slices.Clone(x0)
	s.b.Project(start)
	s.best.X, s.best.Gradient = slices.Clone(start), make([]float64, n)
	u := make([]float64, n)
	for i, x := range start {
		u[i] = s.b.free(i, x)
	}
	// At a bound the coordinates are stationary: step off it, or nothing moves.
	for i, x := range start {
		if s.b.Side(i, x) != Interior && s.b.lower(i) < s.b.upper(i) {
			u[i] += 1e-2
		}
	}
	if !s.evaluate(u) {
		if s.cancelled {
			s.best.Status = Cancelled
		}
		return s.finish()
	}
	status := s.search(u)
	return s.conclude(status)
}

// search runs gonum's method, again from the best point where its line search gave
// up while the gradient is not yet small.
func (s *quasiNewton) search(u []float64) Status {
	for range 3 {
		before := s.best.F
		res, _ := optimize.Minimize(optimize.Problem{
			Func:   s.value,
			Grad:   s.gradient,
			Status: s.status,
		}, u, &optimize.Settings{
			GradientThreshold: math.NaN(), // judged by status, in x
			Converger:         &optimize.FunctionConverge{Absolute: s.ObjectiveNoise, Iterations: 10},
			MajorIterations:   s.MaxIterations - s.iterations,
			Recorder:          recorder(s.record),
		}, &optimize.LBFGS{Store: s.Store})
		switch {
		case s.cancelled:
			return Cancelled
		case s.small():
			return ConvergedGradient
		case res != nil && res.Status == optimize.FunctionConvergence:
			return ConvergedNoise
		case s.iterations >= s.MaxIterations:
			return MaxIterations
		case before-s.best.F <= s.ObjectiveNoise:
			return s.stuck()
		}
		for i, x := range s.best.X {
			u[i] = s.b.free(i, x)
		}
	}
	return s.stuck()
}

// stuck judges a point from which no line search gets away: where the gradient g is so
// small that curvatures of 1 or more promise less than the noise, 1/2 g^2, it is a
// minimum as far as can be seen.
func (s *quasiNewton) stuck() Status {
	if g := s.b.slope(s.best.X, s.best.Gradient); g*g/2 <= s.ObjectiveNoise {
		return ConvergedNoise
	}
	return Stalled
}

func (s *quasiNewton) status() (optimize.Status, error) {
	if s.ctx.Err() != nil {
		s.cancelled = true
		return optimize.Failure, s.ctx.Err()
	}
	if s.small() {
		return optimize.GradientThreshold, nil
	}
	return optimize.NotTerminated, nil
}

// small reports whether the gradient of the best point is below GTol.
func (s *quasiNewton) small() bool { return s.b.slope(s.best.X, s.best.Gradient) <= s.GTol }

// evaluate computes objective and gradient at u, unless it has just done so.
func (s *quasiNewton) evaluate(u []float64) bool {
	if s.cached != nil && slices.Equal(u, s.cached) {
		return s.cachedF < failedValue
	}
	for i, v := range u {
		s.x[i] = s.b.from(i, v)
	}
	s.gradients++
	f, err := s.p.Gradient(s.ctx, s.cachedG, s.x)
	if err == nil {
		err = finite("gradient", s.cachedG)
	}
	s.cached = append(s.cached[:0], u...)
	if !s.judge(s.ctx, f, err) {
		s.cachedF = failedValue
		clear(s.cachedG)
		return false
	}
	s.cachedF = f
	if f < s.best.F {
		s.best.F = f
		copy(s.best.X, s.x)
		copy(s.best.Gradient, s.cachedG)
	}
	return true
}

// failedValue stands for a point that cannot be evaluated. Infinities end gonum's
// line searches; a number that is larger than any sensible one turns them back.
const failedValue = 1e100

func (s *quasiNewton) value(u []float64) float64 {
	s.evaluate(u)
	return s.cachedF
}

func (s *quasiNewton) gradient(g, u []float64) {
	s.evaluate(u)
	for i, v := range u {
		g[i] = s.cachedG[i] * s.b.rate(i, v)
	}
}

func (s *quasiNewton) record(op optimize.Operation) {
	if op != optimize.MajorIteration {
		return
	}
	s.iterations++
	if s.Progress != nil {
		s.Progress(Progress{
			Iteration: s.iterations, X: s.best.X, F: s.best.F,
			Evaluations: s.evaluations, Gradients: s.gradients, Failures: s.failures,
		})
	}
}

// recorder adapts a function to optimize.Recorder.
type recorder func(optimize.Operation)

func (r recorder) Init() error { return nil }
func (r recorder) Record(_ *optimize.Location, op optimize.Operation, _ *optimize.Stats) error {
	r(op)
	return nil
}

// conclude puts parameters that ended beside a bound on it, and keeps that point
// where it is no worse.
func (s *quasiNewton) conclude(status Status) Result {
	s.best.Status = status
	x := slices.Clone(s.best.X)
	moved := false
	for i, v := range x {
		lo, hi, g := s.b.lower(i), s.b.upper(i), s.best.Gradient[i]
		near := 1e-7 * max(1, math.Abs(v))
		if w := hi - lo; !math.IsInf(w, 1) {
			near = 1e-7 * w
		}
		switch {
		case v-lo <= near && v > lo && g > 0:
			x[i], moved = lo, true
		case hi-v <= near && v < hi && g < 0:
			x[i], moved = hi, true
		}
	}
	if moved && status != Cancelled {
		s.gradients++
		f, err := s.p.Gradient(s.ctx, s.g, x)
		if s.judge(s.ctx, f, err) && f <= s.best.F+s.ObjectiveNoise {
			s.best.F, s.best.X = f, x
			copy(s.best.Gradient, s.g)
			if s.small() && !status.Converged() {
				s.best.Status = ConvergedGradient
			}
		}
	}
	return s.finish()
}

func (s *quasiNewton) finish() Result {
	r := s.best
	r.AtBound = s.b.sides(r.X)
	r.PredictedDecrease = math.NaN()
	r.Iterations, r.Evaluations, r.Gradients = s.iterations, s.evaluations, s.gradients
	r.Failures, r.LastFailure = s.failures, s.last
	return r
}

// free returns the unbounded coordinate u of x; see LBFGS.
func (b Bounds) free(i int, x float64) float64 {
	lo, hi := b.lower(i), b.upper(i)
	switch {
	case lo == hi:
		return 0
	case !math.IsInf(lo, -1) && !math.IsInf(hi, 1):
		return math.Asin(min(max(2*(x-lo)/(hi-lo)-1, -1), 1))
	case !math.IsInf(lo, -1):
		return math.Sqrt(max((x-lo+1)*(x-lo+1)-1, 0))
	case !math.IsInf(hi, 1):
		return math.Sqrt(max((hi-x+1)*(hi-x+1)-1, 0))
	}
	return x
}

// from returns x of the unbounded coordinate u.
func (b Bounds) from(i int, u float64) float64 {
	lo, hi := b.lower(i), b.upper(i)
	switch {
	case lo == hi:
		return lo
	case !math.IsInf(lo, -1) && !math.IsInf(hi, 1):
		return min(max(lo+(hi-lo)*(1+math.Sin(u))/2, lo), hi)
	case !math.IsInf(lo, -1):
		return lo + math.Sqrt(1+u*u) - 1
	case !math.IsInf(hi, 1):
		return hi - math.Sqrt(1+u*u) + 1
	}
	return u
}

// rate returns dx/du.
func (b Bounds) rate(i int, u float64) float64 {
	lo, hi := b.lower(i), b.upper(i)
	switch {
	case lo == hi:
		return 0
	case !math.IsInf(lo, -1) && !math.IsInf(hi, 1):
		return (hi - lo) * math.Cos(u) / 2
	case !math.IsInf(lo, -1):
		return u / math.Sqrt(1+u*u)
	case !math.IsInf(hi, 1):
		return -u / math.Sqrt(1+u*u)
	}
	return 1
}
