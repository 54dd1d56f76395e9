package fit

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// Trajectory is what a problem predicts for one experiment at some times.
type Trajectory struct {
	Times  []float64
	States [][]float64 // States[i] is the state at Times[i]; nil rows where there are none
	// Predictions[i][k] is the mean of observable k at Times[i]; NaN where it needs
	// the columns of a data row.
	Predictions [][]float64
}

// Guess returns the guesses of all parameters.
func (p *Problem) Guess() []float64 { return newSearchSpace(p).guess }

// Simulate returns the course of experiment x at parameters theta, at the given
// increasing times, none before the experiment's start. Nothing needs to be observed.
// Where an event stops the run, the times after it are left out.
func (p *Problem) Simulate(ctx context.Context, theta []float64, x int, times []float64) (*Trajectory, error) {
	if len(theta) != len(p.Parameters) {
		panic(fmt.Sprintf("fit: %d values for %d parameters", len(theta), len(p.Parameters)))
	}
	exp := p.Experiments[x]
	if len(times) > 0 && times[0] < exp.T0 && exp.Model != nil {
		return nil, fmt.Errorf("fit: the time %v lies before the start of the model at %v", times[0], exp.T0)
	}
	if !slices.IsSorted(times) {
		return nil, fmt.Errorf("fit: the times of a simulation must increase")
	}
	exp.Observations = make([]Observation, len(times))
	for i, t := range times {
		exp.Observations[i].Time = t
	}
	sim, err := newSimulation(p, &exp, make([]bool, len(p.Parameters)), p.settings(1), nil)
	if err != nil {
		return nil, err
	}
	sim.lenient = true
	if err := sim.run(ctx, theta, false); err != nil {
		return nil, err
	}
	if end, ok := sim.stopped(); ok {
		n, _ := slices.BinarySearch(times, math.Nextafter(end, math.Inf(1)))
		times = times[:n]
	}
	tr := &Trajectory{Times: times}
	preds := make([]*predictor, len(p.Observables))
	for k := range preds {
		preds[k] = p.Observables[k].Predict.predictor()
	}
	for i, t := range times {
		y := sim.y[sim.at[i]]
		row := make([]float64, len(preds))
		for k, w := range preds {
			row[k] = math.NaN()
			if !w.p.usesRow {
				if err := sim.force(t); err != nil {
					return nil, err
				}
				w.set(t, y, sim.q)
				row[k] = w.values()[0]
			}
		}
		tr.States = append(tr.States, slices.Clone(y))
		tr.Predictions = append(tr.Predictions, row)
	}
	return tr, nil
}
