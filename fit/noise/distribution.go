package noise

import "math/rand/v2"

// Args are the arguments of a distribution: the prediction first, then its scale or
// size, then its degrees of freedom. Those that a distribution does not have are
// ignored.
type Args [3]float64

// Side says on which side of its limit a censored value lies.
type Side uint8

// The sides of a limit.
const (
	Below Side = iota // less than the limit
	Above             // more than the limit
)

// Distribution is the distribution of a measured value about a prediction. The
// values of this package that implement it have no state, so that any number of
// goroutines may share one; none of the methods allocates unless it returns an error
// (Sample may).
type Distribution interface {
	// Name is the name in the model language.
	Name() string

	// ArgNames names the arguments, for messages.
	ArgNames() []string

	// Support returns a *SupportError where there can be no such value, else nil.
	Support(value float64) error

	// Check returns an *ArgError for the first argument for which there is no
	// density, else nil.
	Check(args Args) error

	// Score sets dst for a measured value. The rows have the exact expected (Fisher)
	// information of a value from this distribution.
	Score(dst *Score, value float64, args Args) error

	// ScoreCensored sets dst for a value of which it is known only that it lies
	// strictly on one side of limit: NLL = -ln P. It is accurate far in the tails,
	// where P underflows.
	//
	// There is at most one row. It has R^2 = min(2 NLL, slope^2/curvature), with
	// slope and curvature those of NLL as a function of the standardised limit (of
	// the prediction, for counts): the curvature is then the observed one, and R is
	// never larger than the deviance residual, of which half the square is NLL.
	ScoreCensored(dst *Score, side Side, limit float64, args Args) error

	// Residual returns value minus prediction on the scale of the noise: the
	// difference of natural logarithms for lognormal, of decimal ones for
	// log10normal. It is NaN where that is not defined.
	Residual(value, prediction float64) float64

	// Standardized returns the residual in units of its scale: divided by the scale,
	// or by the standard deviation for counts.
	Standardized(value float64, args Args) float64

	// Sample draws a value. The arguments must pass Check.
	Sample(rng *rand.Rand, args Args) float64
}

// Names returns the names of the distributions, as Named knows them.
func Names() []string {
	return []string{"normal", "lognormal", "log10normal", "laplace", "student", "poisson", "negbinomial"}
}

// Named returns the distribution of a name in the model language.
func Named(name string) (Distribution, bool) {
	switch name {
	case "normal":
		return Normal{}, true
	case "lognormal":
		return LogNormal{}, true
	case "log10normal":
		return Log10Normal{}, true
	case "laplace":
		return Laplace{}, true
	case "student":
		return Student{}, true
	case "poisson":
		return Poisson{}, true
	case "negbinomial":
		return NegBinomial{}, true
	}
	return nil, false
}

// finite reports whether x is neither infinite nor NaN.
func finite(x float64) bool { return x-x == 0 }

// realValue is the support of distributions on the whole line.
func realValue(name string, value float64) error {
	if finite(value) {
		return nil
	}
	return &SupportError{name, value, "finite"}
}

// needFinite checks argument arg.
func needFinite(name string, arg int, argName string, v float64) error {
	if finite(v) {
		return nil
	}
	return &ArgError{name, arg, argName, v, "finite"}
}

// needPositive checks argument arg.
func needPositive(name string, arg int, argName string, v float64) error {
	if v > 0 && finite(v) {
		return nil
	}
	return &ArgError{name, arg, argName, v, "positive and finite"}
}

// locationScale checks a finite prediction and a positive scale.
func locationScale(name string, args Args) error {
	if err := needFinite(name, 0, "prediction", args[0]); err != nil {
		return err
	}
	return needPositive(name, 1, "scale", args[1])
}
