package problems

// Pollu is the chemistry of air pollution: 20 species, 25 reactions, rate constants
// from 1e-4 to 4e11, on a time scale of one hour (Verwer, SIAM Journal on Scientific
// Computing 15, 1994; Test Set for IVP Solvers).
func Pollu() *Problem {
	network := []reaction{
		{[]int{1}, []int{2, 3}},
		{[]int{2, 4}, []int{1}},
		{[]int{5, 2}, []int{1, 6}},
		{[]int{7}, []int{5, 5, 8}},
		{[]int{7}, []int{8}},
		{[]int{7, 6}, []int{5, 8}},
		{[]int{9}, []int{5, 8, 10}},
		{[]int{9, 6}, []int{11}},
		{[]int{11, 2}, []int{1, 10, 12}},
		{[]int{11, 1}, []int{13}},
		{[]int{13}, []int{1, 11}},
		{[]int{10, 2}, []int{1, 14}},
		{[]int{14}, []int{5, 7}},
		{[]int{1, 6}, []int{15}},
		{[]int{3}, []int{4}},
		{[]int{4}, []int{16}},
		{[]int{4}, []int{3}},
		{[]int{16}, []int{6, 6}},
		{[]int{16}, []int{3}},
		{[]int{17, 6}, []int{5, 18}},
		{[]int{19}, []int{2}},
		{[]int{19}, []int{1, 3}},
		{[]int{1, 4}, []int{19}},
		{[]int{19, 1}, []int{20}},
		{[]int{20}, []int{1, 19}},
	}
	return &Problem{
		Name: "pollu",
		Params: []string{
			"k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8", "k9", "k10",
			"k11", "k12", "k13", "k14", "k15", "k16", "k17", "k18", "k19", "k20",
			"k21", "k22", "k23", "k24", "k25",
		},
		P: []float64{
			0.35, 26.6, 12300, 0.00086, 0.00082, 15000, 0.00013, 24000, 16500, 9000,
			0.022, 12000, 1.88, 16300, 4.8e6, 0.00035, 0.0175, 1e8, 4.44e11, 1240,
			2.1, 5.78, 0.0474, 1780, 3.12,
		},
		Y0: []float64{
			0, 0.2, 0, 0.04, 0, 0, 0.1, 0.3, 0.01, 0,
			0, 0, 0, 0, 0, 0, 0.007, 0, 0, 0,
		},
		T1:      60,
		Stiff:   true,
		Complex: react[complex128](network),
		System:  reactionSystem(20, network),
	}
}
