package integrate

import "math"

// TRBDF2 is the trapezoidal rule followed by BDF2, as one step: order 2, two implicit
// stages with the same matrix, L-stable and stiffly accurate, with an error estimate of
// order 3 and a cubic interpolant. It is for stiff problems at tolerances of 1e-3 or
// so, and for right-hand sides that are not smooth.
type TRBDF2 struct{}

var _ ImplicitRungeKutta = TRBDF2{}

func (TRBDF2) String() string { return "trbdf2" }

// ImplicitTableau implements [ImplicitRungeKutta].
func (TRBDF2) ImplicitTableau() *Tableau { return &trbdf2 }

const (
	trbdf2D = 1 - math.Sqrt2/2
	trbdf2W = math.Sqrt2 / 4
)

var trbdf2 = Tableau{
	Name:     "trbdf2",
	Source:   "Hosea, Shampine, Appl. Numer. Math. 20 (1996) 21, table 1",
	Order:    2,
	Estimate: 2,
	A: [][]float64{
		{0},
		{trbdf2D, trbdf2D},
		{trbdf2W, trbdf2W, trbdf2D},
	},
	B: []float64{trbdf2W, trbdf2W, trbdf2D},
	C: []float64{0, 2 * trbdf2D, 1},
	// b minus the weights of order 3, ((1-w)/3, (3w+1)/3, d/3) with w = sqrt(2)/4.
	E:          []float64{trbdf2W - (1-trbdf2W)/3, trbdf2W - (3*trbdf2W+1)/3, trbdf2D - trbdf2D/3},
	Dense:      hermite([]float64{trbdf2W, trbdf2W, trbdf2D}),
	DenseOrder: 2,
}
