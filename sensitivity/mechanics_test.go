package sensitivity

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/expr"
	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// mechanics are systems of positions and momenta whose drift is linear: a driven
// pendulum, and two coupled springs, with parameters in every term.
func mechanics(t testing.TB) []fixture {
	t.Helper()
	type node = expr.Node
	pendulum := tracedFixture(t, "pendulum", []float64{1, 0.2}, []float64{1.3, 2, 0.4}, 4, 0.3, func(b *expr.Builder, t node, y, p []node) []node {
		return []node{b.Mul(p[0], y[1]), b.Sub(b.Mul(p[2], b.Sin(b.Mul(p[1], t))), b.Mul(p[1], b.Sin(y[0])))}
	})
	pendulum.System.Momenta = []bool{false, true}
	springs := tracedFixture(t, "springs", []float64{0.3, -0.2, 0.1, 0.4}, []float64{1.2, 0.3, 0.8}, 5, 0.3, func(b *expr.Builder, t node, y, p []node) []node {
		cube := func(x node) node { return b.Mul(p[2], b.Mul(x, b.Mul(x, x))) }
		between := b.Sub(y[2], y[0])
		return []node{
			b.Mul(p[0], b.Add(y[1], b.Mul(p[1], y[3]))), b.Sub(cube(between), y[0]),
			b.Mul(p[0], b.Add(b.Mul(p[1], y[1]), y[3])), b.Sub(b.Neg(cube(between)), b.Mul(p[0], y[2])),
		}
	})
	springs.System.Momenta = []bool{false, true, false, true}
	return []fixture{pendulum, springs}
}

// relativistic has a drift that is neither linear nor constant in time, for compositions.
func relativistic(t testing.TB) []fixture {
	t.Helper()
	type node = expr.Node
	fx := tracedFixture(t, "relativistic", []float64{1, 0.2}, []float64{1.3, 2, 0.4}, 4, 0.3, func(b *expr.Builder, t node, y, p []node) []node {
		c := b.Sqrt(b.Add(b.Const(1), b.Mul(p[2], b.Mul(y[1], y[1]))))
		return []node{b.Div(b.Mul(y[1], b.Exp(b.Mul(b.Const(0.1), t))), c), b.Neg(b.Mul(p[0], b.Sin(b.Mul(p[1], y[0]))))}
	})
	fx.System.Momenta = []bool{false, true}
	return []fixture{fx}
}

func compositions() []integrate.Method {
	return []integrate.Method{integrate.Verlet{}, integrate.Yoshida4{}, integrate.Yoshida6{}, integrate.Yoshida8{}}
}

// Tangents and transposes of the methods that keep the structure of mechanics are duals
// on the steps taken.
func TestDualityOfMechanics(t *testing.T) {
	floats := space.Space[[]float64](space.Floats{})
	all := append(compositions(), integrate.Dprkn6{})
	dualityOf(t, gaps{}, floats, make([]float64, 2), 1e-12, mechanics(t), all)
	dualityOf(t, gaps{}, floats, make([]float64, 4), 1e-12, mechanics(t), all)
	dualityOf(t, gaps{}, floats, make([]float64, 2), 1e-12, relativistic(t), compositions())
	type particle struct{ Q, P float64 }
	dualityOf(t, gaps{}, space.Space[*particle](space.Struct[particle]()), new(particle), 1e-12, mechanics(t), all)
	dualityOf(t, gaps{}, space.Space[[]complex128](space.Complexes[complex128]{}), make([]complex128, 2), 1e-12, mechanics(t), all)
	dualityOf(t, gaps{}, space.Space[[]float32](space.Slice[float32]{}), make([]float32, 2), 1e-5, mechanics(t), all)
}

// spring is q' = p, p' = -k q from (1, 0): q = cos(w t), p = -w sin(w t), w = sqrt k.
func spring() Problem[[]float64] {
	sys := analytic(func(_ complex128, y, p []complex128) []complex128 {
		return []complex128{y[1], -p[0] * y[0]}
	}).system(2, 1)
	sys.Momenta = []bool{false, true}
	return Problem[[]float64]{System: sys, P: []float64{1.7}, T1: 3, Y0: []float64{1, 0}}
}

// springGradient is dL/dk of the sum of both states at t.
func springGradient(k, t float64) float64 {
	w := math.Sqrt(k)
	sin, cos := math.Sincos(w * t)
	return (-t*sin - sin - w*t*cos) / (2 * w)
}

// Gradients converge with the order of the method in the step, at its ends and inside,
// and adaptive steps of Dprkn6 with the tolerance.
func TestGradientsOfMechanicsConverge(t *testing.T) {
	p := spring()
	for _, m := range append(compositions(), integrate.Dprkn6{}) {
		for _, at := range []float64{3, 1.37} {
			want := springGradient(p.P[0], at)
			miss := func(set *Settings) float64 {
				set.Solver = m
				return math.Abs(mustGradient(t, p, SumOfStates([]float64{at}), Discrete{}, set).P[0] - want)
			}
			order := map[integrate.Method]float64{integrate.Verlet{}: 2, integrate.Yoshida4{}: 4, integrate.Yoshida6{}: 6, integrate.Yoshida8{}: 8, integrate.Dprkn6{}: 6}[m]
			if at != 3 && m == (integrate.Dprkn6{}) {
				order = 5 // of the interpolant's velocities
			}
			h := 0.1
			if order > 6 {
				h = 0.3 // beyond, rounding
			}
			coarse, fine := miss(&Settings{Settings: integrate.Settings{FixedStep: h}}), miss(&Settings{Settings: integrate.Settings{FixedStep: h / 2}})
			if slope := math.Log2(coarse / fine); slope < order-0.5 || slope > order+0.5 && at == 3 { // inside, the place in the step changes with h
				t.Errorf("%v at %v: order %.2f in steps of %v, want %v (errors %.1e, %.1e)", m, at, slope, h, order, coarse, fine)
			}
		}
	}
	last := math.Inf(1)
	for _, rel := range []float64{1e-5, 1e-8, 1e-11} {
		set := tolerances(rel, rel)
		set.Solver = integrate.Dprkn6{}
		for _, method := range []Method{Forward{}, Discrete{Checkpoints: Checkpoints{Every: 3}}, Discrete{Probes: 1, Checkpoints: Checkpoints{Bytes: 512}}} {
			r := mustGradient(t, p, SumOfStates([]float64{1.37}), method, set)
			d := math.Abs(r.P[0] - springGradient(p.P[0], 1.37))
			if d > 100*rel || d > last/10 {
				t.Errorf("%v at %.0e: off by %.1e", method, rel, d)
			}
			if _, ok := method.(Forward); ok {
				continue
			}
			if method.(Discrete).Probes > 0 {
				last = d
			}
		}
	}
}

// What is no system of positions and momenta, and running costs, are refused.
func TestMechanicsRefuses(t *testing.T) {
	p := spring()
	set := &Settings{Settings: integrate.Settings{FixedStep: 0.1}, Solver: integrate.Verlet{}}
	damped := *p.System
	damped.RHS = func(dy []float64, _ float64, y, p []float64) error {
		dy[0], dy[1] = y[1], -p[0]*y[0]-0.1*y[1]
		return nil
	}
	q := p
	q.System = &damped
	loss := SumOfStates([]float64{3})
	for _, method := range []Method{Forward{}, Discrete{}} {
		if _, err := Gradient(context.Background(), q, loss, method, set); !errors.Is(err, dynsys.ErrNotSeparable) {
			t.Errorf("%v: %v", method, err)
		}
		costly := *loss
		costly.G = func(float64, []float64, []float64) (float64, error) { return 1, nil }
		if _, err := Gradient(context.Background(), p, &costly, method, set); err == nil || !strings.Contains(err.Error(), "Loss.G") {
			t.Errorf("%v: %v", method, err)
		}
	}
}
