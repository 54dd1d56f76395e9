package sensitivity

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/internal/problems"
)

// problemOf makes a Problem of a standard one.
func problemOf(q *problems.Problem) Problem[[]float64] {
	return Problem[[]float64]{System: q.System, P: q.P, T0: q.T0, T1: q.T1, Y0: q.Y0}
}

// tolerances returns settings with rel and abs.
func tolerances(rel, abs float64) *Settings {
	return &Settings{Settings: integrate.Settings{RelTol: rel, AbsTol: abs}}
}

// allDirections returns every parameter and every initial value.
func allDirections(t *testing.T, p Problem[[]float64]) []Direction[[]float64] {
	t.Helper()
	m, err := newModel(p)
	if err != nil {
		t.Fatal(err)
	}
	y0, err := initialDirections(m)
	if err != nil {
		t.Fatal(err)
	}
	return append(ParameterDirections[[]float64](len(p.P)), y0...)
}

// sensitivityError returns the largest error of states and of tangents, each
// relative to the largest entry of its column over all times and components: what
// a norm-wise error control can promise.
func sensitivityError(path *Path[[]float64], points []problems.Point) (state, tangent float64) {
	np := len(points[0].DP[0])
	entry := func(x problems.Point, i, j int) float64 {
		switch {
		case j < 0:
			return x.Y[i]
		case j < np:
			return x.DP[i][j]
		}
		return x.DY0[i][j-np]
	}
	for j := -1; j < len(path.Tangents[0]); j++ {
		var worst, size float64
		for k, x := range points {
			for i := range x.Y {
				got := path.Y[k][i]
				if j >= 0 {
					got = path.Tangents[k][j][i]
				}
				worst = max(worst, math.Abs(got-entry(x, i, j)))
				size = max(size, math.Abs(entry(x, i, j)))
			}
		}
		if size > 0 {
			worst /= size
		}
		if j < 0 {
			state = worst
		} else {
			tangent = max(tangent, worst)
		}
	}
	return state, tangent
}

func TestTrajectoryAgainstReferences(t *testing.T) {
	tested := 0
	for _, q := range problems.All() {
		points, err := q.Sensitivities()
		if q.Stiff || errors.Is(err, problems.ErrNoReference) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		tested++
		t.Run(q.Name, func(t *testing.T) {
			var times []float64
			for _, x := range points {
				times = append(times, x.T)
			}
			p := problemOf(q)
			dirs := allDirections(t, p)
			previous := math.Inf(1)
			for _, rel := range []float64{1e-4, 1e-7, 1e-10} {
				path, err := Trajectory(context.Background(), p, times, dirs, tolerances(rel, rel*1e-3))
				if err != nil {
					t.Fatal(err)
				}
				state, tangent := sensitivityError(path, points)
				t.Logf("rtol %g: state %.1e, tangents %.1e, %d steps", rel, state, tangent, path.Stats.Steps)
				if tangent > previous/20 && tangent > 1e-12 {
					t.Errorf("rtol %g: tangents wrong by %.1e, by %.1e before", rel, tangent, previous)
				}
				previous = tangent
				// Errors of single steps add up over the interval: a factor of 1000
				// covers every problem here, most by far.
				if worst := max(state, tangent); worst > 1000*rel {
					t.Errorf("rtol %g: error %.1e", rel, worst)
				}
			}
		})
	}
	if tested < 5 {
		t.Errorf("only %d problems had references", tested)
	}
}
