package nn

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/integrate"
)

// forced is y0' = p0 t y0^2, y1' = -p1 y1, from (p0, p0 p1), with all derivatives and a
// diagonal Jacobian.
type forced struct{}

func (forced) Close() error { return nil }

func (forced) System() (*dynsys.System[[]float64], error) {
	return &dynsys.System[[]float64]{
		Dim: 2, NumParams: 2,
		Pattern: integrate.Banded(2, 0, 0),
		RHS: func(dy []float64, t float64, y, p []float64) error {
			dy[0], dy[1] = p[0]*t*y[0]*y[0], -p[1]*y[1]
			return nil
		},
		JVP: func(out []float64, t float64, y, p, vy, vp []float64) error {
			out[0], out[1] = 2*p[0]*t*y[0]*vy[0], -p[1]*vy[1]
			if vp != nil {
				out[0] += vp[0] * t * y[0] * y[0]
				out[1] -= vp[1] * y[1]
			}
			return nil
		},
		VJP: func(gy, gp []float64, t float64, y, p, w []float64) error {
			gy[0], gy[1] = 2*p[0]*t*y[0]*w[0], -p[1]*w[1]
			if gp != nil {
				gp[0] += w[0] * t * y[0] * y[0]
				gp[1] -= w[1] * y[1]
			}
			return nil
		},
		Jacobian: func(jac []float64, t float64, y, p []float64) error {
			jac[0], jac[1] = 2*p[0]*t*y[0], -p[1]
			return nil
		},
		TimeDerivative: func(ft []float64, _ float64, y, p []float64) error {
			ft[0], ft[1] = p[0]*y[0]*y[0], 0
			return nil
		},
		TimeVJP: func(gy, gp []float64, _ float64, y, p, w []float64) error {
			gy[0], gy[1] = 2*p[0]*y[0]*w[0], 0
			if gp != nil {
				gp[0] += w[0] * y[0] * y[0]
			}
			return nil
		},
		SecondOrder: func(gy, gp []float64, t float64, y, p, vy, vp, w []float64) (float64, error) {
			v := [2]float64{}
			copy(v[:], vp)
			gy[0], gy[1] = w[0]*2*t*(p[0]*vy[0]+y[0]*v[0]), -w[1]*v[1]
			if gp != nil {
				gp[0] += w[0] * 2 * t * y[0] * vy[0]
				gp[1] -= w[1] * vy[1]
			}
			return w[0] * y[0] * (2*p[0]*vy[0] + y[0]*v[0]), nil
		},
		SecondDirectional: func(out []float64, t float64, y, p, vy, vp []float64, ut float64, uy, up []float64) error {
			v, u := [2]float64{}, [2]float64{}
			copy(v[:], vp)
			copy(u[:], up)
			out[0] = 2*(p[0]*t*uy[0]+u[0]*t*y[0]+p[0]*ut*y[0])*vy[0] + v[0]*y[0]*(ut*y[0]+2*t*uy[0])
			out[1] = -u[1]*vy[1] - uy[1]*v[1]
			return nil
		},
		Initial: dynsys.Initial[[]float64]{
			Value: func(y0, p []float64) error { y0[0], y0[1] = p[0], p[0]*p[1]; return nil },
			JVP: func(out, p, vp []float64) error {
				out[0], out[1] = vp[0], vp[0]*p[1]+p[0]*vp[1]
				return nil
			},
			VJP: func(gp, p, w []float64) error {
				gp[0] += w[0] + w[1]*p[1]
				gp[1] += w[1] * p[0]
				return nil
			},
			SecondOrder: func(gp, _, vp, w []float64) error {
				gp[0] += w[1] * vp[1]
				gp[1] += w[1] * vp[0]
				return nil
			},
		},
	}, nil
}

func forcedComplex(dy []complex128, t float64, y, p []complex128) {
	dy[0], dy[1] = p[0]*complex(t, 0)*y[0]*y[0], -p[1]*y[1]
}

// Lorenz of problems has no second derivatives, so neither has a sum with it; all
// others have.
func forSecond(t *testing.T, test func(t *testing.T, e example, s *dynsys.System[[]float64], rng *rand.Rand)) {
	tested := 0
	forExamples(t, func(t *testing.T, e example, s *dynsys.System[[]float64], rng *rand.Rand) {
		if s.SecondOrder != nil {
			tested++
			test(t, e, s, rng)
		}
	})
	if tested < 6 {
		t.Errorf("only %d systems have second derivatives", tested)
	}
}

// plus returns x + s v.
func plus(x []float64, s float64, v []float64) []float64 {
	x = slices.Clone(x)
	for i := range v {
		x[i] += s * v[i]
	}
	return x
}

func TestTimeDerivativeAgainstDifferences(t *testing.T) {
	forSecond(t, func(t *testing.T, e example, s *dynsys.System[[]float64], rng *rand.Rand) {
		const h = 1e-5
		ft, hi, lo := make([]float64, s.Dim), make([]float64, s.Dim), make([]float64, s.Dim)
		ft[0] = math.NaN()
		must(t, s.TimeDerivative(ft, time, e.y, e.p))
		must(t, s.RHS(hi, time+h, e.y, e.p))
		must(t, s.RHS(lo, time-h, e.y, e.p))
		moves := false
		for i := range ft {
			moves = moves || ft[i] != 0
			// Truncation h^2/6 f''', rounding 1e-16/h.
			if want := (hi[i] - lo[i]) / (2 * h); !(math.Abs(ft[i]-want) <= 1e-8*largest(ft)) {
				t.Errorf("ft[%d] = %v, differences %v", i, ft[i], want)
			}
		}
		if s.Autonomous == moves {
			t.Errorf("Autonomous is %v, ft = %v", s.Autonomous, ft)
		}
	})
}

// TimeVJP is the difference of two VJPs.
func TestTimeVJPAgainstDifferences(t *testing.T) {
	forSecond(t, func(t *testing.T, e example, s *dynsys.System[[]float64], rng *rand.Rand) {
		const h = 1e-5
		n, m, w := s.Dim, s.NumParams, gauss(s.Dim, rng)
		got, hi, lo := make([]float64, n+m), make([]float64, n+m), make([]float64, n+m)
		got[0] = math.NaN()
		must(t, s.TimeVJP(got[:n], got[n:], time, e.y, e.p, w))
		must(t, s.VJP(hi[:n], hi[n:], time+h, e.y, e.p, w))
		must(t, s.VJP(lo[:n], lo[n:], time-h, e.y, e.p, w))
		for i := range got {
			if want := (hi[i] - lo[i]) / (2 * h); !(math.Abs(got[i]-want) <= 1e-8*largest(got)) {
				t.Errorf("number %d of (gy, gp) is %v, differences %v", i, got[i], want)
			}
		}
		without := make([]float64, n)
		must(t, s.TimeVJP(without, nil, time, e.y, e.p, w))
		near(t, "gy without gp", without, got[:n], 0)
	})
}

func TestSystemSecondDirectionalAgainstDifferences(t *testing.T) {
	forSecond(t, func(t *testing.T, e example, s *dynsys.System[[]float64], rng *rand.Rand) {
		const h = 1e-5
		n, ut := s.Dim, 0.8
		vy, vp, uy, up := gauss(n, rng), gauss(s.NumParams, rng), gauss(n, rng), gauss(s.NumParams, rng)
		out, hi, lo := make([]float64, n), make([]float64, n), make([]float64, n)
		must(t, s.SecondDirectional(out, time, e.y, e.p, vy, vp, ut, uy, up))
		must(t, s.JVP(hi, time+h*ut, plus(e.y, h, uy), plus(e.p, h, up), vy, vp))
		must(t, s.JVP(lo, time-h*ut, plus(e.y, -h, uy), plus(e.p, -h, up), vy, vp))
		for i := range out {
			if want := (hi[i] - lo[i]) / (2 * h); !(math.Abs(out[i]-want) <= 1e-8*largest(out)) {
				t.Errorf("out[%d] = %v, differences %v", i, out[i], want)
			}
		}
		// Many at once, and what nil means.
		all := [][]float64{make([]float64, n), make([]float64, n)}
		must(t, s.SecondDirectionals(all, time, e.y, e.p, [][]float64{vy, vy}, [][]float64{vp, nil}, ut, uy, up))
		near(t, "SecondDirectionals", all[0], out, 0)
		must(t, s.SecondDirectional(hi, time, e.y, e.p, vy, make([]float64, s.NumParams), ut, uy, up))
		near(t, "SecondDirectionals without vp", all[1], hi, 0)
	})
}

func TestSystemSecondOrderIsTranspose(t *testing.T) {
	forSecond(t, func(t *testing.T, e example, s *dynsys.System[[]float64], rng *rand.Rand) {
		n, ut := s.Dim, 0.8
		vy, vp, uy, up, w := gauss(n, rng), gauss(s.NumParams, rng), gauss(n, rng), gauss(s.NumParams, rng), gauss(n, rng)
		out, gy, gp := make([]float64, n), make([]float64, n), make([]float64, s.NumParams)
		must(t, s.SecondDirectional(out, time, e.y, e.p, vy, vp, ut, uy, up))
		gt, err := s.SecondOrder(gy, gp, time, e.y, e.p, vy, vp, w)
		must(t, err)
		left, right, size := dot(w, out), ut*gt+dot(gy, uy)+dot(gp, up), math.Abs(gt)
		for i := range gp {
			size += math.Abs(gp[i] * up[i])
		}
		if !(math.Abs(left-right) <= 1e-14*size) {
			t.Errorf("w.f''(v, u) = %v, g.u = %v, terms of size %v", left, right, size)
		}
		again := make([]float64, n)
		gt2, err := s.SecondOrder(again, nil, time, e.y, e.p, vy, vp, w)
		must(t, err)
		near(t, "gy without gp", append(again, gt2), append(gy, gt), 0)
	})
}

// Initial values of copies and augmented models: each copy has the known ones, further
// states are 0.
func TestInitialValues(t *testing.T) {
	net := MLP{Inputs: 3, Outputs: 3}
	h := Hybrid{Known: Augmented{Known: forced{}, Extra: 1}, Term: Term{Net: net}, Trajectories: 2}
	s, err := h.System()
	must(t, err)
	p := make([]float64, s.NumParams)
	p[0], p[1] = 2, 3
	v := make([]float64, s.NumParams)
	v[0], v[1] = 5, 7
	got := []float64{9, 9, 9, 9, 9, 9}
	must(t, s.Initial.Value(got, p))
	near(t, "y0", got, []float64{2, 6, 0, 2, 6, 0}, 0)
	must(t, s.Initial.JVP(got, p, v))
	near(t, "y0 along v", got, []float64{5, 29, 0, 5, 29, 0}, 0)
	gp := make([]float64, s.NumParams)
	must(t, s.Initial.VJP(gp, p, []float64{1, 10, 100, 1, 20, 100}))
	near(t, "gradient of y0", gp[:2], []float64{92, 60}, 0)
	clear(gp)
	must(t, s.Initial.SecondOrder(gp, p, v, []float64{1, 10, 100, 1, 20, 100}))
	near(t, "second derivative of y0", gp[:2], []float64{210, 150}, 0)

	// Augmented neural ODE: two known numbers a trajectory, the third state begins at 0.
	o := ODE{Net: net, Y0: []float64{1, 2, 3, 4}, Trajectories: 2}
	s, err = o.System()
	must(t, err)
	must(t, s.Initial.Value(got, make([]float64, s.NumParams)))
	near(t, "y0", got, []float64{1, 2, 0, 3, 4, 0}, 0)
	for _, bad := range []ODE{
		{Net: net, Y0: []float64{1, 2, 3}, Trajectories: 2},
		{Net: net, Y0: make([]float64, 4)},
		{Net: net, Trajectories: -1},
	} {
		if _, err := bad.System(); err == nil {
			t.Errorf("%d initial values for %d trajectories were taken", len(bad.Y0), bad.Trajectories)
		}
	}
}

// Events and the mass matrix of the known system stay, with its own parameters.
func TestEventsAndMassAreKept(t *testing.T) {
	s, err := forced{}.System()
	must(t, err)
	s.Mass = &integrate.Matrix{Values: []float64{1, 2, 3, 4}}
	count := func(p []float64) float64 { return float64(len(p)) }
	s.Events = []dynsys.Event[[]float64]{{
		Name: "e",
		At: dynsys.Time{
			Value:    func(p []float64) (float64, error) { return count(p), nil },
			Gradient: func(gp, p []float64, w float64) error { gp[0] += w * count(gp) * count(p); return nil },
		},
		When: dynsys.Scalar[[]float64]{
			Value: func(_ float64, _, p []float64) (float64, error) { return count(p), nil },
			Gradient: func(gy, gp []float64, _ float64, _, p []float64) (float64, error) {
				gy[0] = count(gp)
				return count(p), nil
			},
		},
		Reset: dynsys.Map[[]float64]{
			Value: func(dst []float64, _ float64, _, p []float64) error { dst[0] = count(p); return nil },
			JVP: func(out []float64, _ float64, _, p []float64, _ float64, _, vp []float64) error {
				out[0], out[1] = count(p), count(vp)
				return nil
			},
			VJP: func(gy, gp []float64, _ float64, _, p, _ []float64) (float64, error) {
				gy[0] = count(gp)
				return count(p), nil
			},
		},
	}}
	term := Term{Net: MLP{Inputs: 2, Outputs: 2}}
	sum, err := term.AddTo(s)
	must(t, err)
	if sum.Mass != s.Mass || len(sum.Events) != 1 || sum.Events[0].Name != "e" {
		t.Fatalf("mass %v, events %v", sum.Mass, sum.Events)
	}
	e, p, gp, y := sum.Events[0], make([]float64, sum.NumParams), make([]float64, sum.NumParams), make([]float64, 2)
	var got []float64
	add := func(v float64, err error) { must(t, err); got = append(got, v) }
	add(e.At.Value(p))
	must(t, e.At.Gradient(gp, p, 1))
	add(gp[0], nil)
	add(e.When.Value(0, y, p))
	add(e.When.Gradient(y, gp, 0, y, p))
	add(y[0], nil)
	must(t, e.Reset.Value(y, 0, y, p))
	add(y[0], nil)
	must(t, e.Reset.JVP(y, 0, y, p, 0, y, p))
	got = append(got, y...)
	add(e.Reset.VJP(y, gp, 0, y, p, y))
	add(y[0], nil)
	near(t, "numbers of parameters seen", got, []float64{2, 4, 2, 2, 2, 2, 2, 2, 2, 2}, 0)

	// Copies have the mass block by block, in the order of columns, and no events.
	if _, err := repeated(s, 2); err == nil {
		t.Error("two trajectories of a model with events were made")
	}
	s.Events = nil
	two, err := repeated(s, 2)
	must(t, err)
	out := make([]float64, 4)
	two.Mass.MulVec(out, []float64{1, 10, 100, 1000})
	near(t, "mass times a vector", out, []float64{21, 43, 2100, 4300}, 0)
	if _, err := (Augmented{Known: plainModel{s}, Extra: 1}).System(); err == nil {
		t.Error("further states were added beside a mass matrix")
	}
	if _, err := (Augmented{Known: forced{}, Extra: -1}).System(); err == nil {
		t.Error("-1 further states were added")
	}
}

// plainModel is a model of one system.
type plainModel struct{ s *dynsys.System[[]float64] }

func (m plainModel) System() (*dynsys.System[[]float64], error) { return m.s, nil }
func (m plainModel) Close() error                               { return nil }
