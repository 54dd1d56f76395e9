package integrate

// KenCarp4 is ESDIRK4(3)6L[2]SA, the implicit part of the additive method of Kennedy
// and Carpenter: order 4, five implicit stages behind an explicit one, L-stable and
// stiffly accurate, with an embedded solution of order 3 and a cubic interpolant. Its
// stages are of order 2. It is for stiff problems at moderate tolerances whose
// Jacobians are too costly for [Rodas5P]: here one, and its factors, serve many steps.
type KenCarp4 struct{}

var _ ImplicitRungeKutta = KenCarp4{}

func (KenCarp4) String() string { return "kencarp4" }

// ImplicitTableau implements [ImplicitRungeKutta].
func (KenCarp4) ImplicitTableau() *Tableau { return &kencarp4 }

var kencarp4B = []float64{82889. / 524892, 0, 15625. / 83664, 69875. / 102672, -2260. / 8211, 1. / 4}

var kencarp4 = Tableau{
	Name:     "kencarp4",
	Source:   "Kennedy, Carpenter, Appl. Numer. Math. 44 (2003) 139, ARK4(3)6L[2]SA",
	Order:    4,
	Estimate: 3,
	A: [][]float64{
		{0},
		{1. / 4, 1. / 4},
		{8611. / 62500, -1743. / 31250, 1. / 4},
		{5012029. / 34652500, -654441. / 2922500, 174375. / 388108, 1. / 4},
		{15267082809. / 155376265600, -71443401. / 120774400, 730878875. / 902184768, 2285395. / 8070912, 1. / 4},
		kencarp4B,
	},
	B: kencarp4B,
	C: []float64{0, 1. / 2, 83. / 250, 31. / 50, 17. / 20, 1},
	E: []float64{
		82889./524892 - 4586570599./29645900160, 0, 15625./83664 - 178811875./945068544,
		69875./102672 - 814220225./1159782912, -2260./8211 + 3700637./11593932, 1./4 - 61727./225920,
	},
	Dense:      hermite(kencarp4B),
	DenseOrder: 3,
}
