package noise

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mathext"
)

// TestNormalTail compares with Mills' ratio as an integral,
//
//	(1 - Phi(x))/phi(x) = integral of exp(-x t - t^2/2) over t > 0
//
// from the bulk to far beyond the underflow of Phi.
func TestNormalTail(t *testing.T) {
	for _, x := range []float64{-3, -1, 0, 1, 4.9, 5, 5.1, 7, 12, 30, 38, 100, 1e4, 1e8} {
		unit := 1 / math.Max(1, x)
		mills := unit * halfLine(func(v float64) float64 { u := v * unit; return math.Exp(-x*u - u*u/2) })
		// h - x = (1/mills) integral of t exp(-x t - t^2/2): the derivative of ln mills
		first := unit * halfLine(func(v float64) float64 { u := v * unit; return u * math.Exp(-x*u-u*u/2) })
		logP, h, rest := normalTail(-x)
		want := -x*x/2 - halfLog2Pi + math.Log(mills)
		// 3e-13: the quadrature
		if !(math.Abs(logP-want) < 3e-13*math.Max(1, math.Abs(want)) && math.Abs(h*mills-1) < 3e-13) {
			t.Errorf("x = %v: ln P %.16g, want %.16g; h %.16g, want %.16g", x, logP, want, h, 1/mills)
		}
		// by parts, x mills + first = 1, so that h - x = first/mills
		if !(math.Abs(rest*mills/first-1) < 1e-12) {
			t.Errorf("x = %v: h - x is %.16g, want %.16g", x, rest, first/mills)
		}
	}
	// The first terms of the asymptotic series at z = 30, of which the next is 1e-10:
	// ln Q(30) = -450 - ln(30 sqrt(2 pi)) + ln(1 - 1/900 + 3/900^2 - 15/900^3)
	want := -450 - math.Log(30) - halfLog2Pi + math.Log(1-1./900+3./900/900-15./900/900/900)
	if logP, _, _ := normalTail(-30); !(math.Abs(logP-want) < 2e-10) {
		t.Errorf("ln Q(30) is %.15g, want %.15g", logP, want)
	}
}

// TestNormalTailCrossing: both forms agree where one takes over.
func TestNormalTailCrossing(t *testing.T) {
	a, ha, ra := normalTail(-5)
	b, hb, rb := normalTail(math.Nextafter(-5, -6))
	if !(math.Abs(a-b) < 2e-14 && math.Abs(ha-hb) < 1e-14 && math.Abs(ra-rb) < 1e-14) {
		t.Errorf("at -5: %.17g %.17g %.17g and %.17g %.17g %.17g", a, ha, ra, b, hb, rb)
	}
}

// TestCensoredAgainstQuadrature compares P with the integral of the density beyond the
// limit, and the curvature in use with differences of D.
func TestCensoredAgainstQuadrature(t *testing.T) {
	for _, l := range continuous {
		for _, limit := range l.values() {
			for _, side := range []Side{Below, Above} {
				var s Score
				if err := l.ScoreCensored(&s, side, limit, l.args); err != nil {
					t.Fatal(err)
				}
				sign := map[Side]float64{Below: -1, Above: 1}[side]
				var p float64
				switch l.Name() {
				case "lognormal", "log10normal":
					// u = ln(y/limit) has unit scale or so
					p = halfLine(func(v float64) float64 {
						y := limit * math.Exp(sign*v)
						if math.IsInf(y, 1) {
							return 0
						}
						return l.density(y) * y
					})
				default:
					// The probability of the nearer tail is cut where the density peaks.
					p = l.args[1] * halfLine(func(v float64) float64 { return l.density(limit + sign*l.args[1]*v) })
					if (limit-l.args[0])*sign < 0 {
						p = 1 - l.args[1]*halfLine(func(v float64) float64 { return l.density(limit - sign*l.args[1]*v) })
					}
				}
				// 1e-10: quadrature over tails of any shape, at P down to 1e-36
				if !(math.Abs(math.Exp(-s.NLL)-p) < 1e-10*p+1e-14) {
					t.Errorf("%v: P on side %d of %v is %.15g, want %.15g", l, side, limit, math.Exp(-s.NLL), p)
				}
			}
		}
	}
}

// TestCensoredCounts compares with sums of probabilities, from the far end inwards.
// (Where these underflow, the references of TestReference hold.)
func TestCensoredCounts(t *testing.T) {
	for _, l := range counts {
		f := func(k float64) float64 {
			if l.Name() == "poisson" {
				return math.Exp(logPoisson(k, l.args[0]))
			}
			return math.Exp(logNegBinomial(k, l.args[0], l.args[1]))
		}
		for _, k := range l.values() {
			for side, sum := range map[Side]func() float64{
				Below: func() (p float64) {
					for j := 0.0; j <= k; j++ {
						p += f(j)
					}
					return p
				},
				Above: func() (p float64) {
					for j := k + 9000; j > k; j-- {
						p += f(j)
					}
					return p
				},
			} {
				var s Score
				if err := l.ScoreCensored(&s, side, k+0.5, l.args); err != nil {
					t.Fatal(err)
				}
				if want := sum(); want > 1e-290 && !(math.Abs(math.Exp(-s.NLL)-want) < 1e-11*want) {
					t.Errorf("%v: P on side %d of %v.5 is %.15g, want %.15g", l, side, k, math.Exp(-s.NLL), want)
				}
				// a limit that is a count itself lies on neither side of itself
				var at Score
				limit := map[Side]float64{Below: k + 1, Above: k}[side]
				if err := l.ScoreCensored(&at, side, limit, l.args); err != nil || at != s {
					t.Errorf("%v: side %d of %v gives %+v (%v), and %+v in between", l, side, limit, at, err, s)
				}
			}
		}
	}
}

// TestCensoredRow: the row is bounded by the deviance residual, and has the observed
// curvature by the prediction where the likelihood is convex enough.
func TestCensoredRow(t *testing.T) {
	for _, l := range laws {
		for _, limit := range l.values() {
			if limit == 0 {
				continue
			}
			var s Score
			if err := l.ScoreCensored(&s, Above, limit, l.args); err != nil {
				t.Fatal(err)
			}
			if s.Rows > 1 || s.R[0]*s.R[0] > 2*s.NLL*(1+1e-12) {
				t.Errorf("%v above %v: %d rows, R %v, NLL %v", l, limit, s.Rows, s.R[0], s.NLL)
			}
			if l.Name() == "lognormal" || l.Name() == "log10normal" || s.NLL < 1e-6 {
				continue // the curvature is one by the logarithm of the prediction
			}
			unit := l.args[1]
			if l.Name() == "poisson" || l.Name() == "negbinomial" {
				unit = l.args[0]
			}
			h := derivative(func(x float64) float64 {
				a := l.args
				a[0] = x
				var s Score
				if err := l.ScoreCensored(&s, Above, limit, a); err != nil {
					t.Fatal(err)
				}
				return s.D[0]
			}, l.args[0], 0.01*unit)
			want := math.Max(h, s.D[0]*s.D[0]/(2*s.NLL))
			// differences of D: 1e-11 of D itself, over steps of 0.0025 units
			if got := s.W[0][0] * s.W[0][0]; !(math.Abs(got-want) < 1e-7*want+1e-8*math.Abs(s.D[0])/unit) {
				t.Errorf("%v above %v: information %.10g, want %.10g (curvature %.10g)", l, limit, got, want, h)
			}
		}
	}
}

// TestBetaTail compares with gonum's incomplete beta function, and by symmetry.
func TestBetaTail(t *testing.T) {
	for _, a := range []float64{0.01, 0.5, 3, 40, 1e3} {
		for _, b := range []float64{0.5, 1, 7, 300} {
			for _, x := range []float64{1e-4, 0.1, 0.5, 0.93} {
				want := mathext.RegIncBeta(a, b, x)
				v, _ := logBetaTail(betaArg{a: a, b: b, x: x, y: 1 - x})
				if want > 1e-290 && !(math.Abs(math.Exp(v)/want-1) < 2e-11) {
					t.Errorf("I(%v; %v, %v) is %.15g, want %.15g", x, a, b, math.Exp(v), want)
				}
				w, _ := logBetaTail(betaArg{a: b, b: a, x: 1 - x, y: x})
				if !(math.Abs(math.Exp(v)+math.Exp(w)-1) < 1e-12) {
					t.Errorf("I(%v; %v, %v) and its complement add up to %.15g", x, a, b, math.Exp(v)+math.Exp(w))
				}
			}
		}
	}
}

// TestStirling checks both halves of stirlingError and of deviance where they meet, and
// against the plain formulas where those are good.
func TestStirling(t *testing.T) {
	for _, x := range []float64{0.1, 1, 5, 15.999, 16, 16.001, 30} {
		lg, _ := math.Lgamma(x)
		// the plain form loses digits of the size of ln Gamma(30) = 71
		if want := lg - ((x-0.5)*math.Log(x) - x + halfLog2Pi); !(math.Abs(stirlingError(x)-want) < 1e-14*math.Max(1, math.Abs(lg))) {
			t.Errorf("stirlingError(%v) is %.17g, want %.17g", x, stirlingError(x), want)
		}
	}
	for _, x := range []float64{1e-300, 0.5, 3, 81, 100, 122, 150, 1e10} {
		if got, want := deviance(x, 100), x*math.Log(x/100)+100-x; !(math.Abs(got-want) < 1e-13*(x+100)) {
			t.Errorf("deviance(%v, 100) is %.17g, want %.17g", x, got, want)
		}
	}
	// near m it is (x-m)^2/(2m) (1 - (x-m)/(3m))
	if got, want := deviance(1e10+1e3, 1e10), 5e-5*(1-1e-7/3); !(math.Abs(got/want-1) < 1e-13) {
		t.Errorf("deviance near its zero is %.17g, want %.17g", got, want)
	}
}

// TestDigamma compares with psi(1) = -gamma, psi(1/2) = -gamma - 2 ln 2, and by
// the recurrence.
func TestDigamma(t *testing.T) {
	const euler = 0.57721566490153286060651209008240243104215933593992
	for x, want := range map[float64]float64{1: -euler, 0.5: -euler - 2*math.Ln2, 2: 1 - euler} {
		if got := digammaLess(x) + math.Log(x); !(math.Abs(got-want) < 1e-15) {
			t.Errorf("psi(%v) is %.17g, want %.17g", x, got, want)
		}
	}
	for _, x := range []float64{1e-8, 0.3, 4, 11.5, 12, 12.5, 100, 1e6} {
		step := digammaLess(x+1) + math.Log1p(1/x) - digammaLess(x)
		if !(math.Abs(step*x-1) < 1e-12) { // a step of 1/x between numbers of that size or, for x large, of ln x
			t.Errorf("psi(x+1) - psi(x) at %v is %.17g, want %.17g", x, step, 1/x)
		}
	}
}

func TestGap(t *testing.T) {
	for _, v := range []float64{-0.9, -0.1001, -0.0999, -1e-3, 0, 1e-9, 0.0999, 0.1001, 3} {
		want := v - math.Log1p(v)
		if math.Abs(v) < 0.01 {
			want = v*v/2 - v*v*v/3 + v*v*v*v/4
		}
		if got := gap(v); !(math.Abs(got-want) < 1e-15+1e-10*math.Abs(v*v*v)*math.Abs(v)) {
			t.Errorf("gap(%v) is %.17g, want %.17g", v, got, want)
		}
	}
}

func TestOptimalScale(t *testing.T) {
	residuals := []float64{0.5, -1.25, 2, 0.1, -0.3}
	for _, d := range []Profiled{Normal{}, LogNormal{}, Log10Normal{}, Laplace{}} {
		best := d.OptimalScale(residuals)
		// the sum of dNLL/dscale over values with these residuals is zero there
		sum, nll := 0.0, func(scale float64) (total float64) {
			for _, r := range residuals {
				y := 1 + r
				switch d.Name() {
				case "lognormal":
					y = math.Exp(r)
				case "log10normal":
					y = math.Pow(10, r)
				}
				var s Score
				if err := d.Score(&s, y, Args{1, scale}); err != nil {
					t.Fatal(err)
				}
				total += s.NLL
			}
			return total
		}
		sum = derivative(nll, best, 0.01*best)
		if !(math.Abs(sum) < 1e-9) || nll(best) > nll(1.01*best) || nll(best) > nll(0.99*best) {
			t.Errorf("%s: the derivative by the scale at its best %v is %v", d.Name(), best, sum)
		}
		if z := d.OptimalScale([]float64{0, 0}); z != 0 {
			t.Errorf("%s: the best scale of no residuals at all is %v", d.Name(), z)
		}
		for _, big := range []float64{1e-200, 1e200, 1.5e308} {
			if s := d.OptimalScale([]float64{big, -big, big}); !(math.Abs(s/big-1) < 1e-15) {
				t.Errorf("%s: the best scale of residuals of %v is %v", d.Name(), big, s)
			}
		}
		if !math.IsNaN(d.OptimalScale([]float64{1, math.NaN()})) {
			t.Errorf("%s: NaN is lost", d.Name())
		}
	}
}
