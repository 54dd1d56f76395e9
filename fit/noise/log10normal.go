package noise

import (
	"math"
	"math/rand/v2"
)

// Log10Normal says that the decimal logarithm of a value is normal about the decimal
// logarithm of the prediction:
//
//	f(y) = exp(-z^2/2) / (sqrt(2 pi) scale y ln 10),   z = (log10 y - log10 prediction)/scale
//
// It is [LogNormal] with the scale in decades; values and predictions are positive.
type Log10Normal struct{}

var _ Profiled = Log10Normal{}

// Name returns "log10normal".
func (Log10Normal) Name() string { return "log10normal" }

// ArgNames returns prediction and scale.
func (Log10Normal) ArgNames() []string { return []string{"prediction", "scale"} }

// Support is every positive value.
func (Log10Normal) Support(value float64) error { return positiveValue("log10normal", value) }

// Check wants a positive prediction and a positive scale.
func (Log10Normal) Check(args Args) error { return positiveScale("log10normal", args) }

// Score sets dst for a measured value.
func (d Log10Normal) Score(dst *Score, value float64, args Args) error {
	if err := d.Support(value); err != nil {
		return err
	}
	if err := d.Check(args); err != nil {
		return err
	}
	dst.logNormal(value, args[0], args[1]*math.Ln10)
	dst.inDecades()
	return dst.check("log10normal", value, args)
}

// inDecades turns derivatives by a scale in natural logarithms into ones by a scale in
// decimal logarithms.
func (s *Score) inDecades() {
	s.D[1] *= math.Ln10
	for k := range s.Rows {
		s.W[k][1] *= math.Ln10
	}
}

// ScoreCensored sets dst for a value beyond limit, as [LogNormal] does.
func (d Log10Normal) ScoreCensored(dst *Score, side Side, limit float64, args Args) error {
	if err := d.Check(args); err != nil {
		return err
	}
	if err := dst.logNormalEvent("log10normal", side, limit, args[0], args[1]*math.Ln10); err != nil {
		return err
	}
	dst.inDecades()
	return dst.check("log10normal", limit, args)
}

// Residual returns log10 value - log10 prediction.
func (Log10Normal) Residual(value, prediction float64) float64 {
	return logRatio(value, prediction) / math.Ln10
}

// Standardized returns (log10 value - log10 prediction)/scale.
func (Log10Normal) Standardized(value float64, args Args) float64 {
	return logRatio(value, args[0]) / (math.Ln10 * args[1])
}

// OptimalScale returns the root mean square of the residuals.
func (Log10Normal) OptimalScale(residuals []float64) float64 { return rootMeanSquare(residuals) }

// Sample draws a value.
func (Log10Normal) Sample(rng *rand.Rand, args Args) float64 {
	return args[0] * math.Pow(10, args[1]*rng.NormFloat64())
}
