package sensitivity

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
	"github.com/odefit/odefit/internal/problems"
)

// scalar makes a system of one state and one parameter from f and its partial
// derivatives.
func scalar(f, fy, fp func(t, y, p float64) float64) *dynsys.System[[]float64] {
	return &dynsys.System[[]float64]{
		Dim: 1, NumParams: 1,
		RHS: func(dy []float64, t float64, y, p []float64) error { dy[0] = f(t, y[0], p[0]); return nil },
		JVP: func(out []float64, t float64, y, p, vy, v []float64) error {
			out[0] = fy(t, y[0], p[0]) * vy[0]
			if v != nil {
				out[0] += fp(t, y[0], p[0]) * v[0]
			}
			return nil
		},
		VJP: func(gy, gp []float64, t float64, y, p, w []float64) error {
			gy[0] = fy(t, y[0], p[0]) * w[0]
			if gp != nil {
				gp[0] += fp(t, y[0], p[0]) * w[0]
			}
			return nil
		},
	}
}

func one(_, _, _ float64) float64  { return 1 }
func zero(_, _, _ float64) float64 { return 0 }

// fails checks that a method gives a typed error and no numbers.
func fails(t *testing.T, ctx context.Context, p Problem[[]float64], loss *Loss[[]float64], method Method, phase Phase, lo, hi float64, reason error) {
	t.Helper()
	r, err := Gradient(ctx, p, loss, method, nil)
	var where *Error
	switch {
	case r != nil:
		t.Errorf("%s: a result beside the error %v", name(method), err)
	case !errors.As(err, &where):
		t.Errorf("%s: %v is no *Error", name(method), err)
	case where.Phase != phase || where.T < lo || where.T > hi || where.Step < 0:
		t.Errorf("%s: %v; want the %v between %v and %v", name(method), where, phase, lo, hi)
	case !errors.Is(err, reason):
		t.Errorf("%s: %v; want %v", name(method), err, reason)
	}
}

// y' = p y^2 from 1 is infinite at t = 1.
func TestBlowUp(t *testing.T) {
	sys := scalar(
		func(_, y, p float64) float64 { return p * y * y },
		func(_, y, p float64) float64 { return 2 * p * y },
		func(_, y, p float64) float64 { return y * y })
	p := Problem[[]float64]{System: sys, P: []float64{1}, T1: 2, Y0: []float64{1}}
	for _, method := range methods() {
		r, err := Gradient(context.Background(), p, SumOfStates([]float64{0.5, 2}), method, nil)
		var where *Error
		if r != nil || !errors.As(err, &where) || where.Phase != ForwardPass || math.Abs(where.T-1) > 1e-3 || where.Step == 0 {
			t.Errorf("%s: %v, %v", name(method), r, err)
		}
	}
	path, err := Trajectory(context.Background(), p, []float64{0.5, 2}, nil, nil)
	var where *Error
	if path != nil || !errors.As(err, &where) {
		t.Errorf("trajectory: %v, %v", path, err)
	}
}

// y' = -1 is not defined below y = 1/2.
func TestNaNRegion(t *testing.T) {
	f := func(_, y, _ float64) float64 {
		if y < 0.5 {
			return math.NaN()
		}
		return -1
	}
	p := Problem[[]float64]{System: scalar(f, zero, zero), P: []float64{1}, T1: 2, Y0: []float64{1}}
	for _, method := range methods() {
		fails(t, context.Background(), p, SumOfStates([]float64{0.2, 2}), method, ForwardPass, 0.49, 0.51, integrate.ErrNonFinite)
	}
}

// A derivative that fails or is not finite in the backward pass alone.
func TestBackwardFailure(t *testing.T) {
	errTest := errors.New("no derivative below t = 1")
	sys := scalar(zero, zero, one)
	good := sys.VJP
	p := Problem[[]float64]{System: sys, P: []float64{1}, T1: 2, Y0: []float64{1}}
	for _, method := range methods()[1:] {
		sys.VJP = func(gy, gp []float64, t float64, y, p, w []float64) error {
			if t < 1 {
				return errTest
			}
			return good(gy, gp, t, y, p, w)
		}
		fails(t, context.Background(), p, SumOfStates([]float64{2}), method, BackwardPass, 0, 2, errTest)
		sys.VJP = func(gy, gp []float64, t float64, y, p, w []float64) error {
			err := good(gy, gp, t, y, p, w)
			if t < 1 {
				gy[0] = math.NaN()
			}
			return err
		}
		fails(t, context.Background(), p, SumOfStates([]float64{2}), method, BackwardPass, 0, 2, integrate.ErrNonFinite)
		// in the parameters alone
		sys.VJP = func(gy, gp []float64, t float64, y, p, w []float64) error {
			err := good(gy, gp, t, y, p, w)
			if t < 1 && gp != nil {
				gp[0] = math.Inf(1)
			}
			return err
		}
		fails(t, context.Background(), p, SumOfStates([]float64{2}), method, BackwardPass, 0, 2, integrate.ErrNonFinite)
	}
}

func TestCancelled(t *testing.T) {
	q := problems.LotkaVolterra()
	done, cancel := context.WithCancel(context.Background())
	cancel()
	for _, method := range methods() {
		fails(t, done, problemOf(q), SumOfStates([]float64{10}), method, ForwardPass, 0, 0, context.Canceled)
	}
	good := q.System.VJP
	for _, method := range methods()[1:] {
		ctx, cancel := context.WithCancel(context.Background())
		q.System.VJP = func(gy, gp []float64, t float64, y, p, w []float64) error {
			if t < 5 {
				cancel()
			}
			return good(gy, gp, t, y, p, w)
		}
		fails(t, ctx, problemOf(q), SumOfStates([]float64{10}), method, BackwardPass, 3, 6, integrate.ErrCancelled)
		cancel()
	}
}

// Errors of the loss are told with their term, whatever the method.
func TestLossFails(t *testing.T) {
	errTest := errors.New("the logarithm of a negative number")
	loss := SumOfStates([]float64{1, 3})
	good := loss.L
	loss.L = func(k int, y, p []float64) (float64, error) {
		if k == 1 {
			return 0, errTest
		}
		return good(k, y, p)
	}
	for _, method := range methods() {
		phase := BackwardPass
		if method == Method(Forward{}) {
			phase = ForwardPass
		}
		fails(t, context.Background(), problemOf(problems.LotkaVolterra()), loss, method, phase, 2.5, 10, errTest)
	}
	loss.L = func(int, []float64, []float64) (float64, error) { return math.NaN(), nil }
	for _, method := range methods() {
		r, err := Gradient(context.Background(), problemOf(problems.LotkaVolterra()), loss, method, nil)
		if r != nil || !errors.Is(err, integrate.ErrNonFinite) {
			t.Errorf("%s: a loss that is NaN gives %v, %v", name(method), r, err)
		}
	}
}

// Where the solution contracts or is chaotic, the state cannot be solved backward.
func TestBacksolveRefuses(t *testing.T) {
	lorenz := problems.Lorenz()
	lorenz.T1 = lorenz.T0 + 25
	decay := scalar(
		func(t, y, p float64) float64 { return -p * (y - math.Cos(t)) },
		func(_, _, p float64) float64 { return -p },
		func(t, y, _ float64) float64 { return math.Cos(t) - y })
	for _, p := range []Problem[[]float64]{
		problemOf(lorenz),
		{System: decay, P: []float64{100}, T1: 3, Y0: []float64{0}},
	} {
		for _, method := range []Method{Continuous{Variant: Backsolve}, Continuous{Variant: Backsolve, NoReset: true}} {
			r, err := Gradient(context.Background(), p, SumOfStates([]float64{p.T1 / 2, p.T1}), method, nil)
			var where *Error
			if r != nil || !errors.As(err, &where) || where.Phase != BackwardPass || !errors.Is(err, ErrDrift) {
				t.Errorf("%s: %v, %v", name(method), r, err)
			}
			t.Logf("%v", err)
		}
	}
	// The decay is no trouble for the others.
	p := Problem[[]float64]{System: decay, P: []float64{100}, T1: 3, Y0: []float64{0}}
	if _, err := Compare(context.Background(), p, SumOfStates([]float64{3}), []Method{Forward{}, Discrete{}, Continuous{}}, nil); err != nil {
		t.Error(err)
	}
}

// bare is the least that a space can be.
type bare struct{ of space.Floats }

func (b bare) New(like []float64) []float64 { return b.of.New(like) }
func (b bare) Copy(dst, src []float64)      { b.of.Copy(dst, src) }
func (b bare) AddScaled(dst, x []float64, c []float64, k [][]float64) {
	b.of.AddScaled(dst, x, c, k)
}
func (b bare) Norm(e, y0, y1 []float64, tol space.Tolerance) float64 {
	return b.of.Norm(e, y0, y1, tol)
}

// inner adds an inner product, but no coordinates.
type inner struct{ bare }

func (b inner) Dot(x, y []float64) float64 { return b.of.Dot(x, y) }

func TestWhatIsMissing(t *testing.T) {
	q := problems.LotkaVolterra()
	loss := SumOfStates([]float64{1})
	ctx := context.Background()
	sys := *q.System
	p := problemOf(q)
	p.System = &sys

	sys.Space = bare{}
	for _, method := range methods() {
		if _, err := Gradient(ctx, p, loss, method, nil); !errors.Is(err, ErrNoInnerProduct) {
			t.Errorf("%s without inner product: %v", name(method), err)
		}
	}
	if _, err := Trajectory(ctx, p, []float64{1}, nil, nil); err != nil {
		t.Errorf("a trajectory needs no inner product: %v", err)
	}
	sys.Space = inner{}
	if _, err := Gradient(ctx, p, loss, Forward{}, nil); !errors.Is(err, ErrNoCoordinates) {
		t.Errorf("Forward without coordinates: %v", err)
	}
	want := mustGradient(t, problemOf(q), loss, Forward{}, tolerances(1e-9, 1e-12))
	for _, method := range append(methods()[1:], Forward{SkipY0: true}) {
		r, err := Gradient(ctx, p, loss, method, tolerances(1e-9, 1e-12))
		if err != nil {
			t.Fatalf("%s without coordinates: %v", name(method), err)
		}
		if d := apart(append(r.P, r.T0), append(want.P, want.T0)); d > 1e-7 {
			t.Errorf("%s without coordinates: %v %v, want %v %v", name(method), r.P, r.T0, want.P, want.T0)
		}
	}
	sys.Space = nil

	sys.VJP = nil
	for _, method := range methods()[1:] {
		if _, err := Gradient(ctx, p, loss, method, nil); !errors.Is(err, ErrNoDerivative) {
			t.Errorf("%s without VJP: %v", name(method), err)
		}
	}
	sys.VJP, sys.JVP = q.System.VJP, nil
	if _, err := Gradient(ctx, p, loss, Forward{}, nil); !errors.Is(err, ErrNoDerivative) {
		t.Errorf("Forward without JVP: %v", err)
	}
	for _, bad := range []*Loss[[]float64]{{}, {Times: []float64{1}}, SumOfStates([]float64{11}), SumOfStates([]float64{math.NaN()})} {
		if r, err := Gradient(ctx, problemOf(q), bad, Discrete{}, nil); r != nil || err == nil {
			t.Errorf("loss %+v: %v, %v", bad, r, err)
		}
	}
	if _, err := Gradient(ctx, problemOf(q), loss, nil, nil); err == nil {
		t.Error("no error without a method")
	}
}

func TestWrongLengthsPanic(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("two parameters for a system of four did not panic")
		}
	}()
	p := problemOf(problems.LotkaVolterra())
	p.P = p.P[:2]
	_, _ = Gradient(context.Background(), p, SumOfStates([]float64{1}), Forward{}, nil)
}
