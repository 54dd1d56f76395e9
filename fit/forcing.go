package fit

import (
	"fmt"
	"slices"
	"sort"

	"gonum.org/v1/gonum/interp"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/model"
	"github.com/odefit/odefit/fit/dataset"
)

// forcings are the inputs of one experiment: functions of time in the last places of q.
type forcings struct {
	first int // place of the first one in q
	list  []dynsys.Forcing
}

// force puts the inputs at time t into the experiment's q, for predictions.
func (sim *simulation) force(t float64) error {
	f := sim.x.inputs
	if f == nil {
		return nil
	}
	for i := range f.list {
		v, err := f.list[i].Value(t)
		if err != nil {
			return sim.failure(err)
		}
		sim.q[f.first+i] = v
	}
	return nil
}

// inputs gives every experiment its forcings.
func (j *joiner) inputs() error {
	if len(j.m.Inputs) == 0 {
		return nil
	}
	columns := Roles(j.m).Inputs
	for x := range j.p.Experiments {
		f := &forcings{first: len(j.m.Params) + len(j.m.Consts)}
		for _, u := range j.m.Inputs {
			var samples []dataset.Sample
			if d := j.tables.Data; d != nil && x < len(d.Experiments) && d.Experiments[x].Inputs != nil {
				samples = d.Experiments[x].Inputs[slices.Index(columns, u.Column)]
			}
			f.list = append(f.list, forcing(u, samples, j.names[x]))
		}
		j.p.Experiments[x].inputs = f
	}
	return nil
}

// forcing interpolates the samples of an input, which are sorted.
func forcing(u *model.Input, samples []dataset.Sample, experiment string) dynsys.Forcing {
	n := len(samples)
	t, v := make([]float64, n), make([]float64, n)
	for i, s := range samples {
		t[i], v[i] = s.Time, s.Value
	}
	in := ""
	if experiment != "" {
		in = " in experiment " + experiment
	}
	value, slope := interpolate(u.Interpolation, t, v)
	return dynsys.Forcing{
		Breaks: t,
		Value: func(x float64) (float64, error) {
			switch {
			case n == 0:
				return 0, fmt.Errorf("the data give no values of the input %s%s", u.Name, in)
			case x >= t[0] && x <= t[n-1]:
				return value(x), nil
			case !u.Hold:
				return 0, fmt.Errorf("the input %s is known from %v to %v only%s, not at %.6g; with hold it keeps its first and last value",
					u.Name, t[0], t[n-1], in, x)
			case x < t[0]:
				return v[0], nil
			}
			return v[n-1], nil
		},
		Slope: func(x float64) float64 {
			if n == 0 || x < t[0] || x >= t[n-1] {
				return 0
			}
			return slope(x)
		},
	}
}

// interpolate returns a function through (t, v) and its slope, for times from the first
// to the last.
func interpolate(how model.Interpolation, t, v []float64) (value, slope func(float64) float64) {
	n := len(t)
	before := func(x float64) int { return max(0, sort.Search(n, func(i int) bool { return t[i] > x })-1) }
	switch {
	case how == model.StepAfter || n < 2:
		return func(x float64) float64 { return v[before(x)] }, func(float64) float64 { return 0 }
	case how == model.CubicBetween:
		var spline interp.AkimaSpline
		if err := spline.Fit(t, v); err != nil {
			panic(fmt.Sprintf("fit: Akima's spline: %v", err)) // times are distinct and sorted
		}
		return spline.Predict, spline.PredictDerivative
	}
	slope = func(x float64) float64 {
		i := min(before(x), n-2)
		return (v[i+1] - v[i]) / (t[i+1] - t[i])
	}
	return func(x float64) float64 {
		i := min(before(x), n-2)
		return v[i] + slope(x)*(x-t[i])
	}, slope
}
