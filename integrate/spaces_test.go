package integrate_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// orbit is a pendulum in every shape that a state can have: q' = v, v' = -sin q.
type orbit struct{ Q, V float64 }

// final integrates to t = 4 on a frozen grid and returns q and v.
func final[S any](t *testing.T, m integrate.Method, sp space.Space[S], y0 S, f integrate.Func[S], get func(S) [2]float64) [2]float64 {
	t.Helper()
	var grid []float64
	for i := range 101 {
		grid = append(grid, 4*float64(i)/100)
	}
	p := integrate.Problem[S]{F: f, T1: 4, Y0: y0, Space: sp}
	sol, err := integrate.Solve(background, p, m, &integrate.Settings{Grid: grid})
	if err != nil {
		t.Fatalf("%v, %T: %v", m, y0, err)
	}
	return get(sol.Y[len(sol.Y)-1])
}

// Every explicit method gives the same numbers in every space: to rounding in float64
// and complex128, to 1e-5 in float32.
func TestEveryMethodInEverySpace(t *testing.T) {
	for _, m := range integrate.Methods() {
		if rk, ok := m.(integrate.RungeKutta); !ok || rk.Tableau() == nil {
			continue
		}
		want := final(t, m, nil, []float64{1, 0.5}, func(dy []float64, _ float64, y []float64) error {
			dy[0], dy[1] = y[1], -math.Sin(y[0])
			return nil
		}, func(y []float64) [2]float64 { return [2]float64{y[0], y[1]} })

		got := map[string][2]float64{}
		got["float32"] = final(t, m, space.Slice[float32]{}, []float32{1, 0.5}, func(dy []float32, _ float64, y []float32) error {
			dy[0], dy[1] = y[1], -float32(math.Sin(float64(y[0])))
			return nil
		}, func(y []float32) [2]float64 { return [2]float64{float64(y[0]), float64(y[1])} })
		got["complex128"] = final(t, m, space.Complexes[complex128]{}, []complex128{complex(1, 0.5)}, func(dy []complex128, _ float64, y []complex128) error {
			dy[0] = complex(imag(y[0]), -math.Sin(real(y[0])))
			return nil
		}, func(y []complex128) [2]float64 { return [2]float64{real(y[0]), imag(y[0])} })
		got["struct"] = final(t, m, space.Struct[orbit](), &orbit{1, 0.5}, func(dy *orbit, _ float64, y *orbit) error {
			*dy = orbit{y.V, -math.Sin(y.Q)}
			return nil
		}, func(y *orbit) [2]float64 { return [2]float64{y.Q, y.V} })
		got["matrix"] = final(t, m, space.Dense{}, mat.NewDense(1, 2, []float64{1, 0.5}), func(dy *mat.Dense, _ float64, y *mat.Dense) error {
			dy.Set(0, 0, y.At(0, 1))
			dy.Set(0, 1, -math.Sin(y.At(0, 0)))
			return nil
		}, func(y *mat.Dense) [2]float64 { return [2]float64{y.At(0, 0), y.At(0, 1)} })
		type pair = space.Pair[[]float64, []float64]
		got["pair"] = final(t, m, space.Pairs(space.Space[[]float64](space.Floats{}), space.Space[[]float64](space.Floats{})),
			pair{First: []float64{1}, Second: []float64{0.5}}, func(dy pair, _ float64, y pair) error {
				dy.First[0], dy.Second[0] = y.Second[0], -math.Sin(y.First[0])
				return nil
			}, func(y pair) [2]float64 { return [2]float64{y.First[0], y.Second[0]} })
		got["own"] = final(t, m, scalars{}, &two{1, 0.5}, func(dy *two, _ float64, y *two) error {
			dy.a, dy.b = y.b, -math.Sin(y.a)
			return nil
		}, func(y *two) [2]float64 { return [2]float64{y.a, y.b} })

		for name, y := range got {
			tol := 1e-13
			if name == "float32" {
				tol = 1e-5
			}
			if math.Abs(y[0]-want[0]) > tol || math.Abs(y[1]-want[1]) > tol {
				t.Errorf("%v in %s: %v, want %v", m, name, y, want)
			}
		}
	}
}

// two is a user's own state, with the four methods of a space and nothing else.
type two struct{ a, b float64 }

type scalars struct{}

func (scalars) New(*two) *two      { return &two{} }
func (scalars) Copy(dst, src *two) { *dst = *src }
func (scalars) AddScaled(dst, x *two, c []float64, k []*two) {
	s := *x
	for i, ci := range c {
		s.a += ci * k[i].a
		s.b += ci * k[i].b
	}
	*dst = s
}
func (scalars) Norm(e, y0, y1 *two, tol space.Tolerance) float64 {
	w := func(e, y0, y1 float64) float64 { return e / (tol.Abs + tol.Rel*max(math.Abs(y0), math.Abs(y1))) }
	return math.Hypot(w(e.a, y0.a, y1.a), w(e.b, y0.b, y1.b)) / math.Sqrt2
}

// The adaptive run in the user's own space takes the same steps as in []float64.
func TestOwnSpaceAdaptive(t *testing.T) {
	plain, err := integrate.Solve(background, integrate.Problem[[]float64]{
		F: func(dy []float64, _ float64, y []float64) error { dy[0], dy[1] = y[1], -math.Sin(y[0]); return nil }, T1: 9, Y0: []float64{1, 0.5},
	}, integrate.Tsit5{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	own, err := integrate.Solve(background, integrate.Problem[*two]{
		F: func(dy *two, _ float64, y *two) error { dy.a, dy.b = y.b, -math.Sin(y.a); return nil }, T1: 9, Y0: &two{1, 0.5}, Space: scalars{},
	}, integrate.Tsit5{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(own.T) != len(plain.T) || math.Abs(own.Y[len(own.Y)-1].a-plain.Y[len(plain.Y)-1][0]) > 1e-12 {
		t.Errorf("%d steps and %v, want %d and %v", len(own.T), own.Y[len(own.Y)-1].a, len(plain.T), plain.Y[len(plain.Y)-1][0])
	}
	if _, err := integrate.Solve(background, integrate.Problem[*two]{
		F: func(*two, float64, *two) error { return nil }, T1: 9, Y0: &two{1, 0.5},
	}, integrate.Tsit5{}, nil); err == nil {
		t.Error("a state without a space was taken")
	}
}
