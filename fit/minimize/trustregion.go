package minimize

import (
	"context"
	"math"
	"slices"
)

// trustRegion is one search of LeastSquares.
type trustRegion struct {
	LeastSquares
	ledger
	ctx    context.Context
	p      Residuals
	bounds Bounds

	x, trial     []float64
	f            float64
	model, spare *gaussNewton // of x, and of a trial point
	truncation   *truncation
	secant       *secant
	step         *boxStep
	walls        *walls
	res, jac     []float64 // of the last linearisation; models reduce them in place

	lastLinearized bool // the last evaluation was one
	begun          bool
	rescaled       bool // for the point x

	zero       float64   // 28 decades below the first 1/2 |r|^2: nothing, to rounding
	decrement  float64   // delta at x
	largest    []float64 // magnitude that each parameter has had
	radius     float64
	iterations int
}

func newTrustRegion(m LeastSquares, p Residuals, b Bounds, x0 []float64) *trustRegion {
	n, floor := p.Dim, m.RankTol/100 // far below every direction that truncation leaves
	s := &trustRegion{
		LeastSquares: m, bounds: b,
		x: slices.Clone(x0), trial: make([]float64, n), f: math.Inf(1),
		model: newGaussNewton(p.Rows, n), spare: newGaussNewton(p.Rows, n),
		truncation: newTruncation(n, m.RankTol),
		secant:     newSecant(n, floor), step: newBoxStep(n, floor), walls: newWalls(n),
		res: make([]float64, p.Rows), jac: make([]float64, p.Rows*n),
		decrement: math.NaN(), largest: make([]float64, n),
	}
	b.Project(s.x)
	return s
}

func (s *trustRegion) result(status Status) Result {
	if s.cancelled {
		status = Cancelled
	}
	return Result{
		X: slices.Clone(s.x), F: s.f, Gradient: slices.Clone(s.model.g), AtBound: s.bounds.sides(s.x), Status: status,
		PredictedDecrease: s.decrement, Iterations: s.iterations,
		Evaluations: s.evaluations, Gradients: s.gradients, Failures: s.failures, LastFailure: s.last,
	}
}

// run goes on until the search ends, or limit iterations were made.
func (s *trustRegion) run(limit int) Status {
	if !s.begun && !s.begin() {
		return InfeasibleStart
	}
	for {
		if !s.rescaled {
			s.rescale()
			s.rescaled = true
		}
		length := s.undamped(s.model, s.x)
		if s.radius == 0 {
			// Not shorter than a hundredth of the undamped step: x may be near 0 by chance.
			s.radius = math.Max(s.FirstRadius*s.size(), length/100)
		}
		s.decrement = s.step.decrease()
		if status := s.ended(); status != NotRun {
			return status
		}
		if s.iterations >= limit {
			return MaxIterations
		}
		s.iterations++
		if s.Progress != nil {
			s.Progress(Progress{
				Iteration: s.iterations, X: s.x, F: s.f, PredictedDecrease: s.decrement,
				Evaluations: s.evaluations, Gradients: s.gradients, Failures: s.failures,
			})
		}
		if s.walls.any() {
			length = s.confined()
		}
		if !s.advance(length) {
			if s.below(s.noise()) || s.level() {
				return ConvergedNoise
			}
			return Stalled
		}
	}
}

// begin evaluates the first point, and returns false where that fails.
func (s *trustRegion) begin() bool {
	f, ok := s.linearize(s.x)
	if ok && s.p.Value != nil {
		f, ok = s.value(s.x)
	}
	if !ok {
		return false
	}
	s.f = f
	s.reduce(s.model)
	s.zero = 1e-28 * s.model.half()
	s.begun = true
	return true
}

// rescale updates D, and the magnitudes of the parameters. Earlier norms fade, so that one point with huge derivatives
// does not shorten the steps of a parameter for good.
func (s *trustRegion) rescale() {
	const fade = 0.9
	for j, norm := range s.model.norm {
		s.largest[j] = math.Max(s.largest[j], math.Abs(s.x[j]))
		s.step.scale[j] = math.Max(fade*s.step.scale[j], norm)
		if s.step.scale[j] == 0 {
			s.step.scale[j] = 1
		}
	}
}

// size returns |D x|, or |D| for x = 0.
func (s *trustRegion) size() float64 {
	size, scale := 0.0, 0.0
	for j, d := range s.step.scale {
		size = math.Hypot(size, d*s.x[j])
		scale = math.Hypot(scale, d)
	}
	if size == 0 {
		return scale
	}
	return size
}

// undamped sets the step to the minimum of a model of the point x inside the
// bounds, and returns its length |D d|.
func (s *trustRegion) undamped(model *gaussNewton, x []float64) float64 {
	s.step.q = s.secant.active(model)
	for j, v := range x {
		s.step.lo[j] = s.bounds.lower(j) - v
		s.step.hi[j] = s.bounds.upper(j) - v
	}
	return s.step.minimize(0)
}

// confined is undamped for the point x between its walls as well.
func (s *trustRegion) confined() float64 {
	length := s.undamped(s.model, s.x)
	if !s.walls.any() {
		return length
	}
	s.walls.confine(s.step)
	return s.step.minimize(0)
}

// ended judges the point x, or returns NotRun to go on.
func (s *trustRegion) ended() Status {
	switch {
	case s.bounds.slope(s.x, s.model.g) <= s.GTol:
		return ConvergedGradient
	case s.below(s.FTol*s.model.half() + s.AbsTol):
		return ConvergedDecrease
	case s.negligible():
		return ConvergedStep
	}
	return NotRun
}

// negligible reports whether the undamped step is within XTol of the largest
// magnitude that each parameter has had.
func (s *trustRegion) negligible() bool {
	for j, d := range s.step.d {
		if !(math.Abs(d) <= s.XTol*s.largest[j]) {
			return false
		}
	}
	return true
}

// below reports whether what is still to gain is at most level: the decrement, and
// to within a factor of 100 the decrease that Gauss-Newton promises along any single
// parameter without bounds. The second guards against a box so narrow, or a secant
// estimate so stiff, that a steep slope promises little.
func (s *trustRegion) below(level float64) bool {
	steepest := 0.0
	for j, g := range s.model.g {
		if norm := s.model.norm[j]; norm > 0 && !s.bounds.held(j, s.x[j], g) {
			steepest = math.Max(steepest, math.Abs(g)/norm)
		}
	}
	return s.decrement <= level && steepest*steepest/2 <= 100*level
}

// level reports whether the slope is lost in the noise: what it is worth over a change of
// every parameter by its own size, and by 1 where it is smaller, is below a thousand
// times the error of f. Where many directions are nearly flat, errors of the Jacobian
// make the model promise more than that along them.
func (s *trustRegion) level() bool {
	worth := 0.0
	for j, g := range s.model.g {
		if !s.bounds.held(j, s.x[j], g) {
			worth += math.Abs(g) * math.Max(1, math.Abs(s.x[j]))
		}
	}
	return worth <= 1e3*s.noise()
}

// noise is the difference of two values of f that says nothing. A residual is a sum of
// terms as large as J_ij x_j, whose rounding d makes a difference of |r| d + d^2/2.
func (s *trustRegion) noise() float64 {
	d := 0.0
	for j, norm := range s.model.norm {
		d += norm * math.Abs(s.x[j])
	}
	d *= 0x1p-52
	terms := d * (math.Sqrt(2*s.model.half()) + d/2)
	return max(s.ObjectiveNoise, s.zero, terms, rounding(math.Max(math.Abs(s.f), s.model.half())))
}

// advance moves x to a better point, trying steps of falling radius from the
// undamped one, whose length is given. It returns false where no step can be
// confirmed, and at the end of the context.
func (s *trustRegion) advance(length float64) bool {
	alone := true // a single parameter may be the cause of failures
	for range maxTrials {
		length = s.step.within(s.radius, length)
		if !s.propose() {
			return false
		}
		promised := s.step.decrease()
		if promised <= 1e-2*rounding(s.f) && promised < s.decrement {
			return false // shorter steps can only promise less
		}
		f, ok := s.valueAt(s.trial)
		if ok {
			decrease := s.f - f
			s.secant.compare(s.model, s.step.d, decrease, s.noise())
			s.adaptRadius(length, decrease, promised)
			switch {
			case decrease > 0 && decrease >= 0.05*promised: // less would let a bad model leap far away
				if s.linearizeTrial() {
					s.accept(f)
					return true
				}
			case s.below(s.faint()) && decrease >= -s.faint():
				if s.linearizeTrial() && s.confirmed() {
					s.radius = math.Max(s.radius, length)
					s.accept(f)
					return true
				}
				if s.below(s.noise()) {
					return false
				}
			}
		}
		if s.cancelled {
			return false
		}
		switch {
		case !s.failed:
			s.radius = math.Min(s.radius, length/2)
		case alone && s.block():
			s.radius = length / 2
		case s.cancelled:
			return false
		default:
			alone = false
			s.radius = length / 4
		}
		length = s.confined()
	}
	return false
}

// maxTrials bounds the steps tried from one point. The radius at least halves each
// time, so that only gradients at the edge of the range of numbers, where lengths
// underflow, get this far.
const maxTrials = 200

// propose sets trial = x + d, on the bound where the step ends on it, and reports
// whether that is another point than x.
func (s *trustRegion) propose() bool {
	for j, x := range s.x {
		switch d := s.step.d[j]; d {
		case s.bounds.lower(j) - x:
			s.trial[j] = s.bounds.lower(j)
		case s.bounds.upper(j) - x:
			s.trial[j] = s.bounds.upper(j)
		default:
			s.trial[j] = x + d
		}
	}
	s.bounds.Project(s.trial)
	return !slices.Equal(s.trial, s.x)
}

// adaptRadius follows the decrease of f against the one promised: twice the step
// after a good one, the minimum of a parabola along it after a bad one.
func (s *trustRegion) adaptRadius(length, decrease, promised float64) {
	switch ratio := decrease / promised; {
	case ratio > 0.75:
		s.radius = math.Max(s.radius, 2*length)
	case ratio < 0.25:
		shrink := 0.5
		if decrease < 0 {
			slope := 0.0
			for j, g := range s.model.g {
				slope += g * s.step.d[j]
			}
			shrink = slope / (2 * (slope + decrease))
		}
		s.radius = math.Min(s.radius, length) * math.Min(0.5, math.Max(0.1, shrink))
	}
}

// faint is the decrement below which values of f need not decide alone: a relative
// offset of 1e-5, at which other programs stop.
func (s *trustRegion) faint() float64 {
	return math.Max(s.noise(), 1e-10*s.model.half())
}

// confirmed reports whether the decrement of the linearised trial point is at most
// half of that of x, which is what a step near a minimum does.
func (s *trustRegion) confirmed() bool {
	s.undamped(s.spare, s.trial)
	return s.step.decrease() <= s.decrement/2
}

// accept moves x to the trial point, which has been linearised.
func (s *trustRegion) accept(f float64) {
	for j, x := range s.x {
		s.step.d[j] = s.trial[j] - x
	}
	s.walls.step(s.step.d)
	s.secant.update(s.spare, s.step.d, s.model.g)
	s.model, s.spare = s.spare, s.model
	copy(s.x, s.trial)
	s.f = f
	s.rescaled = false
}

// valueAt returns f at a point.
func (s *trustRegion) valueAt(x []float64) (float64, bool) {
	if s.p.Value == nil {
		return s.linearize(x)
	}
	return s.value(x)
}

// linearizeTrial sets the spare model to that of the trial point. Without Value,
// valueAt has linearised already.
func (s *trustRegion) linearizeTrial() bool {
	if s.p.Value != nil {
		if _, ok := s.linearize(s.trial); !ok {
			return false
		}
	}
	s.reduce(s.spare)
	return true
}

// reduce sets the model to the last linearisation, which it overwrites.
func (s *trustRegion) reduce(model *gaussNewton) {
	model.reduce(s.jac, s.res)
	s.truncation.apply(model)
}

func (s *trustRegion) value(x []float64) (float64, bool) {
	s.evaluations++
	s.lastLinearized = false
	f, err := s.p.Value(s.ctx, x)
	return f, s.judge(s.ctx, f, err)
}

func (s *trustRegion) linearize(x []float64) (float64, bool) {
	s.gradients++
	s.lastLinearized = true
	f, err := s.p.Linearize(s.ctx, s.res, s.jac, x)
	if err == nil {
		err = finite("residual", s.res)
	}
	if err == nil {
		err = finite("Jacobian", s.jac)
	}
	return f, s.judge(s.ctx, f, err)
}
