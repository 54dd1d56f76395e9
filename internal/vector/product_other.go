//go:build !amd64

package vector

func block(c *float64, stride int, a *float64, row, col int, b *float64, k int) {
	blockPlain(c, stride, a, row, col, b, k)
}
