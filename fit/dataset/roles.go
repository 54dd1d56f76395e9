package dataset

import (
	"slices"
	"strings"
)

// Role is a part that a column of the data plays.
type Role uint8

// The roles. Each has a column of its own name by default, or the one that
// [Roles].Columns names.
const (
	RoleTime             Role = iota // when; see [Roles] for the default
	RoleExperiment                   // the experiment that a row belongs to
	RoleObservable                   // long tables: what was measured
	RoleValue                        // long tables: the measured value; by default value or measurement
	RolePreequilibration             // the experiment whose steady state this one starts from
	RoleAmount                       // dose rows: how much
	RoleEvid                         // 1 for a dose row, 0 for an observation
	RoleCompartment                  // the state that is dosed
	RoleRate                         // of an infusion
	RoleDuration                     // of an infusion
	RoleAdditional                   // number of further doses
	RoleInterval                     // between them
	RoleSteadyState                  // 1: as if dosed for ever before
	numRoles             int  = iota
)

// roleNames are the names of the roles in the model language, and the default
// names of their columns.
var roleNames = [numRoles]string{"time", "experiment", "observable", "value", "preequilibration",
	"amt", "evid", "cmt", "rate", "tinf", "addl", "ii", "ss"}

// String returns the role's name in the model language.
func (r Role) String() string {
	if int(r) < numRoles {
		return roleNames[r]
	}
	return "unknown role"
}

// ParseRole returns the role of a name in the model language: time, experiment,
// observable, value (or measurement), preequilibration, amt, evid, cmt, rate, tinf,
// addl, ii, ss.
func ParseRole(name string) (Role, bool) {
	if name == "measurement" {
		return RoleValue, true
	}
	i := slices.Index(roleNames[:], name)
	return Role(max(i, 0)), i >= 0
}

// RoleNames returns the names that ParseRole knows, for messages.
func RoleNames() []string { return append(slices.Clone(roleNames[:]), "measurement") }

// Roles says what [Read] shall find in a table. The zero value reads the times and
// experiments of a table and nothing else.
//
// The time is in the column that Columns names for it; else in the one named time,
// else t, else time in another case (TIME), else in the first column, provided that
// it has a name and plays no other part.
//
// Dose columns are also found in another case (AMT), unless the name is that of an
// observable or of a column with another part; they count only where there is an
// amount or an evid among them.
type Roles struct {
	Columns     map[Role]string // columns that have other names than their roles
	Observables []string        // distinct; what the model observes: columns of a wide table, names in a long one
	Inputs      []string        // distinct; columns of forcings, kept for every row that has a time
	RowColumns  []string        // distinct; columns whose cells are kept for each row: NAME of row.NAME
}

// none is the index of a column that is not there.
const none = -1

// layout is where in a table the parts are: indices of columns, or none.
type layout struct {
	role        [numRoles]int
	long        bool
	observables []int // wide: the column of each observable
	rowColumns  []int
	inputs      []int
}

// layOut finds the parts in the header of t.
func layOut(t *Table, roles *Roles) (*layout, error) {
	l := new(layout)
	for i := range l.role {
		l.role[i] = none
	}
	for r := range Role(numRoles) { // in this order, so that the message is always the same
		name, given := roles.Columns[r]
		if !given {
			continue
		}
		i, err := t.require(name, "it is to hold the "+r.String())
		if err != nil {
			return nil, err
		}
		l.role[r] = i
	}
	l.byName(t, RoleExperiment)
	l.byName(t, RolePreequilibration)
	if err := l.form(t, roles); err != nil {
		return nil, err
	}
	l.doses(t)
	if err := l.time(t); err != nil {
		return nil, err
	}
	for _, name := range roles.RowColumns {
		i, err := t.require(name, "the model uses row."+name)
		if err != nil {
			return nil, err
		}
		l.rowColumns = append(l.rowColumns, i)
	}
	for _, name := range roles.Inputs {
		i, err := t.require(name, "the model has an input from it")
		if err != nil {
			return nil, err
		}
		l.inputs = append(l.inputs, i)
	}
	return l, l.conflicts(t)
}

// byName gives a role the column of its own name, unless it has one already.
func (l *layout) byName(t *Table, r Role) {
	if l.role[r] == none {
		l.role[r] = slices.Index(t.Columns, r.String())
	}
}

// form decides between long and wide, and finds the columns of observables.
func (l *layout) form(t *Table, roles *Roles) error {
	givenValue := l.role[RoleValue] != none
	givenObservable := l.role[RoleObservable] != none
	l.byName(t, RoleObservable)
	l.byName(t, RoleValue)
	if l.role[RoleValue] == none {
		l.role[RoleValue] = slices.Index(t.Columns, "measurement")
	}
	l.long = l.role[RoleObservable] != none && l.role[RoleValue] != none
	if l.long {
		return nil
	}
	if givenValue {
		_, err := t.require("observable", "a long table names in it what each value is of; columns observable = NAME says another")
		return err
	}
	if givenObservable {
		_, err := t.require("value", "a long table has its values in it; columns value = NAME says another")
		return err
	}
	l.role[RoleObservable], l.role[RoleValue] = none, none
	for _, name := range roles.Observables {
		i, err := t.require(name, "the model observes it")
		if err != nil {
			return err
		}
		l.observables = append(l.observables, i)
	}
	return nil
}

// time finds the column of times.
func (l *layout) time(t *Table) error {
	if l.role[RoleTime] != none {
		return nil
	}
	same := func(c string) bool { return strings.EqualFold(c, "time") }
	i := slices.Index(t.Columns, "time")
	if i == none {
		i = slices.Index(t.Columns, "t")
	}
	if i == none {
		i = slices.IndexFunc(t.Columns, same)
	}
	if i == none {
		i = 0
		if t.Columns[0] == "" || slices.Contains(l.observables, 0) || slices.Contains(l.role[:], 0) {
			return &Error{File: t.File, Line: t.Line, Col: 1,
				Msg:  "no column is named time or t, and the first one cannot be the time; the columns are " + list(t.Columns),
				Hint: "say in the model which one it is, as in time NAME"}
		}
	}
	l.role[RoleTime] = i
	return nil
}

// conflicts refuses a column that is to play two parts which exclude each other.
func (l *layout) conflicts(t *Table) error {
	part := make(map[int]string)
	take := func(i int, what string) error {
		if i == none {
			return nil
		}
		if other, taken := part[i]; taken {
			return &Error{File: t.File, Line: t.Line, Column: t.title(i), Text: t.Columns[i],
				Msg: "this column is to be both " + other + " and " + what, Hint: "name another one with a line such as columns " + what + " = NAME"}
		}
		part[i] = what
		return nil
	}
	for r, i := range l.role {
		if err := take(i, Role(r).String()); err != nil {
			return err
		}
	}
	for _, i := range l.observables {
		if err := take(i, "an observable"); err != nil {
			return err
		}
	}
	return nil
}

// doses finds the dose columns that have their default names.
func (l *layout) doses(t *Table) {
	for r := RoleAmount; int(r) < numRoles; r++ {
		if l.role[r] != none {
			continue
		}
		i := slices.Index(t.Columns, r.String())
		if i == none {
			i = slices.IndexFunc(t.Columns, func(c string) bool { return strings.EqualFold(c, r.String()) })
		}
		if i != none && !slices.Contains(l.observables, i) && !slices.Contains(l.role[:], i) {
			l.role[r] = i
		}
	}
	if l.role[RoleAmount] == none && l.role[RoleEvid] == none {
		for r := RoleAmount; int(r) < numRoles; r++ {
			l.role[r] = none
		}
	}
}

// ignored lists the columns that play no part.
func (l *layout) ignored(t *Table) []string {
	var names []string
	for i := range t.Columns {
		if !slices.Contains(l.role[:], i) && !slices.Contains(l.observables, i) && !slices.Contains(l.rowColumns, i) && !slices.Contains(l.inputs, i) {
			if t.Columns[i] == "" {
				names = append(names, t.title(i))
			} else {
				names = append(names, t.Columns[i])
			}
		}
	}
	return names
}
