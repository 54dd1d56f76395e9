package sensitivity

import (
	"fmt"
	"math"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// parameterIntegral is the integral of f_p^T a + g_p over the steps of the adjoint,
// outside the differential equation: a Gauss-Kronrod rule of 3 and 7 points on every
// step, with the interpolant of the adjoint and the state of the companion, halved
// where the two rules differ by more than the step's share of the tolerance. It has no
// say in the step size, and an error control of its own, parameter by parameter.
//
// Source: Kronrod, Nodes and Weights of Quadrature Formulas (1965); the rules and the
// idea to leave the integral outside: Ma et al., arXiv 1812.01892, section 4.
type parameterIntegral[S any] struct {
	b      *backward[S]
	rel    float64
	abs    []float64 // for each parameter
	span   float64   // |T1-T0|
	sum    []float64 // of the steps done
	size   []float64 // sum of the absolute integrals: what the relative tolerance refers to
	sized  bool      // size is that of all steps
	z      *space.Bundle[S]
	d      S
	levels [][2][]float64 // 3-point and 7-point sums at every depth of halving
	gp     []float64
}

// The nodes of the 7-point Kronrod rule on [-1, 1], every second one of which is a node
// of the 3-point Gauss rule, and the weights of both.
var (
	kronrodNodes   = [4]float64{0, 0.4342437493468025580, 0.7745966692414833770, 0.9604912687080202834}
	kronrodWeights = [4]float64{0.4509165386584741423, 0.4013974147759622229, 0.2684880898683334407, 0.1046562260264672652}
	gaussWeights   = [4]float64{8. / 9, 0, 5. / 9, 0}
)

// maxHalvings bounds the depth of refinement of a step.
const maxHalvings = 12

func newParameterIntegral[S any](b *backward[S], rel float64, abs []float64) *parameterIntegral[S] {
	m := b.a.m
	n := m.sys.NumParams
	return &parameterIntegral[S]{
		b: b, rel: rel, abs: abs, span: math.Abs(m.T1 - m.T0),
		sum: make([]float64, n), size: make([]float64, n), gp: make([]float64, n),
		z: b.sp.New(b.start), d: m.sp.New(m.y0),
	}
}

// adjoint is the bundle inside one step.
type adjoint[S any] func(dst *space.Bundle[S], t float64) error

// add adds the integral over an accepted step.
func (q *parameterIntegral[S]) add(step *integrate.Step[*space.Bundle[S]]) error {
	return q.panel(step.At, step.T0, step.T1, 0)
}

// piece is a step of the adjoint that was kept.
type piece[S any] struct {
	t0, t1 float64
	of     integrate.Interpolant[*space.Bundle[S]]
}

func (p *piece[S]) at(dst *space.Bundle[S], t float64) error {
	p.of.At(dst, t)
	return nil
}

// all adds the integral over all steps, which are judged by the size of the whole.
func (q *parameterIntegral[S]) all(pieces []piece[S]) error {
	rough := make([]float64, len(q.sum))
	fine := make([]float64, len(q.sum))
	for _, p := range pieces {
		if err := q.rules(rough, fine, p.at, p.t0, p.t1); err != nil {
			return err
		}
		for i, k := range fine {
			q.size[i] += math.Abs(k)
		}
	}
	q.sized = true
	for _, p := range pieces {
		if err := q.panel(p.at, p.t0, p.t1, 0); err != nil {
			return err
		}
	}
	return nil
}

// panel adds the integral from t0 to t1, halved as often as needed.
func (q *parameterIntegral[S]) panel(at adjoint[S], t0, t1 float64, depth int) error {
	if len(q.levels) == depth {
		q.levels = append(q.levels, [2][]float64{make([]float64, len(q.sum)), make([]float64, len(q.sum))})
	}
	gauss, kronrod := q.levels[depth][0], q.levels[depth][1]
	if err := q.rules(gauss, kronrod, at, t0, t1); err != nil {
		return err
	}
	share := math.Abs(t1-t0) / q.span
	good := true
	for i, k := range kronrod {
		size := max(q.size[i]+math.Abs(k), math.Abs(k)/share)
		if !(math.Abs(k-gauss[i]) <= share*(q.abs[i]+q.rel*size)) && math.Abs(k-gauss[i]) > 1e-15*size {
			good = false
		}
	}
	switch {
	case good:
		for i, k := range kronrod {
			q.sum[i] += k
			if !q.sized {
				q.size[i] += math.Abs(k)
			}
		}
		return nil
	case depth == maxHalvings:
		return fmt.Errorf("the integral of dL/dp between %v and %v is not resolved after %d halvings: %w", t0, t1, depth, ErrQuadrature)
	}
	mid := t0 + (t1-t0)/2
	if err := q.panel(at, t0, mid, depth+1); err != nil {
		return err
	}
	return q.panel(at, mid, t1, depth+1)
}

// rules sets the values of both rules.
func (q *parameterIntegral[S]) rules(gauss, kronrod []float64, at adjoint[S], t0, t1 float64) error {
	clear(gauss)
	clear(kronrod)
	half := (t1 - t0) / 2
	for i, x := range kronrodNodes {
		for _, sign := range []float64{1, -1} {
			t := t0 + half + sign*x*half
			t = min(max(t, min(t0, t1)), max(t0, t1)) // a step may be one floating-point number
			if err := q.integrand(at, t); err != nil {
				return err
			}
			for j, g := range q.gp {
				kronrod[j] += -half * kronrodWeights[i] * g
				gauss[j] += -half * gaussWeights[i] * g
			}
			if x == 0 {
				break
			}
		}
	}
	return nil
}

// integrand sets gp = f_p^T a + g_p at t.
func (q *parameterIntegral[S]) integrand(at adjoint[S], t float64) error {
	b := q.b
	m, loss := b.a.m, b.a.loss
	if err := at(q.z, t); err != nil {
		return err
	}
	y := b.y.state(t, q.z)
	clear(q.gp)
	if err := m.vjp(q.d, q.gp, t, y, q.z.Y); err != nil {
		return err
	}
	if loss.G != nil && loss.Gp != nil {
		return loss.Gp(q.gp, t, y, m.P)
	}
	return nil
}
