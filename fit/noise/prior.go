package noise

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Prior is the prior distribution of a parameter, on the parameter's own scale. The
// values of this package that implement it are made by [NewPrior], which checks their
// arguments; they have no other state, and Score does not allocate unless it fails.
type Prior interface {
	// Name is the name in the model language.
	Name() string

	// Support returns the ends of the interval outside which the density is 0.
	Support() (lo, hi float64)

	// Score sets dst for a value of the parameter. It returns a *SupportError where
	// the density is 0, or infinite.
	Score(dst *PriorScore, x float64) error
}

// PriorScore is what a prior contributes to the objective, as a function of the
// parameter x.
type PriorScore struct {
	NLL float64 // the negative log density, with every constant
	D   float64 // its derivative

	// W is the weight of x in a row of a Gauss-Newton method, and R its pseudo-residual:
	// W R = D. W^2 is the second derivative of NLL in the coordinate in which that is
	// convex, turned back to x: x itself for normal, ln x for lognormal and gamma,
	// ln(x/(1-x)) for beta. At the most likely x it is the second derivative by x. For
	// laplace it is the information 1/scale^2, for uniform 0.
	W, R float64
}

// row sets s, with information info.
func (s *PriorScore) row(nll, d, info float64) {
	*s = PriorScore{NLL: nll, D: d, W: math.Sqrt(info)}
	if s.W == 0 {
		s.W = math.Abs(d)
	}
	if s.W != 0 {
		s.R = d / s.W
	}
}

// check returns an error where s is not finite.
func (s *PriorScore) check(name string, x float64) error {
	if finite(s.NLL) && finite(s.D) && finite(s.W) && finite(s.R) {
		return nil
	}
	return &RangeError{Distribution: name, Value: x}
}

// PriorNames returns the names that NewPrior knows.
func PriorNames() []string {
	return []string{"normal", "lognormal", "laplace", "uniform", "gamma", "beta"}
}

// NewPrior returns the prior with a name and arguments of the model language:
//
//	normal(mean, sd)        lognormal(median, sd of the natural logarithm)
//	laplace(mean, scale)    uniform(lower, upper)
//	gamma(shape, rate)      beta(a, b)
//
// lognormal means what it means for data: ln x is normal about ln median. The error is a
// *NameError, an *ArityError or an *ArgError.
func NewPrior(name string, args ...float64) (Prior, error) {
	var argNames []string
	switch name {
	case "normal":
		argNames = []string{"mean", "standard deviation"}
	case "lognormal":
		argNames = []string{"median", "standard deviation"}
	case "laplace":
		argNames = []string{"mean", "scale"}
	case "uniform":
		argNames = []string{"lower bound", "upper bound"}
	case "gamma":
		argNames = []string{"shape", "rate"}
	case "beta":
		argNames = []string{"first shape", "second shape"}
	default:
		return nil, &NameError{name, PriorNames()}
	}
	if len(args) != len(argNames) {
		return nil, &ArityError{name, len(args), argNames}
	}
	a, b := args[0], args[1]
	check := needFinite
	if name == "lognormal" || name == "gamma" || name == "beta" {
		check = needPositive
	}
	if err := check(name, 0, argNames[0], a); err != nil {
		return nil, err
	}
	if name == "uniform" {
		if !(b > a) || !finite(b-a) {
			return nil, &ArgError{name, 1, argNames[1], b, "finite and above the lower one"}
		}
	} else if err := needPositive(name, 1, argNames[1], b); err != nil {
		return nil, err
	}
	switch name {
	case "normal":
		return normalPrior{a, b}, nil
	case "lognormal":
		return logNormalPrior{a, b}, nil
	case "laplace":
		return laplacePrior{a, b}, nil
	case "uniform":
		return uniformPrior{a, b}, nil
	case "gamma":
		lg, _ := math.Lgamma(a)
		return gammaPrior{a, b, lg - a*math.Log(b)}, nil
	}
	return betaPrior{a, b, mathext.Lbeta(a, b)}, nil
}
