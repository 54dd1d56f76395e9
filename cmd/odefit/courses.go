package main

import (
	"context"
	"io"
	"math"
	"slices"

	"github.com/odefit/odefit/cmd/odefit/report"
	"github.com/odefit/odefit/fit"
	"github.com/odefit/odefit/fit/dataset"
)

// course is what a model does in one experiment, at a list of times.
type course struct {
	experiment  string
	states      []string
	observables []string
	*fit.Trajectory
}

// simulate computes the course of experiment x at given times.
func simulate(ctx context.Context, p *fit.Problem, theta []float64, x int, times []float64) (*course, error) {
	t, err := p.Simulate(ctx, theta, x, times)
	if err != nil {
		return nil, err
	}
	c := &course{experiment: p.Experiments[x].Name, states: p.Experiments[x].States, Trajectory: t}
	for _, o := range p.Observables {
		c.observables = append(c.observables, o.Name)
	}
	return c, nil
}

// dense is how many times a curve has beside those of the data: enough to look
// smooth in print.
const dense = 401

// fitted computes the courses of all experiments with data at the optimum, from the
// start to the last measurement. Courses that fail are left out; the first error is
// returned.
func fitted(ctx context.Context, p *fit.Problem, r *fit.Result) ([]*course, error) {
	var courses []*course
	var failed error
	for i := range p.Experiments {
		x := &p.Experiments[i]
		var times []float64
		for _, o := range x.Observations {
			times = append(times, o.Time)
		}
		if len(times) == 0 {
			continue
		}
		start, stop := slices.Min(times), slices.Max(times)
		if x.Model != nil {
			start = min(start, x.T0)
		}
		times = append(times, evenly(start, stop, dense)...)
		slices.Sort(times)
		c, err := simulate(ctx, p, r.Theta, i, slices.Compact(times))
		if err != nil {
			if failed == nil {
				failed = err
			}
			continue
		}
		courses = append(courses, c)
	}
	return courses, failed
}

// curves returns the predictions of courses as curves of a picture.
func curves(courses []*course) []report.Curve {
	var list []report.Curve
	for _, c := range courses {
		for k, name := range c.observables {
			curve := report.Curve{Experiment: c.experiment, Observable: name, Times: c.Times}
			for _, row := range c.Predictions {
				curve.Values = append(curve.Values, row[k])
			}
			list = append(list, curve)
		}
	}
	return list
}

// header returns the columns of a table of courses beside experiment and time, and
// which predictions they hold. A prediction that is at all times a state of the same
// name is not written twice; one that differs from it is called NAME.predicted; one
// that needs the columns of a data row is not known at other times.
func header(courses []*course) (columns []string, predictions []int) {
	if len(courses) == 0 {
		return nil, nil
	}
	first := courses[0]
	columns = slices.Clone(first.states)
	for k, name := range first.observables {
		known, differs := false, false
		i := slices.Index(first.states, name)
		for _, c := range courses {
			for n, row := range c.Predictions {
				known = known || !math.IsNaN(row[k])
				differs = differs || i < 0 || row[k] != c.States[n][i]
			}
		}
		if !known || !differs {
			continue
		}
		if i >= 0 {
			name += ".predicted"
		}
		columns, predictions = append(columns, name), append(predictions, k)
	}
	return columns, predictions
}

// writeCourses writes a table: experiment (where there are several or one has a
// name), time, states, predictions.
func writeCourses(w io.Writer, time string, courses []*course) error {
	named := slices.ContainsFunc(courses, func(c *course) bool { return c.experiment != "" })
	columns, predictions := header(courses)
	out := dataset.NewWriter(w)
	if named {
		out.Text("experiment")
	}
	out.Text(time)
	out.Texts(columns...)
	for _, c := range courses {
		for n, t := range c.Times {
			if named {
				out.Text(c.experiment)
			}
			out.Number(t)
			for _, v := range c.States[n] {
				out.Number(v)
			}
			for _, k := range predictions {
				out.Number(c.Predictions[n][k])
			}
			out.End()
		}
	}
	return out.Flush()
}
