package report

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
)

// steps marks an axis at about Want multiples of 1, 2 or 5 times a power of ten.
type steps struct{ Want int }

// Ticks implements plot.Ticker.
func (s steps) Ticks(lo, hi float64) []plot.Tick {
	raw := (hi - lo) / float64(s.Want)
	if !(raw > 0) || math.IsInf(raw, 0) {
		return []plot.Tick{{Value: lo, Label: number(lo, 6)}}
	}
	power := math.Floor(math.Log10(raw))
	unit := math.Pow(10, power)
	step := 10.0
	for _, m := range []float64{1, 2, 5} {
		if m*unit >= 0.7*raw {
			step = m
			break
		}
	}
	step *= unit
	label := func(v float64) string { return strconv.FormatFloat(v, 'f', decimalsOf(step), 64) }
	if max(math.Abs(lo), math.Abs(hi)) >= 1e6 || decimalsOf(step) > 4 {
		label = func(v float64) string { return exponent(v, step) }
	}
	var ticks []plot.Tick
	for i := math.Ceil(lo/step - 1e-9); i*step <= hi+1e-9*step; i++ {
		t := plot.Tick{Value: i * step, Label: "0"}
		if i != 0 {
			t.Label = label(t.Value)
		}
		ticks = append(ticks, t)
		if len(ticks) > 100 {
			break // steps below the spacing of floating-point numbers
		}
	}
	return ticks
}

// decimalsOf returns the decimals that multiples of step need.
func decimalsOf(step float64) int { return int(max(0, -math.Floor(math.Log10(step)+1e-9))) }

// exponent writes a multiple of step as 1.5e6.
func exponent(v, step float64) string {
	digits := max(0, int(math.Floor(math.Log10(math.Abs(v))+1e-9)-math.Floor(math.Log10(step)+1e-9)))
	return scientific(v, digits)
}

// decades marks a logarithmic axis at powers of ten, and between them without
// labels.
type decades struct{}

// Ticks implements plot.Ticker.
func (decades) Ticks(lo, hi float64) []plot.Tick {
	var ticks []plot.Tick
	first, last := math.Floor(math.Log10(lo)), math.Ceil(math.Log10(hi))
	every := math.Ceil((last - first) / 8)
	for k := first; k <= last; k++ {
		for m := 1.0; m < 10; m++ {
			v := m * math.Pow(10, k)
			if v < lo || v > hi {
				continue
			}
			t := plot.Tick{Value: v}
			if m == 1 && math.Mod(k-first, every) == 0 {
				t.Label = number(v, 3)
			}
			ticks = append(ticks, t)
		}
	}
	return ticks
}

// unlabelled marks an axis without labels: the axis below has them.
type unlabelled struct{ plot.Ticker }

// Ticks implements plot.Ticker.
func (u unlabelled) Ticks(lo, hi float64) []plot.Tick {
	ticks := u.Ticker.Ticks(lo, hi)
	for i := range ticks {
		if ticks[i].Label != "" {
			ticks[i].Label = " "
		}
	}
	return ticks
}
