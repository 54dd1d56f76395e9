package fit

import (
	"time"

	"github.com/odefit/odefit/fit/minimize"
)

// Result is what a fit found.
type Result struct {
	// Status says how the search ended: "converged", "evaluated" where nothing was
	// searched, or the reason for which it is neither.
	Status    string
	Converged bool // also true for "evaluated"

	// Objective is the negative log-likelihood of the data on their own scale, every
	// constant included, plus the negative log priors.
	Objective float64
	// Refined is the objective at the same point with tolerances a hundred times
	// tighter. Its distance to Objective is the numerical error of the fit.
	Refined float64
	SSR     float64 // sum of squared residuals on the scale of the noise
	Chi2    float64 // the same, each divided by its scale
	AIC     float64
	BIC     float64

	NObservations int
	NEstimated    int // estimated parameters, noise scales included

	// Parameters holds all parameters in the order of the problem, then the scales
	// sd[NAME] of observables that leave theirs out.
	Parameters []Estimate
	Reports    []Estimate

	// Names are the parameters of Correlation and Covariance: the estimated ones that
	// are not at a bound.
	Names       []string
	Correlation [][]float64
	Covariance  [][]float64 // of the values, by the delta method
	// Flat describes directions along which the data say nothing, in parameter names.
	Flat []string

	GradientNorm float64 // of the objective in the search scale, bounds projected out
	Starts       []Start // in index order
	Best         int     // index of the start that won
	Counts       Counts
	Failures     Failures
	Elapsed      time.Duration
	Seed         uint64

	// Points are the data with the predictions at the optimum, in order of
	// experiments and observations.
	Points []Point
	// Theta is the vector of all parameters at the optimum.
	Theta []float64
	// Warnings are sentences for the user.
	Warnings []string
}

// Estimate is a number with its uncertainty. Where that is unknown, StdErr and CI95
// are NaN and Note says why.
type Estimate struct {
	Name      string
	Network   string // of which it is a weight; "" for others
	Value     float64
	StdErr    float64
	CI95      [2]float64
	AtBound   minimize.Side
	Estimated bool
	Note      string
}

// Start is one start of the search.
type Start struct {
	Objective  float64 // NaN where nothing could be evaluated
	Status     string
	Converged  bool
	Iterations int
}

// Counts is the work of a fit.
type Counts struct {
	Objectives  int // evaluations of the objective alone
	Gradients   int // evaluations with derivatives
	Simulations int // integrations of one experiment
	Steps       int // accepted steps in them
}

// Failures counts the points at which the objective could not be evaluated.
type Failures struct {
	Count int
	First error // what happened first, in the model's words
}

// Point is a measured value beside its prediction.
type Point struct {
	Experiment, Observable string
	Time, Value            float64
	Censored               bool
	Mean, Scale            float64
	Residual               float64 // on the scale of the noise
	Standardized           float64 // Residual / Scale
}
