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
	// Initial are the initial values, functions of q; 0 where none is written.
	Initial     []expr.Node
	Observables []Observable
	Reports     []expr.Node // functions of q, in the order of Model.Reports
	Priors      []PriorNodes
	Experiments []Overrides // in the order of Model.Experiments

	lets   []expr.Node
	places map[expr.Node]Pos // where a node was first written
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
	c := &Compiled{
		Model: m, Graph: expr.NewBuilder(), Quantities: m.Quantities(),
		Layout: Layout{States: len(m.States), Quantities: len(m.Params) + len(m.Consts), Rows: len(m.RowColumns)},
		lets:   make([]expr.Node, len(m.Lets)),
		places: map[expr.Node]Pos{},
	}
	r := &reporter{src: m.src}
	node := func(e Expr, what string) expr.Node {
		n := c.lower(e)
		if v, ok := c.Graph.Value(n); ok && (math.IsNaN(v) || math.IsInf(v, 0)) && c.Graph.Err() == nil {
			r.add(e.Pos(), fmt.Sprintf("%s is always %s; expected a finite number", what, number(v)), "")
		}
		return n
	}
	for _, i := range m.letOrder {
		c.lets[i] = c.lower(m.Lets[i].Expr)
	}
	for _, s := range m.States {
		c.Derivatives = append(c.Derivatives, node(s.Equation.Expr, "the derivative of "+quote(s.Name)))
		initial := expr.Zero
		if s.Init != nil {
			initial = node(s.Init.Expr, "the initial value of "+quote(s.Name))
		}
		c.Initial = append(c.Initial, initial)
	}
	for _, o := range m.Observes {
		c.Observables = append(c.Observables, c.observable(o, node))
	}
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
	return c.lower(e), c.Graph.Err()
}

// lower returns the node of a checked expression.
func (c *Compiled) lower(e Expr) expr.Node {
	l := lowering{b: c.Graph, t: c.Graph.Input(c.Layout.Time()), node: c.name, places: c.places}
	return l.lower(e)
}

// name returns the node of a name or row column.
func (c *Compiled) name(e Expr) expr.Node {
	b, l, m := c.Graph, c.Layout, c.Model
	if r, ok := e.(*RowColumn); ok {
		return b.Input(l.Row(m.rowIndex[r.Column]))
	}
	name := e.(*Name).Name
	switch s := m.names[name]; {
	case s == nil && name == "pi":
		return b.Const(math.Pi)
	case s == nil && (name == "t" || name == "time"):
		return b.Input(l.Time())
	case s == nil:
		panic("model: the name " + quote(name) + " was not checked")
	case s.kind == kindState:
		return b.Input(l.State(s.index))
	case s.kind == kindParam:
		return b.Input(l.Quantity(s.index))
	case s.kind == kindConst:
		return b.Input(l.Quantity(len(m.Params) + s.index))
	default:
		return c.lets[s.index]
	}
}
