package fit

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/odefit/odefit/dynsys/expr"
	"github.com/odefit/odefit/dynsys/model"
	"github.com/odefit/odefit/fit/dataset"
)

// theta returns the input slot of fitted parameter k: behind all inputs of the
// model.
func (j *joiner) theta(k int) int { return j.c.Layout.Len() + k }

// copyIn returns the fitted parameter that quantity i is in an experiment.
func (j *joiner) copyIn(i int, experiment string) int {
	if k, ok := j.copies[i][experiment]; ok {
		return k
	}
	return j.copies[i][""]
}

// base returns the quantities of an experiment before it sets any: parameters and
// the values of constants.
func (j *joiner) base(experiment string) []expr.Node {
	b := j.c.Graph
	q := make([]expr.Node, j.c.Layout.Quantities)
	for i := range q {
		switch k := i - len(j.m.Params); {
		case k < 0:
			q[i] = b.Input(j.theta(j.copyIn(i, experiment)))
		case k < len(j.consts):
			q[i] = b.Const(j.consts[k])
		default:
			q[i] = expr.Zero // an input, whose values are put in as time goes on
		}
	}
	return q
}

// in returns node with the quantities q put in.
func (j *joiner) in(q []expr.Node, nodes ...expr.Node) []expr.Node {
	with := map[int]expr.Node{}
	for i, node := range q {
		with[j.c.Layout.Quantity(i)] = node
	}
	return j.c.Graph.Substitute(nodes, with)
}

// links gives every experiment its quantities and initial values as functions of the
// fitted parameters. What an experiment sets is computed from the values that the
// quantities have outside it; initial values see what it has set.
func (j *joiner) links() error {
	for x, name := range j.names {
		base := j.base(name)
		q := slices.Clone(base)
		initial := slices.Clone(j.c.Initial)
		resets := make([]bool, len(j.m.States))
		set := func(target model.Target, value expr.Node) {
			if target.Kind == model.SetsInitial {
				initial[target.Index] = value
				resets[target.Index] = true
			} else {
				q[target.Index] = j.in(base, value)[0]
			}
		}
		for _, o := range j.c.Experiments {
			if o.Name == name {
				for i, target := range o.Targets {
					set(target, o.Values[i])
				}
			}
		}
		if err := j.conditions(name, set); err != nil {
			return err
		}
		link, err := newBound(j.c.Graph, q, j.in(q, initial...), j.c.Layout.Len(), len(j.p.Parameters))
		if err != nil {
			return err
		}
		j.p.Experiments[x].link, j.p.Experiments[x].Resets = link, resets
	}
	return j.preequilibrations()
}

// conditions calls set for every cell of the experiment's row.
func (j *joiner) conditions(name string, set func(model.Target, expr.Node)) error {
	t := j.tables.Conditions
	if t == nil {
		return nil
	}
	for i := range t.Rows {
		if t.Rows[i].Experiment != name {
			continue
		}
		for _, a := range t.Rows[i].Assignments {
			target, err := j.m.Target(a.Name)
			if err != nil {
				return &dataset.Error{File: t.File, Line: a.Line, Col: a.Col, Column: a.Name, Text: a.Text, Msg: err.Error()}
			}
			value := j.c.Graph.Const(a.Number)
			if !a.IsNumber {
				if value, err = j.c.Cell(a.Text); err != nil {
					return &dataset.Error{File: t.File, Line: a.Line, Col: a.Col, Column: a.Name, Text: a.Text, Msg: cellMistake(err)}
				}
			}
			set(target, value)
		}
	}
	return nil
}

// cellMistake returns what is wrong with a cell, without the place inside it.
func cellMistake(err error) string {
	var e *model.Error
	if errors.As(err, &e) {
		if e.Hint != "" {
			return e.Msg + "; " + e.Hint
		}
		return e.Msg
	}
	return err.Error()
}

// observations gives every experiment its data.
func (j *joiner) observations() error {
	data := j.tables.Data
	if data == nil {
		return nil
	}
	for x := range data.Experiments {
		for _, o := range data.Experiments[x].Observations {
			ob, err := j.observation(data, o)
			if err != nil {
				return err
			}
			j.p.Experiments[x].Observations = append(j.p.Experiments[x].Observations, ob)
		}
	}
	return nil
}

func (j *joiner) observation(data *dataset.Data, o dataset.Observation) (Observation, error) {
	ob := Observation{
		Observable: int(o.Observable), Time: o.Time, Value: o.Value, Censored: o.Censored, BeforeEvents: o.BeforeDose,
		Row:    make([]Value, len(j.m.RowColumns)),
		Source: fmt.Sprintf("%s:%d", data.File, data.Line(o)),
	}
	if o.Time < j.start {
		return ob, data.ErrorAt(o, fmt.Sprintf("the time %v lies before the start of the model at %v", o.Time, j.start),
			"give an earlier start: init STATE = VALUE at TIME")
	}
	obs := &j.p.Observables[o.Observable]
	if o.Censored != dataset.NotCensored {
		if obs.FreeScale {
			return ob, data.ErrorAt(o, "a censored value needs a scale that is a parameter",
				fmt.Sprintf("write the scale of %s in the model's observe line", obs.Name))
		}
	} else if err := obs.noise().Support(o.Value); err != nil {
		return ob, data.ErrorAt(o, err.Error(), "")
	}
	for _, k := range j.c.Observables[o.Observable].Rows {
		switch cell := data.Cell(o, k); cell.Kind {
		case dataset.NumberCell:
			ob.Row[k] = Number(cell.Number)
		case dataset.TextCell:
			q, ok := j.m.Quantity(cell.Text)
			if !ok {
				return ob, data.CellErrorAt(o, k, fmt.Sprintf("%q is neither a number nor a parameter or constant of the model", cell.Text),
					suggestion(cell.Text, j.quantityNames()))
			}
			ob.Row[k] = Value{quantity: q + 1}
		default:
			return ob, data.CellErrorAt(o, k, fmt.Sprintf("the cell is empty, and the observe line of %s uses it", obs.Name),
				"give a number or the name of a parameter")
		}
	}
	return ob, nil
}

// reports makes functions of the fitted parameters of the report lines; where one
// uses a parameter of which every experiment has a copy, one for each experiment.
func (j *joiner) reports() error {
	for i, s := range j.m.Reports {
		names := []string{""}
		for q := range j.m.Params {
			if len(j.copies[q]) > 1 && slices.Contains(j.c.Graph.DependsOn(j.c.Reports[i]), j.c.Layout.Quantity(q)) {
				names = j.names
			}
		}
		for _, x := range names {
			name := s.Name
			if x != "" {
				name = fmt.Sprintf("%s[%s]", s.Name, x)
			}
			node := j.in(j.base(x), j.c.Reports[i])
			link, err := newBound(j.c.Graph, node, nil, j.c.Layout.Len(), len(j.p.Parameters))
			if err != nil {
				return err
			}
			j.p.Reports = append(j.p.Reports, link.report(name))
		}
	}
	return nil
}

// report makes a report of a link with one quantity.
func (l *bound) report(name string) Report {
	return Report{
		Name: name,
		Value: func(theta []float64) float64 {
			var q [1]float64
			_ = l.link(nil).values(q[:], nil, theta) // expressions do not fail
			return q[0]
		},
		Gradient: func(g, theta []float64) {
			dq := make([][]float64, len(l.on))
			for i := range dq {
				dq[i] = make([]float64, 1)
			}
			_ = l.link(nil).tangents(dq, dq, theta, l.on)
			clear(g)
			for i, k := range l.on {
				g[k] = dq[i][0]
			}
		},
	}
}

// Used returns the names of parameters and constants that the cells of tables use,
// for the model's warnings.
func Used(m *model.Model, tables Tables) []string {
	used := map[string]bool{}
	if t := tables.Conditions; t != nil {
		for _, row := range t.Rows {
			for _, a := range row.Assignments {
				used[a.Name] = true
				if e, err := model.ParseCell(a.Text); err == nil {
					for _, name := range model.Names(e) {
						used[name] = true
					}
				}
			}
		}
	}
	if d := tables.Data; d != nil {
		for _, x := range d.Experiments {
			for _, o := range x.Observations {
				for k := range m.RowColumns {
					if cell := d.Cell(o, k); cell.Kind == dataset.TextCell {
						used[cell.Text] = true
					}
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(used))
}
