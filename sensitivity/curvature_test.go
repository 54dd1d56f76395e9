package sensitivity

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/internal/problems"
)

// everyPathTwice is everyPath with the second derivatives of the loss and of the
// initial state.
func everyPathTwice() (Problem[[]float64], *Loss[[]float64]) {
	p, loss := everyPath()
	loss.Second = func(out, gp []float64, k int, _, _, vy, vp []float64) error {
		out[0], out[1] = vy[1], vy[0]
		if vp != nil {
			out[0] += float64(k) * vp[2]
		}
		gp[2] += float64(k) * vy[0]
		return nil
	}
	loss.GSecond = func(out, gp []float64, t float64, y, p, vy, vp []float64) error {
		out[0], out[1] = 2*vy[0]*math.Sin(t), 0
		gp[1] += 2 * p[1] * vy[1]
		if vp != nil {
			out[1] = 2 * p[1] * vp[1]
			gp[1] += 2 * vp[1] * y[1]
		}
		return nil
	}
	p.System.Initial.SecondOrder = func(gp, _, vp, w []float64) error {
		gp[0] += 2 * vp[0] * w[0]
		gp[1] += vp[3] * w[1] / 10
		gp[3] += vp[1] * w[1] / 10
		return nil
	}
	return p, loss
}

// On a frozen grid the Hessian is the exact derivative of the exact gradient, by every
// path: symmetric to rounding, its differences of gradients to the accuracy of these,
// and the remainder of the second Taylor polynomial falls with the third power.
func TestHessianIsExactOnTheGrid(t *testing.T) {
	p, loss := everyPathTwice()
	for _, solver := range []integrate.Method{integrate.Tsit5{}, integrate.BS3{}, integrate.RK4{}, integrate.Vern7{}} {
		set := &Settings{Settings: integrate.Settings{Grid: roughGrid(p.T0, p.T1, 0.2)}, Solver: solver}
		h, r, err := Hessian(context.Background(), p, loss, Curve{}, set)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := Gradient(context.Background(), p, loss, Discrete{}, set)
		if err != nil {
			t.Fatal(err)
		}
		if d := max(apart(r.P, plain.P), apart(r.Y0, plain.Y0), math.Abs(r.Value/plain.Value-1)); d > 1e-13 {
			t.Errorf("%v: gradient and value differ by %.1e from those of Discrete", solver, d)
		}
		at := func(q []float64) *Result[[]float64] {
			moved := p
			moved.P = q
			r, err := Gradient(context.Background(), moved, loss, Discrete{}, set)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		for i := range h {
			column := make([]float64, len(h))
			for j := range h {
				if math.Abs(h[i][j]-h[j][i]) > 1e-12*math.Max(math.Abs(h[i][i]), math.Abs(h[j][j])) {
					t.Errorf("%v: H[%d][%d] = %v, H[%d][%d] = %v", solver, i, j, h[i][j], j, i, h[j][i])
				}
				column[j] = h[j][i]
			}
			const e = 1e-5
			up, down := slices.Clone(p.P), slices.Clone(p.P)
			up[i] += e
			down[i] -= e
			g, l := at(up).P, at(down).P
			for j := range g {
				g[j] = (g[j] - l[j]) / (up[i] - down[i])
			}
			if d := apart(column, g); d > 1e-7 { // e^2 from the difference, 1e-15/e from rounding
				t.Errorf("%v: column %d and differences are %.1e apart", solver, i, d)
			}
		}
		dir := []float64{0.3, -0.2, 0.4, 0.1}
		var slopes []float64
		for _, e := range []float64{1e-1, 1e-2, 1e-3} {
			q, quad, lin := slices.Clone(p.P), 0.0, 0.0
			for i, d := range dir {
				q[i] += e * d
				lin += e * d * r.P[i]
				for j, f := range dir {
					quad += e * e * d * f * h[i][j] / 2
				}
			}
			slopes = append(slopes, math.Abs(at(q).Value-r.Value-lin-quad))
		}
		for i := 1; i < len(slopes); i++ {
			if s := math.Log10(slopes[i-1] / slopes[i]); math.Abs(s-3) > 0.15 {
				t.Errorf("%v: the remainder falls with the power %.2f, want 3", solver, s)
			}
		}
	}
}

// Differences of the VJP stand in for System.SecondOrder, with a warning; checkpoints
// change no bit; products along any direction are those of the matrix.
func TestHessianProducts(t *testing.T) {
	p, loss := everyPathTwice()
	want, _, err := Hessian(context.Background(), p, loss, Curve{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	thin, _, err := Hessian(context.Background(), p, loss, Curve{Checkpoints: Checkpoints{Every: 5}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if !slices.Equal(want[i], thin[i]) {
			t.Errorf("with checkpoints row %d is %v, want %v", i, thin[i], want[i])
		}
	}
	sys := *p.System
	sys.SecondOrder = nil
	p.System = &sys
	dir := []float64{0.3, -0.2, 0.4, 0.1}
	c, err := Products(context.Background(), p, loss, []Direction[[]float64]{{P: dir}, {Y0: []float64{1, 2}}}, Curve{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	hv := make([]float64, len(dir))
	for i := range hv {
		hv[i] = product(want[i], dir)
	}
	if d := apart(c.P[0], hv); d > 1e-6 { // other steps: other tangents are in the error control
		t.Errorf("H v is %.1e off", d)
	}
	if len(c.Gradient.Warnings) == 0 {
		t.Error("differences without a warning")
	}
	loss.Second = nil
	if _, err := Products(context.Background(), p, loss, nil, Curve{}, nil); !errors.Is(err, ErrNoDerivative) {
		t.Errorf("a loss without Second: %v", err)
	}
}

// The Gauss-Newton matrix of a sum of squares is 2 J^T J, with J by tangents on the
// same grid.
func TestGaussNewton(t *testing.T) {
	q := problems.LotkaVolterra()
	p := problemOf(q)
	times := []float64{1, 2.5, 4, 9.7}
	data := [][]float64{{1, 1}, {2, 0.5}, {1, math.NaN()}, {0.2, 0.3}}
	set := &Settings{Settings: integrate.Settings{Grid: roughGrid(p.T0, p.T1, 0.3)}}
	h, _, err := Hessian(context.Background(), p, SumOfSquares(times, data, nil), Curve{GaussNewton: true}, set)
	if err != nil {
		t.Fatal(err)
	}
	path, err := Trajectory(context.Background(), p, times, ParameterDirections[[]float64](4), set)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		want := make([]float64, 4)
		for j := range want {
			for k := range times {
				for c, d := range data[k] {
					if !math.IsNaN(d) {
						want[j] += 2 * path.Tangents[k][i][c] * path.Tangents[k][j][c]
					}
				}
			}
		}
		if d := apart(h[i], want); d > 1e-12 {
			t.Errorf("row %d is %.1e off", i, d)
		}
	}
}
