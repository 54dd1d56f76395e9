package integrate_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// TestConformance asks every method of the toolkit for what every method owes.
func TestConformance(t *testing.T) {
	for _, m := range integrate.Methods() {
		t.Run(m.String(), func(t *testing.T) {
			for _, c := range []struct {
				name  string
				check func(*testing.T, integrate.Method)
			}{
				{"backward", runsBackward},
				{"proportional", proportional},
				{"inside", inside},
				{"poisoned", poisoned},
				{"restart", restart},
				{"event", event},
				{"allocations", allocations},
			} {
				t.Run(c.name, func(t *testing.T) { c.check(t, m) })
			}
		})
	}
}

// traits returns the order of a method, and whether it controls its error.
func traits(t *testing.T, m integrate.Method) (order int, adaptive bool) {
	t.Helper()
	p := modulated(1)
	p.Space = space.Floats{}
	stepper, err := integrate.NewStepper(&p, m, &integrate.Stats{})
	if err != nil {
		t.Fatal(err)
	}
	order, estimate := stepper.Order()
	return order, estimate > 0
}

// tight are settings for an error of some goal in modulated: fixed steps where a method
// needs them. Only Euler's method must be asked for less than 1e-7.
func tight(t *testing.T, m integrate.Method) (set *integrate.Settings, goal float64) {
	goal = 1e-7
	order, adaptive := traits(t, m)
	if adaptive {
		return &integrate.Settings{RelTol: 1e-8, AbsTol: 1e-8}, goal
	}
	if order == 1 {
		goal = 1e-4
	}
	return &integrate.Settings{FixedStep: math.Pow(goal, 1/float64(order)) / 4}, goal
}

// An interval may run backward.
func runsBackward(t *testing.T, m integrate.Method) {
	p := modulated(0)
	p.T0, p.T1, p.Y0 = 1, 0, []float64{math.Exp(math.Sin(1)), 0.5}
	set, goal := tight(t, m)
	sol, err := integrate.Solve(background, p, m, set)
	if err != nil {
		t.Fatal(err)
	}
	// Ten times the goal for the many steps of a low order, and four times for the growth
	// of an error on the way back, (y2(0)/y2(1))^2.
	if d := apart(sol.Y[len(sol.Y)-1], 0); d > 40*goal {
		t.Errorf("the start is missed by %.2g", d)
	}
	y := make([]float64, 2)
	if err := sol.At(y, 0.234); err != nil || apart(y, 0.234) > 40*goal {
		t.Errorf("inside: %.2g, %v", apart(y, 0.234), err)
	}
}

// The error falls with the tolerance, a hundredfold with a thousandth at least, and
// stays below a hundred times it: the sum over steps and their growth.
func proportional(t *testing.T, m integrate.Method) {
	order, adaptive := traits(t, m)
	if !adaptive {
		t.Skip("no error control")
	}
	tols := []float64{1e-4, 1e-7, 1e-10}
	if order < 5 {
		tols = []float64{1e-3, 1e-6, 1e-9}
	}
	if order < 3 {
		tols = []float64{1e-2, 1e-5}
	}
	last := math.Inf(1)
	for _, tol := range tols {
		sol, err := integrate.Solve(background, modulated(6), m, &integrate.Settings{RelTol: tol, AbsTol: tol})
		if err != nil {
			t.Fatal(err)
		}
		d := 0.
		for i, y := range sol.Y {
			d = max(d, apart(y, sol.T[i]))
		}
		if d > 100*tol || d > last/100 {
			t.Errorf("error %.2g at tolerance %.0e, was %.2g", d, tol, last)
		}
		last = d
	}
}

// The interpolant joins the ends of its step, is as good as they are, and the same when
// kept.
func inside(t *testing.T, m integrate.Method) {
	set, _ := tight(t, m)
	run := integrate.Start(background, modulated(2), m, set)
	y, z := make([]float64, 2), make([]float64, 2)
	worst, end := 0., 0.
	for step := range run.Steps() {
		kept, err := step.Keep()
		if err != nil {
			t.Fatal(err)
		}
		h := step.T1 - step.T0
		for _, theta := range []float64{1e-9, 0.2, 0.5, 0.9, 1 - 1e-9} {
			x := step.T0 + theta*h
			if x == step.T0 || x == step.T1 {
				continue
			}
			if err := step.At(y, x); err != nil {
				t.Fatal(err)
			}
			kept.At(z, x)
			if math.Abs(y[0]-z[0])+math.Abs(y[1]-z[1]) > 8*0x1p-52 { // some roundings at 2
				t.Fatalf("kept, the solution at %v is %v, was %v", x, z, y)
			}
			worst = max(worst, apart(y, x))
			near := step.Y0
			if theta > 0.5 {
				near = step.Y1
			}
			// The slope is below 3, and joins are exact but for rounding.
			if d := math.Hypot(y[0]-near[0], y[1]-near[1]); math.Abs(theta-0.5) > 0.49 && d > 4e-9*h+1e-13 {
				t.Fatalf("next to an end of the step from %v to %v the solution jumps by %.2g", step.T0, step.T1, d)
			}
		}
		end = max(end, apart(step.Y1, step.T1))
	}
	if run.Err() != nil {
		t.Fatal(run.Err())
	}
	// An interpolant one order lower than the step, and less smooth, may add to it.
	if worst > 30*end+1e-8 {
		t.Errorf("the error inside steps is %.2g, at their ends %.2g", worst, end)
	}
}

// What stood in dy before is of no account, y is not what a right-hand side writes to,
// and a run can be repeated bit for bit.
func poisoned(t *testing.T, m integrate.Method) {
	set, _ := tight(t, m)
	clean := modulated(2)
	plain, err := integrate.Solve(background, clean, m, set)
	if err != nil {
		t.Fatal(err)
	}
	p := clean
	p.F = func(dy []float64, x float64, y []float64) error {
		if &dy[0] == &y[0] {
			return fmt.Errorf("dy is y")
		}
		before := [2]float64{y[0], y[1]}
		dy[0], dy[1] = math.NaN(), math.Inf(1)
		err := clean.F(dy, x, y)
		if before != [2]float64{y[0], y[1]} {
			return fmt.Errorf("y changed with dy")
		}
		return err
	}
	again, err := integrate.Solve(background, p, m, set)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(plain.T, again.T) || !slices.EqualFunc(plain.Y, again.Y, slices.Equal[[]float64]) {
		t.Errorf("%d steps to %v, then %d to %v", plain.Stats.Steps, plain.Y[len(plain.Y)-1], again.Stats.Steps, again.Y[len(again.Y)-1])
	}
	if !slices.Equal(p.Y0, []float64{1, 1}) {
		t.Errorf("Y0 was changed to %v", p.Y0)
	}
}

// A right-hand side that jumps at a break is integrated as two smooth ones.
func restart(t *testing.T, m integrate.Method) {
	p := integrate.Problem[[]float64]{
		F: func(dy []float64, x float64, y []float64) error {
			if dy[0] = y[0]; x >= 1 {
				dy[0] = -2 * y[0]
			}
			return nil
		},
		T1: 2, Y0: []float64{1}, Breaks: []float64{1},
	}
	set, goal := tight(t, m)
	sol, err := integrate.Solve(background, p, m, set)
	if err != nil {
		t.Fatal(err)
	}
	y := make([]float64, 1)
	for _, x := range []float64{0.5, 0.999, 1, 1.001, 1.5, 2} {
		want := math.Exp(x)
		if x > 1 {
			want = math.Exp(1 - 2*(x-1))
		}
		if err := sol.At(y, x); err != nil || math.Abs(y[0]-want) > 100*goal {
			t.Errorf("y(%v) = %v, want %v (%v)", x, y[0], want, err)
		}
	}
	if sol.Stats.Restarts != 1 {
		t.Errorf("%d restarts", sol.Stats.Restarts)
	}
}

// The run ends where the state meets a level, to the accuracy of the state, and what
// stands there is on the level.
func event(t *testing.T, m integrate.Method) {
	p := modulated(3)
	p.Events = []integrate.Event[[]float64]{{When: func(_ float64, y []float64) (float64, error) { return y[1] - 0.5, nil }, Stop: true}}
	set, goal := tight(t, m)
	sol, err := integrate.Solve(background, p, m, set)
	if err != nil {
		t.Fatal(err)
	}
	n := len(sol.T) - 1 // 1/(1+t^2) = 1/2 at t = 1, with a slope of 1/2
	if math.Abs(sol.T[n]-1) > 40*goal || math.Abs(sol.Y[n][1]-0.5) > 1e-12 {
		t.Errorf("the run ends at %v with %v", sol.T[n], sol.Y[n])
	}
}

// Steps and looks inside them take no memory.
func allocations(t *testing.T, m integrate.Method) {
	_, adaptive := traits(t, m)
	count := func(n int) float64 {
		set := &integrate.Settings{RelTol: 1e-6}
		if !adaptive {
			set.FixedStep = 0.01
		}
		return testing.AllocsPerRun(3, func() {
			run := integrate.Start(background, modulated(float64(n)), m, set)
			y := make([]float64, 2)
			for step := range run.Steps() {
				if err := step.At(y, (step.T0+step.T1)/2); err != nil {
					t.Fatal(err)
				}
			}
			if run.Err() != nil {
				t.Fatal(run.Err())
			}
		})
	}
	if short, long := count(5), count(50); long > short {
		t.Errorf("%v allocations over 5 time units, %v over 50", short, long)
	}
}
