//go:build !amd64

package vector

func addTerms(dst, x []float64, h float64, a []float64, at []int, k []float64) {
	addTermsPlain(dst, x, h, a, at, k)
}
