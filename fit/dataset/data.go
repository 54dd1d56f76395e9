package dataset

import "strconv"

// Data is a table of measurements sorted into experiments.
type Data struct {
	File        string
	Long        bool     // a row for each value, not a column for each observable
	TimeColumn  string   // the column that was taken as the time
	Observables []string // as in Roles
	RowColumns  []string // as in Roles

	Experiments []Experiment // in order of first appearance in the file
	Counts      []Count      // of each observable
	Ignored     []string     // columns that play no part
	Undeclared  []Undeclared // long tables: what was measured and is no observable, in order of appearance

	// First and Last are the earliest and the latest finite time of the rows, also
	// of those whose values are all missing; NaN where there is none.
	First, Last float64

	lines []int32   // of every row that has an observation
	cells []rowCell // of these rows, len(RowColumns) each
	texts []string  // of cells
}

// Experiment is the rows of one experiment.
type Experiment struct {
	// Name is "" where the table has no column of experiments.
	Name string
	// Preequilibration names the experiment whose steady state is the initial state
	// of this one; "" where there is none.
	Preequilibration string
	// Line is where the experiment appears first.
	Line int
	// Observations are sorted by time; those of one time are in the order of the
	// file. An experiment may have none.
	Observations []Observation
	Doses        []Dose // in the order of the file
	// Inputs[k] are the values of Roles.Inputs[k], by time. Nil: the experiment has none.
	Inputs [][]Sample

	preequilibrated Cell // the first cell that says so
}

// Sample is a value of an input at a time.
type Sample struct {
	Time, Value float64
	Line, Col   int
}

// Observation is one measured value.
type Observation struct {
	Time       float64 // finite, or +Inf: the steady state
	Value      float64 // finite; for a censored value its limit
	Observable int32   // index into Data.Observables
	Row        int32   // the table's row, for Data.Line and Data.Cell
	Col        int32   // the character of the line at which the value stands
	Censored   Censoring
	// BeforeDose says that the row stands before a dose row of the same time: what was
	// measured is the state before that dose.
	BeforeDose bool
}

// Censoring says what is known of a value.
type Censoring uint8

// What is known of a value.
const (
	NotCensored Censoring = iota // the value
	Below                        // that it lies below the limit: <0.05
	Above                        // that it lies above the limit: >9
)

// Count is how many cells of an observable there are.
type Count struct {
	Values   int // not missing; censored values are among them
	Censored int
	Missing  int
}

// Undeclared is something measured in a long table that the model does not observe.
type Undeclared struct {
	Name string
	Rows int
}

// CellKind is what a row column holds in one row.
type CellKind uint8

// What a row column may hold.
const (
	MissingCell CellKind = iota
	NumberCell
	TextCell // anything else: the name of a parameter, if the model has it
)

// RowCell is what a row column holds in one row.
type RowCell struct {
	Kind   CellKind
	Number float64 // of a NumberCell
	Text   string  // of a TextCell, without blanks around it
	Line   int
	Col    int
}

// rowCell is a kept RowCell. Texts repeat from row to row, so each is held once.
type rowCell struct {
	number    float64
	text      int32 // index into Data.texts, or isMissing or isNumber
	line, col int32
}

const (
	isMissing int32 = -1 - iota
	isNumber
)

// NumObservations returns the number of values of all experiments, censored ones
// included.
func (d *Data) NumObservations() int {
	n := 0
	for _, c := range d.Counts {
		n += c.Values
	}
	return n
}

// Line returns the line of the file on which an observation stands.
func (d *Data) Line(o Observation) int { return int(d.lines[o.Row]) }

// Cell returns what row column k, an index into RowColumns, holds in the row of an
// observation.
func (d *Data) Cell(o Observation, k int) RowCell {
	c := &d.cells[int(o.Row)*len(d.RowColumns)+k]
	out := RowCell{Line: int(c.line), Col: int(c.col)}
	switch c.text {
	case isMissing:
	case isNumber:
		out.Kind, out.Number = NumberCell, c.number
	default:
		out.Kind, out.Text = TextCell, d.texts[c.text]
	}
	return out
}

// ErrorAt returns an error that points at the value of an observation, for what only
// the caller can know: a value that the noise model cannot have, say.
func (d *Data) ErrorAt(o Observation, msg, hint string) *Error {
	column := d.Observables[o.Observable]
	text := strconv.FormatFloat(o.Value, 'g', -1, 64)
	switch o.Censored {
	case Below:
		text = "<" + text
	case Above:
		text = ">" + text
	}
	return &Error{File: d.File, Line: d.Line(o), Col: int(o.Col), Column: column, Text: text, Msg: msg, Hint: hint}
}

// CellErrorAt returns an error that points at row column k in the row of an
// observation.
func (d *Data) CellErrorAt(o Observation, k int, msg, hint string) *Error {
	c := d.Cell(o, k)
	text := c.Text
	if c.Kind == NumberCell {
		text = strconv.FormatFloat(c.Number, 'g', -1, 64)
	}
	return &Error{File: d.File, Line: c.Line, Col: c.Col, Column: d.RowColumns[k], Text: text, Msg: msg, Hint: hint}
}

// PreequilibrationCell returns the first cell that says from which experiment's steady
// state experiment x starts; its Text is "" where there is none.
func (d *Data) PreequilibrationCell(x int) Cell { return d.Experiments[x].preequilibrated }
