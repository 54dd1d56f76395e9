package sensitivity

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// setEvents sets the events of the bundle: those of the system, in their order, and
// after them the breaks that move, at which tangents jump.
func (f *flow[S]) setEvents() error {
	f.events = f.events[:0]
	if len(f.m.events) == 0 && (len(f.dirs) == 0 || len(f.m.jumps) == 0) {
		f.leap.stop = nil
		return nil
	}
	f.leap.prepare(f)
	for i := range f.m.events {
		f.events = append(f.events, f.event(i))
	}
	if len(f.dirs) == 0 {
		return nil
	}
	return f.jumpRates()
}

// event returns event i of the system for bundles.
func (f *flow[S]) event(i int) integrate.Event[*space.Bundle[S]] {
	of := &f.m.events[i]
	e := integrate.Event[*space.Bundle[S]]{At: of.At, Direction: of.Direction, Stop: of.Stop}
	if of.When != nil {
		e.When = func(t float64, b *space.Bundle[S]) (float64, error) { return of.When(t, b.Y) }
	}
	if of.Apply != nil || of.Stop {
		e.Apply = func(b *space.Bundle[S], t float64) error { return f.leap.event(b, t, i, f.running.Acting()) }
	}
	return e
}

// jumpRates sets rates and the events of the breaks.
func (f *flow[S]) jumpRates() error {
	m := f.m
	if len(m.jumps) == 0 {
		return nil
	}
	if m.sys.Breaks.JVP == nil {
		return fmt.Errorf("sensitivity: Breaks.JVP: %w", ErrNoDerivative)
	}
	f.rates = slices.Grow(f.rates[:0], len(m.jumps))[:len(m.jumps)]
	for j := range m.jumps {
		f.rates[j] = make([]float64, len(f.dirs))
		f.events = append(f.events, integrate.Event[*space.Bundle[S]]{
			At:    m.jumps[j].t,
			Apply: func(b *space.Bundle[S], t float64) error { return f.leap.jump(b, t, j) },
		})
	}
	for i, v := range f.vp {
		if v == nil {
			continue
		}
		if err := m.sys.Breaks.JVP(f.taus, m.P, v); err != nil {
			return fmt.Errorf("sensitivity: derivative of the break times: %w", err)
		}
		for j, jump := range m.jumps {
			f.rates[j][i] = f.taus[jump.which[0]]
			for _, b := range jump.which {
				if f.taus[b] != f.rates[j][i] {
					return &Error{Phase: ForwardPass, T: jump.t, Component: -1, Reason: ErrCoincidentBreaks}
				}
			}
		}
	}
	return nil
}

// script returns what acts on a frozen grid: what the settings say of the system, and
// the breaks that move.
func (f *flow[S]) script(s *integrate.Settings) []integrate.Acted {
	jumps := f.events[len(f.m.events):]
	if s.Acted == nil || len(jumps) == 0 {
		return s.Acted
	}
	all := slices.Clone(s.Acted)
	for i, e := range jumps {
		if n := slices.Index(s.Grid, e.At); n >= 0 {
			all = append(all, integrate.Acted{Event: len(f.m.events) + i, Step: n, T: e.At})
		}
	}
	slices.SortStableFunc(all, func(a, b integrate.Acted) int { return cmp.Compare(a.Step, b.Step) })
	return all
}
