package dataset

import (
	"fmt"
	"io"
	"strings"
)

// Conditions is a table of what each experiment sets.
type Conditions struct {
	File    string
	Columns []string // the names that are set, in the order of the file
	Rows    []Condition
}

// Condition is the row of one experiment.
type Condition struct {
	Experiment string
	// Preequilibration names the experiment whose steady state is the initial state
	// of this one. Its Text is "" where there is none.
	Preequilibration Cell
	// Assignments are the cells that are not missing, in the order of the columns.
	Assignments []Assignment
	Line        int
}

// Assignment gives a name a value in one experiment.
type Assignment struct {
	Name     string  // the column, as it stands: a parameter, a constant, a state or init.NAME
	Text     string  // the cell: a number, a name or an expression
	Number   float64 // where IsNumber
	IsNumber bool    // the cell is a number in the notation of the file
	Line     int
	Col      int
}

// ReadConditions reads a table with a column experiment, an optional column
// preequilibration, and a column for every name that an experiment may set. A
// missing cell (empty, NA, NaN, a point) leaves the name as it is. An experiment that
// stands in two rows is an error, as is a column without a name that is not empty.
func ReadConditions(r io.Reader, file string) (*Conditions, error) {
	t, err := NewTable(r, file)
	if err != nil {
		return nil, err
	}
	experiment, err := t.require(RoleExperiment.String(), "it names the experiment that a row is about")
	if err != nil {
		return nil, err
	}
	c := &Conditions{File: file}
	for _, name := range t.Columns {
		if name != "" && name != RoleExperiment.String() && name != RolePreequilibration.String() {
			c.Columns = append(c.Columns, name)
		}
	}
	seen := make(map[string]int)
	for t.Next() {
		row, err := t.condition(experiment)
		if err != nil {
			return nil, err
		}
		if line, twice := seen[row.Experiment]; twice {
			e := t.errorAt(experiment)
			e.Msg = fmt.Sprintf("experiment %s stands on line %d already", quote(row.Experiment), line)
			e.Hint = "an experiment has one row"
			return nil, e
		}
		seen[row.Experiment] = row.Line
		c.Rows = append(c.Rows, row)
	}
	if err := t.Err(); err != nil {
		return nil, err
	}
	if len(c.Rows) == 0 {
		return nil, t.noRows()
	}
	return c, nil
}

// condition reads the row at hand.
func (t *Table) condition(experiment int) (Condition, error) {
	name := t.Cell(experiment)
	row := Condition{Experiment: strings.TrimSpace(name.Text), Line: name.Line}
	if t.Missing(experiment) {
		e := t.errorAt(experiment)
		e.Msg, e.Hint = "the row names no experiment", "every row names the experiment it is about"
		return row, e
	}
	for i, column := range t.Columns {
		if i == experiment || t.Missing(i) {
			continue
		}
		cell := t.Cell(i)
		cell.Text = strings.TrimSpace(cell.Text)
		switch column {
		case "":
			e := t.errorAt(i)
			e.Msg, e.Hint = quote(cell.Text)+" stands in a column without a name", "name in the header what it sets"
			return row, e
		case RolePreequilibration.String():
			row.Preequilibration = cell
			continue
		}
		a := Assignment{Name: column, Text: cell.Text, Line: cell.Line, Col: cell.Col}
		v, bad := t.number(i, []byte(cell.Text))
		switch bad {
		case fine:
			a.Number, a.IsNumber = v, true
		case overflow, mixedMarks:
			return row, t.notNumber(i, bad)
		}
		row.Assignments = append(row.Assignments, a)
	}
	return row, nil
}
