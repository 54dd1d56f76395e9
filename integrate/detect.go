package integrate

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/odefit/odefit/integrate/space"
)

// DetectPattern looks for the entries of f_y that can differ from zero, at (T0, Y0) and
// at states near it: one component at a time is made NaN, and changed at random; a
// component of f that becomes NaN, or changes, depends on it. It costs 3 n + 3
// evaluations of f and is for problems that are solved for longer than that.
//
// It cannot see a dependence that appears only elsewhere: on a branch not taken there,
// at other times, or where f catches NaN and the change is below rounding. With a
// pattern that lacks an entry implicit methods iterate longer, and Rosenbrock methods
// lose order. An error of f at a NaN is ignored; any other error ends the search.
func DetectPattern[S any](p Problem[S]) (*Pattern, error) {
	if err := withSpace(&p); err != nil {
		return nil, err
	}
	flat, ok := p.Space.(space.Coordinates[S])
	if !ok {
		return nil, ErrNoCoordinates
	}
	n := flat.Dim(p.Y0)
	d := &detector[S]{p: &p, flat: flat, y: p.Space.New(p.Y0), dy: p.Space.New(p.Y0), x: make([]float64, n), f: make([]float64, n), f0: make([]float64, n)}
	flat.Flatten(d.x, p.Y0)
	if err := d.base(); err != nil {
		return nil, err
	}
	for j, v := range d.x {
		d.x[j] = math.NaN()
		if d.eval(d.f) == nil {
			d.note(j, func(i int) bool { return d.f[i] != d.f[i] })
		}
		d.x[j] = v
	}
	rng := rand.New(rand.NewPCG(1, 2))
	most := 0.0
	for _, v := range d.x {
		most = max(most, math.Abs(v))
	}
	for range 2 {
		for j, v := range d.x {
			d.x[j] = v*(1+0.01*rng.Float64()) + 1e-3*max(most, 1e-3)*rng.Float64()
		}
		if err := d.base(); err != nil {
			return nil, err
		}
		for j, v := range d.x {
			d.x[j] = v * (1 + 0.01*(0.5+rng.Float64()))
			if err := d.eval(d.f); err != nil {
				return nil, fmt.Errorf("integrate: DetectPattern: %w", err)
			}
			d.note(j, func(i int) bool { return d.f[i] != d.f0[i] })
			d.x[j] = v
		}
	}
	return Entries(n, d.rows, d.cols), nil
}

type detector[S any] struct {
	p          *Problem[S]
	flat       space.Coordinates[S]
	y, dy      S
	x, f, f0   []float64
	rows, cols []int
}

// base sets f0 to f at the state at hand.
func (d *detector[S]) base() error {
	if err := d.eval(d.f0); err != nil {
		return fmt.Errorf("integrate: DetectPattern: %w", err)
	}
	for _, v := range d.f0 {
		if !finite(v) {
			return fmt.Errorf("integrate: DetectPattern: %w", ErrNonFinite)
		}
	}
	return nil
}

func (d *detector[S]) eval(f []float64) error {
	d.flat.Unflatten(d.y, d.x)
	if err := d.p.F(d.dy, d.p.T0, d.y); err != nil {
		return err
	}
	d.flat.Flatten(f, d.dy)
	return nil
}

// note adds the entries of column j.
func (d *detector[S]) note(j int, depends func(i int) bool) {
	for i := range d.f {
		if depends(i) {
			d.rows, d.cols = append(d.rows, i), append(d.cols, j)
		}
	}
}
