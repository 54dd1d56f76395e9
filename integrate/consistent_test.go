package integrate_test

import (
	"errors"
	"math"
	"testing"

	"github.com/odefit/odefit/integrate"
)

// Values of the algebraic components that do not satisfy the equations are replaced,
// those of the differential ones are kept.
func TestConsistentStart(t *testing.T) {
	p := conserved(10)
	want, err := integrate.Solve(background, p, integrate.BDF{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	wrong := p
	wrong.Y0 = []float64{1, 0, 0.5}
	got, err := integrate.Solve(background, wrong, integrate.BDF{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if wrong.Y0[2] != 0.5 {
		t.Error("the given values were changed")
	}
	// The equation is linear: one correction reaches it to rounding.
	if y := got.Y[0]; y[0] != 1 || y[1] != 0 || math.Abs(y[2]) > 1e-15 {
		t.Errorf("start %v", y)
	}
	end := len(got.Y) - 1
	for i, v := range want.Y[len(want.Y)-1] {
		if math.Abs(got.Y[end][i]-v) > 1e-6 {
			t.Errorf("component %d ends at %v, from consistent values at %v", i, got.Y[end][i], v)
		}
	}
	if y, err := integrate.Consistent(wrong, nil); err != nil || y[0] != 1 || y[1] != 0 || math.Abs(y[2]) > 1e-15 {
		t.Errorf("Consistent: %v, %v", y, err)
	}
	// Values within the tolerance stay as they are, to the bit.
	near := p
	near.Y0 = []float64{1, 0, 1e-13}
	if got, err = integrate.Solve(background, near, integrate.BDF{}, nil); err != nil || got.Y[0][2] != 1e-13 {
		t.Errorf("start %v, %v", got.Y[0], err)
	}
}

// A nonlinear equation, 0 = z^3 + z - y, from a far start; M is given in three forms,
// one of them with no zero row: rows are combined.
func TestConsistentStartNonlinear(t *testing.T) {
	f := func(d []float64, _ float64, y []float64) error {
		d[0], d[1] = -y[0], y[1]*y[1]*y[1]+y[1]-y[0]
		return nil
	}
	mixed := func(d []float64, t float64, y []float64) error {
		if err := f(d, t, y); err != nil {
			return err
		}
		d[0], d[1] = d[0]+2*d[1], 3*d[0]-d[1]
		return nil
	}
	exact := func(x float64) float64 { // z(t): y = e^-t times 10
		y := 10 * math.Exp(-x)
		r := math.Sqrt(y*y/4 + 1./27)
		return math.Cbrt(y/2+r) + math.Cbrt(y/2-r)
	}
	for name, c := range map[string]struct {
		m *integrate.Matrix
		f integrate.Func[[]float64]
	}{
		"dense":    {&integrate.Matrix{Values: []float64{1, 0, 0, 0}}, f},
		"sparse":   {&integrate.Matrix{Pattern: integrate.Entries(2, []int{0}, []int{0}), Values: []float64{1}}, f},
		"combined": {&integrate.Matrix{Values: []float64{1, 0, 3, 0}}, mixed},
	} {
		p := integrate.Problem[[]float64]{F: c.f, T1: 1, Y0: []float64{10, -30}, Mass: c.m}
		sol, err := integrate.Solve(background, p, integrate.BDF{}, &integrate.Settings{RelTol: 1e-8, AbsTol: 1e-10})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		// The start is solved to the square of 1e-3 tolerances; the end has the global
		// error of some hundred steps.
		if y := sol.Y[0]; math.Abs(y[0]-10) > 1e-14 || math.Abs(y[1]-exact(0)) > 1e-10 {
			t.Errorf("%s: start %v, want [10 %v]", name, y, exact(0))
		}
		if y := sol.Y[len(sol.Y)-1]; math.Abs(y[1]-exact(1)) > 1e-6 {
			t.Errorf("%s: end %v, want %v", name, y[1], exact(1))
		}
	}
}

// An event that changes the state is followed by values that satisfy the equations.
func TestConsistentAfterEvent(t *testing.T) {
	p := conserved(10)
	p.Events = []integrate.Event[[]float64]{{At: 5, Apply: func(y []float64, _ float64) error { y[0] -= 0.25; return nil }}}
	sol, err := integrate.Solve(background, p, integrate.BDF{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	// What was before has the error of BDF's iteration; what is after is solved to rounding.
	if m := sol.Events[0]; math.Abs(m.After[0]-m.Before[0]+0.25) > 1e-15 || math.Abs(m.After[0]+m.After[1]+m.After[2]-1) > 4e-16 {
		t.Errorf("from %v to %v", m.Before, m.After)
	}
}

func TestRefusedStarts(t *testing.T) {
	diagonal := func(d ...float64) *integrate.Matrix {
		return &integrate.Matrix{Pattern: integrate.Banded(len(d), 0, 0), Values: d}
	}
	for name, c := range map[string]struct {
		p    integrate.Problem[[]float64]
		want error
	}{
		// The pendulum with its constraint on the position, and on the velocity.
		"index 3": {integrate.Problem[[]float64]{Y0: []float64{1, 0, 0, 0, 0}, Mass: diagonal(1, 1, 1, 1, 0),
			F: pendulum(func(y []float64) float64 { return y[0]*y[0] + y[1]*y[1] - 1 })}, integrate.ErrIndex},
		"index 2": {integrate.Problem[[]float64]{Y0: []float64{1, 0, 0, 0, 0}, Mass: diagonal(1, 1, 1, 1, 0),
			F: pendulum(func(y []float64) float64 { return y[0]*y[2] + y[1]*y[3] })}, integrate.ErrIndex},
		// Two algebraic equations, the second three times the first.
		"no unique solution": {integrate.Problem[[]float64]{Y0: []float64{1, 2, 3}, Mass: diagonal(1, 0, 0),
			F: func(d []float64, _ float64, y []float64) error {
				d[0], d[1] = -y[0], y[1]+0.1*y[2]-y[0]
				d[2] = 3 * d[1]
				return nil
			}}, integrate.ErrIndex},
		"no solution": {integrate.Problem[[]float64]{Y0: []float64{1, 0.5}, Mass: diagonal(1, 0),
			F: func(d []float64, _ float64, y []float64) error {
				d[0], d[1] = -y[0], y[1]*y[1]+y[0]
				return nil
			}}, integrate.ErrInconsistent},
		"not finite": {integrate.Problem[[]float64]{Y0: []float64{1, 0.5}, Mass: diagonal(1, math.NaN()),
			F: func(d []float64, _ float64, y []float64) error { return nil }}, integrate.ErrNonFinite},
	} {
		c.p.T1 = 1
		if _, err := integrate.Solve(background, c.p, integrate.BDF{}, nil); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if _, err := integrate.Consistent(c.p, nil); !errors.Is(err, c.want) {
			t.Errorf("%s: Consistent: %v, want %v", name, err, c.want)
		}
	}
	short := conserved(1)
	short.Mass = diagonal(1, 1)
	if _, err := integrate.Solve(background, short, integrate.BDF{}, nil); err == nil {
		t.Error("a mass matrix of the wrong size was taken")
	}
}

// pendulum is x” = -x lambda, y” = -y lambda - 1 in (x, y, x', y', lambda) with a
// constraint.
func pendulum(constraint func(y []float64) float64) integrate.Func[[]float64] {
	return func(d []float64, _ float64, y []float64) error {
		d[0], d[1] = y[2], y[3]
		d[2], d[3] = -y[0]*y[4], -y[1]*y[4]-1
		d[4] = constraint(y)
		return nil
	}
}

// The pendulum of index 1, its constraint differentiated twice, against the angle
// theta” = -sin theta from the vertical, which falls from the horizontal.
func TestPendulumOfIndexOne(t *testing.T) {
	p := integrate.Problem[[]float64]{
		T1: 2, Y0: []float64{1, 0, 0, 0, 0.7}, // lambda is x'^2 + y'^2 - y = 0 here
		Mass: &integrate.Matrix{Pattern: integrate.Banded(5, 0, 0), Values: []float64{1, 1, 1, 1, 0}},
		F: pendulum(func(y []float64) float64 {
			return y[2]*y[2] + y[3]*y[3] - y[4]*(y[0]*y[0]+y[1]*y[1]) - y[1]
		}),
	}
	angle := integrate.Problem[[]float64]{T1: 2, Y0: []float64{math.Pi / 2, 0}, F: func(d []float64, _ float64, y []float64) error {
		d[0], d[1] = y[1], -math.Sin(y[0])
		return nil
	}}
	set := &integrate.Settings{RelTol: 1e-9, AbsTol: 1e-9}
	sol, err := integrate.Solve(background, p, integrate.BDF{}, set)
	if err != nil {
		t.Fatal(err)
	}
	ref, err := integrate.Solve(background, angle, integrate.Vern9{}, &integrate.Settings{RelTol: 1e-12, AbsTol: 1e-12})
	if err != nil {
		t.Fatal(err)
	}
	if l := sol.Y[0][4]; math.Abs(l) > 1e-12 {
		t.Errorf("lambda starts at %v, want 0", l)
	}
	y, a := sol.Y[len(sol.Y)-1], ref.Y[len(ref.Y)-1]
	// The reduced index lets the constraint drift quadratically in time by the local
	// errors, of which there are some hundred here.
	if d := math.Hypot(y[0]-math.Sin(a[0]), y[1]+math.Cos(a[0])); d > 1e-6 {
		t.Errorf("the end is %.2g from the pendulum of the angle", d)
	}
	if want := y[2]*y[2] + y[3]*y[3] - y[1]; math.Abs(y[4]-want) > 1e-6 {
		t.Errorf("lambda ends at %v, want %v", y[4], want)
	}
}
