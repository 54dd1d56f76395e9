package expr

import "math"

// scale returns w times the partial derivative of the operation n in its i-th
// operand: the one table of derivatives, which both modes use. If, Min and Max,
// which choose between their operands, are the business of [Builder.choice];
// operations without a derivative are not [Builder.active].
func (b *Builder) scale(n Node, i int, w Node) Node {
	t := b.terms[n]
	x := t.a
	one := b.Const(1)
	switch t.op {
	case opAdd:
		return w
	case opSub:
		if i == 1 {
			return b.Neg(w)
		}
		return w
	case opMul:
		if i == 1 {
			return b.Mul(w, t.a)
		}
		return b.Mul(w, t.b)
	case opDiv:
		if i == 1 {
			return b.Neg(b.Mul(b.Div(w, t.b), n))
		}
		return b.Div(w, t.b)
	case opNeg:
		return b.Neg(w)
	case opPowInt:
		k := int(t.k)
		return b.Mul(w, b.Mul(b.Const(float64(k)), b.Pow(x, b.Const(float64(k-1)))))
	case opPow:
		if i == 1 {
			return b.Mul(w, b.powLog(x, t.b, 1))
		}
		return b.Mul(w, b.Mul(t.b, b.Pow(x, b.Sub(t.b, one))))
	case opPowLog:
		k := int(t.k)
		if i == 1 {
			return b.Mul(w, b.powLog(x, t.b, k+1))
		}
		y1 := b.Sub(t.b, one)
		return b.Mul(w, b.Add(
			b.Mul(t.b, b.powLog(x, y1, k)),
			b.Mul(b.Const(float64(k)), b.powLog(x, y1, k-1))))
	case opExp:
		return b.Mul(w, n)
	case opLog:
		return b.Div(w, x)
	case opLog10:
		return b.Div(w, b.Mul(b.Const(math.Ln10), x))
	case opLog2:
		return b.Div(w, b.Mul(b.Const(math.Ln2), x))
	case opSqrt:
		return b.Div(w, b.Mul(b.Const(2), n))
	case opAbs:
		return b.Mul(w, b.Sign(x))
	case opSin:
		return b.Mul(w, b.Cos(x))
	case opCos:
		return b.Neg(b.Mul(w, b.Sin(x)))
	case opTan:
		return b.Mul(w, b.Add(one, b.Mul(n, n)))
	case opAsin:
		return b.Div(w, b.sqrtOneMinusSquare(x))
	case opAcos:
		return b.Neg(b.Div(w, b.sqrtOneMinusSquare(x)))
	case opAtan:
		return b.Div(w, b.Add(one, b.Mul(x, x)))
	case opAtan2:
		return b.atan2Partial(i, t.a, t.b, w)
	case opSinh:
		return b.Mul(w, b.Cosh(x))
	case opCosh:
		return b.Mul(w, b.Sinh(x))
	case opTanh:
		sech := b.Div(one, b.Cosh(x)) // 1 - tanh^2 would cancel
		return b.Mul(w, b.Mul(sech, sech))
	case opErf:
		gauss := b.Exp(b.Neg(b.Mul(x, x)))
		return b.Mul(w, b.Mul(b.Const(2/math.SqrtPi), gauss))
	case opLgamma:
		return b.Mul(w, b.Polygamma(0, x))
	case opPolygamma:
		return b.Mul(w, b.Polygamma(int(t.k)+1, x))
	}
	panic("expr: no derivative of " + ops[t.op].name)
}

// sqrtOneMinusSquare returns sqrt(1 - x^2) without cancellation near 1.
func (b *Builder) sqrtOneMinusSquare(x Node) Node {
	one := b.Const(1)
	return b.Sqrt(b.Mul(b.Sub(one, x), b.Add(one, x)))
}

// atan2Partial returns w x/(x^2+y^2) for i = 0 and -w y/(x^2+y^2) for i = 1. With q
// the one of y/x and x/y that is at most 1 in size, nothing overflows early.
func (b *Builder) atan2Partial(i int, y, x, w Node) Node {
	one := b.Const(1)
	flat := b.apply(opLe, 1, b.Abs(y), b.Abs(x))
	q := b.If(flat, b.Div(y, x), b.Div(x, y))
	den := b.Mul(b.If(flat, x, y), b.Add(one, b.Mul(q, q)))
	if i == 0 {
		return b.Div(b.Mul(w, b.If(flat, one, q)), den)
	}
	return b.Neg(b.Div(b.Mul(w, b.If(flat, q, one)), den))
}

// choice returns the condition under which n, an If, Min or Max, is its operand x
// rather than y. Min and Max take their first operand where both are equal.
func (b *Builder) choice(n Node) (c, x, y Node, ok bool) {
	switch t := b.terms[n]; t.op {
	case opIf:
		return t.a, t.b, t.c, true
	case opMin:
		return b.apply(opLe, 1, t.a, t.b), t.a, t.b, true
	case opMax:
		return b.apply(opLe, 1, t.b, t.a), t.a, t.b, true
	}
	return 0, 0, 0, false
}

// active marks, among nodes in ascending order, those that depend on a slot for
// which wanted is true through operations that have a derivative.
func (b *Builder) active(nodes []Node, wanted func(slot int) bool) []bool {
	is := make([]bool, b.Len())
	for _, n := range nodes {
		t := &b.terms[n]
		switch t.op {
		case opInput:
			is[n] = wanted(int(t.k))
		case opFloor, opCeil, opSign, opLt, opLe, opEq, opNe, opAnd, opOr, opNot:
			// Constant wherever they are continuous.
		case opIf:
			is[n] = is[t.b] || is[t.c]
		default:
			x, arity := t.operands()
			for _, m := range x[:arity] {
				is[n] = is[n] || is[m]
			}
		}
	}
	return is
}
