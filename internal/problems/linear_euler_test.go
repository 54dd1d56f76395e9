package problems

import (
	"math"
	"testing"
)

// The recursions that the doc comments state, done here in float64, must give what
// the file holds. At most 100 steps of a few roundings each: 1e-13.
const eulerTolerance = 1e-13

func near(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: length %d, want %d", what, len(got), len(want))
	}
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= eulerTolerance*(1+math.Abs(want[i]))) {
			t.Errorf("%s[%d] = %v, want %v", what, i, got[i], want[i])
		}
	}
}

func TestEulerCases(t *testing.T) {
	terminal, err := EulerTerminal()
	if err != nil {
		t.Fatal(err)
	}
	observed, err := EulerObserved()
	if err != nil {
		t.Fatal(err)
	}
	if len(terminal) != 10 || len(observed) != 10 {
		t.Fatalf("%d and %d cases, want 10 of each", len(terminal), len(observed))
	}
	for _, c := range terminal {
		checkEuler(t, c, 1, func(i int) []float64 {
			if i == c.N {
				return c.Data[0]
			}
			return nil
		})
	}
	for _, c := range observed {
		checkEuler(t, c, 1/float64(c.N), func(i int) []float64 {
			if i > 0 {
				return c.Data[i-1]
			}
			return nil
		})
	}
}

// checkEuler does the case's steps and its backward sweep with the given weight of
// each squared difference; data returns nil where nothing is observed.
func checkEuler(t *testing.T, c EulerCase, weight float64, data func(i int) []float64) {
	t.Helper()
	h := 1 / float64(c.N)
	a := Linear().P
	z := [][]float64{{2, 0}}
	for range c.N {
		x := z[len(z)-1]
		z = append(z, []float64{x[0] + h*(a[0]*x[0]+a[1]*x[1]), x[1] + h*(a[2]*x[0]+a[3]*x[1])})
	}
	var loss float64
	lambda, da := []float64{0, 0}, make([]float64, 4)
	if c.Euler.Z == nil && c.N != 100 {
		t.Errorf("N = %d: no states", c.N)
	}
	for i := c.N; i >= 0; i-- {
		if c.Euler.Z != nil {
			near(t, "Z", c.Euler.Z[i], z[i])
			near(t, "Before", c.Euler.Before[i], lambda)
		}
		if d := data(i); d != nil {
			for k := range 2 {
				r := z[i][k] - d[k]
				loss += weight * r * r
				lambda[k] += 2 * weight * r
			}
		}
		if c.Euler.Z != nil {
			near(t, "After", c.Euler.After[i], lambda)
		}
		if i > 0 {
			for k := range 4 {
				da[k] += h * lambda[k/2] * z[i-1][k%2]
			}
			lambda = []float64{
				lambda[0] + h*(a[0]*lambda[0]+a[2]*lambda[1]),
				lambda[1] + h*(a[1]*lambda[0]+a[3]*lambda[1]),
			}
		}
	}
	near(t, "Loss", []float64{c.Euler.Loss}, []float64{loss})
	near(t, "DZ0", c.Euler.DZ0, lambda)
	near(t, "DA", c.Euler.DA, da)
}

// The gradient on the exact solution follows from the closed form of Linear.
func TestEulerExactGradients(t *testing.T) {
	check := func(c EulerCase, weight float64, observed []Point) {
		var loss float64
		dz0, da := make([]float64, 2), make([]float64, 4)
		for i, x := range observed {
			for k := range 2 {
				r := x.Y[k] - c.Data[i][k]
				loss += weight * r * r
				for j := range dz0 {
					dz0[j] += 2 * weight * r * x.DY0[k][j]
				}
				for j := range da {
					da[j] += 2 * weight * r * x.DP[k][j]
				}
			}
		}
		near(t, "Loss", []float64{c.Exact.Loss}, []float64{loss})
		near(t, "DZ0", c.Exact.DZ0, dz0)
		near(t, "DA", c.Exact.DA, da)
	}
	exact := Linear().Exact
	terminal, err := EulerTerminal()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range terminal {
		check(c, 1, []Point{exact(1)})
	}
	observed, err := EulerObserved()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range observed {
		var points []Point
		for i := range c.N {
			points = append(points, exact(float64(i+1)/float64(c.N)))
		}
		check(c, 1/float64(c.N), points)
		if len(c.Exact.Before) != c.N+1 || len(c.Exact.After) != c.N+1 {
			t.Errorf("N = %d: %d and %d adjoints", c.N, len(c.Exact.Before), len(c.Exact.After))
		}
		near(t, "Exact.Before[0]", c.Exact.Before[0], c.Exact.DZ0)
	}
}
