package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/odefit/odefit/cmd/odefit/report"
	"github.com/odefit/odefit/fit"
	"github.com/odefit/odefit/fit/dataset"
)

// simulateCommand is odefit simulate.
type simulateCommand struct {
	modelFile
	Set        []string `placeholder:"NAME=VALUE" sep:"none" help:"Set a parameter or a constant; may be given several times."`
	Times      string   `placeholder:"TIMES" help:"When: a grid START:STEP:STOP, a list of times, or both, as in 0:0.1:10,20."`
	Experiment string   `placeholder:"NAME" help:"Simulate this experiment only."`
	solverFlags
	Out   string `placeholder:"FILE.csv" help:"Write here, and not to standard output."`
	Plot  string `placeholder:"FILE" help:"Draw the course into a file .svg, .png or .pdf."`
	Quiet bool   `short:"q" help:"Show no warnings."`
}

func (s *simulateCommand) run(c *console) error {
	if err := s.solverFlags.check(); err != nil {
		return err
	}
	if s.Plot != "" {
		if _, err := pictureFormat(s.Plot); err != nil {
			return err
		}
	}
	var times []float64
	if s.Times != "" {
		var err error
		if times, err = parseTimes(s.Times); err != nil {
			return err
		}
	}
	l, err := c.loadSet(s.modelFile, s.Set)
	if err != nil {
		return err
	}
	defer l.close()
	s.solverFlags.apply(l.problem)
	if err := s.checkTimes(l, times); err != nil {
		return err
	}
	for _, path := range []string{s.Out, s.Plot} {
		if err := canWrite(path); err != nil {
			return err
		}
	}
	if !s.Quiet {
		c.warnModel(l.model.Warnings(fit.Used(l.model, l.tables)...))
	}
	courses, err := s.courses(c, l, times)
	if err != nil {
		return err
	}
	return s.write(c, l, courses)
}

// checkTimes finds out whether there are times, and whether the model can reach them.
func (s *simulateCommand) checkTimes(l *loaded, times []float64) error {
	start := l.problem.Experiments[0].T0
	if times == nil {
		return usage("--times is missing").hint("say when, as in --times %v:0.1:%v", start, start+10)
	}
	if len(l.model.States) > 0 && times[0] < start {
		return usage("--times %s: %v is before the start time of the model, %v", s.Times, times[0], start).
			hint("begin at %v, or write init ... at %v in the model", start, times[0])
	}
	return nil
}

// courses simulates every experiment that was asked for.
func (s *simulateCommand) courses(c *console, l *loaded, times []float64) ([]*course, error) {
	theta := l.problem.Guess()
	var courses []*course
	var names []string
	for i, x := range l.problem.Experiments {
		names = append(names, x.Name)
		if s.Experiment != "" && x.Name != s.Experiment {
			continue
		}
		one, err := simulate(c.ctx, l.problem, theta, i, times)
		if err != nil {
			return nil, err
		}
		courses = append(courses, one)
	}
	if len(courses) == 0 {
		e := usage("--experiment %s: there is no such experiment", s.Experiment)
		if names[0] == "" {
			return nil, e.hint("neither the model nor a conditions file names any")
		}
		return nil, e.hint("choose one of %s", strings.Join(names, ", "))
	}
	return courses, nil
}

// write writes the table and the picture. The table goes to stdout, unless it goes
// to a file or a picture was asked for alone.
func (s *simulateCommand) write(c *console, l *loaded, courses []*course) error {
	if s.Plot != "" {
		if err := c.picture(s.Plot, courseFigure(l.title(), l.time(), courses)); err != nil {
			return err
		}
		if s.Out == "" {
			return nil
		}
	}
	out := s.Out
	if out == "" {
		out = stdio
	}
	return c.writeFile(out, func(w io.Writer) error { return writeCourses(w, l.time(), courses) })
}

// courseFigure draws every state and every prediction against time.
func courseFigure(title, time string, courses []*course) *report.Figure {
	f := &report.Figure{Title: title, Time: time}
	columns, predictions := header(courses)
	for k, name := range columns {
		p := report.Panel{Label: name}
		for i, c := range courses {
			s := report.Series{Name: c.experiment, Style: i}
			if len(courses) == 1 {
				s.Name, s.Style = "", k
			}
			for n, t := range c.Times {
				if k < len(c.states) {
					s.Curve = append(s.Curve, report.XY{X: t, Y: c.States[n][k]})
				} else {
					s.Curve = append(s.Curve, report.XY{X: t, Y: c.Predictions[n][predictions[k-len(c.states)]]})
				}
			}
			p.Series = append(p.Series, s)
		}
		f.Panels = append(f.Panels, p)
	}
	return f
}

// loadSet loads a model with its tables, some parameters or constants being set.
func (c *console) loadSet(f modelFile, set []string) (*loaded, error) {
	l := &loaded{}
	if err := c.read(l, f, ""); err != nil {
		return nil, err
	}
	for _, text := range set {
		if err := l.set(text); err != nil {
			return nil, err
		}
	}
	return joined(l)
}

// set takes in NAME=VALUE as a row of the parameters table would be.
func (l *loaded) set(text string) error {
	const form = "write --set NAME=VALUE, as in --set k=0.5"
	name, value, ok := strings.Cut(text, "=")
	name = strings.TrimSpace(name)
	if !ok || name == "" {
		return usage("--set %s: this is not NAME=VALUE", text).hint(form)
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return usage("--set %s: %q is no number", text, strings.TrimSpace(value)).hint(form)
	}
	base, experiment, _ := strings.Cut(strings.TrimSuffix(name, "]"), "[")
	if _, ok := l.model.Quantity(base); !ok {
		var names []string
		for _, q := range l.model.Quantities() {
			names = append(names, q.Name)
		}
		return usage("--set %s: the model has no parameter or constant %s", text, base).hint("it has %s", listed(names))
	}
	if l.tables.Parameters == nil {
		l.tables.Parameters = &dataset.Parameters{File: "--set"}
	}
	t := l.tables.Parameters
	row := dataset.Parameter{Name: name, Base: base, Experiment: experiment, Guess: dataset.Optional[float64]{Value: v, Given: true}}
	t.Rows = append(slices.DeleteFunc(slices.Clone(t.Rows), func(r dataset.Parameter) bool { return r.Name == name }), row)
	return nil
}

// listed joins names for a message.
func listed(names []string) string {
	switch n := len(names); {
	case n == 0:
		return "none"
	case n > 12:
		return strings.Join(names[:12], ", ") + fmt.Sprintf(" and %d more", n-12)
	}
	return strings.Join(names, ", ")
}
