package noise

import "math"

// normalPrior has the density exp(-z^2/2)/(sqrt(2 pi) sd), z = (x - mean)/sd.
type normalPrior struct{ mean, sd float64 }

func (p normalPrior) Name() string              { return "normal" }
func (p normalPrior) Support() (lo, hi float64) { return math.Inf(-1), math.Inf(1) }

func (p normalPrior) Score(dst *PriorScore, x float64) error {
	if err := realValue("normal", x); err != nil {
		return err
	}
	z, w := (x-p.mean)/p.sd, 1/p.sd
	*dst = PriorScore{NLL: halfLog2Pi + math.Log(p.sd) + z*z/2, D: z * w, W: w, R: z}
	return dst.check("normal", x)
}

// logNormalPrior has the density exp(-z^2/2)/(sqrt(2 pi) sd x), z = (ln x - ln median)/sd.
type logNormalPrior struct{ median, sd float64 }

func (p logNormalPrior) Name() string              { return "lognormal" }
func (p logNormalPrior) Support() (lo, hi float64) { return 0, math.Inf(1) }

func (p logNormalPrior) Score(dst *PriorScore, x float64) error {
	if err := positiveValue("lognormal", x); err != nil {
		return err
	}
	z, w := logRatio(x, p.median)/p.sd, 1/p.sd/x
	*dst = PriorScore{NLL: halfLog2Pi + math.Log(p.sd) + math.Log(x) + z*z/2, D: z*w + 1/x, W: w, R: z + p.sd}
	return dst.check("lognormal", x)
}

// laplacePrior has the density exp(-|x - mean|/scale)/(2 scale). Its derivative at the
// mean is taken as 0.
type laplacePrior struct{ mean, scale float64 }

func (p laplacePrior) Name() string              { return "laplace" }
func (p laplacePrior) Support() (lo, hi float64) { return math.Inf(-1), math.Inf(1) }

func (p laplacePrior) Score(dst *PriorScore, x float64) error {
	if err := realValue("laplace", x); err != nil {
		return err
	}
	z, w := (x-p.mean)/p.scale, 1/p.scale
	*dst = PriorScore{NLL: math.Ln2 + math.Log(p.scale) + math.Abs(z), W: w}
	if z != 0 {
		dst.R = math.Copysign(1, z)
		dst.D = dst.R * w
	}
	return dst.check("laplace", x)
}

// uniformPrior has the density 1/(hi - lo) between its bounds.
type uniformPrior struct{ lo, hi float64 }

func (p uniformPrior) Name() string              { return "uniform" }
func (p uniformPrior) Support() (lo, hi float64) { return p.lo, p.hi }

func (p uniformPrior) Score(dst *PriorScore, x float64) error {
	if !(x >= p.lo && x <= p.hi) {
		return &SupportError{"uniform", x, "within the bounds of the prior"}
	}
	*dst = PriorScore{NLL: math.Log(p.hi - p.lo)}
	return dst.check("uniform", x)
}

// gammaPrior has the density rate^shape x^(shape-1) exp(-rate x)/Gamma(shape).
type gammaPrior struct {
	shape, rate float64
	constant    float64 // ln Gamma(shape) - shape ln rate
}

func (p gammaPrior) Name() string              { return "gamma" }
func (p gammaPrior) Support() (lo, hi float64) { return 0, math.Inf(1) }

func (p gammaPrior) Score(dst *PriorScore, x float64) error {
	if err := positiveValue("gamma", x); err != nil {
		return err
	}
	dst.row(p.constant-(p.shape-1)*math.Log(x)+p.rate*x, p.rate-(p.shape-1)/x, p.rate/x)
	return dst.check("gamma", x)
}

// betaPrior has the density x^(a-1) (1-x)^(b-1)/B(a, b) on (0, 1). Where a + b <= 2 it
// is convex in no coordinate, and the square of the derivative stands for the
// information.
type betaPrior struct {
	a, b     float64
	constant float64 // ln B(a, b)
}

func (p betaPrior) Name() string              { return "beta" }
func (p betaPrior) Support() (lo, hi float64) { return 0, 1 }

func (p betaPrior) Score(dst *PriorScore, x float64) error {
	if !(x > 0 && x < 1) {
		return &SupportError{"beta", x, "between 0 and 1"}
	}
	y := 1 - x
	nll := p.constant - (p.a-1)*math.Log(x) - (p.b-1)*math.Log1p(-x)
	dst.row(nll, (p.b-1)/y-(p.a-1)/x, max(p.a+p.b-2, 0)/x/y)
	return dst.check("beta", x)
}
