package integrate_test

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// ball falls from rest at height 10 and bounces: x' = v, v' = -9.81, v -> -0.8 v.
func ball(t1 float64) integrate.Problem[[]float64] {
	return integrate.Problem[[]float64]{
		F:  func(dy []float64, _ float64, y []float64) error { dy[0], dy[1] = y[1], -9.81; return nil },
		T1: t1, Y0: []float64{10, 0},
		Events: []integrate.Event[[]float64]{{
			When:      func(_ float64, y []float64) (float64, error) { return y[0], nil },
			Direction: integrate.Falling,
			Apply:     func(y []float64, _ float64) error { y[1] *= -0.8; return nil },
		}},
	}
}

// impacts are the reference times of the bounces up to 10.
func impacts(t *testing.T) []float64 {
	t.Helper()
	text, err := os.ReadFile("../testdata/refs/bouncing_ball.json")
	if err != nil {
		t.Fatal(err)
	}
	var ref struct {
		Times []string `json:"impact_times_to_t10"`
	}
	if err := json.Unmarshal(text, &ref); err != nil {
		t.Fatal(err)
	}
	times := make([]float64, len(ref.Times))
	for i, s := range ref.Times {
		if times[i], err = strconv.ParseFloat(s, 64); err != nil {
			t.Fatal(err)
		}
	}
	return times
}

// fixed gives the methods that estimate no error a step.
func fixed(m integrate.Method, h float64, set integrate.Settings) *integrate.Settings {
	if rk, ok := m.(integrate.RungeKutta); ok && rk.Tableau().E == nil {
		set.FixedStep = h
	}
	return &set
}

// Every method of order 2 and above is exact on the parabolas between the bounces, so
// that the times carry only rounding: each of seven times is met to 2 ulp of 10, 3.6e-15,
// as is the state in each of some hundred steps, and a later time feels them up to 30
// times (its derivative in e); and for implicit methods what is left of their iterations.
func TestBounces(t *testing.T) {
	want := impacts(t)
	for _, m := range integrate.Methods() {
		tol := 5e-13
		switch m.(type) {
		case integrate.Euler:
			continue
		case integrate.RungeKutta, integrate.Auto:
		default:
			tol = 1e-8
		}
		sol, err := integrate.Solve(background, ball(10), m, fixed(m, 0.05, integrate.Settings{RelTol: 1e-10, AbsTol: 1e-10}))
		if err != nil {
			t.Errorf("%v: %v", m, err)
			continue
		}
		if len(sol.Events) != len(want) {
			t.Errorf("%v: %d bounces, want %d", m, len(sol.Events), len(want))
			continue
		}
		for i, e := range sol.Events {
			if math.Abs(e.T-want[i]) > tol || e.Grazing {
				t.Errorf("%v: bounce %d at %v, want %v", m, i, e.T, want[i])
			}
			if e.After[1] != -0.8*e.Before[1] || e.After[0] != e.Before[0] {
				t.Errorf("%v: bounce %d from %v to %v", m, i, e.Before, e.After)
			}
			y := make([]float64, 2)
			if err := sol.At(y, e.T); err != nil || !slices.Equal(y, e.After) {
				t.Errorf("%v: at the bounce the solution is %v, want %v (%v)", m, y, e.After, err)
			}
			before := math.Nextafter(e.T, 0)
			if err := sol.At(y, before); err != nil || math.Abs(y[1]-e.Before[1]) > 1e-7 {
				t.Errorf("%v: just before the bounce the speed is %v, want %v (%v)", m, y[1], e.Before[1], err)
			}
		}
	}
}

// A state of the user's own bounces as flat numbers do, to the rounding that TestBounces
// allows.
func TestBouncesOfAStruct(t *testing.T) {
	type body struct{ X, V float64 }
	p := integrate.Problem[*body]{
		F:  func(dy *body, _ float64, y *body) error { *dy = body{y.V, -9.81}; return nil },
		T1: 10, Y0: &body{X: 10}, Space: space.Struct[body](),
		Events: []integrate.Event[*body]{{
			When:      func(_ float64, y *body) (float64, error) { return y.X, nil },
			Direction: integrate.Falling,
			Apply:     func(y *body, _ float64) error { y.V *= -0.8; return nil },
		}},
	}
	want := impacts(t)
	for _, m := range []integrate.Method{integrate.Tsit5{}, integrate.Dop853{}, integrate.BDF{}, integrate.Rodas5P{}} {
		tol := 1e-8
		if _, ok := m.(integrate.RungeKutta); ok {
			tol = 5e-13
		}
		sol, err := integrate.Solve(background, p, m, &integrate.Settings{RelTol: 1e-10, AbsTol: 1e-10})
		if err != nil || len(sol.Events) != len(want) {
			t.Errorf("%v: %v", m, err)
			continue
		}
		for i, e := range sol.Events {
			if math.Abs(e.T-want[i]) > tol || e.After.V != -0.8*e.Before.V {
				t.Errorf("%v: bounce %d at %v, want %v", m, i, e.T, want[i])
			}
		}
	}
}

// The oscillator y = cos t crosses zero at pi/2 + k pi. The events lie where the state
// that the steps arrive at is zero to rounding; the times are as good as the solution.
func TestCrossingsOfTheOscillator(t *testing.T) {
	for _, m := range []integrate.Method{integrate.BS3{}, integrate.Tsit5{}, integrate.Dopri5{}, integrate.Vern7{}, integrate.Dop853{}, integrate.Vern9{}, integrate.SDIRK4{}} {
		for _, dir := range []integrate.Direction{integrate.Either, integrate.Rising, integrate.Falling} {
			for _, back := range []bool{false, true} {
				p := integrate.Problem[[]float64]{
					F:  func(dy []float64, _ float64, y []float64) error { dy[0], dy[1] = y[1], -y[0]; return nil },
					T1: 20, Y0: []float64{1, 0},
				}
				if back {
					p.T1 = -20
				}
				p.Events = []integrate.Event[[]float64]{{
					When:      func(_ float64, y []float64) (float64, error) { return y[0], nil },
					Direction: dir,
					Apply:     func([]float64, float64) error { return nil },
				}}
				set := &integrate.Settings{RelTol: 1e-8, AbsTol: 1e-8}
				sol, err := integrate.Solve(background, p, m, set)
				if err != nil {
					t.Errorf("%v: %v", m, err)
					continue
				}
				var want []float64
				for k := range 6 {
					if falling := k%2 == 0; dir == integrate.Either || (dir == integrate.Falling) == falling {
						want = append(want, math.Pi/2+float64(k)*math.Pi)
					}
				}
				if len(sol.Events) != len(want) {
					t.Errorf("%v, direction %v: %d events, want %d", m, dir, len(sol.Events), len(want))
					continue
				}
				for i, e := range sol.Events {
					// The error after 20 units of time: some hundred steps of 1e-8.
					if math.Abs(math.Abs(e.T)-want[i]) > 2e-6 {
						t.Errorf("%v, direction %v: event %d at %v, want %v", m, dir, i, e.T, want[i])
					}
					// Two ulp of the time, at a rate of 1; Newton's iteration leaves
					// a hundredth of the tolerance.
					limit := 2 * (math.Nextafter(20, 30) - 20)
					if _, ok := m.(integrate.RungeKutta); !ok {
						limit = 1e-9
					}
					if math.Abs(e.Before[0]) > limit {
						t.Errorf("%v, direction %v: event %d where y = %v", m, dir, i, e.Before[0])
					}
				}
			}
		}
	}
}

// An event that changes nothing is noted where the steps are left as they are.
func TestNotedEventsLeaveTheStepsAlone(t *testing.T) {
	p := modulated(5)
	plain, err := integrate.Solve(background, p, integrate.Tsit5{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p.Events = []integrate.Event[[]float64]{{When: func(t float64, _ []float64) (float64, error) { return math.Sin(3 * t), nil }}}
	noted, err := integrate.Solve(background, p, integrate.Tsit5{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(plain.T, noted.T) || len(noted.Events) != 4 {
		t.Fatalf("%d steps and %d events, want %d and 4", len(noted.T), len(noted.Events), len(plain.T))
	}
	for k, e := range noted.Events {
		if want := float64(k+1) * math.Pi / 3; math.Abs(e.T-want) > 1e-15*4 {
			t.Errorf("event %d at %v, want %v", k, e.T, want)
		}
		y := make([]float64, 2)
		if err := noted.At(y, e.T); err != nil || !slices.Equal(y, e.Before) {
			t.Errorf("event %d: state %v, want %v", k, e.Before, y)
		}
	}
}

// line is x' = 1, x(0) = 0 with events that note their names.
func line(t1 float64, names *[]string, events ...integrate.Event[[]float64]) integrate.Problem[[]float64] {
	for i := range events {
		apply := events[i].Apply
		name := string(rune('a' + i))
		events[i].Apply = func(y []float64, t float64) error {
			*names = append(*names, name)
			if apply == nil {
				return nil
			}
			return apply(y, t)
		}
	}
	return integrate.Problem[[]float64]{
		F:  func(dy []float64, _ float64, _ []float64) error { dy[0] = 1; return nil },
		T1: t1, Y0: []float64{0}, Events: events,
	}
}

func above(level float64) func(float64, []float64) (float64, error) {
	return func(_ float64, y []float64) (float64, error) { return y[0] - level, nil }
}

func TestRulesOfEvents(t *testing.T) {
	add := func(d float64) func([]float64, float64) error {
		return func(y []float64, _ float64) error { y[0] += d; return nil }
	}
	type event = integrate.Event[[]float64]
	for name, c := range map[string]struct {
		t1     float64
		events []event
		names  string
		end    float64 // state at the end
		at     float64 // time of the end
	}{
		"several at one time, in the order of the slice":       {2, []event{{When: above(1)}, {At: 1}, {When: func(_ float64, y []float64) (float64, error) { return 2 * (1 - y[0]), nil }}, {When: func(t float64, _ []float64) (float64, error) { return t - 1, nil }}}, "abcd", 2, 2},
		"zero at T0 is no crossing":                            {2, []event{{When: above(0)}}, "", 2, 2},
		"zero at T1 is one":                                    {1, []event{{When: above(1), Apply: add(5)}}, "a", 6, 1},
		"of fixed time, at T0 and T1":                          {1, []event{{At: 0, Apply: add(1)}, {At: 1, Apply: add(1)}}, "ab", 3, 1},
		"the same zero does not act again":                     {2, []event{{When: above(1), Apply: func(y []float64, _ float64) error { y[0] = 1; return nil }}}, "a", 2, 2},
		"a reset acts each time":                               {2.25, []event{{When: above(0.5), Apply: add(-0.5)}}, "aaaa", 0.25, 2.25},
		"a direction that does not occur":                      {2, []event{{When: above(1), Direction: integrate.Falling}}, "", 2, 2},
		"a jump across zero counts, after what jumped":         {2, []event{{When: above(5), Apply: add(10)}, {At: 1, Apply: add(7)}}, "ba", 19, 2},
		"a jump to zero counts where the solution goes beyond": {2, []event{{When: above(5)}, {At: 1, Apply: add(4)}}, "ba", 6, 2},
		"no event acts twice at one time":                      {2, []event{{When: above(1), Apply: add(-3)}, {When: above(-1), Apply: add(3)}}, "ab", 2, 2},
		"a stop ends the run":                                  {2, []event{{When: above(1), Stop: true, Apply: add(1)}, {At: 1.5}}, "a", 2, 1},
		"a stop at a fixed time":                               {2, []event{{At: 0.5, Stop: true}, {At: 0.5, Apply: add(1)}}, "ab", 1.5, 0.5},
	} {
		for _, m := range []integrate.Method{integrate.Tsit5{}, integrate.Auto{}, integrate.RK4{}} {
			var names []string
			sol, err := integrate.Solve(background, line(c.t1, &names, slices.Clone(c.events)...), m, fixed(m, 0.3, integrate.Settings{}))
			if err != nil {
				t.Errorf("%s: %v: %v", name, m, err)
				continue
			}
			var got string
			for _, n := range names {
				got += n
			}
			n := len(sol.T) - 1
			// Rounding of a dozen steps, at a rate of 1.
			if got != c.names || math.Abs(sol.Y[n][0]-c.end) > 1e-15*(2+c.end) || math.Abs(sol.T[n]-c.at) > 2e-15 {
				t.Errorf("%s: %v: events %q, end %v at %v; want %q, %v at %v", name, m, got, sol.Y[n], sol.T[n], c.names, c.end, c.at)
			}
		}
	}
}

// polynomial is the solution with derivative rate, as seen by an event.
func polynomial(y0 float64, rate func(t float64) float64, apply func([]float64, float64) error) integrate.Problem[[]float64] {
	return integrate.Problem[[]float64]{
		F:  func(dy []float64, t float64, _ []float64) error { dy[0] = rate(t); return nil },
		T1: 2, Y0: []float64{y0},
		Events: []integrate.Event[[]float64]{{When: func(_ float64, y []float64) (float64, error) { return y[0], nil }, Apply: apply}},
	}
}

func TestGrazing(t *testing.T) {
	nothing := func([]float64, float64) error { return nil }
	// y = (t-1)^2: a touch, which is noted and does not act.
	sol, err := integrate.Solve(background, polynomial(1, func(t float64) float64 { return 2 * (t - 1) }, nothing), integrate.Tsit5{}, &integrate.Settings{FirstStep: 0.3})
	if !errors.Is(err, integrate.ErrGrazing) && (err != nil || len(sol.Events) != 1 || !sol.Events[0].Grazing || math.Abs(sol.Events[0].T-1) > 1e-7) {
		t.Errorf("touch: %v, %v", sol.Events, err)
	}
	// y = (t-1)^3 crosses with no rate: it is refused, or met as well as rounding allows,
	// to the cube root of some 1e-15.
	sol, err = integrate.Solve(background, polynomial(-1, func(t float64) float64 { return 3 * (t - 1) * (t - 1) }, nothing), integrate.Tsit5{}, nil)
	var step *integrate.StepError
	refused := errors.Is(err, integrate.ErrGrazing) && errors.As(err, &step) && math.Abs(step.T-1) < 1e-3
	if !refused && (err != nil || len(sol.Events) != 1 || math.Abs(sol.Events[0].T-1) > 2e-5) {
		t.Errorf("flat crossing: %v", err)
	}
	// y = (t-1)^2 - d crosses at 1 +- sqrt(d), both inside one step.
	for _, d := range []float64{1e-2, 1e-4, 1e-6, 1e-8} {
		sol, err := integrate.Solve(background, polynomial(1-d, func(t float64) float64 { return 2 * (t - 1) }, nothing), integrate.Tsit5{}, nil)
		if err != nil || len(sol.Events) != 2 {
			t.Errorf("depth %v: %d events, %v", d, len(sol.Events), err)
			continue
		}
		for i, e := range sol.Events {
			want := 1 + float64(2*i-1)*math.Sqrt(d)
			// Rounding of the solution over its rate there.
			if math.Abs(e.T-want) > 1e-15/math.Sqrt(d) {
				t.Errorf("depth %v: event at %v, want %v", d, e.T, want)
			}
		}
	}
}

func TestEventsWithoutEnd(t *testing.T) {
	// The ball's bounces pile up at T (1+e)/(1-e) = 12.85, T being the time of the fall.
	_, err := integrate.Solve(background, ball(20), integrate.Tsit5{}, nil)
	var step *integrate.StepError
	if limit := math.Sqrt(2*10/9.81) * 1.8 / 0.2; !errors.Is(err, integrate.ErrChattering) || !errors.As(err, &step) || math.Abs(step.T-limit) > 1e-9 {
		t.Errorf("ball: %v, want an end near %v", err, limit)
	}
}

func TestFaultsInEvents(t *testing.T) {
	sad := errors.New("sad")
	for name, c := range map[string]struct {
		event integrate.Event[[]float64]
		want  error
	}{
		"NaN":            {integrate.Event[[]float64]{When: func(t float64, _ []float64) (float64, error) { return math.Sqrt(0.5 - t), nil }}, integrate.ErrEventNotFinite},
		"error of When":  {integrate.Event[[]float64]{When: func(float64, []float64) (float64, error) { return 0, sad }}, sad},
		"error of Apply": {integrate.Event[[]float64]{When: above(0.5), Apply: func([]float64, float64) error { return sad }}, sad},
		"infinite state": {integrate.Event[[]float64]{When: above(0.5), Apply: func(y []float64, _ float64) error { y[0] = math.Inf(1); return nil }}, integrate.ErrNonFinite},
		"panic in When":  {integrate.Event[[]float64]{When: func(float64, []float64) (float64, error) { panic(sad) }}, sad},
		"panic in Apply": {integrate.Event[[]float64]{At: 0.5, Apply: func([]float64, float64) error { panic(sad) }}, sad},
	} {
		p := integrate.Problem[[]float64]{
			F:  func(dy []float64, _ float64, _ []float64) error { dy[0] = 1; return nil },
			T1: 1, Y0: []float64{0}, Events: []integrate.Event[[]float64]{c.event},
		}
		_, err := integrate.Solve(background, p, integrate.Tsit5{}, nil)
		var step *integrate.StepError
		if !errors.Is(err, c.want) || !errors.As(err, &step) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Replays and frozen grids repeat a run with events that depend on the state bit for
// bit, with a step of one event one floating-point number after another's.
func TestEventsAreReplayed(t *testing.T) {
	p := ball(9)
	p.Events = append(p.Events,
		integrate.Event[[]float64]{At: 3, Apply: func(y []float64, _ float64) error { y[1]++; return nil }},
		integrate.Event[[]float64]{At: math.Nextafter(3, 4), Apply: func(y []float64, _ float64) error { y[1]--; return nil }})
	full, err := integrate.NewRecord(background, p, integrate.Tsit5{}, nil, integrate.Keep{Stages: true})
	if err != nil {
		t.Fatal(err)
	}
	thin, err := integrate.NewRecord(background, p, integrate.Tsit5{}, nil, integrate.Keep{Every: 5})
	if err != nil {
		t.Fatal(err)
	}
	if len(full.Acted) != 7 {
		t.Errorf("%d events acted", len(full.Acted))
	}
	backward(t, thin, full)
	for _, a := range full.Acted {
		if full.T[a.Step] != a.T {
			t.Errorf("event at %v, step at %v", a.T, full.T[a.Step])
		}
	}
	set := &integrate.Settings{Grid: full.T}
	if _, err := integrate.Solve(background, p, integrate.Tsit5{}, set); err == nil {
		t.Error("a grid without Acted was taken")
	}
	set.Acted = full.Acted
	frozen, err := integrate.Solve(background, p, integrate.Tsit5{}, set)
	if err != nil {
		t.Fatal(err)
	}
	for i, y := range full.Y {
		if !slices.Equal(y, frozen.Y[i]) {
			t.Fatalf("state %d differs", i)
		}
	}
}

// Behind an event the algebraic part of M y' = f is made consistent, in a replay too.
func TestEventsOfAlgebraicEquationsAreReplayed(t *testing.T) {
	p := integrate.Problem[[]float64]{
		F:  func(dy []float64, _ float64, y []float64) error { dy[0], dy[1] = -y[1], y[1]-y[0]*y[0]; return nil },
		T1: 2, Y0: []float64{1, 1}, Mass: &integrate.Matrix{Values: []float64{1, 0, 0, 0}},
		Events: []integrate.Event[[]float64]{{When: above(0.6), Apply: func(y []float64, _ float64) error { y[0] += 0.3; return nil }}},
	}
	full, err := integrate.NewRecord(background, p, integrate.Rodas5P{}, nil, integrate.Keep{Stages: true})
	if err != nil {
		t.Fatal(err)
	}
	thin, err := integrate.NewRecord(background, p, integrate.Rodas5P{}, nil, integrate.Keep{Every: 1000})
	if err != nil {
		t.Fatal(err)
	}
	if len(full.Acted) < 2 {
		t.Errorf("%d events", len(full.Acted))
	}
	for _, a := range full.Acted {
		if y := full.Y[a.Step]; math.Abs(y[1]-y[0]*y[0]) > 1e-8 {
			t.Errorf("inconsistent behind the event at %v: %v", a.T, y)
		}
	}
	backward(t, thin, full)
}
