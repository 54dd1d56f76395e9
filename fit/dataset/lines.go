package dataset

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf8"
)

// maxRecord bounds the bytes of one row, so that a file without line ends, or one
// whose quote is never closed, is told as such instead of filling the memory.
const maxRecord = 16 << 20

// lines reads the physical lines of a text file, checked: UTF-8, no NUL.
type lines struct {
	r      *bufio.Reader
	file   string
	number int    // of the line read last, from 1
	long   []byte // holds a line that is longer than the reader's buffer
}

func newLines(r io.Reader, file string) *lines {
	return &lines{r: bufio.NewReaderSize(r, 1<<16), file: file}
}

// next returns the next line without its end, valid until the next call. The
// error is io.EOF at the end of the file, or else an *Error.
func (l *lines) next() ([]byte, error) {
	line, err := l.r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		l.long = l.long[:0]
		for err == bufio.ErrBufferFull {
			l.long = append(l.long, line...)
			if len(l.long) > maxRecord {
				l.number++
				return nil, l.tooLong()
			}
			line, err = l.r.ReadSlice('\n')
		}
		l.long = append(l.long, line...)
		line = l.long
	}
	if err != nil && err != io.EOF {
		return nil, &Error{File: l.file, Line: l.number + 1, Msg: "cannot be read: " + err.Error(), Err: err}
	}
	if err == io.EOF && len(line) == 0 {
		return nil, io.EOF
	}
	l.number++
	if l.number == 1 {
		if bytes.HasPrefix(line, []byte("\xff\xfe")) || bytes.HasPrefix(line, []byte("\xfe\xff")) {
			return nil, &Error{File: l.file, Msg: "the file is UTF-16 text", Hint: "save it as CSV in UTF-8"}
		}
		line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
	}
	line = bytes.TrimSuffix(line, []byte("\n"))
	line = bytes.TrimRight(line, "\r")
	return line, l.check(line)
}

// check refuses what is not text.
func (l *lines) check(line []byte) error {
	if i := bytes.IndexByte(line, 0); i >= 0 {
		return &Error{File: l.file, Line: l.number, Col: column(line, i), Msg: "NUL byte: this is not a text file",
			Hint: "export the table as CSV in UTF-8"}
	}
	if utf8.Valid(line) {
		return nil
	}
	i := 0
	for {
		r, n := utf8.DecodeRune(line[i:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		i += n
	}
	return &Error{File: l.file, Line: l.number, Col: column(line, i), Text: string(line[i : i+1]),
		Msg: "a byte that is not UTF-8 text", Hint: "save the file as CSV in UTF-8"}
}

func (l *lines) tooLong() *Error {
	return &Error{File: l.file, Line: l.number, Msg: "a row of more than 16 MiB",
		Hint: "is this a CSV file with line ends LF or CRLF?"}
}

// column returns the number, from 1, of the character at byte i of line.
func column(line []byte, i int) int { return utf8.RuneCount(line[:i]) + 1 }
