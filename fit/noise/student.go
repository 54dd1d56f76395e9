package noise

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// Student is Student's t distribution with nu degrees of freedom:
//
//	f(y) = Gamma((nu+1)/2) / (Gamma(nu/2) sqrt(nu pi) scale) (1 + z^2/nu)^(-(nu+1)/2)
//
// with z = (y - prediction)/scale. Its information (K. L. Lange, R. J. A. Little and
// J. M. G. Taylor, Robust Statistical Modeling Using the t Distribution, 1989, appendix)
// is (nu+1)/((nu+3) scale^2) about the prediction, 2 nu/((nu+3) scale^2) about the scale,
// and links scale and nu: its third row holds what nu adds to the second.
//
// It is not [Profiled]: the best scale has no closed form.
type Student struct{}

var _ Distribution = Student{}

// Name returns "student".
func (Student) Name() string { return "student" }

// ArgNames returns prediction, scale and degrees of freedom.
func (Student) ArgNames() []string { return []string{"prediction", "scale", "degrees of freedom"} }

// Support is every finite value.
func (Student) Support(value float64) error { return realValue("student", value) }

// Check wants a finite prediction, a positive scale and positive degrees of freedom.
func (Student) Check(args Args) error {
	if err := locationScale("student", args); err != nil {
		return err
	}
	return needPositive("student", 2, "degrees of freedom", args[2])
}

// Score sets dst for a measured value.
func (d Student) Score(dst *Score, value float64, args Args) error {
	if err := d.Support(value); err != nil {
		return err
	}
	if err := d.Check(args); err != nil {
		return err
	}
	scale, nu := args[1], args[2]
	z := (value - args[0]) / scale
	t := z * z / nu
	c, dc := studentConstant(nu)
	*dst = Score{NLL: halfLog2Pi - c + math.Log(scale) + (nu+1)/2*math.Log1p(t), Rows: 3}
	rho := (1 + 1/nu) * z / (1 + t) // the derivative of NLL by z
	info := studentInfo(nu)
	dst.D = [3]float64{-rho / scale, (1 - z*rho) / scale, -dc + (math.Log1p(t)-(1+1/nu)*t/(1+t))/2}
	if t < 0.1 { // the same, without cancellation
		dst.D[2] = -dc + (gap(-t/(1+t))-t/(1+t)/nu)/2
	}

	// With L L^T the information about scale and nu, W = L^T and R = L^-1 D.
	root := math.Sqrt(info.scale)
	link := -2 / ((nu + 1) * (nu + 3)) / root
	last := math.Sqrt(info.nu)
	dst.W[0][0] = math.Sqrt(info.prediction) / scale
	dst.R[0] = -rho / math.Sqrt(info.prediction)
	dst.W[1] = [3]float64{0, root / scale, link}
	dst.R[1] = (1 - z*rho) / root
	dst.W[2][2] = last
	dst.R[2] = (dst.D[2] - link*dst.R[1]) / last
	if last == 0 { // nu beyond 1e77: nothing depends on it any more
		dst.Rows, dst.D[2], dst.R[2] = 2, 0, 0
	}
	return dst.check("student", value, args)
}

// studentInformation is the information about the arguments at scale 1; nu is what
// is left of that about nu when the scale is not known.
type studentInformation struct{ prediction, scale, nu float64 }

func studentInfo(nu float64) studentInformation {
	s := studentInformation{prediction: (nu + 1) / (nu + 3), scale: 2 * nu / (nu + 3)}
	if nu < 50 {
		trigammas := (mathext.Zeta(2, nu/2) - mathext.Zeta(2, (nu+1)/2)) / 4
		s.nu = trigammas - (nu+5)/(2*nu*(nu+1)*(nu+3)) - 2/(nu*(nu+1)*(nu+1)*(nu+3))
		return s
	}
	// With u = 1/nu the difference of trigammas is u^2/2 + u^3/2 - u^5/2 + 3u^7/2 - ...
	// (Abramowitz and Stegun 6.4.8 and 6.4.12), and the first two terms cancel.
	u := 1 / nu
	u2 := u * u
	tail := u * (-0.5 + u2*(1.5+u2*(-8.5+u2*77.5)))
	s.nu = u2 * u2 * ((7+3*u)/2/((1+u)*(1+3*u)) + tail - 2/((1+u)*(1+u)*(1+3*u)))
	return s
}

// studentConstant returns c(nu) = ln Gamma((nu+1)/2) - ln Gamma(nu/2) - ln(nu/2)/2,
// which goes to 0 for large nu, and its derivative. The series is that of the quotient
// of gamma functions half apart (Abramowitz and Stegun 6.1.47 for its beginning).
func studentConstant(nu float64) (c, dc float64) {
	a := nu / 2
	if a < 25 {
		upper, _ := math.Lgamma(a + 0.5)
		lower, _ := math.Lgamma(a)
		return upper - lower - math.Log(a)/2, (digammaLess(a+0.5) - digammaLess(a) - gap(1/nu)) / 2
	}
	y := 1 / (a * a)
	c = (-1./8 + y*(1./192+y*(-1./640+y*(17./14336-y*31/18432)))) / a
	dc = y / 2 * (1./8 + y*(-3./192+y*(5./640+y*(-7*17./14336+y*9*31/18432))))
	return c, dc
}

// ScoreCensored sets dst for a value beyond limit.
func (d Student) ScoreCensored(dst *Score, side Side, limit float64, args Args) error {
	if err := d.Support(limit); err != nil {
		return err
	}
	if err := d.Check(args); err != nil {
		return err
	}
	scale, nu := args[1], args[2]
	u, sign := (limit-args[0])/scale, 1.0
	if side == Above {
		u, sign = -u, -1
	}
	logP, dNu := studentTail(u, nu)
	t := u * u / nu
	c, _ := studentConstant(nu)
	h := math.Exp(c - halfLog2Pi - (nu+1)/2*math.Log1p(t) - logP)
	curvature := h * (h + (1+1/nu)*u/(1+t))
	dst.event(-logP, h, curvature, [3]float64{sign * h / scale, h * u / scale, -dNu})
	return dst.check("student", limit, args)
}

// studentTail returns ln P(T < u) for a standard t distribution, and its derivative by
// nu: for u < 0 the probability is I_x(nu/2, 1/2)/2 with x = nu/(nu + u^2).
func studentTail(u, nu float64) (logP, dNu float64) {
	if u == 0 {
		return -math.Ln2, 0
	}
	t := u * u / nu
	p := betaArg{a: nu / 2, b: 0.5, x: 1 / (1 + t), y: t / (1 + t), ad: 0.5}
	p.xd = p.x * p.y / nu
	logP, dNu = logBetaTail(p)
	logP -= math.Ln2
	if u > 0 {
		dNu /= -math.Expm1(-logP) // -e^w w' / (1 - e^w) with w = logP
		logP = math.Log1p(-math.Exp(logP))
	}
	return logP, dNu
}

// Residual returns value - prediction.
func (Student) Residual(value, prediction float64) float64 { return value - prediction }

// Standardized returns (value - prediction)/scale.
func (Student) Standardized(value float64, args Args) float64 { return (value - args[0]) / args[1] }

// Sample draws a value.
func (Student) Sample(rng *rand.Rand, args Args) float64 {
	nu := args[2]
	chi2 := distuv.Gamma{Alpha: nu / 2, Beta: 0.5, Src: rng}.Rand()
	return args[0] + args[1]*rng.NormFloat64()/math.Sqrt(chi2/nu)
}
