package sensitivity_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/dynsys/expr"
	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/sensitivity"
)

// linear is dz/dt = A z with A as parameters, row by row, at A = [[-0.1, 2], [-2, -0.1]].
func linear() sensitivity.Problem[[]float64] {
	m, err := dynsys.Trace(2, 4, func(b *expr.Builder, _ expr.Node, z, a []expr.Node) []expr.Node {
		return []expr.Node{
			b.Add(b.Mul(a[0], z[0]), b.Mul(a[1], z[1])),
			b.Add(b.Mul(a[2], z[0]), b.Mul(a[3], z[1])),
		}
	})
	if err != nil {
		panic(err)
	}
	sys, err := m.System()
	if err != nil {
		panic(err)
	}
	return sensitivity.Problem[[]float64]{System: sys, P: []float64{-0.1, 2, -2, -0.1}, T1: 1, Y0: []float64{2, 0}}
}

// euler are N equal steps of explicit Euler.
func euler(n int) *sensitivity.Settings {
	grid := make([]float64, n+1)
	for i := range grid {
		grid[i] = float64(i) / float64(n)
	}
	return &sensitivity.Settings{Settings: integrate.Settings{Grid: grid}, Solver: integrate.Euler{}}
}

// exact is the solution of the worked example.
func exact(t float64) []float64 {
	return []float64{2 * math.Exp(-0.1*t) * math.Cos(2*t), -2 * math.Exp(-0.1*t) * math.Sin(2*t)}
}

// observations is the table of docs/adjoint.md: the mean square distance from the
// exact solution at the ends of n Euler steps, and its adjoint.
func observations(n int) (table, dA string) {
	set := euler(n)
	times := set.Grid[1:]
	var data, weights [][]float64
	for _, t := range times {
		data = append(data, exact(t))
		weights = append(weights, []float64{1 / float64(n), 1 / float64(n)})
	}
	res, err := sensitivity.Gradient(context.Background(), linear(), sensitivity.SumOfSquares(times, data, weights),
		sensitivity.Discrete{KeepAdjoint: true}, set)
	if err != nil {
		panic(err)
	}
	var s strings.Builder
	fmt.Fprintln(&s, "  i  t_i    direct part d_i        arrives from later b_i   whole dL/dz_i = b_i + d_i")
	for i := n; i >= 0; i-- {
		k := res.Adjoint[i]
		direct := strings.Repeat(" ", 22)
		if i > 0 {
			direct = fmt.Sprintf("(%9.6f, %9.6f)", k.After[0]-k.Before[0], k.After[1]-k.Before[1])
		}
		fmt.Fprintf(&s, "  %d  %.1f  %s  (%9.6f, %9.6f)   (%9.6f, %9.6f)\n",
			i, k.T, direct, k.Before[0], k.Before[1], k.After[0], k.After[1])
	}
	dA = fmt.Sprintf("dL/dA = [%9.6f %9.6f ]\n        [%9.6f %9.6f ]\n", res.P[0], res.P[1], res.P[2], res.P[3])
	return s.String(), dA
}

// limit is the second table: dL/dz(0) of |z(1) - (0.5, -0.5)|^2 by the discrete adjoint of
// Euler's method, and its limit by the continuous adjoint.
func limit() string {
	loss := sensitivity.SumOfSquares([]float64{1}, [][]float64{{0.5, -0.5}}, nil)
	tight := &sensitivity.Settings{Settings: integrate.Settings{RelTol: 1e-12, AbsTol: 1e-12}}
	end, err := sensitivity.Gradient(context.Background(), linear(), loss, sensitivity.Continuous{}, tight)
	if err != nil {
		panic(err)
	}
	var s strings.Builder
	fmt.Fprintln(&s, "     N   Euler's own dL/dz_0       error against the limit")
	for _, n := range []int{1, 2, 5, 10, 100} {
		res, err := sensitivity.Gradient(context.Background(), linear(), loss, sensitivity.Discrete{}, euler(n))
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(&s, "%6d   (%10.6f, %9.6f)   %.1e\n", n, res.Y0[0], res.Y0[1], math.Hypot(res.Y0[0]-end.Y0[0], res.Y0[1]-end.Y0[1]))
	}
	fmt.Fprintf(&s, " limit   (%10.6f, %9.6f)\n", end.Y0[0], end.Y0[1])
	return s.String()
}

// The adjoint jumps at every observation: what arrives from later times, plus the
// observation's own derivative, is dL/dz there.
func ExampleDiscrete_observations() {
	table, dA := observations(5)
	fmt.Print(table)
	fmt.Print(dA)
	// Output:
	//   i  t_i    direct part d_i        arrives from later b_i   whole dL/dz_i = b_i + d_i
	//   5  1.0  (-0.080001, -0.334043)  ( 0.000000,  0.000000)   (-0.080001, -0.334043)
	//   4  0.8  ( 0.042351, -0.265844)  ( 0.055216, -0.359363)   ( 0.097567, -0.625206)
	//   3  0.6  ( 0.103629, -0.168575)  ( 0.345698, -0.573675)   ( 0.449328, -0.742250)
	//   2  0.4  ( 0.104809, -0.075817)  ( 0.737241, -0.547674)   ( 0.842050, -0.623492)
	//   1  0.2  ( 0.061742, -0.014634)  ( 1.074606, -0.274202)   ( 1.136348, -0.288836)
	//   0  0.0                          ( 1.229155,  0.171480)   ( 1.229155,  0.171480)
	// dL/dA = [ 0.946022 -0.277956 ]
	//         [-0.718791  0.772431 ]
}

// The discrete adjoint of Euler's method approaches the continuous one with the order
// of the method.
func ExampleDiscrete_limit() {
	fmt.Print(limit())
	// Output:
	//      N   Euler's own dL/dz_0       error against the limit
	//      1   ( 16.340000, -1.100000)   1.4e+01
	//      2   ( 12.675525, -1.997500)   9.9e+00
	//      5   (  6.298190, -1.716867)   3.5e+00
	//     10   (  4.326325, -1.460473)   1.5e+00
	//    100   (  2.955374, -1.224310)   1.3e-01
	//  limit   (  2.828702, -1.199312)
}

// Every number of docs/adjoint.md is one that the examples print.
func TestNumbersOfTheTutorial(t *testing.T) {
	page, err := os.ReadFile("../docs/adjoint.md")
	if err != nil {
		t.Fatal(err)
	}
	table, dA := observations(5)
	for _, block := range []string{table, dA, limit()} {
		if !strings.Contains(string(page), "```\n"+block+"```") {
			t.Errorf("docs/adjoint.md does not show\n%s", block)
		}
	}
}
