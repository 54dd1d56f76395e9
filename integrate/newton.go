package integrate

import (
	"errors"

	"github.com/odefit/odefit/internal/linalg"
)

// Pattern says which entries of a square matrix can differ from zero: compressed
// columns. See [Banded] and [Entries].
type Pattern = linalg.Pattern

// Matrix is a constant square matrix in the flat coordinates of a state: row-major
// and dense where Pattern is nil, else the values of the pattern's entries in its
// order.
type Matrix = linalg.Matrix

// Newton solves the linear systems of implicit methods,
//
//	(M - g f_y) x = r,
//
// for real and complex g, M being the mass matrix of the problem or the identity. A
// stepper linearises where it wants a new Jacobian, factors for every new g, and
// solves as often as it likes. What implements it may be a matrix in flat coordinates
// ([NewNewton]) or know a structure of the state that a matrix would hide: a state
// with its tangents shares one small factorisation, block by block.
//
// All calls of one Newton come from one goroutine.
type Newton[S any] interface {
	// Linearize evaluates f_y at (t, y). Factors made before are lost.
	Linearize(t float64, y S) error
	// Factor factors M - g f_y with the Jacobian of the last Linearize. An error
	// means that the matrix is singular or not finite: a smaller step may help.
	Factor(g float64) error
	// FactorComplex is Factor for complex g, kept beside the real factors. which
	// numbers pairs of conjugate matrices from 0.
	FactorComplex(which int, g complex128) error
	// Solve overwrites r with (M - g f_y)^-1 r.
	Solve(r S) error
	// SolveComplex overwrites re + i im with (M - g f_y)^-1 (re + i im).
	SolveComplex(which int, re, im S) error
	// SolveTransposed overwrites r with (M - g f_y)^-T r.
	SolveTransposed(r S) error
	// SolveComplexTransposed overwrites re + i im with (M - g f_y)^-T (re + i im), not
	// conjugated.
	SolveComplexTransposed(which int, re, im S) error
	// MultiplyMass sets dst = M x; a copy where there is no mass matrix. dst is not x.
	MultiplyMass(dst, x S)
}

// HasMass is what a [Newton] of a problem with a mass matrix says, so that explicit
// methods can refuse it.
type HasMass interface{ HasMass() bool }

// hasMass says whether the problem is M y' = f with M other than the identity.
func hasMass[S any](p *Problem[S]) bool {
	n, ok := p.Newton.(HasMass)
	return p.Mass != nil || ok && n.HasMass()
}

// Parted is what a [Newton] solver can do whose state is in parts, each of which depends
// on those before it: a state, and its tangents. [BDF] then brings one part after the
// other to convergence (the staggered corrector). While a part is entered, the
// right-hand side may leave other parts as they are, and Solve has to return zero for
// them.
type Parted interface {
	// Parts is the number of parts; below 2 there is nothing to be done in turn.
	Parts() int
	// Enter begins part i, counted from 0; -1 is all together.
	Enter(i int)
}

// LinearSolver factors a real matrix and solves with it. It lets a user bring a
// solver of their own, which sees flat coordinates.
type LinearSolver interface {
	// Setup factors w, which it may overwrite. It is called again with the same
	// pattern and other values.
	Setup(w *Matrix, n int) error
	// Solve overwrites b with W^-1 b.
	Solve(b []float64) error
	// SolveTransposed overwrites b with W^-T b.
	SolveTransposed(b []float64) error
}

// ErrNoCoordinates: an implicit method needs the coordinates of the state
// (space.Coordinates) or Problem.Newton.
var ErrNoCoordinates = errors.New("an implicit method needs the coordinates of the state (space.Coordinates) or Problem.Newton")

// Banded returns the pattern of an n x n matrix with lower diagonals below and upper
// diagonals above the main one.
func Banded(n, lower, upper int) *Pattern { return linalg.Banded(n, lower, upper) }

// Entries returns the pattern of an n x n matrix with the entries (rows[k], cols[k]),
// which may repeat. Places counts them in the order of the pattern: by column, then
// by row.
func Entries(n int, rows, cols []int) *Pattern { return linalg.Entries(n, rows, cols) }
