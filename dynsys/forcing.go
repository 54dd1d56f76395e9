package dynsys

// Forcing is a known function of time that stands in the place of a parameter.
type Forcing struct {
	Value func(t float64) (float64, error)
	Slope func(t float64) float64 // its derivative, the one to the right where it jumps
	// Breaks are times at which the value or the slope jumps.
	Breaks []float64
}

// Force returns the system in which parameters first, first+1, ... are functions of
// time. Whoever calls the result passes all parameters; the values of those are not
// looked at, their derivatives are meaningless and no changes along them are allowed.
// The result shares the scratch memory of s.
func Force(s *System[[]float64], first int, forcings []Forcing) *System[[]float64] {
	own := *s
	s = &own
	f := &forced{of: s, first: first, forcings: forcings, p: make([]float64, s.NumParams), up: make([]float64, s.NumParams), g: make([]float64, s.NumParams)}
	out := *s
	out.Autonomous = false
	out.RHS = func(dy []float64, t float64, y, p []float64) error {
		if err := f.at(t, p); err != nil {
			return err
		}
		return s.RHS(dy, t, y, f.p)
	}
	if s.JVP != nil {
		out.JVP = func(dst []float64, t float64, y, p, vy, vp []float64) error {
			if err := f.at(t, p); err != nil {
				return err
			}
			return s.JVP(dst, t, y, f.p, vy, vp)
		}
	}
	if s.JVPs != nil {
		out.JVPs = func(dy []float64, dst [][]float64, t float64, y, p []float64, vy, vp [][]float64) error {
			if err := f.at(t, p); err != nil {
				return err
			}
			return s.JVPs(dy, dst, t, y, f.p, vy, vp)
		}
	}
	if s.VJP != nil {
		out.VJP = func(gy, gp []float64, t float64, y, p, w []float64) error {
			if err := f.at(t, p); err != nil {
				return err
			}
			return s.VJP(gy, gp, t, y, f.p, w)
		}
	}
	if s.Jacobian != nil {
		out.Jacobian = func(jac []float64, t float64, y, p []float64) error {
			if err := f.at(t, p); err != nil {
				return err
			}
			return s.Jacobian(jac, t, y, f.p)
		}
	}
	f.inTime(&out)
	f.breaks(&out)
	out.Events = f.events(s.Events)
	return &out
}

type forced struct {
	of       *System[[]float64]
	first    int
	forcings []Forcing
	p        []float64 // the parameters with the forcings in their places
	up, g    []float64 // scratch: changes of parameters, gradients
	zero     []float64
}

// at sets p at time t.
func (f *forced) at(t float64, p []float64) (err error) {
	copy(f.p, p)
	for i := range f.forcings {
		if f.p[f.first+i], err = f.forcings[i].Value(t); err != nil {
			return err
		}
	}
	return nil
}

// inTime makes the derivatives in which time takes part: f_t + f_u u'.
func (f *forced) inTime(out *System[[]float64]) {
	s := f.of
	f.zero = make([]float64, s.Dim)
	f.second(out)
	out.TimeDerivative, out.TimeVJP = nil, nil
	if s.SecondOrder != nil && (s.Autonomous || s.TimeVJP != nil) {
		out.TimeVJP = f.timeVJP
	}
	if s.JVP == nil || s.TimeDerivative == nil && !s.Autonomous {
		return
	}
	more := make([]float64, s.Dim)
	out.TimeDerivative = func(ft []float64, t float64, y, p []float64) error {
		if err := f.at(t, p); err != nil {
			return err
		}
		f.slopes(nil, t, 1)
		clear(more)
		if !s.Autonomous {
			if err := s.TimeDerivative(more, t, y, f.p); err != nil {
				return err
			}
		}
		if err := s.JVP(ft, t, y, f.p, f.zero, f.up); err != nil {
			return err
		}
		for i, v := range more {
			ft[i] += v
		}
		return nil
	}
}

// slopes sets up to vp, which may be nil, and the changes of the forcings when time
// changes by ut.
func (f *forced) slopes(vp []float64, t, ut float64) {
	clear(f.up)
	copy(f.up, vp)
	for k := range f.forcings {
		f.up[f.first+k] = ut * f.forcings[k].Slope(t)
	}
}

// second makes the second derivatives.
func (f *forced) second(out *System[[]float64]) {
	s := f.of
	if s.SecondOrder != nil {
		out.SecondOrder = func(gy, gp []float64, t float64, y, p, vy, vp, w []float64) (float64, error) {
			if err := f.at(t, p); err != nil {
				return 0, err
			}
			clear(f.g)
			gt, err := s.SecondOrder(gy, f.g, t, y, f.p, vy, vp, w)
			return gt + f.hand(gp, t), err
		}
	}
	if s.SecondDirectional != nil {
		out.SecondDirectional = func(dst []float64, t float64, y, p, vy, vp []float64, ut float64, uy, up []float64) error {
			if err := f.at(t, p); err != nil {
				return err
			}
			f.slopes(up, t, ut)
			return s.SecondDirectional(dst, t, y, f.p, vy, vp, ut, uy, f.up)
		}
	}
	if s.SecondDirectionals != nil {
		out.SecondDirectionals = func(dst [][]float64, t float64, y, p []float64, vy, vp [][]float64, ut float64, uy, up []float64) error {
			if err := f.at(t, p); err != nil {
				return err
			}
			f.slopes(up, t, ut)
			return s.SecondDirectionals(dst, t, y, f.p, vy, vp, ut, uy, f.up)
		}
	}
}

// timeVJP is the transposed derivative of f_t + f_u u'.
func (f *forced) timeVJP(gy, gp []float64, t float64, y, p, w []float64) error {
	if err := f.at(t, p); err != nil {
		return err
	}
	f.slopes(nil, t, 1)
	if _, err := f.of.SecondOrder(gy, gp, t, y, f.p, f.zero, f.up, w); err != nil || f.of.Autonomous {
		return err
	}
	own := make([]float64, len(gy))
	if err := f.of.TimeVJP(own, gp, t, y, f.p, w); err != nil {
		return err
	}
	for i, v := range own {
		gy[i] += v
	}
	return nil
}

// breaks adds those of the forcings, which do not move.
func (f *forced) breaks(out *System[[]float64]) {
	own := f.of.Breaks
	var fixed []float64
	for _, x := range f.forcings {
		fixed = append(fixed, x.Breaks...)
	}
	if len(fixed) == 0 {
		return
	}
	n := own.Count
	out.Breaks = Breaks{Count: n + len(fixed), Times: func(tau, p []float64) error {
		copy(tau[n:], fixed)
		if n == 0 {
			return nil
		}
		return own.Times(tau[:n], p)
	}}
	if own.JVP != nil {
		out.Breaks.JVP = func(dst, p, vp []float64) error { clear(dst[n:]); return own.JVP(dst[:n], p, vp) }
	}
	if own.VJP != nil {
		out.Breaks.VJP = func(gp, p, w []float64) error { return own.VJP(gp, p, w[:n]) }
	}
}

// ForceEvents returns the events of a system of n parameters in which the parameters from
// first on are functions of time, as in [Force].
func ForceEvents(events []Event[[]float64], n, first int, forcings []Forcing) []Event[[]float64] {
	f := &forced{first: first, forcings: forcings, p: make([]float64, n), up: make([]float64, n), g: make([]float64, n)}
	return f.events(events)
}

// events returns events that see the forcings.
func (f *forced) events(events []Event[[]float64]) []Event[[]float64] {
	out := make([]Event[[]float64], len(events))
	for i, e := range events {
		out[i] = e
		if e.When.Value != nil {
			out[i].When = Scalar[[]float64]{
				Value: func(t float64, y, p []float64) (float64, error) {
					if err := f.at(t, p); err != nil {
						return 0, err
					}
					return e.When.Value(t, y, f.p)
				},
				Gradient: func(gy, gp []float64, t float64, y, p []float64) (float64, error) {
					if err := f.at(t, p); err != nil {
						return 0, err
					}
					clear(f.g)
					gt, err := e.When.Gradient(gy, f.g, t, y, f.p)
					return gt + f.hand(gp, t), err
				},
			}
		}
		if e.Reset.Value == nil {
			continue
		}
		out[i].Reset = Map[[]float64]{
			Value: func(dst []float64, t float64, y, p []float64) error {
				if err := f.at(t, p); err != nil {
					return err
				}
				return e.Reset.Value(dst, t, y, f.p)
			},
			JVP: func(dst []float64, t float64, y, p []float64, vt float64, vy, vp []float64) error {
				if err := f.at(t, p); err != nil {
					return err
				}
				f.slopes(vp, t, vt)
				return e.Reset.JVP(dst, t, y, f.p, vt, vy, f.up)
			},
			VJP: func(gy, gp []float64, t float64, y, p, w []float64) (float64, error) {
				if err := f.at(t, p); err != nil {
					return 0, err
				}
				clear(f.g)
				gt, err := e.Reset.VJP(gy, f.g, t, y, f.p, w)
				return gt + f.hand(gp, t), err
			},
		}
	}
	return out
}

// hand adds the gradient in the parameters to gp, and returns what the forcings make of
// theirs: the derivative in time.
func (f *forced) hand(gp []float64, t float64) (gt float64) {
	for k := range f.forcings {
		gt += f.g[f.first+k] * f.forcings[k].Slope(t)
		f.g[f.first+k] = 0
	}
	if gp != nil {
		for i, d := range f.g {
			gp[i] += d
		}
	}
	return gt
}
