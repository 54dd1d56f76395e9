package sensitivity

import (
	"context"
	"fmt"
	"slices"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

// flow carries the state of a model together with its tangents along some
// directions, and with the running costs of losses and the tangents of those:
//
//	y'   = f(t, y, p)
//	s_i' = f_y s_i + f_p v_i,        s_i(T0) = (dy0/dp) v_i + w_i
//	q'   = g(t, y, p)
//	q_i' = g_y . s_i + g_p . v_i
//
// in a bundle Y = y, T = (s_i), Q = (q, q_1, ..., q_m) for every running cost one
// after the other. Its memory is used again from run to run.
type flow[S any] struct {
	m     *model[S]
	costs []*Loss[S] // those with a running cost
	dirs  []Direction[S]
	vp    [][]float64 // dirs[i].P
	sp    *space.Bundles[S]

	staggered bool // tangents are solved for after the state
	part      int  // of the bundle that is being solved for: 0 the state, 1 the rest, -1 all

	start  *space.Bundle[S]
	d, tmp S           // scratch
	gp     []float64   // scratch for g_p
	taus   []float64   // scratch: how fast the breaks move
	rates  [][]float64 // rates[j][i]: how fast jump j moves along direction i
	events []integrate.Event[*space.Bundle[S]]
	runs   integrate.Stats

	running  *integrate.Run[*space.Bundle[S]]
	leap     leap[S]
	instants bool // keep them in the model
	coef     [1]float64
	one      [1]S
}

// prepare sets the flow up for a model, directions, the running costs of losses, and
// settings.
func (f *flow[S]) prepare(m *model[S], dirs []Direction[S], losses []*Loss[S], set *Settings) error {
	f.costs = f.costs[:0]
	for _, l := range losses {
		if l.G != nil {
			f.costs = append(f.costs, l)
		}
	}
	numbers := len(f.costs) * (1 + len(dirs))
	if len(dirs) > 0 && m.sys.JVP == nil && m.sys.JVPs == nil {
		return fmt.Errorf("sensitivity: System.JVP: %w", ErrNoDerivative)
	}
	if f.m != m || len(f.dirs) != len(dirs) || len(f.start.Q) != numbers {
		f.sp = &space.Bundles[S]{Of: m.sp}
		f.start = f.sp.Make(m.y0, len(dirs), numbers)
		f.d, f.tmp = m.sp.New(m.y0), m.sp.New(m.y0)
		f.gp = make([]float64, m.sys.NumParams)
		f.taus = make([]float64, m.sys.Breaks.Count)
		f.vp = make([][]float64, len(dirs))
	}
	f.m, f.dirs, f.part, f.staggered = m, dirs, -1, set.Staggered
	for i := range dirs {
		if f.vp[i] = dirs[i].P; f.vp[i] != nil && len(f.vp[i]) != m.sys.NumParams {
			panic(fmt.Sprintf("sensitivity: Directions[%d].P has %d entries for %d parameters", i, len(f.vp[i]), m.sys.NumParams))
		}
	}
	f.tolerances(set)
	if err := f.initial(); err != nil {
		return err
	}
	return f.setEvents()
}

// tolerances sets those of tangents and integrals: the same relative one as for
// the state, and the absolute one divided by the size of a step along the direction.
func (f *flow[S]) tolerances(set *Settings) {
	tol := set.Tolerance()
	f.sp.Tangents = slices.Grow(f.sp.Tangents[:0], len(f.dirs))[:len(f.dirs)]
	f.sp.Numbers = slices.Grow(f.sp.Numbers[:0], len(f.start.Q))[:len(f.start.Q)]
	for c := range f.costs {
		f.numbers(f.sp.Numbers, c)[0] = tol.Abs
	}
	for i := range f.dirs {
		size := f.dirs[i].size(f.m, set)
		t := &f.sp.Tangents[i]
		t.Rel, t.Abs = tol.Rel, tol.Abs/size
		if tol.AbsTols != nil {
			t.AbsTols = slices.Grow(t.AbsTols[:0], len(tol.AbsTols))[:len(tol.AbsTols)]
			for j, a := range tol.AbsTols {
				t.AbsTols[j] = a / size
			}
		}
		for c := range f.costs {
			f.numbers(f.sp.Numbers, c)[1+i] = t.Abs
		}
	}
}

// initial sets the bundle at T0.
func (f *flow[S]) initial() error {
	m := f.m
	m.sp.Copy(f.start.Y, m.y0)
	clear(f.start.Q)
	init := &m.sys.Initial
	for i := range f.dirs {
		s, d := f.start.T[i], &f.dirs[i]
		m.sp.Copy(s, m.zero)
		if d.P != nil && init.Value != nil {
			if init.JVP == nil {
				return fmt.Errorf("sensitivity: Initial.JVP: %w", ErrNoDerivative)
			}
			if err := init.JVP(s, m.P, d.P); err != nil {
				return fmt.Errorf("sensitivity: derivative of the initial state: %w", err)
			}
		}
		if d.hasY0() {
			m.sp.AddScaled(s, s, []float64{1}, []S{d.Y0})
		}
	}
	return nil
}

// rhs is the right-hand side of the bundle.
func (f *flow[S]) rhs(dy *space.Bundle[S], t float64, y *space.Bundle[S]) error {
	if f.part == 0 {
		return f.m.rhs(dy.Y, t, y.Y)
	}
	if err := f.m.jvps(dy.Y, dy.T, t, y.Y, y.T, f.vp); err != nil {
		return err
	}
	return f.slopes(dy.Q, t, y)
}

// numbers returns the part of q that belongs to running cost c.
func (f *flow[S]) numbers(q []float64, c int) []float64 {
	n := 1 + len(f.dirs)
	return q[c*n : (c+1)*n]
}

// slopes sets dq to the running costs and their tangents.
func (f *flow[S]) slopes(dq []float64, t float64, y *space.Bundle[S]) error {
	for c, l := range f.costs {
		if err := f.cost(f.numbers(dq, c), l, t, y); err != nil {
			return err
		}
	}
	return nil
}

// cost sets dq to the running cost of a loss and its tangents.
func (f *flow[S]) cost(dq []float64, l *Loss[S], t float64, y *space.Bundle[S]) (err error) {
	p := f.m.P
	if dq[0], err = l.G(t, y.Y, p); err != nil {
		return err
	}
	clear(dq[1:])
	if len(f.dirs) == 0 {
		return nil
	}
	if l.Gy != nil {
		if err := l.Gy(f.d, t, y.Y, p); err != nil {
			return err
		}
		dot := f.m.sp.(space.InnerProduct[S])
		for i, s := range y.T {
			dq[1+i] = dot.Dot(f.d, s)
		}
	}
	if l.Gp != nil {
		clear(f.gp)
		if err := l.Gp(f.gp, t, y.Y, p); err != nil {
			return err
		}
		for i, v := range f.vp {
			if v != nil {
				dq[1+i] += product(f.gp, v)
			}
		}
	}
	return nil
}

// run integrates the bundle; see is called with every accepted step and, at the
// end, done with the final state.
func (f *flow[S]) run(ctx context.Context, set *Settings, see func(*integrate.Step[*space.Bundle[S]]) error, done func(t float64, y *space.Bundle[S]) error) error {
	if err := refuseCost(set.solver(), len(f.costs) > 0); err != nil {
		return err
	}
	p := integrate.Problem[*space.Bundle[S]]{
		F: f.rhs, T0: f.m.T0, T1: f.m.T1, Y0: f.start, Space: f.sp,
		Breaks: f.m.breaks, Events: f.events,
	}
	if n := f.newton(); n != nil {
		p.Newton = n
	}
	p.Split = f.split()
	p.Autonomous, p.TimeDerivative = f.timeDerivative()
	s := set.Settings
	s.Times = nil
	s.Acted = f.script(&s)
	run := integrate.Start(ctx, p, set.solver(), &s)
	f.running = run
	for step := range run.Steps() {
		if err := see(step); err != nil {
			return err
		}
	}
	f.runs = run.Stats()
	f.m.stats.addForward(f.runs)
	if err := run.Err(); err != nil {
		return inPass(ForwardPass, err)
	}
	t, y := run.State()
	f.m.finish(t, slices.DeleteFunc(run.Acted(), func(a integrate.Acted) bool { return a.Event >= len(f.m.events) }))
	f.leap.end(y)
	return done(t, y)
}

// product returns the sum of a_i*b_i.
func product(a, b []float64) float64 {
	var sum float64
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}
