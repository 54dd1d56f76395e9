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

// forward fills in the accounts.
func forward[S any](ctx context.Context, as []*account[S], method Forward, set *Settings) error {
	m := as[0].m
	if err := as[0].start(); err != nil {
		return inPass(ForwardPass, &Error{Phase: ForwardPass, T: m.T0, Component: -1, Reason: err})
	}
	f0 := m.sp.New(m.y0)
	m.sp.Copy(f0, as[0].f)
	dirs, err := tangentsOf(m, method.SkipY0, f0)
	if err != nil {
		return err
	}
	first := len(dirs)
	if method.Chunk > 0 {
		first = min(first, method.Chunk)
	}
	m.grid = []float64{m.T0}
	some, end, err := derivativesOf(ctx, as, dirs[:first], set, func(t float64, _ S) { m.grid = append(m.grid, t) })
	if err != nil {
		return err
	}
	np := m.sys.NumParams
	along := make([][]float64, len(as)) // of each loss, dL along each direction
	for l, a := range as {
		along[l] = make([]float64, len(dirs))
		copy(along[l], some[l])
		for i, v := range along[l][:min(first, np)] {
			a.res.P[i] += v
		}
	}
	if first < len(dirs) {
		rest := chunks[S]{p: m.Problem, losses: lossesOf(as), set: set, n: method.Chunk}
		stats, err := rest.run(ctx, along, first, dirs)
		if err != nil {
			return err
		}
		m.stats.add(&stats)
	}
	for l, a := range as {
		copy(a.res.P[min(first, np):], along[l][min(first, np):np])
		alongF := along[l][np]
		if !method.SkipY0 {
			a.initialPart(along[l][np:])
			alongF = a.dot.Dot(a.res.Y0, f0)
		}
		if err := a.ends(alongF, end); err != nil {
			return err
		}
	}
	return nil
}
