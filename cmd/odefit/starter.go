package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/odefit/odefit/dynsys/model"
	"github.com/odefit/odefit/fit/dataset"
)

// starter writes a model that runs and can be fitted to the data as it stands: every
// measured column is a state that approaches a level,
//
//	x' = x_rate*(x_level - x),  x(T0) = x_start,
//
// which is defined for all numbers, grows nowhere without limit, and can follow both
// rise and decay. It is there to be replaced, and its comments say how.
func starter(s *tableSurvey) (text string, states int, err error) {
	w := &starterWriter{survey: s, names: namer{taken: make(map[string]bool)}}
	for _, q := range s.quantities {
		if why := q.unusable(); why != "" {
			w.leave(q.name, why)
		} else {
			w.states = append(w.states, starterState{quantity: q, x: w.names.name(q.name)})
		}
	}
	for _, name := range s.text {
		w.leave(name, "it holds text")
	}
	if len(w.states) == 0 {
		return "", 0, &dataset.Error{File: s.file, Msg: "no column holds numbers that change in time, beside the time itself",
			Hint: "a table has a header, a column of times and a column for each quantity, as in time,hare,lynx"}
	}
	if span := s.last - s.first; span < 1e-150 || span > 1e150 {
		return "", 0, &dataset.Error{File: s.file, Column: s.time, Msg: fmt.Sprintf("the times span %v", span), Hint: "choose another unit of time"}
	}
	w.head()
	w.parameters()
	w.equations()
	w.observations()
	return w.String(), len(w.states), nil
}

// starterWriter writes the parts of a starter model.
type starterWriter struct {
	strings.Builder
	survey *tableSurvey
	names  namer
	states []starterState
	left   []string // comments on columns that are left out
}

// starterState is a state and the quantity that measures it.
type starterState struct {
	*quantity
	x                  string
	start, rate, level string // the names of its parameters
}

func (w *starterWriter) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

func (w *starterWriter) leave(column, why string) {
	w.left = append(w.left, fmt.Sprintf("# Column %s is left out: %s.", oneLine(column), why))
}

func (w *starterWriter) head() {
	s, file := w.survey, oneLine(filepath.Base(w.survey.file))
	if s.file == stdio {
		file = "the data"
	}
	w.line("# A starter model for %s, written by odefit init. It runs and can be fitted as", file)
	w.line("# it stands. Replace its equations by your own, then")
	w.line("#")
	w.line("#   odefit check MODEL DATA    says what was understood, and what is wrong")
	w.line("#   odefit fit   MODEL DATA    estimates the parameters")
	w.line("")
	w.line("title  %s", file)
	if writable(s.time) { // else it is the first column, which is the time by default
		w.line("time   %s    # the column that holds the time", label(s.time))
	}
	if s.experiment != "" {
		w.line("")
		w.line("# Parameters are the same in all experiments; with the word each behind it, a")
		w.line("# parameter has a value in every one.")
		w.line("columns experiment = %s", label(s.experiment))
	}
}

func (w *starterWriter) parameters() {
	w.line("")
	w.line("# A parameter has a guess, bounds, and the scale in which it is searched: log")
	w.line("# suits what is positive and known only roughly. A const is known.")
	var rows [][]string
	for i := range w.states {
		s := &w.states[i]
		s.start, s.rate, s.level = w.names.name(s.x+"_start"), w.names.name(s.x+"_rate"), w.names.name(s.x+"_level")
		rows = append(rows, s.parameters(w.survey.last-w.survey.first)...)
	}
	align(w, rows)
}

func (w *starterWriter) equations() {
	x := w.states[0].x
	w.line("")
	w.line("# Every state approaches a level. Other forms to begin with:")
	align(w, [][]string{
		{"#  ", x + "' = r*" + x, "growth (r > 0) or decay (r < 0)"},
		{"#  ", x + "' = r*" + x + "*(1 - " + x + "/K)", "growth to the capacity K"},
		{"#  ", x + "' = r*" + x + " - c*" + x + "*other", "loss by meeting another state"},
	})
	for _, s := range w.states {
		w.line("init  %s = %s at %s", s.x, s.start, exact(w.survey.first))
	}
	for _, s := range w.states {
		w.line("%s' = %s*(%s - %s)", s.x, s.rate, s.level, s.x)
	}
}

func (w *starterWriter) observations() {
	w.line("")
	w.line("# What was measured, and its noise. A scale that is left out is estimated, too;")
	w.line("# normal(x, row.sd) takes it from the column sd; lognormal suits relative errors.")
	for _, s := range w.states {
		w.line("observe %s ~ %s", label(s.name), s.noise(s.x))
	}
	if len(w.left) > 0 {
		w.line("")
		w.line("%s", strings.Join(w.left, "\n"))
	}
}

// unusable says why a column cannot be fitted, or "".
func (q *quantity) unusable() string {
	switch {
	case q.n == 0:
		return "it holds no numbers"
	case q.lo == q.hi:
		return "it has the same number everywhere"
	case max(-q.lo, q.hi) > 1e150:
		return "its numbers are too large"
	case !q.varies:
		return "it has the same number throughout each experiment; a conditions file can set it"
	case !q.distinctTimes:
		return "all its numbers are of one time"
	case strings.TrimSpace(q.name) == "":
		return "it has no name"
	case !writable(q.name):
		return "its name cannot be written in a model"
	}
	return ""
}

// noise is the distribution of the data about the state x.
func (q *quantity) noise(x string) string {
	switch {
	case q.spread != "" && isWord(q.spread):
		return fmt.Sprintf("normal(%s, row.%s)", x, q.spread)
	case q.relative():
		return fmt.Sprintf("lognormal(%s)", x)
	}
	return fmt.Sprintf("normal(%s)", x)
}

// relative says whether the data are positive and span more than two decades.
func (q *quantity) relative() bool { return q.lo > 0 && q.hi > 100*q.lo && q.limits == 0 }

// parameters declares the three numbers of a state, from the range of its data: as
// many estimated as the data can bear, the others known.
func (q *starterState) parameters(span float64) [][]string {
	free := q.n - 1
	if q.spread != "" {
		free = q.n
	}
	declare := func(name, guess, bounds, remark string) []string {
		if free--; free < 0 {
			return []string{"const", name, "= " + guess, "", "# " + remark}
		}
		return []string{"param", name, "= " + guess, bounds, "# " + remark}
	}
	end := q.last
	if end == q.first { // a state that starts at its level has no rate
		if end = q.hi; end == q.first {
			end = q.lo
		}
	}
	bounds := q.bounds()
	return [][]string{
		declare(q.start, rounded(q.first), bounds, "at the start"),
		declare(q.rate, rounded(2/span), fmt.Sprintf("in [%s, %s] log", rounded(0.02/span), rounded(200/span)), "1/time"),
		declare(q.level, rounded(end), bounds, "the level that is approached"),
	}
}

// align writes rows of words in columns.
func align(w io.Writer, rows [][]string) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	t.Flush()
}

// bounds gives a value room beyond the data.
func (q *quantity) bounds() string {
	width := max(q.hi-q.lo, 0.1*max(-q.lo, q.hi)) // more than the digits of rounded
	switch {
	case q.lo > 1e-150:
		return fmt.Sprintf("in [%s, %s] log", rounded(q.lo/10), rounded(q.hi*10))
	case q.lo >= 0:
		return fmt.Sprintf("in [0, %s]", rounded(q.hi*10))
	}
	return fmt.Sprintf("in [%s, %s]", rounded(q.lo-2*width), rounded(q.hi+2*width))
}

// rounded writes v with four digits.
func rounded(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }

// exact writes v so that it reads back as it is.
func exact(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// namer makes names of the language from names of columns.
type namer struct{ taken map[string]bool }

// name returns a name that no other column has.
func (n *namer) name(column string) string {
	var b strings.Builder
	for _, r := range column {
		switch {
		case unicode.IsLetter(r) || r == '_' || unicode.IsDigit(r) && r < 0x80:
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	name := strings.TrimRight(b.String(), "_")
	if name == "" || !unicode.IsLetter([]rune(name)[0]) {
		name = "x" + name
	}
	for try, i := name, 2; ; i++ {
		if !n.taken[try] && !reserved(try) {
			n.taken[try] = true
			return try
		}
		try = name + "_" + strconv.Itoa(i)
	}
}

// reserved says whether the language has another meaning for name.
func reserved(name string) bool {
	switch name {
	case "t", "time", "pi", "row", "if", "and", "or", "not", "inf":
		return true
	}
	return false
}

// label writes the name of a column as the language wants it.
func label(name string) string {
	if isWord(name) {
		return name
	}
	return `"` + name + `"`
}

// writable says whether the language can name a column.
func writable(name string) bool {
	_, err := model.Parse("", []byte("x' = 1\nobserve "+label(name)+" ~ normal(x)"))
	return err == nil
}

func isWord(s string) bool {
	for i, r := range s {
		if !(unicode.IsLetter(r) || r == '_' || i > 0 && r >= '0' && r <= '9') {
			return false
		}
	}
	return s != ""
}

// oneLine makes any text fit for a comment.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, s)
}
