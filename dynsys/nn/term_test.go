package nn

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/odefit/odefit/dynsys"
	"github.com/odefit/odefit/internal/problems"
)

// known is a model of a fixed problem; where is set, a change is made to its system.
type known struct {
	problem *problems.Problem
	change  func(s *dynsys.System[[]float64])
	closed  *int
}

func (k known) System() (*dynsys.System[[]float64], error) {
	s := *k.problem.System
	if k.change != nil {
		k.change(&s)
	}
	return &s, nil
}

func (k known) Close() error {
	*k.closed++
	return nil
}

// example is a model with its right-hand side in complex numbers, written from the
// definition.
type example struct {
	name    string
	model   dynsys.Model
	y, p    []float64
	complex func(dy []complex128, t float64, y, p []complex128)
	pattern int // entries of the Jacobian; 0: it is full
}

// repeatedComplex is f for several trajectories of dim states.
func repeatedComplex(f func(dy []complex128, t float64, y, p []complex128), dim int) func(dy []complex128, t float64, y, p []complex128) {
	return func(dy []complex128, t float64, y, p []complex128) {
		for ; len(y) > 0; dy, y = dy[dim:], y[dim:] {
			f(dy[:dim], t, y[:dim], p)
		}
	}
}

func examples() []example {
	rng := rand.New(rand.NewPCG(11, 12))
	var all []example

	small := MLP{Inputs: 2, Hidden: []Layer{{5, Tanh}}, Outputs: 2}
	all = append(all, example{
		name: "ODE", model: ODE{Net: small}, y: gauss(2, rng), p: gauss(small.NumParams(), rng),
		complex: func(dy []complex128, _ float64, y, p []complex128) {
			copy(dy, complexForward(&small, y, p))
		},
	})

	wide := MLP{Inputs: 4, Hidden: []Layer{{20, Swish}, {20, Sin}}, Outputs: 3, Scale: []float64{1, 2, 3, 10}}
	p := make([]float64, wide.NumParams())
	wide.Init(p, Init{Seed: 1})
	all = append(all, example{
		name: "ODE in time", model: ODE{Net: wide, Time: true}, y: gauss(3, rng), p: p,
		complex: func(dy []complex128, t float64, y, p []complex128) {
			copy(dy, complexForward(&wide, append(append([]complex128{}, y...), complex(t, 0)), p))
		},
	})

	lorenz := problems.Lorenz()
	plain := MLP{Inputs: 3, Hidden: []Layer{{6, Softplus}}, Outputs: 3}
	all = append(all, example{
		name: "hybrid", model: Hybrid{Known: known{problem: lorenz}, Term: Term{Net: plain}},
		y: gauss(3, rng), p: append(append([]float64{}, lorenz.P...), gauss(plain.NumParams(), rng)...),
		complex: func(dy []complex128, t float64, y, p []complex128) {
			_ = lorenz.Complex(dy, t, y, p[:3])
			for i, n := range complexForward(&plain, y, p[3:]) {
				dy[i] += n
			}
		},
	})

	// Reads states 2 and 0 and time, adds to 1 and 2.
	chosen := MLP{Inputs: 3, Hidden: []Layer{{40, Tanh}}, Outputs: 2}
	all = append(all, example{
		name: "hybrid of chosen states",
		model: Hybrid{
			Known: known{problem: lorenz, change: func(s *dynsys.System[[]float64]) { s.JVPs = lorenzJVPs(lorenz) }},
			Term:  Term{Net: chosen, Time: true, From: []int{2, 0}, Into: []int{1, 2}},
		},
		y: gauss(3, rng), p: append(append([]float64{}, lorenz.P...), gauss(chosen.NumParams(), rng)...),
		complex: func(dy []complex128, t float64, y, p []complex128) {
			_ = lorenz.Complex(dy, t, y, p[:3])
			n := complexForward(&chosen, []complex128{y[2], y[0], complex(t, 0)}, p[3:])
			dy[1] += n[0]
			dy[2] += n[1]
		},
	})
	// Reads both states and time, adds to the first: an entry beside the diagonal.
	reader := MLP{Inputs: 3, Hidden: []Layer{{5, Swish}, {5, Tanh}}, Outputs: 1, Residual: true, OutputScale: []float64{3}}
	term := Term{Net: reader, Time: true, Into: []int{0}}
	p = append([]float64{0.7, 1.3}, gauss(reader.NumParams(), rng)...)
	sparse := func(dy []complex128, t float64, y, p []complex128) {
		forcedComplex(dy, t, y, p)
		dy[0] += complexForward(&reader, []complex128{y[0], y[1], complex(t, 0)}, p[2:])[0]
	}
	all = append(all, example{
		name: "hybrid with a sparse Jacobian", model: Hybrid{Known: forced{}, Term: term},
		y: gauss(2, rng), p: p, complex: sparse, pattern: 3,
	})

	// The same and the first example for three trajectories.
	all = append(all, example{
		name: "trajectories of a hybrid", model: Hybrid{Known: forced{}, Term: term, Trajectories: 3},
		y: gauss(6, rng), p: p, complex: repeatedComplex(sparse, 2), pattern: 9,
	}, example{
		name: "trajectories of an ODE", model: ODE{Net: small, Trajectories: 3}, y: gauss(6, rng), p: all[0].p,
		complex: repeatedComplex(all[0].complex, 2), pattern: 12,
	}, example{
		name:  "trajectories of a hybrid with a full Jacobian",
		model: Hybrid{Known: known{problem: lorenz}, Term: Term{Net: plain}, Trajectories: 2},
		y:     gauss(6, rng), p: all[2].p, complex: repeatedComplex(all[2].complex, 3), pattern: 18,
	})

	// Two further states: the network reads all four and moves three.
	wider := MLP{Inputs: 4, Hidden: []Layer{{6, Tanh}}, Outputs: 3}
	all = append(all, example{
		name:  "augmented hybrid",
		model: Hybrid{Known: Augmented{Known: forced{}, Extra: 2}, Term: Term{Net: wider, Into: []int{1, 2, 3}}},
		y:     gauss(4, rng), p: append([]float64{0.7, 1.3}, gauss(wider.NumParams(), rng)...),
		complex: func(dy []complex128, t float64, y, p []complex128) {
			forcedComplex(dy, t, y[:2], p)
			dy[2], dy[3] = 0, 0
			for i, n := range complexForward(&wider, y, p[2:]) {
				dy[1+i] += n
			}
		},
		pattern: 13,
	}, example{
		name: "trajectories of an augmented hybrid of a full Jacobian",
		model: Hybrid{
			Known:        Augmented{Known: known{problem: lorenz}, Extra: 1},
			Term:         Term{Net: MLP{Inputs: 1, Outputs: 1}, From: []int{3}, Into: []int{3}},
			Trajectories: 2,
		},
		y: gauss(8, rng), p: append(append([]float64{}, lorenz.P...), 0.3, -0.2),
		complex: repeatedComplex(func(dy []complex128, t float64, y, p []complex128) {
			_ = lorenz.Complex(dy[:3], t, y[:3], p[:3])
			dy[3] = p[3]*y[3] + p[4]
		}, 4),
		pattern: 20,
	})
	return all
}

// lorenzJVPs is a JVPs for a system that has none, so that one is passed through.
func lorenzJVPs(q *problems.Problem) func(dy []float64, out [][]float64, t float64, y, p []float64, vy, vp [][]float64) error {
	return func(dy []float64, out [][]float64, t float64, y, p []float64, vy, vp [][]float64) error {
		for i := range out {
			if err := q.System.JVP(out[i], t, y, p, vy[i], vp[i]); err != nil {
				return err
			}
		}
		return q.System.RHS(dy, t, y, p)
	}
}

func forExamples(t *testing.T, test func(t *testing.T, e example, s *dynsys.System[[]float64], rng *rand.Rand)) {
	for _, e := range examples() {
		t.Run(e.name, func(t *testing.T) {
			s, err := e.model.System()
			if err != nil {
				t.Fatal(err)
			}
			if s.Dim != len(e.y) || s.NumParams != len(e.p) {
				t.Fatalf("%d states and %d parameters, want %d and %d", s.Dim, s.NumParams, len(e.y), len(e.p))
			}
			test(t, e, s, rand.New(rand.NewPCG(13, 14)))
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const time = 0.7

func TestSystemAgainstComplexStep(t *testing.T) {
	forExamples(t, func(t *testing.T, e example, s *dynsys.System[[]float64], rng *rand.Rand) {
		const h = 1e-30
		vy, vp := gauss(s.Dim, rng), gauss(s.NumParams, rng)
		cy, cp := make([]complex128, s.Dim), make([]complex128, s.NumParams)
		for i := range cy {
			cy[i] = complex(e.y[i], h*vy[i])
		}
		for i := range cp {
			cp[i] = complex(e.p[i], h*vp[i])
		}
		want := make([]complex128, s.Dim)
		e.complex(want, time, cy, cp)
		dy, out := make([]float64, s.Dim), make([]float64, s.Dim)
		must(t, s.RHS(dy, time, e.y, e.p))
		must(t, s.JVP(out, time, e.y, e.p, vy, vp))
		size, sizeV := largest(dy), largest(out)
		for i := range want {
			if !(math.Abs(dy[i]-real(want[i])) <= 1e-13*size) {
				t.Errorf("RHS[%d] = %v, want %v", i, dy[i], real(want[i]))
			}
			if !(math.Abs(out[i]-imag(want[i])/h) <= 1e-12*sizeV) {
				t.Errorf("JVP[%d] = %v, complex step %v", i, out[i], imag(want[i])/h)
			}
		}
	})
}

func TestSystemVJPIsTransposeOfJVP(t *testing.T) {
	forExamples(t, func(t *testing.T, e example, s *dynsys.System[[]float64], rng *rand.Rand) {
		vy, vp, w := gauss(s.Dim, rng), gauss(s.NumParams, rng), gauss(s.Dim, rng)
		out, gy, gp := make([]float64, s.Dim), make([]float64, s.Dim), make([]float64, s.NumParams)
		must(t, s.JVP(out, time, e.y, e.p, vy, vp))
		must(t, s.VJP(gy, gp, time, e.y, e.p, w))
		var left, right, size float64
		for i := range w {
			left += w[i] * out[i]
			right += gy[i] * vy[i]
			size += math.Abs(gy[i] * vy[i])
		}
		for j := range gp {
			right += gp[j] * vp[j]
			size += math.Abs(gp[j] * vp[j])
		}
		if !(math.Abs(left-right) <= 1e-13*size) {
			t.Errorf("w.Jv = %v, J'w.v = %v", left, right)
		}
		// What a VJP leaves in the scratch memory, the slope in time among it, does not
		// reach the next JVP.
		after := make([]float64, s.Dim)
		must(t, s.JVP(after, time, e.y, e.p, vy, vp))
		for i := range out {
			if after[i] != out[i] {
				t.Errorf("JVP = %v before a VJP, %v after it", out, after)
			}
		}
		again := make([]float64, s.Dim)
		must(t, s.VJP(again, nil, time, e.y, e.p, w))
		for i := range gy {
			if again[i] != gy[i] {
				t.Errorf("gy = %v without gp, %v with it", again, gy)
			}
		}
	})
}

func TestSystemJVPsAndJacobianAgainstJVP(t *testing.T) {
	forExamples(t, func(t *testing.T, e example, s *dynsys.System[[]float64], rng *rand.Rand) {
		n := s.Dim
		var out, vy, vp [][]float64
		for j := range n + 1 {
			unit := make([]float64, n)
			unit[j%n] = 1
			out, vy, vp = append(out, make([]float64, n)), append(vy, unit), append(vp, nil)
		}
		vp[n] = gauss(s.NumParams, rng)
		dy, jac := make([]float64, n), newJacobian(t, e, s)
		must(t, s.JVPs(dy, out, time, e.y, e.p, vy, vp))
		must(t, s.Jacobian(jac, time, e.y, e.p))
		wantDy, want := make([]float64, n), make([]float64, n)
		must(t, s.RHS(wantDy, time, e.y, e.p))
		for j := range out {
			must(t, s.JVP(want, time, e.y, e.p, vy[j], vp[j]))
			for i := range n {
				if dy[i] != wantDy[i] {
					t.Errorf("JVPs: dy[%d] = %v, RHS %v", i, dy[i], wantDy[i])
				}
				if out[j][i] != want[i] {
					t.Errorf("JVPs: out[%d][%d] = %v, JVP %v", j, i, out[j][i], want[i])
				}
				if j == n {
					continue
				}
				if got := entry(s, jac, i, j); !(math.Abs(got-want[i]) <= 1e-14*largest(want)) {
					t.Errorf("Jacobian[%d][%d] = %v, JVP %v", i, j, got, want[i])
				}
			}
		}
	})
}

// newJacobian makes room for the Jacobian, filled with numbers to be overwritten.
func newJacobian(t *testing.T, e example, s *dynsys.System[[]float64]) []float64 {
	t.Helper()
	size := s.Dim * s.Dim
	if (s.Pattern != nil) != (e.pattern != 0) {
		t.Fatalf("Pattern is %v, want %d entries", s.Pattern, e.pattern)
	}
	if s.Pattern != nil {
		if size = s.Pattern.Len(); size != e.pattern {
			t.Fatalf("%d entries in the Jacobian, want %d", size, e.pattern)
		}
	}
	jac := make([]float64, size)
	for i := range jac {
		jac[i] = math.NaN()
	}
	return jac
}

func entry(s *dynsys.System[[]float64], jac []float64, i, j int) float64 {
	if s.Pattern == nil {
		return jac[i*s.Dim+j]
	}
	if k := s.Pattern.At(i, j); k >= 0 {
		return jac[k]
	}
	return 0
}

func TestSystemDoesNotAllocate(t *testing.T) {
	forExamples(t, func(t *testing.T, e example, s *dynsys.System[[]float64], rng *rand.Rand) {
		n := s.Dim
		dy, gy, gp, jac := make([]float64, n), make([]float64, n), make([]float64, s.NumParams), newJacobian(t, e, s)
		out := [][]float64{make([]float64, n), make([]float64, n)}
		vy, vp := [][]float64{gauss(n, rng), gauss(n, rng)}, [][]float64{nil, gauss(s.NumParams, rng)}
		if got := testing.AllocsPerRun(10, func() {
			_ = s.RHS(dy, time, e.y, e.p)
			_ = s.JVP(dy, time, e.y, e.p, vy[0], vp[1])
			_ = s.VJP(gy, gp, time, e.y, e.p, vy[1])
			_ = s.JVPs(dy, out, time, e.y, e.p, vy, vp)
			_ = s.Jacobian(jac, time, e.y, e.p)
			if s.SecondOrder != nil {
				_ = s.TimeDerivative(dy, time, e.y, e.p)
				_ = s.TimeVJP(gy, gp, time, e.y, e.p, vy[1])
				_, _ = s.SecondOrder(gy, gp, time, e.y, e.p, vy[0], vp[1], vy[1])
				_ = s.SecondDirectional(dy, time, e.y, e.p, vy[0], vp[1], 1, vy[1], vp[1])
				_ = s.SecondDirectionals(out, time, e.y, e.p, vy, vp, 1, vy[1], vp[1])
			}
		}); got != 0 {
			t.Errorf("%v allocations", got)
		}
	})
}

// Systems of one model may be used at the same time (the race detector looks on).
func TestSystemsAreIndependent(t *testing.T) {
	for _, e := range examples() {
		var wait sync.WaitGroup
		results := make([][]float64, 4)
		for g := range results {
			s, err := e.model.System()
			must(t, err)
			results[g] = make([]float64, s.Dim)
			wait.Go(func() {
				w := append([]float64{}, e.y...)
				for range 50 {
					_ = s.VJP(results[g], make([]float64, s.NumParams), time, e.y, e.p, w)
				}
			})
		}
		wait.Wait()
		for _, r := range results[1:] {
			for i := range r {
				if r[i] != results[0][i] {
					t.Errorf("%s: %v in one goroutine, %v in another", e.name, results[0], r)
				}
			}
		}
	}
}

// What the known system lacks, the sum lacks; what belongs to its parameters alone
// sees them alone.
func TestHybridKeepsWhatIsKnown(t *testing.T) {
	net := MLP{Inputs: 2, Hidden: []Layer{{3, Tanh}}, Outputs: 2}
	term := Term{Net: net}
	bare := &dynsys.System[[]float64]{
		Dim: 2, NumParams: 1, Approximate: true,
		RHS: func(dy []float64, _ float64, y, p []float64) error { clear(dy); return nil },
		Initial: dynsys.Initial[[]float64]{
			Value: func(y0, p []float64) error { y0[0], y0[1] = float64(len(p)), p[0]; return nil },
			JVP:   func(out, p, vp []float64) error { out[0], out[1] = float64(len(vp)), vp[0]; return nil },
			VJP:   func(gp, p, w []float64) error { gp[0] += float64(len(gp)) * w[1]; return nil },
		},
		Breaks: dynsys.Breaks{
			Count: 1,
			Times: func(tau, p []float64) error { tau[0] = p[0] * float64(len(p)); return nil },
			JVP:   func(out, p, vp []float64) error { out[0] = vp[0] * float64(len(vp)); return nil },
			VJP:   func(gp, p, w []float64) error { gp[0] += w[0] * float64(len(gp)); return nil },
		},
	}
	s, err := term.AddTo(bare)
	must(t, err)
	if s.JVP != nil || s.VJP != nil || s.JVPs != nil || s.Jacobian != nil ||
		s.TimeDerivative != nil || s.TimeVJP != nil || s.SecondOrder != nil || s.SecondDirectional != nil || s.SecondDirectionals != nil || s.Autonomous {
		t.Error("the sum has derivatives that its known part lacks")
	}
	if !s.Approximate || s.Breaks.Count != 1 {
		t.Errorf("Approximate %v, %d breaks", s.Approximate, s.Breaks.Count)
	}
	p, v := make([]float64, s.NumParams), make([]float64, s.NumParams)
	p[0], v[0] = 5, 3
	two, one, gp := make([]float64, 2), make([]float64, 1), make([]float64, s.NumParams)
	expect := func(what string, got, want float64) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	must(t, s.Initial.Value(two, p))
	expect("parameters of the initial value", two[0], 1)
	expect("initial value", two[1], 5)
	must(t, s.Initial.JVP(two, p, v))
	expect("directions of the initial value", two[0], 1)
	expect("initial direction", two[1], 3)
	must(t, s.Initial.VJP(gp, p, []float64{0, 2}))
	expect("initial gradient", gp[0], 2)
	must(t, s.Breaks.Times(one, p))
	expect("break", one[0], 5)
	must(t, s.Breaks.JVP(one, p, v))
	expect("direction of the break", one[0], 3)
	must(t, s.Breaks.VJP(gp, p, []float64{4}))
	expect("gradient of the break", gp[0], 6)
}

func TestErrorsOfKnownArePassedOn(t *testing.T) {
	boom := errors.New("boom")
	bad := func(s *dynsys.System[[]float64]) {
		s.RHS = func(dy []float64, _ float64, _, _ []float64) error { return boom }
		s.JVP = func(out []float64, _ float64, _, _, _, _ []float64) error { return boom }
		s.VJP = func(gy, _ []float64, _ float64, _, _, _ []float64) error { return boom }
		s.Jacobian = func(jac []float64, _ float64, _, _ []float64) error { return boom }
	}
	net := MLP{Inputs: 3, Outputs: 3}
	h := Hybrid{Known: known{problem: problems.Lorenz(), change: bad}, Term: Term{Net: net}}
	s, err := h.System()
	must(t, err)
	y, p := make([]float64, 3), make([]float64, s.NumParams)
	for name, err := range map[string]error{
		"RHS":      s.RHS(y, 0, y, p),
		"JVP":      s.JVP(y, 0, y, p, y, nil),
		"VJP":      s.VJP(y, nil, 0, y, p, y),
		"JVPs":     s.JVPs(y, nil, 0, y, p, nil, nil),
		"Jacobian": s.Jacobian(make([]float64, 9), 0, y, p),
	} {
		if !errors.Is(err, boom) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestTermThatDoesNotFit(t *testing.T) {
	lorenz := problems.Lorenz()
	for want, term := range map[string]Term{
		"0 inputs":                  {Net: MLP{Outputs: 3}},
		"cannot read 3 states":      {Net: MLP{Inputs: 2, Outputs: 3}},
		"cannot read 4 states and":  {Net: MLP{Inputs: 3, Outputs: 3}, Time: true},
		"cannot be added to 3":      {Net: MLP{Inputs: 3, Outputs: 2}},
		"cannot be added to 1":      {Net: MLP{Inputs: 3, Outputs: 2}, Into: []int{0}},
		"From names state 3 of 3":   {Net: MLP{Inputs: 1, Outputs: 3}, From: []int{3}},
		"Into names state -1 of 3":  {Net: MLP{Inputs: 3, Outputs: 1}, Into: []int{-1}},
		"cannot read 0 states":      {Net: MLP{Inputs: 3, Outputs: 3}, From: []int{}},
		"2 values of Scale for 3 i": {Net: MLP{Inputs: 3, Outputs: 3, Scale: []float64{1, 1}}},
	} {
		_, err := term.AddTo(lorenz.System)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one about %q", err, want)
		}
	}
	if _, err := (ODE{Net: MLP{Inputs: 3, Outputs: 2}}).System(); err == nil {
		t.Error("a network of 3 inputs and 2 outputs became an ODE")
	}
}

func TestWrongNumberOfParametersPanics(t *testing.T) {
	s, err := Hybrid{Known: known{problem: problems.Lorenz()}, Term: Term{Net: MLP{Inputs: 3, Outputs: 3}}}.System()
	must(t, err)
	defer func() {
		if r := recover(); r != "nn: p has length 4, want 15" {
			t.Errorf("recovered %v", r)
		}
	}()
	_ = s.RHS(make([]float64, 3), 0, make([]float64, 3), make([]float64, 4))
}

func TestHybridClosesKnown(t *testing.T) {
	var closed int
	h := Hybrid{Known: known{problem: problems.Lorenz(), closed: &closed}}
	must(t, h.Close())
	if closed != 1 {
		t.Errorf("closed %d times", closed)
	}
}
