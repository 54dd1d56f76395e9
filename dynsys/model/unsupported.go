package model

// parseUnsupported refuses the statements of the language that this version cannot
// carry out. A model that holds one is wrong, never silently incomplete.
func parseUnsupported(p *parser, at Pos) Statement {
	word := p.at(p.next - 1).text
	// input NAME from COLUMN, net F(...), algebraic NAME: uses of these names are
	// no further mistakes.
	if t := p.peek(); !p.atEnd() && t.kind == kindName {
		p.declare(t.text)
	}
	p.unsupported(at, "the statement "+quote(word))
	return nil
}

func (p *parser) unsupported(pos Pos, what string) {
	p.fail(pos, what+" is part of the language, but this version does not support it yet",
		"remove it, or use a version that does")
}
