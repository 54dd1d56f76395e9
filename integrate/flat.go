package integrate

import "github.com/odefit/odefit/internal/vector"

// flat is an explicit method at work on []float64, in place of the sums over states of any
// type: all stages lie in one piece of memory, in rows of padded length, and their sums
// are formed by a kernel.
type flat struct {
	f       Func[[]float64]
	stats   *Stats
	n       int
	k       []float64 // all stages
	rows    [][]float64
	a       []vector.Terms
	b, e, d *vector.Terms
	y       []float64 // argument of a stage
	zero    []float64
	y0, y1  []float64 // of the last attempt, borrowed
}

func newFlat(f Func[[]float64], tab *Tableau, n int, stats *Stats) *flat {
	s, width := tab.AllStages(), vector.Padded(n)
	x := &flat{f: f, stats: stats, n: n, rows: make([][]float64, s)}
	memory := make([]float64, s*width+2*n)
	x.k, x.y, x.zero = memory[:s*width], memory[s*width:s*width+n], memory[s*width+n:]
	for i := range x.rows {
		x.rows[i] = x.k[i*width : i*width+n : i*width+n]
	}
	weights := append(append(make([][]float64, 0, s+3), tab.A...), tab.B, tab.E, tab.Coarse)
	x.a = vector.MakeTerms(n, weights...)
	x.b, x.e, x.d = &x.a[s], &x.a[s+1], &x.a[s+2]
	return x
}

// stages evaluates the stages from the given one up to n and returns the number of those
// that hold f. That of the end, unless it is -1, has y1 for its argument.
func (x *flat) stages(tab *Tableau, from, n, end int, t0, t1, last float64) (int, error) {
	h := t1 - t0
	for i := from; i < n; i++ {
		arg := x.y
		switch {
		case i != end:
			x.a[i].Add(arg, x.y0, h, x.k)
		case tab.FSAL:
			arg = x.y1
			x.a[i].Add(arg, x.y0, h, x.k)
		default: // y1 is known
			arg = x.y1
		}
		x.stats.RHS++
		if err := x.f(x.rows[i], min(StageTime(t0, t1, tab.C[i]), last), arg); err != nil {
			return i, err
		}
	}
	return n, nil
}
