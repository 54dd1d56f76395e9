package integrate

import (
	"fmt"
	"math"
	"slices"

	"github.com/odefit/odefit/integrate/space"
)

// Rosenbrock is a Method that solves linear systems with the Jacobian at the start of
// the step, and nothing iteratively.
type Rosenbrock interface {
	Method
	// Coefficients returns the coefficients, which must not be changed.
	Coefficients() *RosenbrockTableau
}

// ExactSolver is a [Newton] whose Solve leaves out a part of the Jacobian, which an
// iteration makes up for. Rosenbrock methods do not iterate and ask for SolveExact.
type ExactSolver[S any] interface {
	// LinearizeExact is Linearize for solutions by SolveExact.
	LinearizeExact(t float64, y S) error
	// SolveExact overwrites r with (M - g f_y)^-1 r, all of f_y taken into account.
	SolveExact(r S) error
}

// rosenbrock is the stepper of every Rosenbrock method. The Jacobian, f and f_t at the
// start of a step are kept while the error control rejects it. A step depends on
// nothing that came before it.
type rosenbrock[S any] struct {
	rhs         rhs[S]
	tab         *RosenbrockTableau
	sp          space.Space[S]
	newton      Newton[S]
	linearize   func(t float64, y S) error
	solve       func(r S) error
	ft          func(ft S, t float64, y S) error // nil: by differences
	autonomous  bool
	mass        bool
	extends     []bool // row i of A, then M, is the row before and one entry more
	u           []S    // stages of the last attempt
	terms       []S    // terms of one sum
	c           []float64
	arg         S
	f0, f1, dt  S // f at the start and at the last stage, f_t
	f, zero, mu S
	ready       bool // Jacobian and f0 are those of the start of the next step
	begun       bool // f0 alone is
	t0, t1      float64
	y0          S
}

func newRosenbrock[S any](p *Problem[S], tab *RosenbrockTableau, stats *Stats) (*rosenbrock[S], error) {
	newton, err := NewNewton(p, stats)
	if err != nil {
		return nil, fmt.Errorf("integrate: %s: %w", tab.Name, err)
	}
	s := tab.Stages()
	make1 := func() S { return p.Space.New(p.Y0) }
	m := &rosenbrock[S]{
		rhs: rhs[S]{f: p.F, last: math.Inf(1), stats: stats},
		tab: tab, sp: p.Space, newton: newton, linearize: newton.Linearize, solve: newton.Solve,
		ft: p.TimeDerivative, autonomous: p.Autonomous, mass: hasMass(p),
		u: make([]S, s), terms: make([]S, 0, s+2), c: make([]float64, s+2), extends: make([]bool, s+1),
		arg: make1(), f0: make1(), f1: make1(), dt: make1(), f: make1(), zero: make1(), mu: make1(),
	}
	if x, ok := newton.(ExactSolver[S]); ok {
		m.linearize, m.solve = x.LinearizeExact, x.SolveExact
	}
	for i := range m.u {
		m.u[i] = make1()
	}
	rows := append(slices.Clone(tab.A), tab.M)
	for i := 1; i <= s; i++ {
		m.extends[i] = slices.Equal(rows[i][:i-1], rows[i-1])
	}
	return m, nil
}

func (m *rosenbrock[S]) Order() (p, estimate int) { return m.tab.Order, m.tab.Estimate }
func (m *rosenbrock[S]) Bound(last float64)       { m.rhs.last = last }

func (m *rosenbrock[S]) Accept() {
	m.ready = false
	if m.begun = m.tab.FSAL; m.begun {
		m.f0, m.f1 = m.f1, m.f0
	}
}

func (m *rosenbrock[S]) Reset()  { m.ready, m.begun = false, false }
func (m *rosenbrock[S]) Reject() { m.ready, m.begun = false, false }

// Stages returns the increments u_i of the last attempt: valid until the next, and to
// be asked for before Accept.
func (m *rosenbrock[S]) Stages() []S { return m.u }

// Attempt implements [Stepper].
func (m *rosenbrock[S]) Attempt(y1, e S, t, t1 float64, y S) error {
	h := t1 - t
	m.t0, m.t1, m.y0 = t, t1, y
	if err := m.begin(); err != nil {
		return err
	}
	if err := m.slope(); err != nil {
		return err
	}
	m.rhs.stats.Factorizations++
	if err := m.newton.Factor(h * m.tab.Gamma); err != nil {
		return fmt.Errorf("%w: %w", ErrNewton, err)
	}
	for i := range m.u {
		if err := m.stage(i); err != nil {
			return err
		}
	}
	m.advance(y1, len(m.u), m.tab.M)
	c, k := m.c[:0], m.terms[:0]
	for i, v := range m.tab.E {
		if v != 0 {
			c, k = append(c, v), append(k, m.u[i])
		}
	}
	m.sp.AddScaled(e, m.zero, c, k)
	return nil
}

// begin evaluates f and the Jacobian at the start of the step.
func (m *rosenbrock[S]) begin() error {
	if m.ready {
		return nil
	}
	if !m.begun {
		if err := m.rhs.eval(m.f0, m.t0, m.y0); err != nil {
			return err
		}
		m.begun = true
	}
	m.rhs.stats.Jacobians++
	if err := m.linearize(min(m.t0, m.rhs.last), m.y0); err != nil {
		return err
	}
	m.ready = true
	return nil
}

// slopeStep is the distance of the times of a time derivative by differences, in steps.
// Its error, h^2 f_ttt slopeStep^2/3, times h^2, is far below that of a step of order 5
// at any h worth taking.
const slopeStep = 1. / 1024

// slope sets dt to f_t: the one given, or the difference of second order from three
// times at the beginning of the step, none of which lies outside it.
func (m *rosenbrock[S]) slope() error {
	if m.autonomous {
		return nil
	}
	last := m.rhs.last
	t := min(m.t0, last)
	if m.ft != nil {
		return m.ft(m.dt, t, m.y0)
	}
	times, weights := TimeDifference(m.t0, m.t1, last)
	if weights == [3]float64{} {
		m.sp.Copy(m.dt, m.zero)
		return nil
	}
	if err := m.rhs.eval(m.dt, times[1], m.y0); err != nil {
		return err
	}
	if err := m.rhs.eval(m.f, times[2], m.y0); err != nil {
		return err
	}
	c, k := append(m.c[:0], weights[:]...), append(m.terms[:0], m.f0, m.dt, m.f)
	m.sp.AddScaled(m.arg, m.zero, c, k)
	m.dt, m.arg = m.arg, m.dt
	return nil
}

// TimeDifference returns the three times and weights of the difference of second order
// by which a Rosenbrock step from t0 to t1 approximates f_t where no time derivative is
// given: f_t = sum_i weights_i f(times_i, y0). No time passes last. The weights are zero
// in a step of some spacings of time, where h^2 f_t is below rounding.
func TimeDifference(t0, t1, last float64) (times, weights [3]float64) {
	h, t := t1-t0, min(t0, last)
	ta, tb := min(t0+slopeStep*h, last), min(t0+2*slopeStep*h, last)
	times = [3]float64{t, ta, tb}
	a, b := ta-t, tb-t
	if a == 0 || b == a {
		return times, weights
	}
	return times, [3]float64{-(a + b) / (a * b), b / (a * (b - a)), -a / (b * (b - a))}
}

// stage solves for u_i.
func (m *rosenbrock[S]) stage(i int) error {
	tab, h := m.tab, m.t1-m.t0
	f := m.f0
	if i > 0 {
		m.advance(m.arg, i, tab.A[i])
		f = m.f
		if tab.FSAL && i == len(m.u)-1 {
			f = m.f1
		}
		if err := m.rhs.eval(f, StageTime(m.t0, m.t1, tab.Times[i]), m.arg); err != nil {
			return err
		}
	}
	g := tab.Gamma
	if m.mass && i > 0 {
		c, k := m.c[:0], m.terms[:0]
		for j, v := range tab.C[i] {
			c, k = append(c, g*v), append(k, m.u[j])
		}
		m.sp.AddScaled(m.u[i], m.zero, c, k)
		m.newton.MultiplyMass(m.mu, m.u[i])
	}
	c, k := append(m.c[:0], h*g), append(m.terms[:0], f)
	if d := tab.D[i]; d != 0 && !m.autonomous {
		c, k = append(c, h*h*g*d), append(k, m.dt)
	}
	switch {
	case i == 0:
	case m.mass:
		c, k = append(c, 1), append(k, m.mu)
	default:
		for j, v := range tab.C[i] {
			c, k = append(c, g*v), append(k, m.u[j])
		}
	}
	m.sp.AddScaled(m.u[i], m.zero, c, k)
	if err := m.solve(m.u[i]); err != nil {
		return fmt.Errorf("%w: %w", ErrNewton, err)
	}
	return nil
}

// advance sets dst = y + sum_(j<n) a_j u_j. Where row n only extends the row before,
// whose sum is in arg, one term is added.
func (m *rosenbrock[S]) advance(dst S, n int, a []float64) {
	if n > 1 && m.extends[n] {
		m.sp.AddScaled(dst, m.arg, a[n-1:n], m.u[n-1:n])
		return
	}
	m.sp.AddScaled(dst, m.y0, a[:n], m.u[:n])
}

func (m *rosenbrock[S]) Interpolate(dst S, t float64) {
	h := m.t1 - m.t0
	w := m.c[:len(m.u)]
	m.tab.Weights(w, (t-m.t0)/h)
	m.sp.AddScaled(dst, m.y0, w, m.u)
}

func (m *rosenbrock[S]) Keep() Interpolant[S] {
	return &rosenbrockStep[S]{sp: m.sp, tab: m.tab, t0: m.t0, t1: m.t1, y0: clone(m.sp, m.y0), u: cloneAll(m.sp, m.u)}
}

// rosenbrockStep is a kept interpolant.
type rosenbrockStep[S any] struct {
	sp     space.Space[S]
	tab    *RosenbrockTableau
	t0, t1 float64
	y0     S
	u      []S
}

func (r *rosenbrockStep[S]) At(dst S, t float64) {
	lent, w := borrowWeights(len(r.u))
	r.tab.Weights(w, (t-r.t0)/(r.t1-r.t0))
	r.sp.AddScaled(dst, r.y0, w, r.u)
	weightsPool.Put(lent)
}
