package model

import "strings"

// Title is the statement "title TEXT". The text runs to the end of its line.
type Title struct {
	At   Pos
	Text string
}

func parseTitle(p *parser, at Pos) Statement {
	// The text is no sequence of tokens: it is taken as it stands.
	word := p.at(p.next - 1)
	p.titles = append(p.titles, p.inText(p.next-1))
	text := strings.TrimSpace(p.src.text[word.end:max(word.end, p.content[word.line-1])])
	if text == "" {
		p.fail(Pos{at.Line, at.Col + len("title")}, "the line ends too early; expected the text of the title", "")
	}
	for p.peek().line == word.line && p.peek().kind != kindEnd {
		p.next++
	}
	p.goesOn = false
	return &Title{At: at, Text: text}
}

// Pos returns where the statement begins.
func (s *Title) Pos() Pos { return s.At }

func (s *Title) format(w *writer) { w.line("title", s.Text) }

func (s *Title) declare(c *checker) {
	if c.once("title", s.At) {
		c.model.Title = s.Text
	}
}

func (s *Title) check(*checker) {}
