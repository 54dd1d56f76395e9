package minimize

import (
	"context"
	"math"
	"slices"
)

// Adam is the first-order method of adaptive moments, for networks and other
// objectives with very many parameters,
//
//	m = Beta1 m + (1-Beta1) g,   v = Beta2 v + (1-Beta2) g^2,
//	x = x - rate (m/(1-Beta1^k)) / (sqrt(v/(1-Beta2^k)) + Epsilon) - rate*Decay*x,
//
// projected into the bounds after each step. The rate falls from Rate to
// Rate*Final along half a cosine over MaxIterations. The best point met is the
// result. The method knows no test for a minimum but a vanishing gradient: where the
// iterations run out while the objective no longer falls, the result says so
// (ConvergedNoise: below ObjectiveNoise over the last tenth), else MaxIterations.
//
// A point that cannot be evaluated halves the rate and sends the search back to the
// best point.
//
// Sources: Kingma, Ba, Adam (2015), algorithm 1; Loshchilov, Hutter, Decoupled weight
// decay (2019).
type Adam struct {
	Rate           float64 // default 0.05
	Final          float64 // of the rate at the end, relative; default 0.01
	Beta1          float64 // default 0.9
	Beta2          float64 // default 0.999
	Epsilon        float64 // default 1e-8
	Decay          float64 // decoupled weight decay (AdamW); default 0
	Clip           float64 // largest norm of a gradient; longer ones are shortened; default: no limit
	GTol           float64 // largest component of the projected gradient; default 1e-6
	ObjectiveNoise float64 // default 1e-6
	MaxIterations  int     // default 2000

	Progress func(Progress) // called before each step; may be nil
}

var _ Method[Objective] = Adam{}

// Minimize searches from x0, moved into the bounds.
func (m Adam) Minimize(ctx context.Context, p Objective, b Bounds, x0 []float64) Result {
	checkStart(p.Dim, b, x0)
	if p.Gradient == nil {
		panic("minimize: an objective without Gradient")
	}
	for _, d := range []struct {
		field *float64
		value float64
	}{
		{&m.Rate, 0.05}, {&m.Final, 0.01}, {&m.Beta1, 0.9}, {&m.Beta2, 0.999}, {&m.Epsilon, 1e-8},
		{&m.GTol, 1e-6}, {&m.ObjectiveNoise, 1e-6},
	} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	if m.MaxIterations == 0 {
		m.MaxIterations = 2000
	}
	s := &moments{Adam: m, p: p, b: b, x: slices.Clone(x0)}
	b.Project(s.x)
	return s.run(ctx)
}

// moments is one search.
type moments struct {
	Adam
	ledger
	p Objective
	b Bounds

	x, g, m, v []float64
	best       Result
	last       []float64 // best objective after each tenth of the iterations
}

func (s *moments) run(ctx context.Context) Result {
	n := s.p.Dim
	s.g, s.m, s.v = make([]float64, n), make([]float64, n), make([]float64, n)
	s.best = Result{X: slices.Clone(s.x), F: math.Inf(1), Gradient: make([]float64, n), Status: MaxIterations}
	damping := 1.0
	age := 0 // steps since the moments were cleared
	for k := range s.MaxIterations {
		if k%max(s.MaxIterations/10, 1) == 0 {
			s.last = append(s.last, s.best.F)
		}
		s.gradients++
		f, err := s.p.Gradient(ctx, s.g, s.x)
		if err == nil {
			err = finite("gradient", s.g)
		}
		if !s.judge(ctx, f, err) {
			if s.cancelled {
				return s.end(k, Cancelled)
			}
			if math.IsInf(s.best.F, 1) {
				return s.end(k, InfeasibleStart)
			}
			damping /= 2
			age = 0
			copy(s.x, s.best.X)
			clear(s.m)
			clear(s.v)
			continue
		}
		if f < s.best.F {
			s.best.F = f
			copy(s.best.X, s.x)
			copy(s.best.Gradient, s.g)
		}
		if s.b.slope(s.x, s.g) <= s.GTol {
			return s.end(k, ConvergedGradient)
		}
		if s.Progress != nil {
			s.Progress(Progress{Iteration: k + 1, X: s.x, F: f, Gradients: s.gradients, Failures: s.failures})
		}
		age++
		s.step(age, damping*s.rate(k))
	}
	if first := s.last[len(s.last)-1]; first-s.best.F <= s.ObjectiveNoise {
		return s.end(s.MaxIterations, ConvergedNoise)
	}
	return s.end(s.MaxIterations, MaxIterations)
}

// rate returns the step of iteration k.
func (s *moments) rate(k int) float64 {
	fall := (1 + math.Cos(math.Pi*float64(k)/float64(s.MaxIterations))) / 2
	return s.Rate * (s.Final + (1-s.Final)*fall)
}

// step moves x, after age steps with these moments.
func (s *moments) step(age int, rate float64) {
	shorten := 1.0
	if s.Clip > 0 {
		norm := 0.0
		for _, g := range s.g {
			norm = math.Hypot(norm, g)
		}
		shorten = min(1, s.Clip/norm)
	}
	c1, c2 := 1-math.Pow(s.Beta1, float64(age)), 1-math.Pow(s.Beta2, float64(age))
	for i, g := range s.g {
		g *= shorten
		s.m[i] = s.Beta1*s.m[i] + (1-s.Beta1)*g
		s.v[i] = s.Beta2*s.v[i] + (1-s.Beta2)*g*g
		s.x[i] -= rate * (s.m[i]/c1/(math.Sqrt(s.v[i]/c2)+s.Epsilon) + s.Decay*s.x[i])
	}
	s.b.Project(s.x)
}

func (s *moments) end(iterations int, status Status) Result {
	r := s.best
	r.Status, r.AtBound, r.Iterations = status, s.b.sides(r.X), iterations
	r.PredictedDecrease = math.NaN()
	r.Gradients, r.Failures, r.LastFailure = s.gradients, s.failures, s.ledger.last
	return r
}
