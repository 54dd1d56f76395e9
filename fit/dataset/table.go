package dataset

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// Table reads a CSV file row by row. The first row holds the names of the columns.
//
// A cell is trimmed of blanks unless it is quoted. In a quoted cell "" is a quote,
// and line ends are kept (as LF). Empty lines, lines that begin with # and rows of
// empty cells only are skipped.
type Table struct {
	File      string   // as named by the caller
	Columns   []string // the header; "" for a column without a name
	Separator byte     // ',', ';' or '\t'
	Line      int      // line of the file on which the header stands

	lines *lines
	cells []cell
	text  []byte // backs the cells of a row that has quotes
	err   error

	mark Cell // the first cell with a decimal point or comma
	sign byte // the decimal mark of that cell
}

// Cell is a cell with its place in the file.
type Cell struct {
	Text      string
	Line, Col int // physical line and character of it, from 1
}

// cell is a cell of the row at hand.
type cell struct {
	text       []byte
	start, end int // of text in Table.text, where the row has quotes
	line, col  int
}

// NewTable reads the header of a table. The file's name serves messages only. It
// fails with an [*Error] where there is no text, no header or two columns of one
// name. A table without rows is one whose first Next returns false; the readers of
// this package call that an error.
func NewTable(r io.Reader, file string) (*Table, error) {
	t := &Table{File: file, lines: newLines(r, file)}
	line, err := t.nextLine()
	if err == io.EOF {
		return nil, &Error{File: file, Msg: "the file is empty", Hint: "its first line names the columns, as in time,hare,lynx"}
	}
	if err != nil {
		return nil, err
	}
	t.Line = t.lines.number
	t.Separator = separator(line)
	if err := t.split(line); err != nil {
		return nil, err
	}
	if err := t.header(); err != nil {
		return nil, err
	}
	return t, nil
}

// header takes the row at hand as the names of the columns.
func (t *Table) header() error {
	numbers := 0
	for _, c := range t.cells {
		if _, _, bad := parseNumber(bytes.TrimSpace(c.text)); bad == fine {
			numbers++
		}
	}
	if numbers == len(t.cells) {
		return &Error{File: t.File, Line: t.Line, Msg: "the first row holds numbers, not the names of the columns",
			Hint: "write a row of names above it, such as time,hare,lynx (a line that begins with # is a comment)"}
	}
	for i, c := range t.cells {
		name := string(bytes.TrimSpace(c.text))
		if j := slices.Index(t.Columns, name); j >= 0 && name != "" {
			return &Error{File: t.File, Line: c.line, Col: c.col, Column: name, Text: name,
				Msg: fmt.Sprintf("this name is that of columns %d and %d", j+1, i+1), Hint: "rename one of them"}
		}
		t.Columns = append(t.Columns, name)
	}
	return nil
}

// Next reads the next row, and reports whether there is one. After it returns
// false, Err says whether the reading went well.
func (t *Table) Next() bool {
	if t.err != nil {
		return false
	}
	for {
		line, err := t.nextLine()
		if err == nil {
			err = t.split(line)
		}
		if err != nil {
			t.err = err
			return false
		}
		if t.blank() {
			continue
		}
		if len(t.cells) != len(t.Columns) {
			t.err = t.ragged()
			return false
		}
		return true
	}
}

// Err returns the error that ended the reading, or nil at the end of the file.
func (t *Table) Err() error {
	if t.err == io.EOF {
		return nil
	}
	return t.err
}

// Cell returns cell i of the row that Next read.
func (t *Table) Cell(i int) Cell {
	c := &t.cells[i]
	return Cell{Text: string(c.text), Line: c.line, Col: c.col}
}

// Number returns cell i of the row as a number. Where the cell is missing, ok is
// false; where it holds something else, err says so.
func (t *Table) Number(i int) (v float64, ok bool, err error) {
	text := bytes.TrimSpace(t.cells[i].text)
	if missing(text) {
		return 0, false, nil
	}
	v, bad := t.number(i, text)
	if bad != fine {
		return 0, false, t.notNumber(i, bad)
	}
	return v, true, nil
}

// Missing reports whether cell i of the row is missing.
func (t *Table) Missing(i int) bool { return missing(bytes.TrimSpace(t.cells[i].text)) }

// number reads text, a part of cell i, as a number in the notation of the file.
func (t *Table) number(i int, text []byte) (float64, trouble) {
	v, mark, bad := parseNumber(text)
	switch {
	case mark == 0 || bad == notNumber:
	case mark == ',' && t.Separator == ',':
		return 0, commaMark
	case t.sign == 0:
		t.sign, t.mark = mark, t.Cell(i)
	case t.sign != mark:
		return 0, mixedMarks
	}
	return v, bad
}

// notNumber is the error of cell i, which should be a number.
func (t *Table) notNumber(i int, bad trouble) *Error {
	e := t.errorAt(i)
	if bad == mixedMarks {
		e.Msg = fmt.Sprintf("%s and, on line %d, %s: a decimal comma and a decimal point in one file",
			quote(e.Text), t.mark.Line, quote(t.mark.Text))
		e.Hint = "use one of them, and no marks between thousands"
		return e
	}
	e.Msg, e.Hint = explain(e.Text, bad)
	return e
}

// errorAt returns an error that points at cell i of the row.
func (t *Table) errorAt(i int) *Error {
	c := t.Cell(i)
	return &Error{File: t.File, Line: c.Line, Col: c.Col, Column: t.title(i), Text: c.Text}
}

// title is the name of column i for messages.
func (t *Table) title(i int) string {
	if t.Columns[i] == "" {
		return "number " + strconv.Itoa(i+1) + " (without a name)"
	}
	return t.Columns[i]
}

// require returns the index of a column, or an error that names the columns that
// there are.
func (t *Table) require(name, why string) (int, error) {
	if i := slices.Index(t.Columns, name); i >= 0 && name != "" {
		return i, nil
	}
	e := &Error{File: t.File, Line: t.Line, Text: name,
		Msg:  fmt.Sprintf("there is no column %s (%s); the columns are %s", quote(name), why, list(t.Columns)),
		Hint: didYouMean(name, t.Columns)}
	if len(t.Columns) == 1 && e.Hint == "" && bytes.ContainsAny([]byte(t.Columns[0]), " \t|:") {
		e.Hint = "separate the columns by commas, semicolons or tabs"
	}
	return 0, e
}

// noRows is the error of a table that ends with its header.
func (t *Table) noRows() *Error {
	return &Error{File: t.File, Line: t.Line, Msg: "there is a header, but no row under it",
		Hint: "line ends must be LF or CRLF, and a line that begins with # is a comment"}
}

// blank reports whether every cell of the row is empty.
func (t *Table) blank() bool {
	for i := range t.cells {
		if len(t.cells[i].text) > 0 {
			return false
		}
	}
	return true
}

// ragged is the error of a row that has not as many cells as the header.
func (t *Table) ragged() *Error {
	e := &Error{File: t.File, Line: t.cells[0].line,
		Msg:  fmt.Sprintf("the row has %s, the header %d", count(len(t.cells), "cell"), len(t.Columns)),
		Hint: "every row has as many cells as the header; a cell may be empty, and text with a separator in it stands in quotes"}
	if n := len(t.Columns); n < len(t.cells) {
		e.Line, e.Col, e.Text = t.cells[n].line, t.cells[n].col, string(t.cells[n].text)
	}
	return e
}

// count returns "1 cell" or "3 cells".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
