package vector

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The fast kernel is its plain twin, bit for bit, at every length and with numbers out of
// its range at every place.
func TestExpNegIsItsTwin(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	odd := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 354.5, -1000, math.MaxFloat64, 0, math.Copysign(0, -1), 5e-324, 708, -354, 1e-310}
	for n := range 40 {
		for range 40 {
			z := make([]float64, n)
			for i := range z {
				switch rng.IntN(8) {
				case 0:
					z[i] = odd[rng.IntN(len(odd))]
				case 1:
					z[i] = 360 * (2*rng.Float64() - 1)
				default:
					z[i] = 3 * rng.NormFloat64()
				}
			}
			e, m, pe, pm := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
			for _, c := range []float64{1, 2} {
				ExpNeg(e, m, z, c)
				expNegPlain(pe, pm, z, c)
				for i := range z {
					if math.Float64bits(e[i]) != math.Float64bits(pe[i]) || math.Float64bits(m[i]) != math.Float64bits(pm[i]) {
						t.Fatalf("c = %v, z[%d] of %v: %v, %v, its twin %v, %v", c, i, z, e[i], m[i], pe[i], pm[i])
					}
				}
			}
		}
	}
}

// Against package math, which is right to about one unit in the last place.
func TestExpNegAgainstMath(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	z := []float64{0, math.Inf(1), math.Inf(-1), 400, -1e300}
	for range 2000 {
		z = append(z, 5*rng.NormFloat64(), 700*rng.Float64(), math.Exp(-700*rng.Float64()))
	}
	e, m := make([]float64, len(z)), make([]float64, len(z))
	ExpNeg(e, m, z, 1)
	for i, x := range z {
		we, wm := math.Exp(-math.Abs(x)), math.Expm1(-math.Abs(x))
		if !(math.Abs(e[i]-we) <= 4e-16*we) || !(math.Abs(m[i]-wm) <= 4e-16*math.Abs(wm)) {
			t.Errorf("z = %v: %v, %v, package math %v, %v", x, e[i], m[i], we, wm)
		}
	}
}

func BenchmarkExpNeg(b *testing.B) {
	rng := rand.New(rand.NewPCG(5, 6))
	z, e, m := make([]float64, 100), make([]float64, 100), make([]float64, 100)
	for i := range z {
		z[i] = rng.NormFloat64()
	}
	for name, f := range map[string]func(e, m, z []float64, c float64){"fast": ExpNeg, "plain": expNegPlain} {
		run := func() { f(e, m, z, 2) }
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				run()
			}
		})
	}
}
