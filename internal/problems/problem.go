package problems

import "github.com/odefit/odefit/dynsys"

// Problem is the initial value problem y' = f(t, y, p), y(T0) = Y0, on [T0, T1].
// No slice in it is shared with another Problem; System keeps no scratch memory
// and may be used by many goroutines.
type Problem struct {
	Name   string   // also the name of its files in testdata/refs
	Params []string // names of the parameters, in the order of P
	P      []float64
	Y0     []float64
	T0, T1 float64

	// Stiff says that an explicit method would need very many steps.
	Stiff bool

	// System is f with hand-written JVP, VJP and Jacobian.
	System *dynsys.System[[]float64]

	// Complex is f continued to complex states and parameters. Its imaginary part
	// at y + ih vy, p + ih vp, divided by a tiny h, is f_y vy + f_p vp to rounding
	// error: a truth that no JVP has a part in, also for whole solutions.
	Complex func(dy []complex128, t float64, y, p []complex128) error

	// Exact returns the solution and its derivatives at t in closed form. It is
	// nil where there is none (or where it is not written down here).
	Exact func(t float64) Point
}

// Point is the solution at one time, with its derivatives in the parameters and
// in the initial values: DP[i][j] = dy_i/dp_j and DY0[i][j] = dy_i/dy0_j, nil
// where they are not known.
type Point struct {
	T   float64
	Y   []float64
	DP  [][]float64
	DY0 [][]float64
}

// All returns every problem of the package, the stiff ones last.
func All() []*Problem {
	return []*Problem{
		ExponentialDecay(),
		ModulatedGrowth(),
		HarmonicOscillator(),
		Linear(),
		ConstantSolution(),
		LotkaVolterra(),
		FitzHughNagumo(),
		SIR(),
		DampedPendulum(),
		PK1(),
		Lorenz(),
		Arenstorf(),
		Pleiades(),
		Rober(),
		Hires(),
		Oregonator(),
		VanDerPolStiff(),
		Pollu(),
	}
}
