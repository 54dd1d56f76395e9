package integrate

import "math"

// orders chooses order and step size of a multistep method together: of the orders
// q-1, q and q+1 the one that allows the longest step. Order and size are kept for
// q+1 steps after a change of order, and the size as long as the error is far from the
// tolerance and a longer step would not be worth it.
//
// Source: Hindmarsh et al., SUNDIALS, ACM TOMS 31 (2005) 363, section 2.1; Brown,
// Byrne, Hindmarsh, VODE, SIAM J. Sci. Stat. Comput. 10 (1989) 1038.
type orders struct {
	max   int  // highest order
	next  int  // order of the next step
	wait  int  // steps until another order is considered
	fails int  // error tests failed in a row
	first bool // the first step after a start
	asked bool // choose was asked about the last attempt
}

// candidates gives the norms of the errors that a step would have had at the orders
// next to the one it had.
type candidates interface {
	below() float64
	above() float64
}

const (
	biasBelow = 6. // safety factors of the error, less willing to go up
	biasSame  = 6.
	biasAbove = 10.
	worth     = 1.2 // the least growth of a step
	near      = 0.3 // an error from which on the step is cut before it fails
	biasNear  = 4.
	growth    = 10.
	leap      = 1e4 // growth of the first step
)

// restart begins at order 1.
func (o *orders) restart() { *o = orders{max: o.max, next: 1, wait: 2, first: true} }

// accepted returns the factor of the step size after a step of order q with the error
// err, and sets the order of the next.
func (o *orders) accepted(q int, err float64, at candidates) float64 {
	o.asked = true
	o.next = q
	o.wait--
	limit := growth
	if o.first {
		limit = leap
	}
	o.first = false
	if o.fails > 0 {
		o.fails = 0
		o.wait = max(o.wait, 2)
		return 1
	}
	best := 1.
	if o.wait <= 0 {
		o.wait = 2
		best = o.compare(q, err, at)
	} else if biasSame*err*power(worth, q+1) < 1 {
		best = ratio(biasSame*err, q+1)
	}
	switch {
	case best >= worth:
	case err > near:
		return min(ratio(biasNear*err, q+1), 1)
	default:
		return 1
	}
	if o.next != q {
		o.wait = o.next + 1
	}
	return min(best, limit)
}

// compare returns the longest step that the orders q-1, q and q+1 allow, and sets the
// order of the next step where it is worth a change.
func (o *orders) compare(q int, err float64, at candidates) float64 {
	same, down, up := gain(biasSame*err, q+1), 0., 0.
	if q > 1 {
		down = gain(biasBelow*at.below(), q)
	}
	if q < o.max {
		up = gain(biasAbove*at.above(), q+2)
	}
	switch best := max(same, down, up); {
	case best < worth || best == same:
		return same
	case best == down:
		o.next = q - 1
		return down
	}
	o.next = q + 1
	return up
}

// power returns x^n.
func power(x float64, n int) float64 {
	p := 1.
	for range n {
		p *= x
	}
	return p
}

// rejected returns the factor after an error test that failed, and the order of the
// next attempt: 0 asks for a new start at order 1.
func (o *orders) rejected(q int, err float64) float64 {
	o.asked = true
	o.next = q
	o.fails++
	o.wait = q + 1
	switch {
	case o.fails == 1:
		return min(max(ratio(biasSame*err, q+1), 0.1), 0.9)
	case o.fails == 2:
		return min(max(ratio(biasSame*err, q+1), 0.1), 0.2)
	}
	o.next = q - 1
	o.wait = max(q, 2)
	return 0.1
}

// without is called for a step that nothing was asked about, on a frozen grid: the
// order rises as fast as there are points.
func (o *orders) without(q int) { o.next = min(q+1, o.max) }

// gain is ratio where it is worth a change, which needs no power to be seen, else 0.
func gain(err float64, k int) float64 {
	if err*power(worth, k) >= 1 {
		return 0
	}
	return ratio(err, k)
}

// ratio returns the ratio of step sizes that makes an error of the power k equal to 1.
func ratio(err float64, k int) float64 { return 1 / (math.Pow(err, 1/float64(k)) + 1e-6) }
