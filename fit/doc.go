// Package fit calibrates the parameters of differential equations against timed
// observations.
//
// # A problem
//
// A [Problem] is parameters x observables x experiments. A [Parameter] has a guess,
// bounds, a search scale and perhaps a prior. An [Experiment] is one run of a model,
// with its own start, initial state and settings, and the values measured in it. An
// [Observable] says what the model predicts for a data column (a [Prediction]) and how
// the data scatter about it (package noise). [FromModel] makes all of this from a text
// model and tables; from Go, build it directly.
//
// # The objective
//
// [Run] minimises the negative log-likelihood of all observations on their own scale,
// every constant included, minus the log priors. Every observation contributes
// pseudo-residual rows r and their derivatives J, made of its score and its Fisher
// information, such that the gradient is J^T r and the information J^T J. For normal
// noise of known scale that is ordinary least squares; scales, counts and censored
// values need nothing special. A scale that is left out takes its optimal value at
// every point of the search.
//
// # The search
//
// LM, the default, takes the derivatives of every prediction from forward
// sensitivities. LBFGS and Adam take the gradient from an adjoint, at a cost that does
// not grow with the number of parameters: they are for networks. Several starts run on
// several cores, with the same result for any number of them. A point at which the
// model cannot be integrated is a rejected step, counted and told once in the model's
// words.
//
// # What is told
//
// A [Result] has the estimates with standard errors and 95 % intervals, their
// correlation, derived quantities ([Report]), directions along which the data say
// nothing, and the objective at tolerances a hundred times tighter: the numerical error
// of the fit.
package fit
