package integrate

// SDIRK4 is the singly diagonally implicit Runge-Kutta method of Hairer and Wanner:
// order 4, five stages, L-stable and stiffly accurate, with an embedded solution of
// order 3. It is for stiff problems.
//
// It needs the Jacobian of the problem, a Newton solver, or a space with coordinates,
// in which it takes differences.
type SDIRK4 struct{}

var _ ImplicitRungeKutta = SDIRK4{}

// ImplicitTableau implements [ImplicitRungeKutta].
func (SDIRK4) ImplicitTableau() *Tableau { return &sdirk4 }

func (SDIRK4) String() string { return "sdirk4" }

var sdirk4 = Tableau{
	Name:     "sdirk4",
	Source:   "Hairer, Wanner, Solving ODEs II, table IV.6.5, interpolant eq. IV.6.17",
	Order:    4,
	Estimate: 3,
	A: [][]float64{
		{1. / 4},
		{1. / 2, 1. / 4},
		{17. / 50, -1. / 25, 1. / 4},
		{371. / 1360, -137. / 2720, 15. / 544, 1. / 4},
		{25. / 24, -49. / 48, 125. / 16, -85. / 12, 1. / 4},
	},
	B: []float64{25. / 24, -49. / 48, 125. / 16, -85. / 12, 1. / 4},
	C: []float64{1. / 4, 3. / 4, 11. / 20, 1. / 2, 1},
	E: []float64{25./24 - 59./48, -49./48 + 17./96, 125./16 - 225./32, 0, 1. / 4},
	Dense: [][]float64{
		{11. / 3, -463. / 72, 217. / 36, -20. / 9},
		{11. / 2, -385. / 16, 661. / 24, -10},
		{-125. / 18, 20125. / 432, -8875. / 216, 250. / 27},
		{0, -85. / 4, 85. / 6, 0},
		{-11. / 9, 557. / 108, -359. / 54, 80. / 27},
	},
	DenseOrder: 3,
}
