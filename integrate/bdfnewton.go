package integrate

import (
	"errors"
	"fmt"
	"math"
)

// bdfIteration solves the equation of a BDF step for the correction Delta,
//
//	M (Delta + h y'_pred/H_q) - g f(t1, y_pred + Delta) = 0,   g = h/H_q,
//
// by a simplified Newton iteration with the matrix M - g' f_y. The Jacobian is that of
// an earlier step and g' its g as long as the iteration converges; a correction by
// 2/(1 + g/g') makes up for the difference in g in the stiff components.
//
// Source: Brown, Byrne, Hindmarsh, SIAM J. Sci. Stat. Comput. 10 (1989) 1038, section 4.
type bdfIteration[S any] struct {
	newton   Newton[S]
	identity bool // M is the identity
	step     S
	res, f   S

	accepted   int     // steps
	jacobianAt int     // accepted when the Jacobian was evaluated
	factoredAt int     // and when the matrix was factored
	linear     bool    // there is a Jacobian
	g          float64 // of the factors; 0: there are none
	rate       float64 // of convergence
}

const (
	bdfNewtonTol   = 0.015 // the error that is left, in units of the error test
	bdfMaxNewton   = 4
	jacobianLasts  = 50  // steps
	factorsLast    = 20  // steps
	factorsReach   = 0.2 // change of g
	divergenceRate = 2
)

// forget makes the next attempt evaluate the Jacobian.
func (n *bdfIteration[S]) forget() { n.linear, n.g = false, 0 }

// prepare provides factors of M - g f_y at (t, y), old ones where they will do.
func (n *bdfIteration[S]) prepare(b *bdf[S], t float64, y S, g float64, fresh bool) error {
	if !fresh && n.g != 0 && n.accepted-n.factoredAt < factorsLast && math.Abs(g/n.g-1) <= factorsReach {
		return nil
	}
	if fresh || !n.linear || n.accepted-n.jacobianAt >= jacobianLasts {
		n.forget()
		b.rhs.stats.Jacobians++
		if err := n.newton.Linearize(min(t, b.rhs.last), y); err != nil {
			return err
		}
		n.linear, n.jacobianAt = true, n.accepted
		fresh = true
	}
	n.g = 0
	b.rhs.stats.Factorizations++
	if err := n.newton.Factor(g); err != nil {
		if !fresh {
			return n.prepare(b, t, y, g, true)
		}
		n.forget()
		return fmt.Errorf("%w: %w", ErrNewton, err)
	}
	n.g, n.factoredAt, n.rate = g, n.accepted, 1
	return nil
}

// correct sets y1 and delta. share is the ratio of the error estimate to Delta.
func (b *bdf[S]) correct(g, share float64) error {
	for fresh := false; ; fresh = true {
		if err := b.it.prepare(b, b.t1, b.pred, g, fresh); err != nil {
			return err
		}
		current := b.it.jacobianAt == b.it.accepted && b.it.g == g
		err := b.iterate(g, share)
		if !errors.Is(err, ErrNewton) || current {
			return err
		}
	}
}

// iterate runs the iteration from Delta = 0.
func (b *bdf[S]) iterate(g, share float64) error {
	n := &b.it
	b.sp.Copy(b.delta, b.hist.zero)
	b.sp.Copy(b.y1, b.pred)
	parted, ok := n.newton.(Parted)
	if !ok || parted.Parts() < 2 {
		return b.converge(g, share)
	}
	defer parted.Enter(-1)
	for i := range parted.Parts() {
		parted.Enter(i)
		if err := b.converge(g, share); err != nil {
			return err
		}
	}
	return nil
}

// converge iterates on the part that was entered, or on all of the state.
func (b *bdf[S]) converge(g, share float64) error {
	n := &b.it
	damp := 1.
	if g != n.g {
		damp = 2 / (1 + g/n.g)
	}
	last := 0.
	for k := range bdfMaxNewton {
		b.rhs.stats.Newton++
		if err := b.rhs.eval(n.f, b.t1, b.y1); err != nil {
			return err
		}
		if err := b.residual(g); err != nil {
			return err
		}
		b.hist.add(b.delta, b.delta, damp, n.step)
		b.hist.add(b.y1, b.pred, 1, b.delta)
		size := damp * b.sp.Norm(n.step, b.y0, b.y1, b.tol)
		if !finite(size) {
			b.sp.Copy(n.f, n.step)
			return ErrNonFinite
		}
		if k > 0 {
			n.rate = max(0.3*n.rate, size/last)
		}
		if size*min(1, n.rate)*share <= bdfNewtonTol {
			return nil
		}
		if k > 0 && size > divergenceRate*last {
			return ErrNewton
		}
		last = size
	}
	return ErrNewton
}

// residual sets step to the solution of (M - g' f_y) step = g f - M (Delta + h y'_pred/H_q).
func (b *bdf[S]) residual(g float64) error {
	n := &b.it
	if n.identity {
		c, ks := append(b.hist.c[:0], g, -1/b.co.l[1], -1), append(b.hist.ks[:0], n.f, b.slope, b.delta)
		b.sp.AddScaled(n.step, b.hist.zero, c, ks)
	} else {
		b.hist.add(n.res, b.delta, 1/b.co.l[1], b.slope)
		n.newton.MultiplyMass(n.step, n.res)
		c, ks := append(b.hist.c[:0], -1, g), append(b.hist.ks[:0], n.step, n.f)
		b.sp.AddScaled(n.res, b.hist.zero, c, ks)
		n.step, n.res = n.res, n.step
	}
	if err := n.newton.Solve(n.step); err != nil {
		return fmt.Errorf("%w: %w", ErrNewton, err)
	}
	return nil
}
