package space

import (
	"testing"

	"gonum.org/v1/gonum/mat"
)

func TestNoAllocations(t *testing.T) {
	free := func(name string, f func()) {
		t.Helper()
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	c := []float64{1, 2, 3}
	tol := Tolerance{Rel: 1, Abs: 1}
	flat := [][]float64{make([]float64, 4), make([]float64, 4), make([]float64, 4)}
	free("slice", sumAndNorm[[]float64](Floats{}, c, flat, tol))
	free("struct", sumAndNorm[*plain](Struct[plain](), c, []*plain{{}, {}, {}}, tol))
	m := []*mat.Dense{mat.NewDense(2, 2, nil), mat.NewDense(2, 2, nil), mat.NewDense(2, 2, nil)}
	free("matrix", sumAndNorm[*mat.Dense](Dense{}, c, m, tol))
	pairs := make([]Pair[[]float64, *mat.Dense], 3)
	for i := range pairs {
		pairs[i] = Pair[[]float64, *mat.Dense]{flat[i], m[i]}
	}
	free("pair", sumAndNorm(Pairs[[]float64, *mat.Dense](Floats{}, Dense{}), c, pairs, tol))
}

func sumAndNorm[S any](s Space[S], c []float64, k []S, tol Tolerance) func() {
	dst, x := s.New(k[0]), s.New(k[0])
	return func() {
		s.AddScaled(dst, x, c, k)
		s.Norm(dst, x, x, tol)
	}
}
