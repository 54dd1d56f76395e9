package elementary

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// ulps returns the error of got in units in the last place of want.
func ulps(got float64, want *big.Float) float64 {
	v, _ := want.Float64()
	if math.IsInf(v, 0) || v == 0 {
		if got == v {
			return 0
		}
		return math.Inf(1)
	}
	unit := math.Ldexp(1, max(want.MantExp(nil)-53, -1074))
	d, _ := zero().Sub(zero().SetFloat64(got), want).Float64()
	return math.Abs(d) / unit
}

// spread returns n numbers: half with sizes of every order between lo and hi, half
// evenly between them; with signs where signed.
func spread(n int, lo, hi float64, signed bool) []float64 {
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	x := make([]float64, n)
	for i := range x {
		if i%2 == 0 {
			x[i] = math.Exp2(math.Log2(lo) + rng.Float64()*(math.Log2(hi)-math.Log2(lo)))
		} else {
			x[i] = lo + rng.Float64()*(hi-lo)
		}
		if signed && rng.IntN(2) == 0 {
			x[i] = -x[i]
		}
	}
	return x
}

func bigSin(x float64) *big.Float { s, _ := bigSinCos(x); return s }
func bigCos(x float64) *big.Float { _, c := bigSinCos(x); return c }
func bigTan(x float64) *big.Float { s, c := bigSinCos(x); return quo(s, c) }

func root(x *big.Float) *big.Float { return zero().Sqrt(x) }

// around returns the neighbours of numbers at which methods change.
func around(xs ...float64) []float64 {
	var all []float64
	for _, x := range xs {
		all = append(all, x, math.Nextafter(x, -1e308), math.Nextafter(x, 1e308))
	}
	return all
}

// TestErrorsInUlps holds the functions to the errors that the package's comment
// promises, over their range and where their methods change.
func TestErrorsInUlps(t *testing.T) {
	one := number(1)
	quarter := math.Pi / 4
	// numbers next to multiples of pi/2: the worst reductions of float64 (Kahan)
	hard := []float64{6381956970095103 * 0x1p797, 5319372648326541 * 0x1p-1 * 0x1p200, 0x1.921fb54442d18p+0, 0x1.921fb54442d18p+1, 0x1.6c6cbc45dc8dep+5, 52414.33, 710.5000000000001, 1e22, math.MaxFloat64}
	angles := append(spread(1500, 1e-9, 40, true), append(spread(800, 1e-3, 1e300, true), append(hard, around(0.785, -0.785, quarter, 0x1p20, 3*quarter, math.Pi, 1e5)...)...)...)
	units := append(spread(1000, 1e-20, 1, true), around(0.5, -0.5, 0.999999, 1e-300)...)
	for _, c := range []struct {
		name string
		f    func(float64) float64
		want func(float64) *big.Float
		x    []float64
		most float64
	}{
		{"exp", Exp, func(x float64) *big.Float { return bigExp(number(x)) }, append(spread(3000, 1e-20, 745, true), around(709, -708, 709.78, -744, 1e-300, 0.0027, -0.0027)...), 1},
		{"log", Log, func(x float64) *big.Float { return bigLog(number(x)) }, append(spread(2000, 5e-324, 1e308, false), append(spread(2000, 0.6, 1.5, false), around(1, 2, 0.5, 0.6875, 1.375, 0.99609375, 1.0078125, 0x1p-1022)...)...), 1},
		{"log2", Log2, func(x float64) *big.Float { return quo(bigLog(number(x)), ln2) }, append(spread(1500, 5e-324, 1e308, false), append(spread(1500, 0.6, 1.5, false), around(1, 2, 4, 0.5)...)...), 1},
		{"log10", Log10, func(x float64) *big.Float { return quo(bigLog(number(x)), bigLog(number(10))) }, append(spread(1500, 5e-324, 1e308, false), append(spread(1500, 0.6, 1.5, false), around(1, 10, 0.1, 100)...)...), 1},
		{"sin", Sin, bigSin, angles, 1},
		{"cos", Cos, bigCos, angles, 1},
		{"tan", Tan, bigTan, angles, 2},
		{"asin", Asin, func(x float64) *big.Float {
			return bigAtan(quo(number(x), root(mul(sub(one, number(x)), add(one, number(x))))))
		}, units, 2},
		{"acos", Acos, func(x float64) *big.Float {
			return mul(number(2), bigAtan(root(quo(sub(one, number(x)), add(one, number(x))))))
		}, units, 2},
		{"atan", Atan, func(x float64) *big.Float { return bigAtan(number(x)) }, append(spread(2500, 1e-20, 1e20, true), append(spread(1000, 0.01, 4, true), around(1, 1.0/64, 3.0/64, 31.5/32)...)...), 2},
		{"sinh", Sinh, func(x float64) *big.Float {
			return zero().SetMantExp(sub(bigExp(number(x)), bigExp(number(-x))), -1)
		}, append(spread(1500, 1e-20, 710, true), append(spread(1500, 0.001, 3, true), around(22, 709, 710.47, 0x1p-27)...)...), 2},
		{"cosh", Cosh, func(x float64) *big.Float {
			return zero().SetMantExp(add(bigExp(number(x)), bigExp(number(-x))), -1)
		}, append(spread(1500, 1e-20, 710, true), append(spread(1500, 0.001, 3, true), around(22, 709, 710.47)...)...), 2},
		{"tanh", Tanh, func(x float64) *big.Float {
			p, q := bigExp(number(x)), bigExp(number(-x))
			return quo(sub(p, q), add(p, q))
		}, append(spread(1500, 1e-20, 40, true), append(spread(2000, 0.001, 2, true), around(22, 1, 0x1p-27, 0.0014)...)...), 2},
	} {
		worst, at := 0.0, 0.0
		for _, x := range c.x {
			if d := ulps(c.f(x), c.want(x)); !(d <= worst) {
				worst, at = d, x
			}
		}
		if !(worst < c.most) {
			t.Errorf("%s(%v) = %v is wrong by %.3g ulp, want less than %v", c.name, at, c.f(at), worst, c.most)
		}
	}
}

func TestErrorsOfTwoArguments(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 3))
	worst, atx, aty := 0.0, 0.0, 0.0
	for i := range 5000 {
		x := math.Exp2(rng.Float64()*40 - 20)
		switch i % 4 {
		case 0:
			x = 1 + (rng.Float64()-0.5)*math.Exp2(-30*rng.Float64())
		case 1:
			x = math.Exp2(rng.Float64()*2000 - 1000)
		}
		y := (rng.Float64()*2 - 1) * 745 / math.Abs(math.Log(x))
		if i%3 == 0 {
			y = (rng.Float64()*2 - 1) * 5
		}
		if d := ulps(Pow(x, y), bigExp(mul(number(y), bigLog(number(x))))); !(d <= worst) {
			worst, atx, aty = d, x, y
		}
	}
	if !(worst < 2) {
		t.Errorf("pow(%v, %v) = %v is wrong by %.3g ulp", atx, aty, Pow(atx, aty), worst)
	}
	worst = 0
	for range 4000 {
		y, x := rng.NormFloat64()*math.Exp2(rng.Float64()*1000-500), math.Exp2(rng.Float64()*1000-500)
		if rng.IntN(2) == 0 {
			x = y * (rng.Float64() + 0.5)
		}
		want := bigAtan(quo(number(y), number(x)))
		if x < 0 {
			pi := zero().Set(halfPi)
			pi.SetMantExp(pi, 1)
			if y < 0 {
				pi.Neg(pi)
			}
			want = add(want, pi)
		}
		if d := ulps(Atan2(y, x), want); !(d <= worst) {
			worst, atx, aty = d, x, y
		}
	}
	if !(worst < 2) {
		t.Errorf("atan2(%v, %v) = %v is wrong by %.3g ulp", aty, atx, Atan2(aty, atx), worst)
	}
}

// same holds equal bits, of which all NaN have one.
func same(x, y float64) bool {
	return math.Float64bits(x) == math.Float64bits(y) || x != x && y != y
}

// TestSpecialValues compares with package math where nothing is rounded.
func TestSpecialValues(t *testing.T) {
	inf := math.Inf(1)
	special := []float64{0, math.Copysign(0, -1), inf, -inf, math.NaN()}
	for _, c := range []struct {
		name   string
		f, std func(float64) float64
		more   []float64
	}{
		{"exp", Exp, math.Exp, []float64{800, -800, 1e308, -1e308, 5e-324}},
		{"log", Log, math.Log, []float64{1, -1, -5e-324, -1e308}},
		{"log2", Log2, math.Log2, []float64{1, 2, 0.25, 0x1p-1074, 0x1p1023, -1}},
		{"log10", Log10, math.Log10, []float64{1, 10, 1e5, 1e22, -1}},
		{"sin", Sin, math.Sin, []float64{5e-324, 1e-300}},
		{"cos", Cos, math.Cos, []float64{5e-324, 1e-300}},
		{"tan", Tan, math.Tan, []float64{5e-324, 1e-300}},
		{"asin", Asin, math.Asin, []float64{1, -1, 2, -2, 5e-324}},
		{"acos", Acos, math.Acos, []float64{1, -1, 2, -2}},
		{"atan", Atan, math.Atan, []float64{5e-324, 1e300, -1e300}},
		{"sinh", Sinh, math.Sinh, []float64{5e-324, 1000, -1000}},
		{"cosh", Cosh, math.Cosh, []float64{5e-324, 1000, -1000}},
		{"tanh", Tanh, math.Tanh, []float64{5e-324, 50, -50, 1e300}},
	} {
		for _, x := range append(c.more, special...) {
			if got, want := c.f(x), c.std(x); !same(got, want) {
				t.Errorf("%s(%v) = %v, want %v", c.name, x, got, want)
			}
		}
	}
	pairs := append(special, 1, -1, 2, -2, 3, -3, 0.5, -0.5, 1e300, -1e300, 5e-324, 0x1p53, 0x1p53-1, -(0x1p53 - 1), 0x1p52+1, 0x1p70)
	for _, x := range pairs {
		for _, y := range pairs {
			got, want := Pow(x, y), math.Pow(x, y)
			if !same(got, want) && !(math.Abs(got-want) <= 0x1p-52*math.Abs(want)) {
				t.Errorf("pow(%v, %v) = %v, want %v", x, y, got, want)
			}
			got, want = Atan2(y, x), math.Atan2(y, x)
			if !same(got, want) && !(math.Abs(got-want) <= 0x1p-52*math.Abs(want)) {
				t.Errorf("atan2(%v, %v) = %v, want %v", y, x, got, want)
			}
		}
	}
}

// TestTables computes the tables again from their comments.
func TestTables(t *testing.T) {
	rest := func(v *big.Float, less float64) float64 {
		r, _ := sub(v, number(less)).Float64()
		return r
	}
	for i := range 128 {
		v := bigExp(mul(ln2, number(float64(i)/128)))
		s, _ := v.Float64()
		tail, _ := quo(sub(v, number(s)), number(s)).Float64()
		if i == 0 {
			tail = 0
		}
		if exp2Table[2*i] != math.Float64bits(tail) || exp2Table[2*i+1] != math.Float64bits(s)-uint64(i)<<45 {
			t.Errorf("exp2Table, %d: want 2^(i/128) = %v + %v", i, s, tail*s)
		}
	}
	for i := range uint64(128) {
		lo, hi := math.Float64frombits(logOffset+i<<45), math.Float64frombits(logOffset+(i+1)<<45)
		inv := math.Float64frombits(logTable[3*i])
		if mid := 2 / (lo + hi); math.Abs(inv-mid) > 0x1p-12*mid && lo != 1 && hi != 1 || (lo == 1 || hi == 1) && inv != 1 {
			t.Errorf("logTable, %d: inverse %v for [%v, %v]", i, inv, lo, hi)
		}
		if math.Float64bits(inv)<<23 != 0 { // 12 bits with the leading one, and more are cut by what the method needs
			t.Errorf("logTable, %d: inverse %v has too many bits", i, inv)
		}
		v := zero().Neg(bigLog(number(inv)))
		h := math.Float64frombits(logTable[3*i+1])
		if h != math.Ldexp(math.RoundToEven(math.Ldexp(h, 42)), -42) || math.Abs(rest(v, h)) > 0x1p-43 || rest(v, h) != math.Float64frombits(logTable[3*i+2]) && inv != 1 {
			t.Errorf("logTable, %d: -log(%v) = %v + %v", i, inv, h, rest(v, h))
		}
	}
	for i := range 33 {
		v := bigAtan(number(float64(i) / 32))
		s, _ := v.Float64()
		if atanTable[2*i] != math.Float64bits(s) || i > 0 && atanTable[2*i+1] != math.Float64bits(rest(v, s)) {
			t.Errorf("atanTable, %d: want %v + %v", i, s, rest(v, s))
		}
	}
	x := new(big.Float).SetPrec(1500).Quo(big.NewFloat(1), halfPi)
	for j, word := range twoOverPi {
		if j < 3 {
			if word != 0 {
				t.Errorf("twoOverPi, %d: %#x, want 0", j, word)
			}
			continue
		}
		x.SetMantExp(x, 32)
		w, _ := x.Uint64()
		if word != w {
			t.Errorf("twoOverPi, %d: %#x, want %#x", j, word, w)
		}
		x.Sub(x, new(big.Float).SetPrec(1500).SetUint64(w))
	}
}
