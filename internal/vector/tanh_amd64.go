package vector

// finishTanh does elements four at a time as far as it can, and returns how many.
func finishTanh(value, slope, z []float64) int {
	n := len(z) &^ (lanes - 1)
	if !avx2 || n == 0 {
		return 0
	}
	finishTanhAVX2(&value[0], &slope[0], &z[0], n, &tanhConstants)
	return n
}

// finishTanhAVX2 is in tanh_amd64.s. n is a positive multiple of 4.
//
//go:noescape
func finishTanhAVX2(value, slope, z *float64, n int, constants *[4][4]float64)

var tanhConstants = [4][4]float64{{1, 1, 1, 1}, {2, 2, 2, 2}, {4, 4, 4, 4}, {1.0 / 3, 1.0 / 3, 1.0 / 3, 1.0 / 3}}
