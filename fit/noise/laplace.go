package noise

import (
	"math"
	"math/rand/v2"
)

// Laplace has the density
//
//	f(y) = exp(-|y - prediction|/scale) / (2 scale)
//
// and the information 1/scale^2 about the prediction and as much about the scale. Its
// standard deviation is sqrt(2) scale. The derivative by the prediction, a sign, is
// taken as 0 where value and prediction are equal.
type Laplace struct{}

var _ Profiled = Laplace{}

// Name returns "laplace".
func (Laplace) Name() string { return "laplace" }

// ArgNames returns prediction and scale.
func (Laplace) ArgNames() []string { return []string{"prediction", "scale"} }

// Support is every finite value.
func (Laplace) Support(value float64) error { return realValue("laplace", value) }

// Check wants a finite prediction and a positive scale.
func (Laplace) Check(args Args) error { return locationScale("laplace", args) }

// Score sets dst for a measured value.
func (d Laplace) Score(dst *Score, value float64, args Args) error {
	if err := d.Support(value); err != nil {
		return err
	}
	if err := d.Check(args); err != nil {
		return err
	}
	scale := args[1]
	z := (value - args[0]) / scale
	w := 1 / scale
	*dst = Score{NLL: math.Ln2 + math.Log(scale) + math.Abs(z), Rows: 2}
	dst.W[0][0] = w
	if z != 0 {
		dst.R[0] = -math.Copysign(1, z)
	}
	dst.W[1][1], dst.R[1] = w, 1-math.Abs(z)
	dst.D[0], dst.D[1] = dst.R[0]*w, dst.R[1]*w
	return dst.check("laplace", value, args)
}

// ScoreCensored sets dst for a value beyond limit.
func (d Laplace) ScoreCensored(dst *Score, side Side, limit float64, args Args) error {
	if err := d.Support(limit); err != nil {
		return err
	}
	if err := d.Check(args); err != nil {
		return err
	}
	scale := args[1]
	u, sign := (limit-args[0])/scale, 1.0
	if side == Above {
		u, sign = -u, -1
	}
	// P = exp(u)/2 below the median, which has no curvature, and 1 - exp(-u)/2 above.
	nll, h, curvature := math.Ln2-u, 1.0, 0.0
	if u > 0 {
		q := math.Exp(-u) / 2
		nll, h = -math.Log1p(-q), q/(1-q)
		curvature = h * (h + 1)
	}
	dst.event(nll, h, curvature, [3]float64{sign * h / scale, h * u / scale})
	return dst.check("laplace", limit, args)
}

// Residual returns value - prediction.
func (Laplace) Residual(value, prediction float64) float64 { return value - prediction }

// Standardized returns (value - prediction)/scale.
func (Laplace) Standardized(value float64, args Args) float64 { return (value - args[0]) / args[1] }

// OptimalScale returns the mean absolute residual.
func (Laplace) OptimalScale(residuals []float64) float64 {
	mustHave(residuals)
	mean := 0.0
	for i, r := range residuals { // a running mean does not overflow
		mean += (math.Abs(r) - mean) / float64(i+1)
	}
	return mean
}

// Sample draws a value.
func (Laplace) Sample(rng *rand.Rand, args Args) float64 {
	e := args[1] * rng.ExpFloat64()
	if rng.Uint64()&1 == 0 {
		e = -e
	}
	return args[0] + e
}
