package sensitivity

import (
	"context"
	"fmt"
	"slices"

	"github.com/odefit/odefit/integrate"
)

// sweep walks a record backward from T1 to T0 and transposes what it meets: terms
// of the loss at step ends, events and breaks that move, terms inside a step, the step.
type sweep[S any] struct {
	ctx   context.Context
	a     *account[S]
	rec   *integrate.Record[S]
	keep  bool  // the adjoint at every step end
	order []int // observations in the order of the forward pass
	next  int   // the last of order not met yet
	leap  *leapBack[S]
	live  bool // the adjoint may be other than zero

	lambda, c S // adjoint; dl/dy
	step      transpose[S]
	one       [1]float64
	term      [1]S

	replay *integrate.Replay[S]
	y1     S // state at the end of the step, events there included
	before S // and before these
	in     *integrate.Inside[S]
}

func newSweep[S any](ctx context.Context, a *account[S], rec *integrate.Record[S]) (*sweep[S], error) {
	sp, y0 := a.m.sp, a.m.y0
	s := &sweep[S]{
		ctx: ctx, a: a, rec: rec,
		order:  inOrder(nil, a.loss.Times, a.m.dir()),
		live:   a.loss.G != nil,
		lambda: sp.New(y0), c: sp.New(y0), before: sp.New(y0), in: rec.Inside(),
		y1: sp.New(y0),
	}
	s.next = len(s.order) - 1
	var err error
	if s.leap, err = newLeapBack(a); err != nil {
		return nil, err
	}
	if s.step, err = newTranspose(a, rec); err != nil {
		return nil, err
	}
	s.replay, err = rec.Replay()
	return s, err
}

// run carries the adjoint from T1 to T0 and closes the account.
func (s *sweep[S]) run() error {
	a, rec := s.a, s.rec
	n := rec.Len()
	a.m.sp.Copy(s.y1, rec.End)
	for n--; n >= 0; n-- {
		if err := s.ctx.Err(); err != nil {
			return s.fail(n, fmt.Errorf("%w: %w", integrate.ErrCancelled, err))
		}
		y, k, err := s.replay.Load(n)
		if err != nil {
			return s.fail(n, err)
		}
		if err := s.knot(rec.T[n+1], s.y1); err != nil {
			return s.fail(n, err)
		}
		if err := s.cross(n, y, k); err != nil {
			return s.fail(n, err)
		}
		if err := s.inside(n, y, k); err != nil {
			return s.fail(n, err)
		}
		if s.live {
			if err := s.step.apply(s.lambda, rec, n, y, k); err != nil {
				return s.fail(n, err)
			}
			a.m.stats.Backward++
			if !finite(a.m.size(s.lambda)) {
				return s.fail(n, fmt.Errorf("the adjoint: %w", integrate.ErrNonFinite))
			}
		}
		a.m.sp.Copy(s.y1, y)
	}
	a.m.stats.Replayed = s.replay.Stats.Steps
	if err := s.knot(a.m.T0, s.y1); err != nil {
		return s.fail(-1, err)
	}
	if err := s.leap.cross(s.lambda, a.m.T0, a.m.y0, rec.ActedAt(0)); err != nil {
		return s.fail(-1, err)
	}
	slices.Reverse(a.res.Adjoint)
	a.m.sp.Copy(a.res.Y0, s.lambda)
	if err := a.foldInitial(); err != nil {
		return err
	}
	if err := a.start(); err != nil {
		return s.fail(-1, err)
	}
	return a.ends(a.dot.Dot(a.f, s.lambda), rec.End)
}

// cross carries the adjoint across what happened at the end of step n, which starts
// from y with the stages k.
func (s *sweep[S]) cross(n int, y S, k []S) error {
	acted := s.rec.ActedAt(n + 1)
	switch {
	case !s.live:
		return nil
	case len(acted) == 0:
		return s.leap.cross(s.lambda, s.rec.T[n+1], s.y1, nil)
	}
	if err := s.in.Enter(n, y, k); err != nil {
		return err
	}
	s.in.At(s.before, s.rec.T[n+1])
	return s.leap.cross(s.lambda, s.rec.T[n+1], s.before, acted)
}

// knot acts at the end of a step: the terms of the loss there, and behind an end that
// an event set, add to the adjoint.
func (s *sweep[S]) knot(t float64, y S) error {
	a := s.a
	sp := a.m.sp
	if s.keep {
		a.res.Adjoint = append(a.res.Adjoint, Knot[S]{T: t, Before: sp.New(y), After: sp.New(y)})
		sp.Copy(a.res.Adjoint[len(a.res.Adjoint)-1].Before, s.lambda)
	}
	for ; s.next >= 0 && a.m.clip(a.loss.Times[s.order[s.next]]) == t; s.next-- {
		if err := a.observe(s.c, s.order[s.next], y); err != nil {
			return err
		}
		s.add(s.c)
	}
	if s.keep {
		sp.Copy(a.res.Adjoint[len(a.res.Adjoint)-1].After, s.lambda)
	}
	return nil
}

// add adds c to the adjoint.
func (s *sweep[S]) add(c S) {
	s.one[0], s.term[0] = 1, c
	s.a.m.sp.AddScaled(s.lambda, s.lambda, s.one[:], s.term[:])
	s.live = true
}

// inside hands the observations inside step n to the step's transpose.
func (s *sweep[S]) inside(n int, y S, k []S) error {
	a, rec := s.a, s.rec
	dir := a.m.dir()
	for ; s.next >= 0; s.next-- {
		o := s.order[s.next]
		t := a.loss.Times[o]
		if dir*t <= dir*rec.T[n] {
			return nil
		}
		at, err := s.step.inside(rec, n, t, y, k)
		if err != nil {
			return err
		}
		if err := a.observe(s.step.seed(), o, at); err != nil {
			return err
		}
		s.live = true
	}
	return nil
}

// fail makes the error of the sweep, which has transposed all steps after n.
func (s *sweep[S]) fail(n int, reason error) error {
	return inPass(BackwardPass, &Error{
		Phase: BackwardPass, T: s.rec.T[n+1], Step: s.rec.Len() - 1 - n, Component: -1, Reason: reason,
	})
}
