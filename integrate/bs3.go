package integrate

// BS3 is the Bogacki-Shampine 3(2) pair: order 3, four stages of which the last is
// the first of the next step. Its interpolant is the cubic Hermite polynomial,
// order 3. Good for tolerances of 1e-2 to 1e-4 and for rough right-hand sides.
type BS3 struct{}

var _ RungeKutta = BS3{}

func (BS3) String() string { return "bs3" }

// Tableau implements [RungeKutta].
func (BS3) Tableau() *Tableau { return &bs3 }

var bs3 = Tableau{
	Name:     "bs3",
	Source:   "Bogacki, Shampine, Appl. Math. Lett. 2 (1989) 321",
	Order:    3,
	Estimate: 2,
	A:        [][]float64{{}, {1. / 2}, {0, 3. / 4}, {2. / 9, 1. / 3, 4. / 9}},
	B:        []float64{2. / 9, 1. / 3, 4. / 9, 0},
	C:        []float64{0, 1. / 2, 3. / 4, 1},
	E:        []float64{-5. / 72, 1. / 12, 1. / 9, -1. / 8},
	Dense: [][]float64{
		{1, -4. / 3, 5. / 9},
		{0, 1, -2. / 3},
		{0, 4. / 3, -8. / 9},
		{0, -1, 1},
	},
	DenseOrder: 3,
	FSAL:       true,
}
