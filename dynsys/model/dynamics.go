package model

import "github.com/odefit/odefit/dynsys"

// Dynamics returns the equations as a model over the quantities q, which all
// experiments share. Initial values are functions of q; an experiment that sets its
// own takes the nodes of Initial and replaces some.
func (c *Compiled) Dynamics() (dynsys.Model, error) {
	g := dynsys.Graph{
		Builder: c.Graph, States: c.Layout.States, Params: c.Layout.Quantities,
		Rates: c.Derivatives, Initial: c.Initial,
	}
	return g.Model()
}
