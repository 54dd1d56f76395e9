package expr

import "fmt"

// maxOrder bounds the order of polygamma functions.
const maxOrder = 1000

// Exp returns e^x.
func (b *Builder) Exp(x Node) Node { return b.apply(opExp, 0, x) }

// Log returns the natural logarithm, NaN for x < 0.
func (b *Builder) Log(x Node) Node { return b.apply(opLog, 0, x) }

// Log10 returns the decimal logarithm.
func (b *Builder) Log10(x Node) Node { return b.apply(opLog10, 0, x) }

// Log2 returns the binary logarithm.
func (b *Builder) Log2(x Node) Node { return b.apply(opLog2, 0, x) }

// Sqrt returns the square root, NaN for x < 0. Its derivative at 0 is infinite,
// or NaN where it is multiplied by 0.
func (b *Builder) Sqrt(x Node) Node { return b.apply(opSqrt, 0, x) }

// Abs returns |x|. Its derivative at 0 is taken as 0.
func (b *Builder) Abs(x Node) Node { return b.apply(opAbs, 0, x) }

// Sin returns the sine of x in radians.
func (b *Builder) Sin(x Node) Node { return b.apply(opSin, 0, x) }

// Cos returns the cosine of x in radians.
func (b *Builder) Cos(x Node) Node { return b.apply(opCos, 0, x) }

// Tan returns the tangent of x in radians.
func (b *Builder) Tan(x Node) Node { return b.apply(opTan, 0, x) }

// Asin returns the arc sine, in [-pi/2, pi/2].
func (b *Builder) Asin(x Node) Node { return b.apply(opAsin, 0, x) }

// Acos returns the arc cosine, in [0, pi].
func (b *Builder) Acos(x Node) Node { return b.apply(opAcos, 0, x) }

// Atan returns the arc tangent, in [-pi/2, pi/2].
func (b *Builder) Atan(x Node) Node { return b.apply(opAtan, 0, x) }

// Atan2 returns the angle of the point (x, y), in [-pi, pi].
func (b *Builder) Atan2(y, x Node) Node { return b.apply(opAtan2, 0, y, x) }

// Sinh returns the hyperbolic sine.
func (b *Builder) Sinh(x Node) Node { return b.apply(opSinh, 0, x) }

// Cosh returns the hyperbolic cosine.
func (b *Builder) Cosh(x Node) Node { return b.apply(opCosh, 0, x) }

// Tanh returns the hyperbolic tangent.
func (b *Builder) Tanh(x Node) Node { return b.apply(opTanh, 0, x) }

// Min returns the smaller of x and y, NaN where one is NaN. Its derivative where
// they are equal is that of x.
func (b *Builder) Min(x, y Node) Node { return b.apply(opMin, 0, x, y) }

// Max returns the larger of x and y, NaN where one is NaN. Its derivative where
// they are equal is that of x.
func (b *Builder) Max(x, y Node) Node { return b.apply(opMax, 0, x, y) }

// Floor returns the largest integer that is at most x. Its derivative is 0.
func (b *Builder) Floor(x Node) Node { return b.apply(opFloor, 0, x) }

// Ceil returns the smallest integer that is at least x. Its derivative is 0.
func (b *Builder) Ceil(x Node) Node { return b.apply(opCeil, 0, x) }

// Sign returns -1, 0 or 1. Its derivative is 0.
func (b *Builder) Sign(x Node) Node { return b.apply(opSign, 0, x) }

// Erf returns the error function.
func (b *Builder) Erf(x Node) Node { return b.apply(opErf, 0, x) }

// Lgamma returns log|Gamma(x)|.
func (b *Builder) Lgamma(x Node) Node { return b.apply(opLgamma, 0, x) }

// Digamma returns the derivative of [Builder.Lgamma].
func (b *Builder) Digamma(x Node) Node { return b.Polygamma(0, x) }

// Trigamma returns the derivative of [Builder.Digamma].
func (b *Builder) Trigamma(x Node) Node { return b.Polygamma(1, x) }

// Polygamma returns the k-th derivative of the digamma function, k <= 1000. It is
// NaN at the poles 0, -1, -2 ..., and below -1000 where k > 1.
func (b *Builder) Polygamma(k int, x Node) Node {
	if k < 0 || k > maxOrder {
		panic(fmt.Sprintf("expr: polygamma of order %d", k))
	}
	return b.apply(opPolygamma, int32(k), x)
}

// Hill returns x^n / (K^n + x^n). It is built as r/(1+r) or 1/(1+r) with r the
// n-th power of whichever of x/K and K/x makes r <= 1, so that no power
// overflows. Where x and K are both negative, that is the Hill function of their
// sizes. n = 1 is built as x/(K+x), and n < 0 as the Hill function of K with
// the constant x and the exponent -n, which is the same.
func (b *Builder) Hill(x, K, n Node) Node {
	if v, ok := b.Value(n); ok {
		switch {
		case v == 1:
			return b.Div(x, b.Add(K, x))
		case v < 0:
			return b.Hill(K, x, b.Neg(n))
		}
		return b.hill(x, K, n)
	}
	rises := b.apply(opLe, 1, Zero, n)
	return b.hill(b.If(rises, x, K), b.If(rises, K, x), b.If(rises, n, b.Neg(n)))
}

// hill returns the Hill function for n >= 0.
func (b *Builder) hill(x, K, n Node) Node {
	one := b.Const(1)
	small := b.apply(opLe, 1, b.Abs(x), b.Abs(K))
	r := b.Pow(b.If(small, b.Div(x, K), b.Div(K, x)), n)
	return b.Div(b.If(small, r, one), b.Add(one, r))
}
