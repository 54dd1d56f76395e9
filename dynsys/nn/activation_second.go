package nn

import "math"

// Second returns f”(x), as accurate as f' is from [Activation.At], and 0 for ReLU.
func (a Activation) Second(x float64) float64 {
	switch a {
	case Tanh:
		value, slope := Tanh.At(x)
		return -2 * value * slope
	case ReLU:
		if x != x {
			return x
		}
		return 0
	case Softplus:
		_, slope := Sigmoid.At(x)
		return slope
	case Sigmoid:
		return sigmoidSecond(x)
	case GELU:
		return geluSecond(x)
	case Swish:
		return swishSecond(x)
	case Sin:
		return -math.Sin(x)
	}
	panic("nn: " + a.String() + " is not an activation")
}

// sigmoidSecond is s'(x) (s(-x) - s(x)) = -s'(x) tanh(x/2).
func sigmoidSecond(x float64) float64 {
	_, slope := Sigmoid.At(x)
	value, _ := Tanh.At(x / 2)
	return -slope * value
}

// swishSecond is s'(x) (2 - x tanh(x/2)), s the sigmoid.
func swishSecond(x float64) float64 {
	if x > farSwish || x < -farSwish {
		return 0
	}
	_, slope := Sigmoid.At(x)
	value, _ := Tanh.At(x / 2)
	return slope * (2 - x*value)
}

// geluSecond is phi(x) (2 - x^2), phi the density of the normal distribution.
func geluSecond(x float64) float64 {
	if x > farGELU || x < -farGELU {
		return 0
	}
	return math.Exp(-x*x/2) / math.Sqrt(2*math.Pi) * (2 - x*x)
}

// applySecond sets second to f”(z).
func (a Activation) applySecond(second, z []float64) {
	second = second[:len(z)]
	for i, x := range z {
		second[i] = a.Second(x)
	}
}
