package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/odefit/odefit/fit"
)

func TestFigureInEveryFormat(t *testing.T) {
	r, curves := sample()
	f := FitFigure("Hare & <lynx>", "year", r, curves, nil)
	for _, format := range Formats() {
		var b bytes.Buffer
		if err := f.Write(&b, format); err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		switch format {
		case "png":
			im, err := png.Decode(&b)
			if err != nil {
				t.Fatal(err)
			}
			if colours := count4(im.Bounds().Dx(), im.Bounds().Dy(), func(x, y int) [3]uint32 {
				r, g, b, _ := im.At(x, y).RGBA()
				return [3]uint32{r >> 8, g >> 8, b >> 8}
			}); colours[[3]uint32{0x00, 0x72, 0xb2}] < 1000 || colours[[3]uint32{0xd5, 0x5e, 0x00}] < 1000 {
				t.Errorf("hardly any ink of the first two colours: %d and %d pixels", colours[[3]uint32{0x00, 0x72, 0xb2}], colours[[3]uint32{0xd5, 0x5e, 0x00}])
			}
		case "svg":
			texts := svgTexts(t, &b)
			for _, want := range []string{"Hare & <lynx>", "year", "hare", "lynx", "residual / sd", "1900", "80"} {
				if !strings.Contains(texts, "|"+want+"|") {
					t.Errorf("svg has no text %q; it has %s", want, texts)
				}
			}
		case "pdf":
			if !bytes.HasPrefix(b.Bytes(), []byte("%PDF-")) || b.Len() < 1000 {
				t.Errorf("not a PDF: %d bytes", b.Len())
			}
		}
	}
	var e *FormatError
	if err := f.Write(io.Discard, "bmp"); !errors.As(err, &e) {
		t.Errorf("bmp: %v, want a *FormatError", err)
	}
}

func count4(w, h int, at func(x, y int) [3]uint32) map[[3]uint32]int {
	n := make(map[[3]uint32]int)
	for y := range h {
		for x := range w {
			n[at(x, y)]++
		}
	}
	return n
}

// svgTexts returns all texts of an SVG between bars; it fails where that is no
// well-formed XML.
func svgTexts(t *testing.T, r io.Reader) string {
	t.Helper()
	d := xml.NewDecoder(r)
	all := "|"
	for inside := false; ; {
		token, err := d.Token()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatalf("svg: %v", err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			inside = x.Name.Local == "text"
		case xml.EndElement:
			inside = false
		case xml.CharData:
			if inside {
				all += string(x) + "|"
			}
		}
	}
}

func TestFigurePanels(t *testing.T) {
	r, curves := sample()
	f := FitFigure("", "year", r, curves, nil)
	if len(f.Panels) != 2 || f.Panels[0].Label != "hare" || f.Panels[1].Label != "lynx" || len(f.legend()) != 0 {
		t.Errorf("one experiment, two observables: %d panels, %d names", len(f.Panels), len(f.legend()))
	}
	r, curves = facets(5)
	f = FitFigure("", "t", r, curves, nil)
	if len(f.Panels) != 1 || len(f.Panels[0].Series) != 5 || len(f.legend()) != 5 {
		t.Errorf("five experiments: %d panels, %d names", len(f.Panels), len(f.legend()))
	}
	r, curves = facets(12)
	f = FitFigure("", "t", r, curves, nil)
	if len(f.Panels) != 12 || f.Panels[11].Title != "L" || len(f.Panels[11].Series[0].Curve) != 101 {
		t.Errorf("twelve experiments: %d panels", len(f.Panels))
	}
}

func TestLogarithmicAxis(t *testing.T) {
	points := func(values ...float64) *fit.Result {
		r := &fit.Result{}
		for i, v := range values {
			r.Points = append(r.Points, fit.Point{Observable: "virus", Time: float64(i), Value: v, Mean: v, Scale: 1})
		}
		return r
	}
	curve := []Curve{{Observable: "virus", Times: []float64{0, 1, 2}, Values: []float64{0, 10, 1000}}} // 0 cannot be drawn
	for _, c := range []struct {
		r         *fit.Result
		lognormal []string
		want      bool
	}{
		{points(1, 10, 101), []string{"virus"}, true},
		{points(1, 10, 99), []string{"virus"}, false},
		{points(1, 10, 101), nil, false},
		{points(0, 10, 101), []string{"virus"}, false},
	} {
		f := FitFigure("", "t", c.r, curve, c.lognormal)
		if got := f.Panels[0].Log; got != c.want {
			t.Errorf("%v %v: log axis %v, want %v", c.r.Points, c.lognormal, got, c.want)
		}
		if err := f.Write(io.Discard, "svg"); err != nil {
			t.Error(err)
		}
	}
}

// Whatever numbers a fit ends with, a picture comes out: no panic of the drawing
// library.
func TestFigureOfOddNumbers(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, values := range [][]float64{{}, {nan}, {inf, 1}, {5}, {5, 5, 5}, {0, 0}, {1e300, -1e300}, {1e-320, 2e-320}, {-1e308, 1e308, inf}, {1e15, 1e15 + 1}} {
		r, c := &fit.Result{}, Curve{Observable: "x"}
		for i, v := range values {
			r.Points = append(r.Points, fit.Point{Observable: "x", Time: float64(i) * 1e-9, Value: v, Residual: v, Standardized: v})
			c.Times, c.Values = append(c.Times, float64(i)), append(c.Values, v)
		}
		for _, lognormal := range [][]string{nil, {"x"}} {
			if err := FitFigure("", "t", r, []Curve{c}, lognormal).Write(io.Discard, "svg"); err != nil {
				t.Errorf("%v: %v", values, err)
			}
		}
	}
}

func TestTicks(t *testing.T) {
	label := func(lo, hi float64, want int) string {
		var s []string
		for _, k := range (steps{want}).Ticks(lo, hi) {
			s = append(s, k.Label)
		}
		return strings.Join(s, " ")
	}
	for _, c := range []struct {
		lo, hi float64
		want   string
	}{
		{1899.5, 1920.5, "1900 1905 1910 1915 1920"}, {0, 103, "0 20 40 60 80 100"}, {-0.013, 0.03, "-0.01 0 0.01 0.02 0.03"},
		{0, 2.5e-7, "0 5e-8 1e-7 1.5e-7 2e-7 2.5e-7"}, {0, 3e9, "0 5e8 1e9 1.5e9 2e9 2.5e9 3e9"},
		{0, 3.3e6, "0 5e5 1e6 1.5e6 2e6 2.5e6 3e6"}, {1e6, 1.0004e6, "1e6 1.0001e6 1.0002e6 1.0003e6 1.0004e6"}, {-1e-5, 1e-5, "-1e-5 -5e-6 0 5e-6 1e-5"},
	} {
		if got := label(c.lo, c.hi, 5); got != c.want {
			t.Errorf("[%g, %g]: %s, want %s", c.lo, c.hi, got, c.want)
		}
	}
}
