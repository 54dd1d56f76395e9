// Package elementary holds the functions exp, log, pow, sin, cos, tanh and those built
// on them as plain sequences of float64 and integer operations, so that the same
// sequence can run as Go and as WebAssembly and give the same bits.
//
// Errors are below 1 unit in the last place for exp, log, log2, log10, sin and cos, and
// below 2 for the others, over their whole range; tests hold them to it. Special values
// (0, infinities, NaN) are those of package math.
//
// The functions that a module needs are written in a subset of Go: float64, int64 and
// uint64 variables, the tables of this package, if, for and return, calls of each other
// and of Abs, Sqrt, Float64bits and Float64frombits of package math. Each product that
// is added to something stands in float64(...), which forbids a compiler to fuse the
// two roundings into one. Package translate turns them into WebAssembly and refuses what
// is not of the subset; wasm_code.go is what it wrote:
//
//	go generate ./dynsys/expr/elementary
package elementary

//go:generate go run ./translate
