package sensitivity

import (
	"fmt"
	"math"
	"slices"
)

// Where the right-hand side jumps at a time tau(p), the solution has a kink that
// moves with p, and its derivatives jump,
//
//	dy/dp (after) = dy/dp (before) + (f(before) - f(after)) dtau/dp.
//
// Going backward, the adjoint itself stays and dL/dp takes lambda times the same
// term. A break at T1, or at the time of an observation, counts as one that could
// only come sooner; a break at T0 as one that has passed.

// jump is a time at which breaks lie that may depend on parameters.
type jump struct {
	t     float64
	which []int // indices of the breaks
}

// setBreaks evaluates the break times and notes which of them move the solution.
func (m *model[S]) setBreaks() error {
	b := &m.sys.Breaks
	m.jumps = m.jumps[:0]
	if b.Count == 0 {
		return nil
	}
	if err := b.Times(m.breaks, m.P); err != nil {
		return fmt.Errorf("sensitivity: break times: %w", err)
	}
	if b.JVP == nil && b.VJP == nil {
		return nil // no tau depends on p
	}
	lo, hi := min(m.T0, m.T1), max(m.T0, m.T1)
	for i, t := range m.breaks {
		if !(t >= lo && t <= hi) || t == m.T0 {
			continue
		}
		at := slices.IndexFunc(m.jumps, func(j jump) bool { return j.t == t })
		if at < 0 {
			m.jumps = append(m.jumps, jump{t: t, which: []int{i}})
			continue
		}
		m.jumps[at].which = append(m.jumps[at].which, i)
	}
	return nil
}

// sides returns the times at which a right-hand side that jumps at t is to be
// evaluated just before and just after it, in the direction of integration.
func (m *model[S]) sides(t float64) (before, after float64) {
	left := math.Nextafter(t, math.Inf(-1))
	if m.dir() < 0 {
		return t, left
	}
	return left, t
}

// within returns the time at which to evaluate what may jump at t: after t, but at
// T1 before it.
func (m *model[S]) within(t float64) float64 {
	if !slices.Contains(m.breaks, t) {
		return t
	}
	before, after := m.sides(t)
	if t == m.T1 {
		return before
	}
	return after
}

// fall sets d = f(before) - f(after) at a break and state: how much the right-hand
// side falls there. tmp is scratch.
func (m *model[S]) fall(d, tmp S, t float64, y S) error {
	before, after := m.sides(t)
	if err := m.rhs(d, before, y); err != nil {
		return err
	}
	if err := m.rhs(tmp, after, y); err != nil {
		return err
	}
	m.sp.AddScaled(d, d, []float64{-1}, []S{tmp})
	return nil
}

// fallOfCost returns g(before) - g(after) at a break and state.
func (m *model[S]) fallOfCost(loss *Loss[S], t float64, y S) (float64, error) {
	before, after := m.sides(t)
	g0, err := loss.G(before, y, m.P)
	if err != nil {
		return 0, err
	}
	g1, err := loss.G(after, y, m.P)
	return g0 - g1, err
}

// gradients returns dtau/dp of every jump.
func (m *model[S]) gradients() ([][]float64, error) {
	if len(m.jumps) == 0 {
		return nil, nil
	}
	b := &m.sys.Breaks
	if b.VJP == nil {
		return nil, fmt.Errorf("sensitivity: Breaks.VJP: %w", ErrNoDerivative)
	}
	rows := make([][]float64, len(m.jumps))
	w := make([]float64, b.Count)
	for j, jump := range m.jumps {
		for _, i := range jump.which {
			row := make([]float64, m.sys.NumParams)
			clear(w)
			w[i] = 1
			if err := b.VJP(row, m.P, w); err != nil {
				return nil, fmt.Errorf("sensitivity: derivative of the break times: %w", err)
			}
			if rows[j] != nil && !slices.Equal(rows[j], row) {
				return nil, &Error{Phase: BackwardPass, T: jump.t, Component: -1, Reason: ErrCoincidentBreaks}
			}
			rows[j] = row
		}
	}
	return rows, nil
}

// moveBreak adds to dL/dp what the motion of a break at t does, with the adjoint
// there: (lambda . (f(before) - f(after)) + g(before) - g(after)) dtau/dp. d and tmp
// are scratch.
func (a *account[S]) moveBreak(rate []float64, lambda, d, tmp S, t float64, y S) error {
	if err := a.m.fall(d, tmp, t, y); err != nil {
		return err
	}
	w := a.dot.Dot(lambda, d)
	if a.loss.G != nil {
		fall, err := a.m.fallOfCost(a.loss, t, y)
		if err != nil {
			return err
		}
		w += fall
	}
	for i, v := range rate {
		a.res.P[i] += w * v
	}
	return nil
}
