package vector

import (
	"math/rand/v2"
	"testing"
)

func random(n int, rng *rand.Rand) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = rng.NormFloat64()
	}
	return v
}

// The product is that of its definition, added in order, bit for bit, for every shape and
// for transposes; so it is the same on every processor.
func TestAddProductIsItsDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for rows := 1; rows < 14; rows++ {
		for cols := 1; cols < 20; cols++ {
			for _, k := range []int{1, 2, 3, 9} {
				a, b := Matrix{random(rows*k, rng), k, 1}, Matrix{random(k*cols, rng), cols, 1}
				if rng.IntN(2) == 0 {
					a.Row, a.Col = 1, rows
				}
				if rng.IntN(2) == 0 {
					b.Row, b.Col = 1, k
				}
				c := random(rows*cols, rng)
				want := append([]float64{}, c...)
				for i := range rows {
					for j := range cols {
						for l := range k {
							want[i*cols+j] += float64(a.Data[i*a.Row+l*a.Col] * b.Data[l*b.Row+j*b.Col])
						}
					}
				}
				AddProduct(c, rows, cols, a, b, k, random(WorkFor(k), rng))
				for i := range c {
					if c[i] != want[i] {
						t.Fatalf("%d x %d x %d: entry %d is %v, want %v", rows, k, cols, i, c[i], want[i])
					}
				}
			}
		}
	}
}

func TestBlockIsItsTwin(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for k := 1; k < 30; k++ {
		a, b, c := random(4*k+5, rng), random(blockCols*k, rng), random(60, rng)
		p := append([]float64{}, c...)
		row, col := k, 1
		if k%2 == 0 {
			row, col = 1, 4
		}
		block(&c[1], 15, &a[0], row, col, &b[0], k)
		blockPlain(&p[1], 15, &a[0], row, col, &b[0], k)
		for i := range c {
			if c[i] != p[i] {
				t.Fatalf("k = %d: number %d is %v, its twin %v", k, i, c[i], p[i])
			}
		}
	}
}

func BenchmarkAddProduct(b *testing.B) {
	rng := rand.New(rand.NewPCG(11, 12))
	const rows, n = 100, 50
	x, w, z, work := random(rows*n, rng), random(n*n, rng), random(rows*n, rng), make([]float64, WorkFor(rows))
	for name, f := range map[string]func(){
		"x*W^T": func() { AddProduct(z, rows, n, Matrix{x, n, 1}, Matrix{w, 1, n}, n, work) },
		"x*W":   func() { AddProduct(z, rows, n, Matrix{x, n, 1}, Matrix{w, n, 1}, n, work) },
		"z^T*x": func() { AddProduct(w, n, n, Matrix{z, 1, n}, Matrix{x, n, 1}, rows, work) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f()
			}
			clear(w)
		})
	}
}
