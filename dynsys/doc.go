// Package dynsys holds dynamical systems y' = f(t, y, p) with parameters p, together
// with their exact derivatives.
//
// A [System] is a struct of functions: the right-hand side, its products with vectors
// from the right (JVP, tangents) and from the left (VJP, adjoints), its Jacobian, the
// initial state and the times at which it jumps, each with its derivatives. From the
// easiest on, a system comes from
//
//   - a text model (package model),
//   - a Go function over expressions, traced once: [Trace]; all derivatives are exact,
//   - a Go function written once for real and complex numbers: [FromComplex], exact,
//   - a plain Go function: [FromGo], with derivatives by differences, marked as such,
//   - a neural network, alone or in a known system (package nn),
//   - your own functions; hold them against differences with [CheckDerivatives].
//
// All but the last are a [Model]: immutable, shared, and the maker of a System for each
// goroutine, whose functions share scratch memory.
package dynsys
