package nn

import (
	"math"
	"math/rand/v2"
	"testing"
)

// near says whether two vectors agree, relative to the largest entry.
func near(t *testing.T, what string, got, want []float64, tol float64) {
	t.Helper()
	size := largest(want)
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= tol*size) {
			t.Errorf("%s[%d] = %v, want %v", what, i, got[i], want[i])
		}
	}
}

// A batch is its points one by one, on both sides of the sizes at which kernels change.
func TestBatchIsOneByOne(t *testing.T) {
	shapes := append(nets(), MLP{Inputs: 70, Hidden: []Layer{{130, Tanh}}, Outputs: 66})
	for _, m := range shapes {
		for _, rows := range []int{1, 2, 7, 30} {
			rng := rand.New(rand.NewPCG(21, uint64(rows)))
			p := draw(&m, rows, rng)
			n, in, outs := m.NumParams(), m.Inputs, m.Outputs
			many, one := m.NewBatch(rows), m.NewWorkspace()

			type results struct{ value, jvp, bend, gx, gw, sx, sw []float64 }
			fresh := func() results {
				out, x, w := rows*outs, rows*in, n
				return results{make([]float64, out), make([]float64, out), make([]float64, out),
					make([]float64, x), make([]float64, w), make([]float64, x), make([]float64, w)}
			}
			got, want := fresh(), fresh()
			run := func(r results, i, k int, ws *Workspace) {
				x := func(v []float64) []float64 { return v[i*in : (i+k)*in] }
				out := func(v []float64) []float64 { return v[i*outs : (i+k)*outs] }
				m.Forward(out(r.value), x(p.x), p.w, ws)
				m.Push(out(r.jvp), p.w, x(p.vx), p.vw, ws)
				m.Pull(x(r.gx), r.gw, p.w, out(p.c), ws)
				m.SecondDirectional(out(r.bend), x(p.x), p.w, x(p.vx), p.vw, x(p.ux), p.uw, ws)
				m.SecondOrder(x(r.sx), r.sw, x(p.x), p.w, x(p.vx), p.vw, out(p.c), ws)
			}
			run(got, 0, rows, many)
			for i := range rows {
				run(want, i, 1, one)
			}
			t.Run(name(m), func(t *testing.T) {
				// The same sums of up to 130 terms in another order, relative to the largest.
				const tol = 4e-15
				if rows < batchRows {
					near(t, "Forward of a small batch", got.value, want.value, 0)
				}
				near(t, "Forward", got.value, want.value, tol)
				near(t, "Push", got.jvp, want.jvp, tol)
				near(t, "Pull x", got.gx, want.gx, tol)
				near(t, "SecondDirectional", got.bend, want.bend, 2*tol)
				near(t, "SecondOrder x", got.sx, want.sx, 2*tol)
				near(t, "Pull w", got.gw, want.gw, 2*tol)
				near(t, "SecondOrder w", got.sw, want.sw, 4*tol)
			})
		}
	}
}

func TestBatchDoesNotAllocate(t *testing.T) {
	m := MLP{Inputs: 5, Hidden: []Layer{{300, Tanh}}, Outputs: 140}
	const rows = 300
	p := draw(&m, rows, rand.New(rand.NewPCG(23, 24)))
	ws, out, gx, gw := m.NewBatch(rows), make([]float64, rows*m.Outputs), make([]float64, rows*m.Inputs), make([]float64, len(p.w))
	if got := testing.AllocsPerRun(2, func() {
		m.Forward(out, p.x, p.w, ws)
		m.Push(out, p.w, p.vx, p.vw, ws)
		m.Pull(gx, gw, p.w, p.c, ws)
	}); got != 0 {
		t.Errorf("%v allocations", got)
	}
}

func TestBatchOfNoPointsPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a batch of 0 points was made")
		}
	}()
	m := MLP{Inputs: 1, Outputs: 1}
	m.NewBatch(0)
}
