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
	if err == nil {
		near(t, "state with tangents", again, y, 1e-9)
	}
	return y, tangents, err
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
