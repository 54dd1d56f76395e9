package sensitivity

import (
	"context"
	"errors"
	"math"
	"math/cmplx"
	"slices"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/internal/problems"
)

// x' = a (1-t) + b t + c t: every derivative of x(1) is 1/2. A wrong quadrature of
// the parameters beside a state that is integrated exactly is seen at once.
func TestHalves(t *testing.T) {
	sys := &dynsys.System[[]float64]{
		Dim: 1, NumParams: 3,
		RHS: func(dy []float64, t float64, _, p []float64) error {
			dy[0] = p[0]*(1-t) + p[1]*t + p[2]*t
			return nil
		},
		JVP: func(out []float64, t float64, _, _, _, v []float64) error {
			out[0] = 0
			if v != nil {
				out[0] = v[0]*(1-t) + v[1]*t + v[2]*t
			}
			return nil
		},
		VJP: func(gy, gp []float64, t float64, _, _, w []float64) error {
			gy[0] = 0
			if gp != nil {
				gp[0] += w[0] * (1 - t)
				gp[1] += w[0] * t
				gp[2] += w[0] * t
			}
			return nil
		},
	}
	p := Problem[[]float64]{System: sys, P: []float64{1, 2, 3}, T1: 1, Y0: []float64{0}}
	for _, method := range methods() {
		r, err := Gradient(context.Background(), p, SumOfStates([]float64{1}), method, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range r.P {
			if math.Abs(v-0.5) > 1e-14 {
				t.Errorf("%s: P[%d] = %v, want 0.5", name(method), i, v)
			}
		}
		if math.Abs(r.Y0[0]-1) > 1e-14 {
			t.Errorf("%s: Y0 = %v, want 1", name(method), r.Y0)
		}
	}
}

// y' = p from y0: derivatives in the start, the end and the observation times are
// known by hand, forward and backward in time.
func TestTimeGradients(t *testing.T) {
	sys := &dynsys.System[[]float64]{
		Dim: 1, NumParams: 1,
		RHS: func(dy []float64, _ float64, _, p []float64) error { dy[0] = p[0]; return nil },
		JVP: func(out []float64, _ float64, _, _, _, v []float64) error {
			out[0] = 0
			if v != nil {
				out[0] = v[0]
			}
			return nil
		},
		VJP: func(gy, gp []float64, _ float64, _, _, w []float64) error {
			gy[0] = 0
			if gp != nil {
				gp[0] += w[0]
			}
			return nil
		},
	}
	const p, y0 = 3.0, 2.0
	for _, ends := range [][2]float64{{1, 5}, {5, 1}} {
		t0, t1 := ends[0], ends[1]
		times := []float64{t0, 2, 4, t1}
		// L = sum_k (1+k) y(t_k) + integral of y,  y = y0 + p (t - t0)
		loss := &Loss[[]float64]{
			Times: times,
			L:     func(k int, y, _ []float64) (float64, error) { return float64(1+k) * y[0], nil },
			Ly:    func(out []float64, k int, _, _ []float64) error { out[0] = float64(1 + k); return nil },
			G:     func(_ float64, y, _ []float64) (float64, error) { return y[0], nil },
			Gy:    func(out []float64, _ float64, _, _ []float64) error { out[0] = 1; return nil },
		}
		span := t1 - t0
		value, dp := y0*span+p*span*span/2, span*span/2
		dT0, dT1, dy0 := -y0-p*span, y0+p*span, span
		dT := make([]float64, len(times))
		for k, tk := range times {
			w := float64(1 + k)
			value += w * (y0 + p*(tk-t0))
			dp += w * (tk - t0)
			dT0 -= w * p
			dy0 += w
			dT[k] = w * p
		}
		prob := Problem[[]float64]{System: sys, P: []float64{p}, T0: t0, T1: t1, Y0: []float64{y0}}
		for _, method := range append(methods(), Forward{SkipY0: true}) {
			r, err := Gradient(context.Background(), prob, loss, method, nil)
			if err != nil {
				t.Fatal(err)
			}
			got := append([]float64{r.Value, r.P[0], r.T0, r.T1}, r.Times...)
			want := append([]float64{value, dp, dT0, dT1}, dT...)
			if method != (Forward{SkipY0: true}) {
				got, want = append(got, r.Y0[0]), append(want, dy0)
			}
			// Exact for the method; what is left is rounding.
			if d := apart(got, want); d > 1e-13 {
				t.Errorf("%s from %v to %v: %v, want %v", name(method), t0, t1, got, want)
			}
		}
	}
}

// dosed is y' = -k y + A while tau <= t < tau + d, else y' = -k y, with parameters
// k, A, tau, d and the closed form of y(t) from y0.
func dosed() *dynsys.System[[]float64] {
	on := func(t float64, p []float64) float64 {
		if t >= p[2] && t < p[2]+p[3] {
			return 1
		}
		return 0
	}
	return &dynsys.System[[]float64]{
		Dim: 1, NumParams: 4,
		RHS: func(dy []float64, t float64, y, p []float64) error {
			dy[0] = -p[0]*y[0] + p[1]*on(t, p)
			return nil
		},
		JVP: func(out []float64, t float64, y, p, vy, v []float64) error {
			out[0] = -p[0] * vy[0]
			if v != nil {
				out[0] += -v[0]*y[0] + v[1]*on(t, p)
			}
			return nil
		},
		VJP: func(gy, gp []float64, t float64, y, p, w []float64) error {
			gy[0] = -p[0] * w[0]
			if gp != nil {
				gp[0] -= w[0] * y[0]
				gp[1] += w[0] * on(t, p)
			}
			return nil
		},
		Breaks: dynsys.Breaks{
			Count: 2,
			Times: func(tau, p []float64) error { tau[0], tau[1] = p[2], p[2]+p[3]; return nil },
			JVP:   func(out, _, v []float64) error { out[0], out[1] = v[2], v[2]+v[3]; return nil },
			VJP: func(gp, _, w []float64) error {
				gp[2] += w[0] + w[1]
				gp[3] += w[1]
				return nil
			},
		},
	}
}

// dosedExact is its solution; p is complex so that a complex step differentiates it.
func dosedExact(t, y0 float64, p []complex128) complex128 {
	ct := complex(t, 0)
	y := complex(y0, 0) * cmplx.Exp(-p[0]*ct)
	if t > real(p[2]) {
		y += p[1] / p[0] * (1 - cmplx.Exp(-p[0]*(ct-p[2])))
	}
	if t > real(p[2]+p[3]) {
		y -= p[1] / p[0] * (1 - cmplx.Exp(-p[0]*(ct-p[2]-p[3])))
	}
	return y
}

// Break times that are parameters: the derivatives of the kinks.
func TestMovingBreaks(t *testing.T) {
	p := []float64{0.7, 2, 1.3, 0.9}
	times := []float64{0.5, 1.5, 2.1, 2.5, 4, 4} // none at a break
	prob := Problem[[]float64]{System: dosed(), P: p, T1: 4, Y0: []float64{2}}
	want := make([]float64, len(p))
	for j := range want {
		const h = 1e-100
		z := make([]complex128, len(p))
		for i, v := range p {
			z[i] = complex(v, 0)
		}
		z[j] += complex(0, h)
		for _, tk := range times {
			want[j] += imag(dosedExact(tk, 2, z)) / h
		}
	}
	for _, method := range methods() {
		previous := math.Inf(1)
		for _, rel := range []float64{1e-4, 1e-7, 1e-10} {
			r, err := Gradient(context.Background(), prob, SumOfStates(times), method, tolerances(rel, rel))
			if err != nil {
				t.Fatal(err)
			}
			d := apart(r.P, want)
			if d > 10*rel || d > previous/50 {
				t.Errorf("%s, rtol %g: %v, want %v (%.1e after %.1e)", name(method), rel, r.P, want, d, previous)
			}
			previous = d
		}
	}
}

// An observation at a break, and a break at T1, see the break as one that could
// only come sooner; a break at T0 has passed. y' = A for t >= tau, else 0.
func TestBreaksAtObservationsAndEnds(t *testing.T) {
	sys := dosed()
	for _, c := range []struct {
		t0, t1, tau, d float64
		times          []float64
		want           []float64 // dL/dA, dL/dtau, dL/dd at k = 0
	}{
		{0, 4, 1, 9, []float64{1}, []float64{0, -2, 0}},
		{0, 4, 1, 9, []float64{4, 4}, []float64{6, -4, 0}},
		{0, 1, 1, 9, []float64{1}, []float64{0, -2, 0}},
		{1, 4, 1, 9, []float64{4}, []float64{3, 0, 0}},
		{0, 4, 1, 2, []float64{4, 3}, []float64{4, 0, 4}},
		{4, 0, 1, 9, []float64{0}, []float64{-3, 2, 0}}, // backward: y(0) = y0 - A (4 - tau)
		{4, 0, 1, 2, []float64{0, 2}, []float64{-3, -2, -4}},
	} {
		p := Problem[[]float64]{System: sys, P: []float64{0, 2, c.tau, c.d}, T0: c.t0, T1: c.t1, Y0: []float64{1}}
		for _, method := range methods() {
			r, err := Gradient(context.Background(), p, SumOfStates(c.times), method, nil)
			if err != nil {
				t.Fatal(err)
			}
			if at := c.tau == c.t0 || c.tau == c.t1; at != (len(r.Warnings) > 0) {
				t.Errorf("%s, from %v to %v, break at %v: warnings %q", name(method), c.t0, c.t1, c.tau, r.Warnings)
			}
			if d := apart(r.P[1:], c.want); d > 1e-13 {
				t.Errorf("%s, from %v to %v, break at %v, times %v: %v, want %v", name(method), c.t0, c.t1, c.tau, c.times, r.P[1:], c.want)
			}
		}
	}
	// Two breaks at one time that move differently have no derivative.
	p := Problem[[]float64]{System: sys, P: []float64{1, 2, 1, 0}, T1: 4, Y0: []float64{1}}
	for _, method := range methods() {
		r, err := Gradient(context.Background(), p, SumOfStates([]float64{4}), method, nil)
		var where *Error
		if r != nil || !errors.Is(err, ErrCoincidentBreaks) || !errors.As(err, &where) || where.T != 1 {
			t.Errorf("%s: %v, %v", name(method), r, err)
		}
	}
}

// A constant solution whose derivative oscillates: d/da of the sum of both states
// at t = 0, 0.1, ..., 10 is sum_k (2 - 2 cos t_k).
func TestConstantSolutionTrap(t *testing.T) {
	var times []float64
	want := 0.0
	for k := range 101 {
		times = append(times, float64(k)/10)
		want += 2 - 2*math.Cos(float64(k)/10)
	}
	if math.Abs(want-212.710425216819) > 1e-9 {
		t.Fatalf("the closed form gives %v", want)
	}
	p := problemOf(problems.ConstantSolution())
	for _, method := range []Method{Forward{}, Discrete{Probes: 1}, Discrete{Probes: 2, Seed: 7}} {
		r, err := Gradient(context.Background(), p, SumOfStates(times), method, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: relative error %.1e, %+v", name(method), math.Abs(r.P[0]/want-1), r.Stats)
		if d := math.Abs(r.P[0]/want - 1); d > 1e-6 {
			t.Errorf("%s: %.12g, want %.12g (%.1e)", name(method), r.P[0], want, d)
		}
		if len(r.Warnings) != 0 {
			t.Errorf("%s: %q", name(method), r.Warnings)
		}
	}
	r, err := Gradient(context.Background(), p, SumOfStates(times), Discrete{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("without probes: %v, %q", r.P, r.Warnings)
	if math.Abs(r.P[0]/want-1) > 1e-6 && len(r.Warnings) == 0 {
		t.Errorf("without probes: %v and no warning", r.P[0])
	}
	// Ordinary problems do not cause it.
	for _, q := range problems.All() {
		if q.Stiff || q.Name == "constant_solution" {
			continue
		}
		r, err := Gradient(context.Background(), problemOf(q), SumOfStates([]float64{q.T1}), Discrete{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Warnings) != 0 {
			t.Errorf("%s: %q", q.Name, r.Warnings)
		}
	}
}

// A parameter and an initial value that nothing uses have derivatives that are
// exactly zero, and change no other number.
func TestUnusedParameter(t *testing.T) {
	q := problems.LotkaVolterra()
	sys := *q.System
	sys.NumParams++
	p := problemOf(q)
	p.P = append(slices.Clone(p.P), 0.3)
	p.System = &sys
	for _, method := range methods() {
		r, err := Gradient(context.Background(), p, SumOfStates([]float64{3, 7}), method, nil)
		if err != nil {
			t.Fatal(err)
		}
		if r.P[4] != 0 {
			t.Errorf("%s: %v", name(method), r.P)
		}
	}
}
