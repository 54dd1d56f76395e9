package minimize

import (
	"math"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// boxStep finds the damped Gauss-Newton step inside a box,
//
//	min 1/2 |R d + c|^2 + lambda/2 |D d|^2    lo <= d <= hi,  lo <= 0 <= hi,
//
// by an active-set method for bounded linear least squares: solve on the free
// variables, walk towards the solution until a variable meets its bound and hold
// it there, release a held variable whose multiplier has the wrong sign, until
// none is left. The model falls at every stage, so the step is a descent step
// even where the loop limit cuts it short. Every solution on the free variables is
// a QR factorisation of [R; sqrt(lambda) D].
//
// Stark, Parker, "Bounded-variable least squares", Computational Statistics 10
// (1995) 129-141; Lawson, Hanson, "Solving Least Squares Problems", chapter 23.
type boxStep struct {
	q      *gaussNewton // the model, R and c; set before use
	scale  []float64    // D, positive
	lo, hi []float64    // bounds on d
	d      []float64    // the step
	floor  float64      // damping of flat directions, relative to columns of unit length

	side   []Side // where d lies; Interior: free
	barred []bool // released once in vain: rounding made the multiplier's sign
	free   []int  // indices of the free variables, ascending
	w, z   []float64

	stack, tau, work []float64
}

func newBoxStep(n int, floor float64) *boxStep {
	s := &boxStep{
		floor: floor,
		scale: make([]float64, n), lo: make([]float64, n), hi: make([]float64, n), d: make([]float64, n),
		side: make([]Side, n), barred: make([]bool, n), free: make([]int, 0, n),
		w: make([]float64, n), z: make([]float64, n),
		stack: make([]float64, 2*n*(n+1)), tau: make([]float64, n+1),
	}
	if n > 0 {
		s.work = make([]float64, qrWork(2*n, n+1))
	}
	return s
}

// minimize sets d to the solution for the damping lambda and returns |D d|.
func (s *boxStep) minimize(lambda float64) float64 {
	n := s.q.n
	clear(s.d)
	clear(s.barred)
	for i, g := range s.q.g {
		s.side[i] = Interior
		switch {
		case s.lo[i] == 0 && (g >= 0 || s.hi[i] == 0):
			s.side[i] = Lower
		case s.hi[i] == 0 && g <= 0:
			s.side[i] = Upper
		}
	}
	released := -1
	for range 3*n + 10 {
		s.solveFree(lambda)
		if blocked := s.walk(); blocked >= 0 {
			s.barred[blocked] = s.barred[blocked] || blocked == released
			continue
		}
		if released = s.worstMultiplier(lambda); released < 0 {
			break
		}
		s.side[released] = Interior
	}
	return s.length()
}

// length returns |D d|.
func (s *boxStep) length() float64 {
	sum := 0.0
	for i, d := range s.d {
		sum += s.scale[i] * d * s.scale[i] * d
	}
	return math.Sqrt(sum)
}

// decrease returns what the model promises for the step, at least 0.
func (s *boxStep) decrease() float64 {
	return math.Max(0, s.q.decrease(s.d))
}

// damping returns the square of the diagonal element that stands under R in column j.
func (s *boxStep) damping(lambda float64, j int) float64 {
	floor := s.floor * s.q.norm[j]
	if floor == 0 {
		floor = s.scale[j]
	}
	return lambda*s.scale[j]*s.scale[j] + floor*floor
}

// solveFree sets z to the minimiser over the free variables, the others held at d.
func (s *boxStep) solveFree(lambda float64) {
	n := s.q.n
	s.free = s.free[:0]
	for i, side := range s.side {
		if side == Interior {
			s.free = append(s.free, i)
		}
	}
	k := len(s.free)
	if k == 0 {
		return
	}
	// Rows: n of [R | c + R d_held], then k of [diagonal | 0].
	stride := k + 1
	a := s.stack[:(n+k)*stride]
	clear(a)
	for i := range n {
		row := a[i*stride : (i+1)*stride]
		for l, j := range s.free {
			row[l] = s.q.r[i*n+j]
		}
		row[k] = s.q.c[i]
		for j, side := range s.side {
			if side != Interior {
				row[k] += s.q.r[i*n+j] * s.d[j]
			}
		}
	}
	for l, j := range s.free {
		a[(n+l)*stride+l] = math.Sqrt(s.damping(lambda, j))
	}
	lapack64.Geqrf(blas64.General{Rows: n + k, Cols: stride, Stride: stride, Data: a}, s.tau[:min(n+k, stride)], s.work, len(s.work))
	for l := k - 1; l >= 0; l-- {
		t := a[l*stride+k]
		for h := l + 1; h < k; h++ {
			t += a[l*stride+h] * s.z[s.free[h]]
		}
		s.z[s.free[l]] = -t / a[l*stride+l]
	}
}

// walk moves d to z, or as far as the box allows. It returns the variable that
// stopped it and is held from now on, or -1.
func (s *boxStep) walk() int {
	fraction, blocked := 1.0, -1
	for _, j := range s.free {
		bound := s.d[j]
		switch {
		case s.z[j] < s.lo[j]:
			bound = s.lo[j]
		case s.z[j] > s.hi[j]:
			bound = s.hi[j]
		default:
			continue
		}
		if f := (bound - s.d[j]) / (s.z[j] - s.d[j]); f < fraction || blocked < 0 {
			fraction, blocked = f, j
		}
	}
	for _, j := range s.free {
		if blocked < 0 {
			s.d[j] = s.z[j]
		} else {
			s.d[j] = min(max(s.d[j]+fraction*(s.z[j]-s.d[j]), s.lo[j]), s.hi[j])
		}
	}
	if blocked >= 0 {
		s.side[blocked], s.d[blocked] = Lower, s.lo[blocked]
		if s.z[blocked] > s.hi[blocked] {
			s.side[blocked], s.d[blocked] = Upper, s.hi[blocked]
		}
	}
	return blocked
}

// worstMultiplier returns the held variable whose release lowers the model most
// steeply (per unit length of its column), or -1 at the solution.
func (s *boxStep) worstMultiplier(lambda float64) int {
	const epsilon = 0x1p-52
	s.q.gradient(s.w, s.d)
	worst, steepest := -1, 16*float64(s.q.n)*epsilon*s.q.residual
	for j, side := range s.side {
		if side == Interior || s.barred[j] || s.lo[j] == s.hi[j] || s.q.norm[j] == 0 {
			continue
		}
		slope := (s.w[j] + s.damping(lambda, j)*s.d[j]) / s.q.norm[j]
		if side == Lower {
			slope = -slope
		}
		if slope > steepest {
			worst, steepest = j, slope
		}
	}
	return worst
}

// within sets d to a step with |D d| <= radius to 10 percent, given the length of
// the step without damping, which is in d already, and returns its length.
func (s *boxStep) within(radius, undamped float64) float64 {
	length := undamped
	if length <= 1.1*radius {
		return length
	}
	// |D d(lambda)| falls in lambda and is at most |D^-1 g| / lambda.
	lower, upper := 0.0, 0.0
	for j, g := range s.q.g {
		if s.lo[j] < s.hi[j] {
			upper = math.Hypot(upper, g/s.scale[j])
		}
	}
	upper /= radius
	lambda := 0.0
	for range 40 {
		lambda = s.newton(lambda, radius, length)
		if !(lambda > lower && lambda < upper) {
			lambda = max(1e-3*upper, math.Sqrt(lower)*math.Sqrt(upper))
		}
		length = s.minimize(lambda)
		if math.Abs(length-radius) <= 0.1*radius {
			return length
		}
		if length > radius {
			lower = lambda
		} else {
			upper = lambda
		}
	}
	return s.minimize(upper)
}

// newton improves lambda by one step of Newton's method on 1/|D d(lambda)| =
// 1/radius, with the triangular factor that solveFree left.
//
// Moré, "The Levenberg-Marquardt algorithm: implementation and theory", Numerical
// Analysis, Lecture Notes in Mathematics 630 (1978), section 5.
func (s *boxStep) newton(lambda, radius, length float64) float64 {
	k := len(s.free)
	stride := k + 1
	sum := 0.0
	for l, j := range s.free {
		t := s.scale[j] * (s.scale[j] * s.d[j] / length)
		for h := range l {
			t -= s.stack[h*stride+l] * s.z[s.free[h]]
		}
		t /= s.stack[l*stride+l]
		s.z[j] = t
		sum += t * t
	}
	return lambda + (length-radius)/radius/sum
}
