package fit

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/odefit/odefit/fit/dataset"
	"github.com/odefit/odefit/fit/noise"
	"github.com/odefit/odefit/sensitivity"
)

// errExactFit: a scale that is left out has no optimum.
var errExactFit = errors.New("the predictions equal the data, so that their scale cannot be estimated: give the scale")

// evaluator computes the objective of a problem for one goroutine: the negative
// log-likelihood of all observations, minus the log priors, and its derivatives in
// the estimated parameters on their natural scale.
type evaluator struct {
	p      *Problem
	sims   []*simulation
	preds  []*predictor
	column []int // column[k] of parameter k among the estimated ones, or -1
	free   []freeScale

	estimated int   // columns of the Jacobian
	first     []int // first[e] is the first row of experiment e
	rows      int   // pseudo-residuals: of observations, then of priors
	mean      []float64
	counts    Counts
}

// freeScale gathers the data of an observable that leaves its scale out.
type freeScale struct {
	residuals []float64
	scale     float64
}

func newEvaluator(p *Problem, set sensitivity.Settings) (*evaluator, error) {
	e := &evaluator{p: p, column: make([]int, len(p.Parameters)), free: make([]freeScale, len(p.Observables))}
	estimated := make([]bool, len(p.Parameters))
	for k := range p.Parameters {
		e.column[k] = -1
		if estimated[k] = !p.Parameters[k].Fixed; estimated[k] {
			e.column[k] = e.estimated
			e.estimated++
		}
	}
	for i := range p.Observables {
		e.preds = append(e.preds, p.Observables[i].Predict.predictor())
	}
	shared := map[int]*rest{}
	for i := range p.Experiments {
		x := &p.Experiments[i]
		sim, err := newSimulation(p, x, estimated, set, shared)
		if err != nil {
			return nil, err
		}
		e.sims = append(e.sims, sim)
		e.first = append(e.first, e.rows)
		for _, o := range x.Observations {
			e.rows += e.outputs(o.Observable)
		}
	}
	e.mean = make([]float64, e.rows)
	for k := range p.Parameters {
		if estimated[k] && p.Parameters[k].Prior != nil {
			e.rows++
		}
	}
	return e, nil
}

// outputs returns the rows that an observation of observable i has.
func (e *evaluator) outputs(i int) int {
	return e.preds[i].p.outputs
}

// value returns the objective at theta.
func (e *evaluator) value(ctx context.Context, theta []float64) (float64, error) {
	e.counts.Objectives++
	return e.evaluate(ctx, theta, nil, nil, nil)
}

// linearize returns the objective and sets the pseudo-residuals r and their
// row-major Jacobian jac in the estimated parameters: the gradient is jac^T r, the
// Fisher information jac^T jac.
func (e *evaluator) linearize(ctx context.Context, r, jac, theta []float64) (float64, error) {
	e.counts.Gradients++
	clear(r)
	clear(jac)
	return e.evaluate(ctx, theta, r, jac, nil)
}

// evaluate goes through the data. With r and jac it fills the rows; with see it
// shows every observation and its prediction.
func (e *evaluator) evaluate(ctx context.Context, theta, r, jac []float64, see func(x, k int, pt Point)) (float64, error) {
	for i := range e.free {
		e.free[i].residuals = e.free[i].residuals[:0]
	}
	var total float64
	for x, sim := range e.sims {
		if len(sim.x.Observations) == 0 {
			continue
		}
		e.counts.Simulations++
		if err := sim.run(ctx, theta, jac != nil); err != nil {
			return 0, err
		}
		e.counts.Steps += sim.steps
		row := e.first[x]
		for k := range sim.x.Observations {
			f, err := e.observation(sim, k, row, theta, r, jac)
			if err != nil {
				return 0, err
			}
			total += f
			row += e.outputs(sim.x.Observations[k].Observable)
		}
	}
	f, err := e.freeScales(r, jac)
	if err != nil {
		return 0, err
	}
	total += f
	f, err = e.priors(theta, r, jac)
	if err != nil {
		return 0, err
	}
	if see != nil {
		e.show(theta, see)
	}
	return total + f, nil
}

// observation returns the share of observation k and fills its rows. Where the
// scale is left out, the share comes later, from freeScales.
func (e *evaluator) observation(sim *simulation, k, row int, theta, r, jac []float64) (float64, error) {
	o := &sim.x.Observations[k]
	obs := &e.p.Observables[o.Observable]
	w := e.place(sim, k, theta)
	var out, slopes []float64
	if jac != nil {
		out, slopes = w.slopes()
	} else {
		out = w.values()
	}
	var score noise.Score
	if obs.FreeScale {
		dist := obs.noise()
		if err := dist.Check(noise.Args{out[0], 1}); err != nil {
			return 0, e.predictionError(sim, o, err)
		}
		e.mean[row] = out[0]
		g := &e.free[o.Observable]
		g.residuals = append(g.residuals, dist.Residual(o.Value, out[0]))
		score.Rows, score.W[0][0] = 1, 1 // the row holds d(mean) until the scale is known
	} else if err := obs.score(&score, o, out); err != nil {
		return 0, e.predictionError(sim, o, err)
	}
	if jac == nil {
		return score.NLL, nil
	}
	n := e.estimated
	copy(r[row:], score.R[:score.Rows])
	for i, entry := range w.p.entries {
		for c := range score.Rows {
			if v := slopes[i] * score.W[c][entry.output]; v != 0 {
				e.chain(jac[(row+c)*n:][:n], sim, k, entry.input, v)
			}
		}
	}
	return score.NLL, nil
}

// place puts time, state, parameters and row values into the predictor.
func (e *evaluator) place(sim *simulation, k int, theta []float64) *predictor {
	return e.placeAt(sim, k, sim.y[sim.at[k]], theta)
}

// placeAt does so for a state y.
func (e *evaluator) placeAt(sim *simulation, k int, y, theta []float64) *predictor {
	o := &sim.x.Observations[k]
	w := e.preds[o.Observable]
	_ = sim.force(o.Time) // start has seen to it that it does not fail
	w.set(o.Time, y, sim.q)
	row := w.row()
	for i := range row {
		row[i] = o.Row[i].at(theta, sim.q)
	}
	return w
}

// chain adds v times the derivative of one input of a prediction, in (y, q, r), to
// a row of the Jacobian.
func (e *evaluator) chain(row []float64, sim *simulation, k, input int, v float64) {
	w := e.preds[sim.x.Observations[k].Observable].p
	switch {
	case input < w.states:
		for j, s := range sim.s[sim.at[k]] {
			row[e.column[sim.moving[j]]] += v * s[input]
		}
	case input < w.states+w.params:
		for j, dq := range sim.dq {
			row[e.column[sim.active[j]]] += v * dq[input-w.states]
		}
	default:
		r := sim.x.Observations[k].Row[input-w.states-w.params]
		if p := r.parameter; p > 0 && e.column[p-1] >= 0 {
			row[e.column[p-1]] += v
		}
		if r.quantity > 0 {
			for j, dq := range sim.dq {
				row[e.column[sim.active[j]]] += v * dq[r.quantity-1]
			}
		}
	}
}

// freeScales finds the scales that are left out, adds the share of their
// observations and finishes the rows. At the optimal scale the objective does not
// depend on it to first order, so that the gradient is the one at fixed scale.
func (e *evaluator) freeScales(r, jac []float64) (float64, error) {
	n := e.estimated
	any := false
	for i := range e.free {
		if g := &e.free[i]; len(g.residuals) > 0 {
			any = true
			obs := &e.p.Observables[i]
			if g.scale = obs.noise().(noise.Profiled).OptimalScale(g.residuals); g.scale == 0 {
				return 0, fmt.Errorf("observable %s: %w", obs.Name, errExactFit)
			}
		}
	}
	if !any {
		return 0, nil
	}
	var total float64
	for x, sim := range e.sims {
		row := e.first[x]
		for k := range sim.x.Observations {
			o := &sim.x.Observations[k]
			if obs := &e.p.Observables[o.Observable]; obs.FreeScale {
				var score noise.Score
				if err := obs.score(&score, o, []float64{e.mean[row], e.free[o.Observable].scale}); err != nil {
					return 0, e.predictionError(sim, o, err)
				}
				total += score.NLL
				if jac != nil {
					r[row] = score.D[0] / score.W[0][0]
					scaleRow(jac[row*n:][:n], score.W[0][0])
				}
			}
			row += e.outputs(o.Observable)
		}
	}
	return total, nil
}

// priors adds the negative log densities of the priors and their rows.
func (e *evaluator) priors(theta, r, jac []float64) (float64, error) {
	n := e.estimated
	row := len(e.mean) // behind the observations
	var total float64
	for k := range e.p.Parameters {
		p := &e.p.Parameters[k]
		if p.Prior == nil {
			continue
		}
		var score noise.PriorScore
		if err := p.Prior.Score(&score, theta[k]); err != nil {
			return 0, priorError(p, err)
		}
		total += score.NLL
		if p.Fixed {
			continue
		}
		if jac != nil {
			r[row] = score.R
			jac[row*n+e.column[k]] = score.W
		}
		row++
	}
	return total, nil
}

// show calls see for every observation with its prediction at theta.
func (e *evaluator) show(theta []float64, see func(x, k int, pt Point)) {
	for x, sim := range e.sims {
		for k := range sim.x.Observations {
			o := &sim.x.Observations[k]
			obs := &e.p.Observables[o.Observable]
			out := e.place(sim, k, theta).values()
			pt := Point{
				Experiment: sim.x.Name, Observable: obs.Name, Time: o.Time, Value: o.Value,
				Censored: o.Censored != dataset.NotCensored, Mean: out[0], Scale: math.NaN(),
			}
			var args noise.Args
			copy(args[:], out)
			if obs.FreeScale {
				args[1] = e.free[o.Observable].scale
			}
			if obs.FreeScale || len(out) > 1 {
				pt.Scale = args[1]
			}
			pt.Residual = obs.noise().Residual(o.Value, out[0])
			pt.Standardized = obs.noise().Standardized(o.Value, args)
			see(x, k, pt)
		}
	}
}

func (e *evaluator) predictionError(sim *simulation, o *Observation, err error) error {
	return &PredictionError{
		Experiment: sim.x.Name, Observable: e.p.Observables[o.Observable].Name, T: o.Time, Source: o.Source, Err: err,
	}
}

// noise returns the observable's distribution.
func (o *Observable) noise() noise.Distribution {
	if o.Noise == nil {
		return noise.Normal{}
	}
	return o.Noise
}

// score sets s for an observation with the predicted arguments out.
func (o *Observable) score(s *noise.Score, ob *Observation, out []float64) error {
	var args noise.Args
	copy(args[:], out)
	switch ob.Censored {
	case dataset.Below:
		return o.noise().ScoreCensored(s, noise.Below, ob.Value, args)
	case dataset.Above:
		return o.noise().ScoreCensored(s, noise.Above, ob.Value, args)
	}
	return o.noise().Score(s, ob.Value, args)
}

func priorError(p *Parameter, err error) error { return fmt.Errorf("prior of %s: %w", p.Name, err) }

func scaleRow(row []float64, c float64) {
	for i := range row {
		row[i] *= c
	}
}

func abs(x float64) float64 { return math.Abs(x) }

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
