package model

import (
	"fmt"
	"slices"
)

// Time is the statement "time NAME": the data column that holds time.
type Time struct {
	At     Pos
	Column string
}

func parseTime(p *parser, at Pos) Statement {
	column, _ := p.label("the name of the data column that holds time", false)
	return &Time{At: at, Column: column}
}

// Pos returns where the statement begins.
func (s *Time) Pos() Pos { return s.At }

func (s *Time) format(w *writer) { w.line("time", label(s.Column)) }

func (s *Time) declare(c *checker) { c.role(RoleTime, s.Column, s.At) }

func (s *Time) check(*checker) {}

// Columns is the statement "columns ROLE = NAME, ...": which data columns play
// roles under other names.
type Columns struct {
	At    Pos
	Roles []ColumnRole
}

// ColumnRole is one ROLE = NAME.
type ColumnRole struct {
	At     Pos
	Role   Role
	Column string
}

// Role is what a data column can be for.
type Role uint8

// The roles, named as their columns are by default. RoleValue is also written
// measurement.
const (
	RoleTime Role = iota + 1
	RoleExperiment
	RoleObservable
	RoleValue
	RoleAmount           // amt: the amount of a dose
	RoleEventID          // evid
	RoleCompartment      // cmt
	RoleRate             // rate of an infusion
	RoleDuration         // tinf: duration of an infusion
	RoleAdditional       // addl: number of further doses
	RoleInterval         // ii: time between doses
	RoleSteadyState      // ss
	RolePreequilibration // the experiment whose steady state is the start
)

var roleWords = [...]string{
	RoleTime: "time", RoleExperiment: "experiment", RoleObservable: "observable", RoleValue: "value",
	RoleAmount: "amt", RoleEventID: "evid", RoleCompartment: "cmt", RoleRate: "rate", RoleDuration: "tinf",
	RoleAdditional: "addl", RoleInterval: "ii", RoleSteadyState: "ss", RolePreequilibration: "preequilibration",
}

// String returns the word of the language.
func (r Role) String() string { return roleWords[r] }

func roleOf(word string) (Role, bool) {
	if word == "measurement" {
		return RoleValue, true
	}
	i := slices.Index(roleWords[:], word)
	return Role(max(i, 0)), i > 0
}

func parseColumns(p *parser, at Pos) Statement {
	s := &Columns{At: at}
	for {
		word, pos := p.name("a role such as experiment, observable, value or amt")
		role, ok := roleOf(word)
		if !ok {
			p.add(pos, "unknown role "+quote(word)+"; expected experiment, observable, value, measurement, time, amt, evid, cmt, rate, tinf, addl, ii, ss or preequilibration",
				didYouMean(word, append(roleWords[1:], "measurement")))
		}
		p.expect("=", "write columns ROLE = NAME, as in columns experiment = subject")
		column, _ := p.label("the name of a data column", false)
		if ok {
			s.Roles = append(s.Roles, ColumnRole{At: pos, Role: role, Column: column})
		}
		if !p.got(",") {
			return s
		}
	}
}

// Pos returns where the statement begins.
func (s *Columns) Pos() Pos { return s.At }

func (s *Columns) format(w *writer) {
	w.word("columns")
	for i, r := range s.Roles {
		if i > 0 {
			w.glue(",")
		}
		w.word(r.Role.String(), "=", label(r.Column))
	}
	w.end()
}

func (s *Columns) declare(c *checker) {
	for _, r := range s.Roles {
		c.role(r.Role, r.Column, r.At)
	}
}

func (s *Columns) check(*checker) {}

// role enters the column of a role, of which each has one.
func (c *checker) role(role Role, column string, at Pos) {
	if first, ok := c.roleAt[role]; ok {
		c.add(at, fmt.Sprintf("the column of %s is given a second time; the first one stands in line %d", role, first.Line), "remove one of them")
		return
	}
	c.roleAt[role] = at
	c.model.Columns[role] = column
}
