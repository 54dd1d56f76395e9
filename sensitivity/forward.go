package sensitivity

import "context"

// Forward carries a tangent for every parameter, and for every initial value,
// along with the state:
//
//	s' = f_y s + f_p v,   dL/dv = sum_k dl_k/dy . s(t_k) + ...
//
// Its cost grows with the number of parameters and initial values; up to some
// tens of them it is the method of choice, and the most accurate one: all tangents
// are part of the error control, each by itself, with the absolute tolerance
// divided by the size of the parameter.
//
// On a frozen grid (Settings.Grid) it is the exact derivative of the steps taken.
type Forward struct {
	// SkipY0 leaves out the tangents of the initial state: Result.Y0 is zero.
	SkipY0 bool
	// Chunk, when positive, is the number of tangents that are carried at a time. Each
	// chunk is an integration of its own, on steps that its tangents ask for, and
	// several run on as many processors where Problem.More gives each a system. The
	// result depends on Chunk to the accuracy of the tolerances, and not on the number
	// of processors. Zero carries all together.
	Chunk int
}

var _ Method = Forward{}

func (Forward) String() string { return "forward" }

// forward fills in the account.
func forward[S any](ctx context.Context, a *account[S], method Forward, set *Settings) error {
	m := a.m
	if err := a.start(); err != nil {
		return inPass(ForwardPass, &Error{Phase: ForwardPass, T: m.T0, Component: -1, Reason: err})
	}
	f0 := m.sp.New(m.y0)
	m.sp.Copy(f0, a.f)
	dirs, err := tangentsOf(m, method.SkipY0, f0)
	if err != nil {
		return err
	}
	first := len(dirs)
	if method.Chunk > 0 {
		first = min(first, method.Chunk)
	}
	var s sampler[S]
	if err := s.flow.prepare(m, dirs[:first], a.loss, set); err != nil {
		return err
	}
	m.grid = []float64{m.T0}
	s.watch = func(t float64, _ S) { m.grid = append(m.grid, t) }
	if err := s.sample(ctx, a.loss.Times, set); err != nil {
		return err
	}
	along := make([]float64, len(dirs)) // dL along each direction
	some, err := s.along(a, m.sp.New(m.y0))
	if err != nil {
		return err
	}
	copy(along, some)
	np := m.sys.NumParams
	for i, v := range along[:min(first, np)] {
		a.res.P[i] += v
	}
	if first < len(dirs) {
		rest := chunks[S]{p: m.Problem, loss: a.loss, set: set, n: method.Chunk}
		stats, err := rest.run(ctx, along[first:], dirs[first:])
		if err != nil {
			return err
		}
		m.stats.add(&stats)
		copy(a.res.P[min(first, np):], along[min(first, np):np])
	}
	if method.SkipY0 {
		return a.ends(along[np], s.end.Y)
	}
	a.initialPart(along[np:])
	return a.ends(a.dot.Dot(a.res.Y0, f0), s.end.Y)
}
