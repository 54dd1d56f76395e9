package vector

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

func precise(x float64) *big.Float { return new(big.Float).SetPrec(300).SetFloat64(x) }

// bigExpm1 returns e^x - 1 for |x| < 800 to 200 bits: the Taylor series at x/2^20, and
// e^2x - 1 = (e^x - 1)(e^x - 1 + 2) twenty times.
func bigExpm1(x float64) *big.Float {
	y := precise(x)
	y.SetMantExp(y, -20)
	term, sum := precise(1), precise(0)
	for n := 1; n < 25; n++ {
		term.Mul(term, y)
		term.Quo(term, precise(float64(n)))
		sum.Add(sum, term)
	}
	for range 20 {
		sum.Mul(sum, new(big.Float).Add(sum, precise(2)))
	}
	return sum
}

// ulps is the error of got in units of the last place of want.
func ulps(got float64, want *big.Float) float64 {
	if want.Sign() == 0 {
		return math.Abs(got) / 5e-324
	}
	unit := math.Ldexp(1, max(want.MantExp(nil)-53, -1074))
	d, _ := precise(got).Sub(precise(got), want).Float64()
	return math.Abs(d) / unit
}

func sample(n int) []float64 {
	rng := rand.New(rand.NewPCG(31, 32))
	var x []float64
	for range n {
		x = append(x, 3*rng.NormFloat64(), 350*(2*rng.Float64()-1), math.Exp(-40*rng.Float64()))
	}
	// Where the power of 2 changes, and the ends of the fast range.
	for k := 0.5; k < 6; k++ {
		x = append(x, k*math.Ln2/2, -k*math.Ln2, math.Nextafter(k*math.Ln2/2, 0), math.Nextafter(k*math.Ln2/2, 9))
	}
	return append(x, 354, math.Nextafter(354, 355), 0x1p-1022, 5e-324)
}

func TestErrorsInUlps(t *testing.T) {
	x := sample(1500)
	e, m := make([]float64, len(x)), make([]float64, len(x))
	value, slope := make([]float64, len(x)), make([]float64, len(x))
	ExpNeg(e, m, x, 2)
	Tanh(value, slope, x)
	one, two := precise(1), precise(2)
	var worst [4]float64
	for i := range x {
		grown := bigExpm1(2 * math.Abs(x[i]))
		be := new(big.Float).Add(grown, one)
		bm := new(big.Float).Quo(grown, be)
		bm.Neg(bm)
		be.Quo(one, be)
		d := new(big.Float).Add(bm, two)
		tanh := new(big.Float).Quo(bm, d)
		if x[i] > 0 {
			tanh.Neg(tanh)
		}
		sech2 := new(big.Float).Mul(be, precise(4))
		sech2.Quo(sech2, d)
		sech2.Quo(sech2, d)
		for k, u := range []float64{ulps(e[i], be), ulps(m[i], bm), ulps(value[i], tanh), ulps(slope[i], sech2)} {
			worst[k] = max(worst[k], u)
		}
	}
	// e^y and e^y - 1 as promised. tanh: one each of the reciprocal and the sum in it, and
	// half of the last product or difference. Its slope has the reciprocal twice, e^y, and
	// two products; relative to the last place, up to twice that.
	for k, most := range []float64{1.1, 1.5, 2.5, 5} {
		if !(worst[k] <= most) {
			t.Errorf("%s is wrong by %.2f units in the last place, not %v",
				[]string{"exp", "expm1", "tanh", "the slope of tanh"}[k], worst[k], most)
		}
	}
	t.Logf("errors in ulps: exp %.2f, expm1 %.2f, tanh %.2f, its slope %.2f", worst[0], worst[1], worst[2], worst[3])
}
