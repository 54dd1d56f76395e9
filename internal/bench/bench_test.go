package main

import (
	"math"
	"strings"
	"testing"

	"github.com/odefit/odefit/integrate"
	"github.com/odefit/odefit/internal/problems"
)

// The right-hand sides and Jacobians written out here are those of package problems.
func TestSameProblems(t *testing.T) {
	twins := map[string]*problems.Problem{
		"lotka_volterra": problems.LotkaVolterra(), "lorenz": problems.Lorenz(), "arenstorf": problems.Arenstorf(),
		"pleiades": problems.Pleiades(), "rober_4e4": problems.Rober(), "rober_1e11": problems.Rober(),
		"hires": problems.Hires(), "pollu": problems.Pollu(), "oregonator": problems.Oregonator(),
		"vanderpol": problems.VanDerPolStiff(),
	}
	for _, r := range races() {
		q := twins[r.name]
		if q == nil {
			continue // the test below
		}
		n := len(q.Y0)
		y := make([]float64, n)
		for i, v := range q.Y0 {
			if v != r.problem.Y0[i] {
				t.Errorf("%s: y0[%d] = %v, want %v", r.name, i, r.problem.Y0[i], v)
			}
			y[i] = v + 0.1 + 0.01*float64(i*i)
		}
		if r.name != "rober_4e4" && r.problem.T1 != q.T1 {
			t.Errorf("%s ends at %v, want %v", r.name, r.problem.T1, q.T1)
		}
		compare := func(what string, m int, got, want func(dst []float64) error) {
			a, b := make([]float64, m), make([]float64, m)
			if err := got(a); err != nil {
				t.Fatal(err)
			}
			if err := want(b); err != nil {
				t.Fatal(err)
			}
			size := 0.0
			for _, v := range b {
				size = max(size, math.Abs(v))
			}
			for i := range b { // a few roundings, in sums that may cancel
				if math.Abs(a[i]-b[i]) > 1e-14*(math.Abs(b[i])+1e-2*size) {
					t.Errorf("%s: %s %d is %v, want %v", r.name, what, i, a[i], b[i])
				}
			}
		}
		compare("slope", n, func(d []float64) error { return r.problem.F(d, 0, y) },
			func(d []float64) error { return q.System.RHS(d, 0, y, q.P) })
		if r.stiff {
			compare("Jacobian entry", n*n, func(d []float64) error { return r.problem.Jacobian(d, 0, y) },
				func(d []float64) error { return q.System.Jacobian(d, 0, y, q.P) })
		}
	}
}

// The band of the Brusselator is what differences of its right-hand side give: it is
// a cubic, so central differences with extrapolation are exact up to rounding.
func TestBrusselatorJacobian(t *testing.T) {
	r := races()[len(races())-1]
	y, n := brusselatorStart(), 2*cells
	jac := make([]float64, r.problem.Pattern.Len())
	if err := r.problem.Jacobian(jac, 0, y); err != nil {
		t.Fatal(err)
	}
	up, down := make([]float64, n), make([]float64, n)
	for _, j := range []int{0, 1, 2, 3, 500, 501, n - 2, n - 1} {
		at, h := y[j], 0.25
		y[j] = at + h
		_ = r.problem.F(up, 0, y)
		y[j] = at - h
		_ = r.problem.F(down, 0, y)
		y[j] = at
		for i := range n {
			got := 0.0
			if k := r.problem.Pattern.At(i, j); k >= 0 {
				got = jac[k]
			}
			// f is at most quadratic in each component alone.
			if want := (up[i] - down[i]) / (2 * h); math.Abs(got-want) > 1e-10*diffusion {
				t.Errorf("entry (%d, %d) is %v, differences give %v", i, j, got, want)
			}
		}
	}
}

// Every solver of the race meets the reference of every small problem: the error falls
// by two orders or more from 1e-4 to 1e-8, unless it is below the tolerance there.
func TestErrorsFall(t *testing.T) {
	for _, r := range races() {
		if len(r.problem.Y0) > 100 {
			continue
		}
		ref, err := r.reference()
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range r.methods() {
			var errs [2]float64
			for i, rtol := range []float64{1e-4, 1e-8} {
				run := integrate.Start(t.Context(), r.problem, m, &integrate.Settings{RelTol: rtol, AbsTol: rtol * r.abs})
				for range run.Steps() {
				}
				if run.Err() != nil {
					t.Fatalf("%s, %v: %v", r.name, m, run.Err())
				}
				_, y := run.State()
				errs[i] = relativeError(y, ref)
			}
			if errs[1] > max(0.01*errs[0], 1e-8) {
				t.Errorf("%s, %v: error %.2g at 1e-4 and %.2g at 1e-8", r.name, m, errs[0], errs[1])
			}
		}
	}
}

func TestRowsRoundTrip(t *testing.T) {
	want := row{"a", "b", "c", 1e-4, 1e-6, 1, 2, 3, 4.5, 5.25, 6e-7}
	rows, err := readRows(strings.NewReader(strings.Join(header, ",") + "\n" + want.String() + "\n"))
	if err != nil || len(rows) != 1 || rows[0] != want {
		t.Errorf("got %v, %v", rows, err)
	}
	if _, err := readRows(strings.NewReader("a,b,c,x,1,1,1,1,1,1,1\n")); err == nil {
		t.Error("a tolerance that is no number was read")
	}
}

// At equal error: halfway between the logarithms of two points lies the geometric mean.
func TestEqualError(t *testing.T) {
	rows := []row{
		{peer: "p", problem: "q", method: "m", best: 1, err: 1e-2},
		{peer: "p", problem: "q", method: "m", best: 4, err: 1e-4},
		{peer: "p", problem: "q", method: "m", best: 9, err: 1e-3}, // not better: left out
		{peer: "p", problem: "other", method: "m", best: 1, err: 1e-4},
	}
	c := curves(rows, "q")
	if len(c) != 1 || len(c[0].err) != 2 {
		t.Fatalf("curves are %v", c)
	}
	if got := c[0].at(1e-3); math.Abs(got-2) > 1e-12 {
		t.Errorf("time at 1e-3 is %v, want 2", got)
	}
	if !math.IsNaN(c[0].at(1e-5)) || !math.IsNaN(c[0].at(0.1)) {
		t.Error("a time was extrapolated")
	}
	if rows = best(rows[:1], row{peer: "p", problem: "q", method: "m", best: 0.5}); len(rows) != 1 || rows[0].best != 0.5 {
		t.Errorf("best of two rounds is %v", rows)
	}
}
