package expr

import "math"

// maxPowInt is the largest constant exponent that is evaluated by repeated
// multiplication.
const maxPowInt = 32

// Add returns x + y. x + 0 is x.
func (b *Builder) Add(x, y Node) Node {
	switch {
	case b.isZero(x):
		return y
	case b.isZero(y):
		return x
	}
	if t := b.at(y); t.op == opNeg {
		return b.Sub(x, t.a)
	}
	if t := b.at(x); t.op == opNeg {
		return b.Sub(y, t.a)
	}
	return b.apply(opAdd, 0, min(x, y), max(x, y))
}

// Sub returns x - y. x - 0 is x, 0 - y is -y. x - x stays, as it is NaN for an
// infinite x.
func (b *Builder) Sub(x, y Node) Node {
	switch {
	case b.isZero(y):
		return x
	case b.isZero(x):
		return b.Neg(y)
	}
	if t := b.at(y); t.op == opNeg {
		return b.Add(x, t.a)
	}
	return b.apply(opSub, 0, x, y)
}

// Mul returns x*y. x*1 is x, x*x is x^2, and signs move outward. 0*x stays, as it
// is NaN where x is not finite.
func (b *Builder) Mul(x, y Node) Node {
	switch {
	case b.is(x, 1):
		return y
	case b.is(y, 1):
		return x
	case b.is(x, -1):
		return b.Neg(y)
	case b.is(y, -1):
		return b.Neg(x)
	case x == y:
		return b.powInt(x, 2)
	}
	tx, ty := b.at(x), b.at(y)
	switch {
	case tx.op == opNeg && ty.op == opNeg:
		return b.Mul(tx.a, ty.a)
	case tx.op == opNeg:
		return b.Neg(b.Mul(tx.a, y))
	case ty.op == opNeg:
		return b.Neg(b.Mul(x, ty.a))
	}
	return b.apply(opMul, 0, min(x, y), max(x, y))
}

// Div returns x/y. x/1 is x, and signs move outward. 0/x and x/x stay.
func (b *Builder) Div(x, y Node) Node {
	switch {
	case b.is(y, 1):
		return x
	case b.is(y, -1):
		return b.Neg(x)
	}
	tx, ty := b.at(x), b.at(y)
	switch {
	case tx.op == opNeg && ty.op == opNeg:
		return b.Div(tx.a, ty.a)
	case tx.op == opNeg:
		return b.Neg(b.Div(tx.a, y))
	case ty.op == opNeg:
		return b.Neg(b.Div(x, ty.a))
	}
	return b.apply(opDiv, 0, x, y)
}

// Neg returns -x. -(-x) is x, -(x - y) is y - x.
func (b *Builder) Neg(x Node) Node {
	switch t := b.at(x); t.op {
	case opNeg:
		return t.a
	case opSub:
		return b.apply(opSub, 0, t.b, t.a)
	}
	return b.apply(opNeg, 0, x)
}

// Pow returns x^y. A constant integer exponent of at most 32 in size is evaluated
// by repeated multiplication (and one division where it is negative), 1/2 is
// the square root. x^0 is 1 for every x.
func (b *Builder) Pow(x, y Node) Node {
	if v, ok := b.Value(y); ok {
		switch {
		case v == math.Trunc(v) && math.Abs(v) <= maxPowInt:
			return b.powInt(x, int(v))
		case v == 0.5:
			return b.Sqrt(x)
		}
	}
	return b.apply(opPow, 0, x, y)
}

func (b *Builder) powInt(x Node, k int) Node {
	switch k {
	case 0:
		return b.Const(1)
	case 1:
		return x
	}
	return b.apply(opPowInt, int32(k), x)
}

// powLog returns x^y (log x)^k.
func (b *Builder) powLog(x, y Node, k int) Node {
	if k == 0 {
		return b.Pow(x, y)
	}
	if v, ok := b.Value(x); ok && v > 0 {
		return b.Mul(b.Pow(x, y), b.powInt(b.Log(x), k))
	}
	return b.apply(opPowLog, int32(k), x, y)
}

// Sum returns the sum of x by halves, which keeps rounding errors and the depth
// of the expression small. The sum of nothing is 0.
func (b *Builder) Sum(x ...Node) Node {
	switch len(x) {
	case 0:
		return Zero
	case 1:
		return x[0]
	}
	h := len(x) / 2
	return b.Add(b.Sum(x[:h]...), b.Sum(x[h:]...))
}

// isZero reports whether n is the constant 0 or -0.
func (b *Builder) isZero(n Node) bool {
	v, ok := b.Value(n)
	return ok && v == 0
}
