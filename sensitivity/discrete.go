package sensitivity

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// Discrete is the exact transpose of the steps taken: reverse-mode differentiation
// of the solver. Its cost does not depend on the number of parameters: about one
// VJP for each evaluation of the forward pass.
//
// The accepted steps are frozen: the step control is never differentiated. On that
// grid the gradient is exact to rounding, running cost (by the method's own
// quadrature) and observations inside steps (by its interpolant) included; the one
// exception is the motion of breaks and events with the parameters, for which the terms
// of the exact solution stand, right to its accuracy; they are transposed exactly.
//
// Implicit steps are iterated to rounding and transposed by the implicit function
// theorem, stage by stage. The methods of mechanics need System.Momenta and take no
// running cost.
//
// The steps of BDF and Adams are refused: [ErrMultistep].
//
// A grid that is right for the state need not be so for its derivatives: near a
// constant solution, steps grow without limit. Probes put tangents into the error
// control; without them the result warns where steps were taken blind.
type Discrete struct {
	// Checkpoints says how much of the forward pass is kept. The zero value keeps
	// all of it. Gradients are bitwise the same.
	Checkpoints Checkpoints
	// Probes is the number of tangents, along random changes of all parameters and
	// initial values by their own size, that are carried in the error control of
	// the forward pass.
	Probes int
	// Seed is that of the directions of the probes.
	Seed uint64
	// KeepAdjoint fills Result.Adjoint.
	KeepAdjoint bool
}

var _ Method = Discrete{}

func (d Discrete) String() string { return "discrete" }

// blindFraction is the part of the interval that may be crossed in blind steps
// without a warning: the first steps of a run, which are too short rather than too
// long, cover less.
const blindFraction = 0.01

// discrete fills in the accounts.
func discrete[S any](ctx context.Context, as []*account[S], method Discrete, set *Settings) error {
	m := as[0].m
	if m.sys.VJP == nil {
		return fmt.Errorf("sensitivity: System.VJP: %w", ErrNoDerivative)
	}
	if s := set.solver(); multistep(s) {
		return fmt.Errorf("sensitivity: discrete, by %v: %w; take Continuous{Variant: Gauss}, Forward, or a one-step method such as rodas5p", s, ErrMultistep)
	}
	rec, err := record(ctx, as, method, set)
	if err != nil {
		return inPass(ForwardPass, err)
	}
	defer rec.Close()
	m.grid = rec.T
	s, err := newSweep(ctx, as, rec)
	if err != nil {
		return err
	}
	s.keep = method.KeepAdjoint
	return s.run()
}

// multistep says whether the steps of a method depend on earlier ones.
func multistep(m integrate.Method) bool {
	switch m.(type) {
	case integrate.BDF, integrate.Adams:
		return true
	}
	return false
}

// record takes the steps that will be transposed. Where tangents or a running cost
// have a say in the step control, a first pass finds the grid and a second one
// records the state on it.
func record[S any](ctx context.Context, as []*account[S], method Discrete, set *Settings) (*integrate.Record[S], error) {
	m, s := as[0].m, *set
	adaptive := s.Grid == nil && s.FixedStep == 0
	var found integrate.Stats
	costs := slices.ContainsFunc(as, func(a *account[S]) bool { return a.loss.G != nil })
	if adaptive && (method.Probes > 0 || costs) {
		s.Exact = true // as the second
		var f flow[S]
		if err := f.prepare(m, probes(m, method, set), lossesOf(as), set); err != nil {
			return nil, err
		}
		grid := []float64{m.T0}
		err := f.run(ctx, &s, func(step *integrate.Step[*space.Bundle[S]]) error {
			grid = append(grid, step.T1)
			return nil
		}, func(float64, *space.Bundle[S]) error { return nil })
		if err != nil {
			return nil, err
		}
		found, s.Grid, s.Acted = f.runs, grid, m.acted
		m.stats.Steps = 0 // those of the second pass count
	}
	keep, err := method.Checkpoints.keep(s.solver(), 8*m.sys.Dim)
	if err != nil {
		return nil, err
	}
	p := m.integral()
	if costs {
		p.TimeDerivative = nil // as in the first pass, with the running cost
	}
	rec, err := integrate.NewRecord(ctx, p, s.solver(), &s.Settings, keep)
	if err != nil {
		return nil, err
	}
	m.stats.addForward(rec.Stats)
	m.finish(rec.T[rec.Len()], rec.Acted)
	found.Blind += rec.Stats.Blind
	found.BlindSpan += rec.Stats.BlindSpan
	if span := math.Abs(m.T1 - m.T0); adaptive && method.Probes == 0 && found.BlindSpan > blindFraction*span {
		warn(as, fmt.Sprintf(
			"%d of %d steps, over %.0f%% of the interval, were taken blind: the solution hardly changed and step control saw nothing of its derivatives, which may be wrong; Probes: 1 or Forward sees them",
			found.Blind, rec.Len(), 100*found.BlindSpan/span))
	}
	return rec, nil
}

// probes returns random directions.
func probes[S any](m *model[S], method Discrete, set *Settings) []Direction[S] {
	rng := rand.New(rand.NewPCG(method.Seed, 0))
	dirs := make([]Direction[S], method.Probes)
	for i := range dirs {
		dirs[i] = randomDirection(m, rng, set)
	}
	return dirs
}

// randomDirection returns a direction in which every parameter, and every initial
// value that is given, changes by between half and all of its own size, up or down.
func randomDirection[S any](m *model[S], rng *rand.Rand, set *Settings) Direction[S] {
	random := func(size float64) float64 {
		v := (0.5 + 0.5*rng.Float64()) * size
		if rng.Uint64()&1 == 0 {
			return -v
		}
		return v
	}
	d := Direction[S]{P: make([]float64, m.sys.NumParams), Scale: 1}
	for j := range d.P {
		d.P[j] = random(set.scale(j, m.P[j]))
	}
	if m.sys.Initial.Value != nil {
		return d
	}
	d.Y0 = m.sp.New(m.y0)
	m.sp.AddScaled(d.Y0, m.zero, []float64{random(1)}, []S{m.y0})
	if c, ok := m.sp.(space.Coordinates[S]); ok {
		size := m.size(m.y0)
		if size == 0 {
			size = 1
		}
		w := make([]float64, c.Dim(m.y0))
		c.Flatten(w, m.y0)
		for j := range w {
			if w[j] = random(math.Abs(w[j])); w[j] == 0 {
				w[j] = random(size)
			}
		}
		c.Unflatten(d.Y0, w)
	}
	return d
}
