package sensitivity

import (
	"context"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// Path is a solution and its tangents at some times.
type Path[S any] struct {
	T []float64 // as asked for
	Y []S       // Y[k] = y(T[k])
	// Tangents[k][i] is the derivative of Y[k] along direction i.
	Tangents [][]S
	Stats    Stats
	Warnings []string
}

// Trajectory returns the solution of a problem at times, in any order, between T0
// and T1, with its tangents along directions. Nil directions mean every parameter
// by itself.
//
// Tangents are part of the error control, each by itself. Where an event or a break of
// the right-hand side moves with the parameters, tangents jump; an observation at its
// time sees them after it. Behind an event that ends the run, all stays as it is.
func Trajectory[S any](ctx context.Context, p Problem[S], times []float64, directions []Direction[S], set *Settings) (*Path[S], error) {
	tr := Tracer[S]{Problem: p, Times: times, Directions: directions, Settings: set}
	return tr.Trace(ctx)
}

// Tracer computes trajectories of one system again and again, as a fit does, and
// uses its memory again. Its fields may be changed between runs.
type Tracer[S any] struct {
	Problem Problem[S]
	Times   []float64
	// Before[k] says that Times[k] comes before the events of its time, not after them.
	// It stands before a Times of the same value that comes after. Nil: all come after.
	Before     []bool
	Directions []Direction[S] // nil: every parameter by itself
	Settings   *Settings

	m       *model[S]
	units   []Direction[S] // what nil directions stand for
	with    sampler[S]
	without sampler[S]
}

// Trace returns the trajectory with its tangents, as [Trajectory] does. It is
// valid until the next call of Trace.
func (tr *Tracer[S]) Trace(ctx context.Context) (*Path[S], error) {
	dirs := tr.Directions
	if dirs == nil {
		if n := tr.Problem.System.NumParams; len(tr.units) != n {
			tr.units = ParameterDirections[S](n)
		}
		dirs = tr.units
	}
	return tr.run(ctx, &tr.with, dirs)
}

// Simulate returns the trajectory without tangents. It is valid until the next
// call of Simulate. Its steps are not those of Trace: the two differ by as much as
// the tolerance allows.
func (tr *Tracer[S]) Simulate(ctx context.Context) (*Path[S], error) {
	return tr.run(ctx, &tr.without, nil)
}

func (tr *Tracer[S]) run(ctx context.Context, s *sampler[S], dirs []Direction[S]) (*Path[S], error) {
	if err := checkTimes("Times", tr.Times, tr.Problem.T0, tr.Problem.T1); err != nil {
		return nil, err
	}
	if tr.m == nil {
		tr.m = &model[S]{}
	}
	if err := tr.m.set(tr.Problem); err != nil {
		return nil, err
	}
	set := orDefault(tr.Settings)
	if err := s.flow.prepare(tr.m, dirs, nil, &set); err != nil {
		return nil, err
	}
	s.before = tr.Before
	if err := s.sample(ctx, tr.Times, &set); err != nil {
		return nil, err
	}
	s.path.T, s.path.Stats, s.path.Warnings = tr.Times, tr.m.stats, tr.m.warnings()
	return &s.path, nil
}

// sampler runs a flow and keeps what it is at some times.
type sampler[S any] struct {
	flow   flow[S]
	order  []int
	at     []*space.Bundle[S] // at[k] belongs to times[k]
	end    *space.Bundle[S]
	path   Path[S] // views of at
	sized  *space.Bundles[S]
	before []bool               // nil: none of the times
	watch  func(t float64, y S) // called with the end of every step, if not nil
}

// sample runs the flow.
func (s *sampler[S]) sample(ctx context.Context, times []float64, set *Settings) error {
	s.resize(len(times))
	s.order = inOrder(s.order, times, s.flow.m.dir())
	next := 0
	early := func(k int) bool { return s.before != nil && s.before[k] }
	for ; next < len(times) && times[s.order[next]] == s.flow.m.T0 && early(s.order[next]); next++ {
		s.flow.sp.Copy(s.at[s.order[next]], s.flow.start)
	}
	see := func(step *integrate.Step[*space.Bundle[S]]) error {
		if s.watch != nil {
			s.watch(step.T1, step.Y1.Y)
		}
		for next < len(times) {
			k := s.order[next]
			if t := times[k]; t != step.T0 && (t-step.T0)*(t-step.T1) >= 0 && !(t == step.T1 && early(k)) {
				return nil // at T1 or beyond: what happens at T1 comes first
			}
			if err := step.At(s.at[k], times[k]); err != nil {
				return err
			}
			next++
		}
		return nil
	}
	return s.flow.run(ctx, set, see, func(_ float64, y *space.Bundle[S]) error {
		for ; next < len(times); next++ {
			s.flow.sp.Copy(s.at[s.order[next]], y)
		}
		s.flow.sp.Copy(s.end, y)
		return nil
	})
}

// resize makes room for n times.
func (s *sampler[S]) resize(n int) {
	if s.sized == s.flow.sp && len(s.at) == n {
		return
	}
	s.sized = s.flow.sp
	s.at = make([]*space.Bundle[S], n)
	s.path.Y, s.path.Tangents = make([]S, n), make([][]S, n)
	for k := range s.at {
		s.at[k] = s.flow.sp.New(s.flow.start)
		s.path.Y[k], s.path.Tangents[k] = s.at[k].Y, s.at[k].T
	}
	s.end = s.flow.sp.New(s.flow.start)
}
