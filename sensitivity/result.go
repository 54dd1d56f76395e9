package sensitivity

import (
	"fmt"

	"github.com/odefit/odefit/integrate"
)

// Result is a loss and its gradient.
type Result[S any] struct {
	Value float64 // L
	// P is dL/dp: by every way in which p enters, the initial state and the break
	// times included.
	P []float64
	// Y0 is dL/dy0, the derivative in the initial state alone; for complex states
	// its real and imaginary parts are those of the derivative in the parts.
	Y0 S
	// T0 is dL/dT0 = -y'(T0) . dL/dy0 - g(T0, y0): the start moves, y0 and the
	// observations stay, also one at T0.
	T0 float64
	// T1 is dL/dT1 = g(T1, y(T1)): the end of the integral moves, the observations
	// stay. It is zero where an event ended the solution before. Where the last observation moves with T1, its dL/dt_k has to be added.
	T1 float64
	// Times are dL/dt_k = y'(t_k) . dl_k/dy, in the order of Loss.Times; y' is f, or
	// follows from M y' = f. At a break it is taken after it.
	Times []float64

	// Adjoint is the adjoint along the solution, from T0 to T1, where the method was
	// asked to keep it.
	Adjoint []Knot[S]

	// Certificate is there where [Certify] was asked.
	Certificate *Certificate

	// Choice is the method that [Auto] took, and why.
	Choice string

	Stats Stats
	// Warnings say what makes the numbers doubtful, in sentences.
	Warnings []string

	grid  []float64         // the steps of the forward pass
	acted []integrate.Acted // and what happened between them; nil for systems without events
}

// Knot is the adjoint lambda = dL/dy at one time. It jumps at an observation by
// that observation's own dl/dy: After - Before.
type Knot[S any] struct {
	T float64
	// Before is the adjoint as it comes from later times, going backward: what y(T)
	// does to all later terms of the loss.
	Before S
	// After has the terms of the loss at T itself added: it is dL/dy(T).
	After S
}

// Stats counts the work behind a result.
type Stats struct {
	Steps    int // accepted steps of the forward pass
	Rejected int
	Backward int // steps of the backward pass: transposed, or solved
	Replayed int // steps of the forward pass that were computed again
	RHS      int // evaluations of f, those shared with tangents included
	JVP      int // directions evaluated
	VJP      int
	// Blind counts accepted steps of the forward pass whose error estimate was below
	// a millionth of the tolerance.
	Blind int
}

// add adds the counts of another part of the work.
func (s *Stats) add(o *Stats) {
	s.Steps += o.Steps
	s.Rejected += o.Rejected
	s.Backward += o.Backward
	s.Replayed += o.Replayed
	s.RHS += o.RHS
	s.JVP += o.JVP
	s.VJP += o.VJP
	s.Blind += o.Blind
}

// addForward adds the steps of a forward run; evaluations are counted where they
// are made.
func (s *Stats) addForward(run integrate.Stats) {
	s.Steps += run.Steps
	s.Rejected += run.Rejected
	s.Blind += run.Blind
}

// warnings returns what is doubtful about every result of the model.
func (m *model[S]) warnings() []string {
	var w []string
	if m.sys.Approximate {
		w = append(w, "the derivatives of the right-hand side are finite differences, and the results carry their error")
	}
	if m.movesAt(m.T0) {
		w = append(w, fmt.Sprintf("a break that moves with the parameters lies at the start, t = %v: the derivatives are those for it having passed before", m.T0))
	}
	if m.T1 != m.T0 && m.movesAt(m.T1) {
		w = append(w, fmt.Sprintf("a break that moves with the parameters lies at the end, t = %v: the derivatives are those for it coming sooner", m.T1))
	}
	for _, t := range m.mixed {
		w = append(w, fmt.Sprintf("at t = %v, events act that move differently with the parameters: the derivatives are those for the order in which they acted", t))
	}
	return w
}
