package integrate

// hermite returns the dense weights of the cubic with the values and slopes of both
// ends, for a method with weights b whose first and last stages are these slopes.
func hermite(b []float64) [][]float64 {
	rows := make([][]float64, len(b))
	for i, bi := range b {
		rows[i] = []float64{0, 3 * bi, -2 * bi}
	}
	first, last := rows[0], rows[len(b)-1]
	first[0]++
	first[1] -= 2
	first[2]++
	last[1]--
	last[2]++
	return rows
}

// through returns the dense weights of the polynomial with the values at both ends and
// those of the stages beyond b, which are the solution at the times x. It stands on
// values alone: slopes of stages are less exact in stiff components.
func through(b, x []float64, stages [][]float64) [][]float64 {
	rows := make([][]float64, len(b)+len(stages))
	nodes := append([]float64{0, 1}, x...)
	for i := range rows {
		rows[i] = make([]float64, len(nodes)-1)
	}
	for k := 1; k < len(nodes); k++ {
		l := lagrange(nodes, k)
		row := b
		if k > 1 {
			row = stages[k-2]
		}
		for i, a := range row {
			for j := range rows[i] {
				rows[i][j] += a * l[j+1]
			}
		}
	}
	return rows
}

// lagrange returns the coefficients of the polynomial that is 1 at node k and 0 at the
// others.
func lagrange(nodes []float64, k int) []float64 {
	p := []float64{1}
	for j, x := range nodes {
		if j == k {
			continue
		}
		d := nodes[k] - x
		q := make([]float64, len(p)+1)
		for i, c := range p {
			q[i] -= c * x / d
			q[i+1] += c / d
		}
		p = q
	}
	return p
}
