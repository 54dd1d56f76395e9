package dataset

import (
	"bytes"
	"unicode/utf8"
)

// separator chooses among tab, semicolon and comma the one that the header, outside
// quotes, has most of; tab before semicolon before comma where they tie.
func separator(header []byte) byte {
	var tabs, semicolons, commas int
	quoted := false
	for _, c := range header {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\t':
			tabs++
		case c == ';':
			semicolons++
		case c == ',':
			commas++
		}
	}
	switch {
	case tabs > 0 && tabs >= semicolons && tabs >= commas:
		return '\t'
	case semicolons > 0 && semicolons >= commas:
		return ';'
	}
	return ','
}

// nextLine returns the next line that is neither empty nor a comment.
func (t *Table) nextLine() ([]byte, error) {
	for {
		line, err := t.lines.next()
		if err != nil {
			return nil, err
		}
		if rest := bytes.TrimSpace(line); len(rest) > 0 && rest[0] != '#' {
			return line, nil
		}
	}
}

// split cuts a row, which begins with line, into t.cells.
func (t *Table) split(line []byte) error {
	t.cells = t.cells[:0]
	if bytes.IndexByte(line, '"') >= 0 {
		return t.splitQuoted(line)
	}
	if i := bytes.IndexByte(line, '\r'); i >= 0 {
		return t.strayReturn(line, i)
	}
	number := t.lines.number
	for at, col := 0, 1; ; {
		rest := line[at:]
		n := bytes.IndexByte(rest, t.Separator)
		if n < 0 {
			n = len(rest)
		}
		t.plain(rest[:n], number, col)
		if n == len(rest) {
			return nil
		}
		at += n + 1
		col += utf8.RuneCount(rest[:n]) + 1
	}
}

// plain adds the cell that stands, unquoted and with its blanks, in raw. An empty
// cell is where the next separator is.
func (t *Table) plain(raw []byte, line, col int) {
	text := bytes.TrimLeftFunc(raw, isBlank)
	if len(text) > 0 {
		col += utf8.RuneCount(raw[:len(raw)-len(text)])
	}
	t.cells = append(t.cells, cell{text: bytes.TrimRightFunc(text, isBlank), line: line, col: col})
}

// splitQuoted is split for a row with quotes, which may go on over several lines.
// Its cells are collected in t.text.
func (t *Table) splitQuoted(line []byte) error {
	t.text = t.text[:0]
	at := 0
	for {
		c := cell{start: len(t.text), line: t.lines.number}
		from := at
		for at < len(line) && line[at] != t.Separator && (line[at] == ' ' || line[at] == '\t') {
			at++
		}
		if at < len(line) && line[at] == '"' {
			c.col = column(line, at)
			var err error
			if line, at, err = t.quoted(line, at+1, c.col); err != nil {
				return err
			}
			c.end = len(t.text)
			t.cells = append(t.cells, c)
		} else {
			n := bytes.IndexByte(line[from:], t.Separator)
			if n < 0 {
				n = len(line) - from
			}
			raw := line[from : from+n]
			if i := bytes.IndexByte(raw, '"'); i >= 0 {
				return &Error{File: t.File, Line: c.line, Col: column(line, from+i), Text: string(raw),
					Msg: "a quote inside a cell that does not begin with one", Hint: `put the whole cell in quotes and double the quote, as in "5"" pipe"`}
			}
			if i := bytes.IndexByte(raw, '\r'); i >= 0 {
				return t.strayReturn(line, from+i)
			}
			t.plain(raw, c.line, column(line, from))
			last := &t.cells[len(t.cells)-1]
			last.start = len(t.text)
			t.text = append(t.text, last.text...)
			last.end = len(t.text)
			at = from + n
		}
		if at == len(line) {
			break
		}
		at++ // the separator
	}
	for i := range t.cells {
		c := &t.cells[i]
		c.text = t.text[c.start:c.end]
	}
	return nil
}

// quoted reads on inside a quoted cell, and returns the line on which the cell ends
// and the place of the separator after it, or the end of that line.
func (t *Table) quoted(line []byte, at, col int) ([]byte, int, error) {
	began := t.lines.number
	for {
		n := bytes.IndexByte(line[at:], '"')
		if n < 0 {
			t.text = append(t.text, line[at:]...)
			t.text = append(t.text, '\n')
			if len(t.text) > maxRecord {
				return nil, 0, t.neverClosed(began, col)
			}
			next, err := t.lines.next()
			if err != nil {
				if _, ok := err.(*Error); ok {
					return nil, 0, err
				}
				return nil, 0, t.neverClosed(began, col)
			}
			line, at = next, 0
			continue
		}
		t.text = append(t.text, line[at:at+n]...)
		at += n + 1
		if at < len(line) && line[at] == '"' {
			t.text = append(t.text, '"')
			at++
			continue
		}
		for at < len(line) && line[at] != t.Separator {
			if line[at] != ' ' && line[at] != '\t' {
				return nil, 0, &Error{File: t.File, Line: t.lines.number, Col: column(line, at), Text: string(line[at:]),
					Msg: "text after a closing quote", Hint: `double a quote inside a quoted cell, as in "5"" pipe"`}
			}
			at++
		}
		return line, at, nil
	}
}

func (t *Table) neverClosed(line, col int) *Error {
	return &Error{File: t.File, Line: line, Col: col, Msg: "this quote is never closed",
		Hint: "close it, or double a quote that belongs to the text"}
}

func (t *Table) strayReturn(line []byte, at int) *Error {
	return &Error{File: t.File, Line: t.lines.number, Col: column(line, at),
		Msg: "a carriage return inside the line", Hint: "save the file with line ends LF or CRLF"}
}

// isBlank reports whether r is a blank that does not count around a cell: a space,
// a tab, or a no-break space. Separators are cut before this is asked.
func isBlank(r rune) bool { return r == ' ' || r == '\t' || r == '\u00a0' }
