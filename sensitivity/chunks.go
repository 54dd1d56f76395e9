package sensitivity

import (
	"context"
	"errors"
	"runtime"
	"sync"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// chunks computes dL along directions in pieces of size n, each an integration of the
// state with its tangents, on steps of its own.
type chunks[S any] struct {
	p    Problem[S]
	loss *Loss[S]
	set  *Settings
	n    int
}

// run sets out[i] to dL along dirs[i]. With Problem.More, as many pieces as there are
// processors run at a time; what is computed does not depend on their number.
func (c *chunks[S]) run(ctx context.Context, out []float64, dirs []Direction[S]) (Stats, error) {
	type piece struct {
		from, to int
		stats    Stats
		err      error
	}
	var pieces []piece
	for from := 0; from < len(dirs); from += c.n {
		pieces = append(pieces, piece{from: from, to: min(from+c.n, len(dirs))})
	}
	workers := 1
	if c.p.More != nil {
		workers = min(len(pieces), runtime.GOMAXPROCS(0))
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	next := make(chan *piece, len(pieces))
	for i := range pieces {
		next <- &pieces[i]
	}
	close(next)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			p := c.p
			for piece := range next {
				if p.System == c.p.System && c.p.More != nil {
					if p.System, piece.err = c.p.More(); piece.err != nil {
						cancel()
						return
					}
				}
				var d []float64
				if d, piece.stats, piece.err = derivatives(ctx, p, c.loss, dirs[piece.from:piece.to], c.set); piece.err != nil {
					cancel()
					return
				}
				copy(out[piece.from:], d)
			}
		})
	}
	group.Wait()
	var sum Stats
	var failed error
	for i := range pieces {
		sum.add(&pieces[i].stats)
		if err := pieces[i].err; err != nil && (failed == nil || errors.Is(failed, integrate.ErrCancelled)) {
			failed = err // the first that is not the echo of another
		}
	}
	return sum, failed
}

// derivatives returns dL along every direction.
func derivatives[S any](ctx context.Context, p Problem[S], loss *Loss[S], dirs []Direction[S], set *Settings) ([]float64, Stats, error) {
	a, err := newAccount(p, loss)
	if err != nil {
		return nil, Stats{}, err
	}
	var s sampler[S]
	if err := s.flow.prepare(a.m, dirs, loss, set); err != nil {
		return nil, Stats{}, err
	}
	if err := s.sample(ctx, loss.Times, set); err != nil {
		return nil, Stats{}, err
	}
	along, err := s.along(a, a.m.sp.New(a.m.y0))
	if err != nil {
		return nil, Stats{}, err
	}
	for i, v := range dirs {
		if v.P != nil {
			along[i] += product(a.res.P, v.P) // what L depends on p itself
		}
	}
	return along, a.m.stats, nil
}

// along evaluates the loss along the samples and returns what it does along the
// tangents. c is scratch.
func (s *sampler[S]) along(a *account[S], c S) ([]float64, error) {
	sum := make([]float64, len(s.flow.dirs))
	for _, k := range s.order {
		if err := a.observe(c, k, s.at[k].Y); err != nil {
			return nil, &Error{Phase: ForwardPass, T: a.loss.Times[k], Step: a.m.stats.Steps, Component: -1, Reason: err}
		}
		for i, tangent := range s.at[k].T {
			sum[i] += a.dot.Dot(c, tangent)
		}
	}
	if a.loss.G != nil {
		a.res.Value += s.end.Q[0]
		for i := range sum {
			sum[i] += s.end.Q[1+i]
		}
	}
	return sum, nil
}

// Derivative returns dL along one direction, by a tangent: the forward-mode twin of
// [Gradient], at the cost of one tangent whatever the number of parameters. On a
// frozen grid it is the exact derivative of the steps taken.
func Derivative[S any](ctx context.Context, p Problem[S], loss *Loss[S], v Direction[S], set *Settings) (float64, error) {
	d, _, err := derivatives(ctx, p, loss, []Direction[S]{v}, new(orDefault(set)))
	if err != nil {
		return 0, err
	}
	return d[0], nil
}

// tangentsOf returns the directions of a whole gradient: parameters, then initial
// values, or only the change of the initial state along f0.
func tangentsOf[S any](m *model[S], skipY0 bool, f0 S) ([]Direction[S], error) {
	dirs := ParameterDirections[S](m.sys.NumParams)
	if skipY0 {
		return append(dirs, Direction[S]{Y0: f0}), nil // for dL/dT0
	}
	y0, err := initialDirections(m)
	return append(dirs, y0...), err
}

// initialPart hands the derivatives in the initial values to the result.
func (a *account[S]) initialPart(along []float64) {
	a.m.sp.(space.Coordinates[S]).Unflatten(a.res.Y0, along)
}
