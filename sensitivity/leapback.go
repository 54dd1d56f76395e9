package sensitivity

import (
	"fmt"
	"slices"

	"github.com/odefit/odefit/integrate"
)

// leapBack is the transpose of a [leap]: it carries the adjoint back across what
// happens at one time, and adds to dL/dp.
type leapBack[S any] struct {
	a     *account[S]
	rates [][]float64 // dtau/dp of each jump
	hops  []hop
	y, f  []S // states and right-hand sides between them
	cost  []float64
	side  []float64 // where the right-hand side is taken behind each hop
	w     []float64 // how much the loss changes when a hop comes later
	tmp   S
	gp    []float64
	first motion[S] // of the first hop with a time of its own
}

// hop is one of the things that happen at one time.
type hop struct {
	event int  // index in System.Events, or -1 for a break that moves
	jump  bool // it was set off by the one before
}

// motion is the derivative of a time.
type motion[S any] struct {
	known bool
	y     S
	p     []float64
}

func newLeapBack[S any](a *account[S]) (*leapBack[S], error) {
	rates, err := a.m.gradients()
	np := a.m.sys.NumParams
	return &leapBack[S]{
		a: a, rates: rates, tmp: a.m.sp.New(a.m.y0), gp: make([]float64, np),
		first: motion[S]{y: a.m.sp.New(a.m.y0), p: make([]float64, np)},
	}, err
}

// cross replaces the adjoint just after t by that just before, where y was the state
// before the events that acted there.
func (l *leapBack[S]) cross(lambda S, t float64, y S, acted []integrate.Acted) error {
	m := l.a.m
	j := m.moving(t)
	settles := m.sys.Mass != nil && t != m.T0 && t != m.end && slices.Contains(m.breaks, t)
	if len(acted) == 0 && j < 0 && !settles {
		return nil
	}
	l.plan(acted, j >= 0 || settles)
	if err := l.states(t, y); err != nil {
		return err
	}
	if err := l.resets(lambda, t, j); err != nil {
		return err
	}
	return l.times(lambda, t, j)
}

// plan lists what happens in the order of the forward pass.
func (l *leapBack[S]) plan(acted []integrate.Acted, breaks bool) {
	l.hops = l.hops[:0]
	for _, a := range acted {
		if a.Jump && breaks {
			l.hops = append(l.hops, hop{event: -1})
			breaks = false
		}
		l.hops = append(l.hops, hop{a.Event, a.Jump})
	}
	if breaks {
		l.hops = append(l.hops, hop{event: -1})
	}
}

// states follows the events forward.
func (l *leapBack[S]) states(t float64, y S) error {
	m := l.a.m
	for len(l.y) <= len(l.hops) {
		l.y, l.f = append(l.y, m.sp.New(y)), append(l.f, m.sp.New(y))
		l.cost, l.w, l.side = append(l.cost, 0), append(l.w, 0), append(l.side, 0)
	}
	m.sp.Copy(l.y[0], y)
	side, after := m.around(t)
	for k := 0; ; k++ {
		if err := m.rateAt(l.f[k], side, l.y[k]); err != nil {
			return err
		}
		if g := l.a.loss.G; g != nil {
			var err error
			if l.cost[k], err = g(side, l.y[k], m.P); err != nil {
				return err
			}
		}
		if k == len(l.hops) {
			return nil
		}
		if n := l.hops[k].event; n < 0 {
			side = after
			m.sp.Copy(l.y[k+1], l.y[k])
			if err := m.settle(side, l.y[k+1]); err != nil {
				return err
			}
		} else if err := m.reset(l.y[k+1], &m.sys.Events[n], t, side, l.y[k]); err != nil {
			return err
		}
		l.side[k] = side
	}
}

// resets transposes the resets, the last first, and sums up what the times do.
func (l *leapBack[S]) resets(lambda S, t float64, j int) error {
	a, last := l.a, len(l.hops)
	clear(l.w)
	for k := last - 1; k >= 0; k-- {
		if n := l.hops[k].event; n >= 0 && a.m.sys.Events[n].Stop {
			l.w[k] = a.dot.Dot(lambda, l.f[last]) + l.cost[last] // the run ends
			break
		}
	}
	for k := last - 1; k >= 0; k-- {
		if a.m.sys.Mass != nil {
			if err := a.m.unsettle(lambda, a.res.P, l.side[k], l.y[k+1]); err != nil {
				return err
			}
		}
		l.w[k] += l.cost[k] - l.cost[k+1] - a.dot.Dot(lambda, l.f[k+1])
		if n := l.hops[k].event; n >= 0 && a.m.sys.Events[n].Reset.Value != nil {
			e := &a.m.sys.Events[n]
			if e.Reset.VJP == nil {
				return fmt.Errorf("sensitivity: Reset.VJP of event %s: %w", e.Name, ErrNoDerivative)
			}
			gt, err := e.Reset.VJP(l.tmp, a.res.P, t, l.y[k], a.m.P, lambda)
			if err != nil {
				return err
			}
			a.m.sp.Copy(lambda, l.tmp)
			l.w[k] += gt
		}
		l.w[k] += a.dot.Dot(lambda, l.f[k])
		if l.hops[k].jump {
			l.w[l.trigger(k)] += l.w[k]
		}
	}
	return nil
}

// trigger returns the event that set off hop k.
func (l *leapBack[S]) trigger(k int) int {
	for k--; l.hops[k].event < 0; k-- {
	}
	return k
}

// times transposes the motion of the hops.
func (l *leapBack[S]) times(lambda S, t float64, j int) error {
	a := l.a
	l.first.known = false
	for k, h := range l.hops {
		if h.jump || h.event < 0 && j < 0 {
			continue // it moves with another, or not at all
		}
		clear(l.gp)
		rate := 1.0
		a.m.sp.Copy(l.tmp, a.m.zero)
		switch {
		case h.event < 0:
			copy(l.gp, l.rates[j])
		case a.m.sys.Events[h.event].When.Value != nil:
			var err error
			if rate, err = a.m.condition(&a.m.sys.Events[h.event], l.tmp, l.gp, t, l.y[0], l.f[0]); err != nil {
				return err
			}
			rate = -rate
		case a.m.sys.Events[h.event].At.Gradient != nil:
			if err := a.m.sys.Events[h.event].At.Gradient(l.gp, a.m.P, 1); err != nil {
				return err
			}
		}
		l.compare(t, rate)
		w := l.w[k] / rate
		a.m.sp.AddScaled(lambda, lambda, []float64{w}, []S{l.tmp})
		for i, v := range l.gp {
			a.res.P[i] += w * v
		}
	}
	return nil
}

// compare takes note where the hop whose time has the derivatives tmp/rate and gp/rate
// moves in another way than the first.
func (l *leapBack[S]) compare(t, rate float64) {
	m, first := l.a.m, &l.first
	if len(l.hops) == 1 {
		return
	}
	if !first.known {
		first.known = true
		m.sp.AddScaled(first.y, m.zero, []float64{1 / rate}, []S{l.tmp})
		for i, v := range l.gp {
			first.p[i] = v / rate
		}
		return
	}
	size := m.size(first.y)
	m.sp.AddScaled(first.y, first.y, []float64{-1 / rate}, []S{l.tmp})
	mixed := m.size(first.y) > 1e-6*size
	m.sp.AddScaled(first.y, first.y, []float64{1 / rate}, []S{l.tmp})
	for i, v := range l.gp {
		mixed = mixed || differ(first.p[i], v/rate)
	}
	if mixed {
		m.mix(t)
	}
}
