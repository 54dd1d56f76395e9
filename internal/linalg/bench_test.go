package linalg

import (
	"fmt"
	"testing"
)

// model fills a diagonally dominant matrix of pattern p.
func model(p *Pattern) []float64 {
	values := make([]float64, p.Len())
	for j := range p.N {
		for k := p.Start[j]; k < p.Start[j+1]; k++ {
			if values[k] = -1 - 0.1*float64(k%3); p.Row[k] == j {
				values[k] = 6
			}
		}
	}
	return values
}

func BenchmarkBanded(b *testing.B) {
	const n = 1000
	p := Banded(n, 2, 2)
	values := model(p)
	var f BandedLU[float64]
	x := make([]float64, n)
	b.Run("factor/n=1000/band=2+2", func(b *testing.B) {
		for b.Loop() {
			fill(&f, p, values)
			if err := f.Factor(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("solve/n=1000/band=2+2", func(b *testing.B) {
		for b.Loop() {
			f.Solve(x)
		}
	})
}

func fill(f *BandedLU[float64], p *Pattern, values []float64) {
	kl, ku := 2, 2
	f.Reset(p.N, kl, ku)
	for j := range p.N {
		for k := p.Start[j]; k < p.Start[j+1]; k++ {
			f.Add(p.Row[k], j, values[k])
		}
	}
}

func BenchmarkSparse(b *testing.B) {
	for _, c := range []struct {
		name string
		p    *Pattern
	}{{"band=2+2/n=1000", Banded(1000, 2, 2)}, {"grid=100x100", grid(100)}} {
		values := model(c.p)
		var f SparseLU[float64]
		f.Reset(c.p, MinimumDegree(c.p).Columns)
		x := make([]float64, c.p.N)
		b.Run("order/"+c.name, func(b *testing.B) {
			for b.Loop() {
				MinimumDegree(c.p)
			}
		})
		for _, again := range []bool{false, true} {
			b.Run(fmt.Sprintf("factor/%s/again=%v", c.name, again), func(b *testing.B) {
				for b.Loop() {
					f.known = again
					if err := f.Factor(values); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		b.Run("solve/"+c.name, func(b *testing.B) {
			for b.Loop() {
				f.Solve(x)
			}
		})
	}
}

func BenchmarkDense(b *testing.B) {
	for _, n := range []int{3, 5, 10, 20, 50, 100} {
		a, work, x := make([]float64, n*n), make([]float64, n*n), make([]float64, n)
		for i := range a {
			a[i] = float64(i*7919%101) / 100
		}
		for i := range n {
			a[i*n+i] += 3
		}
		var f LU
		b.Run(fmt.Sprintf("factor/n=%d", n), func(b *testing.B) {
			for b.Loop() {
				copy(work, a)
				if err := f.Factor(work, n); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("solve/n=%d", n), func(b *testing.B) {
			for b.Loop() {
				f.Solve(x)
			}
		})
		b.Run(fmt.Sprintf("transposed/n=%d", n), func(b *testing.B) {
			for b.Loop() {
				f.SolveTransposed(x)
			}
		})
	}
}
