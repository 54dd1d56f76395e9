package integrate

// fewMost is the number of float64 up to which the polynomials of a history are moved number
// by number, and not sum by sum.
const fewMost = 32

// few returns z as what it is where its states are a few float64.
func (p *history[S]) few(z []S) ([][]float64, bool) {
	if !p.short {
		return nil, false
	}
	return any(z).([][]float64), true
}

// predictFew is state and slope of a history in one pass: dst = y + sum_j r^j z_j and
// slope = sum_j j r^j z_j, bit for bit.
func predictFew(dst, slope, y []float64, z [][]float64, powers []float64) {
	slope, y = slope[:len(dst)], y[:len(dst)]
	copy(dst, y)
	clear(slope)
	binomial := 1.
	for j := 1; j < len(z); j++ {
		c, zj := powers[j], z[j][:len(dst)]
		d := binomial * c
		for i, v := range zj {
			dst[i] += c * v
			slope[i] += d * v
		}
		binomial *= float64(j+1) / float64(j)
	}
}

// advanceFew is advance of a history, bit for bit.
func advanceFew(next, z [][]float64, powers, l, delta []float64) {
	for j := 1; j < len(z); j++ {
		to := next[j][:len(delta)]
		clear(to)
		binomial := 1.
		for i := j; i < len(z); i++ {
			c := binomial * powers[i]
			for n, v := range z[i][:len(delta)] {
				to[n] += c * v
			}
			binomial *= float64(i+1) / float64(i+1-j)
		}
		for n, v := range delta {
			to[n] += l[j] * v
		}
	}
}
