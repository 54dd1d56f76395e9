package fit

import (
	"context"
	"math"
	"slices"

	"github.com/odefit/odefit/fit/noise"
	"github.com/odefit/odefit/sensitivity"
)

// gradient returns the objective at theta and sets g to its gradient in the estimated
// parameters, by a method of package sensitivity: one gradient for each experiment,
// whatever the number of parameters.
//
// Scales that are left out take their optimal value for the predictions of a plain
// simulation before.
func (e *evaluator) gradient(ctx context.Context, g, theta []float64, method sensitivity.Method) (float64, error) {
	e.counts.Gradients++
	clear(g)
	if e.hasFree() {
		if _, err := e.evaluate(ctx, theta, nil, nil, nil); err != nil {
			return 0, err
		}
	}
	var total float64
	for _, sim := range e.sims {
		f, err := e.experimentGradient(ctx, g, theta, sim, method)
		if err != nil {
			return 0, err
		}
		total += f
	}
	f, err := e.priorGradient(g, theta)
	return total + f, err
}

func (e *evaluator) hasFree() bool {
	for i := range e.p.Observables {
		if e.p.Observables[i].FreeScale {
			return true
		}
	}
	return false
}

// experimentGradient adds one experiment.
func (e *evaluator) experimentGradient(ctx context.Context, g, theta []float64, sim *simulation, method sensitivity.Method) (float64, error) {
	if len(sim.x.Observations) == 0 {
		return 0, nil
	}
	e.counts.Simulations++
	l := &likelihood{e: e, sim: sim, theta: theta, gq: make([]float64, len(sim.q)), direct: g}
	if sim.sys != nil && (sim.forever || slices.Contains(sim.before, true)) {
		return l.forward(ctx, g)
	}
	if err := sim.start(ctx, theta, true); err != nil {
		return 0, err
	}
	if sim.sys == nil {
		f, err := l.withoutStates()
		l.chain(g, l.gq, nil)
		return f, err
	}
	if err := sim.setEvents(sim.tracer.Problem.T1); err != nil {
		return 0, err
	}
	res, err := sensitivity.Gradient(ctx, sim.tracer.Problem, l.loss(), method, &sim.set)
	if err != nil {
		if l.err != nil {
			return 0, l.err
		}
		return 0, sim.failure(err)
	}
	if err := sim.checkStopped(); err != nil {
		return 0, err
	}
	e.counts.Steps += res.Stats.Steps
	for i, d := range res.P {
		l.gq[i] += d
	}
	l.chain(g, l.gq, res.Y0)
	return res.Value, nil
}

// duality returns the largest duality gap of the experiments, NaN where a method has
// none.
func (e *evaluator) duality(ctx context.Context, theta []float64, method sensitivity.Method) float64 {
	worst := math.NaN()
	for _, sim := range e.sims {
		if len(sim.x.Observations) == 0 || sim.sys == nil || sim.forever {
			continue
		}
		l := &likelihood{e: e, sim: sim, theta: theta, gq: make([]float64, len(sim.q)), direct: make([]float64, e.estimated)}
		if sim.start(ctx, theta, true) != nil {
			return math.NaN()
		}
		if sim.setEvents(sim.tracer.Problem.T1) != nil {
			return math.NaN()
		}
		gap, err := sensitivity.Duality(ctx, sim.tracer.Problem, l.loss(), method, &sim.set)
		if err != nil {
			return math.NaN()
		}
		if !(worst > gap) {
			worst = gap
		}
	}
	return worst
}

// loss is the likelihood as package sensitivity wants it.
func (l *likelihood) loss() *sensitivity.Loss[[]float64] {
	times := make([]float64, len(l.sim.x.Observations))
	for k, o := range l.sim.x.Observations {
		times[k] = o.Time
	}
	return &sensitivity.Loss[[]float64]{Times: times, L: l.value, Ly: l.inState, Lp: l.inParams}
}

// likelihood is the negative log-likelihood of one experiment as a loss of its
// trajectory.
type likelihood struct {
	e      *evaluator
	sim    *simulation
	theta  []float64
	gq     []float64 // derivative in the part of q that predictions alone use
	direct []float64 // derivative in the estimated parameters through row values
	err    error     // the first mistake, in the model's words
}

// score evaluates observation k in state y.
func (l *likelihood) score(s *noise.Score, k int, y []float64) (*predictor, []float64, error) {
	o := &l.sim.x.Observations[k]
	obs := &l.e.p.Observables[o.Observable]
	w := l.e.placeAt(l.sim, k, y, l.theta)
	out, slopes := w.slopes()
	args := out
	if obs.FreeScale {
		args = []float64{out[0], l.e.free[o.Observable].scale}
	}
	if err := obs.score(s, o, args); err != nil {
		err = l.e.predictionError(l.sim, o, err)
		if l.err == nil {
			l.err = err
		}
		return nil, nil, err
	}
	return w, slopes, nil
}

func (l *likelihood) value(k int, y, _ []float64) (float64, error) {
	var s noise.Score
	_, _, err := l.score(&s, k, y)
	return s.NLL, err
}

func (l *likelihood) inState(out []float64, k int, y, _ []float64) error {
	clear(out)
	return l.each(k, y, func(input int, v float64) {
		if input < len(out) {
			out[input] += v
		}
	})
}

// inParams adds the derivatives in q, and those through row values to where they
// belong.
func (l *likelihood) inParams(_ []float64, k int, y, _ []float64) error {
	p := l.e.preds[l.sim.x.Observations[k].Observable].p
	return l.each(k, y, func(input int, v float64) {
		switch {
		case input < p.states:
		case input < p.states+p.params:
			l.gq[input-p.states] += v
		default:
			r := l.sim.x.Observations[k].Row[input-p.states-p.params]
			if r.parameter > 0 && l.e.column[r.parameter-1] >= 0 {
				l.direct[l.e.column[r.parameter-1]] += v
			}
			if r.quantity > 0 {
				l.gq[r.quantity-1] += v
			}
		}
	})
}

// each calls add with the derivative of the share of observation k in every input
// (y, q, r) of its prediction.
func (l *likelihood) each(k int, y []float64, add func(input int, v float64)) error {
	var s noise.Score
	w, slopes, err := l.score(&s, k, y)
	if err != nil {
		return err
	}
	for i, entry := range w.p.entries {
		add(entry.input, s.D[entry.output]*slopes[i])
	}
	return nil
}

// forward adds the shares of an experiment by its tangents. Observations at infinite
// time have no time at which an adjoint could begin, and those before the events of
// their time are not known to losses.
func (l *likelihood) forward(ctx context.Context, g []float64) (float64, error) {
	sim := l.sim
	if err := sim.run(ctx, l.theta, true); err != nil {
		return 0, err
	}
	var total float64
	gy := make([]float64, len(sim.y0))
	for k := range sim.x.Observations {
		y, s := sim.y[sim.at[k]], sim.s[sim.at[k]]
		f, err := l.value(k, y, nil)
		if err != nil {
			return 0, err
		}
		total += f
		if err := l.inState(gy, k, y, nil); err != nil {
			return 0, err
		}
		for j, i := range sim.moving {
			for c, d := range gy {
				g[l.e.column[i]] += d * s[j][c]
			}
		}
		if err := l.inParams(nil, k, y, nil); err != nil {
			return 0, err
		}
	}
	l.chain(g, l.gq, nil)
	return total, nil
}

// withoutStates adds up the shares of an experiment that needs no trajectory.
func (l *likelihood) withoutStates() (float64, error) {
	var total float64
	for k := range l.sim.x.Observations {
		f, err := l.value(k, nil, nil)
		if err != nil {
			return 0, err
		}
		total += f
		if err := l.inParams(nil, k, nil, nil); err != nil {
			return 0, err
		}
	}
	return total, nil
}

// chain adds to g what goes through q and y0.
func (l *likelihood) chain(g, gq, gy0 []float64) {
	for j, k := range l.sim.active {
		sum := 0.0
		for i, d := range l.sim.dq[j] {
			sum += d * gq[i]
		}
		for i, d := range gy0 {
			sum += d * l.sim.dy0[j][i]
		}
		g[l.e.column[k]] += sum
	}
}

// priorGradient adds the priors.
func (e *evaluator) priorGradient(g, theta []float64) (float64, error) {
	var total float64
	for k := range e.p.Parameters {
		p := &e.p.Parameters[k]
		if p.Prior == nil {
			continue
		}
		var s noise.PriorScore
		if err := p.Prior.Score(&s, theta[k]); err != nil {
			return 0, priorError(p, err)
		}
		total += s.NLL
		if e.column[k] >= 0 {
			g[e.column[k]] += s.D
		}
	}
	return total, nil
}
