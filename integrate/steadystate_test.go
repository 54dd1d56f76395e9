package integrate_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// exchange is a reversible reaction, whose total is conserved and whose Jacobian is
// singular for it, beside a state that depends on it: A = k2 T/(k1 + k2).
func exchange(dy []float64, _ float64, y []float64) error {
	r := 0.3*y[0] - 0.6*y[1]
	dy[0], dy[1], dy[2] = -r, r, y[0]*y[0]-5*y[2]
	return nil
}

func exchangeJacobian(jac []float64, _ float64, y []float64) error {
	copy(jac, []float64{-0.3, 0.6, 0, 0.3, -0.6, 0, 2 * y[0], 0, -5})
	return nil
}

// The state at rest is found by every method that leads to it, with the Jacobian given
// and by differences, in its pattern and without.
func TestSteadyState(t *testing.T) {
	want := []float64{2, 1, 0.8}
	pattern := integrate.Entries(3, []int{0, 1, 2, 0, 1, 2}, []int{0, 0, 0, 1, 1, 2})
	for name, p := range map[string]integrate.Problem[[]float64]{
		"given":       {Jacobian: exchangeJacobian},
		"differences": {},
		"pattern":     {Pattern: pattern},
	} {
		for _, m := range []integrate.Method{nil, integrate.Auto{}, integrate.BDF{}, integrate.Rodas5P{}, integrate.Tsit5{}} {
			p.F, p.Y0 = exchange, []float64{3, 0, 0}
			s, err := integrate.FindSteadyState(context.Background(), p, m, nil)
			if err != nil {
				t.Fatalf("%s, %v: %v", name, m, err)
			}
			for i, v := range s.Y {
				if math.Abs(v-want[i]) > 1e-11 {
					t.Errorf("%s, %v: y[%d] = %.15g, want %g", name, m, i, v, want[i])
				}
			}
			if !s.Isolated || s.Span > 100 {
				t.Errorf("%s, %v: isolated %v, followed for %v", name, m, s.Isolated, s.Span)
			}
			laws := 0
			for l := range s.Conserved() {
				laws++
				if math.Abs(l[0]-l[1]) > 1e-14 || l[2] != 0 { // rounding of an SVD
					t.Errorf("%s: conserved: %v", name, l)
				}
			}
			if laws != 1 {
				t.Errorf("%s: %d totals are conserved", name, laws)
			}
			ds, dz, g0 := make([]float64, 3), make([]float64, 3), make([]float64, 3)
			// A change of k1 by 1 and of the beginning by (1, 0, 0).
			if err := s.Tangent(ds, []float64{-2, 2, 0}, []float64{1, 0, 0}); err != nil {
				t.Fatal(err)
			}
			da := -3*0.6/0.81 + 0.6/0.9
			for i, v := range []float64{da, 1 - da, 2 * 2 * da / 5} {
				if math.Abs(ds[i]-v) > 1e-7 { // of the differences
					t.Errorf("%s: tangent %v, want %v in %d", name, ds, v, i)
				}
			}
			w := []float64{1, -2, 3}
			if err := s.Adjoint(dz, g0, w); err != nil {
				t.Fatal(err)
			}
			if a, b := w[0]*ds[0]+w[1]*ds[1]+w[2]*ds[2], -2*dz[0]+2*dz[1]+g0[0]; math.Abs(a-b) > 1e-12 {
				t.Errorf("%s: %v along the tangent, %v by the adjoint", name, a, b)
			}
		}
	}
}

// With a mass matrix the conserved totals are those of M y, and algebraic components
// have no rates of their own. Regular: 2 y0' = -r, y1' = r keeps 2 y0 + y1. Singular: y' = z - y, 0 = z - 1/(1+y),
// which rests at the golden ratio less one.
func TestSteadyStateWithMass(t *testing.T) {
	p := integrate.Problem[[]float64]{
		F: func(dy []float64, _ float64, y []float64) error {
			r := 0.3*y[0] - 0.6*y[1]
			dy[0], dy[1] = -r, r
			return nil
		},
		Y0: []float64{3, 0}, Mass: &integrate.Matrix{Values: []float64{2, 0, 0, 1}},
	}
	s, err := integrate.FindSteadyState(context.Background(), p, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(s.Y[0]-2.4) > 1e-10 || math.Abs(s.Y[1]-1.2) > 1e-10 {
		t.Errorf("rests at %v, want 2.4 and 1.2", s.Y)
	}
	p = integrate.Problem[[]float64]{
		F: func(dy []float64, _ float64, y []float64) error {
			dy[0], dy[1] = y[1]-y[0], y[1]-1/(1+y[0])
			return nil
		},
		Y0: []float64{3, 0.25}, Mass: &integrate.Matrix{Values: []float64{1, 0, 0, 0}},
	}
	if s, err = integrate.FindSteadyState(context.Background(), p, integrate.Rodas5P{}, nil); err != nil {
		t.Fatal(err)
	}
	if golden := math.Phi - 1; math.Abs(s.Y[0]-golden) > 1e-11 || math.Abs(s.Y[1]-golden) > 1e-11 {
		t.Errorf("rests at %v, want %v twice", s.Y, golden)
	}
	// y' = y - z^3, 0 = z - y has a saddle at 0, which a solution beside it leaves.
	p.F = func(dy []float64, _ float64, y []float64) error {
		dy[0], dy[1] = y[0]-y[1]*y[1]*y[1], y[1]-y[0]
		return nil
	}
	p.Y0 = []float64{1e-7, 1e-7}
	if s, err = integrate.FindSteadyState(context.Background(), p, integrate.Rodas5P{}, nil); err != nil || math.Abs(s.Y[0]-1) > 1e-10 {
		t.Errorf("beside a saddle: %v, %v", s, err)
	}
}

// Every space with coordinates has steady states: logistic growth to capacity.
func TestSteadyStateOnSpaces(t *testing.T) {
	s, err := integrate.FindSteadyState(context.Background(), integrate.Problem[*mat.Dense]{
		Space: space.Dense{}, Y0: mat.NewDense(1, 2, []float64{0.1, 2}),
		F: func(dy *mat.Dense, _ float64, y *mat.Dense) error {
			for j := range 2 {
				v := y.At(0, j)
				dy.Set(0, j, v*(1-v/float64(j+3)))
			}
			return nil
		},
	}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(s.Y.At(0, 0)-3) > 1e-10 || math.Abs(s.Y.At(0, 1)-4) > 1e-10 {
		t.Errorf("rests at %v", mat.Formatted(s.Y))
	}
	c, err := integrate.FindSteadyState(context.Background(), integrate.Problem[[]complex128]{
		Space: space.Complexes[complex128]{}, Y0: []complex128{3},
		F: func(dy []complex128, _ float64, y []complex128) error { dy[0] = (2 + 5i) - (1+3i)*y[0]; return nil },
	}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := (2 + 5i) / (1 + 3i); math.Hypot(real(c.Y[0]-want), imag(c.Y[0]-want)) > 1e-10 {
		t.Errorf("rests at %v, want %v", c.Y, want)
	}
}

// What does not come to rest is told: growth, oscillation, and an end of patience; a
// state that rests among others like it is followed and said not to be isolated.
func TestSteadyStateThatIsNot(t *testing.T) {
	for name, f := range map[string]integrate.Func[[]float64]{
		"growth":     func(dy []float64, _ float64, y []float64) error { dy[0], dy[1] = 1, -y[1]; return nil },
		"oscillator": func(dy []float64, _ float64, y []float64) error { dy[0], dy[1] = y[1], -y[0]; return nil },
		"blow-up":    func(dy []float64, _ float64, y []float64) error { dy[0], dy[1] = y[0]*y[0], 0; return nil },
	} {
		s, err := integrate.FindSteadyState(context.Background(), integrate.Problem[[]float64]{F: f, Y0: []float64{1, 1}}, nil, &integrate.Settings{MaxSteps: 3000})
		var step *integrate.StepError
		if !errors.Is(err, integrate.ErrNoSteadyState) && !errors.As(err, &step) {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
	s, err := integrate.FindSteadyState(context.Background(), integrate.Problem[[]float64]{
		F: func(dy []float64, _ float64, y []float64) error {
			dy[0], dy[1] = -2*y[0]*y[1], 2*y[0]*y[1]-y[1]
			return nil
		},
		Y0: []float64{0.99, 0.01},
	}, nil, &integrate.Settings{RelTol: 1e-9, AbsTol: 1e-12})
	if err != nil || s.Isolated {
		t.Fatalf("the end of an epidemic: %+v, %v", s, err)
	}
	final := 0.1
	for range 200 {
		final = 0.99 * math.Exp(-2*(1-final))
	}
	if math.Abs(s.Y[0]-final) > 1e-7 { // followed: as good as the tolerances
		t.Errorf("an epidemic leaves %v, want %v", s.Y[0], final)
	}
}
