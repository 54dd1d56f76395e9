package main

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/odefit/odefit/fit"
)

func TestProgressOnATerminal(t *testing.T) {
	var b bytes.Buffer
	now := time.Unix(0, 0)
	p := newProgress(&b, 60, func() time.Time { return now })
	for i := range 5 {
		now = now.Add(time.Second)
		p.show(fit.Progress{StartsDone: i + 1, Starts: 20, Best: 122.926, Reached: i, Failures: 1234})
	}
	p.done()
	lines := strings.Split(b.String(), "\r")
	if strings.Contains(b.String(), "\n") || strings.ContainsRune(b.String(), '\x1b') {
		t.Errorf("line ends or escape sequences in %q", b.String())
	}
	for _, l := range lines {
		if len(l) >= 60 {
			t.Errorf("%d characters on a terminal of 60: %q", len(l), l)
		}
	}
	if last := lines[len(lines)-2]; strings.TrimSpace(last) != "" {
		t.Errorf("the line is left behind: %q", last)
	}
}

func TestProgressOffATerminal(t *testing.T) {
	var b bytes.Buffer
	now := time.Unix(0, 0)
	p := newProgress(&b, 0, func() time.Time { return now })
	for i := range 30 {
		now = now.Add(time.Second)
		p.show(fit.Progress{StartsDone: i, Starts: 60, Best: 3, Reached: 1})
	}
	p.done()
	want := "9 of 60 starts, 60s left, best -ln L 3.0000 (once)\n"
	if got := strings.Replace(b.String(), "1m0s", "60s", 1); !strings.HasPrefix(got, want) || strings.Count(got, "\n") != 3 {
		t.Errorf("got\n%swant three lines, the first\n%s", b.String(), want)
	}
}

func TestDescribeProgress(t *testing.T) {
	if got := describe(fit.Progress{Starts: 5, Best: math.Inf(1)}, time.Second); got != "0 of 5 starts" {
		t.Errorf("got %q", got)
	}
	if got := describe(fit.Progress{StartsDone: 4, Starts: 5, Best: -1, Reached: 2, Failures: 7}, 8*time.Hour); got != "4 of 5 starts, 2h0m left, best -ln L -1.0000 (twice), 7 failed evaluations" {
		t.Errorf("got %q", got)
	}
}
