package fit

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/expr"
	"github.com/odefit/odefit/dynsys/model"
	"github.com/odefit/odefit/fit/dataset"
	"github.com/odefit/odefit/fit/minimize"
	"github.com/odefit/odefit/fit/noise"
	"github.com/odefit/odefit/integrate"
)

// Tables are the inputs of [FromModel] beside the model. Each may be nil.
type Tables struct {
	Data       *dataset.Data
	Conditions *dataset.Conditions
	Parameters *dataset.Parameters
}

// Roles returns what the model asks of its data: to be handed to dataset.Read.
func Roles(m *model.Model) dataset.Roles {
	roles := dataset.Roles{Columns: map[dataset.Role]string{}, RowColumns: m.RowColumns}
	for role, column := range m.Columns {
		if r, ok := dataset.ParseRole(role.String()); ok {
			roles.Columns[r] = column
		}
	}
	for _, u := range m.Inputs {
		if !slices.Contains(roles.Inputs, u.Column) {
			roles.Inputs = append(roles.Inputs, u.Column)
		}
	}
	for _, o := range m.Observes {
		roles.Observables = append(roles.Observables, o.Column)
	}
	return roles
}

// FromModel gives the declarations of a text model their meaning: it makes the
// problem of fitting the model to the data.
//
// A mistake in a table, or one that shows only where model and table meet, is a
// *dataset.Error; a mistake in the model a model.ErrorList. Both say where.
//
// Without data, the problem has one experiment for each row of the conditions, or one
// alone, and no observations: it can be simulated.
func FromModel(m *model.Model, tables Tables) (*Problem, error) {
	c, err := m.Compile()
	if err != nil {
		return nil, err
	}
	dynamics, err := c.Equations()
	if err != nil {
		return nil, err
	}
	j := &joiner{
		m: m, c: c, tables: tables, dynamics: dynamics, start: startTime(m, tables.Data),
		p: &Problem{RelTol: m.RelTol, AbsTol: m.AbsTol, own: []dynsys.Model{dynamics}},
	}
	for _, step := range []func() error{
		j.solver, j.experiments, j.parameters, j.parameterTable, j.checkGuesses, j.priors,
		j.observables, j.links, j.observations, j.doses, j.events, j.inputs, j.reports,
	} {
		if err := step(); err != nil {
			return nil, errors.Join(err, j.p.Close())
		}
	}
	return j.p, nil
}

// joiner joins a model with its tables.
type joiner struct {
	m        *model.Model
	c        *model.Compiled
	tables   Tables
	dynamics dynsys.Model
	start    float64
	p        *Problem

	names  []string         // of the experiments, in the order of Problem.Experiments
	copies []map[string]int // copies[i] is the parameter of quantity i in an experiment; "" for all
	consts []float64        // values of the constants
}

// startTime returns the start time of all experiments: the model's own, else the
// earliest time of the data, or 0 where the data have only later ones.
func startTime(m *model.Model, data *dataset.Data) float64 {
	if t, ok := m.StartTime(); ok {
		return t
	}
	if data == nil || math.IsNaN(data.First) {
		return 0
	}
	return min(data.First, 0)
}

func (j *joiner) solver() error {
	if j.m.Solver == "" {
		if len(j.m.Zeros) > 0 { // one step methods keep more digits of algebraic states than Auto's BDF
			j.p.Solver = integrate.Rodas5P{}
		}
		return nil
	}
	method, ok := integrate.ByName(j.m.Solver)
	if !ok {
		return fmt.Errorf("%s: there is no solver %q", j.m.File, j.m.Solver)
	}
	j.p.Solver = method
	return nil
}

// experiments lists the experiments: those of the data, then those that only the
// conditions or the model name and that have no data.
func (j *joiner) experiments() error {
	if data := j.tables.Data; data != nil {
		for _, x := range data.Experiments {
			j.names = append(j.names, x.Name)
		}
	}
	if c := j.tables.Conditions; c != nil {
		for _, row := range c.Rows {
			j.addExperiment(row.Experiment)
		}
	}
	for _, x := range j.m.Experiments {
		j.addExperiment(x.Name)
	}
	if len(j.names) == 0 {
		j.names = []string{""}
	}
	for _, name := range j.names {
		x := Experiment{Name: name, T0: j.start}
		if len(j.m.States) > 0 {
			x.Model = j.dynamics
		}
		for i, s := range j.m.States {
			x.States = append(x.States, s.Name)
			if s.Algebraic != nil {
				x.algebraic = append(x.algebraic, i)
			}
		}
		j.p.Experiments = append(j.p.Experiments, x)
	}
	return nil
}

func (j *joiner) addExperiment(name string) {
	if !slices.Contains(j.names, name) {
		j.names = append(j.names, name)
	}
}

// parameters lists the fitted parameters: those of the model, with a copy for every
// experiment where it says each.
func (j *joiner) parameters() error {
	for _, s := range j.m.Params {
		p := Parameter{Name: s.Name, Guess: s.Guess.Value, Scale: scaleOf(s.Scale)}
		if s.Bounds != nil {
			p.Lower, p.Upper = s.Lower, s.Upper
		}
		if s.Net != nil {
			p.Network = s.Net.Name
		}
		copies := map[string]int{}
		if !s.Each || len(j.names) == 1 && j.names[0] == "" {
			copies[""] = len(j.p.Parameters)
			j.p.Parameters = append(j.p.Parameters, p)
		} else {
			for _, x := range j.names {
				copies[x] = len(j.p.Parameters)
				p.Name = fmt.Sprintf("%s[%s]", s.Name, x)
				j.p.Parameters = append(j.p.Parameters, p)
			}
		}
		j.copies = append(j.copies, copies)
	}
	for _, s := range j.m.Consts {
		j.consts = append(j.consts, s.Number.Value)
	}
	return nil
}

func scaleOf(s model.Scale) minimize.Scale {
	switch s {
	case model.Log:
		return minimize.Log
	case model.Log10:
		return minimize.Log10
	case model.Logit:
		return minimize.Logit
	}
	return minimize.Linear
}

// parameterTable applies the rows of the parameter table.
func (j *joiner) parameterTable() error {
	t := j.tables.Parameters
	if t == nil {
		return nil
	}
	for i := range t.Rows {
		row := &t.Rows[i]
		if err := j.parameterRow(row); err != nil {
			return &dataset.Error{File: t.File, Line: row.Line, Col: row.Col, Text: row.Name, Msg: err.Error()}
		}
	}
	return nil
}

func (j *joiner) parameterRow(row *dataset.Parameter) error {
	q, ok := j.m.Quantity(row.Base)
	if !ok {
		return fmt.Errorf("the model has no parameter or constant %q%s", row.Base, suggestion(row.Base, j.quantityNames()))
	}
	if k := q - len(j.m.Params); k >= 0 {
		if row.Guess.Given && j.m.IsSize(row.Base) {
			return fmt.Errorf("%s says how often statements are repeated; change it in the model", row.Base)
		}
		if row.Guess.Given {
			j.consts[k] = row.Guess.Value
		}
		return nil
	}
	which := j.copies[q]
	if row.Experiment != "" {
		k, ok := which[row.Experiment]
		if !ok {
			return fmt.Errorf("there is no copy %s: the parameter must be declared each, and %q be an experiment", row.Name, row.Experiment)
		}
		which = map[string]int{"": k}
	}
	for _, k := range which {
		j.p.Parameters[k].override(row)
	}
	return nil
}

// override changes what the row gives.
func (p *Parameter) override(row *dataset.Parameter) {
	if row.Guess.Given {
		p.Guess = row.Guess.Value
	}
	if row.Scale.Given {
		p.Scale = minimize.Scale(row.Scale.Value)
	}
	if row.Lower.Given || row.Upper.Given {
		p.Lower, p.Upper = p.bounds()
	}
	if row.Lower.Given {
		p.Lower = row.Lower.Value
	}
	if row.Upper.Given {
		p.Upper = row.Upper.Value
	}
	if row.Estimate.Given {
		p.Fixed = !row.Estimate.Value
	}
}

// checkGuesses looks at every guess and its bounds again, now that the parameter
// table has had its say.
func (j *joiner) checkGuesses() error {
	for k := range j.p.Parameters {
		err := j.p.Parameters[k].check()
		if err == nil {
			continue
		}
		if t := j.tables.Parameters; t != nil {
			for _, row := range t.Rows {
				if row.Name == j.p.Parameters[k].Name || row.Base == j.p.Parameters[k].Name {
					return &dataset.Error{File: t.File, Line: row.Line, Col: row.Col, Text: row.Name, Msg: err.Error()}
				}
			}
		}
		return fmt.Errorf("%s: %w", j.m.File, err)
	}
	return nil
}

// priors gives the parameters their priors.
func (j *joiner) priors() error {
	for _, s := range j.c.Priors {
		args := make([]float64, len(s.Nodes))
		for i, node := range s.Nodes {
			v, err := j.constant(node)
			if err != nil {
				return fmt.Errorf("%s:%d:%d: prior of %s: %w", j.m.File, s.At.Line, s.At.Col, s.Name, err)
			}
			args[i] = v
		}
		prior, err := noise.NewPrior(s.Dist.String(), args...)
		if err != nil {
			return fmt.Errorf("%s:%d:%d: prior of %s: %w", j.m.File, s.At.Line, s.At.Col, s.Name, err)
		}
		for _, k := range j.copies[s.Quantity] {
			j.p.Parameters[k].Prior = prior
		}
	}
	return nil
}

// constant returns the value of a node that depends on constants alone.
func (j *joiner) constant(node expr.Node) (float64, error) {
	prog, err := j.c.Graph.Compile(node)
	if err != nil {
		return 0, err
	}
	in := make([]float64, j.c.Layout.Len())
	for i := range j.c.Quantities {
		slot := j.c.Layout.Quantity(i)
		if i < len(j.m.Params) {
			if slices.Contains(j.c.Graph.DependsOn(node), slot) {
				return 0, errors.New("its arguments must be numbers or constants, not parameters")
			}
			continue
		}
		in[slot] = j.consts[i-len(j.m.Params)]
	}
	var out [1]float64
	prog.Eval(out[:], in, prog.Scratch())
	return out[0], nil
}

// observables makes a prediction of every observe line.
func (j *joiner) observables() error {
	l := j.c.Layout
	for _, o := range j.c.Observables {
		dist, ok := noise.Named(o.Dist.String())
		if !ok {
			return fmt.Errorf("%s:%d:%d: the distribution %s has no densities here", j.m.File, o.At.Line, o.At.Col, o.Dist)
		}
		prediction, err := newPrediction(j.c.Graph, l.States, l.Quantities, l.Rows, o.Args)
		if err != nil {
			return err
		}
		free := o.ScaleLeftOut()
		if _, ok := dist.(noise.Profiled); free && !ok {
			return fmt.Errorf("%s:%d:%d: the scale of %s noise has no closed form; give it as a parameter",
				j.m.File, o.At.Line, o.At.Col, o.Dist)
		}
		j.p.Observables = append(j.p.Observables, Observable{
			Name: o.Column, Noise: dist, Predict: prediction, FreeScale: free,
		})
	}
	return nil
}

func (j *joiner) quantityNames() []string {
	var names []string
	for _, q := range j.c.Quantities {
		names = append(names, q.Name)
	}
	return names
}
