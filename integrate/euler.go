package integrate

// Euler is the explicit Euler method, order 1, for fixed steps. Its interpolant
// is the straight line, order 1. It is here for teaching and for tests.
type Euler struct{}

var _ RungeKutta = Euler{}

func (Euler) String() string { return "euler" }

// Tableau implements [RungeKutta].
func (Euler) Tableau() *Tableau { return &euler }

var euler = Tableau{
	Name:       "euler",
	Source:     "Euler 1768; Hairer, Norsett, Wanner, Solving ODEs I, section I.7",
	Order:      1,
	A:          [][]float64{{}},
	B:          []float64{1},
	C:          []float64{0},
	Dense:      [][]float64{{1}},
	DenseOrder: 1,
}
