package integrate

import (
	"fmt"
	"math"

	"github.com/odefit/odefit/integrate/space"
)

// NystromTableau holds the coefficients of a Runge-Kutta-Nystrom method for
//
//	y'' = f(t, y):
//
//	k_i     = f(t + c_i h, y + c_i h y' + h^2 sum_j a_ij k_j)
//	y1      = y + h y' + h^2 sum_i b_i k_i,        y1' = y' + h sum_i bv_i k_i
//	error   = h^2 sum_i e_i k_i,                   error' = h sum_i ev_i k_i
//	y(t+th) = y + th h y' + h^2 sum_i b_i(th) k_i, y'(t+th) = y' + h sum_i bv_i(th) k_i,
//	b_i(th) = sum_j Dense[i][j] th^(j+2),          bv_i(th) = sum_j DenseV[i][j] th^(j+1).
//
// The last stage is the first of the next step: c_s = 1, a_sj = b_j.
type NystromTableau struct {
	Name, Source    string
	Order, Estimate int
	A               [][]float64 // row i has i entries
	C               []float64
	B, BV, E, EV    []float64
	Dense, DenseV   [][]float64
	DenseOrder      int // of both interpolants
}

// Weights sets wb and wv to the interpolation weights b_i(theta) and bv_i(theta).
func (tab *NystromTableau) Weights(wb, wv []float64, theta float64) {
	for i := range tab.C {
		b, _ := horner(tab.Dense[i], theta)
		v, _ := horner(tab.DenseV[i], theta)
		wb[i], wv[i] = theta*theta*b, theta*v
	}
}

// Nystrom is a Method for second-order equations, on a state of positions and
// velocities whose motion Problem.Split describes. Drift must be linear in the state
// and independent of time: q' = M p with a constant M.
type Nystrom interface {
	Method
	Nystrom() *NystromTableau
}

// nystrom is the stepper of every such method. The drift of a kick, h^2 M f, moves the
// positions, the kick itself the momenta.
type nystrom[S any] struct {
	split   *Split[S]
	tab     *NystromTableau
	sp      space.Space[S]
	rhs     rhs[S]
	k, g    []S // kicks and their drifts
	d, y    S   // drift at the start; argument of a stage
	zero    S
	c       []float64 // of one sum
	terms   []S
	wb, wv  []float64
	ready   bool // k[0] is the kick at the start of the next step
	t0, t1  float64
	y0      S
	stepped bool
}

func newNystrom[S any](p *Problem[S], tab *NystromTableau, stats *Stats) (*nystrom[S], error) {
	if p.Split == nil || p.Split.Drift == nil || p.Split.Kick == nil {
		return nil, fmt.Errorf("integrate: %s needs Problem.Split, the motion of positions and that of momenta", tab.Name)
	}
	s, sp := len(tab.C), p.Space
	n := &nystrom[S]{
		split: p.Split, tab: tab, sp: sp, rhs: rhs[S]{f: p.Split.Kick, last: math.Inf(1), stats: stats},
		d: sp.New(p.Y0), y: sp.New(p.Y0), zero: sp.New(p.Y0),
		c: make([]float64, 0, 2*s+1), terms: make([]S, 0, 2*s+1), wb: make([]float64, s), wv: make([]float64, s),
	}
	for range s {
		n.k, n.g = append(n.k, sp.New(p.Y0)), append(n.g, sp.New(p.Y0))
	}
	return n, n.checkLinear(p)
}

// checkLinear looks whether Drift is linear and constant, at one state and its double
// and at two times. An error of evaluation is left for the first step to report.
func (n *nystrom[S]) checkLinear(p *Problem[S]) error {
	x, twice, dx, d2x := n.y, n.g[0], n.k[0], n.k[1]
	dir := math.Copysign(1, p.T1-p.T0)
	last := lastBefore(p.Breaks, p.T0, dir)
	if p.Split.Kick(dx, min(p.T0, last), p.Y0) != nil {
		return nil
	}
	n.begin()
	n.plus(1, dx)
	n.sum(x, p.Y0) // where no momentum is zero but for lack of a force
	if p.Split.Drift(dx, min(p.T0, last), x) != nil {
		return nil
	}
	n.begin()
	n.plus(2, x)
	n.sum(twice, n.zero)
	if p.Split.Drift(d2x, min(p.T0+(p.T1-p.T0)/3, last), twice) != nil {
		return nil
	}
	n.begin()
	n.plus(-2, dx)
	n.sum(d2x, d2x)
	// Linear maps keep doubles to some ulp.
	if size := n.sp.Norm(d2x, dx, dx, space.Tolerance{Rel: 1e-9}); size > 1 {
		return fmt.Errorf("integrate: %s is for second-order equations: Split.Drift must be linear in the momenta and constant in time", n.tab.Name)
	}
	return nil
}

func (n *nystrom[S]) Order() (p, estimate int) { return n.tab.Order, n.tab.Estimate }
func (n *nystrom[S]) Bound(last float64)       { n.rhs.last = last }
func (n *nystrom[S]) Reset()                   { n.ready = false }
func (n *nystrom[S]) Reject()                  { n.ready = false }

func (n *nystrom[S]) Accept() {
	if n.ready = n.stepped; n.ready {
		s := len(n.k) - 1
		n.sp.Copy(n.k[0], n.k[s])
		n.sp.Copy(n.g[0], n.g[s])
	}
}

// Stages implements [stager]: a step is made again from its start, not from stages.
func (n *nystrom[S]) Stages() []S { return nil }

// Attempt implements [Stepper]. Its cost is s evaluations of Kick, one less where the
// last of the step before can be used again.
func (n *nystrom[S]) Attempt(y1, e S, t, t1 float64, y S) error {
	tab, h := n.tab, t1-t
	n.t0, n.t1, n.y0, n.stepped = t, t1, y, false
	if err := n.split.Drift(n.d, min(t, n.rhs.last), y); err != nil {
		return err
	}
	if !n.ready {
		if err := n.stage(0, t, y); err != nil {
			return err
		}
		n.ready = true
	}
	s := len(n.k)
	for i := 1; i < s; i++ {
		arg := n.y
		if i == s-1 {
			arg = y1 // at its positions; its momenta follow
		}
		n.begin()
		n.plus(tab.C[i]*h, n.d)
		n.add(h*h, tab.A[i], n.g)
		n.sum(arg, y)
		if err := n.stage(i, StageTime(t, t1, tab.C[i]), arg); err != nil {
			return err
		}
	}
	n.begin()
	n.add(h, tab.BV, n.k)
	n.sum(y1, y1)
	n.begin()
	n.add(h*h, tab.E, n.g)
	n.add(h, tab.EV, n.k)
	n.sum(e, n.zero)
	n.stepped = true
	return nil
}

// stage sets k_i and its drift.
func (n *nystrom[S]) stage(i int, t float64, y S) error {
	if err := n.rhs.eval(n.k[i], t, y); err != nil {
		return err
	}
	return n.split.Drift(n.g[i], min(t, n.rhs.last), n.k[i])
}

// begin, plus and add gather the terms of a sum, which sum adds to x.
func (n *nystrom[S]) begin() { n.c, n.terms = n.c[:0], n.terms[:0] }

func (n *nystrom[S]) plus(c float64, term S) { n.c, n.terms = append(n.c, c), append(n.terms, term) }

func (n *nystrom[S]) add(h float64, a []float64, k []S) {
	for i, ai := range a {
		if ai != 0 {
			n.plus(h*ai, k[i])
		}
	}
}

func (n *nystrom[S]) sum(dst, x S) { n.sp.AddScaled(dst, x, n.c, n.terms) }

// Interpolate implements [Stepper].
func (n *nystrom[S]) Interpolate(dst S, t float64) {
	h := n.t1 - n.t0
	theta := (t - n.t0) / h
	n.tab.Weights(n.wb, n.wv, theta)
	n.begin()
	n.plus(theta*h, n.d)
	n.add(h*h, n.wb, n.g)
	n.add(h, n.wv, n.k)
	n.sum(dst, n.y0)
}

// Keep implements [Stepper].
func (n *nystrom[S]) Keep() Interpolant[S] {
	return &nystromStep[S]{
		of: nystrom[S]{tab: n.tab, sp: n.sp, t0: n.t0, t1: n.t1},
		y0: clone(n.sp, n.y0), d: clone(n.sp, n.d), k: cloneAll(n.sp, n.k), g: cloneAll(n.sp, n.g),
	}
}

// nystromStep is a kept step.
type nystromStep[S any] struct {
	of    nystrom[S]
	y0, d S
	k, g  []S
}

// At implements [Interpolant] with scratch of its own for each call.
func (k *nystromStep[S]) At(dst S, t float64) {
	n := k.of
	n.y0, n.d, n.k, n.g = k.y0, k.d, k.k, k.g
	n.wb, n.wv = make([]float64, len(k.k)), make([]float64, len(k.k))
	n.Interpolate(dst, t)
}
