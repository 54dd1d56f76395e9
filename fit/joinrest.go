package fit

import (
	"fmt"
	"slices"

	"github.com/odefit/odefit/fit/dataset"
)

// preequilibrations gives experiments that start from the steady state of another, or
// of themselves, that experiment.
func (j *joiner) preequilibrations() error {
	for _, x := range j.m.Experiments {
		if x.Rest == "" {
			continue
		}
		if err := j.preequilibrate(x.Name, x.Rest); err != nil {
			return fmt.Errorf("%s:%d:%d: %w", j.m.File, x.RestAt.Line, x.RestAt.Col, err)
		}
	}
	if c := j.tables.Conditions; c != nil {
		for _, row := range c.Rows {
			if err := j.preequilibrateCell(row.Experiment, c.File, row.Preequilibration); err != nil {
				return err
			}
		}
	}
	if d := j.tables.Data; d != nil {
		for i, x := range d.Experiments {
			if err := j.preequilibrateCell(x.Name, d.File, d.PreequilibrationCell(i)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (j *joiner) preequilibrateCell(name, file string, cell dataset.Cell) error {
	if cell.Text == "" {
		return nil
	}
	if err := j.preequilibrate(name, cell.Text); err != nil {
		return &dataset.Error{File: file, Line: cell.Line, Col: cell.Col, Column: dataset.RolePreequilibration.String(), Text: cell.Text, Msg: err.Error()}
	}
	return nil
}

// preequilibrate lets one experiment start from the steady state of another.
func (j *joiner) preequilibrate(name, other string) error {
	from := slices.Index(j.names, other)
	switch x := &j.p.Experiments[slices.Index(j.names, name)]; {
	case from < 0:
		return fmt.Errorf("there is no experiment %q to start from%s", other, suggestion(other, j.names))
	case len(j.m.States) == 0:
		return fmt.Errorf("the model has no states that could come to rest")
	case x.Preequilibration > 0 && x.Preequilibration != from+1:
		return fmt.Errorf("experiment %q starts from the steady state of %q here, and of %q elsewhere", name, other, j.names[x.Preequilibration-1])
	default:
		x.Preequilibration = from + 1
	}
	return nil
}
