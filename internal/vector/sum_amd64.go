package vector

func addTerms(dst, x []float64, h float64, a []float64, at []int, k []float64) {
	if avx2 && len(a) > 0 {
		addTermsAVX2(&dst[0], &x[0], h, &a[0], &at[0], &k[0], len(a), len(dst))
		return
	}
	addTermsPlain(dst, x, h, a, at, k)
}

// addTermsAVX2 is in sum_amd64.s. terms and n are positive.
//
//go:noescape
func addTermsAVX2(dst, x *float64, h float64, a *float64, at *int, k *float64, terms, n int)
