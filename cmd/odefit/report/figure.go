package report

import (
	"fmt"
	"math"
	"slices"

	"github.com/odefit/odefit/fit"
)

// Figure is a picture of panels side by side, each a quantity against time.
type Figure struct {
	Title  string
	Time   string // label of the time axis
	Panels []Panel
}

// Panel is one quantity against time: curves and measured values, and below them,
// where there are any, the residuals.
type Panel struct {
	Title  string // above the panel; may be empty
	Label  string // of the vertical axis
	Log    bool   // logarithmic vertical axis; every value must be positive
	Series []Series
	// Residuals says that the residuals of the points are drawn in a panel below.
	Residuals bool
}

// Series is a curve and the points that belong to it.
type Series struct {
	Name   string // for the legend, which lists every name once
	Style  int    // which colour and which glyph
	Curve  []XY
	Points []Dot
}

// XY is a point of a curve. The curve is broken where Y is not finite.
type XY struct{ X, Y float64 }

// Dot is a measured value with its residual in units of the noise.
type Dot struct {
	X, Y, Residual float64
	Censored       bool
}

// Curve is the prediction of an observable in one experiment.
type Curve struct {
	Experiment, Observable string
	Times, Values          []float64
}

// inOnePanel is how many experiments share a panel and are told apart by colour;
// with more, each has its own.
const inOnePanel = len(palette)

// FitFigure is the picture of a fit: the measured values, the fitted curves and the
// residuals of every observable. time labels the time axis. Observables in
// lognormal have a logarithmic axis where their data span more than two decades.
func FitFigure(title, time string, r *fit.Result, curves []Curve, lognormal []string) *Figure {
	f := &Figure{Title: title, Time: time}
	var observables, experiments []string
	note := func(observable, experiment string) {
		if !slices.Contains(observables, observable) {
			observables = append(observables, observable)
		}
		if !slices.Contains(experiments, experiment) {
			experiments = append(experiments, experiment)
		}
	}
	for _, p := range r.Points {
		note(p.Observable, p.Experiment)
	}
	for i, name := range observables {
		all := Panel{Label: name, Residuals: true}
		for j, x := range experiments {
			s := series(name, x, r.Points, curves)
			if len(s.Points) == 0 {
				continue
			}
			s.Name, s.Style = x, j%len(palette)
			if len(experiments) == 1 {
				s.Name, s.Style = "", i%len(palette)
			}
			if len(experiments) > inOnePanel {
				s.Name, s.Style = "", i%len(palette)
				f.add(Panel{Title: x, Label: name, Residuals: true, Series: []Series{s}}, lognormal)
				continue
			}
			all.Series = append(all.Series, s)
		}
		if len(all.Series) > 0 {
			f.add(all, lognormal)
		}
	}
	return f
}

// add adds a panel, with a logarithmic axis where that serves.
func (f *Figure) add(p Panel, lognormal []string) {
	p.Log = slices.Contains(lognormal, p.Label) && p.decades() > 2
	f.Panels = append(f.Panels, p)
}

// series gathers what is known of an observable in an experiment.
func series(observable, experiment string, points []fit.Point, curves []Curve) Series {
	var s Series
	for _, p := range points {
		if p.Observable == observable && p.Experiment == experiment {
			s.Points = append(s.Points, Dot{X: p.Time, Y: p.Value, Residual: p.Standardized, Censored: p.Censored})
		}
	}
	for _, c := range curves {
		if c.Observable == observable && c.Experiment == experiment {
			for i, t := range c.Times {
				s.Curve = append(s.Curve, XY{t, c.Values[i]})
			}
		}
	}
	return s
}

// decades returns over how many powers of ten the points span, or 0 where one of
// them is not positive.
func (p *Panel) decades() float64 {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, s := range p.Series {
		for _, d := range s.Points {
			lo, hi = min(lo, d.Y), max(hi, d.Y)
		}
	}
	if !(lo > 0) || math.IsInf(hi, 1) {
		return 0
	}
	return math.Log10(hi / lo)
}

// legend returns the named series, each once, with their styles.
func (f *Figure) legend() []Series {
	var list []Series
	for _, p := range f.Panels {
		for _, s := range p.Series {
			if s.Name != "" && !slices.ContainsFunc(list, func(o Series) bool { return o.Name == s.Name }) {
				list = append(list, s)
			}
		}
	}
	return list
}

// finite reports whether v is a number that can be drawn.
func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// Formats are the formats that [Figure.Write] knows.
func Formats() []string { return []string{"svg", "png", "pdf"} }

// FormatError says that there is no such format of pictures.
type FormatError struct{ Format string }

func (e *FormatError) Error() string {
	return fmt.Sprintf("no picture format %q; there are svg, png and pdf", e.Format)
}
