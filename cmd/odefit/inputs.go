package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/odefit/odefit/dynsys/model"
	"github.com/odefit/odefit/fit"
	"github.com/odefit/odefit/fit/dataset"
)

// modelFile is the model with the tables that go with it. "-" is stdin.
type modelFile struct {
	Model      string `arg:"" help:"The model, a text file (.ode)."`
	Conditions string `placeholder:"FILE.csv" help:"What each experiment sets: a row an experiment."`
	Parameters string `placeholder:"FILE.csv" help:"Guesses, bounds and scales that override the model's: a row a parameter."`
}

// loaded is everything that was read for a run.
type loaded struct {
	model   *model.Model
	tables  fit.Tables
	problem *fit.Problem
}

// load reads the model, its tables and the data, and makes one problem of them.
// data may be "": there are none.
func (c *console) load(f modelFile, data string) (*loaded, error) {
	l := &loaded{}
	if err := c.read(l, f, data); err != nil {
		return nil, err
	}
	return joined(l)
}

// joined returns l with its problem.
func joined(l *loaded) (*loaded, error) {
	if err := l.join(); err != nil {
		return nil, err
	}
	return l, nil
}

// join makes one problem of the model and its tables.
func (l *loaded) join() error {
	if err := checkSolver(l.model); err != nil {
		return err
	}
	l.dropScales()
	var err error
	l.problem, err = fit.FromModel(l.model, l.tables)
	var mistake *model.Error
	var data *dataset.Error
	if err != nil && !errors.As(err, &mistake) && !errors.As(err, &data) {
		return &fileError{path: l.model.File, status: wrongModel, err: err}
	}
	return err
}

// close frees the machine code of the problem. What it says goes nowhere: results stand
// by then.
func (l *loaded) close() { _ = l.problem.Close() }

// dropScales takes the rows of left-out scales from a parameter table that a fit
// wrote: they are no parameters of the model, and take their optimal values.
func (l *loaded) dropScales() {
	if l.tables.Parameters == nil {
		return
	}
	t := *l.tables.Parameters
	t.Rows = slices.DeleteFunc(slices.Clone(t.Rows), func(row dataset.Parameter) bool {
		return row.Base == "sd" && slices.ContainsFunc(l.model.Observes, func(o *model.Observe) bool {
			return o.ScaleLeftOut() && o.Column == row.Experiment
		})
	})
	l.tables.Parameters = &t
}

// checkSolver refuses a solver line that names none that can be used.
func checkSolver(m *model.Model) error {
	if m.Solver == "" || slices.Contains(solvers(), m.Solver) {
		return nil
	}
	e := &model.Error{File: m.File, Msg: fmt.Sprintf("there is no solver %q", m.Solver), Hint: "choose one of " + solverNames()}
	for _, s := range m.Statements {
		if set, ok := s.(*model.Setting); ok && set.Word == "solver" {
			e.Line, e.Col = set.At.Line, set.At.Col
		}
	}
	return e
}

// checkObserved finds out whether there is anything to compare the model with.
func (l *loaded) checkObserved() error {
	switch d := l.tables.Data; {
	case len(l.model.Observes) == 0:
		return &fileError{l.model.File, wrongModel, errors.New("nothing is observed: there is no observe line"), "write observe COLUMN ~ normal(EXPRESSION)"}
	case d.NumObservations() == 0:
		return &fileError{d.File, wrongData, errors.New("there are no values: every cell of the observed columns is missing"), "the observed columns are " + listed(d.Observables)}
	}
	return nil
}

// read reads the model, its tables and the data.
func (c *console) read(l *loaded, f modelFile, data string) error {
	if err := onceStdin(f.Model, data, f.Conditions, f.Parameters); err != nil {
		return err
	}
	var err error
	if l.model, err = c.readModel(f.Model); err != nil {
		return err
	}
	if data != "" {
		l.tables.Data, err = readTable(c, data, func(r io.Reader, name string) (*dataset.Data, error) {
			return dataset.Read(r, name, fit.Roles(l.model))
		})
		if err != nil {
			return err
		}
	}
	if f.Conditions != "" {
		if l.tables.Conditions, err = readTable(c, f.Conditions, dataset.ReadConditions); err != nil {
			return err
		}
	}
	if f.Parameters != "" {
		if l.tables.Parameters, err = readTable(c, f.Parameters, dataset.ReadParameters); err != nil {
			return err
		}
	}
	return nil
}

// onceStdin refuses a second file that is to be read from stdin.
func onceStdin(paths ...string) error {
	n := 0
	for _, p := range paths {
		if p == stdio {
			n++
		}
	}
	if n > 1 {
		return usage("two files are to be read from standard input").hint("- may stand for one file only")
	}
	return nil
}

// readModel reads and checks a model.
func (c *console) readModel(path string) (*model.Model, error) {
	f, err := c.open(path)
	if err != nil {
		return nil, &fileError{path: path, status: wrongModel, err: err}
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 5<<20)) // beyond 4 MiB it is no model
	if err != nil {
		return nil, &fileError{path: path, status: wrongModel, err: err}
	}
	m, err := model.Parse(path, text)
	if end := strings.ToLower(filepath.Ext(path)); err != nil && (end == ".csv" || end == ".tsv") {
		return nil, &fileError{path, wrongModel, errors.New("this is a table, not a model"), "the model comes first: odefit fit MODEL DATA"}
	}
	return m, err
}

// readTable reads one of the tables.
func readTable[T any](c *console, path string, read func(r io.Reader, name string) (T, error)) (t T, err error) {
	f, err := c.open(path)
	if err != nil {
		return t, &fileError{path: path, status: wrongData, err: err}
	}
	defer f.Close()
	return read(f, path)
}
