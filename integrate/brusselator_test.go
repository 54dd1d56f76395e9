package integrate_test

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/odefit/odefit/integrate"
)

// brusselator is the one-dimensional Brusselator on n cells, diffusion 1/50, the
// concentrations of a cell side by side: a band of two diagonals on each side.
//
// Source: Hairer, Wanner, Solving ODEs II, section IV.1, BRUSS.
func brusselator(n int, t1 float64) integrate.Problem[[]float64] {
	alpha := float64((n+1)*(n+1)) / 50
	y0 := make([]float64, 2*n)
	for i := range n {
		y0[2*i], y0[2*i+1] = 1+math.Sin(2*math.Pi*float64(i+1)/float64(n+1)), 3
	}
	return integrate.Problem[[]float64]{
		T1: t1, Y0: y0, Pattern: integrate.Banded(2*n, 2, 2), Autonomous: true,
		F: func(d []float64, _ float64, y []float64) error {
			for i := range n {
				ul, vl, ur, vr := 1., 3., 1., 3.
				if i > 0 {
					ul, vl = y[2*i-2], y[2*i-1]
				}
				if i < n-1 {
					ur, vr = y[2*i+2], y[2*i+3]
				}
				u, v := y[2*i], y[2*i+1]
				d[2*i] = 1 + u*u*v - 4*u + alpha*(ul-2*u+ur)
				d[2*i+1] = 3*u - u*u*v + alpha*(vl-2*v+vr)
			}
			return nil
		},
	}
}

// brusselatorJacobian fills the band.
func brusselatorJacobian(n int) func(jac []float64, t float64, y []float64) error {
	alpha := float64((n+1)*(n+1)) / 50
	p := integrate.Banded(2*n, 2, 2)
	return func(jac []float64, _ float64, y []float64) error {
		clear(jac)
		for i := range n {
			u, v := y[2*i], y[2*i+1]
			jac[p.At(2*i, 2*i)] = 2*u*v - 4 - 2*alpha
			jac[p.At(2*i, 2*i+1)] = u * u
			jac[p.At(2*i+1, 2*i)] = 3 - 2*u*v
			jac[p.At(2*i+1, 2*i+1)] = -u*u - 2*alpha
			for k := range 2 {
				if i > 0 {
					jac[p.At(2*i+k, 2*i-2+k)] = alpha
				}
				if i < n-1 {
					jac[p.At(2*i+k, 2*i+2+k)] = alpha
				}
			}
		}
		return nil
	}
}

// bySpecies renumbers the components so that the band is as wide as the problem.
func bySpecies(p integrate.Problem[[]float64]) integrate.Problem[[]float64] {
	n := len(p.Y0) / 2
	to := func(i int) int { return i%2*n + i/2 }
	q := p
	q.Y0 = make([]float64, 2*n)
	for i, v := range p.Y0 {
		q.Y0[to(i)] = v
	}
	var rows, cols []int
	for j := range 2 * n {
		for _, i := range p.Pattern.Row[p.Pattern.Start[j]:p.Pattern.Start[j+1]] {
			rows, cols = append(rows, to(i)), append(cols, to(j))
		}
	}
	q.Pattern = integrate.Entries(2*n, rows, cols)
	x, dx := make([]float64, 2*n), make([]float64, 2*n)
	f := p.F
	q.F = func(d []float64, t float64, y []float64) error {
		for i := range x {
			x[i] = y[to(i)]
		}
		if err := f(dx, t, x); err != nil {
			return err
		}
		for i, v := range dx {
			d[to(i)] = v
		}
		return nil
	}
	return q
}

// Every way to solve the linear systems meets the reference.
func TestBrusselator(t *testing.T) {
	file, err := os.Open(filepath.Join("..", "testdata", "refs", "brusselator_1d_n40.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	table, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	last := table[len(table)-1]
	number := func(s string) float64 {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	p := brusselator(40, number(last[0]))
	want := make([]float64, 80)
	for i := range want {
		want[i] = number(last[i+1])
	}
	given := p
	given.Jacobian = brusselatorJacobian(40)
	full := p
	full.Pattern = nil
	own := p
	own.Linear = func() integrate.LinearSolver { return &tally{} }
	krylov := p
	krylov.Krylov = &integrate.Krylov[[]float64]{}
	species := bySpecies(p)
	for name, c := range map[string]struct {
		p     integrate.Problem[[]float64]
		place func(i int) int
	}{
		"dense": {full, nil}, "banded": {p, nil}, "given": {given, nil}, "own": {own, nil}, "krylov": {krylov, nil},
		"sparse": {species, func(i int) int { return i%2*40 + i/2 }},
	} {
		for _, m := range []integrate.Method{integrate.BDF{}, integrate.Rodas5P{}} {
			if name == "krylov" && (m == integrate.Rodas5P{}) {
				continue // needs exact solutions
			}
			const tol = 1e-7
			sol, err := integrate.Solve(background, c.p, m, &integrate.Settings{RelTol: tol, AbsTol: tol, Times: []float64{c.p.T1}})
			if err != nil {
				t.Errorf("%s, %v: %v", name, m, err)
				continue
			}
			worst := 0.
			for i, v := range want {
				k := i
				if c.place != nil {
					k = c.place(i)
				}
				worst = max(worst, math.Abs(sol.Y[0][k]-v)/(1+math.Abs(v)))
			}
			// The limit cycle keeps a part of the local errors of some hundred steps.
			if worst > 200*tol {
				t.Errorf("%s, %v: error %.2g", name, m, worst)
			}
			t.Logf("%s, %v: error %.2g, %+v", name, m, worst, sol.Stats)
		}
	}
}

// 10,000 cells: the work of a step is proportional to their number.
func TestBrusselatorLarge(t *testing.T) {
	const n = 10000
	for name, p := range map[string]integrate.Problem[[]float64]{"banded": brusselator(n, 1), "sparse": bySpecies(brusselator(n, 1))} {
		begin := time.Now()
		sol, err := integrate.Solve(background, p, integrate.BDF{}, &integrate.Settings{RelTol: 1e-4, AbsTol: 1e-4, Times: []float64{1}})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		t.Logf("%s: %v, %+v", name, time.Since(begin), sol.Stats)
		// Five groups of columns and f itself; a Jacobian lasts for many steps.
		if s := sol.Stats; s.Steps > 300 || s.Jacobians > 20 || s.RHS > 6*s.Jacobians+s.Newton+s.Steps+10 {
			t.Errorf("%s: %+v", name, s)
		}
		// On a fine grid the solution is that of the differential equation: the middle
		// of the coarse reference differs by its own error of second order in 1/41.
		at := n // cell n/2
		if name == "sparse" {
			at = n / 2
		}
		coarse, err := integrate.Solve(background, brusselator(199, 1), integrate.BDF{}, &integrate.Settings{RelTol: 1e-4, AbsTol: 1e-4, Times: []float64{1}})
		if err != nil {
			t.Fatal(err)
		}
		if d := math.Abs(sol.Y[0][at] - coarse.Y[0][2*99]); d > 3e-3 { // tolerances, and 1/200^2
			t.Errorf("%s: the middle differs from that of a coarser grid by %.2g", name, d)
		}
	}
}
