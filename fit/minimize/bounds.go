package minimize

import (
	"fmt"
	"math"
)

// Bounds is a box lo <= x <= hi in the search scale. Entries may be infinite; a
// nil slice means no bounds on that side. Lo[i] == Hi[i] holds x[i] fixed.
type Bounds struct {
	Lo, Hi []float64
}

// Side says on which bound a parameter lies.
type Side int

const (
	Interior Side = iota // strictly between its bounds
	Lower                // exactly on its lower bound (also when both bounds coincide)
	Upper                // exactly on its upper bound
)

func (s Side) String() string {
	switch s {
	case Interior:
		return "interior"
	case Lower:
		return "lower"
	case Upper:
		return "upper"
	}
	return fmt.Sprintf("Side(%d)", int(s))
}

// BoundsError names the parameter whose bounds make no interval.
type BoundsError struct {
	Index  int
	Lo, Hi float64
}

func (e *BoundsError) Error() string {
	return fmt.Sprintf("minimize: bounds of parameter %d are no interval: lower %g, upper %g", e.Index, e.Lo, e.Hi)
}

// Check returns a *BoundsError for the first of n parameters whose bounds hold no
// finite value: a NaN, a lower bound above the upper one, or one of +Inf. It
// panics when a slice that is not nil has another length than n.
//
// The methods of this package panic where Check fails: bounds that came from
// users are to be checked, and explained, before.
func (b Bounds) Check(n int) error {
	if b.Lo != nil && len(b.Lo) != n || b.Hi != nil && len(b.Hi) != n {
		panic(fmt.Sprintf("minimize: %d lower and %d upper bounds for %d parameters", len(b.Lo), len(b.Hi), n))
	}
	for i := range n {
		lo, hi := b.lower(i), b.upper(i)
		if !(lo <= hi) || math.IsInf(lo, 1) || math.IsInf(hi, -1) {
			return &BoundsError{Index: i, Lo: lo, Hi: hi}
		}
	}
	return nil
}

// Project moves x to the nearest point of the box. A NaN stays.
func (b Bounds) Project(x []float64) {
	for i, v := range x {
		if v < b.lower(i) {
			x[i] = b.lower(i)
		} else if v > b.upper(i) {
			x[i] = b.upper(i)
		}
	}
}

// Side says where x lies between the bounds of parameter i.
func (b Bounds) Side(i int, x float64) Side {
	switch {
	case x <= b.lower(i):
		return Lower
	case x >= b.upper(i):
		return Upper
	}
	return Interior
}

func (b Bounds) lower(i int) float64 {
	if b.Lo == nil {
		return math.Inf(-1)
	}
	return b.Lo[i]
}

func (b Bounds) upper(i int) float64 {
	if b.Hi == nil {
		return math.Inf(1)
	}
	return b.Hi[i]
}

// held reports whether parameter i cannot move downhill: it is fixed, or lies on a
// bound and the gradient points out of the box there. A parameter on a bound whose
// gradient is zero is held too; it is released as soon as there is a slope.
func (b Bounds) held(i int, x, gradient float64) bool {
	lo, hi := b.lower(i), b.upper(i)
	return lo == hi || x <= lo && gradient >= 0 || x >= hi && gradient <= 0
}

// slope returns the largest absolute component of the gradient over the
// parameters that are not held: zero exactly where x satisfies the first-order
// conditions of the bounded problem.
func (b Bounds) slope(x, gradient []float64) float64 {
	s := 0.0
	for i, g := range gradient {
		if !b.held(i, x[i], g) {
			s = math.Max(s, math.Abs(g)) // math.Max keeps a NaN
		}
	}
	return s
}

// sides returns the side of every parameter.
func (b Bounds) sides(x []float64) []Side {
	s := make([]Side, len(x))
	for i, v := range x {
		s[i] = b.Side(i, v)
	}
	return s
}

// checkStart panics where the start or the bounds do not fit a problem of n parameters.
func checkStart(n int, b Bounds, x0 []float64) {
	if len(x0) != n {
		panic(fmt.Sprintf("minimize: start of %d elements for %d parameters", len(x0), n))
	}
	if err := b.Check(n); err != nil {
		panic(err)
	}
}
