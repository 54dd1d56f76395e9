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
//
// # What is needed for what
//
// A solution needs RHS alone. Tangents (sensitivity.Forward) need JVP, or JVPs for many at
// once, which share the work of f; adjoints need VJP. Stiff solvers take Jacobian, and
// differences in its place, TimeDerivative where f depends on time, and Pattern where it
// is sparse. The steps of Rosenbrock methods contain the Jacobian, so that their
// derivatives, as all second derivatives, need SecondOrder (for adjoints) and
// SecondDirectional (for tangents). What is missing is either replaced by differences,
// and said so in the warnings of the result, or refused with the name of the field.
//
// # Jumps
//
// Breaks are times at which f jumps and the state does not; Events change the state, at a
// time or where a condition is met. Both may depend on parameters: their derivatives are
// part of the system, and those of solutions carry them on.
//
// # Where a function has no derivative
//
// Graphs differentiate if, min, max and abs on the branch that was taken, and at a tie
// that of the first argument; package expr says which. A derivative that does not exist
// (of a square root at zero) is an infinity that the solver refuses by name, not a number.
package dynsys
