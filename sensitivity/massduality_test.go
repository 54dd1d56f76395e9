package sensitivity

import (
	"testing"

	"github.com/odefit/odefit/dynsys/expr"
	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// withMass are systems M y' = f with exact second derivatives: M regular; with a row of
// zeros; with rows that depend on one another. The initial values of the last two are
// not consistent, nor are the directions that the test takes.
func withMass(t testing.TB) []fixture {
	t.Helper()
	type node = expr.Node
	regular := tracedFixture(t, "regular mass", []float64{1, 0.2}, []float64{0.7, 2, 0.4}, 4, 0.3, func(b *expr.Builder, t node, y, p []node) []node {
		drive := b.Mul(p[0], b.Sin(b.Mul(p[1], b.Mul(t, b.Add(b.Const(1), y[0])))))
		return []node{y[1], b.Sub(drive, b.Add(b.Sin(y[0]), b.Mul(p[2], y[1])))}
	})
	regular.System.Mass = &integrate.Matrix{Values: []float64{2, 1, 0.3, 1}}
	// What the third equation asks of y_2: y_2 + y_2^3/10 = p_2 y_0 y_1 (1 + sin(t)/10).
	rates := func(b *expr.Builder, t node, y, p []node) (slow, fast, algebra node) {
		slow = b.Sub(b.Mul(p[0], y[2]), b.Mul(y[0], b.Exp(b.Mul(b.Const(-0.3), t))))
		fast = b.Sub(b.Mul(p[1], b.Sub(y[0], y[1])), b.Mul(y[1], y[2]))
		forced := b.Mul(b.Mul(p[2], b.Mul(y[0], y[1])), b.Add(b.Const(1), b.Mul(b.Const(0.1), b.Sin(t))))
		return slow, fast, b.Sub(b.Add(y[2], b.Mul(b.Const(0.1), b.Mul(y[2], b.Mul(y[2], y[2])))), forced)
	}
	y0, p := []float64{1, 0.5, 0.2}, []float64{0.8, 20, 0.6}
	singular := tracedFixture(t, "algebraic row", y0, p, 2, 0.1, func(b *expr.Builder, t node, y, p []node) []node {
		slow, fast, algebra := rates(b, t, y, p)
		return []node{slow, fast, algebra}
	})
	singular.System.Mass = &integrate.Matrix{Values: []float64{1, 0, 0, 0.2, 1, 0, 0, 0, 0}}
	combined := tracedFixture(t, "dependent rows", y0, p, 2, 0.1, func(b *expr.Builder, t node, y, p []node) []node {
		slow, fast, algebra := rates(b, t, y, p)
		return []node{slow, fast, b.Add(b.Add(slow, fast), algebra)}
	})
	combined.System.Mass = &integrate.Matrix{Values: []float64{1, 0.3, 0, 0, 1, 0.2, 1, 1.3, 0.2}}
	return []fixture{regular, singular, combined}
}

// Tangents and transposes of M y' = f are duals on the steps taken, from initial values
// that are made consistent, for every implicit method; as are those of states of other
// kinds.
func TestDualityWithMass(t *testing.T) {
	floats := space.Space[[]float64](space.Floats{})
	dualityOf(t, gaps{}, floats, make([]float64, 2), 1e-12, withMass(t), implicits())
	dualityOf(t, gaps{}, floats, make([]float64, 3), 1e-12, withMass(t), implicits())
	type triple struct{ A, B, Z float64 }
	dualityOf(t, gaps{}, space.Space[*triple](space.Struct[triple]()), new(triple), 1e-12, withMass(t), implicits())
	dualityOf(t, gaps{}, space.Space[[]complex128](space.Complexes[complex128]{}), make([]complex128, 1), 1e-12, withMass(t), implicits())
}
