package integrate

// Dopri5 is the Dormand-Prince 5(4) pair: order 5, seven stages of which the last
// is the first of the next step. Its interpolant has order 4.
type Dopri5 struct{}

var _ RungeKutta = Dopri5{}

func (Dopri5) String() string { return "dopri5" }

// Tableau implements [RungeKutta].
func (Dopri5) Tableau() *Tableau { return &dopri5 }

var dopri5 = Tableau{
	Name: "dopri5",
	Source: "Dormand, Prince, J. Comput. Appl. Math. 6 (1980) 19; Hairer, Norsett, Wanner, Solving ODEs I, " +
		"table II.5.2; interpolant: Shampine, Math. Comp. 46 (1986) 135",
	Order:    5,
	Estimate: 4,
	A: [][]float64{
		{},
		{1. / 5},
		{3. / 40, 9. / 40},
		{44. / 45, -56. / 15, 32. / 9},
		{19372. / 6561, -25360. / 2187, 64448. / 6561, -212. / 729},
		{9017. / 3168, -355. / 33, 46732. / 5247, 49. / 176, -5103. / 18656},
		{35. / 384, 0, 500. / 1113, 125. / 192, -2187. / 6784, 11. / 84},
	},
	B: []float64{35. / 384, 0, 500. / 1113, 125. / 192, -2187. / 6784, 11. / 84, 0},
	C: []float64{0, 1. / 5, 3. / 10, 4. / 5, 8. / 9, 1, 1},
	E: []float64{71. / 57600, 0, -71. / 16695, 71. / 1920, -17253. / 339200, 22. / 525, -1. / 40},
	Dense: [][]float64{
		{1, -8048581381. / 2820520608, 8663915743. / 2820520608, -12715105075. / 11282082432},
		{},
		{0, 131558114200. / 32700410799, -68118460800. / 10900136933, 87487479700. / 32700410799},
		{0, -1754552775. / 470086768, 14199869525. / 1410260304, -10690763975. / 1880347072},
		{0, 127303824393. / 49829197408, -318862633887. / 49829197408, 701980252875. / 199316789632},
		{0, -282668133. / 205662961, 2019193451. / 616988883, -1453857185. / 822651844},
		{0, 40617522. / 29380423, -110615467. / 29380423, 69997945. / 29380423},
	},
	DenseOrder: 4,
	FSAL:       true,
}
