package minimize

import "math"

// walls are limits on single parameters inside the bounds, learnt from points that
// could not be evaluated: an exponent so large that powers overflow, say. Without them a
// parameter that f hardly feels, and that steps therefore move far, would hold up all
// others: the trust region, round in units of f, shrinks for every one of them.
//
// Walls are guesses, since they move with the other parameters. They keep a step from
// going more than a quarter of the way, and recede with every step that is taken.
type walls struct {
	down, up []float64 // distance from x at which the wall is thought to stand; +Inf: none
	point    []float64 // scratch
}

func newWalls(n int) *walls {
	w := &walls{down: make([]float64, n), up: make([]float64, n), point: make([]float64, n)}
	for j := range n {
		w.down[j], w.up[j] = math.Inf(1), math.Inf(1)
	}
	return w
}

// confine narrows the box of the step.
func (w *walls) confine(s *boxStep) {
	for j := range w.up {
		s.lo[j] = math.Max(s.lo[j], -w.down[j]/4)
		s.hi[j] = math.Min(s.hi[j], w.up[j]/4)
	}
}

// known reports whether parameter j has a wall on the side of d.
func (w *walls) known(j int, d float64) bool {
	return d < 0 && !math.IsInf(w.down[j], 1) || d > 0 && !math.IsInf(w.up[j], 1)
}

// any reports whether there is one.
func (w *walls) any() bool {
	for j := range w.up {
		if w.known(j, 1) || w.known(j, -1) {
			return true
		}
	}
	return false
}

// set puts a wall at the distance d of parameter j.
func (w *walls) set(j int, d float64) {
	if d < 0 {
		w.down[j] = -d
	} else {
		w.up[j] = d
	}
}

// step follows a step that was taken.
func (w *walls) step(d []float64) {
	for j, v := range d {
		w.down[j] = 3 * (w.down[j] + v)
		w.up[j] = 3 * (w.up[j] - v)
	}
}

// block looks for a parameter that alone makes the trial point fail, and puts a wall
// before it. It returns false where there is none: parameters fail together. It costs
// an evaluation, of what failed, for every parameter that has a wall already, and where
// none of these is the cause at most two for each halving of the number of parameters.
func (s *trustRegion) block() bool {
	try := s.valueAt
	if s.lastLinearized {
		try = s.linearize
	}
	// fails reports whether the parameters from lo to hi do so, moved without the others.
	fails := func(lo, hi int) bool {
		copy(s.walls.point, s.x)
		copy(s.walls.point[lo:hi], s.trial[lo:hi])
		_, ok := try(s.walls.point)
		return !ok && !s.cancelled
	}
	found := false
	for j, d := range s.step.d {
		if s.walls.known(j, d) && fails(j, j+1) {
			s.walls.set(j, d)
			found = true
		}
	}
	lo, hi := 0, len(s.x)
	for !found && hi-lo > 1 {
		switch middle := (lo + hi) / 2; {
		case fails(lo, middle):
			hi = middle
		case fails(middle, hi):
			lo = middle
		default:
			return false
		}
	}
	if !found {
		s.walls.set(lo, s.step.d[lo])
	}
	return !s.cancelled
}
