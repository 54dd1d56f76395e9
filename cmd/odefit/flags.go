package main

import (
	"slices"
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

// solvers returns the names of the solvers that control their error, as a fit needs.
func solvers() []string {
	var names []string
	for _, m := range integrate.Methods() {
		if rk, ok := m.(integrate.RungeKutta); !ok || rk.Tableau().E != nil {
			names = append(names, m.String())
		}
	}
	return names
}

func solverNames() string { return strings.Join(solvers(), ", ") }

// check finds mistakes before anything is read.
func (f *solverFlags) check() error {
	if f.Solver != "" {
		if !slices.Contains(solvers(), f.Solver) {
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
		p.Solver, _ = integrate.ByName(f.Solver)
	}
	if f.RTol > 0 {
		p.RelTol = f.RTol
	}
	if f.ATol > 0 {
		p.AbsTol = f.ATol
	}
}

// optimiserOf returns the optimiser with a name that --method takes.
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
