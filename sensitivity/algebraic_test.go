package sensitivity

import (
	"context"
	"math"
	"math/cmplx"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/integrate"
)

// algebraic is y' = -p y, 0 = z - p y from y = 1, z = p + off.
func algebraic(off float64) *dynsys.System[[]float64] {
	return &dynsys.System[[]float64]{
		Dim: 2, NumParams: 1, Autonomous: true,
		Mass: &integrate.Matrix{Values: []float64{1, 0, 0, 0}},
		RHS: func(dy []float64, _ float64, y, p []float64) error {
			dy[0], dy[1] = -p[0]*y[0], y[1]-p[0]*y[0]
			return nil
		},
		JVP: func(out []float64, _ float64, y, p, vy, vp []float64) error {
			out[0], out[1] = -p[0]*vy[0], vy[1]-p[0]*vy[0]
			if vp != nil {
				out[0] -= y[0] * vp[0]
				out[1] -= y[0] * vp[0]
			}
			return nil
		},
		VJP: func(gy, gp []float64, _ float64, y, p, w []float64) error {
			gy[0], gy[1] = -p[0]*(w[0]+w[1]), w[1]
			gp[0] -= y[0] * (w[0] + w[1])
			return nil
		},
		Initial: dynsys.Initial[[]float64]{
			Value: func(y0, p []float64) error { y0[0], y0[1] = 1, p[0]+off; return nil },
			JVP:   func(out, _, vp []float64) error { out[0], out[1] = 0, vp[0]; return nil },
			VJP:   func(gp, _, w []float64) error { gp[0] += w[1]; return nil },
		},
	}
}

// With an algebraic equation the tangents are those of the closed form y = exp(-p t),
// z = p y, from initial values that satisfy it and from others, which are corrected.
func TestAlgebraicEquation(t *testing.T) {
	const p, end = 1.5, 2.
	loss := SumOfSquares([]float64{end}, [][]float64{{0, 0}}, nil)
	for _, solver := range append(implicits(), integrate.BDF{}) {
		for _, off := range []float64{0, 0.1} {
			set := tolerances(1e-8, 1e-10)
			if solver == (integrate.TRBDF2{}) || solver == (integrate.Rosenbrock23{}) {
				set = tolerances(1e-6, 1e-8) // of low order
			}
			set.Solver = solver
			for _, method := range []Method{Forward{}, Discrete{}} {
				if _, multistep := solver.(integrate.BDF); multistep && method == (Discrete{}) {
					continue
				}
				got, err := Gradient(context.Background(), Problem[[]float64]{System: algebraic(off), P: []float64{p}, Y0: make([]float64, 2), T1: end}, loss, method, set)
				if err != nil {
					t.Errorf("%v, %v: %v", solver, method, err)
					continue
				}
				y := math.Exp(-p * end)
				want := 2*y*(-end*y) + 2*p*y*(y-p*end*y)
				tol := 1e3 * set.RelTol // some hundred steps, the second component of which is half the slope
				if math.Abs(got.P[0]-want) > tol*math.Abs(want) {
					t.Errorf("%v, %v: dL/dp = %v, want %v", solver, method, got.P[0], want)
				}
				// z0 has no effect: it is settled by y0.
				if want := 2 * y * y * (1 + p*p); math.Abs(got.Y0[0]-want) > tol*want || math.Abs(got.Y0[1]) > 1e-12*want {
					t.Errorf("%v, %v: dL/dy0 = %v, want [%v 0]", solver, method, got.Y0, want)
				}
			}
		}
	}
}

// Derivatives in the times of M y' = f, in closed form: for a regular M, and where an
// algebraic equation depends on time, with its time derivative and without.
func TestTimesWithMass(t *testing.T) {
	regular := scalar(
		func(_, y, p float64) float64 { return -p * y },
		func(_, _, p float64) float64 { return -p },
		func(_, y, _ float64) float64 { return -y })
	regular.Mass = &integrate.Matrix{Values: []float64{2}}
	// y' = -p y, 0 = z - y cos t
	driven := analytic(func(t complex128, y, p []complex128) []complex128 {
		return []complex128{-p[0] * y[0], y[1] - y[0]*cmplx.Cos(t)}
	}).system(2, 1)
	driven.Mass = &integrate.Matrix{Values: []float64{1, 0, 0, 0}}
	given := *driven
	given.TimeDerivative = func(ft []float64, t float64, y, _ []float64) error {
		ft[0], ft[1] = 0, y[0]*math.Sin(t)
		return nil
	}
	const p, at = 0.7, 1.3
	y, sin, cos := math.Exp(-p*at), math.Sin(at), math.Cos(at)
	for _, c := range []struct {
		name  string
		sys   *dynsys.System[[]float64]
		y0    []float64
		times float64 // dL/dt of the sum of states at t = 1.3
		start float64 // dL/dT0
	}{
		{"regular", regular, []float64{1}, -p / 2 * math.Exp(-p/2*at), p / 2 * math.Exp(-p/2*at)},
		{"driven", driven, []float64{1, 1}, -p*y*(1+cos) - y*sin, p * y * (1 + cos)},
		{"driven, with its time derivative", &given, []float64{1, 1}, -p*y*(1+cos) - y*sin, p * y * (1 + cos)},
	} {
		set := tolerances(1e-10, 1e-12)
		set.Solver = integrate.Rodas5P{}
		prob := Problem[[]float64]{System: c.sys, P: []float64{p}, Y0: c.y0, T1: 2}
		for _, m := range []Method{Forward{}, Discrete{}} {
			r := mustGradient(t, prob, SumOfStates([]float64{at}), m, set)
			// some hundred steps of 1e-10, differences in t of nine digits
			if d := max(math.Abs(r.Times[0]-c.times), math.Abs(r.T0-c.start)); d > 1e-7 {
				t.Errorf("%s, %v: dL/dt = %v, dL/dT0 = %v; want %v and %v", c.name, m, r.Times[0], r.T0, c.times, c.start)
			}
		}
	}
}
