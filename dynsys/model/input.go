package model

// Input is the statement "input NAME from COLUMN [linear | step | cubic] [hold]": a
// measured forcing, interpolated from the data, for each experiment.
type Input struct {
	At            Pos
	Name          string
	NameAt        Pos
	Column        string
	Interpolation Interpolation
	Hold          bool // outside its range it keeps its first or last value
}

// Interpolation is how a forcing goes from one measured value to the next.
type Interpolation uint8

// The interpolations. LinearBetween is the default.
const (
	LinearBetween Interpolation = iota
	StepAfter                   // a value holds until the next
	CubicBetween                // Akima's spline, smooth and without overshoot
)

var interpolationWords = [...]string{LinearBetween: "linear", StepAfter: "step", CubicBetween: "cubic"}

// String returns the word of the language.
func (i Interpolation) String() string { return interpolationWords[i] }

func parseInput(p *parser, at Pos) Statement {
	s := &Input{At: at}
	s.Name, s.NameAt = p.name("the name of an input")
	p.declare(s.Name)
	if !p.gotWord("from") {
		p.unexpected(`"from"`, "write input "+s.Name+" from COLUMN")
	}
	s.Column, _ = p.label("the name of a data column", false)
	chosen := false
	for !p.atEnd() {
		t := p.peek()
		found := false
		for i, word := range interpolationWords {
			if !chosen && p.gotWord(word) {
				s.Interpolation, chosen, found = Interpolation(i), true, true
			}
		}
		switch {
		case found:
		case !s.Hold && p.gotWord("hold"):
			s.Hold = true
		case t.kind == kindName:
			p.fail(t.pos(), "unexpected "+t.describe()+"; expected linear, step or cubic, or hold, once each", didYouMean(t.text, append(interpolationWords[:], "hold")))
		default:
			return s // expectEnd tells what is wrong
		}
	}
	return s
}

// Pos returns where the statement begins.
func (s *Input) Pos() Pos { return s.At }

func (s *Input) format(w *writer) {
	w.word("input", s.Name, "from", label(s.Column))
	if s.Interpolation != LinearBetween {
		w.word(s.Interpolation.String())
	}
	if s.Hold {
		w.word("hold")
	}
	w.end()
}

func (s *Input) declare(c *checker) {
	if c.define(s.Name, s.NameAt, kindInput, len(c.model.Inputs)) {
		c.model.Inputs = append(c.model.Inputs, s)
	}
}

func (s *Input) check(*checker) {}
