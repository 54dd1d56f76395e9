package sensitivity

import "github.com/odefit/odefit/integrate"

// symplecticTranspose is the transpose of a step of a composition of kicks and drifts,
//
//	y <- y + a_i h K(t_i, y),   y <- y + d_i h D(t'_i, y),
//
// which goes through them from the last to the first,
//
//	lambda += d_i h D_y^T lambda,   dL/dp += d_i h D_p^T lambda,
//	lambda += a_i h K_y^T lambda,   dL/dp += a_i h K_p^T lambda,
//
// at the states between, which are computed again. An observation inside is at the end
// of a shorter step, and its cotangent goes back through that one.
type symplecticTranspose[S any] struct {
	a             *account[S]
	split         *integrate.Split[S]
	kicks, drifts []float64
	pieces        []motionPart
	y             []S // states before each of them, and behind the last
	f, w          S

	terms[S]
	moments[S]
}

// motionPart is one kick or drift.
type motionPart struct {
	kick    bool
	t, size float64
}

var _ transpose[[]float64] = (*symplecticTranspose[[]float64])(nil)

func newSymplecticTranspose[S any](a *account[S], rec *integrate.Record[S], m integrate.Symplectic) *symplecticTranspose[S] {
	sp, y0 := a.m.sp, a.m.y0
	e := &symplecticTranspose[S]{
		a: a, split: a.m.integral().Split, f: sp.New(y0), w: sp.New(y0),
		terms: terms[S]{sp: sp}, moments: newMoments(a, rec),
	}
	e.kicks, e.drifts = m.Composition().Pieces()
	e.pieces = make([]motionPart, len(e.kicks)+len(e.drifts))
	for range len(e.pieces) + 1 {
		e.y = append(e.y, sp.New(y0))
	}
	return e
}

// apply implements [transpose].
func (e *symplecticTranspose[S]) apply(lambda S, rec *integrate.Record[S], n int, y S, _ []S) error {
	t0, last := rec.T[n], rec.Bound(n)
	if err := e.walk(lambda, t0, rec.T[n+1], last, y); err != nil {
		return err
	}
	for q, c := range e.list[:e.used] {
		if err := e.walk(c, t0, e.t[q], last, y); err != nil {
			return err
		}
		e.add(lambda, 1, c)
	}
	e.clear()
	return nil
}

// plan sets the pieces of a step from t to t1: when they move, and how far.
func (e *symplecticTranspose[S]) plan(t, t1, last float64) {
	h := t1 - t
	var q, p float64 // how far positions and momenta have come
	for i := range e.pieces {
		x, k := &e.pieces[i], i/2
		if x.kick = i%2 == 0; x.kick {
			c := q
			if k == len(e.kicks)-1 {
				c = 1
			}
			p += e.kicks[k]
			x.t, x.size = min(integrate.StageTime(t, t1, c), last), h*e.kicks[k]
			continue
		}
		q += e.drifts[k]
		x.t, x.size = min(t+p*h, last), h*e.drifts[k]
	}
}

// walk replaces lambda at t1 by that at t, along a step from y.
func (e *symplecticTranspose[S]) walk(lambda S, t, t1, last float64, y S) error {
	e.plan(t, t1, last)
	e.sp.Copy(e.y[0], y)
	for i, x := range e.pieces {
		move := e.split.Drift
		if x.kick {
			move = e.split.Kick
		}
		if err := move(e.f, x.t, e.y[i]); err != nil {
			return err
		}
		e.begin()
		e.plus(x.size, e.f)
		e.sum(e.y[i+1], e.y[i])
	}
	for i := len(e.pieces) - 1; i >= 0; i-- {
		x := e.pieces[i]
		e.begin()
		e.plus(x.size, lambda)
		e.sum(e.w, e.a.m.zero)
		if err := e.a.m.halfVJP(x.kick, e.f, e.a.res.P, x.t, e.y[i], e.w); err != nil {
			return err
		}
		e.add(lambda, 1, e.f)
	}
	return nil
}
