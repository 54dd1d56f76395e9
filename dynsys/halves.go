package dynsys

import (
	"errors"
	"fmt"
	"math"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// ErrNotSeparable: the positions of a system with Momenta move by more than its momenta,
// or these by more than its positions.
var ErrNotSeparable = errors.New("the system is not separable: q' depends on q, or p' on p")

// Halves parts the right-hand side of a system with Momenta into the motion of positions
// q and that of momenta p,
//
//	q' = v(t, p),   p' = f(t, q).
//
// Each half is that of the whole right-hand side, evaluated with the other half of the
// state held where the solution begins: it costs a whole evaluation. Halves belong to one
// goroutine.
type Halves[S any] struct {
	s     *System[S]
	flat  space.Coordinates[S]
	ref   []float64 // the state held
	x     []float64
	state S
}

// Halves returns the halves of a system whose states are of the space sp and which starts
// from y0 at t. It looks whether the system is separable at y0 and a state near it.
func (s *System[S]) Halves(sp space.Space[S], t float64, y0 S, p []float64) (*Halves[S], error) {
	flat, ok := sp.(space.Coordinates[S])
	if !ok {
		return nil, errors.New("dynsys: Momenta need a state with coordinates")
	}
	n := flat.Dim(y0)
	if len(s.Momenta) != n {
		panic(fmt.Sprintf("dynsys: %d entries of Momenta for a state of %d coordinates", len(s.Momenta), n))
	}
	h := &Halves[S]{s: s, flat: flat, ref: make([]float64, n), x: make([]float64, n), state: sp.New(y0)}
	flat.Flatten(h.ref, y0)
	return h, h.check(sp, t, p)
}

// check compares each half at y0 with that where the half that must not matter is moved.
func (h *Halves[S]) check(sp space.Space[S], t float64, p []float64) error {
	f, dy := make([]float64, len(h.x)), sp.New(h.state)
	at := func(dst []float64) error {
		h.flat.Unflatten(h.state, h.x)
		err := h.s.RHS(dy, t, h.state, p)
		h.flat.Flatten(dst, dy)
		return err
	}
	copy(h.x, h.ref)
	if err := at(f); err != nil {
		return err
	}
	moved, largest := make([]float64, len(h.x)), 0.
	for _, v := range h.ref {
		largest = max(largest, math.Abs(v))
	}
	for _, momenta := range []bool{false, true} {
		for i, v := range h.ref {
			if h.x[i] = v; h.s.Momenta[i] == momenta {
				h.x[i] += 1e-3 * (math.Abs(v) + 1e-3*largest)
			}
		}
		if err := at(moved); err != nil {
			return err
		}
		for i, v := range moved {
			if h.s.Momenta[i] == momenta && math.Abs(v-f[i]) > 1e-12*math.Abs(f[i]) {
				return fmt.Errorf("dynsys: %w (coordinate %d)", ErrNotSeparable, i)
			}
		}
	}
	return nil
}

// Only sets dst to y with its momenta, or else its positions, and zero in place of the
// others. dst may be y.
func (h *Halves[S]) Only(momenta bool, dst, y S) {
	h.flat.Flatten(h.x, y)
	for i, m := range h.s.Momenta {
		if m != momenta {
			h.x[i] = 0
		}
	}
	h.flat.Unflatten(dst, h.x)
}

// At returns y with its momenta, or else its positions, the others being those held. It
// is valid until the next call.
func (h *Halves[S]) At(momenta bool, y S) S {
	h.flat.Flatten(h.x, y)
	for i, m := range h.s.Momenta {
		if m != momenta {
			h.x[i] = h.ref[i]
		}
	}
	h.flat.Unflatten(h.state, h.x)
	return h.state
}

// Split returns the halves as functions of the state, by way of a right-hand side.
func (h *Halves[S]) Split(f integrate.Func[S]) *integrate.Split[S] {
	half := func(momenta bool) integrate.Func[S] {
		return func(dy S, t float64, y S) error {
			if err := f(dy, t, h.At(!momenta, y)); err != nil {
				return err
			}
			h.Only(momenta, dy, dy)
			return nil
		}
	}
	return &integrate.Split[S]{Drift: half(false), Kick: half(true)}
}
