package integrate

// adamsMaxOrder is the highest order of the predictor.
const adamsMaxOrder = 12

// adamsCoefficients are those of the Adams formulas on a grid of any step sizes. With
// xi_i = (t_n - t_(n-i))/h, P fits y_n and the derivatives at t_n .. t_(n-q+1). With
//
//	G_k = int_(-1..0) prod_(i=1..k-1) (1 + x/xi_i) dx
//
// and D = h f(t_n, predicted) - h P'(t_n), P that of the step before,
//
//	y_n = P(t_n) + G_(q+1) D
//
// is the corrector of order q+1, and (G_q - G_(q+1)) D the error of that of order q.
//
// Source: Shampine, Gordon, Computer Solution of ODEs (1975), chapters 5 and 10;
// Hairer, Norsett, Wanner, Solving ODEs I, section III.5.
type adamsCoefficients struct {
	xi [adamsMaxOrder + 3]float64 // xi[1..]
	g  [adamsMaxOrder + 3]float64 // G[1..]
	l  [adamsMaxOrder + 3]float64 // int_(0..x) prod_(i=1..q-1) (1 + u/xi_i) du
	d  [adamsMaxOrder + 3]float64 // of a change of order or an interpolant
	w  [adamsMaxOrder + 3]float64 // scratch
}

// set makes l and G_1 .. G_(q+1), and G_(q+2) where more than q points lie back.
func (a *adamsCoefficients) set(q, points int) {
	a.w = [adamsMaxOrder + 3]float64{0: 1}
	for k := 1; k <= min(q+2, points+1); k++ {
		a.g[k] = 0
		sign := 1.
		for j, w := range a.w[:k] {
			a.g[k] += sign * w / float64(j+1)
			sign = -sign
		}
		if k == q {
			a.l = [adamsMaxOrder + 3]float64{}
			for j, w := range a.w[:q] {
				a.l[j+1] = w / float64(j+1)
			}
		}
		if k <= points {
			timesLinear(a.w[:], k-1, 1, 1/a.xi[k])
		}
	}
}

// local returns the error at order k for D = 1.
func (a *adamsCoefficients) local(k int) float64 { return a.g[k] - a.g[k+1] }

// top returns D at order q-1 for z_q = 1: q prod_(i=1..q-1) xi_i.
func (a *adamsCoefficients) top(q int) float64 {
	p := float64(q)
	for _, xi := range a.xi[1:q] {
		p *= xi
	}
	return p
}

// repeat returns s such that D - s D_before (h/h_before) is D at order q+1: 1 for equal
// steps.
func (a *adamsCoefficients) repeat(q int) float64 {
	s := a.xi[1] / (a.xi[q+1] - a.xi[1])
	for i := 2; i <= q; i++ {
		s *= a.xi[i] / (a.xi[i] - a.xi[1])
	}
	return s
}

// raise sets d and returns c: P + c D d fits the derivative at t_(n-q) as well. D is
// that of the derivative at the end of the step just made.
func (a *adamsCoefficients) raise(q int) float64 {
	a.integral(q-1, float64(q+1))
	return 1 / (a.top(q + 1))
}

// lower sets d: P - z_q d does not know of the derivative at t_(n-q+1).
func (a *adamsCoefficients) lower(q int) { a.integral(q-2, float64(q)) }

// bridge sets d to a polynomial of degree q+1 that vanishes with its derivative at 0,
// with its derivative at -xi_1 .. -xi_(q-1), and is 1 at -1.
func (a *adamsCoefficients) bridge(q int) {
	a.integral(q-1, 1)
	at, sign := 0., 1.
	for _, d := range a.d[:q+2] {
		at += sign * d
		sign = -sign
	}
	for j := range a.d {
		a.d[j] /= at
	}
}

// integral sets d to scale int_(0..x) u prod_(i=1..n) (u + xi_i) du.
func (a *adamsCoefficients) integral(n int, scale float64) {
	a.d = [adamsMaxOrder + 3]float64{1: 1}
	for i := 1; i <= n; i++ {
		timesLinear(a.d[:], i, a.xi[i], 1)
	}
	for j := n + 2; j > 0; j-- {
		a.d[j] = scale * a.d[j-1] / float64(j)
	}
	a.d[0] = 0
}
