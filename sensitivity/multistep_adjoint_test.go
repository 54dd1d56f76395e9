package sensitivity

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/internal/problems"
)

// Adjoints of solutions whose steps cannot be recorded: the continuous ones stand for
// BDF, Adams and Auto, with observations inside steps and across events, and their error
// falls with the tolerance.
func TestContinuousAdjointOfMultistepSolutions(t *testing.T) {
	stiff := problemOf(problems.Hires())
	for _, c := range []struct {
		name    string
		p       Problem[[]float64]
		times   []float64
		solvers []integrate.Method
	}{
		{"hires", stiff, []float64{1, 50.5, 200, stiff.T1}, []integrate.Method{integrate.BDF{}, integrate.Auto{}}},
		{"hunted", hunted(), []float64{0, 1, 2.3, 3.7, 6}, []integrate.Method{integrate.BDF{}, integrate.Adams{}, integrate.Auto{}, integrate.Vern9{}}},
	} {
		loss := SumOfStates(c.times)
		tight := tolerances(1e-11, 1e-13)
		tight.Solver = integrate.RadauIIA5{}
		truth := mustGradient(t, c.p, loss, Forward{}, tight)
		for _, solver := range c.solvers {
			for _, variant := range []Variant{Interpolating, Gauss, Quadrature} {
				for _, rel := range []float64{1e-5, 1e-8} {
					set := tolerances(rel, rel/100)
					set.Solver = solver
					r := mustGradient(t, c.p, loss, Continuous{Variant: variant}, set)
					// A global error of a thousand times the tolerance is what BDF has where the
					// solution is sensitive: it adds up over many steps.
					if d := max(apart(r.P, truth.P), apart(r.Y0, truth.Y0)); d > 1e3*rel {
						t.Errorf("%s, %v, %v at %g: off by %.1e", c.name, solver, variant, rel, d)
					}
				}
			}
		}
	}
}

// Observations cost a multistep solution nothing, and its adjoint few steps: it is not
// sent back to order 1 by every one of them.
func TestManyObservationsOfAMultistepSolution(t *testing.T) {
	p := problemOf(problems.Hires())
	var times []float64
	for i := range 300 {
		times = append(times, p.T1*float64(i+1)/300)
	}
	backward := func(solver integrate.Method) int {
		set := tolerances(1e-6, 1e-10)
		set.Solver = integrate.BDF{}
		return mustGradient(t, p, SumOfStates(times), Continuous{Variant: Gauss, Solver: solver}, set).Stats.Backward
	}
	if own, multistep := backward(nil), backward(integrate.BDF{}); own > 3000 || own > multistep/2 {
		t.Errorf("300 observations: %d steps backward, %d by BDF itself", own, multistep)
	}
}

// The transposes of multistep methods are refused for their reason, with what to take.
func TestDiscreteRefusesMultistepMethods(t *testing.T) {
	p := problemOf(problems.LotkaVolterra())
	for _, solver := range []integrate.Method{integrate.BDF{}, integrate.Adams{}} {
		set := tolerances(1e-6, 1e-9)
		set.Solver = solver
		_, err := Gradient(context.Background(), p, SumOfStates([]float64{p.T1}), Discrete{}, set)
		if !errors.Is(err, ErrMultistep) || !strings.Contains(err.Error(), "Gauss") || !strings.Contains(err.Error(), solver.String()) {
			t.Error(err)
		}
	}
}

// A state is not solved backward by implicit methods, and what to take is said.
func TestBacksolveRefusesImplicitMethods(t *testing.T) {
	p := problemOf(problems.Hires())
	set := tolerances(1e-6, 1e-10)
	set.Solver = integrate.BDF{}
	_, err := Gradient(context.Background(), p, SumOfStates([]float64{p.T1}), Continuous{Variant: Backsolve}, set)
	if err == nil || !strings.Contains(err.Error(), "gauss") {
		t.Error(err)
	}
}
