package model

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is the kind of a token.
type kind uint8

const (
	kindEnd    kind = iota // the end of the text
	kindName               // beta, also the words if, t, pi
	kindDotted             // row.sigma, F.1, init.S: one token
	kindNumber             // 0.5
	kindText               // "OD 600": a column or an experiment whose name is no NAME
	kindOp                 // + <= ( , and the words and, or, not
	kindBad                // anything that no statement can hold; carries its message
)

// token is one word of the text. A token that comes first on its line has bol set:
// whether a statement ends there depends on open brackets, which the parser counts.
type token struct {
	kind      kind
	bol       bool
	line, col int32
	end       int32   // byte offset behind the token
	text      string  // as written; of kindText what stands between the quotes
	value     float64 // of kindNumber
	msg, hint string  // of kindBad
}

func (t *token) pos() Pos { return Pos{int(t.line), int(t.col)} }

// is says that the token is the operator or bracket op.
func (t *token) is(op string) bool { return t.kind == kindOp && t.text == op }

// isName says that the token is this very name.
func (t *token) isName(name string) bool { return t.kind == kindName && t.text == name }

// describe names the token in a message.
func (t *token) describe() string {
	switch t.kind {
	case kindEnd:
		return "the end of the file"
	case kindNumber:
		return "the number " + quote(t.text)
	case kindText:
		return "the text " + quote(t.text)
	}
	return quote(t.text)
}

// operators in the order in which they are tried: longer ones first.
var operators = [...]string{
	"..", "**", "<=", ">=", "==", "!=", "+=", "-=", "*=", "->",
	"+", "-", "*", "/", "^", "<", ">", "=", "~", "'", "(", ")", "[", "]", ",", ":",
}

// lexer cuts a source into tokens.
type lexer struct {
	text   string
	off    int
	line   int
	col    int
	bol    bool
	tokens []token

	// content[line-1] is the byte offset where the comment or the end of a line
	// begins: a title is all that stands before it.
	content []int32
}

// lex returns the tokens of a source, the last of them kindEnd. What cannot be part
// of a model becomes a token of kindBad, so that the parser reports it where it
// stands and goes on behind it. Reading stops behind maxTokens tokens.
func lex(s *source) (tokens []token, content []int32) {
	l := &lexer{text: s.text, line: 1, col: 1, bol: true}
	for len(l.tokens) <= maxTokens && l.next() {
	}
	l.content = append(l.content, int32(len(l.text)))
	l.tokens = append(l.tokens, token{kind: kindEnd, bol: true, line: int32(l.line), col: int32(l.col), end: int32(l.off)})
	return l.tokens, l.content
}

// next appends the next token and says whether there was one.
func (l *lexer) next() bool {
	for l.off < len(l.text) {
		r, size := utf8.DecodeRuneInString(l.text[l.off:])
		switch {
		case r == '\n' || r == '\r':
			l.newline()
		case r == '#':
			l.comment()
		case unicode.IsSpace(r):
			l.off += size
			l.col++
		default:
			l.token(r, size)
			return true
		}
	}
	return false
}

func (l *lexer) newline() {
	if len(l.content) < l.line {
		l.content = append(l.content, int32(l.off))
	}
	if strings.HasPrefix(l.text[l.off:], "\r\n") {
		l.off++
	}
	l.off++
	l.line++
	l.col = 1
	l.bol = true
}

func (l *lexer) comment() {
	l.content = append(l.content, int32(l.off))
	n := strings.IndexAny(l.text[l.off:], "\r\n")
	if n < 0 {
		n = len(l.text) - l.off
	}
	l.col += utf8.RuneCountInString(l.text[l.off : l.off+n])
	l.off += n
}

// token reads the token that begins with r.
func (l *lexer) token(r rune, size int) {
	rest := l.text[l.off:]
	switch {
	case isLetter(r):
		l.name(rest)
		return
	case isDigit(r), r == '.' && len(rest) > 1 && isDigit(rune(rest[1])):
		l.number(rest)
		return
	case r == '"':
		l.quoted(rest)
		return
	}
	if strings.HasPrefix(rest, "//") {
		l.bad(2, `unexpected "//"`, "a comment begins with #")
		return
	}
	if hint, n := foreign(rest); n > 0 {
		l.bad(n, "unexpected "+quote(rest[:n]), hint)
		return
	}
	for _, op := range operators {
		if strings.HasPrefix(rest, op) {
			l.emit(kindOp, len(op), op)
			return
		}
	}
	l.bad(size, "unexpected character "+strconv.QuoteRune(r)+" ("+codePoint(r)+")", "remove it")
}

// name reads NAME, or NAME.PART as one token.
func (l *lexer) name(rest string) {
	n := wordLength(rest)
	k := kindName
	for n < len(rest) && rest[n] == '.' {
		m := wordLength(rest[n+1:])
		if m == 0 {
			break
		}
		n += 1 + m
		k = kindDotted
	}
	text := rest[:n]
	switch {
	case utf8.RuneCountInString(text) > maxName:
		l.bad(n, "the name "+quote(text)+" is too long; at most "+strconv.Itoa(maxName)+" characters are read", "shorten it")
		return
	case text == "and", text == "or", text == "not":
		k = kindOp
	}
	l.emit(k, n, text)
}

// number reads 1, 0.5, .5, 1e-3. A letter right behind a number is a mistake, never
// a product.
func (l *lexer) number(rest string) {
	n := digits(rest)
	span := strings.HasPrefix(rest[n:], "..") // 1..N
	if n < len(rest) && rest[n] == '.' && !span {
		n++
		n += digits(rest[n:])
	}
	if n < len(rest) && (rest[n] == 'e' || rest[n] == 'E') {
		sign := 0
		if n+1 < len(rest) && (rest[n+1] == '+' || rest[n+1] == '-') {
			sign = 1
		}
		if d := digits(rest[n+1+sign:]); d > 0 {
			n += 1 + sign + d
		}
	}
	m := wordLength(rest[n:])
	if m > 0 || n < len(rest) && rest[n] == '.' && !span {
		l.bad(max(n+m, n+1), "malformed number "+quote(rest[:max(n+m, n+1)])+"; expected a number such as 0.5 or 1e-3",
			"a product is written with *, as in 2*x")
		return
	}
	text := rest[:n]
	v, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil:
		l.bad(n, "the number "+quote(text)+" is too large; expected at most 1.8e308", "choose other units")
		return
	case v == 0 && strings.ContainsAny(mantissa(text), "123456789"):
		l.bad(n, "the number "+quote(text)+" is too small to be told from 0", "choose other units, or write 0")
		return
	}
	l.emit(kindNumber, n, text)
	l.tokens[len(l.tokens)-1].value = v
}

// mantissa returns the digits of a number before its exponent.
func mantissa(number string) string {
	if i := strings.IndexAny(number, "eE"); i >= 0 {
		return number[:i]
	}
	return number
}

// quoted reads a name in double quotes.
func (l *lexer) quoted(rest string) {
	n := strings.IndexAny(rest[1:], "\"\r\n")
	if n < 0 || rest[1+n] != '"' {
		if n < 0 {
			n = len(rest) - 1
		}
		l.bad(1+n, "this text has no end; expected a second quotation mark on the same line", `write "text"`)
		return
	}
	text := rest[1 : 1+n]
	switch {
	case strings.TrimSpace(text) == "":
		l.bad(n+2, "empty text; expected a name between the quotation marks", "name the column or experiment")
		return
	case utf8.RuneCountInString(text) > maxName:
		l.bad(n+2, "the name "+quote(text)+" is too long; at most "+strconv.Itoa(maxName)+" characters are read", "shorten it")
		return
	}
	for _, r := range text {
		if !unicode.IsPrint(r) {
			l.bad(n+2, "this text holds the character "+codePoint(r)+", which cannot be shown", "remove it")
			return
		}
	}
	l.emit(kindText, n+2, text)
}

// emit appends a token of n bytes and moves behind it.
func (l *lexer) emit(k kind, n int, text string) {
	col := l.col
	l.col += utf8.RuneCountInString(l.text[l.off : l.off+n])
	l.off += n
	l.tokens = append(l.tokens, token{
		kind: k, bol: l.bol, line: int32(l.line), col: int32(col), end: int32(l.off), text: text,
	})
	l.bol = false
}

func (l *lexer) bad(n int, msg, hint string) {
	l.emit(kindBad, n, l.text[l.off:l.off+n])
	t := &l.tokens[len(l.tokens)-1]
	t.msg, t.hint = msg, hint
}

func isLetter(r rune) bool { return r == '_' || unicode.IsLetter(r) }
func isDigit(r rune) bool  { return '0' <= r && r <= '9' }

// wordLength returns the number of bytes of letters, digits and _ at the beginning.
func wordLength(text string) int {
	for i, r := range text {
		if !isLetter(r) && !unicode.IsDigit(r) {
			return i
		}
	}
	return len(text)
}

func digits(text string) int {
	n := 0
	for n < len(text) && isDigit(rune(text[n])) {
		n++
	}
	return n
}

// isWord says that text can stand as a NAME.
func isWord(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return isLetter(r) && wordLength(text) == len(text)
}

func codePoint(r rune) string {
	if r > math.MaxUint16 {
		return "U+" + strings.ToUpper(strconv.FormatInt(int64(r), 16))
	}
	return "U+" + strings.ToUpper(strconv.FormatInt(int64(r)|1<<16, 16)[1:])
}
