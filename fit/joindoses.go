package fit

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/expr"
	"github.com/odefit/odefit/dynsys/model"
	"github.com/odefit/odefit/fit/dataset"
)

// doses gives every experiment what its data administer. Experiments with the same
// infusions share a compiled model.
func (j *joiner) doses() error {
	data := j.tables.Data
	if data == nil {
		return nil
	}
	var infused []infusedModel
	for x := range data.Experiments {
		given, err := j.administrations(&data.Experiments[x])
		if err != nil {
			return err
		}
		to := &j.p.Experiments[x]
		to.Doses = given
		var infusions []model.Administration
		running, steady := false, false
		for _, a := range given {
			infusion := a.Rate > 0 || a.Duration > 0
			running, steady = running || infusion, steady || a.Steady != model.Unsteady
			if infusion || a.Steady != model.Unsteady {
				infusions = append(infusions, a)
			}
		}
		if err := j.steadyDoses(to); err != nil {
			return err
		}
		if steady && len(j.m.Zeros) > 0 {
			return &dataset.Error{File: data.File, Line: data.Experiments[x].Doses[0].Line, Msg: "a dose at steady state in a model with algebraic equations is " + dataset.ErrUnsupported.Error(),
				Hint: "give enough doses before it (addl) in place of ss", Err: dataset.ErrUnsupported}
		}
		if !running {
			continue
		}
		same := slices.IndexFunc(infused, func(m infusedModel) bool { return slices.Equal(m.doses, infusions) })
		if same < 0 {
			same = len(infused)
			dynamics, err := j.c.Equations(infusions...)
			if err != nil {
				return err
			}
			j.p.own = append(j.p.own, dynamics)
			infused = append(infused, infusedModel{infusions, dynamics})
		}
		to.Model = infused[same].dynamics
	}
	return nil
}

type infusedModel struct {
	doses    []model.Administration
	dynamics dynsys.Model
}

// administrations expands the dose rows of an experiment, in the order of time.
func (j *joiner) administrations(x *dataset.Experiment) ([]model.Administration, error) {
	var given []model.Administration
	for _, d := range x.Doses {
		state, err := j.compartment(&d)
		if err != nil {
			return nil, err
		}
		mistake := func(text, msg, hint string) error {
			return &dataset.Error{File: j.tables.Data.File, Line: d.Line, Text: text, Msg: msg, Hint: hint}
		}
		switch {
		case d.Time < j.start:
			return nil, mistake("", fmt.Sprintf("a dose at the time %v, before the start of the model at %v", d.Time, j.start),
				"give an earlier start: init STATE = VALUE at TIME")
		}
		for k := range d.Additional + 1 {
			a := model.Administration{
				State: state, Time: d.Time + float64(k)*d.Interval, Amount: d.Amount, Rate: d.Rate, Duration: d.Duration,
			}
			if k == 0 {
				a.Steady, a.Interval = model.Steadiness(d.SteadyState), d.Interval
			}
			given = append(given, a)
		}
	}
	slices.SortStableFunc(given, func(a, b model.Administration) int {
		switch {
		case a.Time < b.Time:
			return -1
		case a.Time > b.Time:
			return 1
		}
		return 0
	})
	return given, nil
}

// compartment returns the state that a dose enters: the one of its cmt, by name or by
// number from 1, or the first one.
func (j *joiner) compartment(d *dataset.Dose) (int, error) {
	cell := d.Compartment
	mistake := func(msg, hint string) error {
		return &dataset.Error{File: j.tables.Data.File, Line: cell.Line, Col: cell.Col, Column: dataset.RoleCompartment.String(), Text: cell.Text, Msg: msg, Hint: hint}
	}
	n := len(j.m.States)
	if n == 0 {
		return 0, &dataset.Error{File: j.tables.Data.File, Line: d.Line, Msg: "a dose, but the model has no states"}
	}
	if cell.Text == "" {
		return 0, nil
	}
	if i, ok := j.m.State(cell.Text); ok {
		return i, nil
	}
	number, err := strconv.ParseFloat(cell.Text, 64)
	switch i := int(number); {
	case err != nil:
		var names []string
		for _, s := range j.m.States {
			names = append(names, s.Name)
		}
		return 0, mistake(fmt.Sprintf("the model has no state %q%s", cell.Text, suggestion(cell.Text, names)), "name a state, or give its number")
	case float64(i) != number || i < 1 || i > n:
		return 0, mistake(fmt.Sprintf("there is no compartment %s; the states have the numbers 1 to %d", cell.Text, n), "they are numbered in the order of their equations")
	default:
		return i - 1, nil
	}
}

// events gives every experiment its events: doses first, then those of the model.
func (j *joiner) events() error {
	l := j.c.Layout
	slack := j.m.AbsTol
	if slack == 0 {
		slack = defaultAbsTol
	}
	margins, err := j.c.Graph.Compile(j.c.Margins()...)
	if err != nil {
		return err
	}
	happen := j.c.Happenings(j.start, 10*slack)
	for x := range j.p.Experiments {
		to := &j.p.Experiments[x]
		list := append(j.c.Given(to.Doses), happen...)
		if len(list) == 0 {
			continue
		}
		if to.events, err = dynsys.CompileEvents(j.c.Graph, l.States, l.Quantities, list); err != nil {
			return err
		}
		if len(j.m.Requires) > 0 {
			to.requires = &requirements{j.m, margins, 10 * slack}
		}
	}
	return nil
}

// requirements are the require lines of a model, checked at the start; along the
// solution they are events.
type requirements struct {
	m       *model.Model
	margins *expr.Program // of t, y, q
	slack   float64
}

// check returns an error where a condition does not hold.
func (r *requirements) check(t float64, y, q []float64) error {
	out := make([]float64, len(r.m.Requires))
	r.margins.Eval(out, slices.Concat([]float64{t}, y, q), r.margins.Scratch())
	for i, v := range out {
		if !(v >= -r.slack) {
			return &model.Violation{File: r.m.File, Require: r.m.Requires[i]}
		}
	}
	return nil
}
