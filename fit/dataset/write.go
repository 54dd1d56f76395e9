package dataset

import (
	"bufio"
	"io"
	"iter"
	"math"
	"strconv"
	"strings"
)

// Writer writes a table, cell by cell, with commas and LF line ends, and quotes as
// in RFC 4180. What it writes, [NewTable] reads back as it was, except for rows of
// empty cells only, which count as empty lines, and a CR before an LF inside a cell.
// It holds one buffer, whatever the size of the table.
type Writer struct {
	w     *bufio.Writer
	first bool // the next cell is the first of its row
	num   []byte
}

// NewWriter returns a Writer to w. Flush it at the end.
func NewWriter(w io.Writer) *Writer {
	return &Writer{w: bufio.NewWriterSize(w, 1<<16), first: true}
}

// Text writes a cell of text.
func (w *Writer) Text(s string) {
	if !w.mustQuote(s) {
		w.next()
		w.w.WriteString(s)
		return
	}
	w.next()
	w.w.WriteByte('"')
	w.w.WriteString(strings.ReplaceAll(s, `"`, `""`))
	w.w.WriteByte('"')
}

// Number writes the shortest decimal number that reads back as v exactly; NaN and
// inf for what is none.
func (w *Writer) Number(v float64) {
	w.next()
	switch {
	case math.IsInf(v, 1):
		w.w.WriteString("inf")
	case math.IsInf(v, -1):
		w.w.WriteString("-inf")
	default:
		w.num = strconv.AppendFloat(w.num[:0], v, 'g', -1, 64)
		w.w.Write(w.num)
	}
}

// Texts writes a whole row of text.
func (w *Writer) Texts(row ...string) {
	for _, s := range row {
		w.Text(s)
	}
	w.End()
}

// Numbers writes a whole row of numbers.
func (w *Writer) Numbers(row ...float64) {
	for _, v := range row {
		w.Number(v)
	}
	w.End()
}

// End ends the row.
func (w *Writer) End() {
	w.w.WriteByte('\n')
	w.first = true
}

// Flush writes what is buffered, and returns the first error of all writing.
func (w *Writer) Flush() error { return w.w.Flush() }

// next writes the comma before a cell that is not the first.
func (w *Writer) next() {
	if !w.first {
		w.w.WriteByte(',')
	}
	w.first = false
}

// mustQuote reports whether s would not read back as it is: with a separator, a
// quote or a line end in it, blanks around it, or a # where a row begins. A semicolon
// or a tab in a header would be taken for the separator.
func (w *Writer) mustQuote(s string) bool {
	return strings.ContainsAny(s, ",;\t\"\n\r") || strings.TrimSpace(s) != s ||
		w.first && (s == "" || s[0] == '#' || strings.HasPrefix(s, "\ufeff"))
}

// WriteWide writes a wide table: the names of the columns, and rows of as many
// numbers. A row is read before the next one is asked for, so one slice may serve all.
func WriteWide(w io.Writer, columns []string, rows iter.Seq[[]float64]) error {
	out := NewWriter(w)
	out.Texts(columns...)
	for row := range rows {
		if len(row) != len(columns) {
			panic("dataset: a row of " + count(len(row), "number") + " under " + count(len(columns), "column"))
		}
		out.Numbers(row...)
	}
	return out.Flush()
}
