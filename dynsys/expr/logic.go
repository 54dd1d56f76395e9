package expr

// Lt returns 1 where x < y and 0 otherwise. Like every comparison it is NaN where
// an operand is NaN, and has the derivative 0.
func (b *Builder) Lt(x, y Node) Node { return b.apply(opLt, 0, x, y) }

// Le returns 1 where x <= y and 0 otherwise.
func (b *Builder) Le(x, y Node) Node { return b.apply(opLe, 0, x, y) }

// Gt returns 1 where x > y and 0 otherwise.
func (b *Builder) Gt(x, y Node) Node { return b.Lt(y, x) }

// Ge returns 1 where x >= y and 0 otherwise.
func (b *Builder) Ge(x, y Node) Node { return b.Le(y, x) }

// Eq returns 1 where x == y and 0 otherwise.
func (b *Builder) Eq(x, y Node) Node { return b.apply(opEq, 0, min(x, y), max(x, y)) }

// Ne returns 1 where x != y and 0 otherwise.
func (b *Builder) Ne(x, y Node) Node { return b.apply(opNe, 0, min(x, y), max(x, y)) }

// And returns 1 where neither x nor y is 0, and 0 where one is 0, whatever the
// other.
func (b *Builder) And(x, y Node) Node {
	switch {
	case x == y && b.isLogical(x):
		return x
	case b.is(x, 1) && b.isLogical(y):
		return y
	case b.is(y, 1) && b.isLogical(x):
		return x
	}
	return b.apply(opAnd, 0, min(x, y), max(x, y))
}

// Or returns 1 where x or y is not 0, whatever the other, and 0 where both are 0.
func (b *Builder) Or(x, y Node) Node {
	switch {
	case x == y && b.isLogical(x):
		return x
	case b.isZero(x) && b.isLogical(y):
		return y
	case b.isZero(y) && b.isLogical(x):
		return x
	}
	return b.apply(opOr, 0, min(x, y), max(x, y))
}

// Not returns 1 where x is 0 and 0 where it is any other number.
func (b *Builder) Not(x Node) Node {
	if t := b.at(x); t.op == opNot && b.isLogical(t.a) {
		return t.a
	}
	return b.apply(opNot, 0, x)
}

// If returns x where c is not 0 and y where it is 0. Both are evaluated, but
// nothing of the one that is not taken shows in the value or in a derivative,
// not even NaN. The derivative is that of the branch taken, also at the place
// where c changes. Where c is NaN, so is the result.
func (b *Builder) If(c, x, y Node) Node {
	if v, ok := b.Value(c); ok {
		switch {
		case v == 0:
			return y
		case v == v:
			return x
		}
		return c
	}
	if t := b.at(c); t.op == opNot {
		return b.If(t.a, y, x)
	}
	return b.apply(opIf, 0, c, x, y)
}

// Step returns 0 before t0 and 1 from t0 on.
func (b *Builder) Step(t, t0 Node) Node { return b.Ge(t, t0) }

// Pulse returns 1 from t0 on and before t1, else 0.
func (b *Builder) Pulse(t, t0, t1 Node) Node { return b.And(b.Ge(t, t0), b.Lt(t, t1)) }

// isLogical reports whether n can be only 0, 1 or NaN.
func (b *Builder) isLogical(n Node) bool {
	switch b.at(n).op {
	case opLt, opLe, opEq, opNe, opAnd, opOr, opNot:
		return true
	}
	return false
}
