package fit

import (
	"fmt"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/model"
	"github.com/odefit/odefit/fit/dataset"
	"github.com/odefit/odefit/fit/minimize"
	"github.com/odefit/odefit/fit/noise"
	"github.com/odefit/odefit/integrate"
)

// Problem is everything that a fit needs to know: which parameters are sought,
// which columns were measured, and in which experiments. It is not changed by a
// fit, and several goroutines may fit it at once.
type Problem struct {
	Parameters  []Parameter
	Observables []Observable
	Experiments []Experiment
	Reports     []Report

	// Solver integrates the models. Nil means integrate.Auto{},
	// and Tsit5 where gradients are computed by adjoints.
	Solver integrate.Method
	// RelTol and AbsTol are its tolerances. Zero means 1e-8 and 1e-10.
	RelTol, AbsTol float64
	// MaxSteps bounds the steps of one simulation. Zero means 100,000. In starts
	// other than the guess it is 10,000 at most.
	MaxSteps int

	own []dynsys.Model // those that FromModel made
}

// Parameter is a number that the fit seeks, or a known one.
type Parameter struct {
	Name  string
	Guess float64
	// Lower and Upper bound the value; both zero means no bounds. Either may be
	// infinite.
	Lower, Upper float64
	// Scale is the scale in which the parameter is searched and in which its
	// interval is computed.
	Scale minimize.Scale
	// Prior, when not nil, adds -ln of its density at the value to the objective.
	Prior noise.Prior
	// Fixed keeps the parameter at its guess.
	Fixed bool
	// Network names the network of which the parameter is a weight; "" for others.
	Network string
}

// Experiment is one run of a model from its start time on, with what was measured.
type Experiment struct {
	Name string
	// Model is y' = f(t, y, q). Nil means that predictions need no states.
	Model dynsys.Model
	// States names the components of y, for messages.
	States []string
	// T0 is the start time. No observation may be earlier.
	T0 float64
	// Y0 is the initial state; nil means the model's own y0(q).
	Y0 []float64
	// Preequilibration is one more than the index in Problem.Experiments of the
	// experiment whose steady state is the initial state of this one; 0 means none. That
	// experiment is followed from its own initial state, with time standing still at its
	// T0. Resets[i], where given, says that state i begins at this experiment's own
	// initial value all the same.
	Preequilibration int
	Resets           []bool
	// Params are the experiment's own parameters q, of which the model uses the
	// first NumParams and predictions may use all. Nil means that q is the vector
	// of all Problem.Parameters.
	Params []Value
	// Observations are the measured values, in any order.
	Observations []Observation

	// Doses are what the data administer, for people: Model and events have them in.
	Doses []model.Administration

	events   *dynsys.GraphEvents // nil: none
	requires *requirements
	inputs   *forcings
	steady   []steadyDose // in the order of time
	plain    dynsys.Model // without infusions, where there are steady doses

	algebraic []int  // states without a derivative
	link      linker // q and y0 as functions of the parameters; nil: from Params and Y0
}

// Observation is one measured value.
type Observation struct {
	Observable int     // index in Problem.Observables
	Time       float64 // +Inf: the steady state
	Value      float64
	Censored   dataset.Censoring
	// BeforeEvents says that the value was measured before the events of its time.
	BeforeEvents bool
	// Row are the numbers of the data row that the prediction uses.
	Row []Value
	// Source says where the value stands, for messages: "data.csv:17".
	Source string
}

// Value is a number, known or the value of a parameter.
type Value struct {
	number    float64
	parameter int // index+1 in Problem.Parameters, or 0
	quantity  int // index+1 in the experiment's own q, or 0
}

// Number is a known value.
func Number(x float64) Value { return Value{number: x} }

// Fitted is the value of Problem.Parameters[i].
func Fitted(i int) Value { return Value{parameter: i + 1} }

// at returns the value, given all parameters and the experiment's own.
func (v Value) at(theta, q []float64) float64 {
	switch {
	case v.parameter > 0:
		return theta[v.parameter-1]
	case v.quantity > 0:
		return q[v.quantity-1]
	}
	return v.number
}

// Observable is a measured quantity: how it follows from the state, and its noise.
type Observable struct {
	Name string
	// Noise is the distribution of the data about the prediction. Nil means
	// noise.Normal{}.
	Noise noise.Distribution
	// Predict gives the mean of the noise and, unless FreeScale, its scale.
	Predict *Prediction
	// FreeScale says that the scale is one unknown number for all data of this
	// observable. It takes its optimal value at every point of the search and is
	// reported as the parameter sd[NAME].
	FreeScale bool
}

// Report is a quantity derived from the parameters, given with its interval.
type Report struct {
	Name  string
	Value func(theta []float64) float64
	// Gradient sets g to the derivatives in theta.
	Gradient func(g, theta []float64)
}

// SimulationError says that a model could not be integrated for an experiment.
type SimulationError struct {
	Experiment string
	T          float64 // time reached
	State      string  // the state with the largest error, where known
	Err        error   // the solver's reason
}

func (e *SimulationError) Error() string {
	where := ""
	if e.Experiment != "" {
		where = fmt.Sprintf("experiment %s: ", e.Experiment)
	}
	state := ""
	if e.State != "" {
		state = fmt.Sprintf(" (state %s)", e.State)
	}
	return fmt.Sprintf("%sthe simulation stopped at t = %.6g%s: %v", where, e.T, state, e.Err)
}

func (e *SimulationError) Unwrap() error { return e.Err }

// PredictionError says that a prediction cannot be compared with its data.
type PredictionError struct {
	Experiment, Observable string
	T                      float64
	Source                 string // where the data value stands
	Err                    error
}

func (e *PredictionError) Error() string {
	where := ""
	if e.Experiment != "" {
		where = fmt.Sprintf("experiment %s, ", e.Experiment)
	}
	return fmt.Sprintf("%sobservable %s at t = %.6g: %v", where, e.Observable, e.T, e.Err)
}

func (e *PredictionError) Unwrap() error { return e.Err }
