package nn

import (
	"fmt"
	"math"

	"github.com/odefit/odefit/internal/vector"
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
	z, v, s := [1]float64{x}, [1]float64{}, [1]float64{}
	a.apply(v[:], s[:], z[:])
	return v[0], s[0]
}

// apply sets value to f(z) and slope to f'(z).
func (a Activation) apply(value, slope, z []float64) {
	value, slope = value[:len(z)], slope[:len(z)]
	switch a {
	case Tanh:
		vector.Tanh(value, slope, z)
	case ReLU:
		for i, x := range z {
			value[i], slope[i] = relu(x)
		}
	case Softplus:
		softplus(value, slope, z)
	case Sigmoid:
		sigmoid(value, slope, z)
	case GELU:
		for i, x := range z {
			value[i], slope[i] = gelu(x)
		}
	case Swish:
		swish(value, slope, z)
	case Sin:
		for i, x := range z {
			value[i], slope[i] = math.Sincos(x)
		}
	default:
		panic("nn: " + a.String() + " is not an activation")
	}
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

// sigmoid takes the exponential e of -|x|, which cannot overflow: 1/(1 + e) or, for
// negative x, e/(1 + e). Its slope is sigmoid(x) sigmoid(-x).
func sigmoid(value, slope, z []float64) {
	vector.ExpNeg(slope, value, z, 1)
	for i, x := range z {
		e := slope[i]
		r := 1 / (2 + value[i])
		value[i] = vector.Pick(x, e, 1) * r
		slope[i] = e * r * r
	}
}

// softplus is max(x, 0) + ln(1 + e), with the sigmoid as its slope.
func softplus(value, slope, z []float64) {
	vector.ExpNeg(slope, value, z, 1)
	for i, x := range z {
		e := slope[i]
		r := 1 / (2 + value[i])
		value[i] = vector.Pick(x, 0, x) + math.Log1p(e)
		slope[i] = vector.Pick(x, e, 1) * r
	}
}

// farSwish and farGELU are where the activation has become 0 or x in float64.
const (
	farSwish = 750
	farGELU  = 40
)

// swish has the slope s(x) (1 + x s(-x)), s the sigmoid.
func swish(value, slope, z []float64) {
	vector.ExpNeg(slope, value, z, 1)
	for i, x := range z {
		if math.Abs(x) > farSwish {
			value[i], slope[i] = relu(x)
			continue
		}
		e := slope[i]
		r := 1 / (2 + value[i])
		s, c := vector.Pick(x, e, 1)*r, vector.Pick(x, 1, e)*r // s(x), s(-x)
		value[i] = x * s
		slope[i] = s * (1 + float64(x*c))
	}
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
