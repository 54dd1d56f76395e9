package integrate

import (
	"fmt"
	"math"
	"slices"

	"github.com/odefit/odefit/integrate/space"
)

// ImplicitRungeKutta is a Method whose stages depend on themselves. Row i of A has i+1
// entries where the stages are solved one after the other, with one coefficient g = a_ii
// that is zero in the first stage alone, where that is explicit; and as many as there
// are stages where they are solved together.
type ImplicitRungeKutta interface {
	Method
	// ImplicitTableau returns the coefficients, which must not be changed.
	ImplicitTableau() *Tableau
}

// implicit is the stepper of every singly diagonally implicit Runge-Kutta method. The
// stages of M y' = f,
//
//	M k_i = f(t + c_i h, y + h sum_(j<i) a_ij k_j + h g k_i)
//
// are solved one after the other by a simplified Newton iteration; see [stageNewton].
// An explicit first stage is the last one of the step before. The error estimate is
// filtered by M - h g f_y, which damps what stiff components add to it.
//
// Source: Hairer, Wanner, Solving ODEs II, section IV.8; Kennedy, Carpenter,
// NASA/TM-2016-219173, chapter 3.
type implicit[S any] struct {
	rhs    rhs[S]
	own    *Tableau // of the method
	tab    *Tableau // of the present step
	sp     space.Space[S]
	newton stageNewton[S]
	mass   bool
	reach  float64   // the latest stage, in steps
	ends   []float64 // breaks, and the end: no stage may lie beyond one that the step does not pass
	k      []S
	guess  [][]float64 // weights of the stages before in the first guess of each
	known  map[*Tableau][][]float64
	zero   S
	c      []float64
	ready  bool // k[0] is the slope at the start of the next step
	fresh  bool // k[0] did not come from the step before
	whole  bool // the stages of the interpolant are there
	t0, t1 float64
	y0     S
}

func newImplicit[S any](p *Problem[S], tab *Tableau, stats *Stats) (*implicit[S], error) {
	s := max(tab.AllStages(), sdirk4.Stages(), kencarp4.Stages())
	m := &implicit[S]{
		rhs: rhs[S]{f: p.F, last: math.Inf(1), stats: stats},
		own: tab, tab: tab, sp: p.Space, mass: hasMass(p),
		k: make([]S, s), c: make([]float64, s), zero: p.Space.New(p.Y0),
	}
	for i := range m.k {
		m.k[i] = p.Space.New(p.Y0)
	}
	of, err := NewNewton(p, stats)
	if err != nil {
		return nil, fmt.Errorf("integrate: %s: %w", tab.Name, err)
	}
	m.newton.prepare(p, of, &m.rhs)
	m.reach = slices.Max(tab.C)
	m.ends = append(slices.Clone(p.Breaks), p.T1)
	m.guess = guesses(tab)
	m.known = map[*Tableau][][]float64{tab: m.guess}
	return m, nil
}

func (m *implicit[S]) setTolerance(tol space.Tolerance) { m.newton.tol = tol }
func (m *implicit[S]) settle(factor float64) float64    { return m.newton.settle(factor) }
func (m *implicit[S]) repeatable()                      { m.newton.afresh = true }

func (m *implicit[S]) Bound(last float64) { m.rhs.last = last }
func (m *implicit[S]) Reset()             { m.ready = false; m.newton.reset() }
func (m *implicit[S]) Reject()            {}

// Order implements [Stepper].
func (m *implicit[S]) Order() (p, estimate int) { return m.own.Order, m.own.Estimate }

// choose sets the tableau of a step. The slope at a start cannot be had from a mass
// matrix, which may be singular: the first step is one without explicit stage. A stage
// beyond the step must not lie beyond a break, or the end, where f may be another: then
// the step is one of KenCarp4.
func (m *implicit[S]) choose(t, t1 float64) {
	tab := m.own
	if m.reach > 1 {
		far, dir := StageTime(t, t1, m.reach), t1-t
		for _, b := range m.ends {
			if (b-t1)*dir >= 0 && (far-b)*dir > 0 {
				tab = &kencarp4
			}
		}
	}
	if m.mass && !m.ready && tab.A[0][0] == 0 {
		tab = &sdirk4
	}
	m.take(tab)
}

// take goes over to the coefficients tab.
func (m *implicit[S]) take(tab *Tableau) {
	if tab == m.tab {
		return
	}
	if m.known[tab] == nil {
		m.known[tab] = guesses(tab)
	}
	m.tab, m.guess = tab, m.known[tab]
}

// Accept implements [Stepper].
func (m *implicit[S]) Accept() {
	m.newton.accept()
	last := m.tab.Stages() - 1
	m.k[0], m.k[last] = m.k[last], m.k[0]
	m.ready, m.fresh = m.carries() || !m.newton.afresh, false
}

// tableau implements [various].
func (m *implicit[S]) tableau() *Tableau { return m.tab }

// carries implements [carrier].
func (m *implicit[S]) carries() bool { return m.own.A[0][0] == 0 }

// carried implements [carrier].
func (m *implicit[S]) carried() (k S, ready, fresh bool) { return m.k[0], m.ready, m.fresh }

// resume implements [carrier].
func (m *implicit[S]) resume(k S) {
	m.sp.Copy(m.k[0], k)
	m.ready, m.fresh = true, false
}

// Attempt implements [Stepper].
func (m *implicit[S]) Attempt(y1, e S, t, t1 float64, y S) error {
	m.choose(t, t1)
	h := t1 - t
	m.t0, m.t1, m.y0, m.whole = t, t1, y, false
	s := m.tab.Stages()
	hg := h * m.tab.A[s-1][s-1]
	first := 0
	if m.tab.A[0][0] == 0 {
		first = 1
	}
	if !m.ready {
		m.fresh = true
		if m.mass {
			m.sp.Copy(m.k[0], m.zero)
		} else if err := m.rhs.eval(m.k[0], t, y); err != nil {
			return err
		}
		m.ready = first == 1
	}
	if err := m.newton.begin(t, y, hg); err != nil {
		return err
	}
	for i := first; i < s; {
		err := m.stage(i, h, hg)
		if err == nil {
			i++
			continue
		}
		if again, err := m.newton.retry(err, t, y, hg); !again {
			return err
		}
		i = first // with a new Jacobian
	}
	m.sp.AddScaled(y1, m.newton.base, m.newton.coefficient(hg), m.k[s-1:s])
	m.sum(e, m.zero, h, m.tab.E)
	return m.newton.filter(e)
}

// stage solves for k_i.
func (m *implicit[S]) stage(i int, h, hg float64) error {
	m.sum(m.newton.base, m.y0, h, m.tab.A[i][:i])
	if i > 0 {
		m.sp.AddScaled(m.k[i], m.zero, m.guess[i], m.k[:i])
	}
	return m.newton.solve(m.k[i], StageTime(m.t0, m.t1, m.tab.C[i]), hg, m.y0)
}

// sum sets dst = x + h sum_j b_j k_j.
func (m *implicit[S]) sum(dst, x S, h float64, b []float64) {
	c := m.c[:len(b)]
	for j, bj := range b {
		c[j] = h * bj
	}
	m.sp.AddScaled(dst, x, c, m.k[:len(b)])
}

// Stages returns the stages k_i of the last attempt: valid until the next, and to be
// asked for before Accept.
func (m *implicit[S]) Stages() []S { return m.k[:m.tab.Stages()] }

// Complete implements [Completer].
func (m *implicit[S]) Complete() error {
	if m.whole {
		return nil
	}
	h := m.t1 - m.t0
	for i := m.tab.Stages(); i < m.tab.AllStages(); i++ {
		if err := m.stage(i, h, h*m.tab.A[i][i]); err != nil {
			return err
		}
	}
	m.whole = true
	return nil
}

// inside sets the stages that the interpolant alone needs, those of k behind the others,
// of a step from y whose stages are the first of k.
func (m *implicit[S]) inside(k []S, tab *Tableau, t, t1 float64, y S) error {
	m.take(tab)
	m.t0, m.t1, m.y0, m.whole = t, t1, y, false
	for i := range tab.Stages() {
		m.sp.Copy(m.k[i], k[i])
	}
	m.newton.reset()
	if err := m.newton.begin(t, y, (t1-t)*tab.A[len(tab.B)-1][len(tab.B)-1]); err != nil {
		return err
	}
	err := m.Complete()
	for i := tab.Stages(); i < tab.AllStages(); i++ {
		m.sp.Copy(k[i], m.k[i])
	}
	return err
}

// complete is Complete for those who cannot fail: where the stages of the interpolant
// could not be had, it gives NaN.
func (m *implicit[S]) complete() {
	if m.Complete() != nil {
		m.c[0] = math.NaN()
		m.sp.AddScaled(m.k[m.tab.Stages()], m.zero, m.c[:1], m.k[:1])
	}
}

func (m *implicit[S]) Interpolate(dst S, t float64) {
	m.complete()
	n := m.tab.AllStages()
	interpolate(m.sp, m.tab, dst, t, m.t0, m.t1, m.y0, m.k[:n], m.c[:n])
}

func (m *implicit[S]) Keep() Interpolant[S] {
	m.complete()
	return &denseStep[S]{sp: m.sp, tab: m.tab, t0: m.t0, t1: m.t1, y0: clone(m.sp, m.y0), k: cloneAll(m.sp, m.k[:m.tab.AllStages()])}
}

// guesses returns the weights by which the polynomial through the last stages, three
// distinct at most, predicts each stage; fewer where it would reach far outside.
func guesses(tab *Tableau) [][]float64 {
	rows := make([][]float64, tab.AllStages())
	for i := 1; i < len(rows); i++ {
		for n := 3; ; n-- {
			row, size := extrapolate(tab.C[:i], tab.C[i], n)
			if n == 1 || size <= 5 {
				rows[i] = row
				break
			}
		}
	}
	return rows
}

// extrapolate returns the weights of values at times c, of which the last n distinct
// ones count, in the polynomial through them at x, and the sum of their sizes.
func extrapolate(c []float64, x float64, n int) (row []float64, size float64) {
	var at []int
	for j := len(c) - 1; j >= 0 && len(at) < n; j-- {
		distinct := true
		for _, k := range at {
			distinct = distinct && c[k] != c[j]
		}
		if distinct {
			at = append(at, j)
		}
	}
	row = make([]float64, len(c))
	for _, j := range at {
		row[j] = 1
		for _, k := range at {
			if k != j {
				row[j] *= (x - c[k]) / (c[j] - c[k])
			}
		}
		size += math.Abs(row[j])
	}
	return row, size
}
