package elementary

import (
	"math/big"
)

// References by math/big at prec bits, from series and identities that owe nothing to
// the functions under test.
const prec = 260

func number(v float64) *big.Float { return new(big.Float).SetPrec(prec).SetFloat64(v) }
func zero() *big.Float            { return new(big.Float).SetPrec(prec) }

func add(x, y *big.Float) *big.Float { return zero().Add(x, y) }
func sub(x, y *big.Float) *big.Float { return zero().Sub(x, y) }
func mul(x, y *big.Float) *big.Float { return zero().Mul(x, y) }
func quo(x, y *big.Float) *big.Float { return zero().Quo(x, y) }

// bigExp is the Taylor series of x/2^24, squared 24 times.
func bigExp(x *big.Float) *big.Float {
	r := zero().SetMantExp(x, -24)
	sum, term := number(1), number(1)
	for k := 1; k < 26; k++ {
		term = quo(mul(term, r), number(float64(k)))
		sum = add(sum, term)
	}
	for range 24 {
		sum = mul(sum, sum)
	}
	return sum
}

// bigLog is 2 atanh((m-1)/(m+1)) after nine square roots of the mantissa m, and the
// exponent times ln 2.
func bigLog(x *big.Float) *big.Float {
	m := zero()
	e := x.MantExp(m)
	if m.Cmp(number(0.7)) < 0 { // so that nothing cancels around 1
		m.SetMantExp(m, 1)
		e--
	}
	return add(bigLogNear(m), mul(number(float64(e)), ln2))
}

var ln2 = bigLogNear(number(2))

func bigLogNear(m *big.Float) *big.Float {
	for range 9 {
		m = zero().Sqrt(m)
	}
	s := quo(sub(m, number(1)), add(m, number(1)))
	s2, power, sum := mul(s, s), s, zero()
	for k := 1; k < 28; k += 2 {
		sum = add(sum, quo(power, number(float64(k))))
		power = mul(power, s2)
	}
	return sum.SetMantExp(sum, 10)
}

// halfPi is Machin's formula, to enough bits for the reduction of every float64.
var halfPi = func() *big.Float {
	const bits = 1500
	arc := func(inverse int64) *big.Float {
		one := new(big.Float).SetPrec(bits).SetInt64(1)
		power := new(big.Float).SetPrec(bits).Quo(one, new(big.Float).SetInt64(inverse))
		square := new(big.Float).SetInt64(inverse * inverse)
		sum := new(big.Float).SetPrec(bits)
		for k := int64(1); power.MantExp(nil) > -bits; k += 2 {
			term := new(big.Float).SetPrec(bits).Quo(power, new(big.Float).SetInt64(k))
			if k%4 == 3 {
				term.Neg(term)
			}
			sum.Add(sum, term)
			power.Quo(power, square)
		}
		return sum
	}
	a, b := arc(5), arc(239)
	a.SetMantExp(a, 3)
	return a.Sub(a, b.SetMantExp(b, 1))
}()

// bigSinCos takes off multiples of pi/2, then is the series of a 2^20th, doubled.
func bigSinCos(v float64) (sin, cos *big.Float) {
	x := new(big.Float).SetPrec(1500).SetFloat64(v)
	q := new(big.Float).SetPrec(1500).Quo(x, halfPi)
	n, _ := new(big.Float).SetPrec(1500).Add(q, big.NewFloat(0.5)).Int(nil)
	if q.Sign() < 0 {
		n, _ = new(big.Float).SetPrec(1500).Sub(q, big.NewFloat(0.5)).Int(nil)
	}
	x.Sub(x, new(big.Float).SetPrec(1500).Mul(halfPi, new(big.Float).SetPrec(1500).SetInt(n)))
	r := zero().Set(x)
	s, c, term := zero(), zero(), number(1)
	for k := 0; k < 60; k++ {
		part := term
		if k%4 >= 2 {
			part = zero().Neg(term)
		}
		if k%2 == 0 {
			c = add(c, part)
		} else {
			s = add(s, part)
		}
		term = quo(mul(term, r), number(float64(k+1)))
	}
	switch new(big.Int).And(n, big.NewInt(3)).Int64() {
	case 1:
		return c, zero().Neg(s)
	case 2:
		return zero().Neg(s), zero().Neg(c)
	case 3:
		return zero().Neg(c), s
	}
	return s, c
}

// bigAtan halves the angle 12 times.
func bigAtan(x *big.Float) *big.Float {
	for range 12 {
		x = quo(x, add(number(1), zero().Sqrt(add(number(1), mul(x, x)))))
	}
	x2, power, sum := mul(x, x), x, zero()
	for k := 1; k < 26; k += 2 {
		term := quo(power, number(float64(k)))
		if k%4 == 3 {
			term.Neg(term)
		}
		sum = add(sum, term)
		power = mul(power, x2)
	}
	return sum.SetMantExp(sum, 12)
}
