package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/odefit/odefit/fit"
	"github.com/odefit/odefit/fit/minimize"
)

const (
	digits = 5 // of numbers in the text
	// reach is how far above the best objective a start may end that is said to have
	// reached it: a likelihood ratio of one percent.
	reach = 0.01
	// strong is the correlation from which two parameters are named together.
	strong = 0.95
	// width is the column at which sentences are broken.
	width = 90
)

// WriteText writes the result for people: what came of the search, the statistics,
// a line for every parameter and report, and whatever there is to say about
// correlations, directions that the data do not determine, and failures.
func WriteText(w io.Writer, title string, r *fit.Result) error {
	b := bufio.NewWriter(w)
	t := text{b}
	if title != "" {
		t.line(title)
		t.line("")
	}
	t.line(sentence(r))
	t.statistics(r)
	t.estimates("parameter", withoutWeights(r.Parameters))
	t.estimates("report", r.Reports)
	t.remarks(r)
	return b.Flush()
}

type text struct{ w *bufio.Writer }

func (t text) line(s string) { fmt.Fprintln(t.w, s) }

// sentence says what came of the search.
func sentence(r *fit.Result) string {
	if len(r.Starts) == 0 || r.Status == "evaluated" {
		return r.Status
	}
	reached, failed := 0, 0
	for _, s := range r.Starts {
		switch {
		case math.IsNaN(s.Objective) || math.IsInf(s.Objective, 0):
			failed++
		case s.Objective <= r.Objective+reach:
			reached++
		}
	}
	all := count(len(r.Starts), "start")
	out := fmt.Sprintf("%s: %d of %s reached the best", r.Status, reached, all)
	if len(r.Starts) == 1 {
		out = fmt.Sprintf("%s, from 1 start", r.Status)
	}
	if failed > 0 {
		out += fmt.Sprintf(", %d failed", failed)
	}
	return out
}

// statistics writes the numbers that belong to the fit as a whole.
func (t text) statistics(r *fit.Result) {
	t.line("")
	WriteAligned(t.w, [][]string{
		{"n", "k", "-ln L", "SSR", "chi2", "AIC", "BIC", "error of -ln L"},
		{fmt.Sprint(r.NObservations), fmt.Sprint(r.NEstimated), fixed(r.Objective), number(r.SSR, digits+1), number(r.Chi2, digits),
			fixed(r.AIC), fixed(r.BIC), number(r.Refined-r.Objective, 2)},
	})
}

// fixed writes a log-likelihood or a criterion: differences of 0.01 matter,
// whatever the size.
func fixed(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) || math.Abs(v) >= 1e9 {
		return number(v, 10)
	}
	return fmt.Sprintf("%.4f", v)
}

// estimates writes a line for each estimate under a heading.
func (t text) estimates(heading string, list []fit.Estimate) {
	if len(list) == 0 {
		return
	}
	rows := [][]string{{heading, "value", "std. error", "95 % interval", "rel. error", "note"}}
	for _, e := range list {
		interval := "-"
		if !math.IsNaN(e.CI95[0]) && !math.IsNaN(e.CI95[1]) {
			interval = number(e.CI95[0], digits-1) + " .. " + number(e.CI95[1], digits-1)
		}
		rows = append(rows, []string{e.Name, number(e.Value, digits+1), number(e.StdErr, 3), interval,
			percent(e.StdErr / math.Abs(e.Value)), note(e)})
	}
	t.line("")
	WriteAligned(t.w, rows)
}

// note says what is special about an estimate: what the fit says of it, or else what
// its other fields say.
func note(e fit.Estimate) string {
	switch {
	case e.Note != "":
		return e.Note
	case e.AtBound == minimize.Lower:
		return "at lower bound"
	case e.AtBound == minimize.Upper:
		return "at upper bound"
	case !e.Estimated && math.IsNaN(e.StdErr):
		return "fixed"
	}
	return ""
}

// remarks writes what the numbers alone do not say.
func (t text) remarks(r *fit.Result) {
	first := true
	say := func(s string) {
		if first {
			t.line("")
			first = false
		}
		t.line(wrap(s, "  "))
	}
	for _, n := range Networks(r, "") {
		say(fmt.Sprintf("network %s: %s, in a file where --out or --weights names one", n.Name, count(n.Weights, "weight")))
	}
	if pairs := correlated(r); len(pairs) > 0 {
		say("correlations beyond " + number(strong, 2) + ": " + strings.Join(pairs, ", "))
	}
	for _, f := range r.Flat {
		say("not identified: " + f)
	}
	if f := r.Failures; f.Count > 0 {
		s := count(f.Count, "point") + " of the search could not be evaluated"
		if f.First != nil {
			s += "; the first one: " + f.First.Error()
		}
		say(s)
	}
	for _, s := range r.Warnings {
		say("warning: " + s)
	}
}

// correlated names the pairs of parameters with strong correlations, strongest
// first, a dozen at most.
func correlated(r *fit.Result) []string {
	named, matrix := correlations(r)
	const most = 12
	type pair struct {
		i, j int
		c    float64
	}
	var pairs []pair
	for i := range matrix {
		for j := range i {
			if c := matrix[i][j]; math.Abs(c) >= strong {
				pairs = append(pairs, pair{j, i, c})
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return cmp.Compare(math.Abs(b.c), math.Abs(a.c)) })
	var names []string
	for k, p := range pairs {
		if k == most {
			names = append(names, fmt.Sprintf("and %d more", len(pairs)-most))
			break
		}
		names = append(names, fmt.Sprintf("%s and %s (%s)", named[p.i], named[p.j], number(p.c, 3)))
	}
	return names
}

// wrap breaks s into lines of at most width characters where it has blanks; the
// lines after the first begin with indent.
func wrap(s, indent string) string {
	var b strings.Builder
	column := 0
	for i, word := range strings.Fields(s) {
		n := len([]rune(word))
		switch {
		case i == 0:
		case column+1+n > width:
			b.WriteString("\n" + indent)
			column = len(indent)
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += n
	}
	return b.String()
}
