package sensitivity

import (
	"fmt"

	"github.com/odefit/odefit/integrate"
)

// leapBack is the transpose of a [leap]: it carries the adjoint back across what
// happens at one time, and adds to dL/dp.
type leapBack[S any] struct {
	a     *account[S]
	rates [][]float64 // dtau/dp of each jump
	y, f  []S         // states and right-hand sides between the events
	cost  []float64
	w     []float64 // how much the loss changes when an event comes later
	tmp   S
	gp    []float64
}

func newLeapBack[S any](a *account[S]) (*leapBack[S], error) {
	rates, err := a.m.gradients()
	return &leapBack[S]{a: a, rates: rates, tmp: a.m.sp.New(a.m.y0), gp: make([]float64, a.m.sys.NumParams)}, err
}

// cross replaces the adjoint just after t by that just before, where y was the state
// before the events that acted there.
func (l *leapBack[S]) cross(lambda S, t float64, y S, acted []integrate.Acted) error {
	j := l.a.m.moving(t)
	if len(acted) == 0 && j < 0 {
		return nil
	}
	before, after := l.a.m.around(t)
	if err := l.states(before, t, y, acted); err != nil {
		return err
	}
	if err := l.last(lambda, after, j, acted); err != nil {
		return err
	}
	if err := l.resets(lambda, t, acted); err != nil {
		return err
	}
	return l.times(lambda, t, acted)
}

// states follows the events forward.
func (l *leapBack[S]) states(before, t float64, y S, acted []integrate.Acted) error {
	a := l.a
	for len(l.y) <= len(acted) {
		l.y, l.f = append(l.y, a.m.sp.New(y)), append(l.f, a.m.sp.New(y))
		l.cost, l.w = append(l.cost, 0), append(l.w, 0)
	}
	a.m.sp.Copy(l.y[0], y)
	for k := 0; ; k++ {
		var err error
		if l.cost[k], err = a.m.slopeAt(l.f[k], a.loss, before, l.y[k]); err != nil || k == len(acted) {
			return err
		}
		if err := a.m.reset(l.y[k+1], &a.m.sys.Events[acted[k].Event], t, l.y[k]); err != nil {
			return err
		}
	}
}

// last transposes what follows the events: a break that moves, and the end of the run.
func (l *leapBack[S]) last(lambda S, after float64, j int, acted []integrate.Acted) error {
	a, k := l.a, len(acted)
	clear(l.w)
	f, cost := l.f[k], l.cost[k]
	if j >= 0 {
		next, err := a.m.slopeAt(l.tmp, a.loss, after, l.y[k])
		if err != nil {
			return err
		}
		w := a.dot.Dot(lambda, f) - a.dot.Dot(lambda, l.tmp) + cost - next
		for i, v := range l.rates[j] {
			a.res.P[i] += w * v
		}
		f, cost = l.tmp, next
	}
	for i := len(acted) - 1; i >= 0; i-- {
		if a.m.sys.Events[acted[i].Event].Stop {
			l.w[i] = a.dot.Dot(lambda, f) + cost
			return nil
		}
	}
	return nil
}

// resets transposes the resets, the last first.
func (l *leapBack[S]) resets(lambda S, t float64, acted []integrate.Acted) error {
	a := l.a
	for k := len(acted) - 1; k >= 0; k-- {
		e := &a.m.sys.Events[acted[k].Event]
		l.w[k] += l.cost[k] - l.cost[k+1] - a.dot.Dot(lambda, l.f[k+1])
		if e.Reset.Value != nil {
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
		if acted[k].Jump && k > 0 {
			l.w[k-1] += l.w[k]
			l.w[k] = 0
		}
	}
	return nil
}

// times transposes the motion of the events.
func (l *leapBack[S]) times(lambda S, t float64, acted []integrate.Acted) error {
	a := l.a
	for k := range acted {
		e := &a.m.sys.Events[acted[k].Event]
		switch {
		case acted[k].Jump:
		case e.When.Value != nil:
			clear(l.gp)
			rate, err := a.m.condition(e, l.tmp, l.gp, t, l.y[0], l.f[0])
			if err != nil {
				return err
			}
			w := -l.w[k] / rate
			a.m.sp.AddScaled(lambda, lambda, []float64{w}, []S{l.tmp})
			for i, v := range l.gp {
				a.res.P[i] += w * v
			}
		case e.At.Gradient != nil:
			if err := e.At.Gradient(a.res.P, a.m.P, l.w[k]); err != nil {
				return err
			}
		}
	}
	return nil
}
