package integrate

// flat forms the sums of an explicit method for a []float64 of a few numbers, where
// the cost of a sum is that of getting at its terms: all stages lie in one piece.
type flat struct {
	n      int
	k      []float64 // stage i at i*n
	a      []flatRow
	b, e   flatRow
	y      []float64 // argument of a stage
	y0, y1 []float64 // of the last attempt, borrowed
	zero   []float64
}

// flatMost is the length from which sums over whole slices are no slower.
const flatMost = 9

// flatRow is a row of coefficients that are not zero, and where their stages begin.
type flatRow struct {
	a  []float64
	at []int
}

func newFlat(tab *Tableau, n int) *flat {
	f := &flat{n: n, k: make([]float64, n*tab.AllStages()), zero: make([]float64, n)}
	row := func(a []float64) (r flatRow) {
		for j, aj := range a {
			if aj != 0 {
				r.a, r.at = append(r.a, aj), append(r.at, j*n)
			}
		}
		return r
	}
	for _, a := range tab.A {
		f.a = append(f.a, row(a))
	}
	f.b, f.e = row(tab.B), row(tab.E)
	return f
}

// stage returns stage i, to be set.
func (f *flat) stage(i int) []float64 { return f.k[i*f.n : (i+1)*f.n : (i+1)*f.n] }

// sum sets dst = x + h sum_j a_j k_j.
func (f *flat) sum(dst, x []float64, h float64, r *flatRow) {
	k, a := f.k, r.a
	at, x := r.at[:len(a)], x[:len(dst)]
	i := 0
	for ; i+4 <= len(dst); i += 4 {
		var s0, s1, s2, s3 float64
		for j, aj := range a {
			kj := k[at[j]+i:]
			kj = kj[:4]
			s0 += aj * kj[0]
			s1 += aj * kj[1]
			s2 += aj * kj[2]
			s3 += aj * kj[3]
		}
		d, y := dst[i:i+4], x[i:i+4]
		d[0], d[1], d[2], d[3] = y[0]+h*s0, y[1]+h*s1, y[2]+h*s2, y[3]+h*s3
	}
	for ; i+2 <= len(dst); i += 2 {
		var s0, s1 float64
		for j, aj := range a {
			kj := k[at[j]+i:]
			kj = kj[:2]
			s0 += aj * kj[0]
			s1 += aj * kj[1]
		}
		dst[i], dst[i+1] = x[i]+h*s0, x[i+1]+h*s1
	}
	if i < len(dst) {
		var s float64
		for j, aj := range a {
			s += aj * k[at[j]+i]
		}
		dst[i] = x[i] + h*s
	}
}
