// Package minimize has bounded optimisers. They know nothing of differential
// equations: parameters are points x of the search scale ([Scale]) between bounds.
//
//   - [LeastSquares] is Levenberg-Marquardt for objectives with pseudo-residuals: the
//     method to try first wherever the Jacobian can be had.
//   - [LBFGS] needs the gradient alone, for many parameters.
//   - [Adam] is a first-order method for networks.
//   - [Starts], [Run] and [Best] search from several points at once, with the same
//     result for any number of workers.
//
// All have the same shape: a struct of options whose zero value is right, and a method
// Minimize that returns a [Result]. A point that cannot be evaluated is a step that was
// rejected, never the end of the search, unless it is the first. How a search ended is
// its [Status].
package minimize
