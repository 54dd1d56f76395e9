package fit

import (
	"fmt"
	"slices"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/expr"
	"github.com/odefit/odefit/dynsys/model"
)

// steadyDose is a dose at steady state: one that was given again and again for ever
// before, so that the states at its time are those of a periodic solution.
type steadyDose struct {
	model.Administration
	delivery *bound  // lag, amount, rate and duration as functions of q
	longest  float64 // infusions that the equations hold
}

// steadyDoses takes the doses at steady state from those of the experiment.
func (j *joiner) steadyDoses(x *Experiment) error {
	l := j.c.Layout
	for _, a := range x.Doses {
		if a.Steady == model.Unsteady {
			continue
		}
		d := j.c.Delivery(a)
		delivery, err := newBound(j.c.Graph, []expr.Node{d.Lag, d.Amount, d.Rate, d.Duration}, nil, l.Quantity(0), l.Quantities)
		if err != nil {
			return err
		}
		x.steady = append(x.steady, steadyDose{a, delivery, j.c.LongestInfusion(a)})
		x.plain = j.dynamics
	}
	return nil
}

// prepareSteady makes the events of doses at steady state, and the searches behind them.
func (sim *simulation) prepareSteady() error {
	if len(sim.x.steady) == 0 {
		return nil
	}
	sys, err := sim.x.plain.System()
	if err != nil {
		return err
	}
	if f := sim.x.inputs; f != nil {
		sys = dynsys.Force(sys, f.first, f.list)
	}
	for i := range sim.x.steady {
		d := &sim.x.steady[i]
		r := &steadyReset{dose: d, search: newPeriodic(sys, d, sim.set)}
		sim.steady = append(sim.steady, dynsys.Event[[]float64]{
			Name:  "the steady state of doses",
			At:    dynsys.Time{Value: func([]float64) (float64, error) { return d.Time, nil }},
			Reset: dynsys.Map[[]float64]{Value: r.value, JVP: r.jvp, VJP: r.vjp},
		})
	}
	return nil
}

// steadyReset sets the states to those at the steady state of a dose, or adds these:
//
//	y+ = Y(q)  or  y+ = y + Y(q).
type steadyReset struct {
	dose   *steadyDose
	search *periodic

	q      []float64 // where Y was found
	y      []float64 // Y
	slopes [][]float64
}

// find finds Y at q.
func (r *steadyReset) find(before, q []float64) error {
	if slices.Equal(r.q, q) {
		return nil
	}
	r.q, r.slopes = nil, nil
	begin := slices.Clone(before)
	if r.dose.Steady == model.Adds {
		clear(begin)
	}
	y, err := r.search.find(begin, q)
	if err != nil {
		return fmt.Errorf("looking for the steady state of the doses: %w", err)
	}
	r.y, r.q = y, slices.Clone(q)
	return nil
}

// derive finds the derivatives of Y in every quantity.
func (r *steadyReset) derive(before, q []float64) (err error) {
	if err := r.find(before, q); err != nil || r.slopes != nil {
		return err
	}
	r.slopes, err = r.search.slopes(q)
	return err
}

func (r *steadyReset) value(dst []float64, _ float64, y, q []float64) error {
	if err := r.find(y, q); err != nil {
		return err
	}
	for i, v := range r.y {
		if dst[i] = v; r.dose.Steady == model.Adds {
			dst[i] += y[i]
		}
	}
	return nil
}

func (r *steadyReset) jvp(out []float64, _ float64, y, q []float64, _ float64, vy, vq []float64) error {
	if err := r.derive(y, q); err != nil {
		return err
	}
	clear(out)
	if r.dose.Steady == model.Adds {
		copy(out, vy)
	}
	for k, v := range vq {
		if s := r.slopes[k]; v != 0 && s != nil {
			for i, d := range s {
				out[i] += v * d
			}
		}
	}
	return nil
}

func (r *steadyReset) vjp(gy, gq []float64, _ float64, y, q, w []float64) (float64, error) {
	if err := r.derive(y, q); err != nil {
		return 0, err
	}
	clear(gy)
	if r.dose.Steady == model.Adds {
		copy(gy, w)
	}
	for k, s := range r.slopes {
		for i, d := range s {
			if gq != nil {
				gq[k] += w[i] * d
			}
		}
	}
	return 0, nil
}
