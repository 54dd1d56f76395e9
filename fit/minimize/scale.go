package minimize

import (
	"fmt"
	"math"
)

// Scale is the search scale of one parameter: x = To(p) is what the methods see,
// p = From(x) what the model sees. All scales increase.
//
//	Linear  x = p
//	Log     x = ln p            p > 0
//	Log10   x = log10 p         p > 0
//	Logit   x = ln(p / (1 - p)) 0 < p < 1
type Scale int

const (
	Linear Scale = iota
	Log
	Log10
	Logit
)

func (s Scale) String() string {
	switch s {
	case Linear:
		return "linear"
	case Log:
		return "log"
	case Log10:
		return "log10"
	case Logit:
		return "logit"
	}
	return fmt.Sprintf("Scale(%d)", int(s))
}

// Domain returns the open interval of values that the scale can express. Its ends
// map to infinities of the search scale, so they may serve as bounds.
func (s Scale) Domain() (lo, hi float64) {
	switch s {
	case Log, Log10:
		return 0, math.Inf(1)
	case Logit:
		return 0, 1
	}
	return math.Inf(-1), math.Inf(1)
}

// To maps a value to the search scale. Outside the domain it is NaN, at its ends
// an infinity.
func (s Scale) To(p float64) float64 {
	switch s {
	case Log:
		return math.Log(p)
	case Log10:
		return math.Log10(p)
	case Logit:
		// ln p - ln(1-p) keeps small p exact and needs no division by zero at p = 1.
		return math.Log(p) - math.Log1p(-p)
	}
	return p
}

// From maps a point of the search scale to the value, the inverse of To.
func (s Scale) From(x float64) float64 {
	switch s {
	case Log:
		return math.Exp(x)
	case Log10:
		return math.Pow(10, x)
	case Logit:
		return 1 / (1 + math.Exp(-x))
	}
	return x
}

// Derivative returns dp/dx at the point x of the search scale: the factor that
// turns a gradient in p into one in x, and a standard error in x into one in p.
func (s Scale) Derivative(x float64) float64 {
	switch s {
	case Log:
		return math.Exp(x)
	case Log10:
		return math.Ln10 * math.Pow(10, x)
	case Logit:
		// p (1-p), symmetric in x, without cancellation on either side.
		e := math.Exp(-math.Abs(x))
		return e / ((1 + e) * (1 + e))
	}
	return 1
}

// StartBox returns the interval of the search scale from which random starts are
// drawn, for a parameter with the bounds lo, hi and the guess, all in the natural
// scale. Finite bounds of the search scale are its ends. Where one is missing, the
// box reaches from the guess two decades (of the odds, for Logit), or ten times
// the guess's size for Linear (10 for a guess of 0). The guess lies inside the bounds and the
// domain.
func (s Scale) StartBox(lo, hi, guess float64) (float64, float64) {
	reach := 2 * math.Ln10
	switch s {
	case Log10:
		reach = 2
	case Linear:
		reach = 10 * math.Abs(guess)
		if guess == 0 {
			reach = 10
		}
	}
	a, b, x := s.To(lo), s.To(hi), s.To(guess)
	if math.IsInf(a, -1) {
		a = x - reach
	}
	if math.IsInf(b, 1) {
		b = x + reach
	}
	return a, b
}
