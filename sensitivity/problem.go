package sensitivity

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// Problem is the solution of a system from T0 to T1 at parameters P. T1 < T0 goes
// backward in time. It is the one owner of the right-hand side: what is integrated
// is built from it.
type Problem[S any] struct {
	System *dynsys.System[S]
	P      []float64 // NumParams parameters
	T0, T1 float64
	// Y0 is the initial state, unless System.Initial gives it; then only its shape
	// is used, and it may be nil where S is []float64. Where M y' = f has algebraic
	// equations, the solution starts from the state near it that satisfies them.
	Y0 S
	// More makes further systems like System, each for a goroutine of its own:
	// Model.System of the model that System came from. Nil: everything runs on one.
	More func() (*dynsys.System[S], error)
}

// Settings says how to integrate. A nil *Settings and the zero value are right for
// a first look. Times has no effect: the loss or the caller says when to look.
type Settings struct {
	integrate.Settings
	// Solver is the method of the forward solution. Nil means integrate.Auto{}, and
	// integrate.Tsit5{} on a frozen grid.
	//
	// The steps of Auto cannot be recorded. Where they have to be (for Discrete,
	// Continuous except Backsolve, and second derivatives), a plain solution by Auto
	// first finds out what the problem needs: its explicit method throughout, or, where
	// Auto would go over to an implicit one, Rodas5P throughout. Naming the method
	// saves that solution.
	Solver integrate.Method
	// Staggered solves for the tangents of a step of BDF after its state, and not
	// together with it (the staggered corrector). It can pay where the state takes many
	// Newton iterations; on the usual stiff test problems it takes as many evaluations of
	// the tangents, and some of the state alone beside.
	Staggered bool
	// Scales are typical sizes of the parameters. The error allowed in dy/dp_i is
	// AbsTol over max(|p_i|, Scales[i]) beside the relative one, so that the change
	// of y that a typical change of p_i makes is known as well as y is. Where both
	// are zero, 1 stands in.
	Scales []float64
}

func (s *Settings) solver() integrate.Method {
	switch {
	case s.Solver != nil:
		return s.Solver
	case s.Grid != nil || s.FixedStep > 0:
		return integrate.Tsit5{}
	}
	return integrate.Auto{}
}

// recorded returns the method of a solution whose steps are recorded.
func (m *model[S]) recorded(ctx context.Context, s *Settings) (integrate.Method, error) {
	method := s.solver()
	if method != (integrate.Auto{}) {
		return method, nil
	}
	p := m.integral()
	if p.Mass != nil {
		return integrate.Rodas5P{}, nil
	}
	set := s.Settings
	set.Times = nil
	run := integrate.Start(ctx, p, method, &set)
	for range run.Steps() {
		if run.Stats().Switches > 0 {
			return integrate.Rodas5P{}, nil
		}
	}
	if err := run.Err(); err != nil {
		return nil, inPass(ForwardPass, err)
	}
	return integrate.Auto{}.Explicit(s.Tolerance().Rel), nil
}

// scale returns the typical size of parameter i.
func (s *Settings) scale(i int, p float64) float64 {
	size := math.Abs(p)
	if s.Scales != nil {
		size = max(size, math.Abs(s.Scales[i]))
	}
	if size == 0 {
		return 1
	}
	return size
}

// orDefault returns a copy of the settings, of the defaults where set is nil.
func orDefault(set *Settings) Settings {
	if set == nil {
		return Settings{}
	}
	return *set
}

// model is a problem made ready: the space found, initial state and breaks
// evaluated, every evaluation counted.
type model[S any] struct {
	Problem[S]
	sys    *dynsys.System[S]
	sp     space.Space[S]
	y0     S
	zero   S
	breaks []float64
	jumps  []jump
	events []integrate.Event[S]
	// of the solution, once it is known
	instants []instant[S] // where the method keeps them
	end      float64      // T1, or where an event stopped it
	stopped  bool
	mixed    []float64 // times of events that move differently
	stats    Stats
	work     integrate.Stats   // of linear algebra
	halves   *dynsys.Halves[S] // where the system has Momenta
	half     S                 // scratch
	slope    *rate[S]          // where M y' = f; nil until asked for
	shared   *sharedNewton[S]  // of the transposes of all losses
	grid     []float64         // the steps of the forward pass
	acted    []integrate.Acted // and what happened between them
	started  bool
	flat     [2][]float64 // scratch of massTransposed
}

// newModel checks a problem and evaluates what depends on the parameters alone.
func newModel[S any](p Problem[S]) (*model[S], error) {
	m := &model[S]{}
	return m, m.set(p)
}

// set changes to another problem. While the system stays the same, memory is used
// again.
func (m *model[S]) set(p Problem[S]) error {
	if p.System == nil {
		return errors.New("sensitivity: Problem.System is nil")
	}
	if p.System.RHS == nil {
		return errors.New("sensitivity: System.RHS is nil")
	}
	if len(p.P) != p.System.NumParams {
		panic(fmt.Sprintf("sensitivity: %d parameters for a system of %d", len(p.P), p.System.NumParams))
	}
	fresh := !m.started || m.sys != p.System
	m.Problem, m.sys, m.stats = p, p.System, Stats{}
	m.shared = nil
	if fresh {
		if err := m.findSpace(); err != nil {
			return err
		}
		m.y0, m.zero = m.sp.New(m.shape()), m.sp.New(m.shape())
		if err := m.checkShape(); err != nil {
			return err
		}
		m.breaks = make([]float64, p.System.Breaks.Count)
		m.started, m.slope, m.halves, m.half = true, nil, nil, m.sp.New(m.y0)
	}
	if err := m.setInitial(); err != nil {
		return err
	}
	if err := m.setBreaks(); err != nil {
		return err
	}
	if err := m.setEvents(); err != nil {
		return err
	}
	// Derivatives go through that correction, too: those in algebraic components that it
	// settles are zero, and what it makes of the others and of p is part of dL/dp.
	if err := m.settle(m.within(m.T0), m.y0); err != nil || m.sys.Momenta == nil {
		return err
	}
	var err error
	m.halves, err = m.sys.Halves(m.sp, m.within(m.T0), m.y0, m.P)
	return err
}

func (m *model[S]) findSpace() error {
	if m.sp = m.sys.Space; m.sp != nil {
		return nil
	}
	sp, ok := any(space.Floats{}).(space.Space[S])
	if !ok {
		return fmt.Errorf("sensitivity: System.Space is nil, and a state of type %T is not []float64; give its space", m.Y0)
	}
	m.sp = sp
	return nil
}

// shape returns a state to make others like.
func (m *model[S]) shape() S {
	if y, ok := any(m.Y0).([]float64); ok && y == nil {
		return any(make([]float64, m.sys.Dim)).(S)
	}
	return m.Y0
}

func (m *model[S]) checkShape() error {
	c, ok := m.sp.(space.Coordinates[S])
	if !ok {
		return nil
	}
	if n := c.Dim(m.y0); n != m.sys.Dim {
		return fmt.Errorf("sensitivity: Problem.Y0 has %d coordinates, the system %d; give Y0, for its shape where System.Initial has the values", n, m.sys.Dim)
	}
	return nil
}

func (m *model[S]) setInitial() error {
	if m.sys.Initial.Value == nil {
		m.sp.Copy(m.y0, m.shape())
		return nil
	}
	if err := m.sys.Initial.Value(m.y0, m.P); err != nil {
		return fmt.Errorf("sensitivity: initial state: %w", err)
	}
	return nil
}

// dir is +1 or -1, the direction of integration.
func (m *model[S]) dir() float64 {
	if m.T1 < m.T0 {
		return -1
	}
	return 1
}

// integral returns the initial value problem of the state alone.
func (m *model[S]) integral() integrate.Problem[S] {
	p := integrate.Problem[S]{
		F: m.rhs, T0: m.T0, T1: m.T1, Y0: m.y0, Space: m.sp, Breaks: m.breaks, Events: m.events,
		Pattern: m.sys.Pattern, Mass: m.sys.Mass, Autonomous: m.sys.Autonomous,
	}
	if m.halves != nil {
		p.Split = m.halves.Split(m.rhs)
	}
	if m.sys.Jacobian != nil {
		p.Jacobian = func(jac []float64, t float64, y S) error { return m.sys.Jacobian(jac, t, y, m.P) }
	}
	if m.sys.TimeDerivative != nil {
		p.TimeDerivative = func(ft S, t float64, y S) error { return m.sys.TimeDerivative(ft, t, y, m.P) }
	}
	return p
}

// massTransposed sets dst = M^T x.
func (m *model[S]) massTransposed(dst, x S) error {
	if m.sys.Mass == nil {
		m.sp.Copy(dst, x)
		return nil
	}
	flat, ok := m.sp.(space.Coordinates[S])
	if !ok {
		return fmt.Errorf("sensitivity: a mass matrix: %w", ErrNoCoordinates)
	}
	if n := flat.Dim(x); len(m.flat[0]) != n {
		m.flat = [2][]float64{make([]float64, n), make([]float64, n)}
	}
	flat.Flatten(m.flat[0], x)
	m.sys.Mass.MulTransposed(m.flat[1], m.flat[0])
	flat.Unflatten(dst, m.flat[1])
	return nil
}

func (m *model[S]) rhs(dy S, t float64, y S) error {
	m.stats.RHS++
	return m.sys.RHS(dy, t, y, m.P)
}

func (m *model[S]) vjp(gy S, gp []float64, t float64, y, w S) error {
	m.stats.VJP++
	return m.sys.VJP(gy, gp, t, y, m.P, w)
}

// jvps sets dy = f and out[i] = f_y vy[i] + f_p vp[i].
func (m *model[S]) jvps(dy S, out []S, t float64, y S, vy []S, vp [][]float64) error {
	m.stats.RHS++
	m.stats.JVP += len(out)
	if m.sys.JVPs != nil && len(out) > 0 {
		return m.sys.JVPs(dy, out, t, y, m.P, vy, vp)
	}
	if err := m.sys.RHS(dy, t, y, m.P); err != nil {
		return err
	}
	for i := range out {
		if err := m.sys.JVP(out[i], t, y, m.P, vy[i], vp[i]); err != nil {
			return err
		}
	}
	return nil
}
