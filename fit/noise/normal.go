package noise

import (
	"math"
	"math/rand/v2"
)

// Normal has the density
//
//	f(y) = exp(-z^2/2) / (sqrt(2 pi) scale),   z = (y - prediction)/scale
//
// and the information 1/scale^2 about the prediction and 2/scale^2 about the scale.
type Normal struct{}

var _ Profiled = Normal{}

// halfLog2Pi is ln(2 pi)/2.
const halfLog2Pi = 0.91893853320467274178032973640561763986139747363778341281715

// Name returns "normal".
func (Normal) Name() string { return "normal" }

// ArgNames returns prediction and scale.
func (Normal) ArgNames() []string { return []string{"prediction", "scale"} }

// Support is every finite value.
func (Normal) Support(value float64) error { return realValue("normal", value) }

// Check wants a finite prediction and a positive scale.
func (Normal) Check(args Args) error { return locationScale("normal", args) }

// Score sets dst for a measured value.
func (d Normal) Score(dst *Score, value float64, args Args) error {
	if err := d.Support(value); err != nil {
		return err
	}
	if err := d.Check(args); err != nil {
		return err
	}
	scale := args[1]
	dst.normal((value-args[0])/scale, scale)
	return dst.check("normal", value, args)
}

// normal sets s for the standardised residual z.
func (s *Score) normal(z, scale float64) {
	*s = Score{NLL: halfLog2Pi + math.Log(scale) + z*z/2, Rows: 2}
	w := 1 / scale
	s.D[0], s.W[0][0], s.R[0] = -z*w, w, -z
	s.D[1], s.W[1][1], s.R[1] = (1-z*z)*w, math.Sqrt2*w, (1-z*z)/math.Sqrt2
}

// ScoreCensored sets dst for a value beyond limit.
func (d Normal) ScoreCensored(dst *Score, side Side, limit float64, args Args) error {
	if err := d.Support(limit); err != nil {
		return err
	}
	if err := d.Check(args); err != nil {
		return err
	}
	dst.normalEvent(side, (limit-args[0])/args[1], args[1])
	return dst.check("normal", limit, args)
}

// normalEvent sets s for a standard normal value beyond z.
func (s *Score) normalEvent(side Side, z, scale float64) {
	u, sign := z, 1.0
	if side == Above {
		u, sign = -z, -1
	}
	logP, h, hu := normalTail(u)
	s.event(-logP, h, h*hu, [3]float64{sign * h / scale, h * u / scale})
}

// Residual returns value - prediction.
func (Normal) Residual(value, prediction float64) float64 { return value - prediction }

// Standardized returns (value - prediction)/scale.
func (Normal) Standardized(value float64, args Args) float64 { return (value - args[0]) / args[1] }

// OptimalScale returns the root mean square of the residuals.
func (Normal) OptimalScale(residuals []float64) float64 { return rootMeanSquare(residuals) }

// Sample draws a value.
func (Normal) Sample(rng *rand.Rand, args Args) float64 { return args[0] + args[1]*rng.NormFloat64() }
