package integrate_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// adaptive integrates to t = 4 with error control and returns q, v and the steps.
func adaptive[S any](t *testing.T, m integrate.Method, sp space.Space[S], y0 S, f integrate.Func[S], get func(S) [2]float64) ([2]float64, int) {
	t.Helper()
	p := integrate.Problem[S]{F: f, T1: 4, Y0: y0, Space: sp}
	sol, err := integrate.Solve(background, p, m, &integrate.Settings{RelTol: 1e-5, AbsTol: 1e-5, Times: []float64{4}})
	if err != nil {
		t.Fatalf("%v, %T: %v", m, y0, err)
	}
	return get(sol.Y[0]), sol.Stats.Steps
}

// A stiff pendulum, q' = v, v' = -sin q - 1000 v, is the same in every space with
// coordinates: the same steps, and the same numbers up to what rounding does to
// differences for Jacobians.
func TestMultistepInEverySpace(t *testing.T) {
	accel := func(q, v float64) float64 { return -math.Sin(q) - 1000*v }
	for _, m := range []integrate.Method{integrate.BDF{}, integrate.Auto{}, integrate.Adams{}} {
		want, steps := adaptive(t, m, nil, []float64{1, 0.5}, func(dy []float64, _ float64, y []float64) error {
			dy[0], dy[1] = y[1], accel(y[0], y[1])
			return nil
		}, func(y []float64) [2]float64 { return [2]float64{y[0], y[1]} })
		check := func(name string, y [2]float64, n int, tol float64) {
			t.Helper()
			if math.Abs(y[0]-want[0]) > tol || math.Abs(y[1]-want[1]) > tol {
				t.Errorf("%v in %s: %v, want %v", m, name, y, want)
			}
			if float64(n) > 1.2*float64(steps)+5 || float64(n) < 0.8*float64(steps)-5 {
				t.Errorf("%v in %s: %d steps, %d in []float64", m, name, n, steps)
			}
		}
		// Another order of sums and another root mean square give other steps: the
		// tolerance of 1e-5 is what is left in common.
		y, n := adaptive(t, m, space.Complexes[complex128]{}, []complex128{complex(1, 0.5)}, func(dy []complex128, _ float64, y []complex128) error {
			dy[0] = complex(imag(y[0]), accel(real(y[0]), imag(y[0])))
			return nil
		}, func(y []complex128) [2]float64 { return [2]float64{real(y[0]), imag(y[0])} })
		check("complex128", y, n, 1e-4)
		y, n = adaptive(t, m, space.Struct[orbit](), &orbit{1, 0.5}, func(dy *orbit, _ float64, y *orbit) error {
			*dy = orbit{y.V, accel(y.Q, y.V)}
			return nil
		}, func(y *orbit) [2]float64 { return [2]float64{y.Q, y.V} })
		check("struct", y, n, 1e-9)
		y, n = adaptive(t, m, space.Dense{}, mat.NewDense(1, 2, []float64{1, 0.5}), func(dy *mat.Dense, _ float64, y *mat.Dense) error {
			dy.Set(0, 0, y.At(0, 1))
			dy.Set(0, 1, accel(y.At(0, 0), y.At(0, 1)))
			return nil
		}, func(y *mat.Dense) [2]float64 { return [2]float64{y.At(0, 0), y.At(0, 1)} })
		check("matrix", y, n, 1e-9)
		type pair = space.Pair[[]float64, []float64]
		y, n = adaptive(t, m, space.Pairs(space.Space[[]float64](space.Floats{}), space.Space[[]float64](space.Floats{})),
			pair{First: []float64{1}, Second: []float64{0.5}}, func(dy pair, _ float64, y pair) error {
				dy.First[0], dy.Second[0] = y.Second[0], accel(y.First[0], y.Second[0])
				return nil
			}, func(y pair) [2]float64 { return [2]float64{y.First[0], y.Second[0]} })
		check("pair", y, n, 1e-4)
		if m == (integrate.BDF{}) {
			continue // float32 and a space without coordinates are for the others
		}
		y, n = adaptive(t, m, scalars{}, &two{1, 0.5}, func(dy *two, _ float64, y *two) error {
			dy.a, dy.b = y.b, accel(y.a, y.b)
			return nil
		}, func(y *two) [2]float64 { return [2]float64{y.a, y.b} })
		if math.Abs(y[0]-want[0]) > 1e-4 || math.Abs(y[1]-want[1]) > 1e-4 {
			t.Errorf("%v in a space without coordinates: %v after %d steps, want %v", m, y, n, want)
		}
	}
	if _, err := integrate.Solve(background, integrate.Problem[*two]{F: func(*two, float64, *two) error { return nil }, T1: 1, Y0: &two{}, Space: scalars{}}, integrate.BDF{}, nil); err == nil {
		t.Error("BDF took a space without coordinates")
	}
}
