package space_test

import (
	"fmt"
	"testing"

	"github.com/odefit/odefit/integrate/space"
)

func BenchmarkAddScaled(b *testing.B) {
	for _, n := range []int{2, 10, 50, 100, 200, 1000, 10000} {
		for _, terms := range []int{1, 4, 7, 13} {
			x, dst, c, k := make([]float64, n), make([]float64, n), make([]float64, terms), make([][]float64, terms)
			for j := range k {
				c[j], k[j] = float64(j), make([]float64, n)
			}
			var sp space.Space[[]float64] = space.Floats{}
			b.Run(fmt.Sprintf("n=%d/terms=%d", n, terms), func(b *testing.B) {
				for b.Loop() {
					sp.AddScaled(dst, x, c, k)
				}
			})
		}
	}
}
