package model

import (
	"strconv"
	"unicode/utf8"
)

// parser reads statements off a list of tokens. It alone knows where a line ends
// a statement: where no bracket is open and no operator or comma stands last.
//
// A method that meets a mistake calls fail, which leaves the statement by a panic
// that only parser.statement recovers.
type parser struct {
	*reporter
	tokens  []token
	source  []token // tokens as the text has them
	content []int32 // see lexer
	starts  []int   // first tokens of the statements read
	titles  []int   // words title of the text

	// Where the text repeats statements, tokens are those written out.
	origin []int32         // tokens of the text that they are made of; nil: the same
	heads  []int           // tokens of the text at which a for begins
	sizes  map[string]bool // constants that ranges and indices use
	next   int             // index of the next token
	begin  int             // index of the first token of the statement at hand

	open     []token // brackets not yet closed in this statement
	goesOn   bool    // the last token taken was an operator or a comma
	nesting  int     // expressions inside each other
	declared []string

	// broken holds the names whose statements could not be read. Using them is no
	// further mistake.
	broken map[string]bool
}

// syntaxError is the panic of fail.
type syntaxError struct{}

func newParser(r *reporter) *parser {
	p := &parser{reporter: r, broken: map[string]bool{}}
	p.tokens, p.content = lex(r.src)
	p.source = p.tokens
	if !needed(p.tokens) || len(p.tokens) > maxTokens {
		return p
	}
	x := newExpander(r, p.tokens)
	x.expand(0, len(p.tokens)-1)
	x.emit(len(p.tokens)-1, kindEnd, "", 0)
	p.tokens, p.origin, p.heads, p.sizes = x.out, x.origin, x.heads, x.sizes
	return p
}

// statements reads the whole text. Statements that could not be read are left out.
func (p *parser) statements() []Statement {
	var list []Statement
	for p.peek().kind != kindEnd && !p.full() {
		p.starts = append(p.starts, p.next)
		if s := p.statement(); s != nil {
			list = append(list, s)
		}
	}
	return list
}

// inText returns the token of the text that token i is made of.
func (p *parser) inText(i int) int {
	if p.origin == nil {
		return i
	}
	return int(p.origin[i])
}

// defect returns what is wrong with the text as a whole. ok says that nothing is.
func (p *parser) defect() (pos Pos, msg, hint string, ok bool) {
	if len(p.tokens) <= maxTokens {
		return Pos{}, "", "", true
	}
	return p.tokens[len(p.tokens)-1].pos(), "this model is too long; at most " + strconv.Itoa(maxTokens) + " words and signs are read",
		"write it with fewer or shorter equations", false
}

// statement reads one statement. After a mistake it goes on at the beginning of
// the next one and returns nil.
func (p *parser) statement() (s Statement) {
	p.begin = p.next
	p.open, p.goesOn, p.nesting, p.declared = p.open[:0], false, 0, p.declared[:0]
	p.guard(func() {
		s = p.dispatch()
		p.expectEnd()
	}, func() {
		s = nil
		for _, name := range p.declared {
			p.broken[name] = true
		}
		p.recover()
	})
	return s
}

// guard calls read, and failed where read meets a mistake.
func (p *parser) guard(read, failed func()) {
	defer func() {
		switch x := recover(); x.(type) {
		case nil:
		case syntaxError:
			failed()
		default:
			panic(x)
		}
	}()
	read()
}

// dispatch finds out which statement begins here and reads it.
func (p *parser) dispatch() Statement {
	first := p.peek()
	if form := p.stateForm(p.next); form != nil {
		return form(p)
	}
	switch {
	case first.kind == kindBad:
		p.fail(first.pos(), first.msg, first.hint)
	case first.kind == kindName:
		if parse := statementParser(first.text); parse != nil {
			p.take()
			return parse(p, first.pos())
		}
		p.unknownStatement(first)
	case first.kind == kindNumber && first.value == 0 && p.at(p.next+1).is("="):
		return parseZero(p)
	}
	p.fail(first.pos(), "unexpected "+first.describe()+"; expected the beginning of a statement such as param, let, init, observe or x' = ...", "")
	return nil
}

// unknownStatement reports a line that begins with a name that is no statement.
func (p *parser) unknownStatement(first *token) {
	p.take()
	name, second := first.text, p.peek()
	switch {
	case second.bol:
	case second.kind == kindBad:
		p.declare(name)
		p.fail(second.pos(), second.msg, second.hint)
	case second.is("="):
		p.declare(name)
		p.fail(first.pos(), quote(name)+" is given a value, but the statement does not say what it is; expected a word such as let before it",
			"write let "+name+" = ..., const "+name+" = ..., param "+name+" = ... or "+name+"' = ...")
	case second.is("'"):
		p.declare(name)
		p.take()
		if p.peek().is("'") {
			p.fail(second.pos(), "a second derivative; expected one prime",
				"write two equations of first order: "+name+"' = v and v' = ...")
		}
		p.unexpected(`"="`, "write "+name+"' = EXPRESSION")
	case second.is("("):
		p.declare(name)
		p.fail(second.pos(), `unexpected "("; expected `+name+"(0) = ... for an initial value or "+name+"' = ... for an equation", "")
	case second.is("~"):
		p.fail(first.pos(), "this line does not say what "+quote(name)+" is; expected observe or prior before it",
			"write observe "+name+" ~ ... for a data column, prior "+name+" ~ ... for a parameter")
	case second.kind == kindName: // parm beta = 1: uses of beta are no further mistakes
		p.declare(second.text)
	}
	p.fail(first.pos(), "unknown statement "+quote(name)+"; expected one such as param, const, let, init, observe or x' = ...",
		didYouMean(name, statementWords()))
}

// declare notes a name that the statement at hand gives, for the case that the
// statement turns out to be wrong further on.
func (p *parser) declare(name string) { p.declared = append(p.declared, name) }

// fail reports a mistake and leaves the statement.
func (p *parser) fail(pos Pos, msg, hint string) {
	p.add(pos, msg, hint)
	panic(syntaxError{})
}

// unexpected reports the next token, which is not what was expected there.
func (p *parser) unexpected(expected, hint string) {
	t := p.peek()
	switch {
	case t.kind == kindBad:
		p.fail(t.pos(), t.msg, t.hint)
	case p.atEnd():
		// The place of an end is right behind the last word of the line.
		last := p.at(p.next - 1)
		// A name with an index that was written out may be longer than what stands there.
		pos := Pos{int(last.line), int(last.col) + last.width()}
		pos.Col = min(pos.Col, utf8.RuneCountInString(p.src.line(pos.Line))+1)
		p.fail(pos, "the line ends too early; expected "+expected, hint)
	case len(p.open) > 0 && t.bol && (t.kind == kindEnd || p.beginsStatement(p.next)):
		b := p.open[len(p.open)-1]
		p.fail(b.pos(), "this "+quote(b.text)+" is never closed", "add a "+quote(closing(b.text)))
	case p.goesOn && t.bol && (t.kind == kindEnd || p.beginsStatement(p.next)):
		last := p.at(p.next - 1)
		p.fail(last.pos(), "the line ends in "+quote(last.text)+", so it goes on with the next line, where a statement begins; expected "+expected,
			"complete the line, or remove "+quote(last.text))
	}
	p.fail(t.pos(), "unexpected "+t.describe()+"; expected "+expected, hint)
}

// recover moves to the beginning of the next statement: the first token of a line
// that cannot belong to the statement at hand.
func (p *parser) recover() {
	if p.next == p.begin {
		p.take()
	}
	for t := p.peek(); t.kind != kindEnd; t = p.peek() {
		if p.atEnd() || t.bol && p.beginsStatement(p.next) {
			return
		}
		p.take()
	}
}

// peek returns the next token.
func (p *parser) peek() *token { return p.at(p.next) }

// at returns token i, the end of the text beyond the last.
func (p *parser) at(i int) *token { return &p.tokens[min(i, len(p.tokens)-1)] }

// take moves behind the next token, keeping count of brackets.
func (p *parser) take() *token {
	t := p.peek()
	p.goesOn = false
	switch {
	case t.kind == kindEnd:
		return t
	case t.kind != kindOp:
	case t.text == "(", t.text == "[":
		p.open = append(p.open, *t)
	case t.text == ")", t.text == "]":
		if len(p.open) > 0 {
			p.open = p.open[:len(p.open)-1]
		}
	case t.text == "'":
	default:
		p.goesOn = true
	}
	p.next++
	return t
}

// atEnd says that the statement ends before the next token.
func (p *parser) atEnd() bool {
	t := p.peek()
	return t.bol && len(p.open) == 0 && !p.goesOn && p.next > p.begin
}

// got takes the next token where it is the operator op in the same statement.
func (p *parser) got(op string) bool {
	if p.atEnd() || !p.peek().is(op) {
		return false
	}
	p.take()
	return true
}

// gotWord takes the next token where it is this word in the same statement.
func (p *parser) gotWord(word string) bool {
	if p.atEnd() || !p.peek().isName(word) {
		return false
	}
	p.take()
	return true
}

// expect takes op or reports its absence.
func (p *parser) expect(op, hint string) {
	if !p.got(op) {
		p.unexpected(quote(op), hint)
	}
}

// expectEnd reports anything that follows a complete statement.
func (p *parser) expectEnd() {
	if p.atEnd() {
		return
	}
	t := p.peek()
	switch {
	case t.is(")") || t.is("]"):
		p.fail(t.pos(), "this "+quote(t.text)+" closes nothing", "remove it, or add the "+quote(opening(t.text))+" that it belongs to")
	case t.is("="):
		p.fail(t.pos(), "unexpected \"=\"; expected the end of the line", "one statement a line; to compare two values write ==")
	case t.kind == kindNumber, t.kind == kindName, t.is("("):
		p.unexpected("an operator or the end of the line", "a product is written with *; every statement stands on a line of its own")
	}
	p.unexpected("the end of the line", "")
}

// name takes the NAME that a statement declares or speaks of. what says what the
// name is for.
func (p *parser) name(what string) (string, Pos) {
	t := p.peek()
	if p.atEnd() || t.kind != kindName {
		if !p.atEnd() && t.kind == kindText {
			p.fail(t.pos(), "unexpected "+t.describe()+"; expected "+what, "names of the model stand without quotation marks")
		}
		p.unexpected(what, "")
	}
	p.take()
	return t.text, t.pos()
}

// label takes the name of a data column or an experiment, which need not be a NAME
// of the language: words such as t or not, names with dots, any text in quotation
// marks and, for an experiment, a number.
func (p *parser) label(what string, number bool) (string, Pos) {
	t := p.peek()
	word := t.kind == kindName || t.kind == kindDotted || t.kind == kindText || t.kind == kindOp && isWord(t.text)
	if p.atEnd() || !word && !(number && t.kind == kindNumber) {
		hint := ""
		if !p.atEnd() {
			hint = `a name with other signs in it stands in quotation marks, as in "OD 600"`
		}
		p.unexpected(what, hint)
	}
	p.take()
	p.goesOn = false
	return t.text, t.pos()
}

// beginsStatement says that token i, the first of its line, begins a statement and
// could not stand there as part of an expression.
func (p *parser) beginsStatement(i int) bool {
	if p.stateForm(i) != nil {
		return true
	}
	t, next := p.at(i), p.at(i+1)
	if t.kind != kindName || next.bol || statementParser(t.text) == nil {
		return false
	}
	return next.kind == kindName || next.kind == kindText || next.kind == kindDotted || next.kind == kindNumber
}

// width returns the number of characters of the token as it was written.
func (t *token) width() int {
	n := utf8.RuneCountInString(t.text)
	if t.kind == kindText {
		n += 2
	}
	return n
}

func closing(bracket string) string {
	if bracket == "[" {
		return "]"
	}
	return ")"
}

func opening(bracket string) string {
	if bracket == "]" {
		return "["
	}
	return "("
}
