package vector

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// randomTerms returns a sum of m rows of n numbers, every fifth with weight zero, and NaN in
// the padding.
func randomTerms(n, m int, random *rand.Rand) (terms Terms, x, a, k []float64) {
	x, k = make([]float64, n), make([]float64, m*Padded(n))
	for i := range x {
		x[i] = random.NormFloat64()
	}
	for i := range k {
		k[i] = math.NaN()
	}
	for j := range m {
		a = append(a, random.NormFloat64())
		if j%5 == 1 {
			a[j] = 0
		}
		for i := range n {
			k[j*Padded(n)+i] = random.NormFloat64() * math.Exp(4*random.NormFloat64())
		}
	}
	return MakeTerms(n, nil, a)[1], x, a, k
}

// The kernel agrees with its plain twin bit by bit, writes nothing beyond dst and takes
// nothing from the padding.
func TestTerms(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 30 {
		for m := range 18 {
			terms, x, a, k := randomTerms(n, m, random)
			whole, want := make([]float64, n+5), make([]float64, n)
			terms.Add(whole[:n], x, 0.3, k)
			addTermsPlain(want, x, 0.3, terms.a, terms.at, k)
			for i, v := range whole {
				if i < n && v != want[i] || i >= n && v != 0 {
					t.Fatalf("n = %d, %d terms: entry %d is %v", n, m, i, v)
				}
			}
			// The sum of magnitudes bounds the rounding of any order of adding.
			for i := range n {
				sum, size := 0., math.Abs(x[i])
				for j := range a {
					sum += a[j] * k[j*Padded(n)+i]
					size += math.Abs(a[j] * k[j*Padded(n)+i])
				}
				if d := math.Abs(want[i] - (x[i] + 0.3*sum)); d > 20*0x1p-52*size {
					t.Errorf("n = %d, %d terms: entry %d differs from the formula by %v", n, m, i, d)
				}
			}
			terms.Add(x, x, 0.3, k)
			for i := range x {
				if x[i] != want[i] {
					t.Fatalf("n = %d, %d terms: entry %d is %v in place", n, m, i, x[i])
				}
			}
		}
	}
}

func TestTermsCheck(t *testing.T) {
	terms := MakeTerms(2, []float64{1, 1})[0]
	for _, c := range [][3]int{{2, 2, 7}, {1, 2, 8}, {2, 3, 8}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("lengths %v did not panic", c)
				}
			}()
			terms.Add(make([]float64, c[0]), make([]float64, c[1]), 1, make([]float64, c[2]))
		}()
	}
}

func BenchmarkTerms(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{2, 3, 8, 28, 1000} {
		for _, m := range []int{3, 7, 15} {
			terms, x, _, k := randomTerms(n, m, random)
			dst := make([]float64, n)
			b.Run(fmt.Sprintf("n=%d/terms=%d", n, m-(m+3)/5), func(b *testing.B) {
				for b.Loop() {
					terms.Add(dst, x, 0.3, k)
				}
			})
		}
	}
}
