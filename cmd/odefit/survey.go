package main

import (
	"io"
	"math"
	"slices"
	"strings"

	"github.com/odefit/odefit/fit/dataset"
)

// tableSurvey is what can be seen of a data file that no model describes yet.
type tableSurvey struct {
	file        string
	columns     []string
	time        string // the column of times
	experiment  string // the column of experiments, or ""
	long        bool
	first, last float64     // times
	quantities  []*quantity // what was measured, in the order of the file
	text        []string    // columns that hold no numbers
	rows        int
}

// quantity is something that was measured: a column, or a name of a long table.
type quantity struct {
	name          string
	n             int // numbers; limits such as <0.05 do not count
	lo, hi        float64
	at0, at1      float64 // times of the first and the last number
	first, last   float64 // the numbers there
	words         int     // cells that are neither numbers nor missing
	limits        int     // cells such as <0.05
	spread        string  // the column of its standard deviations, or ""
	distinctTimes bool
	varies        bool               // within an experiment
	seen          map[string]float64 // the first number of each experiment
}

// groupNames are names of columns that most likely tell experiments apart.
var groupNames = []string{"experiment", "subject", "id", "group", "condition", "treatment", "animal", "patient", "individual", "replicate", "run", "batch", "plot", "site"}

// doseNames are the columns of dose rows.
var doseNames = []string{"amt", "evid", "cmt", "rate", "tinf", "addl", "ii", "ss", "mdv", "preequilibration"}

// survey goes through a table once.
func survey(r io.Reader, file string) (*tableSurvey, error) {
	t, err := dataset.NewTable(r, file)
	if err != nil {
		return nil, err
	}
	s := &tableSurvey{file: file, columns: t.Columns, first: math.Inf(1), last: math.Inf(-1)}
	time := s.findTime()
	group := s.find(groupNames...)
	if group >= 0 && group != time {
		s.experiment = t.Columns[group]
	}
	observable, value := slices.Index(t.Columns, "observable"), s.exact("value", "measurement")
	s.long = observable >= 0 && value >= 0
	byName := make(map[string]*quantity)
	see := func(name string, i int, at float64) {
		q := byName[name]
		if q == nil {
			q = &quantity{name: name, lo: math.Inf(1), hi: math.Inf(-1), seen: make(map[string]float64)}
			byName[name] = q
			s.quantities = append(s.quantities, q)
		}
		experiment := ""
		if s.experiment != "" {
			experiment = t.Cell(group).Text
		}
		q.see(t, i, at, experiment)
	}
	for t.Next() {
		s.rows++
		at, ok, err := t.Number(time)
		if err != nil || !ok || math.IsInf(at, 0) {
			at = math.NaN() // reading the data in earnest tells what is wrong with it
		} else {
			s.first, s.last = min(s.first, at), max(s.last, at)
		}
		if s.long {
			see(t.Cell(observable).Text, value, at)
			continue
		}
		for i, name := range t.Columns {
			if i != time && i != group && name != "" && !isOneOf(name, doseNames) {
				see(name, i, at)
			}
		}
	}
	if err := t.Err(); err != nil {
		return nil, err
	}
	s.sort()
	return s, nil
}

// see takes in a cell.
func (q *quantity) see(t *dataset.Table, i int, at float64, experiment string) {
	v, ok, err := t.Number(i)
	switch {
	case err != nil:
		if c := strings.TrimSpace(t.Cell(i).Text); c[0] == '<' || c[0] == '>' {
			q.limits++
		} else {
			q.words++
		}
		return
	case !ok || math.IsNaN(at):
		return
	}
	if q.n == 0 || at < q.at0 {
		q.at0, q.first = at, v
	}
	if q.n == 0 || at >= q.at1 {
		q.at1, q.last = at, v
	}
	if before, ok := q.seen[experiment]; !ok {
		q.seen[experiment] = v
	} else if v != before {
		q.varies = true
	}
	q.n++
	q.lo, q.hi = min(q.lo, v), max(q.hi, v)
	q.distinctTimes = q.at1 > q.at0
}

// findTime returns the column of times, by the rules of package dataset.
func (s *tableSurvey) findTime() int {
	i := s.exact("time", "t")
	if i < 0 {
		i = s.find("time")
	}
	i = max(i, 0)
	s.time = s.columns[i]
	return i
}

// exact returns the first column with one of the names, or -1.
func (s *tableSurvey) exact(names ...string) int {
	for _, n := range names {
		if i := slices.Index(s.columns, n); i >= 0 {
			return i
		}
	}
	return -1
}

// find is exact, but for the case of letters.
func (s *tableSurvey) find(names ...string) int {
	for _, n := range names {
		if i := slices.IndexFunc(s.columns, func(c string) bool { return strings.EqualFold(c, n) }); i >= 0 {
			return i
		}
	}
	return -1
}

func isOneOf(name string, names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}

// sort takes columns of text and of standard deviations from the quantities.
func (s *tableSurvey) sort() {
	var measured []*quantity
	spreads := make(map[string]string)
	for _, q := range s.quantities {
		for _, end := range []string{"_sd", "_sigma", "_se", "_err"} {
			if of, ok := strings.CutSuffix(q.name, end); ok && !s.long && q.n == s.rows && q.lo > 0 && slices.Contains(s.columns, of) {
				spreads[of] = q.name
			}
		}
	}
	for _, q := range s.quantities {
		isSpread := false
		for _, name := range spreads {
			isSpread = isSpread || name == q.name
		}
		switch {
		case isSpread:
		case q.words > 0 && !s.long:
			s.text = append(s.text, q.name)
		default:
			q.spread = spreads[q.name]
			measured = append(measured, q)
		}
	}
	s.quantities = measured
}
