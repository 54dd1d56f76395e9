package sensitivity

import (
	"context"
	"math"
	"math/cmplx"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
	"github.com/odefit/odefit/internal/problems"
)

// everyPath is a problem and a loss in which the parameters enter in every way
// there is: right-hand side, initial state, loss terms, running cost. It is
// Lotka-Volterra from y0 = (p0^2, 1 + p1 p3/10).
func everyPath() (Problem[[]float64], *Loss[[]float64]) {
	q := problems.LotkaVolterra()
	sys := *q.System
	sys.Initial = dynsys.Initial[[]float64]{
		Value: func(y0, p []float64) error {
			y0[0], y0[1] = p[0]*p[0], 1+p[1]*p[3]/10
			return nil
		},
		JVP: func(out, p, v []float64) error {
			out[0], out[1] = 2*p[0]*v[0], (v[1]*p[3]+p[1]*v[3])/10
			return nil
		},
		VJP: func(gp, p, w []float64) error {
			gp[0] += 2 * p[0] * w[0]
			gp[1] += p[3] * w[1] / 10
			gp[3] += p[1] * w[1] / 10
			return nil
		},
	}
	loss := &Loss[[]float64]{
		Times: []float64{0, 2.5, 2.5, 4, 1.1},
		L: func(k int, y, p []float64) (float64, error) {
			return y[0]*y[1] + float64(k)*p[2]*y[0], nil
		},
		Ly: func(out []float64, k int, y, p []float64) error {
			out[0], out[1] = y[1]+float64(k)*p[2], y[0]
			return nil
		},
		Lp: func(gp []float64, k int, y, _ []float64) error {
			gp[2] += float64(k) * y[0]
			return nil
		},
		G: func(t float64, y, p []float64) (float64, error) {
			return y[0]*y[0]*math.Sin(t) + p[1]*y[1]*p[1], nil
		},
		Gy: func(out []float64, t float64, y, p []float64) error {
			out[0], out[1] = 2*y[0]*math.Sin(t), p[1]*p[1]
			return nil
		},
		Gp: func(gp []float64, _ float64, y, p []float64) error {
			gp[1] += 2 * p[1] * y[1]
			return nil
		},
	}
	return Problem[[]float64]{System: &sys, P: []float64{1.2, 0.9, 2.5, 1.1}, T0: 0, T1: 4}, loss
}

// On one grid, Forward and Discrete differentiate the same numbers: value and
// gradient agree to rounding, in a problem with every path of p into L.
func TestForwardIsDiscreteOnOneGrid(t *testing.T) {
	p, loss := everyPath()
	for _, solver := range []integrate.Method{integrate.Tsit5{}, integrate.BS3{}, integrate.RK4{}, integrate.Euler{}} {
		set := &Settings{Settings: integrate.Settings{Grid: roughGrid(p.T0, p.T1, 0.2)}, Solver: solver}
		a, err := Gradient(context.Background(), p, loss, Forward{}, set)
		if err != nil {
			t.Fatal(err)
		}
		for _, every := range []int{0, 1, 4, 1000} {
			b, err := Gradient(context.Background(), p, loss, Discrete{Checkpoints: Checkpoints{Every: every}}, set)
			if err != nil {
				t.Fatal(err)
			}
			ends := apart([]float64{b.T0, b.T1}, []float64{a.T0, a.T1})
			worst := max(math.Abs(a.Value-b.Value)/math.Abs(a.Value), apart(b.P, a.P), apart(b.Y0, a.Y0), apart(b.Times, a.Times), ends)
			if !(worst <= 1e-12) {
				t.Errorf("%v, every %d: they differ by %.1e", solver, every, worst)
			}
		}
	}
}

// Checkpoints change memory, not numbers: all bits are equal.
func TestCheckpointsAreBitwise(t *testing.T) {
	p, loss := everyPath()
	want, err := Gradient(context.Background(), p, loss, Discrete{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, every := range []Checkpoints{
		{Every: 1}, {Every: 2}, {Every: 3}, {Every: 17}, {Every: 1000}, // states of 16 bytes, 8 a step with stages
		{Bytes: 16 * 16}, {Bytes: 40 * 16}, {Bytes: 100 * 16}, {Bytes: 1 << 30}, {Every: 2, Bytes: 64 * 16}, {Dir: dir}, {Dir: dir, Every: 3}, {Dir: dir, Bytes: 64 * 16},
	} {
		got, err := Gradient(context.Background(), p, loss, Discrete{Checkpoints: every}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got.Value != want.Value || got.T0 != want.T0 || got.T1 != want.T1 {
			t.Errorf("%+v: value or end times differ", every)
		}
		for i := range want.P {
			if got.P[i] != want.P[i] {
				t.Errorf("%+v: P[%d] = %v, want %v", every, i, got.P[i], want.P[i])
			}
		}
		for i := range want.Y0 {
			if got.Y0[i] != want.Y0[i] {
				t.Errorf("%+v: Y0[%d] = %v, want %v", every, i, got.Y0[i], want.Y0[i])
			}
		}
	}
}

// |L(p + e d) - L(p) - e g.d| falls like e^2 on a frozen grid.
func TestTaylorRemainder(t *testing.T) {
	p, loss := everyPath()
	set := &Settings{Settings: integrate.Settings{Grid: roughGrid(p.T0, p.T1, 0.2)}}
	r, err := Gradient(context.Background(), p, loss, Discrete{}, set)
	if err != nil {
		t.Fatal(err)
	}
	d := []float64{0.7, -0.4, 0.5, 0.3}
	var x, y []float64
	for e := 1e-2; e > 5e-6; e /= 10 {
		moved := p
		moved.P = make([]float64, len(p.P))
		for i := range moved.P {
			moved.P[i] = p.P[i] + e*d[i]
		}
		m, err := Gradient(context.Background(), moved, loss, Discrete{}, set)
		if err != nil {
			t.Fatal(err)
		}
		x = append(x, math.Log10(e))
		y = append(y, math.Log10(math.Abs(m.Value-r.Value-e*product(r.P, d))))
	}
	slope := (y[len(y)-1] - y[0]) / (x[len(x)-1] - x[0])
	if math.Abs(slope-2) > 0.1 {
		t.Errorf("slope %.3f, want 2; remainders %v", slope, y)
	}
}

// A complex step through the whole solver, on the same grid, has nothing in common
// with JVPs or VJPs and is exact to rounding.
func TestGradientsAgainstComplexStep(t *testing.T) {
	lorenz := problems.Lorenz()
	lorenz.T1 = lorenz.T0 + 2
	for _, c := range []struct {
		q *problems.Problem
		h float64
	}{{problems.FitzHughNagumo(), 0.8}, {lorenz, 0.03}, {problems.LotkaVolterra(), 0.2}, {problems.PK1(), 0.5}} {
		q, n := c.q, len(c.q.Y0)
		grid := roughGrid(q.T0, q.T1, c.h)
		times := observations(grid)
		set := &Settings{Settings: integrate.Settings{Grid: grid}}
		r, err := Gradient(context.Background(), problemOf(q), SumOfStates(times), Discrete{}, set)
		if err != nil {
			t.Fatal(err)
		}
		for j := range len(q.P) + n {
			want := complexStep(t, q, grid, times, j)
			got := append(r.P[:len(q.P):len(q.P)], r.Y0...)[j]
			if math.Abs(got-want) > 1e-12*(math.Abs(want)+1) {
				t.Errorf("%s, derivative %d: %.17g, want %.17g", q.Name, j, got, want)
			}
		}
	}
}

// complexStep returns the derivative of the sum of all states at times in the j-th
// of parameters and initial values.
func complexStep(t *testing.T, q *problems.Problem, grid, times []float64, j int) float64 {
	t.Helper()
	const h = 1e-100
	lift := func(x []float64, shift int) []complex128 {
		z := make([]complex128, len(x))
		for i, v := range x {
			z[i] = complex(v, 0)
			if i == shift {
				z[i] = complex(v, h)
			}
		}
		return z
	}
	p := lift(q.P, j)
	sys := &dynsys.System[[]complex128]{
		Dim: 2 * len(q.Y0), Space: space.Complexes[complex128]{},
		RHS: func(dy []complex128, t float64, y []complex128, _ []float64) error { return q.Complex(dy, t, y, p) },
	}
	tr := Tracer[[]complex128]{
		Problem:  Problem[[]complex128]{System: sys, T0: q.T0, T1: q.T1, Y0: lift(q.Y0, j-len(q.P))},
		Times:    times,
		Settings: &Settings{Settings: integrate.Settings{Grid: grid}},
	}
	path, err := tr.Simulate(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var sum complex128
	for _, y := range path.Y {
		for _, v := range y {
			if cmplx.IsNaN(v) {
				t.Fatal("complex step failed")
			}
			sum += v
		}
	}
	return imag(sum) / h
}
