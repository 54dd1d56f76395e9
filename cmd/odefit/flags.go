package main

import (
	"runtime"
	"strings"

	"github.com/odefit/odefit/fit"
	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/sensitivity"
)

// solverFlags say how the model is integrated.
type solverFlags struct {
	Solver string  `placeholder:"NAME" help:"The solver: ${solvers}. Default: what the model says, else auto."`
	RTol   float64 `name:"rtol" placeholder:"X" help:"Relative tolerance. Default: what the model says, else 1e-8."`
	ATol   float64 `name:"atol" placeholder:"X" help:"Absolute tolerance. Default: what the model says, else 1e-10."`
}

// solvers are the names that --solver takes: methods that control their error.
func solvers() []string { return []string{"auto", "tsit5", "dopri5", "bs3"} }

func solverNames() string { return strings.Join(solvers(), ", ") }

// solverOf returns the method with a name of solvers.
func solverOf(name string) (integrate.Method, bool) {
	switch name {
	case "auto":
		return nil, true
	case "tsit5":
		return integrate.Tsit5{}, true
	case "dopri5":
		return integrate.Dopri5{}, true
	case "bs3":
		return integrate.BS3{}, true
	}
	return nil, false
}

// check finds mistakes before anything is read.
func (f *solverFlags) check() error {
	if f.Solver != "" {
		if _, ok := solverOf(f.Solver); !ok {
			return usage("--solver %s: there is no such solver", f.Solver).hint("choose one of %s", solverNames())
		}
	}
	for _, x := range []struct {
		name  string
		value float64
	}{{"rtol", f.RTol}, {"atol", f.ATol}} {
		if !(x.value >= 0 && x.value < 1) {
			return usage("--%s %v: a tolerance is a small number above 0", x.name, x.value).hint("write --%s 1e-8", x.name)
		}
	}
	return nil
}

// apply overrides what the model says.
func (f *solverFlags) apply(p *fit.Problem) {
	if f.Solver != "" {
		p.Solver, _ = solverOf(f.Solver)
	}
	if f.RTol > 0 {
		p.RelTol = f.RTol
	}
	if f.ATol > 0 {
		p.AbsTol = f.ATol
	}
}

// optimisers returns the optimiser with a name that --method takes.
func optimiserOf(name string) fit.Optimiser {
	switch name {
	case "lm":
		return fit.LM
	case "lbfgs":
		return fit.LBFGS
	case "adam":
		return fit.Adam
	}
	return fit.Auto
}

// gradientOf returns the method with a name that --gradient takes; nil leaves the
// choice to the fit.
func gradientOf(name string) sensitivity.Method {
	switch name {
	case "forward":
		return sensitivity.Forward{}
	case "discrete":
		return sensitivity.Discrete{}
	case "continuous":
		return sensitivity.Continuous{}
	}
	return nil
}

// workers returns how many starts are searched at a time.
func workers(jobs int) int {
	if jobs == 0 {
		return runtime.GOMAXPROCS(0)
	}
	return jobs
}
