package integrate

// Kvaerno5 is the method of Kvaerno: order 5, six implicit stages behind an explicit
// one, L-stable and stiffly accurate, with an embedded solution of order 4 that is
// stiffly accurate too, and an interpolant of order 4, for which three more stages are
// solved when it is asked for. Its stages are of order 2. It is for stiff problems at tight
// tolerances.
//
// One of its stages lies beyond the step, at 1.23 h. Steps in which that is beyond a
// break or the end of the problem are steps of [KenCarp4].
type Kvaerno5 struct{}

var _ ImplicitRungeKutta = Kvaerno5{}

func (Kvaerno5) String() string { return "kvaerno5" }

// ImplicitTableau implements [ImplicitRungeKutta].
func (Kvaerno5) ImplicitTableau() *Tableau { return &kvaerno5 }

var kvaerno5B = []float64{0.13659751177640291, 0, -0.05496908796538376, -0.04118626728321046, 0.62993304899016403, 0.06962479448202728, 0.26}

// kvaerno5Inside are the stages of the interpolant, implicit in the quarters of the
// step: the solution there to order 4, with the least coefficients.
var (
	kvaerno5Quarters = []float64{1. / 4, 1. / 2, 3. / 4}
	kvaerno5Inside   = [][]float64{
		{0.079288287110028943, 0, -0.0095634273116746958, -0.004608180958943232, -0.10159702554200753, 0.013240173351298247, 0.013240173351298247, 0.26},
		{0.16900600250353948, 0, 0.019200052125445309, -0.23638907518371471, 0.18639992649815013, 0.050891547028289859, 0.050891547028289887, 0, 0.26},
		{0.15470935041191686, 0, 0.0013010855656361703, -0.34599095838877436, 0.50638950296980734, 0.086795509720706959, 0.086795509720707015, 0, 0, 0.26},
	}
)

var kvaerno5 = Tableau{
	Name:     "kvaerno5",
	Source:   "Kvaerno, BIT 44 (2004) 489, the pair of orders 4 and 5",
	Order:    5,
	Estimate: 4,
	A: [][]float64{
		{0},
		{0.26, 0.26},
		{0.13, 0.84033320996790809, 0.26},
		{0.22371961478320505, 0.47675532319799699, -0.06470895363112615, 0.26},
		{0.16648564323248321, 0.1045001884159172, 0.03631482272098715, -0.13090704451073998, 0.26},
		{0.13855640231268224, 0, -0.04245337201752043, 0.02446657898003141, 0.61943039072480676, 0.26},
		kvaerno5B,
		kvaerno5Inside[0], kvaerno5Inside[1], kvaerno5Inside[2],
	},
	B: kvaerno5B,
	C: []float64{0, 0.52, 1.230333209967908, 0.895765984350076, 0.436393609858648, 1, 1, 1. / 4, 1. / 2, 3. / 4},
	E: []float64{
		0.13659751177640291 - 0.13855640231268224, 0, -0.05496908796538376 + 0.04245337201752043, -0.04118626728321046 - 0.02446657898003141,
		0.62993304899016403 - 0.61943039072480676, 0.06962479448202728 - 0.26, 0.26,
	},
	Dense:      through(kvaerno5B, kvaerno5Quarters, kvaerno5Inside),
	DenseOrder: 4,
}
