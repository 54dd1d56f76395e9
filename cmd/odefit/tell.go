package main

import (
	"bufio"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/odefit/odefit/dynsys/model"
	"github.com/odefit/odefit/fit"
	"github.com/odefit/odefit/fit/dataset"
	"github.com/odefit/odefit/integrate"
)

// tellModel prints all mistakes of a model that err holds.
func (c *console) tellModel(err error) {
	var list model.ErrorList
	if !errors.As(err, &list) {
		var one *model.Error
		errors.As(err, &one)
		list = model.ErrorList{one}
	}
	for _, e := range list {
		bare := *e
		bare.Hint = ""
		c.say("%s", bare.Error())
		c.excerpt(e.SourceLine, e.Col)
		c.advice(e.Hint)
	}
	if len(list) > 1 {
		c.say("%d mistakes", len(list))
	}
}

// warnModel prints what is allowed in a model but probably not meant.
func (c *console) warnModel(list model.ErrorList) {
	for _, e := range list {
		c.say("warning: %s", e.Error())
	}
}

// tellData prints a mistake in a data file.
func (c *console) tellData(e *dataset.Error) {
	bare := *e
	bare.Hint = ""
	c.say("%s", bare.Error())
	if e.Line > 0 {
		c.excerpt(c.line(e.File, e.Line), e.Col)
	}
	c.advice(e.Hint)
}

// tellNumbers prints why a model could not be evaluated, and what may help.
func (c *console) tellNumbers(err error) {
	text := strings.TrimPrefix(err.Error(), "fit: ")
	var p *fit.PredictionError
	if errors.As(err, &p) && p.Source != "" {
		text = p.Source + ": " + text
	}
	c.say("odefit: %s", text)
	switch {
	case errors.Is(err, integrate.ErrStepTooSmall):
		c.advice("most often a state grows without limit: look at the signs in its equation, and try smaller rates or narrower bounds")
	case errors.Is(err, integrate.ErrTooManySteps):
		c.advice("most often a rate is far faster than the data: try other guesses, narrower bounds or another --solver")
	case errors.Is(err, integrate.ErrNonFinite):
		c.advice("look for a division by zero, or a logarithm or a power of what is not positive")
	case p != nil:
		c.advice("odefit simulate shows the model at its guesses; odefit check shows what was understood")
	}
}

// advice prints what to do.
func (c *console) advice(hint string) {
	if hint != "" {
		c.say("    -> %s", hint)
	}
}

// excerpt prints a source line with a caret below the character at col, counted
// from 1; of a long line only the neighbourhood. What a terminal would not show as
// it stands is replaced.
func (c *console) excerpt(source string, col int) {
	if strings.TrimSpace(source) == "" {
		return
	}
	const most = 100
	line := []rune(source)
	caret := min(max(col-1, 0), len(line))
	from, to := 0, len(line)
	if to > most {
		from = max(0, min(caret-most/2, to-most))
		to = from + most
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
	c.say("    %s", text.String())
	if col > 0 {
		c.say("    %s^", below.String())
	}
}

// line returns line n of a file that has been read, or "" where it cannot be read
// again.
func (c *console) line(path string, n int) string {
	f, err := c.open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	r := bufio.NewReader(f)
	for i := 1; ; i++ {
		text, err := r.ReadString('\n')
		if i == n {
			return strings.TrimRight(strings.TrimPrefix(text, "\ufeff"), "\r\n")
		}
		if err != nil {
			return ""
		}
	}
}
