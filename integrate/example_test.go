package integrate_test

import (
	"context"
	"fmt"
	"math"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

func ExampleSolve() {
	pendulum := integrate.Problem[[]float64]{
		F: func(dy []float64, _ float64, y []float64) error {
			dy[0], dy[1] = y[1], -math.Sin(y[0])
			return nil
		},
		T1: 10, Y0: []float64{1, 0},
	}
	sol, err := integrate.Solve(context.Background(), pendulum, integrate.Tsit5{}, &integrate.Settings{RelTol: 1e-9})
	if err != nil {
		fmt.Println(err)
		return
	}
	y := make([]float64, 2)
	if err := sol.At(y, 2); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("angle %.4f, speed %.4f\n", y[0], y[1])
	// Output: angle -0.3062, speed -0.9090
}

// Steps are iterated as they are made, in constant memory.
func ExampleRun_Steps() {
	growth := integrate.Problem[[]float64]{
		F:  func(dy []float64, _ float64, y []float64) error { dy[0] = y[0]; return nil },
		T1: 5, Y0: []float64{1},
	}
	run := integrate.Start(context.Background(), growth, integrate.Dopri5{}, nil)
	for step := range run.Steps() {
		if step.Y1[0] > 100 {
			fmt.Printf("beyond 100 in the step that begins at %.1f\n", step.T0)
			break
		}
	}
	if err := run.Err(); err != nil {
		fmt.Println(err)
	}
	// Output: beyond 100 in the step that begins at 4.5
}

// planet is a state of a user's own: a plain struct of floats needs no glue.
type planet struct{ Pos, Vel [2]float64 }

func ExampleStruct() {
	orbit := integrate.Problem[*planet]{
		F: func(dy *planet, _ float64, y *planet) error {
			r := math.Hypot(y.Pos[0], y.Pos[1])
			dy.Pos = y.Vel
			for i := range dy.Vel {
				dy.Vel[i] = -y.Pos[i] / (r * r * r)
			}
			return nil
		},
		T1: 2 * math.Pi, Y0: &planet{Pos: [2]float64{1, 0}, Vel: [2]float64{0, 1}},
		Space: space.Struct[planet](),
	}
	sol, err := integrate.Solve(context.Background(), orbit, integrate.Tsit5{}, &integrate.Settings{RelTol: 1e-10, AbsTol: 1e-10})
	if err != nil {
		fmt.Println(err)
		return
	}
	end := sol.Y[len(sol.Y)-1]
	fmt.Printf("after one turn: %.6f %.6f\n", end.Pos[0], math.Abs(end.Pos[1]))
	// Output: after one turn: 1.000000 0.000000
}

// matrix2 is a state type with a space written by hand: four methods are enough for
// every explicit method.
type matrix2 [2][2]float64

type matrices struct{}

func (matrices) New(*matrix2) *matrix2  { return new(matrix2) }
func (matrices) Copy(dst, src *matrix2) { *dst = *src }
func (matrices) AddScaled(dst, x *matrix2, c []float64, k []*matrix2) {
	sum := *x
	for n, cn := range c {
		for i := range sum {
			for j := range sum[i] {
				sum[i][j] += cn * k[n][i][j]
			}
		}
	}
	*dst = sum
}
func (matrices) Norm(e, y0, y1 *matrix2, tol space.Tolerance) float64 {
	sum := 0.0
	for i := range e {
		for j := range e[i] {
			w := e[i][j] / (tol.Abs + tol.Rel*max(math.Abs(y0[i][j]), math.Abs(y1[i][j])))
			sum += w * w
		}
	}
	return math.Sqrt(sum / 4)
}

// The exponential of a matrix as the solution of Y' = A Y, Y(0) = I, in a state type
// of one's own.
func Example_ownState() {
	a := matrix2{{0, 1}, {-1, 0}} // a rotation
	p := integrate.Problem[*matrix2]{
		F: func(dy *matrix2, _ float64, y *matrix2) error {
			for i := range dy {
				for j := range dy[i] {
					dy[i][j] = a[i][0]*y[0][j] + a[i][1]*y[1][j]
				}
			}
			return nil
		},
		T1: math.Pi / 2, Y0: &matrix2{{1, 0}, {0, 1}}, Space: matrices{},
	}
	sol, err := integrate.Solve(context.Background(), p, integrate.Tsit5{}, &integrate.Settings{RelTol: 1e-10, AbsTol: 1e-10})
	if err != nil {
		fmt.Println(err)
		return
	}
	y := sol.Y[len(sol.Y)-1]
	fmt.Printf("%.6f %.6f\n", y[0][1], y[1][0])
	// Output: 1.000000 -1.000000
}

// A pendulum over a thousand time units: the energy of the last step is that of the
// first to what a step wavers.
func ExampleVerlet() {
	pendulum := integrate.Separable[[]float64, []float64]{
		F: func(dp []float64, _ float64, q []float64) error { dp[0] = -math.Sin(q[0]); return nil },
	}
	p := pendulum.Problem([]float64{1}, []float64{0}, 0, 1000)
	energy := func(y space.Pair[[]float64, []float64]) float64 {
		return y.Second[0]*y.Second[0]/2 - math.Cos(y.First[0])
	}
	run := integrate.Start(context.Background(), p, integrate.Verlet{}, &integrate.Settings{FixedStep: 1. / 16})
	worst := 0.0
	for step := range run.Steps() {
		worst = max(worst, math.Abs(energy(step.Y1)-energy(p.Y0)))
	}
	fmt.Printf("%v, %d steps, energy to %.0e\n", run.Err(), run.Stats().Steps, worst)
	// Output: <nil>, 16000 steps, energy to 4e-04
}
