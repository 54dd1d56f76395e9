package model

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Pos is a place in the text of a model. Both numbers start at 1, and Col counts
// characters, not bytes. The zero value means no place.
type Pos struct {
	Line, Col int
}

// Error is one mistake in a model, or one warning about it.
type Error struct {
	File       string
	Line, Col  int    // both from 1; Col counts characters
	Msg        string // what is wrong; what was expected
	Hint       string // what to do; may be empty
	SourceLine string // the line that holds the mistake, as it stands in the file
}

// Error returns the mistake in one line:
//
//	file:line:col: what is wrong; what was expected; what to do (did you mean "beta"?)
//
// without the file or the place where these are not known.
func (e *Error) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File + ":")
	}
	if e.Line > 0 {
		fmt.Fprintf(&b, "%d:%d: ", e.Line, e.Col)
	}
	b.WriteString(e.Msg)
	if e.Hint != "" {
		b.WriteString("; " + e.Hint)
	}
	return b.String()
}

// excerptWidth is how many characters of a very long source line Detail shows.
const excerptWidth = 100

// Detail returns the text of Error, followed by the source line and a caret below
// the place of the mistake. Characters that a terminal would not show as they
// stand are replaced, and of a very long line only the neighbourhood is shown.
func (e *Error) Detail() string {
	if e.SourceLine == "" {
		return e.Error()
	}
	line := []rune(e.SourceLine)
	caret := min(max(e.Col-1, 0), len(line))
	from, to := 0, len(line)
	if to > excerptWidth {
		from = max(0, min(caret-excerptWidth/2, to-excerptWidth))
		to = from + excerptWidth
	}
	var text, below strings.Builder
	if from > 0 {
		text.WriteString("...")
		below.WriteString("   ")
	}
	for i, r := range line[from:to] {
		if r != '\t' && !unicode.IsPrint(r) {
			r = utf8.RuneError
		}
		text.WriteRune(r)
		if from+i < caret {
			if r != '\t' {
				r = ' '
			}
			below.WriteRune(r)
		}
	}
	if to < len(line) {
		text.WriteString("...")
	}
	return e.Error() + "\n    " + text.String() + "\n    " + below.String() + "^"
}

// ErrorList is the mistakes found in one model, in the order of their places. It
// is the type of every error that [Parse] returns.
type ErrorList []*Error

// Error returns the mistakes, a line each.
func (l ErrorList) Error() string {
	lines := make([]string, len(l))
	for i, e := range l {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Detail returns the long form of every mistake.
func (l ErrorList) Detail() string {
	texts := make([]string, len(l))
	for i, e := range l {
		texts[i] = e.Detail()
	}
	return strings.Join(texts, "\n")
}

// Unwrap makes every single *Error reachable for errors.As.
func (l ErrorList) Unwrap() []error {
	errs := make([]error, len(l))
	for i, e := range l {
		errs[i] = e
	}
	return errs
}

// maxErrors is how many mistakes of one file are reported. After so many, the
// reader is helped better by a second run, and a hostile file costs little.
const maxErrors = 50

// reporter collects the mistakes of one source.
type reporter struct {
	src  *source
	list ErrorList
}

// add records a mistake at pos.
func (r *reporter) add(pos Pos, msg, hint string) {
	r.list = append(r.list, &Error{
		File: r.src.file, Line: pos.Line, Col: pos.Col,
		Msg: msg, Hint: hint, SourceLine: r.src.line(pos.Line),
	})
}

// full says that enough mistakes have been recorded.
func (r *reporter) full() bool { return len(r.list) > maxErrors }

// err returns the sorted list, or nil where there are no mistakes.
func (r *reporter) err() error {
	if len(r.list) == 0 {
		return nil
	}
	sortErrors(r.list)
	r.list = slices.CompactFunc(r.list, func(a, b *Error) bool { // of a statement that is repeated
		return a.Line == b.Line && a.Col == b.Col && a.Msg == b.Msg
	})
	if r.full() {
		r.list = r.list[:maxErrors+1]
		r.list[maxErrors].Msg = "more mistakes from here on are not shown"
		r.list[maxErrors].Hint = "mend those above first"
	}
	return r.list
}

func sortErrors(l ErrorList) {
	slices.SortStableFunc(l, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
}

// quote writes a name or a piece of text for a message: in double quotes, safe for
// a terminal, and not longer than a line can bear.
func quote(text string) string {
	const longest = 60
	if utf8.RuneCountInString(text) > longest {
		text = string([]rune(text)[:longest]) + "..."
	}
	return fmt.Sprintf("%q", text)
}
