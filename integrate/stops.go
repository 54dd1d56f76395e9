package integrate

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// stop is a time at which the run must end a step: a break, an event, or T1.
type stop struct {
	t     float64
	event int // index in Problem.Events; -1 for a break or the end
}

// makeStops returns the stops of a problem in the order in which they are met. T1
// is always the last; events at one time keep their order.
func makeStops[S any](p *Problem[S]) ([]stop, error) {
	lo, hi := min(p.T0, p.T1), max(p.T0, p.T1)
	var stops []stop
	for i, b := range p.Breaks {
		if math.IsNaN(b) {
			return nil, fmt.Errorf("integrate: Problem.Breaks[%d] is not a number", i)
		}
		// A break at an end matters too: to its left, f must not be called at it.
		if b >= lo && b <= hi {
			stops = append(stops, stop{b, -1})
		}
	}
	for i, e := range p.Events {
		if e.When != nil {
			continue
		}
		if math.IsNaN(e.At) {
			return nil, fmt.Errorf("integrate: Problem.Events[%d].At is not a number", i)
		}
		if e.At >= lo && e.At <= hi {
			stops = append(stops, stop{e.At, i})
		}
	}
	sign := 1
	if p.T1 < p.T0 {
		sign = -1
	}
	slices.SortStableFunc(stops, func(a, b stop) int { return sign * cmp.Compare(a.t, b.t) })
	return append(stops, stop{p.T1, -1}), nil
}

// bound tells the stepper where the right-hand side jumps next to the right, so
// that no stage looks beyond. Going backward that break is the start of the
// step, going forward the end.
func (r *Run[S]) bound() {
	r.stepper.Bound(lastBefore(r.p.Breaks, r.t, r.dir))
}

// lastBefore returns the last time at which f may be called in the smooth piece
// that begins at t in direction dir: the floating-point number before the break
// that ends the piece on the right, or +Inf.
func lastBefore(breaks []float64, t, dir float64) float64 {
	next := math.Inf(1)
	for _, b := range breaks {
		if b > t || b == t && dir < 0 {
			next = min(next, b)
		}
	}
	if math.IsInf(next, 1) {
		return next
	}
	return math.Nextafter(next, math.Inf(-1))
}
