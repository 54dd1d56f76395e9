//go:build !amd64

package vector

// finishTanh leaves all to the plain twin.
func finishTanh(value, slope, z []float64) int { return 0 }
