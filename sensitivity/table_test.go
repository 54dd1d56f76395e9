package sensitivity

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/integrate/space"
)

var (
	full  = flag.Bool("full", false, "compute every cell of the tables of docs/sensitivity.md, and not a part of them")
	write = flag.Bool("write", false, "write the tables of docs/sensitivity.md, with -full")
)

// column is a solver of the table. A new one needs a line here, and the page to be
// written again.
type column struct {
	solver integrate.Method
	stiff  bool // may be given stiff problems
	third  bool // of low order: tight tolerances take too many steps
}

func columns() []column {
	return []column{
		{solver: integrate.Tsit5{}}, {solver: integrate.Dopri5{}}, {solver: integrate.Vern7{}},
		{solver: integrate.Dop853{}}, {solver: integrate.Vern9{}}, {solver: integrate.BS3{}, third: true},
		{solver: integrate.Adams{}},
		{solver: integrate.Rodas5P{}, stiff: true}, {solver: integrate.Rosenbrock23{}, stiff: true, third: true},
		{solver: integrate.RadauIIA5{}, stiff: true}, {solver: integrate.Kvaerno5{}, stiff: true},
		{solver: integrate.KenCarp4{}, stiff: true}, {solver: integrate.SDIRK4{}, stiff: true},
		{solver: integrate.TRBDF2{}, stiff: true, third: true},
		{solver: integrate.BDF{}, stiff: true},
		{solver: integrate.Auto{}, stiff: true},
	}
}

// tolerances are relative ones, from loose to tight.
func (c *column) tolerances() []float64 {
	if c.third {
		return []float64{1e-4, 1e-6, 1e-8}
	}
	return []float64{1e-6, 1e-9, 1e-12}
}

// compared are the methods of the table.
func compared() []Method {
	return []Method{
		Forward{}, Discrete{Probes: 1}, Continuous{}, Continuous{Variant: Gauss},
		Continuous{Variant: Quadrature}, Continuous{Variant: Backsolve},
	}
}

// proportion bounds every cell: an error of the gradient of so many tolerances.
const proportion = 1e3

// cell is what a method says of a subject at some tolerances: errors, or why it
// refuses.
type cell struct {
	off     []float64
	refused string
}

// String is the error at the tightest tolerance.
func (c *cell) String() string {
	if c.refused != "" {
		return c.refused
	}
	return short(c.off[len(c.off)-1])
}

// short writes an error with one digit.
func short(v float64) string {
	if v == 0 {
		return "0"
	}
	text := fmt.Sprintf("%.0e", v)
	return strings.Replace(strings.Replace(text, "e-0", "e-", 1), "e+0", "e+", 1)
}

// measure asks one method about one subject, on states of type S.
func measure[S any](t *testing.T, s *subject, sp space.Space[S], like S, c column, method Method, tols []float64) cell {
	t.Helper()
	prob, flat := liftProblem(s.prob, sp, like), sp.(space.Coordinates[S])
	var out cell
	for _, tol := range tols {
		set := tolerances(tol, tol*s.abs)
		set.Solver = c.solver
		worst := 0.0
		for i := range s.asked {
			q := &s.asked[i]
			r, err := Gradient(context.Background(), prob, liftLoss(q.loss, sp, like), method, set)
			if err != nil {
				if errors.As(err, new(*Error)) && !errors.Is(err, ErrDrift) {
					t.Errorf("%s, %v, %v, tolerance %.0e: %v", s.name, method, c.solver, tol, err)
				}
				return cell{refused: err.Error()}
			}
			y0 := make([]float64, s.prob.System.Dim)
			flat.Flatten(y0, r.Y0)
			worst = max(worst, s.off(q, r.Value, r.P, y0, r.Times))
		}
		out.off = append(out.off, worst)
	}
	return out
}

// liftProblem rewrites a problem for states of type S.
func liftProblem[S any](p Problem[[]float64], sp space.Space[S], like S) Problem[S] {
	if same, ok := any(p).(Problem[S]); ok {
		return same
	}
	y0 := p.Y0
	return Problem[S]{System: lift(p.System, sp, like), P: p.P, T0: p.T0, T1: p.T1, Y0: lifted(sp, like, y0)}
}

// liftLoss rewrites a loss for states of type S.
func liftLoss[S any](l *Loss[[]float64], sp space.Space[S], like S) *Loss[S] {
	if same, ok := any(l).(*Loss[S]); ok {
		return same
	}
	c := sp.(space.Coordinates[S])
	y, g := make([]float64, c.Dim(like)), make([]float64, c.Dim(like))
	return &Loss[S]{
		Times: l.Times,
		L: func(k int, s S, p []float64) (float64, error) {
			c.Flatten(y, s)
			return l.L(k, y, p)
		},
		Ly: func(out S, k int, s S, p []float64) error {
			c.Flatten(y, s)
			err := l.Ly(g, k, y, p)
			c.Unflatten(out, g)
			return err
		},
		Lp: func(gp []float64, k int, s S, p []float64) error {
			if l.Lp == nil {
				return nil
			}
			c.Flatten(y, s)
			return l.Lp(gp, k, y, p)
		},
	}
}

// Every method against every reference, by every solver: errors in proportion to the
// tolerance, 1e-9 at 1e-12. Where a method refuses, it does so at once, with a reason.
func TestAgreement(t *testing.T) {
	for _, s := range subjects(t) {
		for _, c := range columns() {
			if s.stiff && !c.stiff {
				continue
			}
			tols := c.tolerances()
			if !*full {
				tols = tols[:1]
			}
			for _, method := range compared() {
				if !*full && !sampled(&s, c, method) {
					continue
				}
				got := measure(t, &s, space.Space[[]float64](space.Floats{}), s.prob.Y0, c, method, tols)
				t.Logf("%s, %v, %v: %v %s", s.name, method, c.solver, got.off, got.refused)
				for i, off := range got.off {
					if !(off <= proportion*tols[i]) {
						t.Errorf("%s, %v, %v: the gradient is %.1e off at tolerance %.0e", s.name, method, c.solver, off, tols[i])
					}
				}
			}
		}
	}
}

// sampled says whether a cell is computed without -full: all subjects by one solver,
// and all solvers on one subject.
func sampled(s *subject, c column, m Method) bool {
	first := integrate.Method(integrate.Tsit5{})
	if s.stiff {
		first = integrate.Rodas5P{}
	}
	return c.solver == first || slices.Contains([]string{"lotka_volterra", "rober"}, s.name)
}
