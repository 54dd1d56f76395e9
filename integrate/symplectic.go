package integrate

import (
	"fmt"
	"math"

	"github.com/odefit/odefit/integrate/space"
)

// Composition makes a method for a [Split] right-hand side of Verlet steps of sizes
// gamma_1 h, ..., gamma_m h, the same from both ends. It is symplectic and
// symmetric in time: over a long time the energy of a Hamiltonian system wavers but
// does not drift, and a step back undoes a step. The step size must be fixed.
//
// Inside a step the solution is that of a shorter step, of the full order, at the cost
// of one.
//
// Source: Hairer, Lubich, Wanner, Geometric Numerical Integration, 2nd ed., section
// V.3.2.
type Composition struct {
	Name   string
	Source string
	Order  int
	// Half are gamma_1 to gamma_(m-1)/2. The one in the middle is what is missing to a
	// sum of 1.
	Half []float64
}

// Symplectic is a Method that is defined by a composition. It needs Problem.Split.
type Symplectic interface {
	Method
	Composition() *Composition
}

// Verlet is the method of Stormer and Verlet, order 2, in the form
//
//	p = p0 + h/2 f(q0),   q1 = q0 + h v(p),   p1 = p + h/2 f(q1),
//
// with one evaluation of f a step. See [Composition].
type Verlet struct{}

// Yoshida4 is the triple jump, order 4, with three evaluations of f a step.
// Source: Yoshida, Phys. Lett. A 150 (1990) 262; Suzuki, Phys. Lett. A 146 (1990) 319.
type Yoshida4 struct{}

// Yoshida6 is Yoshida's composition of order 6, solution A, with seven evaluations of f
// a step.
type Yoshida6 struct{}

// Yoshida8 is a composition of order 8 of Yoshida's form with fifteen evaluations of f
// a step. The coefficients are those of Suzuki and Umeno, whose largest is 0.8 where
// Yoshida's own is 2.
type Yoshida8 struct{}

var (
	_ Symplectic = Verlet{}
	_ Symplectic = Yoshida4{}
	_ Symplectic = Yoshida6{}
	_ Symplectic = Yoshida8{}
)

func (Verlet) String() string   { return "verlet" }
func (Yoshida4) String() string { return "yoshida4" }
func (Yoshida6) String() string { return "yoshida6" }
func (Yoshida8) String() string { return "yoshida8" }

// Composition implements [Symplectic].
func (Verlet) Composition() *Composition { return &verlet }

// Composition implements [Symplectic].
func (Yoshida4) Composition() *Composition { return &yoshida4 }

// Composition implements [Symplectic].
func (Yoshida6) Composition() *Composition { return &yoshida6 }

// Composition implements [Symplectic].
func (Yoshida8) Composition() *Composition { return &yoshida8 }

var (
	verlet   = Composition{Name: "verlet", Source: "Verlet, Phys. Rev. 159 (1967) 98", Order: 2}
	yoshida4 = Composition{
		Name: "yoshida4", Source: "Yoshida, Phys. Lett. A 150 (1990) 262, eq. 4.2", Order: 4,
		Half: []float64{1.35120719195965763404768780897}, // 1/(2 - 2^(1/3))
	}
	yoshida6 = Composition{
		Name: "yoshida6", Order: 6,
		Source: "Yoshida, Phys. Lett. A 150 (1990) 262, table 1, solution A; Hairer, Lubich, Wanner, eq. V.3.11",
		Half:   []float64{0.78451361047755726381949763, 0.23557321335935813368479318, -1.17767998417887100694641568},
	}
	yoshida8 = Composition{
		Name: "yoshida8", Order: 8,
		Source: "Suzuki, Umeno, in Computer Simulation Studies in Condensed Matter Physics VI (1993) 74; " +
			"Hairer, Lubich, Wanner, eq. V.3.12",
		Half: []float64{
			0.74167036435061295344822780, -0.40910082580003159399730010, 0.19075471029623837995387626,
			-0.57386247111608226665638773, 0.29906418130365592384446354, 0.33462491824529818378495798,
			0.31529309239676659663205666,
		},
	}
)

// Pieces returns the drifts d_i = gamma_i and the kicks between and around them: half a
// gamma at the ends, half of two neighbours elsewhere.
func (c *Composition) Pieces() (kicks, drifts []float64) {
	middle := 1.0
	drifts = append(drifts, c.Half...)
	for _, g := range c.Half {
		middle -= 2 * g
	}
	drifts = append(drifts, middle)
	for i := len(c.Half) - 1; i >= 0; i-- {
		drifts = append(drifts, c.Half[i])
	}
	last := 0.0
	for _, g := range drifts {
		kicks = append(kicks, (last+g)/2)
		last = g
	}
	return append(kicks, last/2), drifts
}

// symplectic is the stepper of every composition. Positions and momenta have a clock
// each, which the motion of the other reads.
type symplectic[S any] struct {
	split          *Split[S]
	sp             space.Space[S]
	order          int
	kicks, drifts  []float64
	last           float64
	stats          *Stats
	dp, dq         S
	innerP, innerQ S    // the same for interpolation
	done, ready    bool // dp is the kick at the end of the last attempt, at the start of the next
	t0, t1         float64
	y0             S
	one            [1]float64
	term           [1]S
}

func newSymplectic[S any](p *Problem[S], c *Composition, stats *Stats) (*symplectic[S], error) {
	if p.Split == nil || p.Split.Drift == nil || p.Split.Kick == nil {
		return nil, fmt.Errorf("integrate: %s needs Problem.Split, the motion of positions and that of momenta", c.Name)
	}
	s := &symplectic[S]{
		split: p.Split, sp: p.Space, order: c.Order, last: math.Inf(1), stats: stats,
		dp: p.Space.New(p.Y0), dq: p.Space.New(p.Y0), innerP: p.Space.New(p.Y0), innerQ: p.Space.New(p.Y0),
	}
	s.kicks, s.drifts = c.Pieces()
	return s, nil
}

func (s *symplectic[S]) Order() (p, estimate int) { return s.order, 0 }
func (s *symplectic[S]) Bound(last float64)       { s.last = last }
func (s *symplectic[S]) Accept()                  { s.ready = s.done }
func (s *symplectic[S]) Reset()                   { s.ready = false }
func (s *symplectic[S]) Reject()                  { s.ready = false }

// Stages implements [stager]: a step is made again from its start, not from stages.
func (s *symplectic[S]) Stages() []S { return nil }

// Attempt implements [Stepper]. Its cost is one evaluation of Kick and Drift for each
// Verlet step: the last kick of a step and the first of the next share theirs.
func (s *symplectic[S]) Attempt(y1, _ S, t, t1 float64, y S) error {
	s.t0, s.t1, s.y0 = t, t1, y
	known := s.ready
	s.ready = false
	err := s.walk(y1, t, t1, y, s.dp, s.dq, known)
	s.done = err == nil
	return err
}

// walk sets y1 to the state at t1. dp and dq are scratch; where known, dp is the kick
// at the start already.
func (s *symplectic[S]) walk(y1 S, t, t1 float64, y, dp, dq S, known bool) error {
	s.sp.Copy(y1, y)
	h := t1 - t
	var q, p float64 // how far positions and momenta have come
	for i, a := range s.kicks {
		if i > 0 || !known {
			s.stats.RHS++
			c := q
			if i == len(s.kicks)-1 {
				c = 1
			}
			if err := s.split.Kick(dp, min(StageTime(t, t1, c), s.last), y1); err != nil {
				return err
			}
		}
		s.move(y1, a*h, dp)
		p += a
		if i == len(s.drifts) {
			return nil
		}
		if err := s.split.Drift(dq, min(t+p*h, s.last), y1); err != nil {
			return err
		}
		s.move(y1, s.drifts[i]*h, dq)
		q += s.drifts[i]
	}
	return nil
}

// move adds c*d to y.
func (s *symplectic[S]) move(y S, c float64, d S) {
	s.one[0], s.term[0] = c, d
	s.sp.AddScaled(y, y, s.one[:], s.term[:])
}

// Interpolate implements [Stepper]. It gives NaN where an evaluation fails.
func (s *symplectic[S]) Interpolate(dst S, t float64) {
	if s.walk(dst, s.t0, t, s.y0, s.innerP, s.innerQ, false) != nil {
		s.move(dst, math.NaN(), s.y0)
	}
}

// Keep implements [Stepper]. The interpolant calls Drift and Kick.
func (s *symplectic[S]) Keep() Interpolant[S] {
	return &symplecticStep[S]{s: *s, y0: clone(s.sp, s.y0)}
}

// symplecticStep is a kept step.
type symplecticStep[S any] struct {
	s  symplectic[S]
	y0 S
}

// At implements [Interpolant] with scratch of its own for each call.
func (k *symplecticStep[S]) At(dst S, t float64) {
	s := k.s
	s.stats, s.y0, s.innerP, s.innerQ = &Stats{}, k.y0, s.sp.New(k.y0), s.sp.New(k.y0)
	s.Interpolate(dst, t)
}
