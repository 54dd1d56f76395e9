package model

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"
)

// Format returns the text of a model in its usual form: one blank around signs that bind
// loosely and none around those that bind tightly, columns of like lines aligned, blank
// lines and comments kept. Lines stay lines, and no word or sign of the model changes.
// Formatting twice is formatting once.
//
// The error is that of [Parse] where the text has mistakes that the parser meets;
// unknown names do not matter.
func Format(file string, text []byte) ([]byte, error) {
	r := &reporter{src: newSource(file, text)}
	if pos, msg, hint, ok := r.src.defect(); !ok {
		r.add(pos, msg, hint)
		return nil, r.err()
	}
	p := newParser(r)
	if pos, msg, hint, ok := p.defect(); !ok {
		r.add(pos, msg, hint)
		return nil, r.err()
	}
	p.statements()
	if err := r.err(); err != nil {
		return nil, err
	}
	f := &formatter{src: r.src, tokens: p.source, content: p.content, starts: p.begins(), titles: p.titles}
	f.layOut()
	f.align()
	out := f.text()
	if !sameTokens(p.source, out) {
		return nil, errors.New("model: formatting would have changed the model; the file is left as it is")
	}
	return out, nil
}

// begins returns the tokens of the text at which statements begin.
func (p *parser) begins() []int {
	if p.origin == nil {
		return p.starts
	}
	starts := slices.Clone(p.heads)
	for _, i := range p.starts {
		starts = append(starts, int(p.origin[i]))
	}
	slices.Sort(starts)
	return slices.Compact(starts)
}

// sameTokens says that text has these tokens.
func sameTokens(tokens []token, text []byte) bool {
	again, _ := lex(newSource("", text))
	return slices.EqualFunc(tokens, again, func(a, b token) bool {
		return a.kind == b.kind && a.text == b.text && (a.bol == b.bol || a.kind == kindEnd)
	})
}

// formatter writes tokens and comments line by line.
type formatter struct {
	src     *source
	tokens  []token
	content []int32 // see lexer
	starts  []int   // first tokens of statements
	titles  []int   // words title
	lines   []formatted
}

// formatted is one line of the result.
type formatted struct {
	key     string   // of lines that are aligned with each other; "" for none
	cells   []string // what is aligned, joined by blanks
	comment string
}

const indentation = "    "

// layOut makes the lines, not yet aligned.
func (f *formatter) layOut() {
	next := 0
	blank := false
	inside := false // a statement that goes on
	for n := 1; n <= len(f.src.start); n++ {
		from := next
		for next < len(f.tokens) && int(f.tokens[next].line) == n && f.tokens[next].kind != kindEnd {
			next++
		}
		words, comment := f.tokens[from:next], f.comment(n)
		if len(words) == 0 && comment == "" {
			blank = true
			continue
		}
		if blank && len(f.lines) > 0 {
			f.lines = append(f.lines, formatted{})
		}
		blank = false
		line := formatted{comment: comment}
		if len(words) > 0 {
			_, first := slices.BinarySearch(f.starts, from)
			inside = !first
			line.cells = f.cells(words, from)
			if inside {
				line.cells = []string{indentation + strings.Join(line.cells, " ")}
			} else if words[len(words)-1].line == f.lastLine(from) {
				line.key = f.key(words, from)
			}
		} else if f.continues(next) {
			line.comment = indentation + comment
		}
		f.lines = append(f.lines, line)
	}
}

// continues says that token i belongs to the statement before it.
func (f *formatter) continues(i int) bool {
	_, first := slices.BinarySearch(f.starts, i)
	return !first && i < len(f.tokens) && f.tokens[i].kind != kindEnd && i > 0
}

// lastLine returns the line on which the statement that begins at token i ends.
func (f *formatter) lastLine(i int) int32 {
	k, _ := slices.BinarySearch(f.starts, i+1)
	end := len(f.tokens) - 1 // kindEnd
	if k < len(f.starts) {
		end = f.starts[k]
	}
	return f.tokens[end-1].line
}

// comment returns the comment of line n, or "".
func (f *formatter) comment(n int) string {
	line := f.src.line(n)
	at := int(f.content[n-1] - f.src.start[n-1])
	if at < 0 || at >= len(line) || line[at] != '#' {
		return ""
	}
	return strings.TrimRight(line[at:], " \t\u00a0")
}

// key returns what a line has in common with those that it is aligned with.
func (f *formatter) key(words []token, from int) string {
	switch first := words[0]; {
	case slices.Contains(f.titles, from):
		return ""
	case first.isName("param"), first.isName("const"), first.isName("let"), first.isName("init"),
		first.isName("observe"), first.isName("prior"), first.isName("report"):
		return first.text
	case len(words) > 1 && words[1].is("'"):
		return "'"
	}
	return ""
}

// cells cuts the words of a line into what is aligned: before = or ~, behind it, and of
// a param line the bounds and what follows them.
func (f *formatter) cells(words []token, from int) []string {
	if slices.Contains(f.titles, from) {
		line := f.src.line(int(words[0].line))
		end := int(f.content[words[0].line-1] - f.src.start[words[0].line-1])
		return []string{"title", strings.TrimSpace(strings.TrimSpace(line[:end])[len("title"):])}
	}
	var cells []string
	var cell strings.Builder
	signed, bounds := false, false
	for i := range words {
		t := &words[i]
		cut := false
		switch {
		case !signed && (t.is("=") || t.is("~")):
			cut, signed = true, true
		case words[0].isName("param") && signed && !bounds && t.isName("in"):
			cut, bounds = true, true
		case bounds && i > 0 && words[i-1].is("]"):
			cut = true
		}
		if cut {
			cells = append(cells, cell.String())
			cell.Reset()
		} else if i > 0 && f.spaced(from+i, from) {
			cell.WriteByte(' ')
		}
		cell.WriteString(t.written())
	}
	return append(cells, cell.String())
}

// written returns the token as it stands in a text.
func (t *token) written() string {
	if t.kind == kindText {
		return `"` + t.text + `"`
	}
	return t.text
}

// spaced says whether a blank stands before token i of the line that begins at token
// first.
func (f *formatter) spaced(i, first int) bool {
	a, b := &f.tokens[i-1], &f.tokens[i]
	switch {
	case a.is("("), a.is("["), b.is(")"), b.is("]"), b.is(","), b.is(":"), b.is("'"), a.is(".."), b.is(".."):
		return false
	case tight(a) && !f.unary(i-1), tight(b):
		return false
	case a.kind == kindNumber && b.is(".."):
		return false
	case f.unary(i - 1):
		return a.is("not") || a.is("+") && b.is("+")
	case a.isName("in") && b.is("["):
		return true
	case b.is("("), b.is("["):
		// A call or an index has no blank, a bracket behind a word does; the text knows.
		adjacent := a.line == b.line && int(b.end)-len(b.text) == int(a.end)
		return a.kind != kindName && a.kind != kindDotted || !adjacent
	}
	return true
}

// tight says that an operator stands without blanks.
func tight(t *token) bool {
	return t.is("*") || t.is("/") || t.is("^") || t.is("**")
}

// unary says that token i is a sign before an operand, not between two.
func (f *formatter) unary(i int) bool {
	t := &f.tokens[i]
	if t.is("not") {
		return true
	}
	if !t.is("-") && !t.is("+") {
		return false
	}
	if i == 0 {
		return true
	}
	switch a := &f.tokens[i-1]; {
	case a.kind == kindNumber, a.kind == kindDotted, a.kind == kindText, a.is(")"), a.is("]"), a.is("'"):
		return false
	case a.kind == kindName:
		return !f.operand(i - 1)
	}
	return true
}

// operand says that the name at token i is a value and not a word of a statement, which
// a sign may follow: at, every, from, to, when, lag, fraction.
func (f *formatter) operand(i int) bool {
	t := &f.tokens[i]
	if !slices.Contains([]string{"at", "every", "from", "to", "when", "lag", "fraction", "require"}, t.text) {
		return true
	}
	// A value of such a name stands behind a sign or a bracket.
	if i == 0 {
		return false
	}
	a := &f.tokens[i-1]
	return a.kind == kindOp && !a.is(")") && !a.is("]") && !a.is("'")
}

// align pads cells of neighbouring lines with the same key, and then comments.
func (f *formatter) align() {
	runs(f.lines, func(a, b formatted) bool { return a.key != "" && a.key == b.key }, func(run []formatted) {
		for c := 0; ; c++ {
			width, more := 0, false
			for _, l := range run {
				if c < len(l.cells)-1 {
					width, more = max(width, utf8.RuneCountInString(l.cells[c])), true
				}
			}
			if !more {
				return
			}
			for _, l := range run {
				if c < len(l.cells)-1 {
					l.cells[c] += strings.Repeat(" ", width-utf8.RuneCountInString(l.cells[c]))
				}
			}
		}
	})
	for i := range f.lines {
		if l := &f.lines[i]; len(l.cells) > 0 {
			l.cells = []string{strings.Join(l.cells, " ")}
		}
	}
	trailing := func(l formatted) bool { return len(l.cells) > 0 && l.comment != "" }
	runs(f.lines, func(a, b formatted) bool { return trailing(a) && trailing(b) }, func(run []formatted) {
		width := 0
		for _, l := range run {
			if trailing(l) {
				width = max(width, utf8.RuneCountInString(l.cells[0]))
			}
		}
		for _, l := range run {
			if trailing(l) {
				l.cells[0] += strings.Repeat(" ", width-utf8.RuneCountInString(l.cells[0]))
			}
		}
	})
}

// runs calls do with every longest run of neighbours that are alike.
func runs(lines []formatted, alike func(a, b formatted) bool, do func([]formatted)) {
	for i := 0; i < len(lines); {
		j := i + 1
		for j < len(lines) && alike(lines[j-1], lines[j]) {
			j++
		}
		do(lines[i:j])
		i = j
	}
}

// text joins the lines.
func (f *formatter) text() []byte {
	var b bytes.Buffer
	for _, l := range f.lines {
		text := strings.Join(l.cells, " ")
		switch {
		case l.comment == "":
		case text == "":
			text = l.comment
		default:
			text += " " + l.comment
		}
		b.WriteString(strings.TrimRight(text, " "))
		b.WriteByte('\n')
	}
	return b.Bytes()
}
