package fit

import (
	"errors"
	"fmt"
	"math"

	"github.com/odefit/odefit/fit/dataset"
	"github.com/odefit/odefit/fit/minimize"
	"github.com/odefit/odefit/fit/noise"
)

// check says what is wrong with the problem as such.
func (p *Problem) check() error {
	for k := range p.Parameters {
		if err := p.Parameters[k].check(); err != nil {
			return err
		}
	}
	for i := range p.Observables {
		o := &p.Observables[i]
		if o.Predict == nil {
			return fmt.Errorf("fit: observable %s has no prediction", o.Name)
		}
		if _, ok := o.noise().(noise.Profiled); o.FreeScale && !ok {
			return fmt.Errorf("fit: the scale of %s cannot be left out: that of %s noise has no closed form", o.Name, o.noise().Name())
		}
		want := len(o.noise().ArgNames())
		if o.FreeScale {
			want--
		}
		if o.Predict.outputs != want {
			return fmt.Errorf("fit: observable %s: %s noise needs %d predicted values, not %d", o.Name, o.noise().Name(), want, o.Predict.outputs)
		}
	}
	n := 0
	for i := range p.Experiments {
		if err := p.checkExperiment(&p.Experiments[i]); err != nil {
			return err
		}
		n += len(p.Experiments[i].Observations)
	}
	if n == 0 {
		return errors.New("fit: there is no observation to fit")
	}
	return nil
}

func (p *Problem) checkExperiment(x *Experiment) error {
	states, params := 0, len(p.Parameters)
	if x.Params != nil {
		params = len(x.Params)
	}
	if x.link != nil {
		params = x.link.size()
	}
	if x.Model != nil {
		sys, err := x.Model.System()
		if err != nil {
			return err
		}
		states = sys.Dim
		if sys.NumParams > params {
			return fmt.Errorf("fit: experiment %q has %d parameters, its model needs %d", x.Name, params, sys.NumParams)
		}
		if x.link == nil && x.Y0 == nil && sys.Initial.Value == nil {
			return fmt.Errorf("fit: experiment %q has no initial state: neither Y0 nor the model's", x.Name)
		}
		if x.Y0 != nil && len(x.Y0) != states {
			return fmt.Errorf("fit: experiment %q has %d initial values for %d states", x.Name, len(x.Y0), states)
		}
	}
	if x.Preequilibration < 0 || x.Preequilibration > len(p.Experiments) || x.Resets != nil && len(x.Resets) != states {
		return fmt.Errorf("fit: experiment %q begins at the steady state of experiment %d, of %d, with %d states set of %d", x.Name, x.Preequilibration-1, len(p.Experiments), len(x.Resets), states)
	}
	for k, o := range x.Observations {
		where := fmt.Sprintf("fit: experiment %q, observation %d", x.Name, k)
		if o.Observable < 0 || o.Observable >= len(p.Observables) {
			return fmt.Errorf("%s: there is no observable %d", where, o.Observable)
		}
		obs := &p.Observables[o.Observable]
		switch pr := obs.Predict; {
		case !(o.Time >= x.T0):
			return fmt.Errorf("%s: the time %v lies before the start %v", where, o.Time, x.T0)
		case pr.states > states || pr.params > params || pr.rows != len(o.Row):
			return fmt.Errorf("%s: the prediction of %s takes %d states, %d parameters and %d row values, and is given %d, %d and %d",
				where, obs.Name, pr.states, pr.params, pr.rows, states, params, len(o.Row))
		case o.Censored != dataset.NotCensored && obs.FreeScale:
			return fmt.Errorf("%s: a censored value needs a scale that is a parameter", where)
		case o.Censored == dataset.NotCensored:
			if err := obs.noise().Support(o.Value); err != nil {
				return fmt.Errorf("%s: %w", where, err)
			}
		}
	}
	return nil
}

// check says what is wrong with a parameter: its guess must lie between its bounds,
// and both inside what its scale can express.
func (p *Parameter) check() error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("parameter %s: %s", p.Name, fmt.Sprintf(format, args...))
	}
	if !finite(p.Guess) {
		return bad("the guess is %v", p.Guess)
	}
	if p.Fixed {
		return nil
	}
	lo, hi := p.bounds()
	if math.IsNaN(lo) || math.IsNaN(hi) || lo >= hi {
		return bad("the bounds [%v, %v] hold no interval", p.Lower, p.Upper)
	}
	switch p.Scale {
	case minimize.Log, minimize.Log10:
		if p.Guess <= 0 || p.Lower < 0 || p.Lower == 0 && p.Upper != 0 {
			return bad("a %s scale needs a guess and a lower bound above 0 (guess %v, bounds [%v, %v])", p.Scale, p.Guess, p.Lower, p.Upper)
		}
	case minimize.Logit:
		if math.IsInf(lo, 0) || math.IsInf(hi, 0) || p.Guess == lo || p.Guess == hi {
			return bad("a logit scale needs finite bounds and a guess strictly between them (guess %v, bounds [%v, %v])", p.Guess, lo, hi)
		}
	}
	if p.Guess < lo || p.Guess > hi {
		return bad("the guess %v lies outside the bounds [%v, %v]", p.Guess, lo, hi)
	}
	return nil
}
