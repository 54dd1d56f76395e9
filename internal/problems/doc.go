// Package problems holds the standard initial value problems that solvers and
// gradients are tested and timed on, each with exact derivatives and, in
// testdata/refs, a reference solution far more accurate than a float64.
//
// Every problem is a function that returns a fresh *[Problem], in a file of its
// own name: [LotkaVolterra], [Lorenz], [Rober] and so on; [All] returns them all.
// Start at [Problem]. A test that goes over all of them looks like this:
//
//	for _, q := range problems.All() {
//		points, err := q.Reference()   // where the solution runs
//		...
//		sens, err := q.Sensitivities() // and its derivatives, where they are known
//		if errors.Is(err, problems.ErrNoReference) { ... }
//	}
//
// Derivatives are written out by hand and three times over: as a Jacobian, as its
// product with a vector (JVP) and as its transposed product (VJP). The tests of the
// package hold them against each other, against complex-step differentiation of the
// right-hand side, and hold the right-hand side against the reference solution.
//
// The package is for tests and benchmarks: it reads its files from the source tree
// that the program is run in.
package problems
