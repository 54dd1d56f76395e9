package sensitivity

import (
	"errors"
	"math"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/expr"
	"github.com/odefit/odefit/integrate"
)

// find returns the steady state of traced equations and its tangents in every
// parameter and then in every initial value.
func find(t *testing.T, n, np int, p, y0 []float64, f func(b *expr.Builder, y, p []expr.Node) []expr.Node) ([]float64, [][]float64, error) {
	t.Helper()
	m, err := dynsys.Trace(n, np, func(b *expr.Builder, _ expr.Node, y, p []expr.Node) []expr.Node { return f(b, y, p) })
	if err != nil {
		t.Fatal(err)
	}
	sys, err := m.System()
	if err != nil {
		t.Fatal(err)
	}
	dirs := ParameterDirections[[]float64](np)
	for i := range n {
		unit := make([]float64, n)
		unit[i] = 1
		dirs = append(dirs, Direction[[]float64]{Y0: unit})
	}
	s := Steady{
		Problem:    Problem[[]float64]{System: sys, P: p, Y0: y0},
		Directions: dirs, Settings: &Settings{Settings: integrate.Settings{RelTol: 1e-9, AbsTol: 1e-12}},
	}
	y, _, err := s.Find(t.Context(), false)
	if err != nil {
		return nil, nil, err
	}
	again, tangents, err := s.Find(t.Context(), true)
	if err != nil {
		return y, tangents, err
	}
	near(t, "state with tangents", again, y, 1e-9)
	byAdjoint(t, &s, y, tangents)
	return y, tangents, nil
}

// byAdjoint checks that the gradient of a loss of the steady state, by the other road, is
// that along the tangents.
func byAdjoint(t *testing.T, s *Steady, y []float64, tangents [][]float64) {
	t.Helper()
	np := len(s.Problem.P)
	loss := &Loss[[]float64]{
		Times: []float64{math.Inf(1)},
		L: func(_ int, y, p []float64) (float64, error) {
			sum := p[0] * p[0]
			for i, v := range y {
				sum += float64(i+1) * v * v
			}
			return sum, nil
		},
		Ly: func(out []float64, _ int, y, _ []float64) error {
			for i, v := range y {
				out[i] = 2 * float64(i+1) * v
			}
			return nil
		},
		Lp: func(gp []float64, _ int, _, p []float64) error { gp[0] += 2 * p[0]; return nil },
	}
	r, err := s.Gradient(t.Context(), loss)
	if err != nil {
		t.Fatal(err)
	}
	w := make([]float64, len(y))
	_ = loss.Ly(w, 0, y, s.Problem.P)
	got, want, size := append(append([]float64{}, r.P...), r.Y0...), make([]float64, len(tangents)), 0.0
	for k, v := range tangents {
		want[k] = product(w, v)
		if k < np {
			want[k] *= s.Problem.P[k]
			got[k] *= s.Problem.P[k]
		}
		if k == 0 {
			want[k] += 2 * s.Problem.P[0] * s.Problem.P[0]
		}
		size = max(size, math.Abs(want[k]))
	}
	for k := range want {
		// Both roads solve with matrices whose condition is that of the rates; where the
		// state is followed, both are as good as the tolerance.
		if !(math.Abs(got[k]-want[k]) <= 1e-6*size) {
			t.Errorf("gradient[%d] = %.12g, along the tangent %.12g", k, got[k], want[k])
		}
	}
}

// A gradient is refused where a total is conserved at the parameters and not beside
// them, and for losses that are not of the steady state alone.
func TestSteadyGradientRefuses(t *testing.T) {
	m, err := dynsys.Trace(2, 2, func(b *expr.Builder, _ expr.Node, y, p []expr.Node) []expr.Node {
		r := b.Sub(b.Mul(p[0], y[0]), y[1])
		return []expr.Node{b.Neg(r), b.Mul(p[1], r)} // y0 + y1 is kept where p1 = 1; p1 y0 + y1 always
	})
	if err != nil {
		t.Fatal(err)
	}
	sys, err := m.System()
	if err != nil {
		t.Fatal(err)
	}
	grows := *sys
	grows.RHS = func(dy []float64, t float64, y, p []float64) error {
		err := sys.RHS(dy, t, y, p)
		dy[0] += p[1] - 1
		return err
	}
	grows.VJP = func(gy, gp []float64, t float64, y, p, w []float64) error {
		gp[1] += w[0]
		return sys.VJP(gy, gp, t, y, p, w)
	}
	last := SumOfStates([]float64{math.Inf(1)})
	s := Steady{Problem: Problem[[]float64]{System: &grows, P: []float64{2, 1}, Y0: []float64{1, 0}}}
	if r, err := s.Gradient(t.Context(), last); !errors.Is(err, ErrNoSteadyState) {
		t.Errorf("a total that is not kept beside the parameters: %v, %v", r, err)
	}
	s.Problem.System = sys
	if _, err := s.Gradient(t.Context(), last); err != nil {
		t.Error(err)
	}
	if _, err := s.Gradient(t.Context(), SumOfStates([]float64{3})); err == nil {
		t.Error("a loss at a finite time was accepted")
	}
}

func near(t *testing.T, what string, got, want []float64, tol float64) {
	t.Helper()
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= tol*(1+math.Abs(want[i]))) {
			t.Errorf("%s[%d] = %.15g, want %.15g", what, i, got[i], want[i])
		}
	}
}

// A reversible reaction keeps A + B, so that its Jacobian is singular. A = k2 T/(k1 +
// k2) with T the total. The rates differ by ten decades from that of a third, fast
// exchange, which the scaling has to bear.
func TestSteadyStateWithConservedTotals(t *testing.T) {
	const k1, k2, k3, k4 = 0.3e-5, 0.6e-5, 4e5, 1e5
	y, s, err := find(t, 4, 4, []float64{k1, k2, k3, k4}, []float64{1, 2, 5, 0}, func(b *expr.Builder, y, p []expr.Node) []expr.Node {
		r := b.Sub(b.Mul(p[0], y[0]), b.Mul(p[1], y[1]))
		q := b.Sub(b.Mul(p[2], y[2]), b.Mul(p[3], y[3]))
		return []expr.Node{b.Neg(r), r, b.Neg(q), q}
	})
	if err != nil {
		t.Fatal(err)
	}
	const sum = k1 + k2
	// Newton's method ends at round-off, magnified by the spread of the rates.
	near(t, "y", y, []float64{3 * k2 / sum, 3 * k1 / sum, 5 * k4 / (k3 + k4), 5 * k3 / (k3 + k4)}, 1e-9)
	near(t, "k1 dy/dk1", scaled(s[0], k1), []float64{-3 * k2 * k1 / sum / sum, 3 * k2 * k1 / sum / sum, 0, 0}, 1e-9)
	near(t, "k3 dy/dk3", scaled(s[2], k3), []float64{0, 0, -5 * k4 * k3 / (k3 + k4) / (k3 + k4), 5 * k4 * k3 / (k3 + k4) / (k3 + k4)}, 1e-9)
	near(t, "dy/dA0", s[4], []float64{k2 / sum, k1 / sum, 0, 0}, 1e-9)
	near(t, "dy/dB0", s[5], []float64{k2 / sum, k1 / sum, 0, 0}, 1e-9)
}

func scaled(v []float64, c float64) []float64 {
	w := make([]float64, len(v))
	for i := range v {
		w[i] = v[i] * c
	}
	return w
}

// An epidemic ends in a state that depends on where it began, among a continuum of
// states at rest: S = S0 exp(-(b/g)(S0 + I0 - S)), the final size.
func TestSteadyStateThatIsNotIsolated(t *testing.T) {
	const b0, g0, s0, i0 = 2, 1, 0.99, 0.01
	size := func(beta, g, s0, i0 float64) float64 {
		s := 0.1
		for range 200 {
			s = s0 * math.Exp(-beta/g*(s0+i0-s))
		}
		return s
	}
	y, s, err := find(t, 3, 2, []float64{b0, g0}, []float64{s0, i0, 0}, func(b *expr.Builder, y, p []expr.Node) []expr.Node {
		infect, recover := b.Mul(p[0], b.Mul(y[0], y[1])), b.Mul(p[1], y[1])
		return []expr.Node{b.Neg(infect), b.Sub(infect, recover), recover}
	})
	if err != nil {
		t.Fatal(err)
	}
	// Followed, not solved for: as good as the tolerance of 1e-9 allows.
	near(t, "y", y, []float64{size(b0, g0, s0, i0), 0, 1 - size(b0, g0, s0, i0)}, 1e-7)
	const h = 1e-5 // central differences of the formula: h^2 and 1e-15/h
	for k, d := range []float64{
		size(b0+h, g0, s0, i0) - size(b0-h, g0, s0, i0), size(b0, g0+h, s0, i0) - size(b0, g0-h, s0, i0),
		size(b0, g0, s0+h, i0) - size(b0, g0, s0-h, i0), size(b0, g0, s0, i0+h) - size(b0, g0, s0, i0-h),
	} {
		near(t, "dS", s[k][:1], []float64{d / (2 * h)}, 1e-6)
	}
}

// A solution that begins close to a saddle passes it by; one on its stable manifold
// rests there.
func TestSteadyStateAndSaddles(t *testing.T) {
	cubic := func(b *expr.Builder, y, p []expr.Node) []expr.Node {
		return []expr.Node{b.Mul(p[0], b.Sub(y[0], b.Mul(y[0], b.Mul(y[0], y[0])))), b.Sub(p[1], y[1])}
	}
	y, s, err := find(t, 2, 2, []float64{2, 3}, []float64{1e-7, 0}, cubic)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "y", y, []float64{1, 3}, 1e-10)
	near(t, "dy/dp1", s[1], []float64{0, 1}, 1e-10)
	if y, _, err = find(t, 2, 2, []float64{2, 3}, []float64{0, 0}, cubic); err != nil {
		t.Fatal(err)
	}
	near(t, "y on the manifold", y, []float64{0, 3}, 1e-10)
}

func TestNoSteadyState(t *testing.T) {
	for name, f := range map[string]func(b *expr.Builder, y, p []expr.Node) []expr.Node{
		"growth":     func(b *expr.Builder, y, p []expr.Node) []expr.Node { return []expr.Node{p[0], b.Neg(y[1])} },
		"oscillator": func(b *expr.Builder, y, p []expr.Node) []expr.Node { return []expr.Node{y[1], b.Neg(y[0])} },
	} {
		if y, _, err := find(t, 2, 1, []float64{1}, []float64{1, 0}, f); err == nil {
			t.Errorf("%s: found %v", name, y)
		} else if name == "growth" && !errors.Is(err, ErrNoSteadyState) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
