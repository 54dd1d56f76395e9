package dataset

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
)

// Read reads a table of measurements. The file's name serves messages only.
//
// Rows need not be sorted; values at one time are replicates. In a long table, rows
// of an observable that the model does not have are counted and left out, unless
// the model observes something of which the table has no row: then one of the two
// names is likely misspelt, and it is an error.
//
// A row whose evid is 1, or that has a positive amount where there is no evid, is a
// dose and holds no observation.
//
// The error is an [*Error].
//
// It keeps 32 bytes for an observation, 4 for a row and 24 for each of its row columns.
func Read(r io.Reader, file string, roles Roles) (*Data, error) {
	t, err := NewTable(r, file)
	if err != nil {
		return nil, err
	}
	l, err := layOut(t, &roles)
	if err != nil {
		return nil, err
	}
	rd := newReader(t, l, &roles)
	rows := 0
	for t.Next() {
		if err := rd.row(); err != nil {
			return nil, err
		}
		rows++
	}
	if err := t.Err(); err != nil {
		return nil, err
	}
	if rows == 0 {
		return nil, t.noRows()
	}
	return rd.finish()
}

// reader collects the rows of a table.
type reader struct {
	t     *Table
	l     *layout
	d     *Data
	known map[string]int   // long: index of an observable
	seen  map[string]int   // index of an experiment
	other map[string]int   // long: index into Data.Undeclared
	texts map[string]int32 // index into Data.texts
	last  int              // index of the experiment of the row before
}

func newReader(t *Table, l *layout, roles *Roles) *reader {
	d := &Data{
		File:        t.File,
		Long:        l.long,
		TimeColumn:  t.Columns[l.role[RoleTime]],
		Observables: slices.Clone(roles.Observables),
		RowColumns:  slices.Clone(roles.RowColumns),
		Counts:      make([]Count, len(roles.Observables)),
		Ignored:     l.ignored(t),
		First:       math.NaN(),
		Last:        math.NaN(),
	}
	rd := &reader{t: t, l: l, d: d, known: make(map[string]int), seen: make(map[string]int),
		other: make(map[string]int), texts: make(map[string]int32)}
	for i, name := range roles.Observables {
		if _, twice := rd.known[name]; twice {
			panic("dataset: observable " + name + " asked for twice")
		}
		rd.known[name] = i
	}
	return rd
}

// row takes in the row at hand.
func (rd *reader) row() error {
	if err := rd.inputs(); err != nil {
		return err
	}
	dose, err := rd.isDose()
	switch {
	case err != nil:
		return err
	case dose:
		return rd.dose()
	}
	if rd.l.long {
		return rd.longRow()
	}
	return rd.wideRow()
}

func (rd *reader) wideRow() error {
	x, err := rd.experiment()
	if err != nil {
		return err
	}
	some := -1 // a column that has a value
	for _, i := range rd.l.observables {
		if !rd.t.Missing(i) {
			some = i
			break
		}
	}
	time, err := rd.time(some)
	if err != nil {
		return err
	}
	row := int32(-1)
	for k, i := range rd.l.observables {
		if row, err = rd.value(x, time, row, k, i); err != nil {
			return err
		}
	}
	return nil
}

func (rd *reader) longRow() error {
	value := rd.l.role[RoleValue]
	name := bytes.TrimSpace(rd.t.cells[rd.l.role[RoleObservable]].text)
	if missing(name) {
		if rd.t.Missing(value) {
			return nil
		}
		e := rd.t.errorAt(rd.l.role[RoleObservable])
		e.Msg, e.Hint = "a value without the name of what was measured", "name an observable of the model"
		return e
	}
	x, err := rd.experiment()
	if err != nil {
		return err
	}
	k, ok := rd.known[string(name)]
	if !ok {
		rd.undeclared(string(name))
		return nil
	}
	some := value
	if rd.t.Missing(value) {
		some = -1
	}
	time, err := rd.time(some)
	if err != nil {
		return err
	}
	_, err = rd.value(x, time, -1, k, value)
	return err
}

// value takes in cell i as a value of observable k. row is the kept row to which it
// belongs, or -1 where the row is not kept yet; the result is that row again.
func (rd *reader) value(x int, time float64, row int32, k, i int) (int32, error) {
	text := bytes.TrimSpace(rd.t.cells[i].text)
	count := &rd.d.Counts[k]
	if missing(text) {
		count.Missing++
		return row, nil
	}
	o := Observation{Time: time, Observable: int32(k), Col: int32(rd.t.cells[i].col)}
	if text[0] == '<' || text[0] == '>' {
		o.Censored = Below
		if text[0] == '>' {
			o.Censored = Above
		}
		text = bytes.TrimSpace(text[1:])
		count.Censored++
	}
	v, bad := rd.t.number(i, text)
	if bad != fine {
		return row, rd.t.notNumber(i, bad)
	}
	if row < 0 {
		var err error
		if row, err = rd.keep(i); err != nil {
			return row, err
		}
	}
	o.Value, o.Row = v, row
	count.Values++
	e := &rd.d.Experiments[x]
	e.Observations = append(e.Observations, o)
	return row, nil
}

// keep notes the line of the row and the cells of its row columns.
func (rd *reader) keep(i int) (int32, error) {
	row, line := len(rd.d.lines), rd.t.cells[i].line
	if row == math.MaxInt32 || line >= math.MaxInt32 {
		return 0, &Error{File: rd.d.File, Line: line, Msg: "more than 2147483647 rows"}
	}
	rd.d.lines = append(rd.d.lines, int32(line))
	for _, j := range rd.l.rowColumns {
		rd.d.cells = append(rd.d.cells, rd.rowCell(j))
	}
	return int32(row), nil
}

// rowCell returns cell j of the row. What is no number is text, good or bad: it
// matters only where an observable uses it.
func (rd *reader) rowCell(j int) rowCell {
	c := &rd.t.cells[j]
	kept := rowCell{text: isMissing, line: int32(c.line), col: int32(c.col)}
	text := bytes.TrimSpace(c.text)
	if missing(text) {
		return kept
	}
	if v, bad := rd.t.number(j, text); bad == fine {
		kept.text, kept.number = isNumber, v
		return kept
	}
	k, ok := rd.texts[string(text)]
	if !ok {
		k = int32(len(rd.d.texts))
		rd.d.texts = append(rd.d.texts, string(text))
		rd.texts[rd.d.texts[k]] = k
	}
	kept.text = k
	return kept
}

// time reads the time of the row. Where it is missing the row must have no value;
// valued is the index of a cell with one, or -1. The result is then NaN, and unused.
func (rd *reader) time(valued int) (float64, error) {
	i := rd.l.role[RoleTime]
	text := bytes.TrimSpace(rd.t.cells[i].text)
	if missing(text) {
		if valued < 0 {
			return math.NaN(), nil
		}
		e := rd.t.errorAt(i)
		e.Msg = fmt.Sprintf("a value of %s (%s) without a time", rd.t.title(valued), quote(string(rd.t.cells[valued].text)))
		e.Hint = "give the row a time, or leave its value empty"
		return 0, e
	}
	v, bad := rd.t.number(i, text)
	if bad == infiniteNum && text[0] != '-' {
		return math.Inf(1), nil
	}
	if bad != fine {
		e := rd.t.notNumber(i, bad)
		switch {
		case bad == infiniteNum:
			e.Msg, e.Hint = "a time of minus infinity", "name the experiment to start from in a column preequilibration"
		case text[0] == '<' || text[0] == '>':
			e.Hint = "a time cannot be censored"
		}
		return 0, e
	}
	rd.d.First = min(v, orElse(rd.d.First, v))
	rd.d.Last = max(v, orElse(rd.d.Last, v))
	return v, nil
}

// orElse returns v, or other where v is NaN.
func orElse(v, other float64) float64 {
	if math.IsNaN(v) {
		return other
	}
	return v
}

// experiment returns the index of the experiment to which the row belongs.
func (rd *reader) experiment() (int, error) {
	var name []byte
	line := rd.t.cells[0].line
	if i := rd.l.role[RoleExperiment]; i != none {
		name = bytes.TrimSpace(rd.t.cells[i].text)
		line = rd.t.cells[i].line
		if missing(name) {
			e := rd.t.errorAt(i)
			e.Msg, e.Hint = "the row names no experiment", "every row names the experiment it belongs to"
			return 0, e
		}
	}
	x := rd.last
	if x >= len(rd.d.Experiments) || rd.d.Experiments[x].Name != string(name) {
		var ok bool
		if x, ok = rd.seen[string(name)]; !ok {
			x = len(rd.d.Experiments)
			rd.d.Experiments = append(rd.d.Experiments, Experiment{Name: string(name), Line: line})
			rd.seen[string(name)] = x
		}
		rd.last = x
	}
	return x, rd.preequilibration(&rd.d.Experiments[x])
}

// preequilibration takes in what the row says of the start of its experiment.
func (rd *reader) preequilibration(x *Experiment) error {
	i := rd.l.role[RolePreequilibration]
	if i == none || rd.t.Missing(i) {
		return nil
	}
	name := bytes.TrimSpace(rd.t.cells[i].text)
	if x.Preequilibration == "" {
		x.Preequilibration = string(name)
		x.preequilibrated = rd.t.Cell(i)
		x.preequilibrated.Text = x.Preequilibration
		return nil
	}
	if x.Preequilibration != string(name) {
		e := rd.t.errorAt(i)
		e.Msg = fmt.Sprintf("experiment %s starts from the steady state of %s here, and of %s on line %d",
			quote(x.Name), quote(string(name)), quote(x.Preequilibration), x.preequilibrated.Line)
		e.Hint = "an experiment has one start: give the rows two names"
		return e
	}
	return nil
}

func (rd *reader) undeclared(name string) {
	k, ok := rd.other[name]
	if !ok {
		k = len(rd.d.Undeclared)
		rd.d.Undeclared = append(rd.d.Undeclared, Undeclared{Name: name})
		rd.other[name] = k
	}
	rd.d.Undeclared[k].Rows++
}

// finish sorts the observations and checks the table as a whole.
func (rd *reader) finish() (*Data, error) {
	d := rd.d
	if err := rd.misspelt(); err != nil {
		return nil, err
	}
	byTime := func(a, b Observation) int { return cmp.Compare(a.Time, b.Time) }
	for i := range d.Experiments {
		obs := d.Experiments[i].Observations
		if !slices.IsSortedFunc(obs, byTime) {
			slices.SortStableFunc(obs, byTime)
		}
		d.beforeDoses(&d.Experiments[i])
		if err := rd.sortInputs(&d.Experiments[i]); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// misspelt returns an error where a long table has no row of an observable of the
// model, but rows of something that the model does not have.
func (rd *reader) misspelt() error {
	if !rd.l.long || len(rd.d.Undeclared) == 0 {
		return nil
	}
	names := make([]string, len(rd.d.Undeclared))
	for i, u := range rd.d.Undeclared {
		names[i] = u.Name
	}
	for k, c := range rd.d.Counts {
		if c.Values+c.Missing > 0 {
			continue
		}
		name := rd.d.Observables[k]
		column := rd.t.Columns[rd.l.role[RoleObservable]]
		e := &Error{File: rd.d.File, Column: column, Text: name,
			Msg: fmt.Sprintf("the model observes %s, of which there is no row; the table has %s, which the model does not observe",
				quote(name), list(names)),
			Hint: didYouMean(name, names)}
		return e
	}
	return nil
}
