package integrate

import "math"

// Rosenbrock23 is the method of Shampine and Reichelt, known as ode23s: order 2,
// three stages of which the last is the first of the next step, L-stable, with an error
// estimate of order 3 and an interpolant of order 2. It is for stiff problems at
// tolerances of 1e-3 or so, and forgives a right-hand side that is not smooth.
//
// A step costs one Jacobian, one factorisation, two evaluations of f and three
// solutions.
type Rosenbrock23 struct{}

var _ Rosenbrock = Rosenbrock23{}

func (Rosenbrock23) String() string { return "rosenbrock23" }

// Coefficients implements [Rosenbrock].
func (Rosenbrock23) Coefficients() *RosenbrockTableau { return &rosenbrock23 }

// In the paper's letters d = 1/(2+sqrt 2) and e32 = 6+sqrt 2, and k_i = u_1/d and
// (u_1+u_2)/d for i = 1, 2.
const (
	ros23Inv = 2 + math.Sqrt2 // 1/d
	ros23E32 = 6 + math.Sqrt2
)

var rosenbrock23 = RosenbrockTableau{
	Name:       "rosenbrock23",
	Source:     "Shampine, Reichelt, SIAM J. Sci. Comput. 18 (1997) 1, section 2.2",
	Order:      2,
	Estimate:   2,
	Gamma:      1 / ros23Inv,
	A:          [][]float64{{}, {ros23Inv / 2}, {ros23Inv, ros23Inv}},
	C:          [][]float64{{}, {-ros23Inv}, {-2 * ros23Inv, -ros23E32 * ros23Inv}},
	M:          []float64{ros23Inv, ros23Inv, 0},
	E:          []float64{-ros23Inv / 6, (2 - ros23E32) * ros23Inv / 6, -ros23Inv / 6},
	Times:      []float64{0, 1. / 2, 1},
	D:          []float64{1 / ros23Inv, 0, -1 / ros23Inv},
	H:          [][]float64{{0, -ros23Inv / (1 - 2/ros23Inv), 0}},
	DenseOrder: 2,
	FSAL:       true,
}
