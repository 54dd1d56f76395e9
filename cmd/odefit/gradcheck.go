package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/odefit/odefit/cmd/odefit/report"
	"github.com/odefit/odefit/fit"
	"github.com/odefit/odefit/sensitivity"
)

// gradcheckCommand is odefit gradcheck.
type gradcheckCommand struct {
	modelFile
	Data      string  `arg:"" help:"The measurements, a CSV file."`
	Tolerance float64 `default:"1e-4" placeholder:"X" help:"The largest relative difference that counts as agreement. Default: 1e-4."`
	solverFlags
}

func (g *gradcheckCommand) run(c *console) error {
	if err := g.solverFlags.check(); err != nil {
		return err
	}
	if !(g.Tolerance > 0) {
		return usage("--tolerance %v: a number above 0 is needed", g.Tolerance).hint("write --tolerance 1e-4")
	}
	l, err := c.load(g.modelFile, g.Data)
	if err != nil {
		return err
	}
	defer l.close()
	if err := l.checkObserved(); err != nil {
		return err
	}
	g.solverFlags.apply(l.problem)
	checks, err := l.problem.GradCheck(c.ctx, l.problem.Guess(), 1,
		sensitivity.Forward{}, sensitivity.Discrete{Probes: 1},
		sensitivity.Continuous{Variant: sensitivity.Interpolating}, sensitivity.Continuous{Variant: sensitivity.Gauss},
		sensitivity.Continuous{Variant: sensitivity.Backsolve})
	if err != nil {
		return err
	}
	verdict, agree := judge(checks, g.Tolerance)
	err = c.write(func(w io.Writer) error { return writeChecks(w, l.title(), l.problem.Names(), checks, verdict) })
	if err == nil && !agree {
		return errUnfinished
	}
	return err
}

// judge puts the agreement of the methods into words. A backward solution that does
// not find back to the forward one is refused by its own method, and continuous adjoints
// refuse algebraic states, which says nothing against the others; any other failure counts as disagreement.
func judge(checks []fit.GradientCheck, tolerance float64) (verdict string, agree bool) {
	worst, failed, refused := 0.0, 0, 0
	for _, k := range checks {
		switch {
		case errors.Is(k.Err, sensitivity.ErrDrift), errors.Is(k.Err, sensitivity.ErrMassContinuous):
			refused++
		case k.Err != nil:
			failed++
		default:
			worst = max(worst, k.Difference)
		}
	}
	limit := fmt.Sprintf("largest relative difference %s, limit %s", report.Number(worst), report.Number(tolerance))
	switch {
	case !(worst <= tolerance):
		return "the methods DISAGREE: " + limit + "\ntry smaller --rtol and --atol: differences that fall with them are errors of the solver", false
	case failed > 0:
		return fmt.Sprintf("%d of %d methods failed; the others agree: %s", failed, len(checks), limit), false
	case refused > 0:
		return "the methods that can solve this model agree: " + limit, true
	}
	return "the methods agree: " + limit, true
}

// explained says what the columns are.
const explained = `difference: to the first method. to the truth: to the gradient at tolerances a
hundred times tighter. duality: of the derivative along one random direction to that by a
second way on the same steps, which is rounding for forward and discrete.`

// writeChecks writes the methods side by side, then the gradients.
func writeChecks(w io.Writer, title string, names []string, checks []fit.GradientCheck, verdict string) error {
	if _, err := fmt.Fprintf(w, "%s\n\ngradient of -ln L at the guesses\n", title); err != nil {
		return err
	}
	methods := [][]string{{"  method", "-ln L", "difference", "to the truth", "duality", "time", "note"}}
	number := func(v float64) string {
		if math.IsNaN(v) {
			return "-"
		}
		return fmt.Sprintf("%.1e", v)
	}
	head := []string{"  parameter"}
	for i, k := range checks {
		difference, note := "reference", ""
		if i > 0 {
			difference = number(k.Difference)
		}
		if k.Err != nil {
			note = k.Err.Error()
		}
		methods = append(methods, []string{"  " + k.Method, fmt.Sprintf("%.8g", k.Value), difference, number(k.Distance), number(k.Duality), k.Elapsed.Round(10 * time.Microsecond).String(), note})
		if k.Err == nil {
			head = append(head, k.Method)
		}
	}
	if err := report.WriteAligned(w, methods); err != nil {
		return err
	}
	gradients := [][]string{head}
	for p, name := range names {
		row := []string{"  " + name}
		for _, k := range checks {
			if k.Err == nil {
				row = append(row, fmt.Sprintf("%.9g", k.Gradient[p]))
			}
		}
		gradients = append(gradients, row)
	}
	if len(names) > 0 {
		fmt.Fprintln(w)
		if err := report.WriteAligned(w, gradients); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "\n%s\n\n%s\n", verdict, explained)
	return err
}
