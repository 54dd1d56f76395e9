package integrate

import (
	"cmp"
	"math"
	"slices"

	"github.com/odefit/odefit/integrate/space"
)

// meet looks for events inside the step to t1 that was just tried and would be
// accepted. Where some act, the step is taken again, to the time of the first, and
// r.acting holds those that act there. It returns the end of the step.
func (r *Run[S]) meet(t1 float64) (float64, error) {
	w := r.watch
	if w == nil || r.set.Acted != nil {
		return t1, nil
	}
	r.acting, w.met = r.acting[:0], w.met[:0]
	if c, ok := r.stepper.(Completer); ok {
		if err := c.Complete(); err != nil {
			return 0, err
		}
	}
	if err := r.sample(t1); err != nil {
		return 0, err
	}
	stop := t1 == r.stops[0].t
	for i := range w.which {
		if err := r.search(i, t1, stop); err != nil {
			return 0, err
		}
	}
	if len(w.met) == 0 {
		return t1, r.observe(t1, r.trial)
	}
	slices.SortStableFunc(w.met, func(a, b crossing) int { return cmp.Compare(r.dir*a.far, r.dir*b.far) })
	return r.first(t1, stop)
}

// first acts on the crossings of a step in their order, up to the first that does
// more than be noted.
func (r *Run[S]) first(t1 float64, stop bool) (float64, error) {
	w := r.watch
	for k, c := range w.met {
		e := &r.p.Events[w.which[c.i]]
		if e.passive() {
			grazing, _, err := r.grazes(c, t1)
			if err == nil {
				err = r.mention(c, t1, grazing)
			}
			if err != nil {
				return 0, err
			}
			continue
		}
		var rate float64
		for _, d := range w.met[k:] { // those of the same time
			n := w.which[d.i]
			if math.Abs(d.far-w.met[k].far) > together*ulp(c.far) || r.p.Events[n].passive() {
				continue
			}
			grazing, its, err := r.grazes(d, t1)
			switch {
			case err != nil:
				return 0, err
			case grazing:
				return 0, r.failAt(d.far, ErrGrazing)
			}
			r.acting = append(r.acting, n)
			c, rate = d, its
		}
		if stop && math.Abs(t1-c.far) <= together*ulp(t1) {
			return t1, r.observe(t1, r.trial)
		}
		return r.land(c, rate, t1)
	}
	return t1, r.observe(t1, r.trial)
}

// together is the distance in floating-point numbers within which events are at one
// time.
const together = 8

// mention reports an event that changes nothing.
func (r *Run[S]) mention(c crossing, t1 float64, grazing bool) error {
	if r.note == nil {
		return nil
	}
	if _, err := r.inside(c.i, c.far, t1); err != nil {
		return err
	}
	y := r.watch.y
	switch c.far {
	case r.t:
		y = r.y
	case t1:
		y = r.trial
	}
	r.note(Met[S]{Event: r.watch.which[c.i], T: c.far, Before: y, After: y, Grazing: grazing})
	return nil
}

// land takes the step again so that it ends at a crossing: by Newton's iteration on
// the state that the step itself arrives at, from the zero of the interpolant, to the
// first floating-point number on the far side.
func (r *Run[S]) land(c crossing, rate, t1 float64) (float64, error) {
	w, t := r.watch, c.far
	for k := 0; ; k++ {
		if err := r.stepper.Attempt(r.trial, r.e, r.t, t, r.y); err != nil {
			return 0, err
		}
		g, err := r.when(c.i, t, r.trial)
		if err != nil {
			return 0, err
		}
		dt := -g / rate
		beyond := g*c.side <= 0
		if beyond && math.Abs(dt) <= 2*ulp(t) || k == landings {
			break
		}
		next := t + dt
		if !beyond || next == t {
			next += r.dir * ulp(t) * float64(int(1)<<max(0, k-3))
		}
		switch {
		case !((next-r.t)*r.dir > 0):
			next = math.Nextafter(r.t, r.dir*math.Inf(1))
		case !((t1-next)*r.dir > 0):
			next = t1
		}
		if next == t {
			break
		}
		t = next
	}
	if !finite(r.sp.Norm(r.trial, r.y, r.trial, space.Tolerance{Abs: 1})) {
		return 0, ErrNonFinite
	}
	if err := r.observe(t, r.trial); err != nil {
		return 0, err
	}
	for i, n := range w.which { // those that crossed at the same floating-point number
		if e := &r.p.Events[n]; w.side[i] == -w.before[i] && e.counts(w.before[i]) && !e.passive() && !slices.Contains(r.acting, n) {
			r.acting = append(r.acting, n)
		}
	}
	return t, nil
}

// landings bounds the iterations of land.
const landings = 8

// rate returns the rate of a function at a crossing, a difference over a millionth of
// the step.
func (r *Run[S]) rate(c crossing, t1 float64) (float64, error) {
	d := r.dir * max(1e-6*math.Abs(t1-r.t), 8*ulp(c.far))
	a, b := r.clip(c.near-d, t1), r.clip(c.far+d, t1)
	ga, err := r.inside(c.i, a, t1)
	if err != nil {
		return 0, err
	}
	gb, err := r.inside(c.i, b, t1)
	return (gb - ga) / (b - a), err
}

// clip returns t or the nearer end of the step to t1.
func (r *Run[S]) clip(t, t1 float64) float64 {
	switch {
	case (t-r.t)*r.dir < 0:
		return r.t
	case (t1-t)*r.dir < 0:
		return t1
	}
	return t
}

// grazes returns the rate of a crossing, and whether it cannot be told from a touch: the function does not
// get far from zero, on one side or the other, beyond what the estimated error of the
// step does to it, or without a rate. With d that error and g' the rate, a clear crossing
// has passed +-4d a time 4d/|g'| from the zero, within a factor of two.
func (r *Run[S]) grazes(c crossing, t1 float64) (grazing bool, rate float64, err error) {
	if rate, err = r.rate(c, t1); err != nil || !(rate*r.dir*c.side < 0) {
		return true, rate, err
	}
	d, err := r.blur(c, t1)
	if err != nil {
		return false, 0, err
	}
	span := 4 * d / math.Abs(rate)
	for _, s := range []float64{-1, 1} {
		t := r.clip(c.far+s*r.dir*span, t1)
		far := math.Abs(t - c.far)
		if far <= 64*ulp(t) {
			continue
		}
		g, err := r.inside(c.i, t, t1)
		if err != nil {
			return false, 0, err
		}
		if ratio := -s * c.side * g / (far * math.Abs(rate)); !(ratio >= 0.5 && ratio <= 2) {
			return true, rate, nil
		}
	}
	return false, rate, nil
}

// blur returns how much the estimated error of the step, and rounding, change a
// function at a crossing.
func (r *Run[S]) blur(c crossing, t1 float64) (float64, error) {
	w := r.watch
	g, err := r.inside(c.i, c.far, t1)
	if err != nil {
		return 0, err
	}
	g1, err := r.inside(c.i, t1, t1)
	if err != nil {
		return 0, err
	}
	floor := 16 * 0x1p-52 * max(math.Abs(r.watch.g[c.i]), math.Abs(g1))
	if !r.set.adaptive() {
		return floor, nil
	}
	y := w.y
	switch c.far {
	case r.t:
		y = r.y
	case t1:
		y = r.trial
	}
	r.one[0], r.coef[0] = r.e, 1
	r.sp.AddScaled(w.e, y, r.coef[:], r.one[:])
	moved, err := r.when(c.i, c.far, w.e)
	return max(floor, math.Abs(moved-g)), err
}
