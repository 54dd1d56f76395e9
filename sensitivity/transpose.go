package sensitivity

import (
	"errors"

	"github.com/odefit/odefit/integrate"
)

// transpose is the transpose of single steps of a family of methods.
type transpose[S any] interface {
	// inside takes note of an observation at t inside step n, which starts from y with
	// the stages k, and returns the state there, valid until the next call. Its seed is
	// to be written to seed().
	inside(rec *integrate.Record[S], n int, t float64, y S, k []S) (S, error)
	// seed is where dl/dy of the last observation goes.
	seed() S
	// apply replaces the adjoint at the end of step n by that at its start, adds to
	// dL/dp and to the running cost, and forgets the observations inside.
	apply(lambda S, rec *integrate.Record[S], n int, y S, k []S) error
}

// newTranspose returns the transpose of the steps of a record.
func newTranspose[S any](a *account[S], rec *integrate.Record[S]) (transpose[S], error) {
	if err := refuseCost(rec.Method, a.loss.G != nil); err != nil {
		return nil, err
	}
	switch m := rec.Method.(type) {
	case integrate.Symplectic:
		return newSymplecticTranspose(a, rec, m), nil
	case integrate.Nystrom:
		return newNystromTranspose(a, rec, m), nil
	}
	switch {
	case rec.Rosenbrock != nil:
		return newRosenbrockTranspose(a, rec)
	case rec.Tableau.Explicit():
		return newExplicitTranspose(a, rec), nil
	case diagonal(rec.Tableau):
		return newImplicitTranspose(a, rec)
	case rec.Method == integrate.RadauIIA5{}:
		return newRadauTranspose(a, rec)
	}
	return nil, errors.New("sensitivity: the steps of this method cannot be transposed")
}

// diagonal says whether no stage depends on a later one.
func diagonal(tab *integrate.Tableau) bool {
	for i, row := range tab.A {
		if len(row) > i+1 {
			return false
		}
	}
	return true
}

// seeds are the observations inside one step: their cotangents go back through the
// interpolant to the state at the start of the step and to every stage.
type seeds[S any] struct {
	a       *account[S]
	in      *integrate.Inside[S]
	list    []S         // the first used are in use
	weights [][]float64 // of the stages in the solution at each
	used    int
	at      S
}

func newSeeds[S any](a *account[S], rec *integrate.Record[S]) seeds[S] {
	return seeds[S]{a: a, in: rec.Inside(), at: a.m.sp.New(a.m.y0)}
}

func (s *seeds[S]) inside(rec *integrate.Record[S], n int, t float64, y S, k []S) (S, error) {
	if s.used == 0 {
		if err := s.in.Enter(n, y, k); err != nil {
			return s.at, err
		}
	}
	k = s.in.Stages()
	if s.used == len(s.list) {
		s.list = append(s.list, s.a.m.sp.New(y))
		s.weights = append(s.weights, make([]float64, rec.MostStages()))
	}
	w := s.weights[s.used][:len(k)]
	s.used++
	rec.Weights(w, n, t)
	s.a.m.sp.AddScaled(s.at, y, w, k)
	return s.at, nil
}

func (s *seeds[S]) seed() S { return s.list[s.used-1] }

// met returns the cotangents of the observations inside the step.
func (s *seeds[S]) met() []S { return s.list[:s.used] }

// stages returns the stages of the step, with those of the interpolant where it was
// used.
func (s *seeds[S]) stages(k []S) []S {
	if s.used > 0 {
		return s.in.Stages()
	}
	return k
}

func (s *seeds[S]) clear() { s.used = 0 }
