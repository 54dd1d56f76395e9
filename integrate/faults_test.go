package integrate_test

import (
	"context"
	"errors"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// choosing are the methods that choose their steps.
func choosing(yield func(integrate.Method) bool) {
	for _, m := range integrate.Methods() {
		if rk, ok := m.(integrate.RungeKutta); ok && rk.Tableau().E == nil {
			continue
		}
		if !yield(m) {
			return
		}
	}
}

// Whichever evaluation gives NaN, in a short solve through two bounces, the answer is
// right or a typed error, and it comes.
func TestNaNAtEveryCallOfEveryMethod(t *testing.T) {
	for m := range choosing {
		good, err := integrate.Solve(background, ball(4), m, nil)
		if err != nil {
			t.Fatal(err)
		}
		right := 0
		for k := 0; k < 400; k += 3 {
			p, calls := ball(4), 0
			f := p.F
			p.F = func(dy []float64, t float64, y []float64) error {
				err := f(dy, t, y)
				if calls++; calls == k+1 {
					dy[0] = math.NaN()
				}
				return err
			}
			sol, err := integrate.Solve(background, p, m, nil)
			switch {
			case err == nil:
				right++
				n := len(sol.Y) - 1
				if d := math.Abs(sol.Y[n][0] - good.Y[len(good.Y)-1][0]); !(d < 1e-4) || len(sol.Events) != 2 {
					t.Errorf("%v, NaN at call %d: off by %v after %d bounces", m, k+1, d, len(sol.Events))
				}
			case !errors.As(err, new(*integrate.StepError)):
				t.Errorf("%v, NaN at call %d: %v", m, k+1, err)
			}
		}
		if right < 40 {
			t.Errorf("%v: only %d NaNs were survived", m, right)
		}
	}
}

// A panic in a user's function is an error that holds its value and where it was.
func TestPanicsAreErrors(t *testing.T) {
	value := errors.New("index out of tune")
	for m := range choosing {
		calls := 0
		p := modulated(1)
		f := p.F
		p.F = func(dy []float64, t float64, y []float64) error {
			if calls++; calls == 9 {
				panic(value)
			}
			return f(dy, t, y)
		}
		_, err := integrate.Solve(background, p, m, nil)
		var step *integrate.StepError
		var panicked *integrate.PanicError
		if !errors.As(err, &step) || !errors.As(err, &panicked) || !errors.Is(err, value) {
			t.Errorf("%v: %v", m, err)
			continue
		}
		if !strings.Contains(string(panicked.Stack), "TestPanicsAreErrors") {
			t.Errorf("%v: the stack does not lead to the function:\n%s", m, panicked.Stack)
		}
	}
	// A panic in the loop of the caller is none of the run's business.
	defer func() {
		if recover() != value {
			t.Error("the caller's panic was lost")
		}
	}()
	for range integrate.Start(background, modulated(1), integrate.Tsit5{}, nil).Steps() {
		panic(value)
	}
}

// y' jumps from 1 to -3 at t = 1/3 without a word: smaller steps find it.
func TestUndeclaredJump(t *testing.T) {
	for m := range choosing {
		p := integrate.Problem[[]float64]{T1: 1, Y0: []float64{0}, F: func(dy []float64, t float64, _ []float64) error {
			if dy[0] = 1; t > 1./3 {
				dy[0] = -3
			}
			return nil
		}}
		sol, err := integrate.Solve(background, p, m, nil)
		if err != nil {
			if !errors.As(err, new(*integrate.StepError)) {
				t.Errorf("%v: %v", m, err)
			}
			continue
		}
		// The step across the jump passes with an error estimate of 1e-6; the estimate
		// may be some ten times too small there.
		if d := math.Abs(sol.Y[len(sol.Y)-1][0] + 5./3); d > 3e-5 {
			t.Errorf("%v: off by %v", m, d)
		}
	}
}

// y' = y^2 from 1 has no solution beyond t = 1.
func TestBlowUpOfEveryMethod(t *testing.T) {
	for m := range choosing {
		p := integrate.Problem[[]float64]{T1: 2, Y0: []float64{1}, F: func(dy []float64, _ float64, y []float64) error {
			dy[0] = y[0] * y[0]
			return nil
		}}
		_, err := integrate.Solve(background, p, m, &integrate.Settings{MaxSteps: 20_000})
		var step *integrate.StepError
		if !errors.As(err, &step) || !(step.T > 0.9 && step.T < 1.01) {
			t.Errorf("%v: %v", m, err)
		}
	}
}

// sulky is a Newton solver that calls its first matrices singular.
type sulky struct {
	integrate.Newton[[]float64]
	left int
}

func (s *sulky) Factor(g float64) error {
	if s.left > 0 {
		s.left--
		return errors.New("singular")
	}
	return s.Newton.Factor(g)
}

// A Newton matrix that is singular asks for a smaller step; where all are, the error says
// so.
func TestSingularNewtonMatrix(t *testing.T) {
	for _, m := range []integrate.Method{integrate.Rodas5P{}, integrate.Rosenbrock23{}, integrate.KenCarp4{}, integrate.TRBDF2{}, integrate.SDIRK4{}, integrate.BDF{}} {
		for _, bad := range []int{3, math.MaxInt} {
			p := integrate.Problem[[]float64]{
				F:  func(dy []float64, _ float64, y []float64) error { dy[0] = -y[0]; return nil },
				T1: 1, Y0: []float64{1}, Space: space.Floats{},
			}
			newton, err := integrate.NewNewton(&p, &integrate.Stats{})
			if err != nil {
				t.Fatal(err)
			}
			p.Newton = &sulky{newton, bad}
			sol, err := integrate.Solve(background, p, m, nil)
			if bad == 3 {
				if err != nil || math.Abs(sol.Y[len(sol.Y)-1][0]-math.Exp(-1)) > 1e-4 || sol.Stats.Rejected == 0 {
					t.Errorf("%v, three singular matrices: %v", m, err)
				}
				continue
			}
			if !errors.Is(err, integrate.ErrNewton) {
				t.Errorf("%v, singular matrices without end: %v", m, err)
			}
		}
	}
}

func TestNoIntervalAtAll(t *testing.T) {
	p := ball(0)
	p.Events = append(p.Events, integrate.Event[[]float64]{Apply: func(y []float64, _ float64) error { y[0]++; return nil }})
	for _, m := range integrate.Methods() {
		sol, err := integrate.Solve(background, p, m, fixed(m, 0.1, integrate.Settings{Times: []float64{0, 0}}))
		if err != nil || len(sol.Y) != 2 || sol.Y[1][0] != 11 || sol.Stats.Steps != 0 {
			t.Errorf("%v: %v, %v", m, sol, err)
		}
	}
}

func TestProgressIsTold(t *testing.T) {
	var times []float64
	set := &integrate.Settings{Progress: func(t float64, s integrate.Stats) {
		if times = append(times, t); s.Steps != len(times) {
			panic("a step was not told")
		}
	}}
	sol, err := integrate.Solve(background, modulated(2), integrate.Tsit5{}, set)
	if err != nil || len(times) != sol.Stats.Steps || times[len(times)-1] != 2 {
		t.Errorf("%v, %v", times, err)
	}
}

// Each component keeps its own tolerance: a small one that matters beside a large one.
func TestTolerancesOfComponents(t *testing.T) {
	// y0 = cos(t), y1 = 1e-9 exp(sin(3t)).
	p := integrate.Problem[[]float64]{T1: 5, Y0: []float64{1, 1e-9}, F: func(dy []float64, t float64, y []float64) error {
		dy[0], dy[1] = -math.Sin(t), 3*math.Cos(3*t)*y[1]
		return nil
	}}
	off := func(set *integrate.Settings) float64 {
		sol, err := integrate.Solve(background, p, integrate.Tsit5{}, set)
		if err != nil {
			t.Fatal(err)
		}
		return math.Abs(sol.Y[len(sol.Y)-1][1]/(1e-9*math.Exp(math.Sin(15))) - 1)
	}
	set := &integrate.Settings{RelTol: 1e-5, AbsTol: 1e-5}
	loose := off(set)
	set.AbsTols = []float64{1e-5, 1e-15}
	if tight := off(set); tight > 1e-4 || tight > loose/10 {
		t.Errorf("relative error %v with a tolerance of its own, %v without", tight, loose)
	}
}

// A long run keeps nothing of its steps: the heap does not grow with their number, also
// where a condition is watched.
func TestConstantMemory(t *testing.T) {
	steps := 100_000
	if *long {
		steps = 10_000_000
	}
	p := integrate.Problem[[]float64]{
		F:  func(dy []float64, _ float64, y []float64) error { dy[0], dy[1] = y[1], -y[0]; return nil },
		T1: float64(steps) / 100, Y0: []float64{1, 0},
		Events: []integrate.Event[[]float64]{{When: func(_ float64, y []float64) (float64, error) { return y[0] - 1.5, nil }}},
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	sol, err := integrate.Solve(background, p, integrate.Tsit5{}, &integrate.Settings{FixedStep: 0.01, MaxSteps: 2 * steps, Times: []float64{p.T1}})
	runtime.ReadMemStats(&after)
	if err != nil || sol.Stats.Steps < steps-1 {
		t.Fatal(sol.Stats, err)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 1<<16 {
		t.Errorf("%d bytes allocated in %d steps", grown, steps)
	}
	// The error of a step of order 5 is some 1e-14; it adds up linearly in the phase.
	if d := math.Hypot(sol.Y[0][0]-math.Cos(p.T1), sol.Y[0][1]+math.Sin(p.T1)); d > 1e-13*float64(steps) {
		t.Errorf("off by %v", d)
	}
}

// A Jacobian that is not finite is told as that, with its place, by every implicit
// method.
func TestJacobianNotFinite(t *testing.T) {
	for _, m := range []integrate.Method{
		integrate.Rodas5P{}, integrate.Rosenbrock23{}, integrate.RadauIIA5{}, integrate.Kvaerno5{}, integrate.KenCarp4{}, integrate.TRBDF2{}, integrate.SDIRK4{}, integrate.BDF{},
	} {
		for _, pattern := range []*integrate.Pattern{nil, integrate.Banded(2, 1, 0)} {
			p := integrate.Problem[[]float64]{
				T1: 1, Y0: []float64{1, 0}, Pattern: pattern,
				F: func(dy []float64, _ float64, y []float64) error { dy[0], dy[1] = -y[0], y[0]-y[1]; return nil },
				Jacobian: func(jac []float64, _ float64, _ []float64) error {
					if pattern == nil {
						copy(jac, []float64{-1, 0, math.Inf(1), -1})
					} else {
						copy(jac, []float64{-1, math.Inf(1), -1})
					}
					return nil
				},
			}
			_, err := integrate.Solve(context.Background(), p, m, nil)
			var j *integrate.JacobianError
			if !errors.As(err, &j) || j.Row != 1 || j.Column != 0 || !math.IsInf(j.Value, 1) {
				t.Errorf("%v: %v", m, err)
			}
		}
	}
}
