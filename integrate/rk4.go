package integrate

// RK4 is the classical Runge-Kutta method of order 4, for fixed steps. Its
// interpolant has order 3 and needs no further stage.
type RK4 struct{}

var _ RungeKutta = RK4{}

func (RK4) String() string { return "rk4" }

// Tableau implements [RungeKutta].
func (RK4) Tableau() *Tableau { return &rk4 }

var rk4 = Tableau{
	Name:   "rk4",
	Source: "Kutta 1901; Hairer, Norsett, Wanner, Solving ODEs I, table II.1.2; interpolant eq. II.6.18",
	Order:  4,
	A:      [][]float64{{}, {1. / 2}, {0, 1. / 2}, {0, 0, 1}},
	B:      []float64{1. / 6, 1. / 3, 1. / 3, 1. / 6},
	C:      []float64{0, 1. / 2, 1. / 2, 1},
	Dense: [][]float64{
		{1, -3. / 2, 2. / 3},
		{0, 1, -2. / 3},
		{0, 1, -2. / 3},
		{0, -1. / 2, 2. / 3},
	},
	DenseOrder: 3,
}
