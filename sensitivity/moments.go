package sensitivity

import "github.com/odefit/odefit/integrate"

// moments are the observations inside one step of a method whose interpolant is no sum
// over stages: each with its time and its cotangent.
type moments[S any] struct {
	a    *account[S]
	in   *integrate.Inside[S]
	list []S // the first used are in use
	t    []float64
	used int
	at   S
}

func newMoments[S any](a *account[S], rec *integrate.Record[S]) moments[S] {
	return moments[S]{a: a, in: rec.Inside(), at: a.m.sp.New(a.m.y0)}
}

func (s *moments[S]) inside(rec *integrate.Record[S], n int, t float64, y S, k []S) (S, error) {
	if s.used == 0 {
		if err := s.in.Enter(n, y, k); err != nil {
			return s.at, err
		}
	}
	if s.used == len(s.list) {
		s.list, s.t = append(s.list, s.a.m.sp.New(y)), append(s.t, 0)
	}
	s.t[s.used] = t
	s.used++
	s.in.At(s.at, t)
	return s.at, nil
}

func (s *moments[S]) seed() S { return s.list[s.used-1] }

func (s *moments[S]) clear() { s.used = 0 }
