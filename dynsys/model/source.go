package model

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Limits that keep the time and memory for any input within bounds. They lie far
// above what people write: the largest curated models of systems biology have a
// few thousand equations, about 100,000 tokens.
const (
	maxSource  = 4 << 20 // bytes of one model
	maxTokens  = 500_000 // tokens of one model
	maxCell    = 10_000  // bytes of one expression from a table cell
	maxName    = 200     // characters of one name
	maxNesting = 1000    // operands inside each other: a bracket costs up to four
	maxHeight  = 10_000  // operators in one chain such as a + b + c + ...
)

// source is the text of a model, cut into lines.
type source struct {
	file  string
	text  string
	start []int32 // byte offset of every line
}

// newSource takes the text without its byte-order mark. Lines end in \n, \r\n or \r.
func newSource(file string, text []byte) *source {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	s := &source{file: file, text: string(text), start: []int32{0}}
	for i := range len(s.text) {
		switch c := s.text[i]; {
		case c == '\n', c == '\r' && !(i+1 < len(s.text) && s.text[i+1] == '\n'):
			s.start = append(s.start, int32(i+1))
		}
	}
	return s
}

// line returns line n, counted from 1, without its end.
func (s *source) line(n int) string {
	if n < 1 || n > len(s.start) {
		return ""
	}
	from, to := int(s.start[n-1]), len(s.text)
	if n < len(s.start) {
		to = int(s.start[n])
	}
	for to > from && (s.text[to-1] == '\n' || s.text[to-1] == '\r') {
		to--
	}
	return s.text[from:to]
}

// defect returns the place and the kind of the first thing that makes a text no
// model at all: too long, or no UTF-8. ok says that there is none.
func (s *source) defect() (pos Pos, msg, hint string, ok bool) {
	if len(s.text) > maxSource {
		return Pos{1, 1}, "this file is longer than 4 MiB; a model is a text of a few pages", "is it a data file?", false
	}
	if strings.HasPrefix(s.text, "\xff\xfe") || strings.HasPrefix(s.text, "\xfe\xff") {
		return Pos{1, 1}, "this file is UTF-16; expected UTF-8", "save it as UTF-8", false
	}
	for line := range s.start {
		text := s.line(line + 1)
		if utf8.ValidString(text) {
			continue
		}
		for i, r := range text {
			if _, size := utf8.DecodeRuneInString(text[i:]); r == utf8.RuneError && size == 1 {
				return Pos{line + 1, utf8.RuneCountInString(text[:i]) + 1},
					"this is not UTF-8 text", "save the file as UTF-8", false
			}
		}
	}
	return Pos{}, "", "", true
}
