//go:build !amd64

package vector

// expNegFast does all elements with the plain twin.
func expNegFast(e, m, z []float64, c float64) int {
	expNegPlain(e, m, z, c)
	return len(z)
}
