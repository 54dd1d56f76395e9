package integrate

// Inside is the solution inside the steps of a record, one step at a time. It belongs
// to one goroutine.
type Inside[S any] struct {
	rec   *Record[S]
	n     int
	y     S
	k     []S
	extra []S
	arg   S
	w     []float64
}

// Inside returns the solution inside steps; none is entered yet.
func (rec *Record[S]) Inside() *Inside[S] {
	sp, y0, n := rec.p.Space, rec.p.Y0, rec.allStages()
	in := &Inside[S]{rec: rec, n: -1, k: make([]S, n), w: make([]float64, n), arg: sp.New(y0)}
	for range n - rec.Stages() {
		in.extra = append(in.extra, sp.New(y0))
	}
	return in
}

// Step returns the step entered last, or -1.
func (in *Inside[S]) Step() int { return in.n }

// Enter goes to step n, which starts from y with the stages k, and evaluates the stages
// that its interpolant alone needs. y and k are borrowed until the next call.
func (in *Inside[S]) Enter(n int, y S, k []S) error {
	rec, tab := in.rec, in.rec.Tableau
	in.n, in.y = -1, y
	copy(in.k[copy(in.k, k):], in.extra)
	h := rec.T[n+1] - rec.T[n]
	for i := rec.Stages(); i < len(in.k); i++ {
		for j, a := range tab.A[i] {
			in.w[j] = h * a
		}
		rec.p.Space.AddScaled(in.arg, y, in.w[:i], in.k[:i])
		if err := rec.p.F(in.k[i], rec.StageTime(n, i), in.arg); err != nil {
			return &StepError{T: rec.T[n], H: h, Step: n, Component: -1, Reason: err}
		}
	}
	in.n = n
	return nil
}

// Stages returns all stages of the step, those of the interpolant included.
func (in *Inside[S]) Stages() []S { return in.k }

// At sets dst to the solution at t, which lies inside the step.
func (in *Inside[S]) At(dst S, t float64) {
	rec := in.rec
	rec.Weights(in.w, in.n, t)
	rec.p.Space.AddScaled(dst, in.y, in.w, in.k)
}
