package model

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// symbolKind is what a name of the model stands for.
type symbolKind uint8

const (
	kindState symbolKind = iota
	kindParam
	kindConst
	kindLet
	kindInput
	kindNet
)

var symbolWords = [...]string{kindState: "state", kindParam: "parameter", kindConst: "constant", kindLet: "let", kindInput: "input", kindNet: "network"}

func (k symbolKind) String() string { return symbolWords[k] }

// article returns the word with its article.
func (k symbolKind) article() string {
	if k == kindInput {
		return "an " + k.String()
	}
	return "a " + k.String()
}

// symbol is a declared name.
type symbol struct {
	kind  symbolKind
	at    Pos
	index int  // in the model's list of its kind
	used  bool // in some expression
}

// checker finds out whether statements make a model: it enters their names, then
// checks every statement against them.
type checker struct {
	*reporter
	model   *Model
	broken  map[string]bool // names of statements that could not be read
	unknown map[string]bool // unknown names reported already
	seen    map[string]Pos  // statements that stand once, by their words

	cell bool // the expression stands outside the model

	roleAt                                     map[Role]Pos
	experimentAt, observeAt, priorAt, reportAt map[string]Pos
}

func newChecker(r *reporter, m *Model, broken map[string]bool) *checker {
	return &checker{
		reporter: r, model: m, broken: broken,
		unknown: map[string]bool{}, seen: map[string]Pos{}, roleAt: map[Role]Pos{},
		experimentAt: map[string]Pos{}, observeAt: map[string]Pos{}, priorAt: map[string]Pos{}, reportAt: map[string]Pos{},
	}
}

// statements checks a whole model.
func (c *checker) statements() {
	for _, s := range c.model.Statements {
		s.declare(c)
	}
	for name := range c.model.sizes {
		if s := c.model.names[name]; s != nil {
			s.used = true
		}
	}
	c.pairZeros()
	c.orderLets()
	for _, s := range c.model.Statements {
		if c.full() {
			return
		}
		s.check(c)
	}
}

// once reports a second statement of a kind that stands at most once, and returns
// false for it.
func (c *checker) once(word string, at Pos) bool {
	if first, ok := c.seen[word]; ok {
		c.add(at, fmt.Sprintf("a second %s statement; the first one stands in line %d", word, first.Line), "remove one of them")
		return false
	}
	c.seen[word] = at
	return true
}

// define enters a name and returns true, or reports why it cannot be declared.
func (c *checker) define(name string, at Pos, kind symbolKind, index int) bool {
	if meaning := reserved(name); meaning != "" {
		c.add(at, fmt.Sprintf("the name %s is reserved: it stands for %s; expected another name", quote(name), meaning), "choose another name for this "+kind.String())
		return false
	}
	if first := c.model.names[name]; first != nil {
		switch {
		case first.kind == kindState && kind == kindState:
			c.add(at, fmt.Sprintf("the state %s has a second equation; the first one stands in line %d", quote(name), first.at.Line), "write one equation with both right-hand sides added up")
		default:
			c.add(at, fmt.Sprintf("%s is already declared, as %s in line %d", quote(name), first.kind.article(), first.at.Line), "choose another name for this "+kind.String())
		}
		return false
	}
	c.model.names[name] = &symbol{kind: kind, at: at, index: index}
	return true
}

// reserved says what a reserved name stands for. time is not reserved: a model may
// define it.
func reserved(name string) string {
	switch name {
	case "t":
		return "time"
	case "pi":
		return "3.14159..."
	case "row":
		return "the data row"
	case "if":
		return "the function if"
	}
	return ""
}

// isBroken says that name belongs to a statement that could not be read.
func (c *checker) isBroken(name string) bool {
	if i := strings.IndexByte(name, '.'); i > 0 { // an output of a network
		name = name[:i]
	}
	return c.broken[name]
}

// scope says what an expression may speak of besides parameters, constants and
// numbers.
type scope struct {
	what    string // for messages
	lets    bool
	varying bool // states, t, and lets that depend on them
	rows    bool // row.NAME
}

// expr reports everything in e that is unknown or out of place, and marks the
// names in it as used.
func (c *checker) expr(e Expr, s scope) {
	walk(e, func(e Expr) {
		if c.full() {
			return
		}
		switch e := e.(type) {
		case *Name:
			c.name(e, s)
		case *RowColumn:
			if !s.rows {
				c.add(e.At, fmt.Sprintf("row.%s cannot stand in %s; expected no data columns here", e.Column, s.what), "row columns stand in observe lines only")
				return
			}
			if _, ok := c.model.rowIndex[e.Column]; !ok {
				c.model.rowIndex[e.Column] = len(c.model.RowColumns)
				c.model.RowColumns = append(c.model.RowColumns, e.Column)
			}
		case *Call:
			if c.arity(e) && functions[e.Func].time && !s.varying {
				c.add(e.At, fmt.Sprintf("%s depends on time; %s must not", e.Func, s.what), "use parameters and constants only")
			}
		}
	})
}

// name checks one name in an expression.
func (c *checker) name(e *Name, s scope) {
	symbol := c.model.names[e.Name]
	switch {
	case symbol == nil && e.Name == "pi", c.isBroken(e.Name):
		return
	case symbol == nil && (e.Name == "t" || e.Name == "time"):
		if !s.varying {
			c.add(e.At, fmt.Sprintf("%s depends on time through %s, and must not", s.what, quote(e.Name)), "use parameters and constants only")
		}
		return
	case symbol == nil:
		c.unknownName(e, s)
		return
	}
	if !c.cell { // a cell is checked long after the model, which does not change
		symbol.used = true
	}
	switch {
	case symbol.kind == kindNet:
		c.add(e.At, fmt.Sprintf("the network %s has several outputs; expected one of them", quote(e.Name)), "write "+e.Name+".1 for the first")
	case symbol.kind == kindState && !s.varying:
		c.add(e.At, fmt.Sprintf("the state %s cannot stand in %s; expected parameters and constants only", quote(e.Name), s.what), "")
	case symbol.kind == kindInput && !s.varying:
		c.add(e.At, fmt.Sprintf("the input %s changes with time; %s must not", quote(e.Name), s.what), "use parameters and constants only")
	case symbol.kind == kindLet && !s.lets:
		c.add(e.At, fmt.Sprintf("the let %s cannot stand in %s; expected parameters and constants only", quote(e.Name), s.what), "write out what it stands for")
	case symbol.kind == kindLet && !s.varying:
		if cause := c.model.varies[symbol.index]; cause != "" {
			c.add(e.At, fmt.Sprintf("%s must not depend on states or time, but the let %s does, through %s", s.what, quote(e.Name), cause), "use parameters and constants only")
		}
	}
}

// unknownName reports a name that nothing declares, once.
func (c *checker) unknownName(e *Name, s scope) {
	if c.unknown[e.Name] {
		return
	}
	c.unknown[e.Name] = true
	msg := "unknown name " + quote(e.Name) + "; expected a name that the model declares"
	if near := Nearest(e.Name, c.model.namesFor(s)); near != "" {
		c.add(e.At, msg, "correct or declare it (did you mean "+quote(near)+"?)")
		return
	}
	switch {
	case e.Name == c.model.Columns[RoleTime]:
		c.add(e.At, msg, "time is called t in a model, whatever its data column is called")
	case e.Name == "inf":
		c.add(e.At, msg, "inf stands in bounds only")
	case functions[e.Name].args != nil:
		c.add(e.At, msg, "the function is written "+e.Name+"("+strings.Join(functions[e.Name].args, ", ")+")")
	case c.model.names[e.Name] == nil && c.reportAt[e.Name] != (Pos{}):
		c.add(e.At, msg, "a report stands in results only: name the expression with let")
	case strings.Contains(e.Name, "."):
		c.add(e.At, msg, "names hold letters, digits and _; a product is written with *")
	default:
		c.add(e.At, msg, "declare it with param, const or let")
	}
}

// namesFor returns the names that may stand in a scope, in the order of their
// declaration.
func (m *Model) namesFor(s scope) []string {
	var names []string
	for _, p := range m.Params {
		names = append(names, p.Name)
	}
	for _, k := range m.Consts {
		names = append(names, k.Name)
	}
	if s.varying {
		for _, x := range m.States {
			names = append(names, x.Name)
		}
		names = append(names, "t", "time")
		for _, u := range m.Inputs {
			names = append(names, u.Name)
		}
	}
	if s.lets {
		for i, l := range m.Lets {
			if s.varying || m.varies[i] == "" {
				names = append(names, l.Name)
			}
		}
	}
	return names
}

func (m *Model) paramNames() []string {
	names := make([]string, len(m.Params))
	for i, p := range m.Params {
		names[i] = p.Name
	}
	return names
}

// functionNames returns the names of all functions, sorted.
func functionNames() []string { return slices.Sorted(maps.Keys(functions)) }
