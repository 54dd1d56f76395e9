package integrate

// Heun is the explicit trapezoidal rule of order 2, for fixed steps. Its
// interpolant is a parabola, order 2.
type Heun struct{}

var _ RungeKutta = Heun{}

func (Heun) String() string { return "heun" }

// Tableau implements [RungeKutta].
func (Heun) Tableau() *Tableau { return &heun }

var heun = Tableau{
	Name:       "heun",
	Source:     "Heun 1900; Hairer, Norsett, Wanner, Solving ODEs I, table II.1.1",
	Order:      2,
	A:          [][]float64{{}, {1}},
	B:          []float64{1. / 2, 1. / 2},
	C:          []float64{0, 1},
	Dense:      [][]float64{{1, -1. / 2}, {0, 1. / 2}},
	DenseOrder: 2,
}
