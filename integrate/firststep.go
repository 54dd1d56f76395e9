package integrate

import (
	"errors"
	"fmt"
	"math"
)

// firstStep sets the size of the first step after a start or a restart: the one
// asked for, or the estimate of Hairer, Norsett, Wanner, Solving ODEs I, section
// II.4, from the sizes of y, f and its change over a small Euler step. It costs
// two evaluations.
func (r *Run[S]) firstStep(end float64) error {
	left := math.Abs(end - r.t)
	if r.set.FirstStep > 0 && r.stats.Steps == 0 {
		r.h = r.set.FirstStep
		return nil
	}
	f0, f1, y1 := r.e, r.sp.New(r.y), r.trial
	last := lastBefore(r.p.Breaks, r.t, r.dir)
	if err := r.slope(f0, min(r.t, last), r.y); err != nil {
		return r.fail(fmt.Errorf("the right-hand side at the start: %w", err))
	}
	d0 := r.sp.Norm(r.y, r.y, r.y, r.tol)
	d1 := r.sp.Norm(f0, r.y, r.y, r.tol)
	if !finite(d1) {
		return r.fail(fmt.Errorf("the right-hand side at the start: %w", ErrNonFinite))
	}
	h0 := 0.01 * d0 / d1
	if d0 < 1e-5 || d1 < 1e-5 {
		h0 = 1e-6 * max(1, math.Abs(r.t))
	}
	h0 = min(h0, left)
	for range 60 {
		r.coef[0], r.one[0] = r.dir*h0, f0
		r.sp.AddScaled(y1, r.y, r.coef[:], r.one[:])
		err := r.slope(f1, min(r.t+r.dir*h0, last), y1)
		if err != nil && !errors.Is(err, ErrRecoverable) {
			return r.fail(err)
		}
		r.coef[0], r.one[0] = -1, f0
		r.sp.AddScaled(f1, f1, r.coef[:], r.one[:])
		d2 := r.sp.Norm(f1, r.y, r.y, r.tol) / h0
		if err != nil || !finite(d2) {
			h0 /= 10
			continue
		}
		h1 := max(1e-6*max(1, math.Abs(r.t)), h0*1e-3)
		if m := max(d1, d2); m > 1e-15 {
			h1 = math.Pow(0.01/m, 1/float64(r.pErr+1))
		}
		r.h = max(min(100*h0, h1, left), min(64*ulp(r.t), left))
		if r.set.MaxStep > 0 {
			r.h = min(r.h, r.set.MaxStep)
		}
		return nil
	}
	return r.fail(ErrNonFinite)
}

func (r *Run[S]) slope(dy S, t float64, y S) error {
	r.stats.RHS++
	return r.p.F(dy, t, y)
}
