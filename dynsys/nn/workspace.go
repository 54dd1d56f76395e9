package nn

import (
	"fmt"

	"github.com/odefit/odefit/internal/vector"
)

// Workspace is the scratch memory of one goroutine for one network, which it evaluates
// at one point or, made by [MLP.NewBatch], at several at a time. It also remembers the
// points of the last evaluation, for [MLP.Push] and [MLP.Pull].
type Workspace struct {
	rows   int
	params int
	z      [][]float64 // z[l] is z_l of hidden layer l, one row a point
	slope  [][]float64 // f_l' there
	act    [][]float64 // act[l] is a_l, the input of layer l

	powerSlope, powerSecond []float64 // of the inputs' power; nil where that is 1

	// Scratch of a layer's size: what Push and Pull carry.
	a, b, c []float64
	work    []float64 // of products of matrices

	second *secondScratch // nil until second derivatives are first asked for
}

// NewWorkspace returns a workspace for one point at a time. The network must be valid.
func (m *MLP) NewWorkspace() *Workspace { return m.NewBatch(1) }

// NewBatch returns a workspace for a batch of rows points. With it, every x, vx and gx
// is a row-major matrix of rows x Inputs, every out and c one of rows x Outputs: one row
// a point. The weights and their direction vw are the same for all, and gw gathers the
// sum over all. A layer then costs one product of two matrices. The results are those of
// the points one by one, but for the last bits.
func (m *MLP) NewBatch(rows int) *Workspace {
	if rows < 1 {
		panic(fmt.Sprintf("nn: a batch of %d points", rows))
	}
	ws := &Workspace{rows: rows, params: m.NumParams()}
	ws.act = append(ws.act, make([]float64, rows*m.Inputs))
	if m.Power > 1 {
		ws.powerSlope, ws.powerSecond = make([]float64, rows*m.Inputs), make([]float64, rows*m.Inputs)
	}
	for _, h := range m.Hidden {
		n := rows * h.Units
		ws.z = append(ws.z, make([]float64, n))
		ws.slope = append(ws.slope, make([]float64, n))
		ws.act = append(ws.act, make([]float64, n))
	}
	n := rows * m.widest()
	ws.a, ws.b, ws.c = make([]float64, n), make([]float64, n), make([]float64, n)
	ws.work = make([]float64, vector.WorkFor(max(rows, m.widest())))
	return ws
}

// widest returns the largest number of units of a layer, inputs and outputs included.
func (m *MLP) widest() int {
	n := max(m.Inputs, m.Outputs)
	for _, h := range m.Hidden {
		n = max(n, h.Units)
	}
	return n
}

// secondScratch is what second derivatives need beside.
type secondScratch struct {
	// Tangents of every layer, along (vx, vw).
	z, act [][]float64
	curve  []float64 // f_l'' of one layer
	spare  []float64

	// Of a layer's size.
	d, e, f, g, h, i []float64
}

func (ws *Workspace) forSecond(m *MLP) *secondScratch {
	if ws.second != nil {
		return ws.second
	}
	s := &secondScratch{}
	for _, a := range ws.act {
		s.act = append(s.act, make([]float64, len(a)))
	}
	for _, z := range ws.z {
		s.z = append(s.z, make([]float64, len(z)))
	}
	n := ws.rows * m.widest()
	for _, v := range []*[]float64{&s.curve, &s.spare, &s.d, &s.e, &s.f, &s.g, &s.h, &s.i} {
		*v = make([]float64, n)
	}
	ws.second = s
	return s
}
