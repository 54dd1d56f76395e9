package sensitivity_test

import (
	"math"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/expr"
	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/sensitivity"
)

// stiffTraced is a stiff problem that depends on time, is not of the second degree in y,
// and has a Hill term: y0' = -a (y0 - cos(b t)) + y1/(1+y0^2), y1' = -y1 y0^3 + c sin t.
func stiffTraced(t *testing.T) *dynsys.System[[]float64] {
	t.Helper()
	m, err := dynsys.Trace(2, 3, func(b *expr.Builder, time expr.Node, y, p []expr.Node) []expr.Node {
		return []expr.Node{
			b.Add(b.Mul(b.Neg(p[0]), b.Sub(y[0], b.Cos(b.Mul(p[1], time)))), b.Div(y[1], b.Add(b.Const(1), b.Mul(y[0], y[0])))),
			b.Add(b.Mul(b.Neg(y[1]), b.Mul(y[0], b.Mul(y[0], y[0]))), b.Mul(p[2], b.Sin(time))),
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := m.System()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// runningCost is the integral of y0^2 y1 p2.
func runningCost() *sensitivity.Loss[[]float64] {
	return &sensitivity.Loss[[]float64]{
		Times: []float64{0.77, 2},
		L:     func(_ int, y, _ []float64) (float64, error) { return y[0] + y[1]*y[1], nil },
		Ly:    func(out []float64, _ int, y, _ []float64) error { out[0], out[1] = 1, 2*y[1]; return nil },
		G:     func(_ float64, y, p []float64) (float64, error) { return y[0] * y[0] * y[1] * p[2], nil },
		Gy: func(out []float64, _ float64, y, p []float64) error {
			out[0], out[1] = 2*y[0]*y[1]*p[2], y[0]*y[0]*p[2]
			return nil
		},
		Gp: func(gp []float64, _ float64, y, _ []float64) error { gp[2] += y[0] * y[0] * y[1]; return nil },
	}
}

// On a frozen grid, whose steps are so long that the solution is far from converged,
// the forward gradient of an implicit method is the derivative of the steps: with
// second derivatives of the system, and with differences in their place.
func TestImplicitTangentsAreDerivativesOfTheSteps(t *testing.T) {
	p0 := []float64{300, 3, 0.7, 1.5, 0.5} // parameters and initial state
	for _, m := range []integrate.Method{
		integrate.Rodas5P{}, integrate.Rosenbrock23{}, integrate.RadauIIA5{}, integrate.Kvaerno5{}, integrate.KenCarp4{}, integrate.TRBDF2{}, integrate.SDIRK4{},
	} {
		for _, exact := range []bool{true, false} {
			sys := stiffTraced(t)
			if !exact {
				sys.SecondDirectionals, sys.TimeDerivative = nil, nil
			}
			solve := func(p []float64) *sensitivity.Result[[]float64] {
				set := &sensitivity.Settings{Solver: m}
				set.Grid = []float64{0, 0.1, 0.35, 0.6, 1, 1.3, 2}
				if _, ok := m.(integrate.Rosenbrock); !ok { // iterations have to converge
					set.RelTol, set.AbsTol, set.Grid = 1e-10, 1e-10, []float64{0}
					for i := range 100 {
						set.Grid = append(set.Grid, float64(i+1)/50)
					}
				}
				res, err := sensitivity.Gradient(t.Context(), sensitivity.Problem[[]float64]{
					System: sys, P: p[:3], T1: 2, Y0: p[3:],
				}, runningCost(), sensitivity.Forward{}, set)
				if err != nil {
					t.Fatal(err)
				}
				return res
			}
			res := solve(p0)
			got := append(append([]float64(nil), res.P...), res.Y0...)
			for i := range p0 {
				// Central differences of order 6: truncation (1e-3)^6 times a derivative
				// of order 7, 1e7 at most here (a = 300 times b^7), rounding 1e-12.
				h := 1e-3 * p0[i]
				want := 0.0
				for k, w := range []float64{3. / 4, -3. / 20, 1. / 60} {
					for _, sign := range []float64{1, -1} {
						p := append([]float64(nil), p0...)
						p[i] += sign * float64(k+1) * h
						want += sign * w / h * solve(p).Value
					}
				}
				// Second derivatives of the running cost, and of f where it gives none,
				// are differences good to 1e-10 of terms up to 20.
				if d := math.Abs(got[i]-want) * p0[i]; d > 3e-9 {
					t.Errorf("%v, exact %v: derivative %d is %.12g, the differences of the steps give %.12g", m, exact, i, got[i], want)
				}
			}
		}
	}
}
