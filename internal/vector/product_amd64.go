package vector

func block(c *float64, stride int, a *float64, row, col int, b *float64, k int) {
	if avx2 {
		blockAVX2(c, stride, a, row, col, b, k)
		return
	}
	blockPlain(c, stride, a, row, col, b, k)
}

// blockAVX2 is in product_amd64.s. k is positive.
//
//go:noescape
func blockAVX2(c *float64, stride int, a *float64, row, col int, b *float64, k int)
