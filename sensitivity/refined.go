package sensitivity

import (
	"fmt"
	"math"

	"github.com/odefit/odefit/integrate"
)

// refined solves the transposed systems of single implicit stages,
//
//	(M - g f_y(t, y))^T r = w,
//
// to rounding, whatever matrix is at hand: by refinement, in which the residual is that
// of the system's own VJP. The matrix is that of the start of the step as long as each
// correction is at most a hundredth of the one before; then that of the stage, for the
// stages to come too. Where the system gives its Jacobian and has few states, a matrix
// for each stage is cheaper than refinement.
type refined[S any] struct {
	m      *model[S]
	newton integrate.Newton[S]
	each   bool    // every stage has a matrix of its own
	t      float64 // the start of the step
	y      S
	known  bool    // there is a Jacobian of this step
	g      float64 // of the factors; 0: none
	x, d   S       // the solution, and its correction
	mx     S
	gp     []float64
	terms[S]
}

const (
	fewStates     = 40    // up to which every stage has a matrix of its own
	slowRefining  = 1e-2  // ratio of corrections above which the matrix is renewed
	mostRefining  = 40    // corrections
	roundingLevel = 3e-16 // relative correction that counts as none
	roundingNear  = 1e-12 // below which one that does not shrink is rounding
	roundingFar   = 1e-3  // below which three in a row are
)

func (e *refined[S]) prepare(m *model[S]) error {
	p := m.integral()
	newton, err := integrate.NewNewton(&p, &m.work)
	if err != nil {
		return err
	}
	*e = refined[S]{
		m: m, newton: newton, each: m.sys.Jacobian != nil && m.sys.Dim <= fewStates,
		y: m.sp.New(m.y0), d: m.sp.New(m.y0), x: m.sp.New(m.y0), mx: m.sp.New(m.y0),
		gp: make([]float64, m.sys.NumParams), terms: terms[S]{sp: m.sp},
	}
	return nil
}

// step begins a step from y at t.
func (e *refined[S]) step(t float64, y S) {
	e.t, e.known = t, false
	e.m.sp.Copy(e.y, y)
}

// solve sets v = f_y^T r and adds f_p^T r to gp.
func (e *refined[S]) solve(v S, gp []float64, w S, t float64, y S, g float64) error {
	own := e.each
	if err := e.factor(own, t, y, g); err != nil {
		return err
	}
	e.m.sp.Copy(e.x, w)
	if err := e.newton.SolveTransposed(e.x); err != nil {
		return err
	}
	last, still := math.Inf(1), 0
	for range mostRefining {
		size, err := e.correct(v, w, t, y, g)
		if err != nil {
			return err
		}
		switch {
		case !finite(size):
			return fmt.Errorf("the adjoint of a stage: %w", integrate.ErrNonFinite)
		case size > last/2:
			still++
		default:
			still = 0
		}
		if size <= roundingLevel || own && (still > 0 && size <= roundingNear || still > 2 && size <= roundingFar) {
			for j, x := range e.gp {
				gp[j] += x
			}
			return nil
		}
		if !own && size > slowRefining*last {
			own, last, still = true, math.Inf(1), 0
			if err := e.factor(true, t, y, g); err != nil {
				return err
			}
			continue
		}
		last = size
		e.add(e.x, 1, e.d)
	}
	return fmt.Errorf("the adjoint of a stage: %w", integrate.ErrNewton)
}

// factor makes the matrix of the stage, or takes that which the step has.
func (e *refined[S]) factor(own bool, t float64, y S, g float64) error {
	if own || !e.known {
		if !own {
			t, y = e.t, e.y
		}
		if err := e.newton.Linearize(t, y); err != nil {
			return err
		}
		e.known, e.g = true, 0
	}
	if e.g == g {
		return nil
	}
	if err := e.newton.Factor(g); err != nil {
		return fmt.Errorf("%w: %w", integrate.ErrNewton, err)
	}
	e.g = g
	return nil
}

// correct sets v and e.gp for the present x, and d to its correction, and returns the
// size of that relative to x.
func (e *refined[S]) correct(v, w S, t float64, y S, g float64) (float64, error) {
	clear(e.gp)
	if err := e.m.vjp(v, e.gp, t, y, e.x); err != nil {
		return 0, err
	}
	mx := e.x
	if e.m.sys.Mass != nil {
		mx = e.mx
		if err := e.m.massTransposed(mx, e.x); err != nil {
			return 0, err
		}
	}
	e.begin()
	e.plus(-1, mx)
	e.plus(g, v)
	e.sum(e.d, w)
	if err := e.newton.SolveTransposed(e.d); err != nil {
		return 0, err
	}
	return relative(e.m.size(e.d), e.m.size(e.x)), nil
}
