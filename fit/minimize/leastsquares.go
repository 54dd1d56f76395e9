package minimize

import (
	"context"
	"fmt"
)

// Residuals is an objective f with the structure of least squares or of a
// likelihood: at every x it has Rows pseudo-residuals r and their Jacobian J with
//
//	grad f = J^T r,   Hessian of f ~ J^T J (Gauss-Newton, or expected information).
//
// f need not be 1/2 |r|^2: a likelihood with unknown noise scales is not.
type Residuals struct {
	Dim  int // parameters n
	Rows int // pseudo-residuals m, the same at every x

	// Linearize sets r (length m) and the row-major m x n matrix jac at x and
	// returns f(x). It may keep none of the slices.
	Linearize func(ctx context.Context, r, jac, x []float64) (f float64, err error)

	// Value returns f(x) alone. Optional: give it where it is much cheaper than
	// Linearize. Values are then compared with values only, so that the two may
	// differ by their numerical errors.
	Value func(ctx context.Context, x []float64) (f float64, err error)
}

// LeastSquares is a Levenberg-Marquardt method with a trust region and bounds.
//
// Each step solves the bounded problem min |J d + r|^2 + lambda |D d|^2,
// lo <= x+d <= hi, by QR and an active set, with lambda such that |D d| stays
// within the trust radius. D_j is the norm of column j of J, or its norm at earlier
// points, which fades by a tenth an iteration. The radius follows the ratio of the
// true decrease of f to the model's. J may have any rank. A solution on a bound is
// exactly on it, and a parameter leaves a bound as soon as the model falls inward.
// J may have any rank: the step does not go along directions in which J is flat to
// its accuracy (RankTol). A failed evaluation, or one that is not finite, is a rejected step.
//
// Where residuals are large, J^T J is a poor Hessian. A secant estimate of what it
// leaves out is kept beside it and used while it foretells f better; then
// convergence is superlinear there too.
//
// How it ends. The Newton decrement delta is the decrease that the undamped step
// inside the bounds promises: for a likelihood, half the squared length of the step
// in standard errors. It is the same however parameters are scaled, and stays
// large on plateaus, where gradients are small. The search has converged when
//
//	delta <= FTol 1/2 |r|^2 + AbsTol,
//
// or when the undamped step is negligible in every parameter, or the gradient is.
// A small damped step never counts. Where delta is small and f can no longer tell
// a better point from a worse one (a decrease of 1e-16 of f cannot be seen), a step
// is taken if delta falls by half at its end. Where no step can be confirmed, neither
// by f nor by delta, the search ends as ConvergedNoise if delta is below
// ObjectiveNoise or rounding, or if the slope is worth less than a thousand times that
// over a change of every parameter by its own size; and as Stalled if not.
//
// Cost of an iteration: one Linearize, about one Value, 2 m n^2 operations and a few
// QR factorisations of 2n x n. It allocates nothing of its own per iteration (the
// matrix kernels use goroutines when m n^2 is in the millions).
//
// Moré, "The Levenberg-Marquardt algorithm: implementation and theory" (1978);
// Dennis, Gay, Welsch, "An adaptive nonlinear least-squares algorithm" (1981), for the
// secant estimate and the competition of the two models. The convergence test is
// the squared relative offset of Bates, Watts, "A relative offset orthogonality
// convergence criterion for nonlinear least squares", Technometrics 23 (1981).
type LeastSquares struct {
	FTol           float64 // default 1e-16: steps of 1e-8 sqrt(m) standard errors
	AbsTol         float64 // a decrease of f that does not matter, in units of f; default 0
	XTol           float64 // undamped step of each parameter against its largest magnitude so far; default 1e-14
	GTol           float64 // largest component of the projected gradient; default 0: exactly zero
	RankTol        float64 // accuracy of J, relative to its columns: directions flatter than that are flat; default 1e-12
	ObjectiveNoise float64 // error of f between neighbouring points, in units of f; default: rounding
	MaxIterations  int     // default 1000
	FirstRadius    float64 // trust radius of the first step against |D x|; default 1

	Progress func(Progress) // called before each step; may be nil
}

var _ Method[Residuals] = LeastSquares{}

// Minimize searches from x0, moved into the bounds. It panics where lengths differ
// or the bounds fail their Check.
func (m LeastSquares) Minimize(ctx context.Context, p Residuals, b Bounds, x0 []float64) Result {
	s := m.Start(p, b, x0)
	return s.Continue(ctx, p, s.s.MaxIterations)
}

// Search is a search by LeastSquares that can be interrupted and continued.
type Search struct {
	s    *trustRegion
	open bool
}

// Start prepares a search from x0, moved into the bounds, and evaluates nothing. It
// panics as Minimize does.
func (m LeastSquares) Start(p Residuals, b Bounds, x0 []float64) *Search {
	checkStart(p.Dim, b, x0)
	if p.Rows < 0 || p.Linearize == nil {
		panic(fmt.Sprintf("minimize: residuals with %d rows, Linearize given: %t", p.Rows, p.Linearize != nil))
	}
	if m.FTol == 0 {
		m.FTol = 1e-16
	}
	if m.XTol == 0 {
		m.XTol = 1e-14
	}
	if m.RankTol == 0 {
		m.RankTol = 1e-12
	}
	if m.MaxIterations == 0 {
		m.MaxIterations = 1000
	}
	if m.FirstRadius == 0 {
		m.FirstRadius = 1
	}
	return &Search{s: newTrustRegion(m, p, b, x0)}
}

// Continue goes on until the search ends or has made so many iterations in all; then its
// Status is MaxIterations, and it can be continued, to the same result as without the
// interruption. p must be the same objective each time: the functions may differ, for
// another goroutine has scratch memory of its own.
func (s *Search) Continue(ctx context.Context, p Residuals, iterations int) Result {
	s.s.ctx, s.s.p = ctx, p
	res := s.s.result(s.s.run(min(iterations, s.s.MaxIterations)))
	s.open = res.Status == MaxIterations && res.Iterations < s.s.MaxIterations
	return res
}

// Open reports whether the search has been interrupted by the limit of Continue.
func (s *Search) Open() bool { return s.open }
