package main

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

var palette = []color.RGBA{
	{0, 114, 178, 255}, {213, 94, 0, 255}, {0, 158, 115, 255}, {204, 121, 167, 255},
	{86, 180, 233, 255}, {230, 159, 0, 255}, {120, 60, 20, 255}, {90, 90, 90, 255},
}

var shapes = []draw.GlyphDrawer{
	draw.CircleGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{}, draw.PyramidGlyph{},
	draw.RingGlyph{}, draw.BoxGlyph{}, draw.PlusGlyph{}, draw.CrossGlyph{},
}

// drawPicture makes the work-precision picture of a problem: error to the right, smaller,
// and time upwards. Our curves are solid, the peers' dashed.
func drawPicture(file, title string, all []curve) error {
	p := plot.New()
	p.Title.Text = title
	p.X.Label.Text, p.Y.Label.Text = "error at the end", "time of a solution, µs"
	p.X.Scale, p.Y.Scale = plot.InvertedScale{Normalizer: plot.LogScale{}}, plot.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.LogTicks{Prec: -1}, plot.LogTicks{Prec: -1}
	p.Add(plotter.NewGrid())
	we, they := 0, 0
	for _, c := range all {
		points := make(plotter.XYs, len(c.err))
		for i := range c.err {
			points[i].X, points[i].Y = max(c.err[i], math.SmallestNonzeroFloat32), c.time[i]
		}
		line, marks, err := plotter.NewLinePoints(points)
		if err != nil {
			return err
		}
		i, dashes := we, []vg.Length(nil)
		if c.peer == ours {
			we++
		} else {
			i, dashes = they, []vg.Length{vg.Points(4), vg.Points(3)}
			they++
		}
		line.Width, line.Dashes, line.Color = vg.Points(1.4), dashes, palette[i%len(palette)]
		marks.Color, marks.Shape, marks.Radius = line.Color, shapes[i%len(shapes)], vg.Points(2.5)
		p.Add(line, marks)
		p.Legend.Add(c.peer+" "+c.method, line, marks)
	}
	p.Legend.Top, p.Legend.Left = true, true
	p.Legend.TextStyle.Font.Size = vg.Points(8)
	return p.Save(18*vg.Centimeter, 12*vg.Centimeter, file)
}
