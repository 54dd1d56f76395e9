package sensitivity

import (
	"fmt"
	"math"
	"reflect"

	"github.com/odefit/odefit/integrate/space"
)

// Direction is a joint change of parameters and initial state, along which a
// tangent is the derivative of the solution.
type Direction[S any] struct {
	// P is the change of the parameters, nil for none. Where System.Initial gives
	// the initial state, it changes along.
	P []float64
	// Y0 is the change of the initial state itself, added to the one through
	// System.Initial. The zero value of S (nil) means none.
	Y0 S
	// Scale is the typical size of a step along this direction: the error allowed
	// in the tangent is AbsTol/Scale beside the relative one. Zero means the step
	// that changes a parameter, or the initial state, by its own size.
	Scale float64
}

// ParameterDirections returns the unit directions of n parameters.
func ParameterDirections[S any](n int) []Direction[S] {
	unit := make([]float64, n*n)
	dirs := make([]Direction[S], n)
	for i := range dirs {
		dirs[i].P = unit[i*n : (i+1)*n]
		dirs[i].P[i] = 1
	}
	return dirs
}

// initialDirections returns the unit directions of the initial state.
func initialDirections[S any](m *model[S]) ([]Direction[S], error) {
	c, ok := m.sp.(space.Coordinates[S])
	if !ok {
		return nil, fmt.Errorf("sensitivity: derivatives in the initial state: %w", ErrNoCoordinates)
	}
	unit := make([]float64, c.Dim(m.y0))
	dirs := make([]Direction[S], len(unit))
	for i := range dirs {
		dirs[i].Y0 = m.sp.New(m.y0)
		unit[i] = 1
		c.Unflatten(dirs[i].Y0, unit)
		unit[i] = 0
	}
	return dirs, nil
}

// hasY0 says whether the direction changes the initial state.
func (d *Direction[S]) hasY0() bool { return !reflect.ValueOf(&d.Y0).Elem().IsZero() }

// size returns the typical size of a step along the direction.
func (d *Direction[S]) size(m *model[S], set *Settings) float64 {
	if d.Scale != 0 {
		return math.Abs(d.Scale)
	}
	size := math.Inf(1)
	for i, v := range d.P {
		if v != 0 {
			size = min(size, set.scale(i, m.P[i])/math.Abs(v))
		}
	}
	if d.hasY0() {
		one := space.Tolerance{Abs: 1}
		y, w := m.sp.Norm(m.y0, m.y0, m.y0, one), m.sp.Norm(d.Y0, d.Y0, d.Y0, one)
		switch {
		case w > 0 && y > 0:
			size = min(size, y/w)
		case w > 0:
			size = min(size, 1/w)
		}
	}
	if math.IsInf(size, 1) {
		return 1 // the zero direction
	}
	return size
}
