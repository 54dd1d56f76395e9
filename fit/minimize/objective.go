package minimize

import "context"

// Objective is a function f with its gradient, for example from an adjoint.
type Objective struct {
	Dim int

	// Gradient sets grad to the gradient of f at x and returns f(x). It may keep
	// neither slice.
	Gradient func(ctx context.Context, grad, x []float64) (f float64, err error)
}
