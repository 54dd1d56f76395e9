// Package vector holds kernels over vectors and matrices of float64 that are worth
// assembly: on amd64 they run four elements at a time where the processor has AVX2. Each
// has a plain twin in Go, which does the same operations in the same order, and no product
// is fused with a sum, so that the two agree bit by bit and a result does not depend on the
// machine.
//
// [Tanh] and [ExpNeg] are elementary functions with their slopes, [AddProduct] is a product of
// matrices, [Terms] a sum of rows with weights, as in a stage of a Runge-Kutta method.
package vector
