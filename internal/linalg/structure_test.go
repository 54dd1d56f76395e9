package linalg

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func anyPattern(t *rapid.T) *Pattern {
	n := rapid.IntRange(1, 15).Draw(t, "n")
	at := rapid.SliceOfN(rapid.IntRange(0, n-1), 0, 4*n)
	rows, cols := at.Draw(t, "rows"), at.Draw(t, "cols")
	k := min(len(rows), len(cols))
	return Entries(n, rows[:k], cols[:k])
}

func TestPatterns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPattern(t)
		if !p.Transpose().Transpose().Equal(p) {
			t.Fatal("transposed twice is another pattern")
		}
		if !p.Union(p).Equal(p) || !p.Union(Entries(p.N, nil, nil)).Equal(p) {
			t.Fatal("a union with itself or nothing is another pattern")
		}
		u := p.Union(p.Transpose())
		if !u.Transpose().Equal(u) {
			t.Fatal("the union with the transpose is not symmetric")
		}
		for k, at := range p.Places(u) {
			if u.Row[at] != p.Row[k] {
				t.Fatal("Places points elsewhere")
			}
		}
		kl, ku := p.Bandwidth()
		if b := Banded(p.N, kl, ku); !b.Union(p).Equal(b) {
			t.Fatal("entries outside the band")
		}
	})
}

func TestGroupsKeepRowsApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPattern(t)
		seen := make([]bool, p.N)
		for _, group := range p.Groups() {
			taken := make([]bool, p.N)
			for _, j := range group {
				if seen[j] {
					t.Fatal("a column in two groups")
				}
				seen[j] = true
				for _, i := range p.Row[p.Start[j]:p.Start[j+1]] {
					if taken[i] {
						t.Fatal("two columns of a group meet in a row")
					}
					taken[i] = true
				}
			}
		}
		if slices.Contains(seen, false) {
			t.Fatal("a column in no group")
		}
	})
	// A band needs exactly as many groups as a row has entries.
	if got := len(Banded(100, 2, 2).Groups()); got != 5 {
		t.Errorf("%d groups for a band of width 5", got)
	}
}

// grid is the pattern of the five-point Laplacian on an m x m grid.
func grid(m int) *Pattern {
	var rows, cols []int
	for i := range m {
		for j := range m {
			for _, d := range [][2]int{{0, 0}, {1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
				if a, b := i+d[0], j+d[1]; a >= 0 && a < m && b >= 0 && b < m {
					rows, cols = append(rows, a*m+b), append(cols, i*m+j)
				}
			}
		}
	}
	return Entries(m*m, rows, cols)
}

func TestMinimumDegree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPattern(t)
		columns := slices.Clone(MinimumDegree(p).Columns)
		slices.Sort(columns)
		for k, j := range columns {
			if j != k {
				t.Fatal("not a permutation")
			}
		}
	})
	// Trees are eliminated without fill: a chain and a star, centre first in number.
	for name, p := range map[string]*Pattern{"chain": Banded(200, 1, 1), "star": star(200)} {
		if got := MinimumDegree(p).Fill; got != 199 {
			t.Errorf("%s: %d entries in L, want 199", name, got)
		}
	}
	// On a grid nested dissection needs 31/4 n log2 n entries asymptotically (George
	// 1973); minimum degree is as good in practice, the natural order has m^3.
	const m = 40
	order := MinimumDegree(grid(m))
	if limit := 31 * m * m * 11 / 4; order.Fill > limit {
		t.Errorf("%d entries in L of a grid, want at most %d", order.Fill, limit)
	}
	// What the order promises is what the factors have when pivots stay on the diagonal.
	p := grid(m)
	values := make([]float64, p.Len())
	rng := rand.New(rand.NewPCG(1, 1))
	for j := range p.N {
		for k := p.Start[j]; k < p.Start[j+1]; k++ {
			if values[k] = -rng.Float64(); p.Row[k] == j {
				values[k] = 5
			}
		}
	}
	var f SparseLU[float64]
	f.Reset(p, order.Columns)
	if err := f.Factor(values); err != nil {
		t.Fatal(err)
	}
	if want := 2*order.Fill + p.N; f.Entries() != want {
		t.Errorf("%d entries in L and U, the order says %d", f.Entries(), want)
	}
}

func star(n int) *Pattern {
	var rows, cols []int
	for i := range n {
		rows, cols = append(rows, i, 0, i), append(cols, i, i, 0)
	}
	return Entries(n, rows, cols)
}
