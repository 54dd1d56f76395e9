package fit

import (
	"errors"
	"fmt"
)

// errBreakAtStart: a jump of the equations that moves with parameters lies at the start.
var errBreakAtStart = errors.New("the equations jump exactly at the start, at a time that moves with the parameters, so that there is no derivative; give the lag or the time a value that differs a little")

// checkBreaks refuses tangents where a break that moves along one of them lies exactly at
// the start: it comes into the solution or leaves it.
func (sim *simulation) checkBreaks() error {
	sys := sim.tracer.Problem.System
	b := &sys.Breaks
	if b.Count == 0 || b.JVP == nil || len(sim.times) == 0 {
		return nil
	}
	tau, moved := make([]float64, b.Count), make([]float64, b.Count)
	q := sim.q[:sys.NumParams]
	if err := b.Times(tau, q); err != nil {
		return err
	}
	for _, j := range sim.places {
		if err := b.JVP(moved, q, sim.dq[j][:sys.NumParams]); err != nil {
			return err
		}
		for i, t := range tau {
			if t == sim.x.T0 && moved[i] != 0 {
				return fmt.Errorf("%w (%v)", errBreakAtStart, t)
			}
		}
	}
	return nil
}
