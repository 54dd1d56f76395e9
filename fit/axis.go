package fit

import (
	"github.com/odefit/odefit/fit/minimize"
)

// axis is the search axis of one parameter: its scale between its bounds. The
// logit scale spans the interval between finite bounds, x = ln((p-lo)/(hi-p)).
type axis struct {
	scale        minimize.Scale
	lo, hi       float64 // bounds, infinite where there are none
	shift, width float64 // p = shift + width*u, and u is on the scale
}

// axis returns the search axis of a parameter.
func (p *Parameter) axis() axis {
	lo, hi := p.bounds()
	a := axis{scale: p.Scale, lo: lo, hi: hi, width: 1}
	if p.Scale == minimize.Logit {
		a.shift, a.width = lo, hi-lo
	}
	return a
}

// bounds returns the bounds: those given, or the ends of what the scale can express.
func (p *Parameter) bounds() (lo, hi float64) {
	lo, hi = p.Scale.Domain()
	if p.Lower == 0 && p.Upper == 0 {
		return lo, hi
	}
	if p.Scale == minimize.Logit {
		return p.Lower, p.Upper
	}
	return max(p.Lower, lo), min(p.Upper, hi)
}

// To maps a value to the search scale.
func (a axis) To(p float64) float64 { return a.scale.To((p - a.shift) / a.width) }

// From maps a point of the search scale to the value. A bound is met exactly,
// whatever the rounding of the scale.
func (a axis) From(x float64) float64 {
	return min(max(a.shift+a.width*a.scale.From(x), a.lo), a.hi)
}

// Derivative returns dp/dx.
func (a axis) Derivative(x float64) float64 { return a.width * a.scale.Derivative(x) }

// Linear reports whether p and x are the same.
func (a axis) Linear() bool { return a.scale == minimize.Linear }

// box returns the interval from which random starts are drawn.
func (a axis) box(guess float64) (lo, hi float64) {
	return a.scale.StartBox((a.lo-a.shift)/a.width, (a.hi-a.shift)/a.width, (guess-a.shift)/a.width)
}
