package nn

import (
	"fmt"
	"math"
)

// Activation is the function f that a hidden layer applies to each of its units.
type Activation uint8

const (
	Tanh     Activation = iota // tanh x
	ReLU                       // max(x, 0); its slope at 0 counts as 0
	Softplus                   // ln(1 + e^x)
	Sigmoid                    // 1/(1 + e^-x)
	GELU                       // x Phi(x), Phi the normal distribution (exact, not its tanh approximation)
	Swish                      // x/(1 + e^-x), also called SiLU
	Sin                        // sin x
)

var activationNames = [...]string{"tanh", "relu", "softplus", "sigmoid", "gelu", "swish", "sin"}

// String returns the name in lower case, as [ParseActivation] reads it.
func (a Activation) String() string {
	if int(a) < len(activationNames) {
		return activationNames[a]
	}
	return fmt.Sprintf("Activation(%d)", uint8(a))
}

// ParseActivation returns the activation of the given name: tanh, relu, softplus,
// sigmoid, gelu, swish or sin.
func ParseActivation(name string) (Activation, error) {
	for i, n := range activationNames {
		if n == name {
			return Activation(i), nil
		}
	}
	return 0, fmt.Errorf("nn: no activation %q; there are %v", name, activationNames)
}

// At returns f(x) and f'(x). Both keep their relative accuracy where they become
// tiny (GELU to about x^2 roundings), are finite for every finite x, take their
// limits at infinite x (for Sin, NaN), and are NaN for NaN.
func (a Activation) At(x float64) (value, slope float64) {
	switch a {
	case Tanh:
		return tanh(x)
	case ReLU:
		return relu(x)
	case Softplus:
		return softplus(x)
	case Sigmoid:
		return sigmoid(x)
	case GELU:
		return gelu(x)
	case Swish:
		return swish(x)
	case Sin:
		return math.Sincos(x)
	}
	panic("nn: " + a.String() + " is not an activation")
}

// apply sets value to f(z) and slope to f'(z). Equal z give the bits of At.
func (a Activation) apply(value, slope, z []float64) {
	value, slope = value[:len(z)], slope[:len(z)]
	switch a {
	case Tanh:
		for i, x := range z {
			value[i], slope[i] = tanh(x)
		}
	case ReLU:
		for i, x := range z {
			value[i], slope[i] = relu(x)
		}
	default:
		for i, x := range z {
			value[i], slope[i] = a.At(x)
		}
	}
}

// tanh takes value and slope from one e = exp(-2|x|): tanh |x| = (1 - e)/(1 + e) and
// tanh' x = 4 e/(1 + e)^2, which, unlike 1 - tanh^2 x, is accurate where it is small.
// Near 0, where 1 - e would cancel, it is the other way round.
func tanh(x float64) (value, slope float64) {
	a := math.Abs(x)
	if a < 0.5 {
		f := math.Tanh(x)
		return f, (1 - f) * (1 + f)
	}
	e := math.Exp(-2 * a)
	r := 1 / (1 + e)
	return math.Copysign((1-e)*r, x), 4 * e * r * r
}

func relu(x float64) (value, slope float64) {
	switch {
	case x > 0:
		return x, 1
	case x <= 0:
		return 0, 0
	}
	return x, x // NaN
}

// sigmoid takes the exponential of -|x|, which cannot overflow. Its slope is
// sigmoid(x) sigmoid(-x).
func sigmoid(x float64) (value, slope float64) {
	e := math.Exp(-math.Abs(x))
	r := 1 / (1 + e)
	if x < 0 {
		return e * r, e * r * r
	}
	return r, e * r * r
}

func softplus(x float64) (value, slope float64) {
	e := math.Exp(-math.Abs(x))
	r := 1 / (1 + e)
	if x < 0 {
		return math.Log1p(e), e * r
	}
	return x + math.Log1p(e), r
}

// farSwish and farGELU are where the activation has become 0 or x in float64.
const (
	farSwish = 750
	farGELU  = 40
)

// swish has the slope s(x) (1 + x s(-x)), s the sigmoid.
func swish(x float64) (value, slope float64) {
	switch {
	case x > farSwish:
		return x, 1
	case x < -farSwish:
		return 0, 0
	}
	e := math.Exp(-math.Abs(x))
	s := 1 / (1 + e)
	c := e * s // s(-x)
	if x < 0 {
		s, c = c, s
	}
	return x * s, s * (1 + x*c)
}

// gelu has the slope Phi(x) + x phi(x), phi the density of the normal distribution.
func gelu(x float64) (value, slope float64) {
	switch {
	case x > farGELU:
		return x, 1
	case x < -farGELU:
		return 0, 0
	}
	cdf := math.Erfc(-x/math.Sqrt2) / 2
	pdf := math.Exp(-x*x/2) / math.Sqrt(2*math.Pi)
	return x * cdf, cdf + x*pdf
}
