package sensitivity

import (
	"context"
	"slices"
	"testing"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/internal/problems"
)

// threeLosses are everyPath's loss, another running cost without observations, and a sum
// of states at other times, one of them the same.
func threeLosses() (Problem[[]float64], []*Loss[[]float64]) {
	p, first := everyPath()
	return p, []*Loss[[]float64]{
		first,
		{
			G: func(_ float64, y, p []float64) (float64, error) { return p[0] * y[0] * y[1], nil },
			Gy: func(out []float64, _ float64, y, p []float64) error {
				out[0], out[1] = p[0]*y[1], p[0]*y[0]
				return nil
			},
			Gp: func(gp []float64, _ float64, y, _ []float64) error { gp[0] += y[0] * y[1]; return nil },
			GSecond: func(out, gp []float64, _ float64, y, p, vy, vp []float64) error {
				out[0], out[1] = p[0]*vy[1], p[0]*vy[0]
				gp[0] += vy[0]*y[1] + y[0]*vy[1]
				if vp != nil {
					out[0], out[1] = out[0]+vp[0]*y[1], out[1]+vp[0]*y[0]
				}
				return nil
			},
		},
		SumOfStates([]float64{3.3, 2.5, 0.7}),
	}
}

// On the same steps, several losses in one pass have bitwise the gradients that each has
// by itself, by every way that differentiates the steps.
func TestSeveralLossesAreEachItself(t *testing.T) {
	p, losses := threeLosses()
	twice, withSecond := everyPathTwice()
	losses[0] = withSecond
	p = twice
	for _, c := range []struct {
		solver integrate.Method
		method Method
	}{
		{integrate.Tsit5{}, Forward{}},
		{integrate.Tsit5{}, Forward{Chunk: 2}},
		{integrate.Tsit5{}, Forward{SkipY0: true}},
		{integrate.Rodas5P{}, Forward{}},
		{integrate.Tsit5{}, Discrete{}},
		{integrate.Vern7{}, Discrete{Checkpoints: Checkpoints{Every: 5}, KeepAdjoint: true}},
		{integrate.Rodas5P{}, Discrete{}},
	} {
		set := &Settings{Settings: integrate.Settings{Grid: roughGrid(p.T0, p.T1, 0.2)}, Solver: c.solver}
		all, err := Gradients(context.Background(), p, losses, c.method, set)
		if err != nil {
			t.Fatalf("%v, %v: %v", c.solver, c.method, err)
		}
		for l, loss := range losses {
			one := mustGradient(t, p, loss, c.method, set)
			if r := all[l]; r.Value != one.Value || !slices.Equal(r.P, one.P) || !slices.Equal(r.Y0, one.Y0) ||
				!slices.Equal(r.Times, one.Times) || r.T0 != one.T0 || r.T1 != one.T1 || len(r.Adjoint) != len(one.Adjoint) {
				t.Errorf("%v, %v, loss %d: %v %v, by itself %v %v", c.solver, c.method, l, r.Value, r.P, one.Value, one.P)
			}
		}
	}
}

// With steps of its own choice every method comes as close to each gradient as the
// tolerances say, events and a break that moves on the way.
func TestSeveralLossesOnChosenSteps(t *testing.T) {
	p := hunted()
	cost := &Loss[[]float64]{
		G: func(_ float64, y, p []float64) (float64, error) { return p[0] * y[0] * y[1], nil },
		Gy: func(out []float64, _ float64, y, p []float64) error {
			out[0], out[1] = p[0]*y[1], p[0]*y[0]
			return nil
		},
		Gp: func(gp []float64, _ float64, y, _ []float64) error { gp[0] += y[0] * y[1]; return nil },
	}
	other := *cost
	other.Times, other.L, other.Ly = []float64{1, 4.5}, SumOfStates(nil).L, SumOfStates(nil).Ly
	losses := []*Loss[[]float64]{SumOfStates([]float64{2, 6}), cost, &other}
	var truth []*Result[[]float64]
	for _, loss := range losses {
		truth = append(truth, mustGradient(t, p, loss, Forward{}, tolerances(1e-11, 1e-11)))
	}
	for _, method := range methods() {
		all, err := Gradients(context.Background(), p, losses, method, tolerances(1e-9, 1e-9))
		if err != nil {
			t.Fatal(err)
		}
		for l, r := range all {
			// The condition number of the passage through the events is some tens.
			if d := max(apart(r.P, truth[l].P), apart(r.Y0, truth[l].Y0)); d > 1e-6 {
				t.Errorf("%s, loss %d: off by %.1e", name(method), l, d)
			}
		}
	}
}

// The solution is computed once for all, steps not kept are computed again once for
// all, and a Rosenbrock step is factored once for all.
func TestSeveralLossesShareTheirWork(t *testing.T) {
	p := problemOf(problems.LotkaVolterra())
	jacobians := 0
	sys := *p.System
	sys.Jacobian = func(jac []float64, t float64, y, q []float64) error {
		jacobians++
		return p.System.Jacobian(jac, t, y, q)
	}
	counted := p
	counted.System = &sys
	var losses []*Loss[[]float64]
	for _, times := range [][]float64{{p.T1}, {p.T1, 3}, {p.T1, 4, 5}, {p.T1}} {
		losses = append(losses, SumOfStates(times))
	}
	for _, solver := range []integrate.Method{integrate.Tsit5{}, integrate.Rodas5P{}} {
		set := tolerances(1e-6, 1e-9)
		set.Solver = solver
		method := Discrete{Checkpoints: Checkpoints{Every: 6}}
		jacobians = 0
		one := mustGradient(t, counted, losses[0], method, set)
		alone := jacobians
		jacobians = 0
		all, err := Gradients(context.Background(), counted, losses, method, set)
		if err != nil {
			t.Fatal(err)
		}
		s := all[0].Stats
		if s.Steps != one.Stats.Steps || s.Replayed != one.Stats.Replayed || jacobians != alone {
			t.Errorf("%v: four losses took %+v and %d Jacobians, one %+v and %d", solver, s, jacobians, one.Stats, alone)
		}
		if s.Backward != 4*one.Stats.Backward {
			t.Errorf("%v: %d steps of adjoints, want four times %d", solver, s.Backward, one.Stats.Backward)
		}
	}
	tight := tolerances(1e-6, 1e-9)
	one := mustGradient(t, p, losses[0], Forward{}, tight)
	all, err := Gradients(context.Background(), p, losses, Forward{}, tight)
	if err != nil {
		t.Fatal(err)
	}
	if all[3].Stats.RHS > one.Stats.RHS+6 { // f at the observations
		t.Errorf("tangents for four losses took %d evaluations, for one %d", all[3].Stats.RHS, one.Stats.RHS)
	}
}

func TestNoLossesHaveNoGradients(t *testing.T) {
	p, _ := everyPath()
	if all, err := Gradients[[]float64](context.Background(), p, nil, Forward{}, nil); len(all) != 0 || err != nil {
		t.Errorf("%v, %v", all, err)
	}
}
