package model

import (
	"fmt"
	"slices"
)

// structure reports what the equations show without being solved: states that nothing
// observed depends on, and divisions by states that start at 0. used names what data or
// conditions set or use.
func (m *Model) structure(r *reporter, used []string) {
	m.unseenStates(r)
	for _, s := range m.States {
		m.divisions(r, s.Equation.Expr, "the equation of "+quote(s.Name), used)
	}
	for _, l := range m.Lets {
		if m.names[l.Name].used {
			m.divisions(r, l.Expr, "the let "+quote(l.Name), used)
		}
	}
}

// unseenStates reports states that are observed nowhere and influence nothing that is.
// Events and require lines count as observed: they can change everything.
func (m *Model) unseenStates(r *reporter) {
	if len(m.Observes) == 0 {
		return
	}
	seen := map[string]bool{}
	var pending []Expr
	for _, o := range m.Observes {
		pending = append(pending, o.args()...)
	}
	for _, s := range m.Requires {
		pending = append(pending, s.Cond)
	}
	for _, e := range m.Events {
		if e.When != nil {
			pending = append(pending, e.When)
		}
	}
	for len(pending) > 0 {
		e := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		for _, name := range Names(e) {
			if seen[name] {
				continue
			}
			seen[name] = true
			pending = append(pending, m.behind(name)...)
		}
	}
	for _, s := range m.States {
		if !seen[s.Name] {
			r.add(s.Equation.NameAt, fmt.Sprintf("the state %s is observed nowhere and influences nothing that is", quote(s.Name)),
				"observe it, or remove it")
		}
	}
}

// behind returns the expressions that the value of a name follows from.
func (m *Model) behind(name string) []Expr {
	s := m.names[name]
	switch {
	case s == nil:
		return nil
	case s.kind == kindLet:
		return []Expr{m.Lets[s.index].Expr}
	case s.kind != kindState:
		return nil
	}
	list := []Expr{m.States[s.index].Equation.Expr}
	if m.States[s.index].Algebraic != nil {
		for _, z := range m.Zeros { // together they determine all of them
			list = append(list, z.Expr)
		}
	}
	for _, e := range m.Events {
		for _, c := range e.Changes {
			if c.State == name {
				list = append(list, c.Expr)
			}
		}
	}
	return list
}

// divisions reports divisions by a state, or by a product with one, that starts at 0.
func (m *Model) divisions(r *reporter, e Expr, where string, used []string) {
	walk(e, func(e Expr) {
		d, ok := e.(*Binary)
		if !ok || d.Op != Divide {
			return
		}
		for _, f := range factors(d.Y) {
			if m.startsAtZero(f.Name) && !slices.Contains(used, f.Name) && m.Dose(f.Name) == nil {
				r.add(f.At, fmt.Sprintf("%s divides by the state %s, which starts at 0", where, quote(f.Name)),
					"give it another initial value, or add to the denominator what keeps it from 0")
			}
		}
	})
}

// factors returns the names that a product or power vanishes with.
func factors(e Expr) []*Name {
	switch e := e.(type) {
	case *Name:
		return []*Name{e}
	case *Unary:
		if e.Op == Minus {
			return factors(e.X)
		}
	case *Binary:
		switch e.Op {
		case Times:
			return append(factors(e.X), factors(e.Y)...)
		case Divide, Power:
			return factors(e.X)
		}
	}
	return nil
}

// startsAtZero says that name is a state whose initial value is 0 whatever the
// parameters, and that no experiment of the model sets.
func (m *Model) startsAtZero(name string) bool {
	i, ok := m.State(name)
	if !ok {
		return false
	}
	for _, x := range m.Experiments {
		if x.Rest != "" || slices.ContainsFunc(x.Assigns, func(a Assign) bool { return a.Name == name }) {
			return false
		}
	}
	init := m.States[i].Init
	if init == nil {
		return true
	}
	n, ok := init.Expr.(*Number)
	return ok && n.Value == 0
}
