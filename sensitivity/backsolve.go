package sensitivity

import (
	"context"
	"fmt"
	"slices"

	"github.com/odefit/odefit/integrate/space"
)

// backsolve is the companion that solves y' = f(t, y, p) backward from y(T1),
// together with the adjoint: it needs no memory of the steps. Where the forward
// solution contracts, the backward one amplifies its errors, without limit in stiff
// and chaotic problems; so the states of the forward pass at observations, breaks, events
// and T0 are kept, and the two are compared there.
type backsolve[S any] struct {
	m     *model[S]
	limit float64 // in units of the tolerance
	reset bool
	tol   space.Tolerance
	times []float64 // sorted
	kept  []S       // forward solution at times
	size  float64   // of its largest state, over all steps
	diff  S
}

func newBacksolve[S any](ctx context.Context, as []*account[S], method Continuous, set *Settings) (*backsolve[S], error) {
	m := as[0].m
	times, _ := allTimes(as)
	times = append(times, m.T0, m.T1)
	for _, t := range m.breaks {
		if t >= min(m.T0, m.T1) && t <= max(m.T0, m.T1) {
			times = append(times, t)
		}
	}
	slices.Sort(times)
	times = slices.Compact(times)
	var s sampler[S]
	if err := s.flow.prepare(m, nil, nil, set); err != nil {
		return nil, err
	}
	s.flow.instants = true
	size := m.size(m.y0)
	m.grid = append(m.grid[:0], m.T0)
	s.watch = func(t float64, y S) {
		size = max(size, m.size(y))
		m.grid = append(m.grid, t)
	}
	if err := s.sample(ctx, times, set); err != nil {
		return nil, err
	}
	b := &backsolve[S]{
		m: m, limit: method.Drift, reset: !method.NoReset, tol: set.Tolerance(),
		times: times, kept: s.path.Y, size: size, diff: m.sp.New(m.y0),
	}
	for _, at := range m.instants {
		if i, ok := slices.BinarySearch(b.times, at.t); !ok {
			b.times, b.kept = slices.Insert(b.times, i, at.t), slices.Insert(b.kept, i, at.after)
		}
	}
	if b.limit == 0 {
		b.limit = 100
	}
	return b, nil
}

func (b *backsolve[S]) states() int { return 1 }

func (b *backsolve[S]) prepare(start *space.Bundle[S], sp *space.Bundles[S]) {
	b.m.sp.Copy(start.T[0], b.known(b.m.end))
	sp.Tangents = []space.Tolerance{b.tol}
}

func (b *backsolve[S]) state(_ float64, z *space.Bundle[S]) S { return z.T[0] }

func (b *backsolve[S]) rhs(dz *space.Bundle[S], t float64, y S) error {
	return b.m.rhs(dz.T[0], t, y)
}

// index returns where in times t is.
func (b *backsolve[S]) index(t float64) int {
	i, ok := slices.BinarySearch(b.times, t)
	if !ok {
		panic("sensitivity: a time at which the forward solution was not kept")
	}
	return i
}

// known returns the forward solution at one of the times.
func (b *backsolve[S]) known(t float64) S { return b.kept[b.index(t)] }

// meet compares the state solved backward with the forward one. Each component is
// weighed by its size at either end of the piece that was just crossed, so that one
// that happens to vanish here is not held to AbsTol alone.
func (b *backsolve[S]) meet(t float64, z *space.Bundle[S]) error {
	i := b.index(t)
	last := min(i+1, len(b.times)-1)
	if b.m.dir() < 0 {
		last = max(i-1, 0)
	}
	y := b.kept[i]
	b.m.sp.AddScaled(b.diff, z.T[0], []float64{-1}, []S{y})
	if drift := b.m.sp.Norm(b.diff, y, b.kept[last], b.tol); !(drift <= b.limit) {
		return fmt.Errorf("%w: by %.3g tolerances, %.3g are allowed", ErrDrift, drift, b.limit)
	}
	if b.reset {
		b.m.sp.Copy(z.T[0], y)
	}
	return nil
}

// depart sets the state to that before the events: a reset cannot be solved backward.
func (b *backsolve[S]) depart(at *instant[S], z *space.Bundle[S]) { b.m.sp.Copy(z.T[0], at.before) }

// follow refuses a state far larger than any of the forward solution, so that one
// that grows without limit is not followed to the next observation.
func (b *backsolve[S]) follow(z *space.Bundle[S]) error {
	if size := b.m.size(z.T[0]); !(size <= stray*b.size) && b.size > 0 {
		return fmt.Errorf("%w: its size is %.3g, that of the forward solution at most %.3g", ErrDrift, size, b.size)
	}
	return nil
}

// stray is how many times larger the state may be.
const stray = 10

func (b *backsolve[S]) largest() float64 { return b.size }
