package dataset

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ErrUnsupported is wrapped by errors about something that the data may say, but
// that this version cannot yet compute: a dose row, a pre-equilibration, an
// infinite time.
var ErrUnsupported = errors.New("not supported by this version yet")

// Error is a mistake in a file.
type Error struct {
	File   string // as the caller named it
	Line   int    // line of the physical file from 1; 0: the file as a whole
	Col    int    // character of the line from 1; 0: the line as a whole
	Column string // name of the table's column, where there is one
	Text   string // the offending text, where there is one
	Msg    string // what is wrong
	Hint   string // what to do, where that is known
	Err    error  // the cause, where there is one: ErrUnsupported, a read error
}

// Error returns "file:line:col: column NAME: message; hint".
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Where())
	b.WriteString(": ")
	if e.Column != "" {
		fmt.Fprintf(&b, "column %s: ", e.Column)
	}
	b.WriteString(e.Msg)
	if e.Hint != "" {
		b.WriteString("; ")
		b.WriteString(e.Hint)
	}
	return b.String()
}

// Where returns "file:line:col", without the parts that are not known.
func (e *Error) Where() string {
	s := e.File
	if s == "" {
		s = "data"
	}
	if e.Line > 0 {
		s += ":" + strconv.Itoa(e.Line)
		if e.Col > 0 {
			s += ":" + strconv.Itoa(e.Col)
		}
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// quote returns text in quotes, shortened and free of control characters.
func quote(text string) string {
	const most = 40
	if utf8.RuneCountInString(text) > most {
		text = string([]rune(text)[:most]) + "..."
	}
	return strconv.Quote(text)
}

// list joins names for a message, and stops after a dozen.
func list(names []string) string {
	const most = 12
	var shown []string
	for i, n := range names {
		if i == most {
			shown = append(shown, fmt.Sprintf("and %d more", len(names)-most))
			break
		}
		if n == "" {
			n = `""`
		}
		shown = append(shown, n)
	}
	return strings.Join(shown, ", ")
}
