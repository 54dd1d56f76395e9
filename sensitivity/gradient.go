package sensitivity

import (
	"context"
	"fmt"
)

// Method is a way to differentiate a loss: [Forward], [Discrete], [Continuous] or [Auto].
// It is a plain value, for any state type.
type Method interface {
	// String returns the name by which the command knows it.
	String() string
}

// Gradient returns a loss and its gradient by a method. Nil settings are right for
// a first look.
//
// The error is an *[Error] where the solution or the adjoint cannot be computed;
// then there is no result. For a nil settings.Solver see [Settings].
func Gradient[S any](ctx context.Context, p Problem[S], loss *Loss[S], method Method, set *Settings) (*Result[S], error) {
	res, err := Gradients(ctx, p, []*Loss[S]{loss}, method, set)
	if err != nil {
		return nil, err
	}
	return res[0], nil
}

// Gradients returns several losses of one solution and the gradient of each: the
// Jacobian of a function of the solution, row by row. The solution is computed once,
// and so are, for [Forward], the tangents: a further loss costs inner products alone.
// The adjoints of all losses go through the record of [Discrete] together, each by
// itself: steps that were not kept are computed again once for all, and equal
// linearisations are made once. [Continuous] solves the adjoint equations one after the
// other, with steps of their own.
//
// The running costs of all losses are part of the error control. Results come in the
// order of losses; the statistics of each are those of the whole.
func Gradients[S any](ctx context.Context, p Problem[S], losses []*Loss[S], method Method, set *Settings) ([]*Result[S], error) {
	if len(losses) == 0 {
		return nil, nil
	}
	as, err := newAccounts(p, losses)
	if err != nil {
		return nil, err
	}
	m, s := as[0].m, orDefault(set)
	if auto, ok := method.(Auto); ok {
		var why string
		method, why = auto.choose(m.sys.Dim, m.sys.NumParams, m.sys.VJP != nil, m.sys.Mass != nil, s.solver())
		for _, a := range as {
			a.res.Choice = fmt.Sprintf("%v: %s", method, why)
		}
	}
	switch method := method.(type) {
	case Forward:
		err = forward(ctx, as, method, &s)
	case Discrete:
		if s.Solver, err = m.recorded(ctx, &s); err == nil {
			err = discrete(ctx, as, method, &s)
		}
	case Continuous:
		err = continuous(ctx, as, method, &s)
	case nil:
		return nil, fmt.Errorf("sensitivity: no method was given; Forward{} is right for few parameters, Discrete{} for many")
	default:
		return nil, fmt.Errorf("sensitivity: unknown method %v", method)
	}
	if err != nil {
		return nil, err
	}
	results := make([]*Result[S], len(as))
	for i, a := range as {
		if results[i], err = a.close(); err != nil {
			return nil, err
		}
	}
	return results, nil
}
