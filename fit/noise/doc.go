// Package noise holds the distributions of measured values about what a model
// predicts, and the prior distributions of parameters: densities, derivatives,
// information, censoring, sampling. It knows nothing of models and data files.
//
// # Distributions
//
// A [Distribution] has up to three arguments, in the order in which the model
// language writes them:
//
//	normal(prediction, scale)       lognormal(prediction, scale)   log10normal(prediction, scale)
//	laplace(prediction, scale)      student(prediction, scale, degrees of freedom)
//	poisson(prediction)             negbinomial(prediction, size)
//
// Each has a file of its own, which begins with its density. Densities are those of
// the data on their own scale with every constant: the one of lognormal has the
// factor 1/value in it, the one of log10normal 1/(value ln 10).
//
// # Scores
//
// A fit asks for the [Score] of each value: the negative log density, its derivatives
// with respect to the arguments, and rows for a Gauss-Newton (Fisher scoring) method.
// With s the derivatives and I the Fisher information of one value, the rows W and
// the pseudo-residuals R are such that
//
//	W^T R = s      W^T W = I
//
// so that a least-squares engine that stacks J = W dθ/dx (θ the arguments, x the
// parameters searched for) finds the gradient of the likelihood in J^T R and the
// information about x in J^T J. For the normal distribution the first row is the
// familiar one, R = (prediction - value)/scale and W = 1/scale.
//
// A censored value, of which only a limit is known, contributes the probability of
// lying beyond it; see [Distribution].
//
// # What can go wrong
//
// Arguments for which there is no density (a negative scale, a prediction that is not
// positive under lognormal noise) are an [*ArgError], which a search treats as a point
// that it may not enter. A value that the distribution cannot have is a
// [*SupportError], a mistake in the data. Numbers beyond the range of float64 are a
// [*RangeError]. Nothing is clamped.
package noise
