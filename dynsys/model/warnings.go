package model

import (
	"fmt"
	"slices"
)

// Warnings returns what is allowed in the model but probably not meant, in the
// order of the text: parameters, constants and lets that nothing uses, and reports
// with the name of a parameter. used names parameters and constants that data or
// conditions use (see [Names]), which count as used. It also reports states that nothing
// observed depends on, and divisions by a state that starts at 0.
func (m *Model) Warnings(used ...string) ErrorList {
	r := &reporter{src: m.src}
	unused := func(name string, at Pos, hint string) {
		if s := m.names[name]; !s.used && !slices.Contains(used, name) {
			r.add(at, fmt.Sprintf("the %s %s is used nowhere", s.kind, quote(name)), hint)
		}
	}
	for _, p := range m.Params {
		unused(p.Name, p.NameAt, "the data say nothing about it: remove it, or use it")
	}
	for _, k := range m.Consts {
		unused(k.Name, k.NameAt, "remove it, or use it")
	}
	for _, l := range m.Lets {
		unused(l.Name, l.NameAt, "remove it, or use it")
	}
	for _, u := range m.Inputs {
		unused(u.Name, u.NameAt, "remove it, or use it")
	}
	for _, s := range m.Reports {
		if n := m.names[s.Name]; n != nil && n.kind == kindParam {
			r.add(s.NameAt, fmt.Sprintf("the report %s has the name of a parameter", quote(s.Name)), "choose another name, so that results can be told apart")
		}
	}
	m.structure(r, used)
	sortErrors(r.list)
	return r.list
}

// Names returns the names in an expression, such as a cell of a table, each once
// and in the order of the text, but not pi.
func Names(e Expr) []string {
	var names []string
	walk(e, func(e Expr) {
		if n, ok := e.(*Name); ok && n.Name != "pi" && !slices.Contains(names, n.Name) {
			names = append(names, n.Name)
		}
	})
	return names
}
