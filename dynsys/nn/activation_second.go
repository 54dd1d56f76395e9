package nn

import (
	"math"

	"github.com/odefit/odefit/internal/vector"
)

// Second returns f”(x), as accurate as f' is from [Activation.At], and 0 for ReLU.
func (a Activation) Second(x float64) float64 {
	z, c, scratch := [1]float64{x}, [1]float64{}, [1]float64{}
	a.applySecond(c[:], scratch[:], z[:])
	return c[0]
}

// applySecond sets second to f”(z).
func (a Activation) applySecond(second, scratch, z []float64) {
	second, scratch = second[:len(z)], scratch[:len(z)]
	switch a {
	case Tanh: // -2 f f'
		vector.Tanh(second, scratch, z)
		for i, slope := range scratch {
			second[i] *= -2 * slope
		}
	case ReLU:
		for i, x := range z {
			second[i] = 0
			if x != x {
				second[i] = x
			}
		}
	case Softplus, Sigmoid, Swish:
		vector.ExpNeg(scratch, second, z, 1)
		for i, x := range z {
			second[i] = a.logisticSecond(x, scratch[i], second[i])
		}
	case GELU:
		for i, x := range z {
			second[i] = geluSecond(x)
		}
	case Sin:
		for i, x := range z {
			second[i] = -math.Sin(x)
		}
	default:
		panic("nn: " + a.String() + " is not an activation")
	}
}

// logisticSecond is the second derivative of what is made of the sigmoid s, with
// e = exp(-|x|) and m = e - 1: s' = e/(1 + e)^2 and h = tanh |x/2| = -m/(1 + e).
func (a Activation) logisticSecond(x, e, m float64) float64 {
	r := 1 / (2 + m)
	slope, h := e*r*r, -m*r
	switch {
	case a == Softplus:
		return slope
	case a == Sigmoid:
		return vector.Pick(x, slope*h, -slope*h)
	case math.Abs(x) > farSwish:
		return 0
	}
	return slope * (2 - float64(math.Abs(x)*h))
}

// geluSecond is phi(x) (2 - x^2), phi the density of the normal distribution.
func geluSecond(x float64) float64 {
	if x > farGELU || x < -farGELU {
		return 0
	}
	return math.Exp(-x*x/2) / math.Sqrt(2*math.Pi) * (2 - x*x)
}
