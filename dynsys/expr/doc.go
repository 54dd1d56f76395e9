// Package expr builds arithmetic expressions as a graph, differentiates them
// exactly and evaluates them fast.
//
// A [Builder] makes nodes; [Builder.JVP], [Builder.VJP] and [Builder.Jacobian] make
// derivatives, which are nodes again; [Builder.Compile] makes a [Program], which is
// interpreted, becomes machine code ([Program.Machine], [Program.Adaptive]) or Go source
// ([GoSource]).
//
// # Rewrites
//
// Equal expressions are one node, and operations on constants are done when they are
// built. Beyond that only such rewrites are made as keep the value for every input, to
// the bit but for the sign of a zero (and of what is divided by it) and of a NaN:
//
//	x + 0, x - 0, x*1, x/1, x^1      x
//	0 - x, x*(-1), x/(-1)            -x
//	x^0                              1, also for NaN, as in package math
//	-(-x)                            x
//	-(x - y)                         y - x
//	x + (-y), x - (-y)               x - y, x + y
//	(-x)*y, (-x)/y, (-x)*(-y)        -(x*y), -(x/y), x*y: signs move outward
//	x + y, x*y                       in the order in which the operands were built
//	x*x                              x^2, which is x*x
//	x^2 ... x^32, x^-1 ...           products, and one division
//	x^(1/2)                          sqrt(x)
//	if with a constant condition     the branch
//	not not x, x and x, 1 and x ...  x, where x is 0, 1 or NaN
//
// x^(1/2) is the one that differs in value, at -Inf, where the square root is NaN; powers
// by products differ from [Builder.Pow] with a variable exponent by their rounding. Not made
// are 0*x = 0, x - x = 0 and x/x = 1, which are false where x is not finite, and
// whatever regroups sums or products.
//
// # Derivatives where there is none
//
// |x| has the derivative 0 at 0. Min and max have that of their first operand where both
// are equal. If has that of the branch taken, also where the condition changes; nothing
// of the other branch shows, not even NaN. Comparisons, and, or, not, floor, ceil and sign
// have the derivative 0. x^y at x = 0 has its limits from the right: 0^0 is 1 and its
// derivatives are infinite or NaN, sqrt(0) has an infinite derivative, log(0) is -Inf with an
// infinite derivative. A NaN or an infinity is passed on to whoever evaluates; integration
// turns it into an error that says where. [Builder.Hill] at 0 has the value and the derivatives of its limit.
package expr
