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

// weights returns the elementary weights of a tree at every stage, and the sums of
// the absolute values of their terms.
func (t *tree) weights(tab *Tableau) (w, size []float64) {
	w, size = make([]float64, tab.AllStages()), make([]float64, tab.AllStages())
	for i := range w {
		w[i], size[i] = 1, 1
	}
	for _, c := range t.children {
		inner, bulk := c.weights(tab)
		for i := range w {
			sum, abs := 0.0, 0.0
			for j, a := range tab.A[i] {
				sum += a * inner[j]
				abs += math.Abs(a) * bulk[j]
			}
			w[i] *= sum
			size[i] *= abs
		}
	}
	return w, size
}

// defect returns by how much weights b, of which each is a sum of terms as large as
// sizes, miss the order condition of a tree at theta, and how much of it rounding may
// be: each of the 2 order - 1 coefficients of a term is off by an ulp, and so is each of
// the as many operations.
func (t *tree) defect(tab *Tableau, b, sizes []float64, theta float64) (d, rounding float64) {
	w, size := t.weights(tab)
	sum, bulk := 0.0, 0.0
	for i, bi := range b {
		sum += bi * w[i]
		bulk += math.Abs(sizes[i]) * size[i]
	}
	return math.Abs(sum - math.Pow(theta, float64(t.order))/t.density), 4 * float64(t.order) * 0x1p-52 * (bulk + 1)
}

// tableaux returns those of all Runge-Kutta methods.
func tableaux() []*Tableau {
	var tabs []*Tableau
	for _, m := range Methods() {
		if rk, ok := m.(RungeKutta); ok {
			tabs = append(tabs, rk.Tableau())
		}
	}
	return append(append(tabs, dirks()...), &radau5)
}

// dirks returns the tableaux of diagonally implicit methods.
func dirks() []*Tableau {
	var tabs []*Tableau
	for _, m := range Methods() {
		if d, ok := m.(ImplicitRungeKutta); ok && m != (RadauIIA5{}) {
			tabs = append(tabs, d.ImplicitTableau())
		}
	}
	return tabs
}

func TestNumberOfTrees(t *testing.T) {
	// Hairer, Norsett, Wanner, Solving ODEs I, table II.2.1.
	trees := treesOf(highest)
	for k, want := range []int{0, 1, 1, 2, 4, 9, 20, 48, 115, 286, 719} {
		if got := len(trees[k]); got != want {
			t.Errorf("%d trees of order %d, want %d", got, k, want)
		}
	}
}

// highest is the highest order of which a test must know the trees: one more than that
// of any method.
const highest = 10

func TestOrderConditions(t *testing.T) {
	trees := treesOf(highest)
	for _, tab := range tableaux() {
		if err := tab.check(); err != nil && len(tab.A[0]) == 0 {
			t.Errorf("%v", err)
		}
		checkOrder(t, tab, "solution", tab.B, tab.B, 1, tab.Order, trees)
		if tab.E == nil {
			continue
		}
		embedded := minus(tab.B, tab.E)
		if tab.Coarse == nil {
			order := tab.Estimate
			if order == tab.Order { // the embedded solution is the better one
				order++
			}
			checkOrder(t, tab, "embedded solution", embedded, embedded, 1, order, trees)
			continue
		}
		// The estimate x^2/z of solutions of orders p and q falls like h^(2(p+1)-(q+1)).
		p, q := orderOf(tab, embedded, trees), orderOf(tab, minus(tab.B, tab.Coarse), trees)
		if 2*(p+1)-(q+1) != tab.Estimate+1 {
			t.Errorf("%s: embedded solutions of orders %d and %d, but an estimate of order %d", tab.Name, p, q, tab.Estimate)
		}
	}
}

func minus(a, b []float64) []float64 {
	c := make([]float64, len(a))
	for i := range a {
		c[i] = a[i] - b[i]
	}
	return c
}

// orderOf returns the order of weights.
func orderOf(tab *Tableau, b []float64, trees [][]*tree) int {
	for k := 1; k < len(trees); k++ {
		for _, tr := range trees[k] {
			if d, rounding := tr.defect(tab, b, b, 1); d > rounding {
				return k - 1
			}
		}
	}
	return len(trees) - 1
}

// checkOrder tests that weights have an order at theta, and no more.
func checkOrder(t *testing.T, tab *Tableau, what string, b, sizes []float64, theta float64, order int, trees [][]*tree) {
	t.Helper()
	for k := 1; k <= order; k++ {
		for _, tr := range trees[k] {
			if d, rounding := tr.defect(tab, b, sizes, theta); d > rounding {
				t.Errorf("%s, %s: a condition of order %d is missed by %.2g, rounding explains %.2g", tab.Name, what, k, d, rounding)
			}
		}
	}
	worst := 0.0
	for _, tr := range trees[order+1] {
		d, rounding := tr.defect(tab, b, sizes, theta)
		worst = max(worst, d/rounding)
	}
	if worst < 10 {
		t.Errorf("%s, %s: all conditions of order %d hold as well; the order is understated", tab.Name, what, order+1)
	}
}

// sizes returns the sums of the absolute values of the terms of b_i(theta).
func sizes(tab *Tableau, theta float64) []float64 {
	size := make([]float64, tab.AllStages())
	for i, row := range tab.Dense {
		for j, c := range row {
			if tab.Centred {
				size[i] += math.Abs(c) * theta * (1 - theta) * math.Pow(math.Abs(2*theta-1), float64(j))
			} else {
				size[i] += math.Abs(c) * math.Pow(theta, float64(j+1))
			}
		}
		if tab.Centred && i < len(tab.B) {
			size[i] += math.Abs(tab.B[i]) * theta
		}
	}
	return size
}

func TestInterpolantOrder(t *testing.T) {
	trees := treesOf(highest)
	for _, tab := range tableaux() {
		if tab.DenseOrder < tab.Order-1 {
			t.Errorf("%s: the interpolant has order %d, the method %d", tab.Name, tab.DenseOrder, tab.Order)
		}
		w := make([]float64, tab.AllStages())
		for _, theta := range []float64{0.1, 0.4, 0.77} {
			tab.Weights(w, theta)
			checkOrder(t, tab, "interpolant", w, sizes(tab, theta), theta, tab.DenseOrder, trees)
		}
		tab.Weights(w, 1)
		size := sizes(tab, 1)
		for i, wi := range w {
			b := 0.0
			if i < len(tab.B) {
				b = tab.B[i]
			}
			if d := math.Abs(wi - b); d > 4*0x1p-52*(1+size[i]) {
				t.Errorf("%s: b_%d(1) is off by %.2g", tab.Name, i, d)
			}
		}
	}
}

func TestWeightRates(t *testing.T) {
	for _, tab := range tableaux() {
		s := tab.AllStages()
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
		if len(tab.A[0]) == 0 && math.Abs(rate[0]-1) > 1e-12 {
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
