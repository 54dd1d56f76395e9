package dataset

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// Parameters is a table of guesses, bounds and scales.
type Parameters struct {
	File    string
	Rows    []Parameter
	Ignored []string // columns with names that mean nothing here
}

// Parameter is a row of a parameter table. What is not Given stays as the model has
// it.
type Parameter struct {
	Name       string // the whole cell
	Base       string // NAME of NAME[EXPERIMENT], or else the whole name
	Experiment string // EXPERIMENT of NAME[EXPERIMENT], or ""

	Guess    Optional[float64] // finite
	Lower    Optional[float64] // may be infinite
	Upper    Optional[float64] // may be infinite
	Scale    Optional[Scale]
	Estimate Optional[bool]

	Line, Col int // where the name stands
}

// Optional is a cell that may be missing.
type Optional[T any] struct {
	Value T
	Given bool
	Col   int // the character of the line at which it stands
}

// Scale is the scale in which a parameter is searched.
type Scale uint8

// The scales, by their names in the model language.
const (
	Linear Scale = iota
	Log
	Log10
	Logit
)

var scaleNames = [...]string{"linear", "log", "log10", "logit"}

// String returns the name of the scale in the model language.
func (s Scale) String() string {
	if int(s) < len(scaleNames) {
		return scaleNames[s]
	}
	return "unknown scale"
}

// parameterColumns are the columns that mean something.
var parameterColumns = []string{"name", "guess", "lower", "upper", "scale", "estimate"}

// ReadParameters reads a table with the columns name and guess, and any of lower,
// upper, scale (linear, log, log10, logit) and estimate (yes or no; true, false, 1
// and 0 are understood). A missing cell (empty, NA, NaN, a point) leaves the model's
// own setting. A name that stands in two rows is an error.
//
// Other columns are listed as ignored, so that a table of results can be read back;
// but one whose name is nearly that of a column above (Guess, estimated) is an error.
func ReadParameters(r io.Reader, file string) (*Parameters, error) {
	t, err := NewTable(r, file)
	if err != nil {
		return nil, err
	}
	p := &Parameters{File: file}
	for i, name := range t.Columns {
		if slices.Contains(parameterColumns, name) {
			continue
		}
		if n := nearest(name, parameterColumns); n != "" && !slices.Contains(t.Columns, n) {
			return nil, &Error{File: file, Line: t.Line, Column: name, Text: name,
				Msg: "this column means nothing; the columns are " + list(parameterColumns), Hint: "did you mean " + n + "?"}
		}
		p.Ignored = append(p.Ignored, t.title(i))
	}
	l := parameterLayout{t: t}
	for k, name := range parameterColumns {
		if k < 2 {
			if _, err := t.require(name, "a parameter file has name and guess"); err != nil {
				return nil, err
			}
		}
		l.at[k] = slices.Index(t.Columns, name)
	}
	seen := make(map[string]int)
	for t.Next() {
		row, err := l.row()
		if err != nil {
			return nil, err
		}
		if line, twice := seen[row.Name]; twice {
			e := t.errorAt(l.at[0])
			e.Msg, e.Hint = fmt.Sprintf("%s stands on line %d already", quote(row.Name), line), "a parameter has one row"
			return nil, e
		}
		seen[row.Name] = row.Line
		p.Rows = append(p.Rows, row)
	}
	if err := t.Err(); err != nil {
		return nil, err
	}
	if len(p.Rows) == 0 {
		return nil, t.noRows()
	}
	return p, nil
}

// parameterLayout is where in the table parameterColumns are.
type parameterLayout struct {
	t  *Table
	at [6]int
}

// row reads the row at hand.
func (l *parameterLayout) row() (p Parameter, err error) {
	if p, err = l.name(); err != nil {
		return p, err
	}
	if p.Guess, err = l.number(l.at[1], false); err != nil {
		return p, err
	}
	if p.Lower, err = l.number(l.at[2], true); err != nil {
		return p, err
	}
	if p.Upper, err = l.number(l.at[3], true); err != nil {
		return p, err
	}
	if p.Lower.Given && p.Upper.Given && p.Lower.Value > p.Upper.Value {
		e := l.t.errorAt(l.at[2])
		e.Msg = fmt.Sprintf("the lower bound of %s is above its upper bound", p.Name)
		return p, e
	}
	if i := l.at[4]; i != none && !l.t.Missing(i) {
		p.Scale.Value, p.Scale.Given, p.Scale.Col = 0, true, l.t.cells[i].col
		k := slices.Index(scaleNames[:], l.word(i))
		if k < 0 {
			return p, l.unknown(i, "scale", "write linear, log, log10 or logit")
		}
		p.Scale.Value = Scale(k)
	}
	if i := l.at[5]; i != none && !l.t.Missing(i) {
		p.Estimate.Given, p.Estimate.Col = true, l.t.cells[i].col
		switch l.word(i) {
		case "yes", "true", "1":
			p.Estimate.Value = true
		case "no", "false", "0":
		default:
			return p, l.unknown(i, "yes or no", "write yes for a parameter to be estimated, no for one to be kept")
		}
	}
	return p, nil
}

// name reads NAME or NAME[EXPERIMENT].
func (l *parameterLayout) name() (Parameter, error) {
	c := l.t.Cell(l.at[0])
	p := Parameter{Name: strings.TrimSpace(c.Text), Line: c.Line, Col: c.Col}
	bad := func(msg, hint string) (Parameter, error) {
		e := l.t.errorAt(l.at[0])
		e.Msg, e.Hint = msg, hint
		return p, e
	}
	if p.Name == "" {
		return bad("the row names no parameter", "every row names the parameter it is about")
	}
	base, rest, bracket := strings.Cut(p.Name, "[")
	p.Base = strings.TrimSpace(base)
	if !bracket && !strings.Contains(p.Name, "]") {
		return p, nil
	}
	experiment, closed := strings.CutSuffix(rest, "]")
	p.Experiment = strings.TrimSpace(experiment)
	if !bracket || !closed || p.Base == "" || p.Experiment == "" {
		return bad(quote(p.Name)+" is no name of a parameter", "write NAME, or NAME[EXPERIMENT] for the copy of one experiment")
	}
	p.Name = p.Base + "[" + p.Experiment + "]"
	return p, nil
}

// number reads a number, or an infinite bound.
func (l *parameterLayout) number(i int, bound bool) (o Optional[float64], err error) {
	if i == none || l.t.Missing(i) {
		return o, nil
	}
	text := strings.TrimSpace(string(l.t.cells[i].text))
	v, bad := l.t.number(i, []byte(text))
	if bound && bad == infiniteNum {
		v, bad = math.Inf(1), fine
		if text[0] == '-' {
			v = math.Inf(-1)
		}
	}
	if bad == infiniteNum {
		e := l.t.errorAt(i)
		e.Msg, e.Hint = "an infinite guess", "a bound may be inf, a guess is a number"
		return o, e
	}
	if bad != fine {
		return o, l.t.notNumber(i, bad)
	}
	return Optional[float64]{Value: v, Given: true, Col: l.t.cells[i].col}, nil
}

// word returns cell i in small letters.
func (l *parameterLayout) word(i int) string {
	return strings.ToLower(strings.TrimSpace(string(l.t.cells[i].text)))
}

func (l *parameterLayout) unknown(i int, what, hint string) *Error {
	e := l.t.errorAt(i)
	e.Msg, e.Hint = quote(e.Text)+" is not a "+what, hint
	if what == "yes or no" {
		e.Msg = quote(e.Text) + " is neither yes nor no"
	}
	return e
}
