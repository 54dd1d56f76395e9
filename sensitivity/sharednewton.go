package sensitivity

import (
	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// sharedNewton is the linear algebra of the transposes of all losses: where the adjoints
// of several go through one step after the other, the first of them linearises and
// factors for all.
type sharedNewton[S any] struct {
	integrate.Newton[S]
	flat space.Coordinates[S]

	linear   bool // at (t, y)
	t        float64
	y, probe []float64
	factored bool // with g
	g        float64
}

// sharedNewton returns the one of the model.
func (m *model[S]) sharedNewton() (integrate.Newton[S], error) {
	if m.shared != nil {
		return m.shared, nil
	}
	p := m.integral()
	of, err := integrate.NewNewton(&p, &m.work)
	if err != nil {
		return nil, err
	}
	flat, ok := m.sp.(space.Coordinates[S])
	if !ok {
		return of, nil
	}
	n := flat.Dim(m.y0)
	m.shared = &sharedNewton[S]{Newton: of, flat: flat, y: make([]float64, n), probe: make([]float64, n)}
	return m.shared, nil
}

// Linearize implements [integrate.Newton].
func (s *sharedNewton[S]) Linearize(t float64, y S) error {
	s.flat.Flatten(s.probe, y)
	if s.linear && s.t == t && equal(s.y, s.probe) {
		return nil
	}
	s.linear, s.factored = false, false
	if err := s.Newton.Linearize(t, y); err != nil {
		return err
	}
	s.linear, s.t = true, t
	s.y, s.probe = s.probe, s.y
	return nil
}

// Factor implements [integrate.Newton].
func (s *sharedNewton[S]) Factor(g float64) error {
	if s.factored && s.g == g {
		return nil
	}
	s.factored = false
	if err := s.Newton.Factor(g); err != nil {
		return err
	}
	s.factored, s.g = true, g
	return nil
}

// equal says whether two states are the same and no entry is NaN.
func equal(a, b []float64) bool {
	for i, v := range a {
		if v != b[i] {
			return false
		}
	}
	return true
}
