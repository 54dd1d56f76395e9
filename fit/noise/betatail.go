package noise

import "math"

// betaArg is the argument of an incomplete beta function that depends on one more
// variable, with its derivative (suffix d) by that variable.
type betaArg struct {
	a, b   float64
	x, y   float64 // y = 1 - x, given apart so that neither is formed by cancellation
	ad, bd float64
	xd     float64 // that of y is -xd
}

// logBetaTail returns ln I_x(a, b), the log of the regularised incomplete beta function,
// and its derivative by the variable, for a, b > 0 and x, y in (0, 1). The result is NaN
// where the continued fraction does not converge.
//
// The factor x^a y^b is kept as a logarithm, so that nothing underflows. The fraction
// (Press et al., Numerical Recipes, 6.4.5) converges quickly for x < (a+1)/(a+b+2); on
// the other side I_x(a, b) = 1 - I_y(b, a).
func logBetaTail(p betaArg) (v, dv float64) {
	if p.x > (p.a+1)/(p.a+p.b+2) {
		w, dw := logBetaFraction(betaArg{p.b, p.a, p.y, p.x, p.bd, p.ad, -p.xd})
		return math.Log1p(-math.Exp(w)), -dw / math.Expm1(-w)
	}
	return logBetaFraction(p)
}

// logBetaFraction is logBetaTail by the fraction.
func logBetaFraction(p betaArg) (v, dv float64) {
	v = logBetaPower(p.a, p.b, p.x, p.y) - math.Log(p.a)
	n := p.a + p.b
	rest := digammaLess(n)
	dv = p.ad*(math.Log(p.x*n/p.a)-digammaLess(p.a)+rest) + p.bd*(math.Log(p.y*n/p.b)-digammaLess(p.b)+rest) +
		p.a*p.xd/p.x - p.b*p.xd/p.y - p.ad/p.a
	f := betaFraction(p)
	return v + math.Log(f.v), dv + f.d/f.v
}

// tangent is a number with its derivative.
type tangent struct{ v, d float64 }

func (s tangent) times(t tangent) tangent { return tangent{s.v * t.v, s.d*t.v + s.v*t.d} }
func (s tangent) over(t tangent) tangent {
	q := s.v / t.v
	return tangent{q, (s.d - q*t.d) / t.v}
}

// onePlus returns 1 + s, and never 0.
func (s tangent) onePlus() tangent {
	s.v++
	if s.v == 0 {
		s.v = 1e-300
	}
	return s
}

// betaFraction evaluates the continued fraction
//
//	1/(1 + d1/(1 + d2/(1 + ...))),
//	d(2m+1) = -(a+m)(a+b+m) x / ((a+2m)(a+2m+1)),   d(2m) = m (b-m) x / ((a+2m-1)(a+2m))
//
// by the method of Lentz, with its derivative. It takes about sqrt(max(a, b)) terms.
func betaFraction(p betaArg) tangent {
	a, b, x := tangent{p.a, p.ad}, tangent{p.b, p.bd}, tangent{p.x, p.xd}
	shift := func(s tangent, m float64) tangent { return tangent{s.v + m, s.d} }
	one := tangent{v: 1}
	ab := tangent{a.v + b.v, a.d + b.d}

	c := one
	d := one.over(tangent{-1, 0}.times(ab).times(x).over(shift(a, 1)).onePlus())
	f := d
	for m := 1.0; m < 1e6; m++ {
		even := shift(tangent{-b.v, -b.d}, m).times(tangent{-m, 0}).times(x).over(shift(a, 2*m-1)).over(shift(a, 2*m))
		d = one.over(even.times(d).onePlus())
		c = even.over(c).onePlus()
		f = f.times(d).times(c)
		odd := shift(a, m).times(shift(ab, m)).times(tangent{-x.v, -x.d}).over(shift(a, 2*m)).over(shift(a, 2*m+1))
		d = one.over(odd.times(d).onePlus())
		c = odd.over(c).onePlus()
		step := d.times(c)
		f = f.times(step)
		if math.Abs(step.v-1) < 0x1p-51 && math.Abs(step.d) < 0x1p-46*math.Abs(f.d/f.v)+0x1p-60 {
			return f
		}
	}
	return tangent{math.NaN(), math.NaN()}
}
