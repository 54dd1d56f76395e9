package sensitivity

import (
	"fmt"
	"math"
	"slices"
)

// Where the right-hand side jumps at a time tau(p), the solution has a kink that
// moves with p, and its derivatives jump,
//
//	dy/dp (after) = dy/dp (before) + (f(before) - f(after)) dtau/dp:
//
// a case of what events do, see instant. A break at T1, or at the time of an
// observation, counts as one that could only come sooner; a break at T0 as one that has
// passed.

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

// movesAt says whether a break at t moves with the parameters.
func (m *model[S]) movesAt(t float64) bool {
	b := &m.sys.Breaks
	if b.VJP == nil || !slices.Contains(m.breaks, t) {
		return false
	}
	w, gp := make([]float64, b.Count), make([]float64, m.sys.NumParams)
	for i, tau := range m.breaks {
		if tau == t {
			w[i] = 1
		}
	}
	if err := b.VJP(gp, m.P, w); err != nil {
		return true // not known
	}
	return slices.ContainsFunc(gp, func(v float64) bool { return v != 0 })
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
