package model

import "github.com/odefit/odefit/dynsys/expr"

// lowering turns expressions into nodes of a graph. Expressions must have been
// checked.
type lowering struct {
	b    *expr.Builder
	t    expr.Node
	node func(Expr) expr.Node // of a *Name or a *RowColumn

	// places, when not nil, is told where every node was first written.
	places map[expr.Node]Pos
}

func (l *lowering) lower(e Expr) expr.Node {
	before := l.b.Len()
	n := l.apply(e)
	if l.places != nil {
		for m := before; m < l.b.Len(); m++ { // parts of e have noted theirs
			if _, ok := l.places[expr.Node(m)]; !ok {
				l.places[expr.Node(m)] = e.Pos()
			}
		}
	}
	return n
}

// apply returns the node of e, whose parts are lowered.
func (l *lowering) apply(e Expr) expr.Node {
	b := l.b
	switch e := e.(type) {
	case *Number:
		return b.Const(e.Value)
	case *Unary:
		x := l.lower(e.X)
		if e.Op == Not {
			return b.Not(x)
		}
		return b.Neg(x)
	case *Binary:
		return lowerBinary(b, e.Op, l.lower(e.X), l.lower(e.Y))
	case *Call:
		args := make([]expr.Node, len(e.Args))
		for i, a := range e.Args {
			args[i] = l.lower(a)
		}
		return functions[e.Func].lower(b, l.t, args)
	}
	return l.node(e)
}

func lowerBinary(b *expr.Builder, op Operator, x, y expr.Node) expr.Node {
	switch op {
	case Or:
		return b.Or(x, y)
	case And:
		return b.And(x, y)
	case Less:
		return b.Lt(x, y)
	case LessEqual:
		return b.Le(x, y)
	case Greater:
		return b.Gt(x, y)
	case GreaterEqual:
		return b.Ge(x, y)
	case Equal:
		return b.Eq(x, y)
	case NotEqual:
		return b.Ne(x, y)
	case Plus:
		return b.Add(x, y)
	case Minus:
		return b.Sub(x, y)
	case Times:
		return b.Mul(x, y)
	case Divide:
		return b.Div(x, y)
	case Power:
		return b.Pow(x, y)
	}
	panic("model: no such operator")
}
