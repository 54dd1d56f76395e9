package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/odefit/odefit/fit"
)

// progress shows how a fit gets on: one line that is written over and over where w
// is a terminal, else a line now and then.
type progress struct {
	w     io.Writer
	width int // of the terminal; 0 where there is none
	now   func() time.Time

	began, last time.Time
	shown       int // width of the line that stands on the terminal
}

func newProgress(w io.Writer, width int, now func() time.Time) *progress {
	return &progress{w: w, width: width, now: now, began: now(), last: now()}
}

// show tells the state of the fit, unless that was done a moment ago.
func (p *progress) show(s fit.Progress) {
	now := p.now()
	pause := 10 * time.Second
	if p.width > 0 {
		pause = 100 * time.Millisecond
	}
	if now.Sub(p.last) < pause && !(p.width > 0 && p.shown == 0) {
		return
	}
	p.last = now
	text := describe(s, now.Sub(p.began))
	if p.width == 0 {
		fmt.Fprintln(p.w, text)
		return
	}
	line := []rune(text)
	line = line[:min(len(line), p.width-1)]
	fmt.Fprintf(p.w, "\r%s%s", string(line), strings.Repeat(" ", max(0, p.shown-len(line))))
	p.shown = len(line)
}

// done removes the line from the terminal.
func (p *progress) done() {
	if p.shown > 0 {
		fmt.Fprintf(p.w, "\r%s\r", strings.Repeat(" ", p.shown))
		p.shown = 0
	}
}

// describe puts the state of a fit into words, what matters most first.
func describe(s fit.Progress, elapsed time.Duration) string {
	text := fmt.Sprintf("%d of %d starts", s.StartsDone, s.Starts)
	if s.StartsDone > 0 && s.StartsDone < s.Starts {
		left := elapsed / time.Duration(s.StartsDone) * time.Duration(s.Starts-s.StartsDone)
		text += ", " + round(left) + " left"
	}
	if !math.IsNaN(s.Best) && !math.IsInf(s.Best, 0) && s.StartsDone > 0 {
		text += fmt.Sprintf(", best -ln L %.4f (%s)", s.Best, times(s.Reached))
	}
	if s.Failures > 0 {
		text += fmt.Sprintf(", %d failed evaluations", s.Failures)
	}
	return text
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

// round writes a duration as coarsely as an estimate deserves.
func round(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return d.Round(time.Second).String()
	case d < 10*time.Minute:
		return d.Round(10 * time.Second).String()
	}
	return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
}
