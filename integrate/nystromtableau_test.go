package integrate

import (
	"math"
	"testing"
)

// nystromTree is an elementary differential of f in y” = f(t, y): a derivative of f with
// some slots filled by y' and the others by elementary differentials. Its value along
// the solution is h^r kappa times constants.
type nystromTree struct {
	slopes   int // slots that hold y'
	children []*nystromTree
	r        int
	kappa    float64
}

// nystromTrees returns all trees with r up to n.
func nystromTrees(n int) []*nystromTree {
	var all []*nystromTree
	for r := 0; r <= n; r++ {
		var grow func(left, from int, chosen []*nystromTree)
		grow = func(left, from int, chosen []*nystromTree) {
			tr := &nystromTree{slopes: left, children: append([]*nystromTree(nil), chosen...), r: r, kappa: 1}
			for _, c := range chosen { // integrated twice
				tr.kappa *= c.kappa / float64((c.r+1)*(c.r+2))
			}
			all = append(all, tr)
			for i := from; i < len(all) && all[i].r+2 <= left; i++ {
				grow(left-all[i].r-2, i, append(chosen, all[i]))
			}
		}
		grow(r, 0, nil)
	}
	return all
}

// weights returns the elementary weights at every stage.
func (t *nystromTree) weights(tab *NystromTableau) []float64 {
	w := make([]float64, len(tab.C))
	for i, c := range tab.C {
		w[i] = math.Pow(c, float64(t.slopes))
	}
	for _, c := range t.children {
		inner := c.weights(tab)
		for i := range w {
			sum := 0.0
			for j, a := range tab.A[i] {
				sum += a * inner[j]
			}
			w[i] *= sum
		}
	}
	return w
}

// nystromDefects returns the largest defects of the conditions of an order for the
// weights of positions and of velocities at theta.
func nystromDefects(tab *NystromTableau, trees []*nystromTree, b, bv []float64, theta float64, order int) (position, velocity float64) {
	for _, tr := range trees {
		w, r := tr.weights(tab), float64(tr.r)
		sum, sumV := 0.0, 0.0
		for i := range w {
			sum += b[i] * w[i]
			sumV += bv[i] * w[i]
		}
		if tr.r+2 == order {
			position = max(position, math.Abs(sum-tr.kappa*math.Pow(theta, r+2)/((r+1)*(r+2))))
		}
		if tr.r+1 == order {
			velocity = max(velocity, math.Abs(sumV-tr.kappa*math.Pow(theta, r+1)/(r+1)))
		}
	}
	return position, velocity
}

// The solution, the embedded solution and the interpolants have their orders, and not a
// higher one in all their parts. Coefficients are below 30 and have 20 digits.
func TestNystromOrderConditions(t *testing.T) {
	trees := nystromTrees(7)
	tab := &dprkn6
	for i, row := range tab.A { // a first condition: sum_j a_ij = c_i^2/2
		sum := 0.0
		for _, a := range row {
			sum += a
		}
		if math.Abs(sum-tab.C[i]*tab.C[i]/2) > 1e-15 {
			t.Errorf("row %d of A sums to %v", i, sum)
		}
	}
	check := func(what string, b, bv []float64, theta float64, order int) {
		for p := 1; p <= order; p++ {
			if x, v := nystromDefects(tab, trees, b, bv, theta, p); max(x, v) > 2e-14 {
				t.Errorf("%s: conditions of order %d are missed by %.2g and %.2g", what, p, x, v)
			}
		}
		if x, v := nystromDefects(tab, trees, b, bv, theta, order+1); max(x, v) < 1e-6 {
			t.Errorf("%s: the order is understated", what)
		}
	}
	check("solution", tab.B, tab.BV, 1, tab.Order)
	check("embedded solution", minus(tab.B, tab.E), minus(tab.BV, tab.EV), 1, tab.Estimate)
	for _, theta := range []float64{0.2, 0.7} {
		b, bv := make([]float64, len(tab.C)), make([]float64, len(tab.C))
		for i := range b {
			for j, c := range tab.Dense[i] {
				b[i] += c * math.Pow(theta, float64(j+2))
			}
			for j, c := range tab.DenseV[i] {
				bv[i] += c * math.Pow(theta, float64(j+1))
			}
		}
		check("interpolant", b, bv, theta, tab.DenseOrder)
	}
}
