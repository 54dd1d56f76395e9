package report

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

func (s *Series) line() draw.LineStyle {
	return draw.LineStyle{Color: palette[s.Style%len(palette)], Width: 1.6}
}

func (s *Series) glyph() draw.GlyphStyle {
	return draw.GlyphStyle{Color: palette[s.Style%len(palette)], Radius: 2.8, Shape: glyphs[s.Style%len(glyphs)]}
}

// The room around the axes of a panel.
const (
	above   = vg.Length(8)  // for half a tick label
	heading = vg.Length(12) // for the panel's title
	below   = vg.Length(34) // for the labels of the time axis
	between = vg.Length(14) // the panel and its residuals
	share   = 0.28          // of the height, for the residuals
)

// draw draws a panel, its vertical axis at a distance left from the edge.
func (p *Panel) draw(c draw.Canvas, left vg.Length, time string) {
	area := c.Rectangle
	area.Min.X, area.Max.X = area.Min.X+left, area.Max.X-8
	area.Min.Y, area.Max.Y = area.Min.Y+below, area.Max.Y-above
	if p.Title != "" {
		area.Max.Y -= heading
		style := textStyle(sans(sizeLabel))
		style.XAlign, style.YAlign = draw.XCenter, draw.YBottom
		c.FillText(style, vg.Point{X: (area.Min.X + area.Max.X) / 2, Y: area.Max.Y + 4}, p.Title)
	}
	upper := p.plot()
	if !p.Residuals {
		upper.X.Label.Text = time
		drawInto(upper, c, area)
		return
	}
	lower := p.residualPlot()
	lower.X.Min, lower.X.Max = upper.X.Min, upper.X.Max
	lower.X.Label.Text = time
	upper.X.Tick.Marker = unlabelled{upper.X.Tick.Marker}
	upper.X.Tick.Label.Font.Size = 1
	height := area.Max.Y - area.Min.Y
	top, bottom := area, area
	top.Min.Y = area.Min.Y + share*height + between/2
	bottom.Max.Y = area.Min.Y + share*height - between/2
	drawInto(upper, c, top)
	drawInto(lower, c, bottom)
}

// left returns the room that the vertical axes of the panel need.
func (p *Panel) left(c draw.Canvas) vg.Length {
	room := func(q *plot.Plot) vg.Length { return q.DataCanvas(c).Min.X - c.Min.X }
	left := room(p.plot())
	if p.Residuals {
		left = max(left, room(p.residualPlot()))
	}
	return left
}

// drawInto draws p on a canvas so that its axes enclose area.
func drawInto(p *plot.Plot, c draw.Canvas, area vg.Rectangle) {
	c.Rectangle = area
	for range 2 { // the second time for tick labels that stand out at the ends
		d := p.DataCanvas(c)
		c.Min.X += area.Min.X - d.Min.X
		c.Max.X += area.Max.X - d.Max.X
		c.Min.Y += area.Min.Y - d.Min.Y
		c.Max.Y += area.Max.Y - d.Max.Y
	}
	p.Draw(c)
}

// plot returns the curves and points on axes.
func (p *Panel) plot() *plot.Plot {
	q := blank(p.Label)
	if p.Log {
		q.Y.Scale, q.Y.Tick.Marker = plot.LogScale{}, decades{}
	}
	for i := range p.Series {
		s := &p.Series[i]
		for _, piece := range s.pieces(p.Log) {
			q.Add(&plotter.Line{XYs: piece, LineStyle: s.line()})
		}
	}
	for i := range p.Series {
		s := &p.Series[i]
		q.Add(s.dots(func(d Dot) float64 { return d.Y }, p.Log)...)
	}
	if len(p.Series) == 0 || q.X.Min > q.X.Max {
		q.X.Min, q.X.Max, q.Y.Min, q.Y.Max = 0, 1, 0, 1
	}
	widen(q, p.Log)
	return q
}

// residualPlot returns the residuals on axes.
func (p *Panel) residualPlot() *plot.Plot {
	q := blank("residual / sd")
	q.Y.Tick.Marker = steps{3}
	largest := 2.5
	for i := range p.Series {
		s := &p.Series[i]
		q.Add(s.dots(func(d Dot) float64 { return d.Residual }, false)...)
		for _, d := range s.Points {
			if finite(d.Residual) {
				largest = max(largest, 1.1*math.Abs(d.Residual))
			}
		}
	}
	q.Add(level(0))
	q.Y.Min, q.Y.Max = -largest, largest
	return q
}

// blank returns axes with a light grid and nothing on them.
func blank(label string) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Padding = 0
		a.Color, a.Width = quiet, 0.7
		a.Label.TextStyle.Font, a.Label.TextStyle.Color = sans(sizeLabel), ink
		a.Label.Padding = 3
		a.Tick.Label.Font, a.Tick.Label.Color = sans(sizeTick), ink
		a.Tick.Color, a.Tick.Width, a.Tick.Length = quiet, 0.7, 3.5
		a.Tick.Marker = steps{5}
	}
	p.Y.Label.Text = label
	p.Y.Label.Padding = 5
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = faint, faint
	grid.Vertical.Width, grid.Horizontal.Width = 0.7, 0.7
	p.Add(grid)
	return p
}

// widen gives what is drawn some air to the axes.
func widen(p *plot.Plot, log bool) {
	if d := p.X.Max - p.X.Min; d > 0 {
		p.X.Min, p.X.Max = p.X.Min-0.025*d, p.X.Max+0.025*d
	} else {
		p.X.Min, p.X.Max = p.X.Min-1, p.X.Max+1
	}
	const air = 0.06
	switch d := p.Y.Max - p.Y.Min; {
	case log:
		f := math.Pow(p.Y.Max/p.Y.Min, air)
		if f == 1 {
			f = 2
		}
		p.Y.Min, p.Y.Max = p.Y.Min/f, p.Y.Max*f
	case d > 0:
		if p.Y.Min < 0 || p.Y.Min > 0.3*p.Y.Max {
			p.Y.Min -= air * d
		} else {
			p.Y.Min = 0 // an axis that nearly reaches zero begins there
		}
		p.Y.Max += air * d
	default:
		half := max(0.5*math.Abs(p.Y.Max), 1e-300)
		p.Y.Min, p.Y.Max = p.Y.Min-half, p.Y.Max+half
	}
}

// level is a thin line at a height.
func level(y float64) plot.Plotter {
	f := plotter.NewFunction(func(float64) float64 { return y })
	f.Samples = 2
	f.LineStyle = draw.LineStyle{Color: quiet, Width: 0.7}
	return f
}

// pieces returns the curve without what cannot be drawn.
func (s *Series) pieces(log bool) []plotter.XYs {
	var list []plotter.XYs
	var piece plotter.XYs
	flush := func() {
		if len(piece) > 1 {
			list = append(list, piece)
		}
		piece = nil
	}
	for _, p := range s.Curve {
		if !finite(p.X) || !finite(p.Y) || log && p.Y <= 0 {
			flush()
			continue
		}
		piece = append(piece, plotter.XY(p))
	}
	flush()
	return list
}

// dots returns the points with a white rim, at heights given by y. Censored values
// are hollow.
func (s *Series) dots(y func(Dot) float64, log bool) []plot.Plotter {
	var known, censored plotter.XYs
	for _, d := range s.Points {
		v := y(d)
		switch {
		case !finite(d.X) || !finite(v) || log && v <= 0:
		case d.Censored:
			censored = append(censored, plotter.XY{X: d.X, Y: v})
		default:
			known = append(known, plotter.XY{X: d.X, Y: v})
		}
	}
	var list []plot.Plotter
	add := func(at plotter.XYs, sty draw.GlyphStyle) {
		rim, core := sty, sty
		rim.Radius, rim.Color = sty.Radius+0.9, white
		list = append(list, &plotter.Scatter{XYs: at, GlyphStyle: rim}, &plotter.Scatter{XYs: at, GlyphStyle: core})
	}
	if len(known) > 0 {
		add(known, s.glyph())
	}
	if len(censored) > 0 {
		sty := s.glyph()
		sty.Shape = draw.RingGlyph{}
		list = append(list, &plotter.Scatter{XYs: censored, GlyphStyle: sty})
	}
	return list
}
