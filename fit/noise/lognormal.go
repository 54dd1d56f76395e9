package noise

import (
	"math"
	"math/rand/v2"
)

// LogNormal says that the natural logarithm of a value is normal about the logarithm
// of the prediction, which is therefore the median:
//
//	f(y) = exp(-z^2/2) / (sqrt(2 pi) scale y),   z = (ln y - ln prediction)/scale
//
// with information 1/(scale prediction)^2 about the prediction and 2/scale^2 about
// the scale. Values and predictions are positive.
type LogNormal struct{}

var _ Profiled = LogNormal{}

// Name returns "lognormal".
func (LogNormal) Name() string { return "lognormal" }

// ArgNames returns prediction and scale.
func (LogNormal) ArgNames() []string { return []string{"prediction", "scale"} }

// Support is every positive value.
func (LogNormal) Support(value float64) error { return positiveValue("lognormal", value) }

// Check wants a positive prediction and a positive scale.
func (LogNormal) Check(args Args) error { return positiveScale("lognormal", args) }

// Score sets dst for a measured value.
func (d LogNormal) Score(dst *Score, value float64, args Args) error {
	if err := d.Support(value); err != nil {
		return err
	}
	if err := d.Check(args); err != nil {
		return err
	}
	dst.logNormal(value, args[0], args[1])
	return dst.check("lognormal", value, args)
}

// logNormal sets s for a value.
func (s *Score) logNormal(value, median, scale float64) {
	s.normal(logRatio(value, median)/scale, scale)
	s.NLL += math.Log(value)
	s.D[0] /= median
	s.W[0][0] /= median
}

// ScoreCensored sets dst for a value beyond limit. Below a limit that is not positive
// there is nothing: a *SupportError; above one lies everything, which says nothing.
func (d LogNormal) ScoreCensored(dst *Score, side Side, limit float64, args Args) error {
	if err := d.Check(args); err != nil {
		return err
	}
	if err := dst.logNormalEvent("lognormal", side, limit, args[0], args[1]); err != nil {
		return err
	}
	return dst.check("lognormal", limit, args)
}

// logNormalEvent sets s for a value beyond limit.
func (s *Score) logNormalEvent(name string, side Side, limit, median, scale float64) error {
	if side == Above && limit <= 0 && finite(limit) {
		*s = Score{}
		return nil
	}
	if err := positiveValue(name, limit); err != nil {
		return err
	}
	s.normalEvent(side, logRatio(limit, median)/scale, scale)
	s.D[0] /= median
	s.W[0][0] /= median
	return nil
}

// Residual returns ln value - ln prediction.
func (LogNormal) Residual(value, prediction float64) float64 { return logRatio(value, prediction) }

// Standardized returns (ln value - ln prediction)/scale.
func (LogNormal) Standardized(value float64, args Args) float64 {
	return logRatio(value, args[0]) / args[1]
}

// OptimalScale returns the root mean square of the residuals.
func (LogNormal) OptimalScale(residuals []float64) float64 { return rootMeanSquare(residuals) }

// Sample draws a value.
func (LogNormal) Sample(rng *rand.Rand, args Args) float64 {
	return args[0] * math.Exp(args[1]*rng.NormFloat64())
}

// logRatio returns ln a - ln b, also where a/b is beyond the range of numbers; NaN
// unless both are positive.
func logRatio(a, b float64) float64 {
	if !(a > 0 && b > 0) {
		return math.NaN()
	}
	q := a / b
	switch {
	case q > 0.5 && q < 2: // a - b is exact
		return math.Log1p((a - b) / b)
	case q > 1e-300 && q < 1e300:
		return math.Log(q)
	}
	return math.Log(a) - math.Log(b)
}

// positiveValue is the support of the log-normal distributions.
func positiveValue(name string, value float64) error {
	if value > 0 && finite(value) {
		return nil
	}
	return &SupportError{name, value, "positive"}
}

// positiveScale checks a positive prediction and a positive scale.
func positiveScale(name string, args Args) error {
	if err := needPositive(name, 0, "prediction", args[0]); err != nil {
		return err
	}
	return needPositive(name, 1, "scale", args[1])
}
