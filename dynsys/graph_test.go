package dynsys_test

import (
	"context"
	"math"
	"sync"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/expr"
	"github.com/odefit/odefit/integrate"
)

// line builds n states in a line with diffusion p[0] and decay p[1], driven by time.
func line(n int) dynsys.Rates {
	return func(b *expr.Builder, t expr.Node, y, p []expr.Node) []expr.Node {
		out := make([]expr.Node, n)
		for i := range out {
			left, right := b.Sin(t), expr.Zero
			if i > 0 {
				left = y[i-1]
			}
			if i < n-1 {
				right = y[i+1]
			}
			flow := b.Add(b.Sub(left, b.Mul(b.Const(2), y[i])), right)
			out[i] = b.Sub(b.Mul(p[0], flow), b.Mul(p[1], b.Pow(y[i], b.Const(3))))
		}
		return out
	}
}

func system(t *testing.T, m *dynsys.GraphModel, err error) *dynsys.System[[]float64] {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	s, err := m.System()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func wave(n int) []float64 {
	y := make([]float64, n)
	for i := range y {
		y[i] = 0.6 + 0.3*math.Cos(float64(i))
	}
	return y
}

// TestSparseJacobianAgainstDense takes a Jacobian by its pattern against the columns
// that the JVP gives, and a solution with it against one without.
func TestSparseJacobianAgainstDense(t *testing.T) {
	const n = 60
	m, err := dynsys.Trace(n, 2, line(n))
	s := system(t, m, err)
	if s.Pattern == nil || s.Pattern.Len() != 3*n-2 {
		t.Fatalf("pattern %v of a tridiagonal Jacobian", s.Pattern)
	}
	y, p := wave(n), []float64{2, 0.7}
	if err := dynsys.CheckDerivatives(s, 0.3, y, p); err != nil {
		t.Error(err)
	}
	jac := integrate.Matrix{Pattern: s.Pattern, Values: make([]float64, s.Pattern.Len())}
	if err := s.Jacobian(jac.Values, 0.3, y, p); err != nil {
		t.Fatal(err)
	}
	v, got, want := wave(n), make([]float64, n), make([]float64, n)
	jac.MulVec(got, v)
	if err := s.JVP(want, 0.3, y, p, v, nil); err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-13*(1+math.Abs(want[i])) {
			t.Errorf("J v, %d: %v by the Jacobian, %v by the JVP", i, got[i], want[i])
		}
	}
	solve := func(sparse bool) []float64 {
		prob, err := s.Problem(p, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		prob.Y0 = y
		if !sparse {
			prob.Pattern, prob.Jacobian = nil, nil
		}
		sol, err := integrate.Solve(context.Background(), prob, integrate.Rodas5P{}, &integrate.Settings{RelTol: 1e-8, AbsTol: 1e-10})
		if err != nil {
			t.Fatal(err)
		}
		return sol.Y[len(sol.Y)-1]
	}
	// Without its Jacobian the method takes differences: both are within the tolerance.
	with, without := solve(true), solve(false)
	for i := range with {
		if math.Abs(with[i]-without[i]) > 1e-7 {
			t.Errorf("state %d: %v with the sparse Jacobian, %v without", i, with[i], without[i])
		}
	}
}

// TestSecondOrderAgainstDifferences compares the VJP of a JVP with central differences
// of w.JVP, whose error at this step is below 1e-8 for numbers of this size.
func TestSecondOrderAgainstDifferences(t *testing.T) {
	m, err := dynsys.Trace(2, 2, bent)
	s := system(t, m, err)
	const now, h = 0.3, 1e-5
	y, p, vy, w := []float64{0.8, 0.4}, []float64{1.1, 0.6}, []float64{0.3, -1}, []float64{0.7, 1.3}
	for _, vp := range [][]float64{{0.7, -0.2}, nil} {
		weighted := func(at float64, y, p []float64) float64 {
			out := make([]float64, 2)
			if err := s.JVP(out, at, y, p, vy, vp); err != nil {
				t.Fatal(err)
			}
			return w[0]*out[0] + w[1]*out[1]
		}
		gy, gp := make([]float64, 2), []float64{10, 20} // gp is added to
		gt, err := s.SecondOrder(gy, gp, now, y, p, vy, vp, w)
		if err != nil {
			t.Fatal(err)
		}
		near := func(what string, got, hi, lo float64) {
			t.Helper()
			if want := (hi - lo) / (2 * h); math.Abs(got-want) > 1e-8*(1+math.Abs(want)) {
				t.Errorf("vp %v: derivative in %s is %v, want %v", vp, what, got, want)
			}
		}
		near("t", gt, weighted(now+h, y, p), weighted(now-h, y, p))
		for i := range 2 {
			shifted := func(x []float64, d float64) []float64 {
				z := append([]float64(nil), x...)
				z[i] += d
				return z
			}
			near("y", gy[i], weighted(now, shifted(y, h), p), weighted(now, shifted(y, -h), p))
			near("p", gp[i]-10*float64(i+1), weighted(now, y, shifted(p, h)), weighted(now, y, shifted(p, -h)))
		}
		again := make([]float64, 2)
		if _, err := s.SecondOrder(again, nil, now, y, p, vy, vp, w); err != nil || again[0] != gy[0] || again[1] != gy[1] {
			t.Errorf("without gp: %v, want %v (%v)", again, gy, err)
		}
	}
}

// The second derivative of an initial state, by hand.
// TestTimeVJP compares f_ty^T w and f_tp^T w with central differences in time of the
// VJP.
func TestTimeVJP(t *testing.T) {
	m, err := dynsys.Trace(2, 2, bent)
	s := system(t, m, err)
	const now, h = 0.3, 1e-5
	y, p, w := []float64{0.8, 0.4}, []float64{1.1, 0.6}, []float64{0.7, 1.3}
	gradient := func(f func(gy, gp []float64) error) []float64 {
		gy, gp := make([]float64, 2), make([]float64, 2)
		if err := f(gy, gp); err != nil {
			t.Fatal(err)
		}
		return append(gy, gp...)
	}
	got := gradient(func(gy, gp []float64) error { return s.TimeVJP(gy, gp, now, y, p, w) })
	hi := gradient(func(gy, gp []float64) error { return s.VJP(gy, gp, now+h, y, p, w) })
	lo := gradient(func(gy, gp []float64) error { return s.VJP(gy, gp, now-h, y, p, w) })
	for i := range got {
		if want := (hi[i] - lo[i]) / (2 * h); math.Abs(got[i]-want) > 1e-8*(1+math.Abs(want)) {
			t.Errorf("entry %d is %v, want %v", i, got[i], want)
		}
	}
}

func TestInitialSecondOrder(t *testing.T) {
	m, err := dynsys.TraceInitial(1, 2, func(b *expr.Builder, _ expr.Node, y, p []expr.Node) []expr.Node {
		return []expr.Node{b.Neg(y[0])}
	}, func(b *expr.Builder, p []expr.Node) []expr.Node {
		return []expr.Node{b.Mul(b.Pow(p[0], b.Const(2)), p[1])}
	})
	s := system(t, m, err)
	gp := []float64{1, 1}
	if err := s.Initial.SecondOrder(gp, []float64{3, 5}, []float64{0.5, 2}, []float64{4}); err != nil {
		t.Fatal(err)
	}
	// Hessian of p0^2 p1 at (3, 5): [[10, 6], [6, 0]]
	if want := [2]float64{1 + 4*(10*0.5+6*2), 1 + 4*6*0.5}; math.Abs(gp[0]-want[0]) > 1e-13 || math.Abs(gp[1]-want[1]) > 1e-13 {
		t.Errorf("%v, want %v", gp, want)
	}
}

// TestSystemsBecomeMachineCode evaluates every function so often that the code is
// compiled, from two goroutines, and holds the results to the first ones bit by bit.
func TestSystemsBecomeMachineCode(t *testing.T) {
	const n = 12
	m, err := dynsys.Trace(n, 2, line(n))
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			s, err := m.System()
			if err != nil {
				t.Error(err)
				return
			}
			y, p, w := wave(n), []float64{2, 0.7}, wave(n)
			var first []float64
			for i := range 3000 {
				dy, v, gy, jac := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n*n)
				ft, second, all := make([]float64, n), make([]float64, n), [][]float64{make([]float64, n)}
				gp := make([]float64, 2)
				_, err6 := s.SecondOrder(second, gp, 0.3, y, p, w, p, w)
				for _, err := range []error{
					s.RHS(dy, 0.3, y, p), s.JVP(v, 0.3, y, p, w, p), s.VJP(gy, gp, 0.3, y, p, w), s.Jacobian(jac, 0.3, y, p),
					s.TimeDerivative(ft, 0.3, y, p), err6, s.SecondDirectionals(all, 0.3, y, p, [][]float64{w}, [][]float64{p}, 1, w, p),
				} {
					if err != nil {
						t.Error(err)
						return
					}
				}
				var got []float64
				for _, x := range [][]float64{dy, v, gy, gp, jac, ft, second, all[0]} {
					got = append(got, x...)
				}
				if first == nil {
					first = got
				}
				for k := range got {
					if got[k] != first[k] {
						t.Errorf("evaluation %d, number %d: %v, at first %v", i, k, got[k], first[k])
						return
					}
				}
			}
		})
	}
	group.Wait()
	if err := m.Close(); err != nil {
		t.Error(err)
	}
	if _, err := m.System(); err == nil {
		t.Error("a closed model gave a system")
	}
}
