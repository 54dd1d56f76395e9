// Package vector holds kernels over vectors of float64 that are worth assembly: on amd64
// they run four elements at a time where the processor has AVX2. Each has a plain twin
// in Go, which does the same operations in the same order, so that the two agree bit by bit
// and a result does not depend on the machine.
package vector
