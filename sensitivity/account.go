package sensitivity

import (
	"fmt"
	"math"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// account gathers a result: it evaluates the loss where the solution passes and
// adds up its direct terms, which are the same for every method.
type account[S any] struct {
	m    *model[S]
	loss *Loss[S]
	dot  space.InnerProduct[S]
	res  *Result[S]
	f    S // scratch
}

func newAccount[S any](p Problem[S], loss *Loss[S]) (*account[S], error) {
	m, err := newModel(p)
	if err != nil {
		return nil, err
	}
	return openAccount(m, loss)
}

// newAccounts returns those of several losses, with one model.
func newAccounts[S any](p Problem[S], losses []*Loss[S]) ([]*account[S], error) {
	m, err := newModel(p)
	if err != nil {
		return nil, err
	}
	as := make([]*account[S], len(losses))
	for i, loss := range losses {
		if as[i], err = openAccount(m, loss); err != nil {
			return nil, err
		}
	}
	return as, nil
}

func openAccount[S any](m *model[S], loss *Loss[S]) (*account[S], error) {
	p := m.Problem
	if err := loss.check(p.T0, p.T1); err != nil {
		return nil, err
	}
	dot, ok := m.sp.(space.InnerProduct[S])
	if !ok {
		return nil, fmt.Errorf("sensitivity: a gradient in states of type %T: %w", p.Y0, ErrNoInnerProduct)
	}
	return &account[S]{
		m: m, loss: loss, dot: dot, f: m.sp.New(m.y0),
		res: &Result[S]{
			P:     make([]float64, m.sys.NumParams),
			Y0:    m.sp.New(m.y0),
			Times: make([]float64, len(loss.Times)),
		},
	}, nil
}

// lossesOf returns those of the accounts.
func lossesOf[S any](as []*account[S]) []*Loss[S] {
	losses := make([]*Loss[S], len(as))
	for i, a := range as {
		losses[i] = a.loss
	}
	return losses
}

// warn adds a warning to all results.
func warn[S any](as []*account[S], text string) {
	for _, a := range as {
		a.res.Warnings = append(a.res.Warnings, text)
	}
}

// observe adds l_k at y, its derivative in p and its time derivative, and sets c
// to its derivative in y.
func (a *account[S]) observe(c S, k int, y S) error {
	m, t := a.m, a.loss.Times[k]
	value, err := a.loss.L(k, y, m.P)
	if err != nil {
		return fmt.Errorf("loss term %d: %w", k, err)
	}
	a.res.Value += value
	if a.loss.Lp != nil {
		if err := a.loss.Lp(a.res.P, k, y, m.P); err != nil {
			return fmt.Errorf("derivative of loss term %d: %w", k, err)
		}
	}
	if a.loss.Ly == nil {
		m.sp.Copy(c, m.zero)
		return nil
	}
	if err := a.loss.Ly(c, k, y, m.P); err != nil {
		return fmt.Errorf("derivative of loss term %d: %w", k, err)
	}
	if m.over(t) {
		return nil // the state stays
	}
	if err := m.rate(a.f, t, y); err != nil {
		return err
	}
	a.res.Times[k] = a.dot.Dot(a.f, c)
	return nil
}

// ends sets the derivatives in T0 and T1, given that in y0 along y'(T0).
func (a *account[S]) ends(alongF float64, y1 S) (err error) {
	m, g0, g1 := a.m, 0.0, 0.0
	if a.loss.G != nil {
		if g0, err = a.loss.G(m.within(m.T0), m.y0, m.P); err != nil {
			return err
		}
		if !m.stopped {
			if g1, err = a.loss.G(m.within(m.T1), y1, m.P); err != nil {
				return err
			}
		}
	}
	a.res.T0, a.res.T1 = -alongF-g0, g1
	return nil
}

// start sets a.f = y'(T0).
func (a *account[S]) start() error { return a.m.rate(a.f, a.m.T0, a.m.y0) }

// foldInitial adds to dL/dp what goes through the initial state, given dL/dy0.
func (a *account[S]) foldInitial() error {
	init := &a.m.sys.Initial
	if init.Value == nil {
		return nil
	}
	if init.VJP == nil {
		return fmt.Errorf("sensitivity: Initial.VJP: %w", ErrNoDerivative)
	}
	if err := init.VJP(a.res.P, a.m.P, a.res.Y0); err != nil {
		return fmt.Errorf("sensitivity: derivative of the initial state: %w", err)
	}
	return nil
}

// close returns the result, which is all finite.
func (a *account[S]) close() (*Result[S], error) {
	r := a.res
	sum := r.Value + r.T0 + r.T1 + a.m.size(r.Y0)
	for _, v := range r.P {
		sum += math.Abs(v)
	}
	for _, v := range r.Times {
		sum += math.Abs(v)
	}
	if !finite(sum) {
		return nil, &Error{Phase: BackwardPass, T: a.m.T0, Component: -1, Reason: fmt.Errorf("the loss or its gradient: %w", integrate.ErrNonFinite)}
	}
	r.Stats, r.grid, r.acted = a.m.stats, a.m.grid, a.m.acted
	r.Warnings = append(a.m.warnings(), r.Warnings...)
	return r, nil
}

// size returns the root mean square of y; not finite where y is not.
func (m *model[S]) size(y S) float64 { return m.sp.Norm(y, y, y, space.Tolerance{Abs: 1}) }

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
