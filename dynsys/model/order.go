package model

import (
	"fmt"
	"strings"
)

// orderLets sorts the lets so that each comes after those that it uses, finds out
// which of them vary with states or time, and reports those that use themselves.
// It is a depth-first search with a stack of its own: a chain of lets may be as
// long as the file.
func (c *checker) orderLets() {
	m := c.model
	uses := c.letUses()
	m.varies = make([]string, len(m.Lets))
	const (
		untouched = iota
		open      // on the path from the root of the search
		done
	)
	state := make([]uint8, len(m.Lets))
	place := make([]int, len(m.Lets)) // on the path, of open lets
	next := make([]int, len(m.Lets))  // the next entry of uses to follow
	for root := range m.Lets {
		path := []int{root}
		for len(path) > 0 {
			i := path[len(path)-1]
			if state[i] == done {
				path = path[:len(path)-1]
				continue
			}
			state[i], place[i] = open, len(path)-1
			if next[i] < len(uses[i]) {
				j := uses[i][next[i]]
				next[i]++
				switch state[j] {
				case untouched:
					path = append(path, j)
				case open:
					c.cycle(path[place[j]:])
				}
				continue
			}
			state[i] = done
			path = path[:len(path)-1]
			m.letOrder = append(m.letOrder, i)
			m.varies[i] = c.cause(m.Lets[i], uses[i])
		}
	}
}

// letUses returns for every let the lets in its expression.
func (c *checker) letUses() [][]int {
	uses := make([][]int, len(c.model.Lets))
	for i, l := range c.model.Lets {
		walk(l.Expr, func(e Expr) {
			if n, ok := e.(*Name); ok {
				if s := c.model.names[n.Name]; s != nil && s.kind == kindLet {
					uses[i] = append(uses[i], s.index)
				}
			}
		})
	}
	return uses
}

// cause says through what a let varies with states or time, or "".
func (c *checker) cause(l *Let, uses []int) string {
	cause := ""
	walk(l.Expr, func(e Expr) {
		if cause != "" {
			return
		}
		switch e := e.(type) {
		case *Name:
			switch s := c.model.names[e.Name]; {
			case s == nil && (e.Name == "t" || e.Name == "time"):
				cause = quote(e.Name)
			case s != nil && s.kind == kindState:
				cause = "the state " + quote(e.Name)
			case s != nil && s.kind == kindInput:
				cause = "the input " + quote(e.Name)
			}
		case *Call:
			if functions[e.Func].time {
				cause = e.Func
			}
		}
	})
	for _, j := range uses {
		if cause == "" && c.model.varies[j] != "" {
			cause = c.model.varies[j]
		}
	}
	return cause
}

// cycle reports lets of which each uses the next and the last uses the first, unless
// the first is known to be in a circle. They count as broken from then on.
func (c *checker) cycle(lets []int) {
	if c.full() || c.broken[c.model.Lets[lets[0]].Name] {
		return
	}
	const shown = 8
	var names []string
	first := c.model.Lets[lets[0]]
	for k, i := range lets {
		l := c.model.Lets[i]
		c.broken[l.Name] = true
		switch {
		case k < shown:
			names = append(names, l.Name)
		case k == shown:
			names = append(names, "...")
		}
		if i < c.model.names[first.Name].index {
			first = l
		}
	}
	names = append(names, c.model.Lets[lets[0]].Name)
	if len(lets) == 1 {
		c.add(first.NameAt, fmt.Sprintf("the let %s uses itself; expected an expression of other names", quote(first.Name)), "use another name for the new value")
		return
	}
	c.add(first.NameAt, "lets that use each other in a circle: "+strings.Join(names, " -> ")+"; expected an order in which each can be computed", "break the circle")
}
