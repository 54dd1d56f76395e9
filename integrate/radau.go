package integrate

import (
	"errors"
	"fmt"
	"math"

	"github.com/odefit/odefit/integrate/space"
)

// RadauIIA5 is the collocation method of Radau on three points: order 5, L-stable and
// stiffly accurate, with stages of order 3 and an interpolant of order 4 (3 in the first
// step of a problem with a mass matrix, and in all that are recorded or on a given grid). It is for stiff problems and
// differential-algebraic ones of index 1 at any but the lowest accuracy.
//
// The three stages are solved together, by simplified Newton iterations in which they
// part into a real and a complex system. The Jacobian and the factors are kept while
// they serve. The method chooses its step sizes itself, by Gustafsson's predictive
// controller, and Settings.Controller has no effect. Its error estimate is of order 3;
// it is held against 0.1 RelTol^(2/3), which is what makes the error of the solution, of
// order 5, fall in proportion to RelTol.
//
// Source: Hairer, Wanner, Solving ODEs II, section IV.8; Gustafsson, ACM TOMS 20 (1994)
// 496.
type RadauIIA5 struct{}

var _ ImplicitRungeKutta = RadauIIA5{}

func (RadauIIA5) String() string { return "radau5" }

// ImplicitTableau implements [ImplicitRungeKutta]: the slope at the start, which the
// interpolant alone uses, and the three stages.
func (RadauIIA5) ImplicitTableau() *Tableau { return &radau5 }

// radau is the stepper of RadauIIA5. With A the matrix of the method, h A^-1 has the
// real eigenvalue 1/u and the pair 1/(a +- b i), and T^-1 A^-1 T is
//
//	( 1/u            )
//	(      alpha -beta )
//	(      beta  alpha ).
//
// z_i is the stage less y, and w = T^-1 z.
type radau[S any] struct {
	rhs    rhs[S]
	sp     space.Space[S]
	of     Newton[S]
	mass   bool
	lag    int // as in stageNewton
	tol    space.Tolerance
	z, old [3]S // of this step, of the one before
	w, f   [3]S
	r, mw  [3]S
	slope  S // at the start of the step
	next   S // at its end
	start  S // f there
	arg    S
	second S
	zero   S
	terms  []S
	c      []float64
	k      [4]S    // stages in the form of the tableau, for those who ask
	h, was float64 // size of the last attempt, of the last accepted step

	matrix   staleness
	begun    bool // slope is that of the start of the step
	sloped   bool // the interpolant of the last attempt may use slope
	before   bool // old and was are those of the step before
	unsure   bool // first step, or the last attempt was rejected
	afresh   bool
	left     float64    // theta/(1-theta)
	theta    float64    // worst of the last attempt
	turns    int        // Newton iterations of the last attempt
	errors   [2]float64 // norm of the error of the last accepted step; its size
	t0, t1   float64
	y0       S
	estimate float64 // factor of the error estimate
}

// staleness says what the matrices of a stepper are of.
type staleness struct {
	linear bool    // there is a Jacobian
	fresh  bool    // of the start of this step
	slow   bool    // it should be renewed for the next
	age    int     // accepted steps since it was made
	h      float64 // the factors are those of this step size; 0: none
}

func newRadau[S any](p *Problem[S], stats *Stats) (*radau[S], error) {
	of, err := NewNewton(p, stats)
	if err != nil {
		return nil, fmt.Errorf("integrate: radau5: %w", err)
	}
	make1 := func() S { return p.Space.New(p.Y0) }
	m := &radau[S]{
		rhs: rhs[S]{f: p.F, last: math.Inf(1), stats: stats}, sp: p.Space, of: of, mass: hasMass(p),
		slope: make1(), next: make1(), start: make1(), arg: make1(), second: make1(), zero: make1(),
		terms: make([]S, 0, 4), c: make([]float64, 4),
	}
	for i := range 3 {
		m.z[i], m.old[i], m.w[i], m.f[i], m.r[i], m.mw[i] = make1(), make1(), make1(), make1(), make1(), make1()
	}
	m.lag = lagOf(of)
	m.setTolerance((&Settings{}).Tolerance())
	m.Reset()
	return m, nil
}

func (m *radau[S]) setTolerance(tol space.Tolerance) {
	m.tol, m.estimate = tol, 1
	if tol.Rel > 0 && tol.Rel < 1e-3 {
		m.estimate = 10 * math.Cbrt(tol.Rel)
	}
}

func (m *radau[S]) repeatable()              { m.afresh = true }
func (m *radau[S]) Order() (p, estimate int) { return 5, 3 }
func (m *radau[S]) Bound(last float64)       { m.rhs.last = last }
func (m *radau[S]) Reject()                  { m.unsure = true }
func (m *radau[S]) Reset() {
	m.begun, m.before, m.unsure, m.left = false, false, true, 1
	m.matrix = staleness{}
	m.errors = [2]float64{}
}

// Accept implements [Stepper].
func (m *radau[S]) Accept() {
	m.unsure, m.was = false, m.h
	m.before, m.begun = !m.afresh, !m.afresh
	m.old, m.z = m.z, m.old
	m.slope, m.next = m.next, m.slope
	x := &m.matrix
	x.fresh = false
	x.age++
	x.slow = m.theta > radauSlow || x.age >= maxAge || m.afresh
}

const (
	radauTol   = 3e-2 // error of the stages that is left, in units of the tolerance of a step
	radauSlow  = 0.1  // theta above which the Jacobian is renewed for the next step
	radauTurns = 10   // Newton iterations of a step, at most
)

// Attempt implements [Stepper].
func (m *radau[S]) Attempt(y1, e S, t, t1 float64, y S) error {
	m.h, m.t0, m.t1, m.y0 = t1-t, t, t1, y
	if err := m.begin(); err != nil {
		return err
	}
	err := m.solve()
	if err != nil && !m.matrix.fresh && errors.Is(err, ErrNewton) {
		if err = m.renew(true); err == nil {
			err = m.solve()
		}
	}
	if err != nil {
		return err
	}
	m.add(y1, y, 1, m.z[2])
	m.sum(m.next, 1/m.h, radauEndSlope[:], &m.z)
	if err := m.assess(e, y1); err != nil {
		return err
	}
	m.sp.AddScaled(e, m.zero, append(m.c[:0], m.estimate), append(m.terms[:0], m.arg))
	return nil
}

// begin makes f at the start, the matrices and the first guess.
func (m *radau[S]) begin() error {
	if !m.begun {
		if err := m.rhs.eval(m.start, m.t0, m.y0); err != nil {
			return err
		}
		m.sloped = !m.mass
		if m.sloped {
			m.sp.Copy(m.slope, m.start)
		}
		m.begun = true
	} else if m.before {
		m.sloped = true
		if m.mass {
			m.of.MultiplyMass(m.start, m.slope)
		} else {
			m.sp.Copy(m.start, m.slope)
		}
	}
	if err := m.renew(!m.matrix.linear || m.matrix.slow && !m.matrix.fresh); err != nil {
		return err
	}
	if !m.before {
		for i := range 3 {
			m.sp.Copy(m.z[i], m.zero)
			m.sp.Copy(m.w[i], m.zero)
		}
		return nil
	}
	for i, c := range radauC { // the polynomial of the step before, beyond its end
		l := radauWeights(1 + c*m.h/m.was)
		l[2]--
		m.sum(m.z[i], 1, l[:], &m.old)
	}
	for i := range 3 {
		m.sum(m.w[i], 1, radauTI[i][:], &m.z)
	}
	return nil
}

// renew makes the Jacobian, where asked to, and the factors, where they are of another
// size of step.
func (m *radau[S]) renew(jacobian bool) error {
	x := &m.matrix
	if jacobian {
		m.rhs.stats.Jacobians++
		*x = staleness{}
		if err := m.of.Linearize(min(m.t0, m.rhs.last), m.y0); err != nil {
			return err
		}
		x.linear, x.fresh = true, true
	}
	if x.h == m.h {
		return nil
	}
	m.rhs.stats.Factorizations++
	x.h, m.left = 0, 1
	if err := m.of.Factor(m.h * radauU); err != nil {
		return fmt.Errorf("%w: %w", ErrNewton, err)
	}
	if err := m.of.FactorComplex(0, complex(m.h, 0)*radauPair); err != nil {
		return fmt.Errorf("%w: %w", ErrNewton, err)
	}
	x.h = m.h
	return nil
}

// solve iterates until z solves the stage equations.
func (m *radau[S]) solve() error {
	limit, turns := radauTol, radauTurns
	if m.afresh {
		limit, turns, m.left = roundingIn(m.tol), maxExact, 1
	} else {
		m.left = math.Pow(max(m.left, 1e-16), 0.8)
	}
	m.theta, m.turns = 0, 0
	var last float64
	var noise noise
	for iter := range turns {
		size, err := m.iterate()
		if err != nil {
			return err
		}
		if size <= 1e-3*limit {
			return nil
		}
		if iter > m.lag {
			theta := size / last
			if m.afresh && noise.reached(size, theta) {
				return nil
			}
			m.theta = max(m.theta, theta)
			if theta >= 1 && noise == 0 || !m.afresh && size*math.Pow(theta, float64(radauTurns-1-iter)) > (1-theta)*limit {
				return ErrNewton
			}
			m.left = theta / (1 - theta)
		}
		if size*m.left <= limit {
			return nil
		}
		last = size
	}
	return ErrNewton
}

// iterate takes one Newton step for w and z, and returns its size.
func (m *radau[S]) iterate() (float64, error) {
	m.rhs.stats.Newton++
	m.turns++
	for i, c := range radauC {
		m.add(m.arg, m.y0, 1, m.z[i])
		if err := m.rhs.eval(m.f[i], StageTime(m.t0, m.t1, c), m.arg); err != nil {
			return 0, err
		}
	}
	for i := range 3 {
		mw := m.w[i]
		if m.mass {
			m.of.MultiplyMass(m.mw[i], mw)
			mw = m.mw[i]
		}
		m.c[0] = -1
		for j := range 3 {
			m.c[1+j] = m.h * radauRHS[i][j]
		}
		m.sp.AddScaled(m.r[i], m.zero, m.c[:4], append(m.terms[:0], mw, m.f[0], m.f[1], m.f[2]))
	}
	if err := m.of.Solve(m.r[0]); err != nil {
		return 0, fmt.Errorf("%w: %w", ErrNewton, err)
	}
	if err := m.of.SolveComplex(0, m.r[1], m.r[2]); err != nil {
		return 0, fmt.Errorf("%w: %w", ErrNewton, err)
	}
	var size float64
	for i := range 3 {
		m.add(m.w[i], m.w[i], 1, m.r[i])
		d := m.sp.Norm(m.r[i], m.y0, m.arg, m.tol)
		size += d * d / 3
	}
	if !finite(size) {
		return 0, ErrNewton
	}
	for i := range 3 {
		m.sum(m.z[i], 1, radauT[i][:], &m.w)
	}
	return math.Sqrt(size), nil
}

// assess leaves the error estimate in arg:
//
//	(M - h u f_y)^-1 h u (f(t, y) + M (e_1 z_1 + e_2 z_2 + e_3 z_3)/h),
//
// and, in a first step or after a rejection, the same once more with f at y plus that
// estimate in place of f(t, y), where it fails: a stiff component far from its
// manifold then does not hold the step back.
func (m *radau[S]) assess(e, y1 S) error {
	m.sum(m.second, 1, radauE[:], &m.z)
	if m.mass {
		m.of.MultiplyMass(e, m.second)
		m.sp.Copy(m.second, e)
	}
	f := m.start
	for again := false; ; again = true {
		c, k := append(m.c[:0], m.h*radauU, radauU), append(m.terms[:0], f, m.second)
		m.sp.AddScaled(m.arg, m.zero, c, k)
		if err := m.of.Solve(m.arg); err != nil {
			return fmt.Errorf("%w: %w", ErrNewton, err)
		}
		if again || !m.unsure || !(m.estimate*m.sp.Norm(m.arg, m.y0, y1, m.tol) >= 1) {
			return nil
		}
		m.add(e, m.y0, 1, m.arg)
		if err := m.rhs.eval(m.f[0], m.t0, e); err != nil {
			return err
		}
		f = m.f[0]
	}
}

// Choose implements [Chooser]: Gustafsson's predictive controller, with a dead band in
// which size and factors are kept.
func (m *radau[S]) Choose(err float64, accepted bool) float64 {
	safety := 0.9 * float64(1+2*radauTurns) / float64(m.turns+2*radauTurns)
	err = max(err, 1e-10)
	factor := safety / math.Sqrt(math.Sqrt(err))
	if !accepted {
		m.unsure = true
		return min(max(factor, 0.125), 0.9)
	}
	if prev, h := m.errors[0], m.errors[1]; prev > 0 {
		factor = min(factor, safety*math.Abs(m.h/h)*math.Sqrt(math.Sqrt(prev/err))/math.Sqrt(math.Sqrt(err)))
	}
	m.errors = [2]float64{max(1e-2, err), m.h}
	factor = min(max(factor, 0.125), 8)
	if factor > 1 && factor < 1.2 && m.theta <= radauSlow && !m.afresh {
		return 1
	}
	return factor
}

// add sets dst = x + c*k, where k is not dst.
func (m *radau[S]) add(dst, x S, c float64, k S) {
	m.sp.AddScaled(dst, x, append(m.c[:0], c), append(m.terms[:0], k))
}

// sum sets dst = h sum_j b_j k_j.
func (m *radau[S]) sum(dst S, h float64, b []float64, k *[3]S) {
	c := m.c[:3]
	for j, v := range b {
		c[j] = h * v
	}
	m.sp.AddScaled(dst, m.zero, c, k[:])
}

// tableau implements [various].
func (m *radau[S]) tableau() *Tableau {
	if m.sloped {
		return &radau5
	}
	return &radau5Plain
}

// Stages returns the slopes of the stages, that at the start first: valid until the
// next attempt, and to be asked for before Accept. The first is zero where the
// interpolant does not use it.
func (m *radau[S]) Stages() []S {
	for i, c := range radauC {
		var d [3]float64
		for j, l := range radauL {
			_, d[j] = horner(l, c)
		}
		m.sum(m.f[i], 1/m.h, d[:], &m.z)
	}
	m.k = [4]S{m.slope, m.f[0], m.f[1], m.f[2]}
	if !m.sloped {
		m.k[0] = m.zero
	}
	return m.k[:]
}

func (m *radau[S]) Interpolate(dst S, t float64) {
	w := radauDense((t-m.t0)/m.h, m.h, m.sloped)
	m.sp.AddScaled(dst, m.y0, append(m.c[:0], w[:]...), append(m.terms[:0], m.slope, m.z[0], m.z[1], m.z[2]))
}

func (m *radau[S]) Keep() Interpolant[S] {
	k := &radauStep[S]{sp: m.sp, t0: m.t0, h: m.h, y0: clone(m.sp, m.y0), k: make([]S, 0, 4), sloped: m.sloped}
	k.k = append(k.k, clone(m.sp, m.slope))
	k.k = append(k.k, cloneAll(m.sp, m.z[:])...)
	return k
}

// radauStep is a kept interpolant.
type radauStep[S any] struct {
	sp     space.Space[S]
	t0, h  float64
	y0     S
	k      []S
	sloped bool
}

func (r *radauStep[S]) At(dst S, t float64) {
	w := radauDense((t-r.t0)/r.h, r.h, r.sloped)
	r.sp.AddScaled(dst, r.y0, w[:], r.k)
}
