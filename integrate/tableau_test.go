package integrate

import (
	"math"
	"testing"
)

// tree is a rooted tree: the elementary differentials of a right-hand side.
type tree struct {
	children []*tree
	order    int
	density  float64
}

func node(children ...*tree) *tree {
	t := &tree{children: children, order: 1, density: 1}
	for _, c := range children {
		t.order += c.order
		t.density *= c.density
	}
	t.density *= float64(t.order)
	return t
}

// treesOf returns all rooted trees of each order up to n: trees[k] has those of order
// k. Children are multisets of smaller trees.
func treesOf(n int) [][]*tree {
	trees := make([][]*tree, n+1)
	var all []*tree // in increasing order, by which multisets are made unique
	for k := 1; k <= n; k++ {
		var grow func(left, from int, chosen []*tree)
		grow = func(left, from int, chosen []*tree) {
			if left == 0 {
				trees[k] = append(trees[k], node(append([]*tree(nil), chosen...)...))
				return
			}
			for i := from; i < len(all); i++ {
				if all[i].order <= left {
					grow(left-all[i].order, i, append(chosen, all[i]))
				}
			}
		}
		grow(k-1, 0, nil)
		all = append(all, trees[k]...)
	}
	return trees
}

// weights returns the elementary weights of a tree at every stage.
func (t *tree) weights(tab *Tableau) []float64 {
	w := make([]float64, tab.Stages())
	for i := range w {
		w[i] = 1
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

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// tableaux returns those of all Runge-Kutta methods.
func tableaux() []*Tableau {
	var tabs []*Tableau
	for _, m := range Methods() {
		if rk, ok := m.(RungeKutta); ok {
			tabs = append(tabs, rk.Tableau())
		}
	}
	return append(tabs, &sdirk4)
}

func TestNumberOfTrees(t *testing.T) {
	// Hairer, Norsett, Wanner, Solving ODEs I, table II.2.1.
	for k, want := range []int{0, 1, 1, 2, 4, 9, 20} {
		if got := len(treesOf(6)[k]); got != want {
			t.Errorf("%d trees of order %d, want %d", got, k, want)
		}
	}
}

// Coefficients are decimals of 16 digits and larger than 10 in places, hence 1e-13.
const orderTol = 1e-13

func TestOrderConditions(t *testing.T) {
	trees := treesOf(6)
	for _, tab := range tableaux() {
		if err := tab.check(); err != nil && tab != &sdirk4 {
			t.Errorf("%v", err)
		}
		checkOrder(t, tab, "solution", tab.B, tab.Order, trees)
		if tab.E == nil {
			continue
		}
		embedded := make([]float64, tab.Stages())
		for i := range embedded {
			embedded[i] = tab.B[i] - tab.E[i]
		}
		checkOrder(t, tab, "embedded solution", embedded, tab.Estimate, trees)
	}
}

// checkOrder tests that weights have an order, and no more.
func checkOrder(t *testing.T, tab *Tableau, what string, b []float64, order int, trees [][]*tree) {
	t.Helper()
	for k := 1; k <= order; k++ {
		for _, tr := range trees[k] {
			if d := dot(b, tr.weights(tab)) - 1/tr.density; math.Abs(d) > orderTol {
				t.Errorf("%s, %s: a condition of order %d is missed by %.2g", tab.Name, what, k, d)
			}
		}
	}
	worst := 0.0
	for _, tr := range trees[order+1] {
		worst = max(worst, math.Abs(dot(b, tr.weights(tab))-1/tr.density))
	}
	if worst < 1e-6 {
		t.Errorf("%s, %s: all conditions of order %d hold as well; the order is understated", tab.Name, what, order+1)
	}
}

func TestInterpolantOrder(t *testing.T) {
	trees := treesOf(6)
	for _, tab := range tableaux() {
		if tab.DenseOrder < tab.Order-1 {
			t.Errorf("%s: the interpolant has order %d, the method %d", tab.Name, tab.DenseOrder, tab.Order)
		}
		w := make([]float64, tab.Stages())
		for _, theta := range []float64{0.1, 0.3, 0.5, 0.77, 1} {
			tab.Weights(w, theta)
			for k := 1; k <= tab.DenseOrder; k++ {
				for _, tr := range trees[k] {
					want := math.Pow(theta, float64(k)) / tr.density
					if d := dot(w, tr.weights(tab)) - want; math.Abs(d) > orderTol {
						t.Errorf("%s: at theta = %v a condition of order %d is missed by %.2g", tab.Name, theta, k, d)
					}
				}
			}
		}
		for i := range w { // theta = 1 came last
			if math.Abs(w[i]-tab.B[i]) > orderTol {
				t.Errorf("%s: b_%d(1) = %v, want %v", tab.Name, i, w[i], tab.B[i])
			}
		}
		worst := 0.0
		tab.Weights(w, 0.4)
		for _, tr := range trees[tab.DenseOrder+1] {
			worst = max(worst, math.Abs(dot(w, tr.weights(tab))-math.Pow(0.4, float64(tab.DenseOrder+1))/tr.density))
		}
		if worst < 1e-6 {
			t.Errorf("%s: the order of the interpolant is understated", tab.Name)
		}
	}
}

func TestWeightRates(t *testing.T) {
	for _, tab := range tableaux() {
		s := tab.Stages()
		rate, lo, hi := make([]float64, s), make([]float64, s), make([]float64, s)
		const theta, h = 0.37, 1e-5
		tab.WeightRates(rate, theta)
		tab.Weights(lo, theta-h)
		tab.Weights(hi, theta+h)
		for i := range rate {
			// Third derivatives are below 1e3, so that the difference is good to 1e-7.
			if d := rate[i] - (hi[i]-lo[i])/(2*h); math.Abs(d) > 1e-6 {
				t.Errorf("%s: db_%d/dtheta is off by %.2g", tab.Name, i, d)
			}
		}
		// Slopes at the ends agree with f there where the method has both stages.
		tab.WeightRates(rate, 0)
		if tab.C[0] == 0 && math.Abs(rate[0]-1) > 1e-12 {
			t.Errorf("%s: the interpolant does not leave along f", tab.Name)
		}
	}
}

func TestBrokenTableauIsRefused(t *testing.T) {
	for name, tab := range map[string]Tableau{
		"no stages":    {},
		"row sum":      {A: [][]float64{{}, {0.5}}, B: []float64{0, 1}, C: []float64{0, 0.4}, Dense: make([][]float64, 2)},
		"not explicit": {A: [][]float64{{1}}, B: []float64{1}, C: []float64{1}, Dense: make([][]float64, 1)},
		"E":            {A: [][]float64{{}}, B: []float64{1}, C: []float64{0}, E: []float64{1}, Dense: make([][]float64, 1)},
		"FSAL":         {A: [][]float64{{}}, B: []float64{1}, C: []float64{0}, FSAL: true, Dense: make([][]float64, 1)},
	} {
		if tab.check() == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
