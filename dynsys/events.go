package dynsys

import (
	"fmt"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// EventsAt returns the events of the system at parameters p, which are not copied. Its
// functions share scratch memory.
func (s *System[S]) EventsAt(p []float64) ([]integrate.Event[S], error) {
	events := make([]integrate.Event[S], len(s.Events))
	for i := range s.Events {
		e := &s.Events[i]
		to := &events[i]
		to.Direction, to.Stop = e.Direction, e.Stop
		switch {
		case e.When.Value != nil:
			to.When = func(t float64, y S) (float64, error) { return e.When.Value(t, y, p) }
		case e.At.Value != nil:
			var err error
			if to.At, err = e.At.Value(p); err != nil {
				return nil, fmt.Errorf("dynsys: time of event %d %s: %w", i, e.Name, err)
			}
		default:
			return nil, fmt.Errorf("dynsys: event %d %s has neither At nor When", i, e.Name)
		}
		if e.Reset.Value == nil {
			continue
		}
		apply, err := s.resetting(e, p)
		if err != nil {
			return nil, err
		}
		to.Apply = apply
	}
	return events, nil
}

// resetting returns the reset of an event as a change in place.
func (s *System[S]) resetting(e *Event[S], p []float64) (func(y S, t float64) error, error) {
	sp := s.Space
	if sp == nil {
		floats, ok := any(space.Floats{}).(space.Space[S])
		if !ok {
			return nil, fmt.Errorf("dynsys: System.Space is nil, and the state is not []float64; give its space")
		}
		sp = floats
	}
	var before S
	started := false
	return func(y S, t float64) error {
		if !started {
			before, started = sp.New(y), true
		}
		sp.Copy(before, y)
		return e.Reset.Value(y, t, before, p)
	}, nil
}
