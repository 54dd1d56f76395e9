package integrate

import (
	"cmp"
	"math"
	"slices"
)

// sample looks at all functions of the watch inside the step to t1 that was just
// tried.
func (r *Run[S]) sample(t1 float64) error {
	w := r.watch
	for i := range w.grid {
		w.grid[i] = append(w.grid[i][:0], sample{r.t, w.g[i]})
	}
	for k := 1; k <= samples; k++ {
		t, y := t1, r.trial
		if k < samples {
			t, y = r.t+(t1-r.t)*float64(k)/samples, w.y
			if !((t-r.t)*(t1-t) > 0) {
				continue // a step of a few floating-point numbers
			}
			r.stepper.Interpolate(y, t)
		}
		for i := range w.grid {
			g, err := r.when(i, t, y)
			if err != nil {
				return err
			}
			w.grid[i] = append(w.grid[i], sample{t, g})
		}
	}
	return nil
}

// search appends the crossings of function i inside the step to t1 to those met, up
// to the first at which its event acts. stop says that a stop of the run lies at t1:
// a zero at or next to t1 then is at its time.
func (r *Run[S]) search(i int, t1 float64, stop bool) error {
	w := r.watch
	e := &r.p.Events[w.which[i]]
	side := w.side[i]
	fresh := side == 0
	w.before[i] = side
	if fresh {
		var err error
		if side, err = r.leaves(i, t1); side == 0 || err != nil {
			return err
		}
	}
	w.before[i] = side
	if err := r.dips(i, t1); err != nil {
		return err
	}
	grid := w.grid[i]
	last := grid[0]
	for k, s := range grid[1:] {
		end := k+2 == len(grid) && stop
		switch now := sign(s.g); {
		case now == side:
			last = s
		case now == 0 && !end:
			// the next sample decides
		default:
			if e.counts(side) {
				near, far, err := r.bracket(i, last, s, side, t1)
				if err != nil {
					return err
				}
				if fresh && near == r.t { // it comes back before time can move on
					return r.failAt(r.t, ErrChattering)
				}
				w.met = append(w.met, crossing{i, near, far, side})
				if !e.passive() {
					return nil
				}
			}
			side, last = -side, s
		}
	}
	if n := len(grid); stop && side == sign(grid[n-1].g) && e.counts(side) {
		a, b := grid[n-2], grid[n-1]
		if rate := (a.g - b.g) / math.Abs(b.t-a.t) * side; math.Abs(b.g) <= together*ulp(t1)*rate {
			w.met = append(w.met, crossing{i, a.t, t1, side})
		}
	}
	return nil
}

// leaves returns the side to which function i leaves its zero at the start of the
// step to t1; 0 where it stays zero. Its rate there, from two small steps of Euler's
// method that must agree, says so even where it comes back at once; else the first
// sample off the zero does.
func (r *Run[S]) leaves(i int, t1 float64) (float64, error) {
	w := r.watch
	var d [2]float64
	if r.p.Mass == nil {
		if err := r.slope(w.e, min(r.t, lastBefore(r.p.Breaks, r.t, r.dir)), r.y); err != nil {
			return 0, err
		}
		r.one[0] = w.e
		for k, c := range [2]float64{1e-3, 1e-7} {
			h := c * (t1 - r.t)
			r.coef[0] = h
			r.sp.AddScaled(w.y, r.y, r.coef[:], r.one[:])
			g, err := r.when(i, r.t+h, w.y)
			if err != nil {
				return 0, err
			}
			d[k] = (g - w.g[i]) / c
		}
	}
	if d[0]*d[1] > 0 && math.Abs(d[0]) < 2*math.Abs(d[1]) && math.Abs(d[1]) < 2*math.Abs(d[0]) {
		return sign(d[1]), nil
	}
	for _, s := range w.grid[i][1:] {
		if s.g != w.g[i] {
			return sign(s.g - w.g[i]), nil
		}
	}
	return 0, nil
}

// dips adds samples of function i where three neighbours of one sign suggest an
// extremum at or beyond zero. Where it comes within the estimated error of zero but
// not across, it is mentioned.
func (r *Run[S]) dips(i int, t1 float64) error {
	w := r.watch
	var found [samples]sample
	n := 0
	for k := 1; k+1 < len(w.grid[i]); k++ {
		s, ok, err := r.dip(i, w.grid[i][k-1], w.grid[i][k], w.grid[i][k+1], t1)
		if err != nil {
			return err
		}
		if ok {
			found[n] = s
			n++
		}
	}
	if n > 0 {
		w.grid[i] = append(w.grid[i], found[:n]...)
		slices.SortFunc(w.grid[i], func(a, b sample) int { return cmp.Compare(r.dir*a.t, r.dir*b.t) })
	}
	return nil
}

// dip looks for a sample on the other side of zero between a and c.
func (r *Run[S]) dip(i int, a, b, c sample, t1 float64) (sample, bool, error) {
	side := sign(a.g)
	if side == 0 || sign(c.g) != side || sign(b.g) == -side {
		return b, false, nil
	}
	for range 12 {
		t, low, ok := vertex(a, b, c)
		if !ok || !(side*low < 0.5*side*b.g || b.g == 0) {
			break
		}
		g := 0.0
		if b.g != 0 {
			var err error
			if g, err = r.inside(i, t, t1); err != nil {
				return b, false, err
			}
		}
		s := sample{t, g}
		if side*g < 0 {
			return s, true, nil
		}
		if b.g == 0 || side*g <= side*b.g && side*g > 0.9*side*b.g {
			break
		}
		// keep the lowest of the points in the middle
		switch {
		case side*g < side*b.g && (t-b.t)*r.dir > 0:
			a, b = b, s
		case side*g < side*b.g:
			b, c = s, b
		case (t-b.t)*r.dir > 0:
			c = s
		default:
			a = s
		}
	}
	if r.note == nil {
		return b, false, nil
	}
	touch := crossing{i: i, near: b.t, far: b.t, side: side}
	blur, err := r.blur(touch, t1)
	if err == nil && math.Abs(b.g) <= blur {
		err = r.mention(touch, t1, true)
	}
	return b, false, err
}

// vertex returns the extremum of the parabola through three points where it lies
// between the outer two, apart from the middle one.
func vertex(a, b, c sample) (t, g float64, ok bool) {
	u, v := a.t-b.t, c.t-b.t
	p, q := (a.g-b.g)/u, (c.g-b.g)/v
	curve := (q - p) / (v - u)
	slope := p - curve*u
	d := -slope / (2 * curve)
	t = b.t + d
	ok = (t-a.t)*(c.t-t) > 0 && t != b.t
	return t, b.g + d*(slope+curve*d), ok
}

// bracket returns two times between those of a and b, at most two floating-point
// numbers apart, between which function i leaves side: by regula falsi with halved
// weights (Illinois) and bisection where it is slow.
//
// Source: Dowell, Jarratt, BIT 11 (1971) 168.
func (r *Run[S]) bracket(i int, a, b sample, side, t1 float64) (near, far float64, err error) {
	if a.g*side <= 0 {
		if a, b, err = r.depart(i, a, b, side, t1); err != nil || a.g*side <= 0 {
			return a.t, b.t, err
		}
	}
	ga, gb := a.g, b.g // with weights
	kept, width := 0.0, math.Inf(1)
	for n := 0; math.Abs(b.t-a.t) > 2*ulp(b.t); n++ {
		t := b.t - gb*((b.t-a.t)/(gb-ga))
		if gap := 2 * ulp(b.t); math.Abs(b.t-a.t) > 2*gap { // towards the middle
			lo, hi := min(a.t, b.t)+gap, max(a.t, b.t)-gap
			t = min(max(t, lo), hi)
		}
		if n%3 == 2 {
			if math.Abs(b.t-a.t) > width/2 {
				t = a.t + (b.t-a.t)/2
			}
			width = math.Abs(b.t - a.t)
		}
		if !((t-a.t)*(b.t-t) > 0) {
			if t = a.t + (b.t-a.t)/2; t == a.t || t == b.t {
				break
			}
		}
		g, err := r.inside(i, t, t1)
		if err != nil {
			return 0, 0, err
		}
		if g*side > 0 {
			a, ga = sample{t, g}, g
			if kept > 0 {
				gb /= 2
			}
			kept = 1
		} else {
			b, gb = sample{t, g}, g
			if kept < 0 {
				ga /= 2
			}
			kept = -1
		}
	}
	return a.t, b.t, nil
}

// depart moves a, where function i is zero but for rounding and known to leave to
// side, to where that can be seen; b moves along. Where it cannot, a stays and b is
// the next floating-point number.
func (r *Run[S]) depart(i int, a, b sample, side, t1 float64) (sample, sample, error) {
	for width := b.t - a.t; ; {
		width /= 4
		t := a.t + width
		if t == a.t {
			b.t = math.Nextafter(a.t, r.dir*math.Inf(1))
			return a, b, nil
		}
		g, err := r.inside(i, t, t1)
		if err != nil {
			return a, b, err
		}
		if g*side > 0 {
			return sample{t, g}, b, nil
		}
		b = sample{t, g}
	}
}
