package integrate

import "github.com/odefit/odefit/integrate/space"

// history is what a multistep method knows of the past: a polynomial in Nordsieck's
// form,
//
//	P(t_n + x h) = y_n + sum_(j=1..q) z_j x^j,   z_j ~ h^j y^(j)(t_n)/j!,
//
// and the times of the last accepted points. y_n itself is the driver's. The methods
// differ in what P fits and so in the polynomials that correct it.
//
// Source: Nordsieck, Math. Comp. 16 (1962) 22; Hairer, Norsett, Wanner, Solving ODEs I,
// section III.6.
type history[S any] struct {
	sp     space.Space[S]
	q      int       // degree of P, the order of the method
	z      []S       // z[1..q], in units of h
	next   []S       // z after the last attempt
	h      float64   // signed
	past   []float64 // past[i] = t_n - t_(n-i), signed as h
	zero   S
	short  bool      // the state is []float64 of at most fewMost
	c      []float64 // coefficients and terms of one sum
	ks     []S
	powers []float64 // of the ratio of steps
}

func newHistory[S any](sp space.Space[S], y S, maxOrder int) history[S] {
	h := history[S]{
		sp: sp, z: make([]S, maxOrder+1), next: make([]S, maxOrder+1), past: make([]float64, adamsMaxOrder+3),
		zero: sp.New(y), c: make([]float64, 0, maxOrder+3), ks: make([]S, 0, maxOrder+3), powers: make([]float64, maxOrder+2),
	}
	if x, ok := any(y).([]float64); ok {
		_, floats := any(sp).(space.Floats)
		h.short = floats && len(x) <= fewMost
	}
	for j := 1; j <= maxOrder; j++ {
		h.z[j], h.next[j] = sp.New(y), sp.New(y)
	}
	return h
}

// start begins a history of one point with the derivative slope.
func (p *history[S]) start(slope S, h float64) {
	p.q, p.h = 1, h
	clear(p.past)
	p.scaled(p.z[1], h, slope)
}

// scaled sets dst = c x.
func (p *history[S]) scaled(dst S, c float64, x S) { p.add(dst, p.zero, c, x) }

// add sets dst = x + c k, where k is not dst.
func (p *history[S]) add(dst, x S, c float64, k S) {
	p.c, p.ks = append(p.c[:0], c), append(p.ks[:0], k)
	p.sp.AddScaled(dst, x, p.c, p.ks)
}

// distances sets xi[i] = (t1 - t_(n+1-i))/h, i = 1.., for a step of size h from t_n to
// t1. After commit the same numbers are past[i]/h.
func (p *history[S]) distances(xi []float64, h float64) {
	for i := 1; i < len(xi); i++ {
		xi[i] = 1 + p.past[i-1]/h
	}
}

// predict sets dst = P(t_n + r h) and slope = r h P'(t_n + r h).
func (p *history[S]) predict(dst, slope, y S, r float64) {
	if x, ok := p.few(p.z); ok {
		p.setPowers(r)
		predictFew(any(dst).([]float64), any(slope).([]float64), any(y).([]float64), x[:p.q+1], p.powers)
		return
	}
	p.state(dst, y, r)
	p.slope(slope, r)
}

// state sets dst = P(t_n + r h).
func (p *history[S]) state(dst, y S, r float64) {
	p.c, p.ks = p.c[:0], p.ks[:0]
	power := 1.0
	for _, z := range p.z[1 : p.q+1] {
		power *= r
		p.c, p.ks = append(p.c, power), append(p.ks, z)
	}
	p.sp.AddScaled(dst, y, p.c, p.ks)
}

// slope sets dst = r h P'(t_n + r h).
func (p *history[S]) slope(dst S, r float64) {
	p.setPowers(r)
	p.terms(1)
	p.sp.AddScaled(dst, p.zero, p.c, p.ks)
}

// setPowers sets powers[i] = r^i.
func (p *history[S]) setPowers(r float64) {
	p.powers[0] = 1
	for i := 1; i <= p.q; i++ {
		p.powers[i] = r * p.powers[i-1]
	}
}

// terms collects coefficient j of P about t_n + r h in units of r h, for the r of
// setPowers: sum_(i>=j) binomial(i, j) r^i z_i.
func (p *history[S]) terms(j int) {
	p.c, p.ks = p.c[:0], p.ks[:0]
	binomial := 1.
	for i := j; i <= p.q; i++ {
		p.c, p.ks = append(p.c, binomial*p.powers[i]), append(p.ks, p.z[i])
		binomial *= float64(i+1) / float64(i+1-j)
	}
}

// advance sets next to P about t_n + r h, corrected by delta times the polynomial
// with the coefficients l.
func (p *history[S]) advance(r float64, l []float64, delta S) {
	p.setPowers(r)
	if x, ok := p.few(p.z); ok {
		advanceFew(any(p.next).([][]float64), x[:p.q+1], p.powers, l, any(delta).([]float64))
		return
	}
	for j := 1; j <= p.q; j++ {
		p.terms(j)
		p.c, p.ks = append(p.c, l[j]), append(p.ks, delta)
		p.sp.AddScaled(p.next[j], p.zero, p.c, p.ks)
	}
}

// commit makes next the history, after a step of size h.
func (p *history[S]) commit(h float64) {
	p.z, p.next = p.next, p.z
	p.h = h
	for i := len(p.past) - 1; i > 0; i-- {
		p.past[i] = p.past[i-1] + h
	}
}

// raise adds one degree: P += c*delta*d with d monic of degree q+1.
func (p *history[S]) raise(d []float64, c float64, delta S) {
	p.q++
	top := p.z[p.q]
	p.scaled(top, c, delta)
	for j := 2; j < p.q; j++ {
		p.add(p.z[j], p.z[j], d[j], top)
	}
}

// lower takes the highest degree away: P -= z_q*d with d monic of degree q.
func (p *history[S]) lower(d []float64) {
	for j := 2; j < p.q; j++ {
		p.add(p.z[j], p.z[j], -d[j], p.z[p.q])
	}
	p.q--
}

// inside sets dst to the solution at x in the last attempted step, 0 being its end y1
// and -1 its start.
func (p *history[S]) inside(dst, y1 S, x float64) {
	p.c, p.ks = p.c[:0], p.ks[:0]
	power := 1.0
	for _, z := range p.next[1 : p.q+1] {
		power *= x
		p.c, p.ks = append(p.c, power), append(p.ks, z)
	}
	p.sp.AddScaled(dst, y1, p.c, p.ks)
}

// piece is a kept interpolant: y1 + sum_j x^j z_j, x = (t-t1)/h.
type piece[S any] struct {
	sp    space.Space[S]
	t1, h float64
	y1    S
	z     []S
}

func (p *piece[S]) At(dst S, t float64) {
	x := (t - p.t1) / p.h
	lent, c := borrowWeights(len(p.z))
	power := 1.0
	for j := range c {
		power *= x
		c[j] = power
	}
	p.sp.AddScaled(dst, p.y1, c, p.z)
	weightsPool.Put(lent)
}

// timesLinear multiplies the polynomial p[0] + .. + p[n] x^n by a + b x in place.
func timesLinear(p []float64, n int, a, b float64) {
	p[n+1] = b * p[n]
	for j := n; j > 0; j-- {
		p[j] = a*p[j] + b*p[j-1]
	}
	p[0] *= a
}
