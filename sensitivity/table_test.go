package sensitivity

import (
	"context"
	"errors"
	"flag"
	"math"
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
	stiff  bool      // may be given stiff problems
	tols   []float64 // relative ones, from loose to tight
	bound  func(tol float64) float64
}

func columns() []column {
	usual, wide := []float64{1e-6, 1e-9, 1e-12}, []float64{1e-4, 1e-6, 1e-8}
	// Every step may have an error of one tolerance, and there are some hundred steps,
	// whose errors the problems amplify somewhat.
	direct := func(tol float64) float64 { return 1e3 * tol }
	// Methods of several steps take ten times more of them.
	steps := func(tol float64) float64 { return 1e4 * tol }
	// The steps h of a method of order 2 fall like tol^(1/3), its error like h^2.
	second := func(tol float64) float64 { return 100 * math.Pow(tol, 2./3) }
	return []column{
		{integrate.Tsit5{}, false, usual, direct},
		{integrate.Dopri5{}, false, usual, direct},
		{integrate.Vern7{}, false, usual, direct},
		{integrate.Dop853{}, false, usual, direct},
		{integrate.Vern9{}, false, usual, direct},
		{integrate.BS3{}, false, wide, direct},
		{integrate.Adams{}, false, usual, steps},
		{integrate.Rodas5P{}, true, usual, direct},
		{integrate.Rosenbrock23{}, true, wide, second},
		{integrate.RadauIIA5{}, true, usual, direct},
		{integrate.Kvaerno5{}, true, usual, direct},
		{integrate.KenCarp4{}, true, usual, direct},
		{integrate.SDIRK4{}, true, []float64{1e-5, 1e-7, 1e-9}, second}, // its stages are of order 1: stiff problems see no more than 2
		{integrate.TRBDF2{}, true, wide, second},
		{integrate.BDF{}, true, usual, steps},
		{integrate.Auto{}, true, usual, steps}, // of one step or of several
	}
}

// compared are the methods of the table.
func compared() []Method {
	return []Method{
		Forward{}, Discrete{Probes: 1}, Continuous{}, Continuous{Variant: Gauss},
		Continuous{Variant: Quadrature}, Continuous{Variant: Backsolve},
	}
}

// cell is what a method says of a subject at some tolerances: errors, or why it
// refuses.
type cell struct {
	off     []float64
	refused string
}

// measure asks one method about one subject, on states of type S.
// An error of the computation itself fails the test, unless it is one of those allowed.
func measure[S any](t *testing.T, s *subject, sp space.Space[S], like S, c column, method Method, tols []float64, allowed ...error) cell {
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
				expected := slices.ContainsFunc(allowed, func(e error) bool { return errors.Is(err, e) })
				if errors.As(err, new(*Error)) && !expected {
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
// tolerance. Where a method refuses, it does so at once, with a reason. What
// docs/sensitivity.md shows has the same rows and columns, and no number that has
// become a refusal.
func TestAgreement(t *testing.T) {
	all := subjects(t)
	shown := readAgreement(t)
	results := agreement{}
	for i := range all {
		s := &all[i]
		for _, c := range columns() {
			tols := c.tols
			if !*full {
				tols = tols[:1]
			}
			for _, method := range compared() {
				key := agreementKey{method.String(), s.name, c.solver.String()}
				page, there := shown[key]
				if !there && !*write {
					t.Errorf("docs/sensitivity.md has no cell for %v: write it again, with -full -write", key)
				}
				delete(shown, key)
				if s.stiff && !c.stiff || !*full && !sampled(s, c) {
					continue
				}
				got := measure(t, s, space.Space[[]float64](space.Floats{}), s.prob.Y0, c, method, tols, ErrDrift)
				results[key] = got
				t.Logf("%s, %v, %v: %v %s", s.name, method, c.solver, got.off, got.refused)
				for i, off := range got.off {
					if !(off <= c.bound(tols[i])) {
						t.Errorf("%s, %v, %v: the gradient is %.1e off at tolerance %.0e", s.name, method, c.solver, off, tols[i])
					}
				}
				if got.refused != "" && strings.Contains(page, "e-") {
					t.Errorf("%v: docs/sensitivity.md shows %s, refused is %s", key, page, got.refused)
				}
			}
		}
	}
	for key := range shown {
		t.Errorf("docs/sensitivity.md has a cell for %v, which is not in the tables", key)
	}
	if *full && *write && !t.Failed() {
		writePage(t, "agreement", results.tables(all))
	}
}

// sampled says whether a cell is computed without -full: all subjects by one solver,
// and all solvers on one subject.
func sampled(s *subject, c column) bool {
	first := integrate.Method(integrate.Tsit5{})
	if s.stiff {
		first = integrate.Rodas5P{}
	}
	return c.solver == first || slices.Contains([]string{"lotka_volterra", "rober"}, s.name)
}
