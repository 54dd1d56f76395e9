package model

import (
	"fmt"
	"math"
	"slices"

	"github.com/odefit/odefit/dynsys/expr"
)

// Compiled is a model as nodes of one graph over the inputs of its Layout. The
// graph, and with it Cell, belongs to one goroutine at a time.
type Compiled struct {
	Model      *Model
	Graph      *expr.Builder
	Layout     Layout
	Quantities []Quantity

	// Derivatives are dy/dt, functions of t, y and q, in the order of Model.States.
	Derivatives []expr.Node
	// Breaks are the times at which a derivative jumps, functions of q.
	Breaks []expr.Node
	// Initial are the initial values, functions of q; 0 where none is written.
	Initial     []expr.Node
	Observables []Observable
	// ObserveBreaks are the times at which an argument of an observable jumps,
	// functions of q.
	ObserveBreaks []expr.Node
	Reports       []expr.Node // functions of q, in the order of Model.Reports
	Priors        []PriorNodes
	Experiments   []Overrides // in the order of Model.Experiments

	graph *graph
	jumps []expr.Jump // whose times are not known
}

// Observable is an observe line as nodes.
type Observable struct {
	*Observe
	// Args are the prediction, the scale and the degrees of freedom, functions of
	// t, y, q and the row columns: as many as are written.
	Args []expr.Node
	// Rows are the row columns that Args use, as indices into Model.RowColumns.
	Rows []int
}

// PriorNodes is a prior line as nodes.
type PriorNodes struct {
	*Prior
	Quantity int         // the parameter
	Nodes    []expr.Node // the arguments, functions of q
}

// Overrides is what one experiment sets. All values are functions of q.
type Overrides struct {
	*Experiment
	Targets []Target
	Values  []expr.Node
}

// Compile lowers the model. The error is an [ErrorList] where something in the
// model can never be computed, or else the graph's own error where the model is too
// large.
func (m *Model) Compile() (*Compiled, error) {
	g := newGraph(m)
	c := &Compiled{Model: m, Graph: g.b, Layout: g.layout, Quantities: m.Quantities(), graph: g}
	r := &reporter{src: m.src}
	node := func(e Expr, what string) expr.Node {
		n := g.lower(e)
		if v, ok := g.b.Value(n); ok && (math.IsNaN(v) || math.IsInf(v, 0)) && g.b.Err() == nil {
			r.add(e.Pos(), fmt.Sprintf("%s is always %s; expected a finite number", what, number(v)), "")
		}
		return n
	}
	for _, s := range m.States {
		c.Derivatives = append(c.Derivatives, node(s.Equation.Expr, "the derivative of "+quote(s.Name)))
		c.Initial = append(c.Initial, g.initial(s))
		if s.Init != nil {
			node(s.Init.Expr, "the initial value of "+quote(s.Name))
		}
	}
	jumps := g.jumps(c.Derivatives)
	c.Breaks, c.jumps = jumps.Times, jumps.Others
	var args []expr.Node
	for _, o := range m.Observes {
		c.Observables = append(c.Observables, c.observable(o, node))
		args = append(args, c.Observables[len(c.Observables)-1].Args...)
	}
	c.ObserveBreaks = g.jumps(args).Times
	for _, s := range m.Reports {
		c.Reports = append(c.Reports, node(s.Expr, "the report "+quote(s.Name)))
	}
	for _, p := range m.Priors {
		i, _ := m.Quantity(p.Name)
		nodes := PriorNodes{Prior: p, Quantity: i}
		for _, a := range p.Args {
			nodes.Nodes = append(nodes.Nodes, node(a, "an argument of the prior of "+quote(p.Name)))
		}
		c.Priors = append(c.Priors, nodes)
	}
	for _, e := range m.Experiments {
		o := Overrides{Experiment: e}
		for _, a := range e.Assigns {
			target, _, _ := m.target(a.Name, a.Initial)
			o.Targets = append(o.Targets, target)
			o.Values = append(o.Values, node(a.Expr, "the value of "+quote(a.Name)))
		}
		c.Experiments = append(c.Experiments, o)
	}
	if err := c.Graph.Err(); err != nil {
		return nil, fmt.Errorf("%s: the model is too large: %w", m.File, err)
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Compiled) observable(o *Observe, node func(Expr, string) expr.Node) Observable {
	nodes := Observable{Observe: o}
	for i, a := range o.args() {
		what := [...]string{"the prediction of ", "the scale of ", "the number of degrees of freedom of "}[i]
		nodes.Args = append(nodes.Args, node(a, what+quote(o.Column)))
	}
	for _, a := range o.args() {
		walk(a, func(e Expr) { // lets hold no row columns
			if r, ok := e.(*RowColumn); ok {
				nodes.Rows = append(nodes.Rows, c.Model.rowIndex[r.Column])
			}
		})
	}
	slices.Sort(nodes.Rows)
	nodes.Rows = slices.Compact(nodes.Rows)
	return nodes
}

// Cell reads and lowers an expression from outside the model, such as a cell of a
// conditions table: a number, a name, or an expression of parameters and constants,
// as a function of q. The error is an [ErrorList] whose places count from the
// beginning of the text.
func (c *Compiled) Cell(text string) (expr.Node, error) {
	e, err := ParseCell(text)
	if err != nil {
		return expr.Zero, err
	}
	if err := c.Model.CheckCell(e, text); err != nil {
		return expr.Zero, err
	}
	return c.graph.lower(e), c.Graph.Err()
}
