package integrate

import (
	"math"

	"github.com/odefit/odefit/integrate/space"
)

// gauge tells stiff from not stiff by the product of the step size and the dominant
// eigenvalue of f_y. All sizes are in the norm of the error control.
type gauge[S any] struct {
	rhs    rhs[S]
	sp     space.Space[S]
	tol    space.Tolerance
	t, t1  float64 // of the last attempt
	y, y1  S       // borrowed from it
	e      S
	count  int  // of steps, or of looks, that speak for a change
	demand int  // looks that speak for going back that are asked for
	wait   int  // steps until the next look
	power  bool // v has been begun
	v      S    // approximate eigenvector, of size 1
	f0, f1 S
	d      S
	zero   S
	c      []float64
	ks     []S
}

const (
	// stiffShare is the part of the stability limit on the negative axis that the step
	// has to fill to count as limited by it.
	stiffShare = 0.85
	// slowShare is the part that counts where the solution is slow: at tight tolerances
	// it is the error of the fast components that holds the step back, before stability
	// does. An oscillation fills as much, but its rate is that of the eigenvalue.
	slowShare = 0.25
	// slowness is by how much the eigenvalue exceeds the rate of a slow solution.
	slowness = 50
	// stiffEvery is the number of steps of the explicit method from one look to the next.
	stiffEvery = 3
	// stiffLooks is how many more looks have to count than do not.
	stiffLooks = 5
	// easyShare is the part of the limit below which the explicit method would have no
	// trouble. It is below slowShare: the same step does not count for both.
	easyShare = 0.15
	// easyLooks is how many looks in a row have to be below at first.
	easyLooks = 5
)

// stabilityLimit returns the point -x where the stability function of an explicit
// method of Auto leaves the unit disc on the negative axis.
func stabilityLimit(tab *Tableau) float64 {
	if tab == &vern7 {
		return 4.64
	}
	return 3.50
}

func newGauge[S any](p *Problem[S], stats *Stats) gauge[S] {
	return gauge[S]{
		rhs: rhs[S]{f: p.F, last: math.Inf(1), stats: stats}, sp: p.Space,
		v: p.Space.New(p.Y0), f0: p.Space.New(p.Y0), f1: p.Space.New(p.Y0), d: p.Space.New(p.Y0), zero: p.Space.New(p.Y0),
		demand: easyLooks,
	}
}

// begin forgets what earlier runs have shown.
func (g *gauge[S]) begin() { g.count, g.demand, g.wait, g.power = 0, easyLooks, 0, false }

func (g *gauge[S]) attempt(y1, e S, t, t1 float64, y S) {
	g.t, g.t1, g.y, g.y1, g.e = t, t1, y, y1, e
}

// stiff says whether the steps of the explicit method have been limited by stability.
// The eigenvalue is estimated from the last two stages, both at the end of the step,
//
//	|lambda| ~ ||k_s - k_(s-1)|| / ||g_s - g_(s-1)||,   g_i = y + h sum_j a_ij k_j,
//
// at no evaluation.
func (g *gauge[S]) stiff(x *explicit[S]) bool {
	if g.wait--; g.wait > 0 {
		return false
	}
	g.wait = stiffEvery
	s, h := x.tab.Stages(), x.t1-x.t0
	dy := 0.
	if x.tab.FSAL {
		dy = g.apart(x.y1, x.y)
	} else {
		c, ks := g.c[:0], g.ks[:0]
		for j, a := range x.tab.A[s-1] {
			if j < s-2 {
				a -= x.tab.A[s-2][j]
			}
			if a != 0 {
				c, ks = append(c, h*a), append(ks, x.k[j])
			}
		}
		g.sp.AddScaled(g.d, g.zero, c, ks)
		g.c, g.ks = c, ks
		dy = g.sp.Norm(g.d, g.y, g.y1, g.tol)
	}
	share := g.apart(x.k[s-1], x.k[s-2]) * math.Abs(h) / (stabilityLimit(x.tab) * dy)
	if share > stiffShare || share > slowShare && g.slow(x, share) {
		g.count++
	} else if g.count > 0 {
		g.count--
	}
	if g.count < stiffLooks {
		return false
	}
	g.count, g.wait, g.power = 0, 0, false
	return true
}

// slow says whether the solution itself moves at a rate far below the eigenvalue,
//
//	||f(t1) - f(t)|| / ||y1 - y|| < |lambda| / 50.
func (g *gauge[S]) slow(x *explicit[S], share float64) bool {
	rate := g.apart(x.k[x.tab.Stages()-1], x.k[0]) / g.apart(x.y1, x.y0)
	return slowness*rate*math.Abs(x.t1-x.t0) < share*stabilityLimit(x.tab)
}

// over says whether the explicit method of the tableau would be stable at the steps that
// the implicit one takes. Every look is one turn of the power method on f_y, by a
// difference of two evaluations; the farther from the limit, the rarer.
func (g *gauge[S]) over(tab *Tableau, last float64) bool {
	if g.wait--; g.wait > 0 {
		return false
	}
	g.rhs.last = last
	product := g.look() * math.Abs(g.t1-g.t) / stabilityLimit(tab)
	switch {
	case !(product < easyShare):
		g.count = 0
		g.wait = 5
		if product > 10 {
			g.wait = 50
		}
		return false
	default:
		g.wait = 2
		g.count++
	}
	if g.count < g.demand {
		return false
	}
	g.count, g.wait = 0, 0
	g.demand = min(2*g.demand, 1000)
	return true
}

// look returns an estimate of the dominant eigenvalue at the end of the step, NaN where
// there is none, and improves v.
func (g *gauge[S]) look() float64 {
	if !g.power {
		g.sp.Copy(g.v, g.e) // an error estimate is rich in the fast directions
	}
	size := g.sp.Norm(g.v, g.y, g.y1, g.tol)
	if err := g.rhs.eval(g.f0, g.t1, g.y1); err != nil {
		return math.NaN()
	}
	if size == 0 || !finite(size) {
		g.sp.Copy(g.v, g.f0)
		if size = g.sp.Norm(g.v, g.y, g.y1, g.tol); size == 0 || !finite(size) {
			return math.NaN()
		}
	}
	g.add(g.d, g.y1, 1/size, g.v)
	if err := g.rhs.eval(g.f1, g.t1, g.d); err != nil {
		return math.NaN()
	}
	g.add(g.v, g.f1, -1, g.f0)
	g.power = true
	return g.sp.Norm(g.v, g.y, g.y1, g.tol)
}

// apart returns the size of p - q.
func (g *gauge[S]) apart(p, q S) float64 {
	g.add(g.d, p, -1, q)
	return g.sp.Norm(g.d, g.y, g.y1, g.tol)
}

// add sets dst = x + c k, where k is not dst.
func (g *gauge[S]) add(dst, x S, c float64, k S) {
	g.c, g.ks = append(g.c[:0], c), append(g.ks[:0], k)
	g.sp.AddScaled(dst, x, g.c, g.ks)
}
