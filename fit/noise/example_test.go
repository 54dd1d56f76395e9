package noise_test

import (
	"fmt"
	"math"

	"github.com/odefit/odefit/fit/noise"
)

// A measured value, one below the limit of detection, and a prediction that log-normal
// noise cannot have.
func ExampleDistribution() {
	args := noise.Args{2, 0.5} // prediction and scale
	var s noise.Score
	if err := (noise.Normal{}).Score(&s, 3, args); err != nil {
		fmt.Println(err)
	}
	fmt.Printf("%.4f, pseudo-residual %g with weight %g\n", s.NLL, s.R[0], s.W[0][0])
	if err := (noise.Normal{}).ScoreCensored(&s, noise.Below, 1, args); err != nil {
		fmt.Println(err)
	}
	fmt.Printf("%.4f, a probability of %.4f\n", s.NLL, math.Exp(-s.NLL))
	fmt.Println(noise.LogNormal{}.Score(&s, 3, noise.Args{-0.1, 0.5}))
	// Output:
	// 2.2258, pseudo-residual -2 with weight 2
	// 3.7832, a probability of 0.0228
	// lognormal: the prediction is -0.1, and must be positive and finite
}

// The best scale of residuals has a closed form under normal noise.
func ExampleProfiled() {
	residuals := []float64{3, -4, 0, 0}
	fmt.Printf("%.4f %.4f\n", noise.Normal{}.OptimalScale(residuals), noise.Laplace{}.OptimalScale(residuals))
	// Output: 2.5000 1.7500
}
