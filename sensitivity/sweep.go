package sensitivity

import (
	"context"
	"fmt"
	"slices"

	"github.com/odefit/odefit/integrate"
)

// sweep walks a record backward from T1 to T0 and transposes what it meets, for every
// adjoint: terms of its loss at step ends, events and breaks that move, terms inside a
// step, the step.
type sweep[S any] struct {
	ctx      context.Context
	m        *model[S]
	rec      *integrate.Record[S]
	keep     bool // the adjoints at every step end
	adjoints []*descent[S]

	replay *integrate.Replay[S]
	y1     S // state at the end of the step, events there included
	before S // and before these
	in     *integrate.Inside[S]
}

// descent is the adjoint of one loss on its way back.
type descent[S any] struct {
	a     *account[S]
	order []int // observations in the order of the forward pass
	next  int   // the last of order not met yet
	leap  *leapBack[S]
	live  bool // the adjoint may be other than zero

	lambda, c S // adjoint; dl/dy
	step      transpose[S]
	one       [1]float64
	term      [1]S
}

func newSweep[S any](ctx context.Context, as []*account[S], rec *integrate.Record[S]) (*sweep[S], error) {
	m := as[0].m
	s := &sweep[S]{ctx: ctx, m: m, rec: rec, before: m.sp.New(m.y0), in: rec.Inside(), y1: m.sp.New(m.y0)}
	for _, a := range as {
		d, err := newDescent(a, rec)
		if err != nil {
			return nil, err
		}
		s.adjoints = append(s.adjoints, d)
	}
	var err error
	s.replay, err = rec.Replay()
	return s, err
}

func newDescent[S any](a *account[S], rec *integrate.Record[S]) (*descent[S], error) {
	d := &descent[S]{
		a:      a,
		order:  inOrder(nil, a.loss.Times, a.m.dir()),
		live:   a.loss.G != nil,
		lambda: a.m.sp.New(a.m.y0), c: a.m.sp.New(a.m.y0),
	}
	d.next = len(d.order) - 1
	var err error
	if d.leap, err = newLeapBack(a); err != nil {
		return nil, err
	}
	d.step, err = newTranspose(a, rec)
	return d, err
}

// run carries the adjoints from T1 to T0 and closes the accounts.
func (s *sweep[S]) run() error {
	m, rec := s.m, s.rec
	m.sp.Copy(s.y1, rec.End)
	for n := rec.Len() - 1; n >= 0; n-- {
		if err := s.ctx.Err(); err != nil {
			return s.fail(n, fmt.Errorf("%w: %w", integrate.ErrCancelled, err))
		}
		y, k, err := s.replay.Load(n)
		if err != nil {
			return s.fail(n, err)
		}
		if err := s.state(n, y, k); err != nil {
			return s.fail(n, err)
		}
		for _, d := range s.adjoints {
			if err := s.back(d, n, y, k); err != nil {
				return s.fail(n, err)
			}
		}
		m.sp.Copy(s.y1, y)
	}
	m.stats.Replayed = s.replay.Stats.Steps
	for _, d := range s.adjoints {
		if err := s.arrive(d); err != nil {
			return err
		}
	}
	return nil
}

// state finds the state before the events, or the jump of algebraic components, at the
// end of step n, if there are any.
func (s *sweep[S]) state(n int, y S, k []S) error {
	if len(s.rec.ActedAt(n+1)) == 0 && !(s.m.sys.Mass != nil && slices.Contains(s.m.breaks, s.rec.T[n+1])) {
		s.m.sp.Copy(s.before, s.y1)
		return nil
	}
	if err := s.in.Enter(n, y, k); err != nil {
		return err
	}
	s.in.At(s.before, s.rec.T[n+1])
	return nil
}

// back carries one adjoint from the end of step n, which starts from y with the stages
// k, to its start.
func (s *sweep[S]) back(d *descent[S], n int, y S, k []S) error {
	t, m := s.rec.T[n+1], s.m
	if err := d.knot(t, s.y1, s.keep); err != nil {
		return err
	}
	if d.live {
		if err := d.leap.cross(d.lambda, t, s.before, s.rec.ActedAt(n+1)); err != nil {
			return err
		}
	}
	if err := d.inside(s.rec, n, y, k); err != nil || !d.live {
		return err
	}
	if err := d.step.apply(d.lambda, s.rec, n, y, k); err != nil {
		return err
	}
	m.stats.Backward++
	if !finite(m.size(d.lambda)) {
		return fmt.Errorf("the adjoint: %w", integrate.ErrNonFinite)
	}
	return nil
}

// arrive closes the account of an adjoint that has come to T0.
func (s *sweep[S]) arrive(d *descent[S]) error {
	a, m := d.a, s.m
	if err := d.knot(m.T0, s.y1, s.keep); err != nil {
		return s.fail(-1, err)
	}
	if err := d.leap.cross(d.lambda, m.T0, m.y0, s.rec.ActedAt(0)); err != nil {
		return s.fail(-1, err)
	}
	slices.Reverse(a.res.Adjoint)
	if err := m.unsettle(d.lambda, a.res.P, m.within(m.T0), m.y0); err != nil {
		return s.fail(-1, err)
	}
	m.sp.Copy(a.res.Y0, d.lambda)
	if err := a.foldInitial(); err != nil {
		return err
	}
	if err := a.start(); err != nil {
		return s.fail(-1, err)
	}
	return a.ends(a.dot.Dot(a.f, a.res.Y0), s.rec.End)
}

// knot acts at the end of a step: the terms of the loss there, and behind an end that
// an event set, add to the adjoint.
func (d *descent[S]) knot(t float64, y S, keep bool) error {
	a := d.a
	sp := a.m.sp
	if keep {
		a.res.Adjoint = append(a.res.Adjoint, Knot[S]{T: t, Before: sp.New(y), After: sp.New(y)})
		sp.Copy(a.res.Adjoint[len(a.res.Adjoint)-1].Before, d.lambda)
	}
	for ; d.next >= 0 && a.m.clip(a.loss.Times[d.order[d.next]]) == t; d.next-- {
		if err := a.observe(d.c, d.order[d.next], y); err != nil {
			return err
		}
		d.add(d.c)
	}
	if keep {
		sp.Copy(a.res.Adjoint[len(a.res.Adjoint)-1].After, d.lambda)
	}
	return nil
}

// add adds c to the adjoint.
func (d *descent[S]) add(c S) {
	d.one[0], d.term[0] = 1, c
	d.a.m.sp.AddScaled(d.lambda, d.lambda, d.one[:], d.term[:])
	d.live = true
}

// inside hands the observations inside step n to the step's transpose.
func (d *descent[S]) inside(rec *integrate.Record[S], n int, y S, k []S) error {
	a := d.a
	dir := a.m.dir()
	for ; d.next >= 0; d.next-- {
		o := d.order[d.next]
		t := a.loss.Times[o]
		if dir*t <= dir*rec.T[n] {
			return nil
		}
		at, err := d.step.inside(rec, n, t, y, k)
		if err != nil {
			return err
		}
		if err := a.observe(d.step.seed(), o, at); err != nil {
			return err
		}
		d.live = true
	}
	return nil
}

// fail makes the error of the sweep, which has transposed all steps after n.
func (s *sweep[S]) fail(n int, reason error) error {
	return inPass(BackwardPass, &Error{
		Phase: BackwardPass, T: s.rec.T[n+1], Step: s.rec.Len() - 1 - n, Component: -1, Reason: reason,
	})
}
