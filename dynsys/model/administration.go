package model

import (
	"math"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/expr"
)

// Administration is one dose that a state is given: an amount at a time, at once or as
// an infusion with a rate or a duration. The dose line of the state delays it and
// scales it; of an infusion with a rate, the duration is scaled.
type Administration struct {
	State          int
	Time, Amount   float64
	Rate, Duration float64 // both 0: at once
	// Steady says that the dose was given every Interval for ever before or, where
	// Interval is 0, as an infusion that ends at Time.
	Steady   Steadiness
	Interval float64
}

// Steadiness is what the steady state of a dose does to the states at its time.
type Steadiness int

const (
	Unsteady Steadiness = iota // an ordinary dose
	Replaces                   // takes their place: what was given before is forgotten
	Adds                       // is added to them
)

// atOnce says that the dose is no infusion.
func (a *Administration) atOnce() bool { return a.Rate == 0 && a.Duration == 0 }

// endless says that it is an infusion that has run for ever, and now ends.
func (a *Administration) endless() bool { return a.Steady != Unsteady && a.Interval == 0 }

// Delivery is how a dose arrives: late by Lag, at once or with a Rate for a Duration.
type Delivery struct{ Lag, Amount, Rate, Duration expr.Node }

// Delivery returns how a dose arrives, as functions of the quantities.
func (c *Compiled) Delivery(a Administration) Delivery { return c.graph.delivery(a) }

func (g *graph) delivery(a Administration) Delivery {
	b := g.b
	d := Delivery{Lag: expr.Zero, Amount: b.Const(a.Amount), Rate: b.Const(a.Rate), Duration: b.Const(a.Duration)}
	if s := g.model.Dose(g.model.States[a.State].Name); s != nil {
		if s.Lag != nil {
			d.Lag = g.lower(s.Lag)
		}
		if s.Fraction != nil {
			d.Amount = b.Mul(d.Amount, g.lower(s.Fraction))
		}
	}
	switch {
	case a.Rate > 0:
		d.Duration = b.Div(d.Amount, d.Rate)
	case a.Duration > 0:
		d.Rate = b.Div(d.Amount, d.Duration)
	}
	return d
}

// forgotten returns the time from which on dose i no longer matters, because a steady
// state takes the place of what was; infinite where there is none.
func forgotten(doses []Administration, i int) float64 {
	for _, a := range doses[i+1:] {
		if a.Steady == Replaces {
			return a.Time
		}
	}
	return math.Inf(1)
}

// infuse adds infusions to the rates.
func (g *graph) infuse(rates []expr.Node, doses []Administration) {
	b := g.b
	for i, a := range doses {
		if a.atOnce() || a.endless() {
			continue
		}
		end := forgotten(doses, i)
		d := g.delivery(a)
		run := func(from, to expr.Node) {
			if !math.IsInf(end, 1) {
				from, to = b.Min(from, b.Const(end)), b.Min(to, b.Const(end))
			}
			rates[a.State] = b.Add(rates[a.State], b.Mul(d.Rate, b.Pulse(g.t, from, to)))
		}
		start := b.Add(b.Const(a.Time), d.Lag)
		run(start, b.Add(start, d.Duration))
		for k := range g.before(a) { // what is left of those before
			began := b.Add(b.Const(a.Time-float64(k+1)*a.Interval), d.Lag)
			run(b.Const(a.Time), b.Max(b.Const(a.Time), b.Add(began, d.Duration)))
		}
	}
}

// before returns how many infusions before one at steady state may still run at its time.
// Where amount or time depend on parameters, it is as many as overlap when twice the
// amount arrives, and one more.
func (g *graph) before(a Administration) int {
	if a.Steady == Unsteady || a.Interval == 0 {
		return 0
	}
	duration := a.Duration
	if a.Rate > 0 {
		duration = a.Amount / a.Rate
	}
	if g.model.Dose(g.model.States[a.State].Name) == nil {
		return int(math.Ceil(duration/a.Interval)) - 1
	}
	return int(math.Ceil(2*duration/a.Interval)) + 1
}

// LongestInfusion returns the longest duration for which the equations hold all infusions
// that overlap with one at steady state.
func (c *Compiled) LongestInfusion(a Administration) float64 {
	n := c.graph.before(a)
	if c.Model.Dose(c.Model.States[a.State].Name) == nil {
		return float64(n+1) * a.Interval
	}
	return float64(n) * a.Interval // with a lag of one interval
}

// Given returns the events of doses at once, in their order, over the inputs of the
// dynamics. Steady states are not among them.
func (c *Compiled) Given(doses []Administration) []dynsys.GraphEvent {
	var events []dynsys.GraphEvent
	g, b := c.graph, c.Graph
	for i, a := range doses {
		if !a.atOnce() || a.endless() {
			continue
		}
		d := g.delivery(a)
		start, amount := b.Add(b.Const(a.Time), d.Lag), d.Amount
		if end := forgotten(doses, i); !math.IsInf(end, 1) {
			amount = b.If(b.Lt(start, b.Const(end)), amount, expr.Zero)
		}
		events = append(events, dynsys.GraphEvent{
			Name: "dose of " + c.Model.States[a.State].Name, Timed: true, At: start,
			Resets: map[int]expr.Node{a.State: b.Add(b.Input(c.Layout.State(a.State)), amount)},
		})
	}
	return events
}
