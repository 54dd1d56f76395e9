package sensitivity

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// chunks computes dL along directions in pieces of size n, each an integration of the
// state with its tangents, on steps of its own.
type chunks[S any] struct {
	p      Problem[S]
	losses []*Loss[S]
	set    *Settings
	n      int
}

// run sets out[l][i] to dL along dirs[i] of loss l, from the first on. With Problem.More, as many pieces as there are
// processors run at a time; what is computed does not depend on their number.
func (c *chunks[S]) run(ctx context.Context, out [][]float64, first int, dirs []Direction[S]) (Stats, error) {
	type piece struct {
		from, to int
		stats    Stats
		err      error
	}
	var pieces []piece
	for from := first; from < len(dirs); from += c.n {
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
				var d [][]float64
				if d, piece.stats, piece.err = derivatives(ctx, p, c.losses, dirs[piece.from:piece.to], c.set); piece.err != nil {
					cancel()
					return
				}
				for l := range d {
					copy(out[l][piece.from:], d[l])
				}
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

// derivatives returns dL of every loss along every direction.
func derivatives[S any](ctx context.Context, p Problem[S], losses []*Loss[S], dirs []Direction[S], set *Settings) ([][]float64, Stats, error) {
	as, err := newAccounts(p, losses)
	if err != nil {
		return nil, Stats{}, err
	}
	along, _, err := derivativesOf(ctx, as, dirs, set, nil)
	if err != nil {
		return nil, Stats{}, err
	}
	for l, a := range as {
		for i, v := range dirs {
			if v.P != nil {
				along[l][i] += product(a.res.P, v.P) // what L depends on p itself
			}
		}
	}
	return along, as[0].m.stats, nil
}

// derivativesOf puts the values of losses into their accounts and returns what the
// solution does to them along every direction, and its end. watch, if not nil, sees
// every step.
func derivativesOf[S any](ctx context.Context, as []*account[S], dirs []Direction[S], set *Settings, watch func(t float64, y S)) (along [][]float64, end S, err error) {
	s := sampler[S]{watch: watch}
	if err := s.flow.prepare(as[0].m, dirs, lossesOf(as), set); err != nil {
		return nil, end, err
	}
	times, from := allTimes(as)
	if err := s.sample(ctx, times, set); err != nil {
		return nil, end, err
	}
	along, cost := make([][]float64, len(as)), 0
	for l, a := range as {
		if along[l], err = s.along(a, from[l]); err != nil {
			return nil, end, err
		}
		if a.loss.G != nil {
			q := s.flow.numbers(s.end.Q, cost)
			cost++
			a.res.Value += q[0]
			for i := range along[l] {
				along[l][i] += q[1+i]
			}
		}
	}
	return along, s.end.Y, nil
}

// allTimes returns the observation times of losses one after the other, equal lists
// once, and where each loss begins.
func allTimes[S any](as []*account[S]) (times []float64, from []int) {
	for l, a := range as {
		same := slices.IndexFunc(as[:l], func(b *account[S]) bool { return slices.Equal(b.loss.Times, a.loss.Times) })
		if same >= 0 {
			from = append(from, from[same])
			continue
		}
		from = append(from, len(times))
		times = append(times, a.loss.Times...)
	}
	return times, from
}

// along evaluates the loss along its samples, the first of which is at[from], and
// returns what it does along the tangents.
func (s *sampler[S]) along(a *account[S], from int) ([]float64, error) {
	sum, c := make([]float64, len(s.flow.dirs)), a.m.sp.New(a.m.y0)
	for _, i := range s.order {
		k := i - from
		if k < 0 || k >= len(a.loss.Times) {
			continue
		}
		if err := a.observe(c, k, s.at[i].Y); err != nil {
			return nil, &Error{Phase: ForwardPass, T: a.loss.Times[k], Step: a.m.stats.Steps, Component: -1, Reason: err}
		}
		for j, tangent := range s.at[i].T {
			sum[j] += a.dot.Dot(c, tangent)
		}
	}
	return sum, nil
}

// Derivative returns dL along one direction, by a tangent: the forward-mode twin of
// [Gradient], at the cost of one tangent whatever the number of parameters. On a
// frozen grid it is the exact derivative of the steps taken.
func Derivative[S any](ctx context.Context, p Problem[S], loss *Loss[S], v Direction[S], set *Settings) (float64, error) {
	d, _, err := derivatives(ctx, p, []*Loss[S]{loss}, []Direction[S]{v}, new(orDefault(set)))
	if err != nil {
		return 0, err
	}
	return d[0][0], nil
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
