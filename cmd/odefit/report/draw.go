package report

import (
	"bytes"
	"io"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgpdf"
	"gonum.org/v1/plot/vg/vgsvg"
)

const dpi = 144 // of PNG

// Write writes the picture as "svg", "png" or "pdf". The error is a [*FormatError]
// where the format is another one, or that of w.
func (f *Figure) Write(w io.Writer, format string) error {
	width, height := f.size()
	switch format {
	case "png":
		c := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dpi))
		f.draw(draw.New(c))
		_, err := vgimg.PngCanvas{Canvas: c}.WriteTo(w)
		return err
	case "pdf":
		c := vgpdf.New(width, height)
		f.draw(draw.New(c))
		_, err := c.WriteTo(w)
		return err
	case "svg":
		c := vgsvg.New(width, height)
		f.draw(draw.New(c))
		var b bytes.Buffer
		if _, err := c.WriteTo(&b); err != nil {
			return err
		}
		// Arial has the widths of Liberation Sans and is found on every desk.
		_, err := w.Write(bytes.ReplaceAll(b.Bytes(), []byte("font-family:Liberation Sans;"), []byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif;")))
		return err
	}
	return &FormatError{format}
}

// grid returns in how many columns and rows the panels stand.
func (f *Figure) grid() (columns, rows int) {
	n := max(1, len(f.Panels))
	columns = min(n, 3)
	if n == 4 {
		columns = 2
	}
	if n > 9 {
		columns = 4
	}
	return columns, (n + columns - 1) / columns
}

// size returns the size of the whole picture.
func (f *Figure) size() (width, height vg.Length) {
	columns, rows := f.grid()
	w, h := 4.4*vg.Inch, 4.2*vg.Inch
	switch {
	case columns == 1:
		w, h = 7*vg.Inch, 5*vg.Inch
	case columns > 2:
		w, h = 3.5*vg.Inch, 3.5*vg.Inch
	}
	return w * vg.Length(columns), h*vg.Length(rows) + 0.5*vg.Inch
}

// draw draws the title, the legend and the panels.
func (f *Figure) draw(c draw.Canvas) {
	c.FillPolygon(white, []vg.Point{c.Min, {X: c.Max.X, Y: c.Min.Y}, c.Max, {X: c.Min.X, Y: c.Max.Y}})
	c = draw.Crop(c, 12, -12, 8, -10)
	if f.Title != "" {
		style := textStyle(sans(sizeTitle))
		c.FillText(style, vg.Point{X: c.Min.X + 6, Y: c.Max.Y}, f.Title)
		c.Max.Y -= sizeTitle + 6
	}
	c = f.drawLegend(c)
	columns, rows := f.grid()
	tiles := draw.Tiles{Cols: columns, Rows: rows, PadX: 12, PadY: 8}
	left := vg.Length(0)
	for i := range f.Panels {
		left = max(left, f.Panels[i].left(tiles.At(c, i%columns, i/columns)))
	}
	for i := range f.Panels {
		f.Panels[i].draw(tiles.At(c, i%columns, i/columns), left, f.Time)
	}
}

// textStyle is text that hangs from its upper left corner.
func textStyle(face font.Font) draw.TextStyle {
	return draw.TextStyle{Color: ink, Font: face, XAlign: draw.XLeft, YAlign: draw.YTop, Handler: plot.DefaultTextHandler}
}

// drawLegend draws the names of the series in lines at the top, and returns what is
// left of the canvas.
func (f *Figure) drawLegend(c draw.Canvas) draw.Canvas {
	list := f.legend()
	if len(list) == 0 {
		return c
	}
	const sample, gap, high = 22, 16, 16
	style := textStyle(sans(sizeLabel))
	style.YAlign = draw.YCenter
	at := vg.Point{X: c.Min.X + 6, Y: c.Max.Y - high/2}
	for _, s := range list {
		wide := sample + 6 + style.Width(s.Name) + gap
		if at.X+wide > c.Max.X && at.X > c.Min.X+6 {
			at = vg.Point{X: c.Min.X + 6, Y: at.Y - high}
		}
		if len(s.Curve) > 0 {
			c.StrokeLine2(s.line(), at.X, at.Y, at.X+sample, at.Y)
		}
		if len(s.Points) > 0 {
			c.DrawGlyphNoClip(s.glyph(), vg.Point{X: at.X + sample/2, Y: at.Y})
		}
		c.FillText(style, vg.Point{X: at.X + sample + 6, Y: at.Y}, s.Name)
		at.X += wide
	}
	c.Max.Y = at.Y - high/2 - 6
	return c
}
