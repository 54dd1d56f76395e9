package integrate

import (
	"errors"
	"fmt"
	"math"

	"github.com/odefit/odefit/integrate/space"
)

// stageNewton solves the stage equations
//
//	M k = f(t, base + g k)
//
// of diagonally implicit methods by the simplified Newton iteration
//
//	(M - g f_y) d = f(t, base + g k) - M k,   k += d.
//
// It ends when the error left, as the rate of convergence theta tells it, is
// newtonTol in the norm of the error control. The Jacobian is kept from step to step
// while the rate is below slowRate, and the factors while g changes little: corrections
// are then scaled by 2/(1+g/g_factored). Where afresh is set, nothing is kept and the
// iteration goes on to rounding.
//
// Source: Hairer, Wanner, Solving ODEs II, section IV.8; Hindmarsh et al., ACM TOMS 31
// (2005) 363, section 2.1.
type stageNewton[S any] struct {
	of        Newton[S]
	sp        space.Space[S]
	rhs       *rhs[S]
	tol       space.Tolerance
	mass      bool
	afresh    bool
	base, arg S
	res, mk   S
	delta     S
	zero      S
	c         [1]float64
	one       [1]S

	lag    int     // iterations after the first whose sizes say nothing; see lagOf
	linear bool    // a Jacobian is there
	fresh  bool    // it is that of the start of this step
	slow   bool    // its iterations converged slowly
	age    int     // accepted steps since it was made
	g      float64 // that of the factors; 0: none
	left   float64 // theta/(1-theta) of the last iteration
	worst  float64 // theta of the present step
}

const (
	newtonTol = 1e-2 // error of a stage that is left, in units of the tolerance of a step
	maxNewton = 10   // iterations of a stage
	maxExact  = 30   // the same where steps are to be repeatable
	slowRate  = 0.1  // theta above which the Jacobian is renewed for the next step
	driftOfG  = 0.2  // relative change of g above which the factors are renewed
	maxAge    = 50   // steps with one Jacobian
)

func (n *stageNewton[S]) prepare(p *Problem[S], of Newton[S], r *rhs[S]) {
	*n = stageNewton[S]{
		of: of, sp: p.Space, rhs: r, tol: (&Settings{}).Tolerance(), mass: hasMass(p),
		base: p.Space.New(p.Y0), arg: p.Space.New(p.Y0), res: p.Space.New(p.Y0),
		mk: p.Space.New(p.Y0), delta: p.Space.New(p.Y0), zero: p.Space.New(p.Y0),
		left: 1, lag: lagOf(of),
	}
}

// lagOf is 1 for a solver that leaves a part of the Jacobian out: what the first
// iteration moves shows in the rest of the state only with the second.
func lagOf[S any](of Newton[S]) int {
	if _, ok := of.(ExactSolver[S]); ok {
		return 1
	}
	return 0
}

// roundingIn returns a unit of rounding of a state in units of the tolerance of a step:
// the limit where steps are to be repeatable.
func roundingIn(tol space.Tolerance) float64 { return min(0x1p-52/tol.Rel, 1e-3) }

// noise counts iterations in a row that did not get smaller, small as they were: two far
// below the tolerance of a step, or three below it, are taken for what rounding leaves.
type noise int

func (n *noise) reached(size, theta float64) bool {
	if !(size <= 1 && theta > 0.9) {
		*n = 0
		return false
	}
	*n++
	return *n > 2 || *n > 1 && size <= newtonTol
}

func (n *stageNewton[S]) reset() { n.linear, n.fresh, n.left = false, false, 1 }

func (n *stageNewton[S]) accept() {
	n.fresh = false
	n.age++
	n.slow = n.worst > slowRate || n.age >= maxAge || n.afresh
}

// settle keeps the step size, and with it the factors, where it would grow little.
func (n *stageNewton[S]) settle(factor float64) float64 {
	if factor > 1 && factor < 1+driftOfG && n.worst <= slowRate && !n.afresh {
		return 1
	}
	return factor
}

// begin makes the matrix of a step from y at t.
func (n *stageNewton[S]) begin(t float64, y S, g float64) error {
	if !n.linear || n.slow && !n.fresh {
		if err := n.linearize(t, y); err != nil {
			return err
		}
	}
	n.worst = 0
	if n.g == 0 || math.Abs(g/n.g-1) > driftOfG || n.afresh && g != n.g {
		return n.factor(g)
	}
	return nil
}

func (n *stageNewton[S]) linearize(t float64, y S) error {
	n.rhs.stats.Jacobians++
	n.linear, n.g = false, 0
	if err := n.of.Linearize(min(t, n.rhs.last), y); err != nil {
		return err
	}
	n.linear, n.fresh, n.slow, n.age = true, true, false, 0
	return nil
}

func (n *stageNewton[S]) factor(g float64) error {
	n.rhs.stats.Factorizations++
	n.g, n.left = 0, 1
	if err := n.of.Factor(g); err != nil {
		return fmt.Errorf("%w: %w", ErrNewton, err)
	}
	n.g = g
	return nil
}

// retry says whether a step that failed with err is worth a second attempt: with a
// Jacobian of its own, or factors of its own g.
func (n *stageNewton[S]) retry(err error, t float64, y S, g float64) (bool, error) {
	if !errors.Is(err, ErrNewton) || n.fresh && n.g == g {
		return false, err
	}
	if !n.fresh {
		if err := n.linearize(t, y); err != nil {
			return false, err
		}
	}
	if err := n.factor(g); err != nil {
		return false, err
	}
	n.worst = 0
	return true, nil
}

// filter overwrites e with (M - g f_y)^-1 M e.
func (n *stageNewton[S]) filter(e S) error {
	if n.mass {
		n.of.MultiplyMass(n.mk, e)
		n.sp.Copy(e, n.mk)
	}
	if err := n.of.Solve(e); err != nil {
		return fmt.Errorf("%w: %w", ErrNewton, err)
	}
	return nil
}

// solve improves the guess k at time t until it solves the stage equations.
func (n *stageNewton[S]) solve(k S, t, g float64, y0 S) error {
	limit, turns, scale := newtonTol, maxNewton, 2/(1+g/n.g)
	if n.afresh {
		limit, turns, n.left = roundingIn(n.tol), maxExact, 1
	} else {
		n.left = math.Pow(max(n.left, 1e-16), 0.8)
	}
	var last float64
	var noise noise
	for iter := range turns {
		size, err := n.iterate(k, t, g, scale, y0)
		if err != nil {
			return err
		}
		if size <= 1e-3*limit {
			return nil
		}
		if iter > n.lag {
			theta := size / last
			if n.afresh && noise.reached(size, theta) {
				return nil
			}
			n.worst = max(n.worst, theta)
			if theta >= 1 && noise == 0 || !n.afresh && size*math.Pow(theta, float64(maxNewton-1-iter)) > (1-theta)*limit {
				return ErrNewton
			}
			n.left = theta / (1 - theta)
		}
		if size*n.left <= limit {
			return nil
		}
		last = size
	}
	return ErrNewton
}

// iterate takes one Newton step and returns the size of its effect on the stage.
func (n *stageNewton[S]) iterate(k S, t, g, scale float64, y0 S) (float64, error) {
	n.rhs.stats.Newton++
	n.add(n.arg, n.base, g, k)
	if err := n.rhs.eval(n.res, t, n.arg); err != nil {
		return 0, err
	}
	mk := k
	if n.mass {
		n.of.MultiplyMass(n.mk, k)
		mk = n.mk
	}
	n.add(n.res, n.res, -1, mk)
	if err := n.of.Solve(n.res); err != nil {
		return 0, fmt.Errorf("%w: %w", ErrNewton, err)
	}
	n.add(k, k, scale, n.res)
	n.add(n.delta, n.zero, scale*g, n.res)
	size := n.sp.Norm(n.delta, y0, n.arg, n.tol)
	if !finite(size) {
		return 0, ErrNewton
	}
	return size, nil
}

// add sets dst = x + c*k, where k is not dst.
func (n *stageNewton[S]) add(dst, x S, c float64, k S) {
	n.one[0] = k
	n.sp.AddScaled(dst, x, n.coefficient(c), n.one[:])
}

// coefficient returns c as a list.
func (n *stageNewton[S]) coefficient(c float64) []float64 {
	n.c[0] = c
	return n.c[:]
}
