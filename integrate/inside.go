package integrate

// Inside is the solution inside the steps of a record, one step at a time. It belongs
// to one goroutine.
type Inside[S any] struct {
	rec     *Record[S]
	n       int
	y       S
	k       []S
	extra   []S
	arg     S
	w       []float64
	stepper *implicit[S] // for stages of the interpolant that are implicit
	whole   Stepper[S]   // for methods without stages: it makes the step again
	e       S
}

// Inside returns the solution inside steps; none is entered yet.
func (rec *Record[S]) Inside() *Inside[S] {
	n := rec.MostStages()
	return &Inside[S]{rec: rec, n: -1, k: make([]S, n), w: make([]float64, n), arg: rec.p.Space.New(rec.p.Y0)}
}

// Step returns the step entered last, or -1.
func (in *Inside[S]) Step() int { return in.n }

// Enter goes to step n, which starts from y with the stages k, and evaluates the stages
// that its interpolant alone needs. y and k are borrowed until the next call.
func (in *Inside[S]) Enter(n int, y S, k []S) error {
	rec := in.rec
	in.n, in.y = -1, y
	s, all := rec.stages(n), rec.allStages(n)
	for len(in.extra) < all-s {
		in.extra = append(in.extra, rec.p.Space.New(rec.p.Y0))
	}
	in.k = in.k[:all]
	copy(in.k[copy(in.k, k):], in.extra)
	var err error
	switch {
	case rec.Rosenbrock == nil && rec.Tableau == nil:
		err = in.again(n)
	case all > s:
		err = in.complete(n, s)
	}
	if err != nil {
		return &StepError{T: rec.T[n], H: rec.T[n+1] - rec.T[n], Step: n, Component: -1, Reason: err}
	}
	in.n = n
	return nil
}

// complete evaluates the stages behind the first s.
func (in *Inside[S]) complete(n, s int) error {
	rec, tab := in.rec, in.rec.StepTableau(n)
	if !tab.Explicit() {
		return in.solve(n, tab)
	}
	h := rec.T[n+1] - rec.T[n]
	for i := s; i < len(in.k); i++ {
		for j, a := range tab.A[i] {
			in.w[j] = h * a
		}
		rec.p.Space.AddScaled(in.arg, in.y, in.w[:i], in.k[:i])
		if err := rec.p.F(in.k[i], rec.StageTime(n, i), in.arg); err != nil {
			return err
		}
	}
	return nil
}

// solve is complete for implicit stages.
func (in *Inside[S]) solve(n int, tab *Tableau) error {
	rec := in.rec
	if in.stepper == nil {
		m, err := newImplicit(&rec.p, rec.Tableau, &Stats{})
		if err != nil {
			return err
		}
		m.repeatable()
		m.setTolerance(rec.tol)
		in.stepper = m
	}
	in.stepper.Bound(rec.Bound(n))
	return in.stepper.inside(in.k, tab, rec.T[n], rec.T[n+1], in.y)
}

// again makes the step again.
func (in *Inside[S]) again(n int) (err error) {
	rec := in.rec
	if in.whole == nil {
		if in.whole, err = NewStepper(&rec.p, rec.Method, &Stats{}); err != nil {
			return err
		}
		in.e = rec.p.Space.New(rec.p.Y0)
	}
	in.whole.Reset()
	in.whole.Bound(rec.Bound(n))
	return in.whole.Attempt(in.arg, in.e, rec.T[n], rec.T[n+1], in.y)
}

// Stages returns all stages of the step, those of the interpolant included.
func (in *Inside[S]) Stages() []S { return in.k }

// At sets dst to the solution at t, which lies inside the step.
func (in *Inside[S]) At(dst S, t float64) {
	if in.whole != nil {
		in.whole.Interpolate(dst, t)
		return
	}
	w := in.w[:len(in.k)]
	in.rec.Weights(w, in.n, t)
	in.rec.p.Space.AddScaled(dst, in.y, w, in.k)
}
