package dynsys

import (
	"errors"
	"fmt"
	"slices"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// System is y' = f(t, y, p) with its derivatives: a plain struct of functions.
// A nil function is absent; nothing is guessed by type assertion.
//
// No function may keep or change y, p or the vectors it is given, and every
// output is overwritten unless its comment says that it is added to. The
// functions of one System value may share scratch memory, so a System belongs to
// one goroutine at a time.
//
// With f_y the Jacobian of f in the coordinates of the state, and f_p that in the
// parameters:
//
//	RHS  dy  = f(t, y, p)
//	JVP  out = f_y vy + f_p vp
//	VJP  gy  = f_y^T w,  gp += f_p^T w
type System[S any] struct {
	Dim       int // real coordinates of the state
	NumParams int
	Space     space.Space[S] // nil for []float64

	RHS func(dy S, t float64, y S, p []float64) error

	// JVP sets out = f_y vy + f_p vp. vp may be nil, which means zero.
	JVP func(out S, t float64, y S, p []float64, vy S, vp []float64) error

	// VJP sets gy = f_y^T w and adds f_p^T w to gp. gp may be nil: not wanted.
	VJP func(gy S, gp []float64, t float64, y S, p []float64, w S) error

	// JVPs sets dy = f and out[i] = f_y vy[i] + f_p vp[i] for many directions at
	// once, sharing their work. A nil vp[i] means zero. Optional: when absent,
	// RHS and JVP are called in turn.
	JVPs func(dy S, out []S, t float64, y S, p []float64, vy []S, vp [][]float64) error

	// Jacobian sets jac to f_y in the flat coordinates of the state: row-major
	// Dim x Dim, or the values of Pattern's entries where there is one. Optional:
	// implicit methods use it.
	Jacobian func(jac []float64, t float64, y S, p []float64) error

	// Pattern says which entries of f_y can differ from zero. Nil: all of them.
	Pattern *integrate.Pattern

	// TimeDerivative sets ft to the partial derivative of f in t. Optional:
	// Rosenbrock methods use it.
	TimeDerivative func(ft S, t float64, y S, p []float64) error

	// TimeVJP sets gy = f_ty^T w and adds f_tp^T w to gp, which may be nil: not wanted.
	// Optional: adjoints of Rosenbrock methods use it.
	TimeVJP func(gy S, gp []float64, t float64, y S, p []float64, w S) error

	// Autonomous says that f does not depend on t, so that TimeDerivative is zero.
	Autonomous bool

	// SecondOrder is the VJP of a JVP: it sets gy to the derivative in y, and adds to
	// gp that in p, of
	//
	//	w . (f_y vy + f_p vp),
	//
	// and returns its derivative in t. vp may be nil, which means zero; gp may be nil:
	// not wanted. Optional: adjoints of Rosenbrock methods and Hessian products use it.
	SecondOrder func(gy S, gp []float64, t float64, y S, p []float64, vy S, vp []float64, w S) (gt float64, err error)

	// SecondDirectional sets out to the derivative of f_y vy + f_p vp along the
	// change (ut, uy, up) of (t, y, p). vp and up may be nil, which means zero.
	// Optional: tangents of Rosenbrock methods use it.
	SecondDirectional func(out S, t float64, y S, p []float64, vy S, vp []float64, ut float64, uy S, up []float64) error

	// SecondDirectionals is SecondDirectional for many directions (vy[i], vp[i]) and one
	// change, sharing their work. A nil vp[i] means zero. Optional.
	SecondDirectionals func(out []S, t float64, y S, p []float64, vy []S, vp [][]float64, ut float64, uy S, up []float64) error

	// Mass is the constant matrix M of M y' = f, nil for the identity. It may be
	// singular (a differential-algebraic system of index 1).
	Mass *integrate.Matrix

	// Momenta[i] says that flat coordinate i of the state is a momentum (or a velocity) and
	// no position: the system is q' = v(t, p), p' = f(t, q) for positions q and
	// momenta p, which the symplectic methods and those of Nystrom need. Nil: it is not, or it is not known.
	// See [System.Halves].
	Momenta []bool

	// Initial is y0(p). The zero value means that the caller gives y0.
	Initial Initial[S]

	// Breaks are the times at which f jumps. The zero value means none.
	Breaks Breaks

	// Idle[i] says that neither f nor Breaks depend on parameter i: it matters to initial
	// states, events and observations at most. Nil: not known. Optional: a tangent along
	// idle parameters that begins at zero and meets no event need not be carried.
	Idle []bool

	// Events change the state at times that depend on p, or where a function of the
	// state crosses zero.
	Events []Event[S]

	// Approximate says that derivatives come from finite differences, so that
	// gradients built on them carry their error.
	Approximate bool
}

// Initial is the initial state as a function of the parameters, with its
// derivatives. All three are given, or none.
type Initial[S any] struct {
	Value func(y0 S, p []float64) error
	JVP   func(out S, p, vp []float64) error // out = (dy0/dp) vp
	VJP   func(gp, p []float64, w S) error   // gp += (dy0/dp)^T w
	// SecondOrder adds to gp the derivative of (dy0/dp)^T w along vp. Optional.
	SecondOrder func(gp, p, vp []float64, w S) error
}

// Breaks are times tau_i(p), i < Count, at which the right-hand side jumps: the
// solver stops and restarts there. The state itself is continuous, its
// derivatives in p are not when tau moves with p. JVP and VJP may be nil where no
// tau depends on p.
type Breaks struct {
	Count int
	Times func(tau, p []float64) error
	JVP   func(out, p, vp []float64) error // out_i = (dtau_i/dp) . vp
	VJP   func(gp, p, w []float64) error   // gp += sum_i w_i dtau_i/dp
}

// Event is a change of the state, y after = R(t, y before, p), at the time tau(p) or,
// where When is given, whenever g(t, y, p) crosses zero.
type Event[S any] struct {
	Name string
	// At is tau(p), for events without When.
	At Time
	// When is g(t, y, p); its Value is nil for timed events.
	When Scalar[S]
	// Direction is the sign that g must change to; zero: either.
	Direction integrate.Direction
	// Reset is R. Its Value is nil where the state stays as it is.
	Reset Map[S]
	// Stop ends the run after the reset.
	Stop bool
}

// Time is a time tau as a function of the parameters.
type Time struct {
	Value func(p []float64) (float64, error)
	// Gradient adds w dtau/dp to gp. Nil: tau does not depend on p.
	Gradient func(gp, p []float64, w float64) error
}

// Scalar is a number as a function of time, state and parameters.
type Scalar[S any] struct {
	Value func(t float64, y S, p []float64) (float64, error)
	// Gradient sets gy to the derivative in y, adds that in p to gp (which may be
	// nil), and returns that in t.
	Gradient func(gy S, gp []float64, t float64, y S, p []float64) (gt float64, err error)
}

// Map is a state as a function of time, state and parameters.
type Map[S any] struct {
	// Value sets dst, which does not alias y.
	Value func(dst S, t float64, y S, p []float64) error
	// JVP sets out to the derivative along the change (vt, vy, vp). vp may be nil.
	JVP func(out S, t float64, y S, p []float64, vt float64, vy S, vp []float64) error
	// VJP sets gy to R_y^T w, adds R_p^T w to gp (which may be nil), and returns R_t . w.
	VJP func(gy S, gp []float64, t float64, y S, p []float64, w S) (gt float64, err error)
}

// Model is an immutable description of a system that many goroutines share;
// every call of System gives one goroutine its own functions and scratch.
type Model interface {
	System() (*System[[]float64], error)
	// Close frees what the model holds (compiled code). Systems of a closed model
	// must not be used.
	Close() error
}

// Problem returns the initial value problem of the system at fixed parameters, which
// are copied. Where the system has no Initial, the caller sets Y0 of the result.
func (s *System[S]) Problem(p []float64, t0, t1 float64) (integrate.Problem[S], error) {
	if len(p) != s.NumParams {
		panic(fmt.Sprintf("dynsys: %d parameters for a system of %d", len(p), s.NumParams))
	}
	p = slices.Clone(p)
	events, err := s.EventsAt(p)
	if err != nil {
		return integrate.Problem[S]{}, err
	}
	prob := integrate.Problem[S]{
		F:     func(dy S, t float64, y S) error { return s.RHS(dy, t, y, p) },
		Space: s.Space, T0: t0, T1: t1, Pattern: s.Pattern, Mass: s.Mass,
		Autonomous: s.Autonomous, Events: events,
	}
	if s.TimeDerivative != nil {
		prob.TimeDerivative = func(ft S, t float64, y S) error { return s.TimeDerivative(ft, t, y, p) }
	}
	if s.Jacobian != nil {
		prob.Jacobian = func(jac []float64, t float64, y S) error { return s.Jacobian(jac, t, y, p) }
	}
	if n := s.Breaks.Count; n > 0 {
		prob.Breaks = make([]float64, n)
		if err := s.Breaks.Times(prob.Breaks, p); err != nil {
			return prob, err
		}
	}
	if s.Initial.Value == nil {
		return prob, nil // the caller who sets Y0 can set Split too, see [System.Halves]
	}
	y0, ok := any(make([]float64, s.Dim)).(S)
	if !ok {
		return prob, errors.New("dynsys: Problem can make the initial state of []float64 only; set Y0 with Initial.Value")
	}
	prob.Y0 = y0
	if err := s.Initial.Value(y0, p); err != nil || s.Momenta == nil {
		return prob, err
	}
	sp := s.Space
	if sp == nil {
		sp, _ = any(space.Floats{}).(space.Space[S])
	}
	h, err := s.Halves(sp, t0, y0, p)
	if err != nil {
		return prob, err
	}
	prob.Split = h.Split(prob.F)
	return prob, nil
}
