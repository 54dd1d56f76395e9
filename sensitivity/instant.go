package sensitivity

import (
	"fmt"
	"math"
	"slices"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// An event that resets the state, y+ = R(t, y-, p), at a time tau that depends on p or,
// by a condition g(t, y, p) = 0, on the solution, makes its derivatives jump: with f- the
// right-hand side at y- and f+ that at y+, and dtau the change of tau,
//
//	s+   = R_y (s- + f- dtau) + R_t dtau + R_p v - f+ dtau,
//	dtau = tau_p v                                          at a time,
//	dtau = -(g_y s- + g_p v) / (g_t + g_y f-)               at a condition,
//
// which is s+ = (R_y + (f+ - R_y f- - R_t) g_y^T / (g_t + g_y^T f-)) s- + ...: the
// saltation matrix. The adjoint is multiplied by its transpose. A break is an event with
// R(y) = y. A running cost adds (c- - c+) dtau. After an event that ends the run the
// state stays: f+ = 0 and c+ = 0.
//
// Events of one time follow each other; each condition is differentiated at the state
// and the tangents before the first of them, and an event that was set off by the jump
// of another moves with that one. A break of that time comes after the events, and
// before those that they set off. Where they move differently, the derivative is that
// for this order, and is told as doubtful.
//
// Source: Hiskens, Pai, IEEE Trans. Circuits Syst. I 47 (2000) 204.

// instant is a time at which events have acted.
type instant[S any] struct {
	t      float64
	acted  []integrate.Acted
	before S // the state before the first of them
	after  S // and behind the last, where a flow keeps the instants
}

// setEvents evaluates the events of the system at the parameters.
func (m *model[S]) setEvents() (err error) {
	m.events, m.instants, m.acted, m.stopped, m.end, m.mixed = nil, m.instants[:0], nil, false, m.T1, m.mixed[:0]
	if len(m.sys.Events) == 0 {
		return nil
	}
	if m.events, err = m.sys.EventsAt(m.P); err != nil {
		return fmt.Errorf("sensitivity: %w", err)
	}
	return nil
}

// finish takes note of where the solution ended, and by what.
func (m *model[S]) finish(t float64, acted []integrate.Acted) {
	if m.end = t; len(m.events) == 0 {
		return
	}
	m.acted = acted
	for _, a := range acted {
		m.stopped = m.stopped || a.T == t && m.sys.Events[a.Event].Stop
	}
}

// met returns the instant at t, nil where no event acted.
func (m *model[S]) met(t float64) *instant[S] {
	i := slices.IndexFunc(m.instants, func(x instant[S]) bool { return x.t == t })
	if i < 0 {
		return nil
	}
	return &m.instants[i]
}

// clip returns t, or the end where an event ended the solution before.
func (m *model[S]) clip(t float64) float64 {
	if m.stopped && m.dir()*t > m.dir()*m.end {
		return m.end
	}
	return t
}

// over says whether the solution had been ended by an event at t.
func (m *model[S]) over(t float64) bool { return m.stopped && m.dir()*t >= m.dir()*m.end }

// around returns the times at which to evaluate a right-hand side just before and
// just after t.
func (m *model[S]) around(t float64) (before, after float64) {
	if slices.Contains(m.breaks, t) {
		return m.sides(t)
	}
	return t, t
}

// moving returns the index of the jump at t, or -1.
func (m *model[S]) moving(t float64) int {
	return slices.IndexFunc(m.jumps, func(j jump) bool { return j.t == t })
}

// reset sets dst to the state after event e at y, the right-hand side being that at side.
func (m *model[S]) reset(dst S, e *dynsys.Event[S], t, side float64, y S) error {
	if e.Reset.Value == nil {
		m.sp.Copy(dst, y)
		return nil
	}
	if err := e.Reset.Value(dst, t, y, m.P); err != nil {
		return err
	}
	return m.settle(side, dst)
}

// flat is how small a rate g_t + g_y f may be against |g_t| + |g_y| |f| for a condition
// to count as crossed: below, the crossing time has no derivative.
const flat = 1e-9

// condition sets gy, and adds to gp, the derivatives of the condition of an event, and
// returns its rate along the solution with right-hand side f.
func (m *model[S]) condition(e *dynsys.Event[S], gy S, gp []float64, t float64, y, f S) (rate float64, err error) {
	if e.When.Gradient == nil {
		return 0, fmt.Errorf("sensitivity: When.Gradient of event %s: %w", e.Name, ErrNoDerivative)
	}
	dot, ok := m.sp.(space.InnerProduct[S])
	if !ok {
		return 0, ErrNoInnerProduct
	}
	gt, err := e.When.Gradient(gy, gp, t, y, m.P)
	if err != nil {
		return 0, err
	}
	rate = gt + dot.Dot(gy, f)
	if size := math.Abs(gt) + math.Sqrt(dot.Dot(gy, gy)*dot.Dot(f, f)); !(math.Abs(rate) > flat*size) {
		return 0, fmt.Errorf("event %s: %w", e.Name, integrate.ErrGrazing)
	}
	return rate, nil
}

// mix takes note that events at t move differently.
func (m *model[S]) mix(t float64) {
	if !slices.Contains(m.mixed, t) {
		m.mixed = append(m.mixed, t)
	}
}

// differ says whether two motions are not the same, rounding apart.
func differ(a, b float64) bool { return math.Abs(a-b) > 1e-6*(math.Abs(a)+math.Abs(b)) }
