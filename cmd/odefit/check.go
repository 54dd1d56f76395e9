package main

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/odefit/odefit/cmd/odefit/report"
	"github.com/odefit/odefit/dynsys/model"
	"github.com/odefit/odefit/fit"
	"github.com/odefit/odefit/fit/dataset"
	"github.com/odefit/odefit/fit/minimize"
	"github.com/odefit/odefit/integrate"
)

// checkCommand is odefit check.
type checkCommand struct {
	modelFile
	Data string `arg:"" optional:"" help:"The measurements, a CSV file."`
	solverFlags
}

func (k *checkCommand) run(c *console) error {
	if err := k.solverFlags.check(); err != nil {
		return err
	}
	l, err := c.load(k.modelFile, k.Data)
	if err != nil {
		return err
	}
	defer l.close()
	k.solverFlags.apply(l.problem)
	if err := c.write(func(w io.Writer) error { return describeModel(w, l) }); err != nil {
		return err
	}
	c.warnModel(l.model.Warnings(fit.Used(l.model, l.tables)...))
	if gap, ok := l.gap(); ok {
		c.say("warning: %s", gap)
	}
	if l.tables.Data == nil {
		return nil
	}
	if err := l.checkObserved(); err != nil {
		return err
	}
	r, err := fit.Run(c.ctx, l.problem, &fit.Options{EvaluateOnly: true})
	if r == nil || err != nil {
		c.say("at the guesses the model cannot be compared with the data:")
		return err
	}
	if flat, err := l.problem.FlatDirections(c.ctx); err == nil {
		for _, f := range flat {
			c.say("warning: %s", f)
		}
	}
	return c.write(func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "\nat the guesses\n  -ln L %.4f, chi2 %s, found in %s; numerical error %s\n",
			r.Objective, report.Number(r.Chi2), plural(r.Counts.Steps, "step"), fmt.Sprintf("%.0e", math.Abs(r.Refined-r.Objective)))
		return err
	})
}

// gap returns a warning where the model runs for longer before the first datum than
// the data last: calendar years without a start time, most often.
func (l *loaded) gap() (string, bool) {
	d := l.tables.Data
	if d == nil || len(l.model.States) == 0 || !(d.Last >= d.First) {
		return "", false
	}
	start := l.problem.Experiments[0].T0
	if d.First-start <= d.Last-d.First {
		return "", false
	}
	return fmt.Sprintf("the model starts at t = %v, long before the first datum at %v; write init ... at %v if it is meant to start there", start, d.First, d.First), true
}

// describeModel writes what was understood.
func describeModel(w io.Writer, l *loaded) error {
	b := bufio.NewWriter(w)
	fmt.Fprintln(b, l.title())
	describeStates(b, l)
	describeParameters(b, l)
	describeObservables(b, l)
	if d := l.tables.Data; d != nil {
		describeData(b, d)
	}
	describeExperiments(b, l)
	describeReports(b, l.model)
	describeSolver(b, l.problem)
	return b.Flush()
}

func heading(w io.Writer, format string, args ...any) { fmt.Fprintf(w, "\n"+format+"\n", args...) }

// indent writes rows in aligned columns, two blanks from the edge.
func indent(w io.Writer, rows [][]string) {
	for i := range rows {
		rows[i][0] = "  " + rows[i][0]
	}
	_ = report.WriteAligned(w, rows) // w keeps its error
}

func describeStates(w io.Writer, l *loaded) {
	if len(l.model.States) == 0 {
		heading(w, "no states: the predictions are formulas")
	} else {
		heading(w, "%s, from t = %v on", plural(len(l.model.States), "state"), l.problem.Experiments[0].T0)
	}
	for _, s := range l.model.States {
		if s.Algebraic != nil {
			fmt.Fprintf(w, "  0 = %s   (determines %s)\n", s.Equation.Expr, s.Name)
			continue
		}
		fmt.Fprintf(w, "  %s' = %s\n", s.Name, s.Equation.Expr)
	}
	start := ""
	if len(l.model.States) > 0 {
		start = number(l.problem.Experiments[0].T0)
	}
	for _, s := range l.model.States {
		value := "0   (no init line)"
		if s.Init != nil {
			value = s.Init.Expr.String()
		}
		fmt.Fprintf(w, "  %s(%s) = %s\n", s.Name, start, value)
	}
	for _, s := range l.model.Nets {
		fmt.Fprintf(w, "  network %s with %s\n", s.Name, plural(s.Weights, "weight"))
	}
	for _, x := range l.model.Lets {
		if x.Net != nil {
			continue
		}
		fmt.Fprintf(w, "  %s = %s\n", x.Name, x.Expr)
	}
}

func describeParameters(w io.Writer, l *loaded) {
	priors := make(map[string]string)
	for _, p := range l.model.Priors {
		var args []string
		for _, a := range p.Args {
			args = append(args, a.String())
		}
		priors[p.Name] = p.Dist.String() + "(" + strings.Join(args, ", ") + ")"
	}
	weights := map[string]bool{}
	for _, p := range l.model.Params {
		weights[p.Name] = p.Net != nil
	}
	estimated := 0
	rows := [][]string{{"name", "guess", "bounds", "scale", "prior", "note"}}
	for _, p := range l.problem.Parameters {
		bounds, note := "-", ""
		if p.Lower != 0 || p.Upper != 0 {
			bounds = number(p.Lower) + " .. " + number(p.Upper)
		}
		if p.Fixed {
			note = "fixed"
		} else {
			estimated++
		}
		scale := ""
		if p.Scale != minimize.Linear {
			scale = p.Scale.String()
		}
		base, _, _ := strings.Cut(p.Name, "[")
		if weights[base] {
			continue
		}
		rows = append(rows, []string{p.Name, number(p.Guess), bounds, scale, priors[base], note})
	}
	if len(rows) > 1 {
		heading(w, "%s, %d estimated", plural(len(l.problem.Parameters), "parameter"), estimated)
		indent(w, rows)
	}
	if len(l.model.Consts) > 0 {
		heading(w, "%s", plural(len(l.model.Consts), "constant"))
		for _, k := range l.model.Consts {
			fmt.Fprintf(w, "  %s = %s\n", k.Name, l.constant(k))
		}
	}
}

// constant returns the value of a constant, which a parameter table may set.
func (l *loaded) constant(k *model.Const) string {
	if t := l.tables.Parameters; t != nil {
		for _, row := range t.Rows {
			if row.Name == k.Name && row.Guess.Given {
				return number(row.Guess.Value)
			}
		}
	}
	return number(k.Number.Value)
}

func describeObservables(w io.Writer, l *loaded) {
	if len(l.model.Observes) == 0 {
		heading(w, "nothing is observed: there is no observe line")
		return
	}
	heading(w, "%s", plural(len(l.model.Observes), "observed column"))
	rows := [][]string{{"column", "distribution", "values", "censored", "missing"}}
	for i, o := range l.model.Observes {
		args := []string{o.Prediction.String()}
		for _, e := range []model.Expr{o.Scale, o.DF} {
			if e != nil {
				args = append(args, e.String())
			}
		}
		if o.ScaleLeftOut() {
			args = append(args, "sd["+o.Column+"]")
		}
		row := []string{o.Column, o.Dist.String() + "(" + strings.Join(args, ", ") + ")", "", "", ""}
		if d := l.tables.Data; d != nil {
			n := d.Counts[i]
			row[2] = strconv.Itoa(n.Values)
			if n.Censored > 0 {
				row[3] = strconv.Itoa(n.Censored)
			}
			if n.Missing > 0 {
				row[4] = strconv.Itoa(n.Missing)
			}
		}
		rows = append(rows, row)
	}
	indent(w, rows)
}

func describeData(w io.Writer, d *dataset.Data) {
	form := "a column for each observable"
	if d.Long {
		form = "a row for each value"
	}
	heading(w, "data %s: %s", d.File, form)
	fmt.Fprintf(w, "  %s, %s from %v to %v in column %s\n", plural(d.NumObservations(), "value"), plural(len(d.Experiments), "experiment"), d.First, d.Last, d.TimeColumn)
	if len(d.RowColumns) > 0 {
		fmt.Fprintf(w, "  used with each row: %s\n", strings.Join(d.RowColumns, ", "))
	}
	if len(d.Ignored) > 0 {
		fmt.Fprintf(w, "  ignored columns: %s\n", strings.Join(d.Ignored, ", "))
	}
	for _, u := range d.Undeclared {
		fmt.Fprintf(w, "  ignored: %s of %s, which the model does not observe\n", plural(u.Rows, "value"), u.Name)
	}
}

func describeExperiments(w io.Writer, l *loaded) {
	x := l.problem.Experiments
	if len(x) == 1 && x[0].Name == "" {
		return
	}
	sets := make(map[string][]string)
	for _, e := range l.model.Experiments {
		for _, a := range e.Assigns {
			sets[e.Name] = append(sets[e.Name], a.Name+" = "+a.Expr.String())
		}
	}
	if t := l.tables.Conditions; t != nil {
		for _, row := range t.Rows {
			for _, a := range row.Assignments {
				sets[row.Experiment] = append(sets[row.Experiment], a.Name+" = "+a.Text)
			}
		}
	}
	heading(w, "%s", plural(len(x), "experiment"))
	rows := [][]string{{"name", "values", "sets"}}
	for _, e := range x {
		rows = append(rows, []string{e.Name, strconv.Itoa(len(e.Observations)), strings.Join(sets[e.Name], ", ")})
	}
	indent(w, rows)
}

func describeReports(w io.Writer, m *model.Model) {
	if len(m.Reports) == 0 {
		return
	}
	heading(w, "derived from them")
	for _, r := range m.Reports {
		fmt.Fprintf(w, "  %s = %s\n", r.Name, r.Expr)
	}
}

func describeSolver(w io.Writer, p *fit.Problem) {
	name, rtol, atol := integrate.Auto{}.String(), 1e-8, 1e-10
	if p.Solver != nil {
		name = p.Solver.String()
	}
	if p.RelTol > 0 {
		rtol = p.RelTol
	}
	if p.AbsTol > 0 {
		atol = p.AbsTol
	}
	heading(w, "solver %s, rtol %s, atol %s", name, number(rtol), number(atol))
}

// number writes v for people.
func number(v float64) string { return report.Number(v) }
