package sensitivity

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// Variant is the way in which [Continuous] knows the state while it goes backward.
type Variant int

const (
	// Interpolating keeps the steps of the forward solution and interpolates.
	Interpolating Variant = iota
	// Backsolve solves the state backward together with its adjoint.
	Backsolve
	// Gauss is Interpolating with the integral of dL/dp outside the differential
	// equation: a quadrature on every step with an error control of its own. The
	// equation to solve has the size of the state, whatever the number of parameters.
	Gauss
	// Quadrature is Gauss with the adjoint kept, and the integral taken when it is
	// known everywhere, so that every step is judged by the size of the whole.
	Quadrature
)

func (v Variant) String() string {
	switch v {
	case Backsolve:
		return "backsolve"
	case Gauss:
		return "gauss"
	case Quadrature:
		return "quadrature"
	}
	return "interpolating"
}

// Continuous solves the adjoint equation backward from T1 to T0,
//
//	da/dt = -f_y^T a - g_y,   a(T1) = 0,   a += dl_k/dy at every t_k,
//	dL/dp = integral of f_p^T a + g_p dt + sum_k dl_k/dp + (dy0/dp)^T a(T0),
//
// with steps of its own, which stop at every observation and at every break. It is
// the derivative of the solution, not of the steps: the gradient is as accurate as
// the tolerances say, and not the exact derivative of the computed loss.
//
// In the error control, the adjoint and each single integral of dL/dp are blocks of
// their own; the worst decides. The relative tolerance is that of the settings. The
// absolute one is chosen so that a typical state, parameter or loss would feel it
// as it feels AbsTol in the state: with sigma the largest dl_k/dy and with y the
// largest state, AbsTol*sigma/|y| for the adjoint and AbsTol*sigma/|p_i| for
// dL/dp_i.
//
// Settings.Grid is for the forward solution alone.
type Continuous struct {
	Variant Variant
	// Solver is the method of the backward pass. Nil means that of the forward solution,
	// and a one-step method of the same kind where that is BDF, Adams or Auto: every
	// observation is a fresh start, which takes multistep methods back to order 1.
	Solver integrate.Method
	// Tighten multiplies both tolerances in the forward solution of Interpolating,
	// whose interpolant is less accurate than its steps. Zero means 0.1.
	Tighten float64
	// Drift is how far the state of Backsolve may depart from the forward solution
	// at an observation, a break or T0, in units of the tolerance. Beyond, the
	// gradient is refused with ErrDrift. Zero means 100.
	Drift float64
	// NoReset lets the state of Backsolve run on where it meets the forward
	// solution; otherwise it starts from that again.
	NoReset bool
	// KeepAdjoint fills Result.Adjoint.
	KeepAdjoint bool
}

var _ Method = Continuous{}

func (c Continuous) String() string { return c.Variant.String() }

// companion is the state beside its adjoint on the way back.
type companion[S any] interface {
	// states is the number of states that the bundle carries for it.
	states() int
	// prepare sets them in the bundle at T1, and their tolerances.
	prepare(start *space.Bundle[S], sp *space.Bundles[S])
	// state returns y at t, valid until the next call.
	state(t float64, b *space.Bundle[S]) S
	// rhs sets the derivatives of the states in the bundle.
	rhs(db *space.Bundle[S], t float64, y S) error
	// known returns y of the forward solution at an observation, a break, T0 or T1,
	// valid until the next call.
	known(t float64) S
	// meet compares the bundle with the forward solution at such a time, and may
	// correct it.
	meet(t float64, b *space.Bundle[S]) error
	// depart sets the bundle to the state before the events of an instant.
	depart(at *instant[S], b *space.Bundle[S])
	// follow looks at the bundle after a step.
	follow(b *space.Bundle[S]) error
	// largest returns the size of the largest state.
	largest() float64
}

// continuous fills in the accounts.
func continuous[S any](ctx context.Context, as []*account[S], method Continuous, set *Settings) error {
	m := as[0].m
	if m.sys.VJP == nil {
		return fmt.Errorf("sensitivity: System.VJP: %w", ErrNoDerivative)
	}
	if err := method.suits(m.sys.Mass != nil, set.solver()); err != nil {
		return err
	}
	var y companion[S]
	var err error
	switch method.Variant {
	case Interpolating, Gauss, Quadrature:
		y, err = newInterpolating(ctx, m, method, set)
	case Backsolve:
		y, err = newBacksolve(ctx, as, method, set)
	default:
		return fmt.Errorf("sensitivity: unknown Variant %d", method.Variant)
	}
	if err != nil {
		return inPass(ForwardPass, err)
	}
	for _, a := range as {
		b, err := newBackward(a, y, method)
		if err != nil {
			return err
		}
		if err := b.run(ctx, set); err != nil {
			return err
		}
	}
	return nil
}

// suits refuses what the backward pass cannot do, before the forward one is made.
func (c Continuous) suits(mass bool, solver integrate.Method) error {
	if mass {
		return fmt.Errorf("sensitivity: %w; take Discrete or Forward", ErrMassContinuous)
	}
	if c.Solver != nil {
		solver = c.Solver
	}
	if c.Variant != Backsolve {
		return nil
	}
	switch solver.(type) {
	case integrate.Rosenbrock, integrate.ImplicitRungeKutta, integrate.RadauIIA5, integrate.BDF:
		return fmt.Errorf("sensitivity: Backsolve does not go backward by %v: what is stiff forward is unstable backward; take another variant, such as gauss, or an explicit Continuous.Solver", solver)
	}
	return nil
}

// backward is the adjoint equation under way: a bundle of the adjoint, what the
// companion needs, and the integrals of dL/dp and of the running cost.
type backward[S any] struct {
	a       *account[S]
	y       companion[S]
	keep    bool
	sp      *space.Bundles[S]
	start   *space.Bundle[S]
	order   []int // observations in the order in which they are met
	leap    *leapBack[S]
	c, d    S         // scratch
	tmp     S         // scratch
	coef    []float64 // -1, -1
	terms   []S
	stepper integrate.Method

	np      int                   // integrals of dL/dp in the bundle
	outside *parameterIntegral[S] // or outside of it; else nil
	late    bool                  // when all steps are known
	pieces  []piece[S]
}

func newBackward[S any](a *account[S], y companion[S], method Continuous) (*backward[S], error) {
	sp := &space.Bundles[S]{Of: a.m.sp}
	np := a.m.sys.NumParams
	outside := method.Variant == Gauss || method.Variant == Quadrature
	if outside {
		np = 0
	}
	numbers := np
	if a.loss.G != nil {
		numbers++ // the running cost is the last
	}
	b := &backward[S]{
		a: a, y: y, keep: method.KeepAdjoint, sp: sp, stepper: method.Solver,
		start: sp.Make(a.m.y0, y.states(), numbers),
		order: inOrder(nil, a.loss.Times, -a.m.dir()),
		c:     a.m.sp.New(a.m.y0), d: a.m.sp.New(a.m.y0), tmp: a.m.sp.New(a.m.y0),
		coef: []float64{-1, -1}, terms: make([]S, 0, 2),
		np: np, late: method.Variant == Quadrature,
	}
	if outside {
		b.outside = &parameterIntegral[S]{}
	}
	y.prepare(b.start, sp)
	var err error
	b.leap, err = newLeapBack(a)
	return b, err
}

// run solves from T1 to T0 and closes the account.
func (b *backward[S]) run(ctx context.Context, set *Settings) error {
	m, s := b.a.m, set.Settings
	s.Times, s.Grid, s.Acted, s.AbsTols = nil, nil, nil, nil
	if err := b.tolerances(&s, set); err != nil {
		return b.fail(m.end, 0, err)
	}
	if b.stepper == nil {
		b.stepper = set.solver()
	}
	p := integrate.Problem[*space.Bundle[S]]{
		F: b.rhs, T0: m.end, T1: m.T0, Y0: b.start, Space: b.sp, Breaks: b.breaks(), Events: b.events(),
		Newton: b.newton(),
	}
	run := integrate.Start(ctx, p, b.stepper, &s)
	for step := range run.Steps() {
		if err := b.y.follow(step.Y1); err != nil {
			return b.fail(step.T1, step.Index+1, err)
		}
		if err := b.integrate(step); err != nil {
			return b.fail(step.T1, step.Index+1, err)
		}
		if b.keep && !slices.ContainsFunc(p.Events, func(e integrate.Event[*space.Bundle[S]]) bool { return e.At == step.T1 }) {
			k := b.knot(step.T1, step.Y1.Y)
			k.After = k.Before
		}
	}
	stats := run.Stats()
	m.stats.Backward += stats.Steps
	m.stats.Rejected += stats.Rejected
	if err := run.Err(); err != nil {
		return inPass(BackwardPass, err)
	}
	_, end := run.State()
	slices.Reverse(b.a.res.Adjoint)
	m.sp.Copy(b.a.res.Y0, end.Y)
	if err := b.integrals(end.Q); err != nil {
		return b.fail(m.T0, stats.Steps, err)
	}
	if b.a.loss.G != nil {
		b.a.res.Value += end.Q[len(end.Q)-1]
	}
	if err := b.a.foldInitial(); err != nil {
		return err
	}
	if err := b.a.start(); err != nil {
		return b.fail(m.T0, stats.Steps, err)
	}
	return b.a.ends(b.a.dot.Dot(b.a.f, end.Y), b.y.known(m.end))
}

// integrate adds a step to the integral outside, or keeps it for later.
func (b *backward[S]) integrate(step *integrate.Step[*space.Bundle[S]]) error {
	switch {
	case b.outside == nil:
		return nil
	case b.late:
		of, err := step.Keep()
		if err != nil {
			return err
		}
		b.pieces = append(b.pieces, piece[S]{step.T0, step.T1, of})
		return nil
	}
	return b.outside.add(step)
}

// integrals adds the integral of dL/dp to the result.
func (b *backward[S]) integrals(q []float64) error {
	if b.outside != nil {
		if err := b.outside.all(b.pieces); err != nil {
			return err
		}
		q = b.outside.sum
	}
	for i := range b.a.res.P {
		b.a.res.P[i] += q[i]
	}
	return nil
}

// rhs sets the derivatives of the bundle.
func (b *backward[S]) rhs(db *space.Bundle[S], t float64, z *space.Bundle[S]) error {
	m, loss := b.a.m, b.a.loss
	y := b.y.state(t, z)
	clear(db.Q)
	np := b.np
	var gp []float64 // nil: not wanted here
	if b.outside == nil {
		gp = db.Q[:np]
	}
	if err := m.vjp(b.d, gp, t, y, z.Y); err != nil {
		return err
	}
	b.terms = append(b.terms[:0], b.d)
	if loss.G != nil {
		g, err := loss.G(t, y, m.P)
		if err != nil {
			return err
		}
		db.Q[np] = g
		if loss.Gp != nil && gp != nil {
			if err := loss.Gp(gp, t, y, m.P); err != nil {
				return err
			}
		}
		if loss.Gy != nil {
			if err := loss.Gy(b.tmp, t, y, m.P); err != nil {
				return err
			}
			b.terms = append(b.terms, b.tmp)
		}
	}
	m.sp.AddScaled(db.Y, m.zero, b.coef[:len(b.terms)], b.terms)
	for i := range db.Q {
		db.Q[i] = -db.Q[i]
	}
	return b.y.rhs(db, t, y)
}

// breaks returns where the right-hand side of the adjoint jumps: at breaks, and at
// events, where the state does.
func (b *backward[S]) breaks() []float64 {
	m := b.a.m
	times := slices.Clone(m.breaks)
	for _, at := range m.instants {
		times = append(times, at.t)
	}
	return times
}

// events returns what happens at the end, T0, observations, breaks and events.
func (b *backward[S]) events() []integrate.Event[*space.Bundle[S]] {
	m := b.a.m
	times := []float64{m.end, m.T0}
	for _, t := range b.a.loss.Times {
		times = append(times, m.clip(t))
	}
	for _, t := range b.breaks() {
		if t >= min(m.T0, m.end) && t <= max(m.T0, m.end) {
			times = append(times, t)
		}
	}
	slices.Sort(times)
	var events []integrate.Event[*space.Bundle[S]]
	for _, t := range slices.Compact(times) {
		events = append(events, integrate.Event[*space.Bundle[S]]{At: t, Apply: b.stop})
	}
	return events
}

// stop acts at one time: the terms of the loss there add to the adjoint, which then
// crosses events and breaks.
func (b *backward[S]) stop(z *space.Bundle[S], t float64) error {
	a := b.a
	if err := b.y.meet(t, z); err != nil {
		return err
	}
	y := b.y.known(t)
	var kept *Knot[S]
	if b.keep {
		kept = b.knot(t, z.Y)
	}
	for len(b.order) > 0 && a.m.clip(a.loss.Times[b.order[0]]) == t {
		if err := a.observe(b.c, b.order[0], y); err != nil {
			return err
		}
		a.m.sp.AddScaled(z.Y, z.Y, []float64{1}, []S{b.c})
		b.order = b.order[1:]
	}
	if kept != nil {
		kept.After = a.m.sp.New(y)
		a.m.sp.Copy(kept.After, z.Y)
	}
	at := a.m.met(t)
	if at == nil {
		return b.leap.cross(z.Y, t, y, nil)
	}
	b.y.depart(at, z)
	return b.leap.cross(z.Y, t, at.before, at.acted)
}

// knot appends the adjoint at t, before a jump, to the result.
func (b *backward[S]) knot(t float64, adjoint S) *Knot[S] {
	k := Knot[S]{T: t, Before: b.a.m.sp.New(adjoint)}
	b.a.m.sp.Copy(k.Before, adjoint)
	b.a.res.Adjoint = append(b.a.res.Adjoint, k)
	return &b.a.res.Adjoint[len(b.a.res.Adjoint)-1]
}

// tolerances sets those of the backward pass, as the comment of [Continuous] says.
func (b *backward[S]) tolerances(s *integrate.Settings, set *Settings) error {
	m, tol := b.a.m, set.Tolerance()
	sigma, err := b.largestSeed()
	if err != nil {
		return err
	}
	if sigma == 0 {
		sigma = 1
	}
	y := b.y.largest()
	if y == 0 {
		y = 1
	}
	s.RelTol, s.AbsTol = tol.Rel, tol.Abs*sigma/y
	b.sp.Numbers = make([]float64, len(b.start.Q))
	abs := make([]float64, len(m.P))
	for i := range m.P {
		abs[i] = tol.Abs * sigma / set.scale(i, m.P[i])
	}
	if b.outside != nil {
		b.outside = newParameterIntegral(b, tol.Rel, abs)
	}
	copy(b.sp.Numbers[:b.np], abs)
	if b.a.loss.G != nil {
		b.sp.Numbers[b.np] = tol.Abs
	}
	return nil
}

// largestSeed returns the size of the largest dl_k/dy, and of g_y at the ends
// times the length of the interval.
func (b *backward[S]) largestSeed() (float64, error) {
	m, loss := b.a.m, b.a.loss
	var sigma float64
	if loss.Ly != nil {
		for k, t := range loss.Times {
			if err := loss.Ly(b.c, k, b.y.known(m.clip(t)), m.P); err != nil {
				return 0, fmt.Errorf("derivative of loss term %d: %w", k, err)
			}
			sigma = max(sigma, m.size(b.c))
		}
	}
	if loss.Gy != nil {
		for _, t := range []float64{m.T0, m.end} {
			if err := loss.Gy(b.c, m.within(t), b.y.known(t), m.P); err != nil {
				return 0, err
			}
			sigma = max(sigma, m.size(b.c)*math.Abs(m.T1-m.T0))
		}
	}
	return sigma, nil
}

func (b *backward[S]) fail(t float64, step int, reason error) error {
	return inPass(BackwardPass, &Error{Phase: BackwardPass, T: t, Step: step, Component: -1, Reason: reason})
}
