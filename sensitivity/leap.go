package sensitivity

import (
	"fmt"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// leap carries the tangents of a flow across what happens at one time, one event after
// the other.
type leap[S any] struct {
	f     *flow[S]
	open  bool
	t     float64
	side  float64          // the time at which the right-hand side is taken
	start *space.Bundle[S] // before the first
	first S                // right-hand side there
	slope S                // and at the state reached
	cost  []float64        // running costs there
	after []float64        // memory for the next ones
	dtau  []float64        // how the last event moves along each direction
	stop  []float64        // how the one moves that ended the run; nil: none
	hops  int

	next, s, out, gy S
}

func (l *leap[S]) prepare(f *flow[S]) {
	m := f.m
	if l.f != f || len(l.dtau) != len(f.dirs) {
		*l = leap[S]{
			f: f, start: f.sp.New(f.start), first: m.sp.New(m.y0), slope: m.sp.New(m.y0), dtau: make([]float64, len(f.dirs)),
			next: m.sp.New(m.y0), s: m.sp.New(m.y0), out: m.sp.New(m.y0), gy: m.sp.New(m.y0),
		}
	}
	l.open, l.stop = false, nil
}

// enter opens the leap at t where it is not open yet.
func (l *leap[S]) enter(b *space.Bundle[S], t float64) (err error) {
	if l.open && l.t == t {
		return nil
	}
	l.open, l.t, l.hops = true, t, 0
	m := l.f.m
	if l.f.instants {
		m.instants = append(m.instants, instant[S]{t: t, before: m.sp.New(b.Y), after: m.sp.New(b.Y)})
		m.sp.Copy(m.instants[len(m.instants)-1].before, b.Y)
	}
	if len(l.dtau) == 0 {
		return nil
	}
	l.f.sp.Copy(l.start, b)
	l.side, _ = m.around(t)
	l.cost, err = l.slopes(l.cost[:0], b.Y)
	m.sp.Copy(l.first, l.slope)
	return err
}

// slopes sets slope to the right-hand side at y and appends the running costs there.
func (l *leap[S]) slopes(costs []float64, y S) ([]float64, error) {
	if err := l.f.m.rateAt(l.slope, l.side, y); err != nil {
		return costs, err
	}
	for _, loss := range l.f.costs {
		g, err := loss.G(l.side, y, l.f.m.P)
		if err != nil {
			return costs, err
		}
		costs = append(costs, g)
	}
	return costs, nil
}

// event carries the bundle across event n of the system.
func (l *leap[S]) event(b *space.Bundle[S], t float64, n int, acted integrate.Acted) error {
	m := l.f.m
	e := &m.sys.Events[n]
	if err := l.enter(b, t); err != nil {
		return err
	}
	side, _ := m.around(t)
	if err := m.reset(l.next, e, t, side, b.Y); err != nil {
		return err
	}
	if l.f.instants {
		at := &m.instants[len(m.instants)-1]
		at.acted = append(at.acted, acted)
		m.sp.Copy(at.after, l.next)
	}
	if len(l.dtau) == 0 {
		m.sp.Copy(b.Y, l.next)
		return nil
	}
	if !acted.Jump {
		if err := l.own(e, t); err != nil {
			return err
		}
	}
	if err := l.tangents(e, b, t); err != nil {
		return err
	}
	m.sp.Copy(b.Y, l.next)
	if err := l.land(b, l.dtau); err != nil {
		return err
	}
	if e.Stop {
		l.stop = append(l.stop[:0], l.dtau...)
	}
	return nil
}

// own sets dtau of an event with a time of its own.
func (l *leap[S]) own(e *dynsys.Event[S], t float64) error {
	f, m := l.f, l.f.m
	clear(f.gp)
	rate := 1.0
	switch {
	case e.When.Value != nil:
		var err error
		if rate, err = m.condition(e, l.gy, f.gp, t, l.start.Y, l.first); err != nil {
			return &Error{Phase: ForwardPass, T: t, Component: -1, Reason: err}
		}
		rate = -rate
	case e.At.Gradient != nil:
		if err := e.At.Gradient(f.gp, m.P, 1); err != nil {
			return err
		}
	}
	for i, v := range f.vp {
		d := 0.0
		if v != nil {
			d = product(f.gp, v)
		}
		if e.When.Value != nil {
			d += m.sp.(space.InnerProduct[S]).Dot(l.gy, l.start.T[i])
		}
		l.moves(i, d/rate)
	}
	l.hops++
	return nil
}

// moves sets dtau along a direction.
func (l *leap[S]) moves(i int, d float64) {
	if l.hops > 0 && differ(l.dtau[i], d) {
		l.f.m.mix(l.t)
	}
	l.dtau[i] = d
}

// tangents sets each tangent to R_y (s + f- dtau) + R_t dtau + R_p v.
func (l *leap[S]) tangents(e *dynsys.Event[S], b *space.Bundle[S], t float64) error {
	m := l.f.m
	if e.Reset.Value != nil && e.Reset.JVP == nil {
		return fmt.Errorf("sensitivity: Reset.JVP of event %s: %w", e.Name, ErrNoDerivative)
	}
	for i, v := range l.f.vp {
		l.f.add(l.s, b.T[i], l.dtau[i], l.slope)
		if e.Reset.Value == nil {
			m.sp.Copy(b.T[i], l.s)
			continue
		}
		if err := e.Reset.JVP(l.out, t, b.Y, m.P, l.dtau[i], l.s, v); err != nil {
			return err
		}
		m.sp.Copy(b.T[i], l.out)
	}
	return nil
}

// land subtracts f+ dtau, f+ being the right-hand side at the state reached, and adds
// (c- - c+) dtau to the integrals.
func (l *leap[S]) land(b *space.Bundle[S], dtau []float64) error {
	after, err := l.slopes(l.after[:0], b.Y)
	if err != nil {
		return err
	}
	for i, d := range dtau {
		l.f.add(b.T[i], b.T[i], -d, l.slope)
		for c, cost := range after {
			l.f.numbers(b.Q, c)[1+i] += (l.cost[c] - cost) * d
		}
	}
	l.cost, l.after = after, l.cost
	return nil
}

// jump carries the bundle across a break that moves.
func (l *leap[S]) jump(b *space.Bundle[S], t float64, j int) error {
	f := l.f
	if err := l.enter(b, t); err != nil {
		return err
	}
	for i, d := range f.rates[j] {
		if l.hops > 0 && differ(l.dtau[i], d) {
			f.m.mix(t)
		}
		f.add(b.T[i], b.T[i], d, l.slope)
	}
	_, l.side = f.m.around(t)
	if err := f.m.settle(l.side, b.Y); err != nil {
		return err
	}
	return l.land(b, f.rates[j])
}

// end carries the bundle to the end of a run that an event ended: the state stays.
func (l *leap[S]) end(b *space.Bundle[S]) {
	for i, d := range l.stop {
		l.f.add(b.T[i], b.T[i], d, l.slope)
		for c, cost := range l.cost {
			l.f.numbers(b.Q, c)[1+i] += cost * d
		}
	}
}

// add sets dst = x + c*k.
func (f *flow[S]) add(dst, x S, c float64, k S) {
	f.coef[0], f.one[0] = c, k
	f.m.sp.AddScaled(dst, x, f.coef[:], f.one[:])
}
