package integrate

// bdfCoefficients are those of the backward differentiation formulas of the orders
// 1 to 5 on a grid of any step sizes, with a fixed leading coefficient. With
//
//	xi_i = (t_n - t_(n-i))/h
//
// P fits y_n, y'_n and y_(n-1) .. y_(n-q+1). A step adds Delta L(x) to the P of the
// step before,
//
//	L(x) = (1 + x/xi*) prod_(i=1..q-1) (1 + x/xi_i),
//
// where xi* is such that L'(0) = H_q = 1 + 1/2 + .. + 1/q, whatever the grid: so the
// Newton matrix changes with h alone.
//
// Source: Byrne, Hindmarsh, ACM TOMS 1 (1975) 71; Jackson, Sacks-Davis, ACM TOMS 6
// (1980) 295.
type bdfCoefficients struct {
	xi [8]float64 // xi[1..]
	l  [8]float64 // of L
	d  [8]float64 // of a change of order
}

// bdfMaxOrder is the highest order whose formula is stable along the negative axis and
// beside it.
const bdfMaxOrder = 5

// harmonic[q] is H_q.
var harmonic = func() (h [bdfMaxOrder + 2]float64) {
	for q := 1; q < len(h); q++ {
		h[q] = h[q-1] + 1/float64(q)
	}
	return h
}()

// corrector sets l.
func (b *bdfCoefficients) corrector(q int) {
	b.l = [8]float64{0: 1}
	rest := harmonic[q]
	for i := 1; i < q; i++ {
		timesLinear(b.l[:], i-1, 1, 1/b.xi[i])
		rest -= 1 / b.xi[i]
	}
	timesLinear(b.l[:], q-1, 1, rest)
	b.l[1] = harmonic[q]
}

// span returns the product of xi_1 .. xi_q.
func (b *bdfCoefficients) span(q int) float64 {
	p := 1.
	for _, xi := range b.xi[1 : q+1] {
		p *= xi
	}
	return p
}

// excess returns 1 + sum_(i=1..q) 1/xi_i - H_q, which is 1 for equal steps. After a step
// that was cut hard it would come near 0 and the error estimate vanish: it is kept away.
func (b *bdfCoefficients) excess(q int) float64 {
	a := 1 - harmonic[q]
	for _, xi := range b.xi[1 : q+1] {
		a += 1 / xi
	}
	return max(a, 0.25)
}

// local returns the ratio of the local error at order q to K = h^(q+1) y^(q+1)/(q+1)!.
func (b *bdfCoefficients) local(q int) float64 { return b.span(q) * b.excess(q) / harmonic[q] }

// correction returns the ratio of Delta to K in a smooth solution.
func (b *bdfCoefficients) correction(q int) float64 {
	return b.span(q) * (1 + float64(q)*b.excess(q))
}

// share returns the ratio of the local error to Delta, local(q)/correction(q).
func (b *bdfCoefficients) share(q int) float64 {
	p, a := b.span(q), b.excess(q)
	return p * a / harmonic[q] / (p * (1 + float64(q)*a))
}

// raise sets d and returns c: P + c Delta d fits y_(n-q) as well. xi belongs to the
// step that was just made.
func (b *bdfCoefficients) raise(q int) float64 {
	b.double(q - 1)
	c := harmonic[q]
	for _, xi := range b.xi[1 : q+1] {
		c -= 1 / xi
	}
	return c / b.span(q)
}

// lower sets d: P - z_q d does not know of y_(n-q+1).
func (b *bdfCoefficients) lower(q int) { b.double(q - 2) }

// double sets d to x^2 prod_(i=1..n) (x + xi_i).
func (b *bdfCoefficients) double(n int) {
	b.d = [8]float64{2: 1}
	for i := 1; i <= n; i++ {
		timesLinear(b.d[:], i+1, b.xi[i], 1)
	}
}
