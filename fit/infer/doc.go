// Package infer measures how well a fit knows its parameters: covariance, standard
// errors, 95 % intervals, directions along which the data say nothing. It knows
// nothing of models; its input is the Jacobian that the least-squares search ended
// with.
//
// # From rows to errors
//
// The rows J of pseudo-residuals (package noise) have the expected Fisher
// information in J^T J. [NewInformation] takes J apart by its singular values, never
// forming the product, so that parameters of very different effect keep their
// digits. The covariance of the search parameters x is (J^T J)^-1, times a factor
// where noise scales were left out (see [LeastSquaresFactor]).
//
// A direction whose singular value is negligible is flat: the data do not determine
// it. Parameters with a share in a flat direction have no standard error (NaN), which
// is told by name ([Information.Flat]); the others keep theirs.
//
// # From search scale to natural scale
//
// A parameter p is searched as x, its logarithm for one. Its standard error is
// |dp/dx| se(x), its interval the image of x -+ q se(x) with a quantile q: asymmetric,
// and inside what the scale can express. See [Estimate].
//
// Sources: Seber, Wild, Nonlinear Regression (1989), sections 2.1 and 5.1; Golub, Van
// Loan, Matrix Computations, section 5.5.
package infer
