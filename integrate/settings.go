package integrate

import (
	"errors"
	"fmt"
	"math"

	"github.com/odefit/odefit/integrate/space"
)

// Settings says how to integrate. A nil *Settings and the zero value are right
// for a first look; results to be published deserve a second run with tighter
// tolerances.
type Settings struct {
	// RelTol and AbsTol bound the error of one step, component by component:
	// |e_i| <= AbsTol + RelTol*|y_i| in the mean square. Zero means 1e-6 and 1e-9.
	RelTol float64
	AbsTol float64
	// AbsTols, when not nil, replaces AbsTol for each flat coordinate.
	AbsTols []float64

	// MaxStep bounds |h|. Zero means no bound.
	MaxStep float64
	// MaxSteps bounds accepted and rejected steps together. Zero means 1,000,000.
	MaxSteps int
	// FirstStep is the size of the first step. Zero means that it is estimated.
	FirstStep float64
	// FixedStep, when positive, switches error control off: every step has this
	// size, except that steps are shortened to meet T1 and breaks. Euler, Heun and
	// RK4, which estimate no error, need it or Grid.
	FixedStep float64
	// Grid, when not nil, is the frozen list of step ends, from T0 to T1, with
	// every break and event among them. No step is ever changed or rejected. Exact is
	// implied.
	Grid []float64
	// Exact lets the iterations of implicit one-step methods go on to rounding, each step
	// with a Jacobian of its own. A step is then that of its formula and depends on
	// nothing that came before but the state and, where the first stage is explicit, the
	// slope there; tangents carried along are its derivatives. Steps that are recorded
	// are exact.
	Exact bool
	// Acted says where events act on a Grid: at the ends of steps that a run reported
	// by [Run.Acted]. Not nil, it replaces the times of events and the search for
	// crossings; nil is right where no event depends on the state. Where the last of
	// them ends the run, the Grid ends there, and not at T1.
	Acted []Acted
	// Controller chooses step sizes. Nil means PI{}.
	Controller Controller

	// Progress, when not nil, is told the time reached and the work so far after every
	// accepted step.
	Progress func(t float64, stats Stats)

	// Times are the times at which Solve reports the solution, in the direction of
	// integration. Nil means every accepted step, with dense output between.
	Times []float64
}

// Tolerance returns the tolerances with defaults filled in.
func (s *Settings) Tolerance() space.Tolerance {
	tol := space.Tolerance{Rel: s.RelTol, Abs: s.AbsTol, AbsTols: s.AbsTols}
	if tol.Rel == 0 {
		tol.Rel = 1e-6
	}
	if tol.Abs == 0 {
		tol.Abs = 1e-9
	}
	return tol
}

func (s *Settings) maxSteps() int {
	if s.MaxSteps == 0 {
		return 1_000_000
	}
	return s.MaxSteps
}

func (s *Settings) controller() Controller {
	if s.Controller == nil {
		return PI{}
	}
	return s.Controller
}

// adaptive says whether the step size is controlled.
func (s *Settings) adaptive() bool { return s.FixedStep == 0 && s.Grid == nil }

// check returns what is wrong with the settings for the interval [t0, t1].
func (s *Settings) check(t0, t1 float64) error {
	for _, v := range []struct {
		name  string
		value float64
	}{
		{"RelTol", s.RelTol}, {"AbsTol", s.AbsTol}, {"MaxStep", s.MaxStep},
		{"FirstStep", s.FirstStep}, {"FixedStep", s.FixedStep},
	} {
		if !(v.value >= 0) || math.IsInf(v.value, 0) {
			return fmt.Errorf("integrate: Settings.%s is %v; a finite number, zero or more, is needed", v.name, v.value)
		}
	}
	if s.MaxSteps < 0 {
		return fmt.Errorf("integrate: Settings.MaxSteps is %d; zero or more is needed", s.MaxSteps)
	}
	for i, a := range s.AbsTols {
		if !(a >= 0) || math.IsInf(a, 0) {
			return fmt.Errorf("integrate: Settings.AbsTols[%d] is %v; a finite number, zero or more, is needed", i, a)
		}
	}
	if err := s.checkGrid(t0, t1); err != nil {
		return err
	}
	return s.checkTimes(t0, t1)
}

func (s *Settings) checkGrid(t0, t1 float64) error {
	if s.Grid == nil {
		if s.Acted != nil {
			return errors.New("integrate: Settings.Acted needs Settings.Grid")
		}
		return nil
	}
	n := len(s.Grid)
	if n == 0 || s.Grid[0] != t0 || s.Grid[n-1] != t1 {
		return fmt.Errorf("integrate: Settings.Grid must begin at T0 = %v and end at T1 = %v", t0, t1)
	}
	for i := 1; i < n; i++ {
		if !((s.Grid[i]-s.Grid[i-1])*(t1-t0) > 0) {
			return fmt.Errorf("integrate: Settings.Grid[%d] = %v does not lie beyond %v", i, s.Grid[i], s.Grid[i-1])
		}
	}
	return nil
}

func (s *Settings) checkTimes(t0, t1 float64) error {
	lo, hi := min(t0, t1), max(t0, t1)
	for i, t := range s.Times {
		if !(t >= lo && t <= hi) {
			return fmt.Errorf("integrate: Settings.Times[%d] = %v lies outside [%v, %v]: %w", i, t, lo, hi, ErrOutside)
		}
		if i > 0 && (t-s.Times[i-1])*(t1-t0) < 0 {
			return fmt.Errorf("integrate: Settings.Times[%d] = %v comes before %v in the direction of integration", i, t, s.Times[i-1])
		}
	}
	return nil
}
